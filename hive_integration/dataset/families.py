"""How many families of phrasing each thing that is taught is asked for in: tools, and behaviours of other kinds. Pure.

Families decide what a small model learns: one that was tuned on 8 phrasings a tool chose the right tool in 98 % of
known and 69 % of unseen phrasings, which is why there is a floor. It holds for each tool that is specified, and for
each behaviour that is not about one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example

FLOOR = 60


class Families:
    """Who is asked for in which families."""

    def __init__(self, book: Book | None = None) -> None:
        self._book = book
        self._found: dict[str, set[str]] = {}

    def add(self, example: Example) -> None:
        """Take note of one example."""
        for behaviour in example.behaviours:
            self._found.setdefault(self._subject(behaviour), set()).add(example.family)

    @property
    def counts(self) -> Mapping[str, int]:
        """Families by tool or behaviour, fewest first."""
        return dict(
            sorted(((name, len(all_)) for name, all_ in self._found.items()), key=lambda each: (each[1], each[0]))
        )

    def below(self, floor: int = FLOOR) -> Sequence[tuple[str, int]]:
        """Those with too few."""
        return [(name, count) for name, count in self.counts.items() if count < floor]

    def _subject(self, name: str) -> str:
        behaviour = self._book.behaviours.get(name) if self._book else None
        return behaviour.subject if behaviour and self._book and behaviour.subject in self._book.tools else name
