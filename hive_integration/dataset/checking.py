"""All that can be wrong with a dataset folder, one finding each. Reads the folder; goes on after a fault where it can.

It holds for a folder of whatever origin: bytes against the manifest, every line and its provenance, every gate that
the compiler has, both splits against each other, and the floor of diversity. Without the book of units no schema and no
behaviour can be checked, and that is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example
from hive_integration.dataset.families import FLOOR, Families
from hive_integration.dataset.folder import MANIFEST
from hive_integration.dataset.gates import GATES, Limits
from hive_integration.dataset.gates.duplicates import Seen
from hive_integration.dataset.gates.leakage import Sealed
from hive_integration.dataset.reading import PROVENANCE, SPLITS, Row, changed, lines, manifest_of, parsed
from hive_integration.errors import HiveError

WITHOUT_BOOK = ("licence", "format", "length", "secrets")
"""The gates that need no units."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong. `kind` is what is counted; `where` is a file, and a line of it where there is one."""

    where: str
    kind: str
    detail: str = ""

    def __str__(self) -> str:
        """One line."""
        return f"{self.where}: {self.kind}{': ' if self.detail else ''}{self.detail}"


@dataclass(slots=True)
class Checked:
    """What a check saw."""

    examples: int = 0
    found: list[Found] = field(default_factory=list)
    with_units: bool = False

    @property
    def kinds(self) -> Mapping[str, int]:
        """How often each kind of fault was found, most first."""
        return dict(Counter(each.kind for each in self.found).most_common())


def checked(
    folder: Path, book: Book | None = None, *, floor: int = FLOOR, progress: Progress = lambda done, of: None
) -> Checked:
    """Check a folder. Raises `HiveError` where it is no dataset at all."""
    manifest = manifest_of(folder)
    check = _Check(folder, book, _limits(manifest))
    check.seen.found += [Found(*_parted(said)) for said in changed(folder, manifest)]
    total = int(_of(manifest, "counts", "examples") or 0)
    check.sealed(_rows(folder, "eval", None))
    told = lines(folder / PROVENANCE)
    for split in SPLITS:
        for row in _rows(folder, split, told):
            check.one(row)
            progress(check.seen.examples, total)
    check.end(manifest, told, floor)
    return check.seen


class _Check:
    def __init__(self, folder: Path, book: Book | None, limits: Limits) -> None:
        self.folder, self.book, self.limits = folder, book or Book([]), limits
        self.gates = {name: gate for name, gate in GATES.items() if book is not None or name in WITHOUT_BOOK}
        self.seen = Checked(with_units=book is not None)
        self.seal, self.told, self.families = Sealed(), Seen(), Families(book)
        self.of: dict[str, set[str]] = {split: set() for split in SPLITS}
        self.keys: set[str] = set()
        self.counts: Counter[str] = Counter()

    def sealed(self, rows: Iterable[Row | Found]) -> None:
        """The evaluation's words, before anything is held against them."""
        for row in rows:
            if isinstance(row, Row):
                self.seal.add(row.example.messages)

    def one(self, row: Row | Found) -> None:
        self.seen.examples += 1
        if isinstance(row, Found):
            self.seen.found.append(row)
            return
        where = f"{row.split}.jsonl:{row.line}"
        self.counts[row.split] += 1
        self.families.add(row.example)
        self.of[row.split].add(row.example.family)
        self.seen.found += [Found(where, *_kind(reason)) for reason in self._reasons(row)]

    def _reasons(self, row: Row) -> Iterator[str]:
        example = row.example
        for name, gate in self.gates.items():
            if reason := gate(example, self.book, self.limits):
                yield f"{name}: {reason}"
        if example.key in self.keys:
            yield f"duplicates: has the key of another one: {example.key}"
        self.keys.add(example.key)
        if reason := self.told.reason(example.messages, example.key or str(self.seen.examples)):
            yield f"duplicates: {reason}"
        if row.split == "train" and self.seal.leaks(example.messages):
            yield "leakage: says what the evaluation says"
        yield from _undeclared(example, row)

    def end(self, manifest: Mapping[str, Any], told: Iterator[tuple[int, str]], floor: int) -> None:
        """What only the whole shows."""
        found = self.seen.found
        try:
            found += [Found(f"{PROVENANCE}:{n}", "tells of an example that is not there") for n, _ in told]
        except HiveError as error:
            found.append(Found(*_parted(str(error).removeprefix(f"{self.folder}/"))))
        for split in SPLITS:
            said = _of(manifest, "counts", split)
            if said != self.counts[split]:
                found.append(Found(MANIFEST, f"counts {said} examples of {split}", f"there are {self.counts[split]}"))
        for family in sorted(self.of["train"] & self.of["eval"]):
            found.append(Found("eval.jsonl", "shares a family of phrasing with the training split", family))
        for name, count in self.families.below(floor):
            found.append(Found("train.jsonl", f"has fewer than {floor} families of phrasing", f"{name}, {count}"))


def _rows(folder: Path, split: str, told: Iterator[tuple[int, str]] | None) -> Iterator[Row | Found]:
    """The rows of a split, or what is wrong with one. Without `told` their provenance is not looked at."""
    name = f"{split}.jsonl"
    at, said = 0, _ANY
    try:
        for number, line in lines(folder / name):
            if told is not None:
                at, said = next(told, (at + 1, ""))
            try:
                text = said if told is not None else _ANY.replace('"?"', f'"{split}"').replace(": 0", f": {number}")
                yield parsed(split, number, line, text, f"{name}:{number}", f"{PROVENANCE}:{at}")
            except HiveError as error:
                yield Found(*_parted(str(error)))
    except HiveError as error:
        yield Found(*_parted(str(error).removeprefix(f"{folder}/")))


_ANY = (
    '{"split": "?", "line": 0, "behaviours": [], "units": [], "complexity": "simple", "error_case": false, '
    '"family": "-", "generator": "-", "teacher": null, "licence": "-"}'
)


def _undeclared(example: Example, row: Row) -> Iterator[str]:
    """Tools that a line declares must be in play, and then every call's tool is declared."""
    names = {tool.name for tool in row.declared}
    if row.declared:
        for message in example.messages:
            for call in message.calls:
                if call.name not in names:
                    yield f"format: calls a tool that it does not declare: {call.name[:80]}"


def _limits(manifest: Mapping[str, Any]) -> Limits:
    """The limits that the dataset was made with: a permission to train goes by its hash."""
    tokens, messages = _of(manifest, "options", "tokens"), _of(manifest, "options", "messages")
    default = Limits()
    return Limits(
        tokens if isinstance(tokens, int) else default.tokens,
        messages if isinstance(messages, int) else default.messages,
        str(manifest.get("permission") or ""),
    )


def _of(value: Any, *keys: str) -> Any:  # noqa: ANN401 - a JSON value
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _parted(said: str) -> tuple[str, str]:
    """`file:line: what` as (where, what)."""
    where, _, what = said.partition(": ")
    return where, what


def _kind(reason: str) -> tuple[str, str]:
    """`gate: reason: detail` as (what is counted, the rest)."""
    gate, _, rest = reason.partition(": ")
    kind, _, detail = rest.partition(": ")
    return f"{gate}: {kind}", detail
