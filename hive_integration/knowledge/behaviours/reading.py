"""One unit, read once, for all extractors; and the few questions that they all ask of a sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hive_integration.knowledge.behaviours.kinds import kind_of
from hive_integration.knowledge.behaviours.words import usable
from hive_integration.knowledge.context import Context, description
from hive_integration.knowledge.markdown import Page, Sentence, page
from hive_integration.units import KnowledgeUnit
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import Check

_RUNS_ON = re.compile(r"(?<=[^\s.!?:;,—–-])\s+(?=Use (?:this |it |only )?(?:when|if|for|to) )")
"""Where a description begins to say when to use the tool, its full stop forgotten."""
_LABEL = re.compile(r"\AContents of [^\n]{1,1000}:\n\n")


@dataclass(frozen=True)
class Reading:
    """A unit with its text taken apart. A tool is read by its description."""

    unit: KnowledgeUnit
    context: Context

    @cached_property
    def page(self) -> Page:
        """The text, its lines numbered as in the file; without the client's line that names the file."""
        if self.unit.schema is not None:
            return page(_RUNS_ON.sub(". ", description(self.unit)))
        return page(_LABEL.sub("", self.unit.text), self.first_line)

    @cached_property
    def sentences(self) -> Sequence[Sentence]:
        """The sentences that can be a statement."""
        return [sentence for sentence in self.page.sentences if usable(sentence.text)]

    def of_kind(self, kind: BehaviourKind) -> Sequence[Sentence]:
        """The sentences of one kind."""
        return self._kinds.get(kind, ())

    @cached_property
    def _kinds(self) -> Mapping[BehaviourKind, Sequence[Sentence]]:
        found: dict[BehaviourKind, list[Sentence]] = {}
        for sentence in self.sentences:
            if kind := kind_of(sentence, tool=self.unit.schema is not None):
                found.setdefault(kind, []).append(sentence)
        return found

    @property
    def first_line(self) -> int:
        """The line of the file on which the text begins: the source says it."""
        line = self.unit.source.rpartition(":")[2]
        return int(line) if line.isdigit() and len(line) < 8 else 1

    def source(self, line: int = 0) -> str:
        """Where a line stands: `file:line` for a file; what has no lines is named as it is."""
        path, _, first = self.unit.source.rpartition(":")
        return f"{path}:{line}" if line and path and first.isdigit() else self.unit.source

    def behaviour(  # noqa: PLR0913 - a behaviour has these facets; all but two have a default
        self,
        kind: BehaviourKind,
        statement: str,
        *,
        line: int = 0,
        subject: str = "",
        steps: Sequence[str] = (),
        checks: Sequence[Check] = (),
        units: Sequence[str] = (),
    ) -> Behaviour:
        """A behaviour of this unit. `units`: the digests of further units that ask for it."""
        return Behaviour(
            kind=kind,
            statement=statement,
            units=(self.unit.digest, *units),
            source=self.source(line),
            subject=subject or self.unit.name,
            steps=tuple(steps),
            checks=tuple(checks),
        )


Found = Iterator[Behaviour]
