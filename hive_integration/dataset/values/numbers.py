"""A number for each property: by its name, within its bounds and within what its description says. Pure."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from typing import Any

from hive_integration.dataset.values.kinds import words_of

Number = int | float
_UNIT = re.compile(
    r"\b(?:threshold|confidence|ratio|quality|score|rate|weight|alpha|lambda|similarity|probability|success|health"
    r"|temperature|top p|utilization|latency|alignment|decay|progress|budget|factor|fdr|below|above|importance)\b"
)
_ROWS: tuple[tuple[re.Pattern[str], tuple[Number, ...]], ...] = tuple(
    (re.compile(pattern), values)
    for pattern, values in (
        (r"\bport\b", (3000, 3001, 5173, 8080, 8443, 9090, 9229)),
        (r"\b(?:millis|ms)\b", (250, 500, 1000, 2000, 5000, 10000, 30000, 60000)),
        (r"\b(?:seconds|secs|ttl|timeout|wait)\b", (5, 10, 30, 60, 120, 300, 600, 3600, 86400)),
        (r"\b(?:minutes)\b", (5, 10, 15, 30, 45, 60, 90, 120)),
        (r"\b(?:dim|dimensions?|dims|hidden dim)\b", (3, 4, 64, 128, 256, 384, 512, 768)),
        (r"\btokens?\b", (128, 256, 512, 1024, 2048, 4096)),
        (r"\b(?:mb|memory)\b", (16, 64, 128, 256, 512)),
        (r"\b(?:bytes|size|entries|nodes|capacity)\b", (10, 25, 50, 100, 250, 500, 1000)),
        (r"\b(?:offset|start|skip|from step)\b", (0, 5, 10, 20, 50, 100)),
        (r"\b(?:timestamp)\b", (1767225600000, 1772323200000, 1780272000000, 1785542400000)),
        (r"\b(?:exit code)\b", (0, 0, 1, 2, 127)),
        (r"\b(?:width|height|x|y)\b", (0, 320, 640, 768, 1024, 1280)),
        (r"\b(?:depth|retries|rounds|cycles|generations|epochs|rank|workers|children|concurrency|k|top k)\b",
         (1, 2, 3, 4, 5, 6, 8, 10, 12)),
    )
)  # fmt: skip
_RANGE = re.compile(r"(?<![\d.])(-?\d+(?:\.\d+)?)\s?(?:-|–|to|\.\.)\s?(\d+(?:\.\d+)?)(?![\d.])")


def number_for(rng: random.Random, schema: Mapping[str, Any], key: str, *, whole: bool) -> Number | None:
    """A number that the schema takes; None where there is none."""
    low, high = _bounds(schema)
    step = schema.get("multipleOf")
    step = step if isinstance(step, int | float) and step > 0 else None
    value = _likely(rng, schema, key, whole=whole)
    if step is not None:
        value = round(value / step) * step
    if _fits(value, low, high, schema):
        return _tidy(value, whole=whole)
    return _within(rng, low, high, step, schema, whole=whole)


def _likely(rng: random.Random, schema: Mapping[str, Any], key: str, *, whole: bool) -> Number:
    words, said = words_of(key), str(schema.get("description", ""))[:300]
    if found := _RANGE.search(said):
        low, high = float(found[1]), float(found[2])
        if low < high:
            return _between(rng, low, high, whole=whole or (high - low > 2 and "." not in found[0]))
    if not whole and _UNIT.search(words):
        return rng.choice((0, 1, round(rng.random(), 1), round(rng.random(), 2), round(rng.random(), 2)))
    for pattern, values in _ROWS:
        if pattern.search(words):
            return rng.choice(values)
    if rng.random() < 0.06:
        return rng.choice((0, 1, 100000))
    return rng.choice((1, 2, 3, 5, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, rng.randrange(1, 400)))


def _between(rng: random.Random, low: float, high: float, *, whole: bool) -> Number:
    if rng.random() < 0.1:
        value = rng.choice((low, high))
    elif whole:
        return rng.randrange(math.ceil(low), max(math.ceil(low), math.floor(min(high, low + 10_000))) + 1)
    else:
        value = round(low + (high - low) * rng.random(), rng.choice((1, 2)))
    return _tidy(min(max(value, low), high), whole=False)


def _bounds(schema: Mapping[str, Any]) -> tuple[float, float]:
    """The inclusive bounds; draft 4's boolean `exclusive…` is looked at in `_fits`."""
    found = [schema.get(name) for name in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")]
    low1, low2, high1, high2 = (
        float(each) if isinstance(each, int | float) and not isinstance(each, bool) else None for each in found
    )
    lows = [each for each in (low1, low2) if each is not None]
    highs = [each for each in (high1, high2) if each is not None]
    return max(lows, default=-math.inf), min(highs, default=math.inf)


def _fits(value: Number, low: float, high: float, schema: Mapping[str, Any]) -> bool:
    if not low <= value <= high:
        return False
    if value == low and (schema.get("exclusiveMinimum") is True or schema.get("exclusiveMinimum") == low):
        return False
    return not (value == high and (schema.get("exclusiveMaximum") is True or schema.get("exclusiveMaximum") == high))


def _within(
    rng: random.Random, low: float, high: float, step: Number | None, schema: Mapping[str, Any], *, whole: bool
) -> Number | None:
    start = low if low > -math.inf else min(high, 0.0) - 10
    end = high if high < math.inf else max(low, 0.0) + 100
    tried: list[Number] = [rng.uniform(start, end) for _ in range(4)] + [start, end, (start + end) / 2]
    for each in tried:
        unit = step or (1 if whole else None)
        for value in (each,) if unit is None else (math.floor(each / unit) * unit, math.ceil(each / unit) * unit):
            short = _tidy(round(value, 3) if unit is None else value, whole=whole)
            for candidate in (short, _tidy(value, whole=whole)):
                if _fits(candidate, low, high, schema):
                    return candidate
    return None


def _tidy(value: Number, *, whole: bool) -> Number:
    """A whole number without a point; else without the tail of binary fractions."""
    if float(value).is_integer() and abs(value) < 1e15:
        return int(value)
    return math.floor(value) if whole else round(value, 6)
