"""OpenAI's tokenizers, exact and offline: tiktoken's engine over ranks that are shipped with hive-ctx.

Never a download: the ranks are read from the package, and their sha256 must be the one that tiktoken itself expects of
its own download. Nothing is loaded before the first text is counted (0.3 s for `o200k_base`).
"""

from __future__ import annotations

import binascii
import gzip
import hashlib
import re
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from hive_integration.errors import HiveError

if TYPE_CHECKING:
    from tiktoken import Encoding

RANKS_SHA256 = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
"""sha256 of the uncompressed ranks, as published in tiktoken (`tiktoken_ext/openai_public.py`, `expected_hash`)."""

LONGEST_RUN = 100_000
"""White space characters in a row: tiktoken's pattern engine gives up at some 300,000, so longer runs are cut there.
Such a cut may cost one token more than the tokenizer's own count."""

_SUFFIX = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER, _LOWER = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}", r"\p{Ll}\p{Lm}\p{Lo}\p{M}"
# How each tokenizer parts a text before it merges bytes: part of the published definition, like the ranks.
_PATTERNS = {
    "o200k_base": "|".join(
        [
            rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]*[{_LOWER}]+{_SUFFIX}",
            rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]+[{_LOWER}]*{_SUFFIX}",
            r"\p{N}{1,3}",
            r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
            r"\s*[\r\n]+",
            r"\s+(?!\S)",
            r"\s+",
        ]
    ),
    "cl100k_base": "|".join(
        [
            "'(?i:[sdmt]|ll|ve|re)",
            r"[^\r\n\p{L}\p{N}]?+\p{L}++",
            r"\p{N}{1,3}+",
            r" ?[^\s\p{L}\p{N}]++[\r\n]*+",
            r"\s++$",
            r"\s*[\r\n]",
            r"\s+(?!\S)",
            r"\s",
        ]
    ),
}
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class OpenAICounter:
    """Counts with `o200k_base` or `cl100k_base`. Text that looks like a special token counts as the text it is."""

    name: str
    because: str = ""
    """Why this tokenizer stands in for another, where it does."""

    @property
    def exact(self) -> bool:
        """Whether this is the tokenizer that was meant: its figures are then tiktoken's own."""
        return not self.because

    @property
    def version(self) -> str:
        """What the figures depend on: the ranks."""
        return RANKS_SHA256[self.name]

    @property
    def note(self) -> str:
        """Which ranks are used."""
        how = f"tiktoken, offline, with the ranks of {self.name} (sha256 {RANKS_SHA256[self.name][:12]})"
        return f"{self.because}; counted by {how}" if self.because else f"exact: {how}"

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, in order."""
        return [sum(len(tokens) for tokens in _encoded(self.name, _clean(text))) for text in texts]

    def split(self, text: str, cuts: Sequence[int]) -> list[int]:
        """Tokens of each piece between the character offsets `cuts`; a token belongs where its first byte lies."""
        text = _clean(text)
        lengths = _loaded(self.name)[1]
        ends = accumulate(lengths[token] for tokens in _encoded(self.name, text) for token in tokens)
        starts = [0, *ends]
        edges = accumulate(len(text[start:end].encode()) for start, end in pairwise([0, *cuts, len(text)]))
        before = [bisect_left(starts, edge, hi=len(starts) - 1) for edge in edges]
        return [upto - since for since, upto in pairwise([0, *before])]


def load_ranks(name: str) -> dict[bytes, int]:
    """The shipped ranks of `name`, token bytes to rank. Raises HiveError where the file is missing or was changed."""
    try:
        raw = gzip.decompress(files(__package__).joinpath("ranks", f"{name}.tiktoken.gz").read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise HiveError(f"the ranks of {name} cannot be read ({error})", hint="install hive-ctx again") from error
    digest = hashlib.sha256(raw).hexdigest()
    if digest != RANKS_SHA256[name]:
        message = f"the ranks of {name} were changed: sha256 {digest[:12]}…, expected {RANKS_SHA256[name][:12]}…"
        raise HiveError(message, hint="install hive-ctx again")
    # One line a token, `base64 rank`, in the order of the ranks: the hash has just said so.
    return {token: rank for rank, token in enumerate(map(binascii.a2b_base64, raw.split()[::2]))}


@cache
def _loaded(name: str) -> tuple[Encoding, bytes]:
    """The engine, and the length in bytes of each token by its number."""
    from tiktoken import Encoding

    ranks = load_ranks(name)
    lengths = bytes(map(len, ranks))
    encoding = Encoding(name, pat_str=_PATTERNS[name], mergeable_ranks=ranks, special_tokens={})
    # The engine has its own copy. This one, 200,000 objects, serves `pickle` alone, and costs 30 MB.
    encoding._mergeable_ranks = {}
    return encoding, lengths


def _clean(text: str) -> str:
    """`text` with lone surrogates, which no tokenizer can be sent, as U+FFFD: every offset stays where it was."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _encoded(name: str, text: str) -> Iterator[list[int]]:
    encode = _loaded(name)[0].encode_ordinary
    start = 0
    for cut in _run_cuts(text):
        yield encode(text[start:cut])
        start = cut
    yield encode(text[start:])


def _run_cuts(text: str) -> Iterator[int]:
    if len(text) <= LONGEST_RUN:
        return
    for run in re.finditer(r"\s+", text):
        yield from range(run.start() + LONGEST_RUN, run.end(), LONGEST_RUN)
