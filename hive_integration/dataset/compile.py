"""From a book of units to a dataset folder: parts made side by side, gates across all of them, files, manifest last.

The same units, seed and options give the same bytes, however many workers there are, however often it was killed on the
way, and whatever lay in the folder before. Everything is one pass over the parts, one part at a time.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hive_integration.dataset.book import Book, read_book
from hive_integration.dataset.folder import opened, taken
from hive_integration.dataset.gates import Limits
from hive_integration.dataset.gates.duplicates import ALGORITHM
from hive_integration.dataset.gather import EVAL_SHARE, gathered
from hive_integration.dataset.generators import Settings
from hive_integration.dataset.parts import Generator, Part
from hive_integration.dataset.pool import Recipe, making
from hive_integration.dataset.rounds import Ahead, Progress, Trying
from hive_integration.dataset.task import PHASES
from hive_integration.dataset.writing import Writing
from hive_integration.errors import HiveError
from hive_integration.files import sha256_of
from hive_integration.units.behaviour import Behaviour

AGAIN, FEW = 5, 8
"""How often more is made of what all together turned out to lack, and how many more than twice that."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to compile."""

    phase: int = 5
    total: int = 130_000
    seed: int = 0
    workers: int = 1
    generator: str = "offline"
    settings: Settings = field(default_factory=Settings)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be made. `unmade`: why behaviours get no example -> how many."""

    recipe: Recipe
    options: Options
    book: Book = field(repr=False)
    generator: Generator = field(repr=False)
    chosen: Sequence[Behaviour] = field(repr=False)
    """The behaviours, in an order that a change of a unit's text does not move."""
    unmade: Mapping[str, int] = field(default_factory=dict)

    def path(self, part: Part, parts: Path) -> Path:
        """The file of a part."""
        identity = f"{self.generator.name}:{self.options.settings.identity}"
        return parts / f"{part.name(self.book, identity, self.options.limits)}.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came of it. `manifest` as it stands in the folder; `new`: tasks that were not done before."""

    manifest: Mapping[str, Any]
    new: int
    parts: int
    """Files of parts that were made or added to."""


def planned(units: Path, options: Options) -> Planned:
    """Choose what to make of a units.jsonl. Raises `HiveError` where that is nothing."""
    book = read_book(units)
    recipe = Recipe(units, options.generator, options.settings, options.limits)
    generator = recipe.ready()
    known = [b for b in book.behaviours.values() if book.units[b.units[0]].unit.level in PHASES[options.phase]]
    reasons = {behaviour.id: generator.cannot(behaviour, book) for behaviour in known}
    chosen = _ordered([b for b in known if not reasons[b.id]], book, options.seed)[: options.total]
    unmade = Counter(reason for reason in reasons.values() if reason)
    if not chosen:
        raise HiveError(
            f"{units}: phase {options.phase} has no behaviour that {generator.name} can show, of {len(known)}",
            hint="choose another --phase or a --teacher; `hive-ctx extract` says what a unit was found to ask for",
        )
    return Planned(recipe, options, book, generator, chosen, dict(sorted(unmade.items())))


def _ordered(behaviours: Sequence[Behaviour], book: Book, seed: int) -> Sequence[Behaviour]:
    """Mixed, by what a unit is called and which of its behaviours it is: not by its words, which change."""
    counts: Counter[str] = Counter()
    places: dict[str, str] = {}
    for behaviour in behaviours:
        unit = book.units[behaviour.units[0]].unit
        place = f"{seed}\0{unit.component}\0{unit.load}\0{unit.name}"
        places[behaviour.id] = hashlib.sha256(f"{place}\0{counts[place]}".encode("utf-8", "replace")).hexdigest()
        counts[place] += 1
    return sorted(behaviours, key=lambda each: places[each.id])


def compiled(
    plan: Planned, folder: Path, progress: Progress = lambda done, of: None, ahead: Ahead | None = None
) -> Compiled:
    """Make the dataset in `folder`. Raises `HiveError` where it holds something else or cannot be written."""
    options = plan.options
    with taken(folder) as parts, making(plan.recipe, plan.book, options.workers) as make:
        opened(folder)
        trying = Trying(plan.chosen, options.seed, lambda part: plan.path(part, parts), make, progress, ahead)
        asked, before = options.total, -1
        for last in (*[False] * AGAIN, True):
            trying.until(asked)
            with Writing(folder, parts / "writing") as writing:
                gathered(trying, options.total, options.seed, writing)
                short = options.total - writing.tally.total
                if last or not short or trying.total == before:
                    manifest = writing.finish(_facts(plan))
                    break
            asked, before = asked + 2 * short + FEW, trying.total
        _pruned(parts, {path.name for path in trying.paths()})
    return Compiled(manifest, trying.new, trying.touched)


def _facts(plan: Planned) -> Mapping[str, Any]:
    options = plan.options
    return {
        "seed": options.seed,
        "options": {
            "phase": options.phase, "count": options.total, "generator": plan.generator.name,
            "settings": options.settings.identity, "tokens": options.limits.tokens,
            "messages": options.limits.messages, "eval_share": f"1/{EVAL_SHARE}", "duplicates": ALGORITHM,
        },
        "permission": f"sha256:{options.limits.permission}" if options.limits.permission else None,
        "units": {"sha256": sha256_of(plan.recipe.units), "units": len(plan.book.units)},
        "behaviours": {"shown": len(plan.chosen), "unmade": plan.unmade},
    }  # fmt: skip


def _pruned(parts: Path, used: Collection[str]) -> None:
    """Parts that follow from what is no more."""
    for path in parts.glob("*.jsonl.gz"):
        if path.name not in used:
            path.unlink(missing_ok=True)
