"""All parts together: which examples go to which split, and what only all of them show: duplicates and leaks.

One pass over the parts, one part at a time, in an order that no worker changes; the first of two alike stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from itertools import islice

from hive_integration.dataset.gates.duplicates import Seen
from hive_integration.dataset.gates.leakage import Sealed
from hive_integration.dataset.parts import Made
from hive_integration.dataset.rounds import Trying
from hive_integration.dataset.task import share
from hive_integration.dataset.writing import Writing

EVAL_SHARE = 20
"""One family of phrasing in so many is sealed for the evaluation."""


def gathered(trying: Trying, total: int, seed: int, writing: Writing) -> None:
    """Give `writing` at most so many. Every behaviour gets the same share; what one lacks, the others give."""
    behaviours = range(len(trying.behaviours))
    held = _families(trying, seed)
    sealed, seen = Sealed(), Seen()
    for i in behaviours:
        for made in trying.rows(i):
            if not made.reason and made.family in held:
                sealed.add(made.messages)
    looked = [0] * len(behaviours)
    remaining = total
    for i in (*behaviours, *behaviours):  # what is left over of the first ones is taken last
        wanted = share(remaining, len(behaviours) - i)
        for made in islice(trying.rows(i), looked[i], None) if wanted else ():
            looked[i] += 1
            split = "eval" if made.family in held else "train"
            if reason := made.reason or _across(made, split, sealed, seen):
                writing.refuse(made, reason)
                continue
            writing.add(made, split)
            remaining -= 1
            wanted -= 1
            if not wanted:
                break


def _across(made: Made, split: str, sealed: Sealed, seen: Seen) -> str:
    messages = made.messages
    if split == "train" and sealed.leaks(messages):
        return "leakage: says what the evaluation says"
    told = seen.reason(messages, made.key)
    return f"duplicates: {told}" if told else ""


def _families(trying: Trying, seed: int) -> Collection[str]:
    """The families of phrasing that are sealed for the evaluation, in all behaviours alike: by their names, one in
    EVAL_SHARE; at least one, where there are two."""
    known = {made.family for i in range(len(trying.behaviours)) for made in trying.rows(i) if not made.reason}
    drawn = sorted((_drawn(seed, family), family) for family in known)
    held = {family for number, family in drawn if number % EVAL_SHARE == 0}
    return held or {family for _, family in drawn[: min(1, len(drawn) - 1)]}


def _drawn(seed: int, family: str) -> int:
    return int(hashlib.sha256(f"{seed}\0{family}".encode("utf-8", "replace")).hexdigest()[:8], 16)
