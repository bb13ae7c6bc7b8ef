"""Values of invented results, and the real ones that take their place in what is said and called later. Pure.

A value is replaced where the real result says it under the same name. One that has no real counterpart taints: a text
that says it cannot stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hive_integration.wire.lenient import read


@dataclass(slots=True)
class Swap:
    """Values of invented results: with a real one to take their place, or without."""

    real: dict[str, Any] = field(default_factory=dict)
    tainted: set[str] = field(default_factory=set)

    def learn(self, invented: str, told: str) -> None:
        """Two results of one call."""
        true = dict(_leaves(read(told).value)) if told else {}
        spoken = str(sorted(map(str, true.values())))
        for name, value in _leaves(read(invented).value):
            text = str(value)
            if name in true:
                self.real[text] = true[name]
            elif len(text) > 1 and text not in spoken:
                self.tainted.add(text)
        if not dict(_leaves(read(invented).value)) and invented.strip() != told.strip():
            self.tainted.update(word for word in re.findall(r"[\w./-]{2,}", invented) if word not in told)

    def value(self, value: Any) -> Any:  # noqa: ANN401 - a JSON value
        """A value in which invented values are real ones."""
        if isinstance(value, Mapping):
            return {key: self.value(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        found = self.real.get(value) if isinstance(value, str) and len(value) > 2 else None
        return found if isinstance(found, str) else value

    def text(self, text: str) -> str | None:
        """A text in which invented values are real ones; None where one is left that has none."""
        for old, new in sorted(self.real.items(), key=lambda each: -len(each[0])):
            if str(new) != old:
                if len(old) < 3 and _says(text, old):
                    return None
                text = str(new).join(re.split(rf"(?<!\w){re.escape(old)}(?!\w)", text))
        return None if any(_says(text, each) for each in self.tainted) else text


def _says(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _leaves(value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - a JSON value
    """Names and plain values, deeper ones too."""
    if depth > 8:
        return
    if isinstance(value, Mapping):
        for name, each in value.items():
            if isinstance(each, str | int | float) and not isinstance(each, bool):
                yield _plain(name), each
            else:
                yield from _leaves(each, depth + 1)
    elif isinstance(value, list):
        for each in value[:50]:
            yield from _leaves(each, depth + 1)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
