"""How different texts are: the share of word runs that come once, and how near the nearest other text is. Pure.

Distinct-n is the number of different runs of n words over all runs (Li et al. 2016, "A diversity-promoting objective
function"); it falls with the amount of text, so it is taken of a sample of one size. Nearness is the share of runs of
four letters that a text has in common with the most alike other one (Jaccard), so 1.0 is a copy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

SAMPLE = 2_000
"""Texts that distinct-n is taken of."""
NEAREST = 400
"""Texts that are compared, each with each."""
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|\w+")
"""A word, or one character of a script that does not part its words."""


@dataclass(frozen=True, slots=True)
class Diversity:
    """Of some texts. Shares are between 0 and 1; distinct-n is higher, nearness lower where texts differ more."""

    texts: int
    distinct: Sequence[float]
    """Distinct-1, -2 and -3."""
    nearest_mean: float
    nearest_p95: float


def diversity(texts: Sequence[str]) -> Diversity:
    """Of texts in an order that says nothing, such as that of their keys: a sample is taken at even steps."""
    sample = _spread(texts, SAMPLE)
    nearest = _nearest(_spread(texts, NEAREST))
    distinct = [_distinct(sample, n) for n in (1, 2, 3)]
    p95 = quantiles(nearest, n=20)[-1] if len(nearest) > 1 else 0.0
    return Diversity(len(texts), distinct, round(fmean(nearest), 4) if nearest else 0.0, round(p95, 4))


def _spread(texts: Sequence[str], most: int) -> Sequence[str]:
    if len(texts) <= most:
        return texts
    return [texts[i * len(texts) // most] for i in range(most)]


def _distinct(texts: Sequence[str], n: int) -> float:
    seen: set[tuple[str, ...]] = set()
    total = 0
    for text in texts:
        words = _WORDS.findall(text.casefold())
        runs = list(zip(*(words[i:] for i in range(n)), strict=False))
        total += len(runs)
        seen.update(runs)
    return round(len(seen) / total, 4) if total else 0.0


def _nearest(texts: Sequence[str]) -> Sequence[float]:
    """For each text, the share that it has in common with the most alike other one."""
    parts = [{text[i : i + 4] for i in range(max(1, len(text) - 3))} for text in (t.casefold() for t in texts)]
    best = [0.0] * len(parts)
    for i, one in enumerate(parts):
        for j in range(i):
            shared = len(one & parts[j])
            alike = shared / (len(one) + len(parts[j]) - shared)
            best[i], best[j] = max(best[i], alike), max(best[j], alike)
    return best if len(parts) > 1 else []
