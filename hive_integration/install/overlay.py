"""One overlay: a named set of settings, as data, with what it saves and what is lost. Pure.

It says which members a settings file should have; how they get there, and go again, is `merge`'s business. What a file
of data may hold is read strictly: an overlay that is half understood would change half of what it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec

from hive_integration.errors import UsageError
from hive_integration.install.merge import Want
from hive_integration.install.target import Kind

PLACEHOLDERS = ("argument", "config_dir", "state", "program")
"""What a file may leave to be filled in, `{program}`: the argument and facts of the installation."""
EACH = "{invocable}"
"""A key that stands for the name of every skill and command of the target."""

_LISTED = r"[A-Za-z][A-Za-z0-9_.:*-]{0,127}"
_BOUND = re.compile(r"(>=|<)(\d+)\.(\d+)\.(\d+)")
_PLACE = re.compile(r"\{([^{}]*)\}")


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """o200k tokens of the first request, without and with the overlay: direct, and behind a gateway."""

    direct: tuple[int, int]
    gateway: tuple[int, int]

    @property
    def saved(self) -> int:
        """Fewer tokens in the direct way; negative where the overlay costs some."""
        return self.direct[0] - self.direct[1]

    @property
    def saved_by_gateway(self) -> int:
        """The same behind a gateway, where the client may send more by itself."""
        return self.gateway[0] - self.gateway[1]


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When it was measured, and for each version of the client: project -> figures."""

    date: date
    clients: Mapping[str, Mapping[str, Figures]]


class Applies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where it helps: kinds of targets (`any`: all), and versions of the client, `>=2.1.329,<2.2.0`."""

    kinds: Sequence[Kind | Literal["any"]] = ("any",)
    client: str = ""

    def __post_init__(self) -> None:
        """Refuse a range that nobody can read."""
        if self.client and not all(_BOUND.fullmatch(bound) for bound in self.client.split(",")):
            raise ValueError(f"client is {self.client!r}, expected bounds such as >=2.1.329,<2.2.0")


class Argument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `NAME=ARGUMENT` may choose: names with commas between them, a count, or a share over 0 and up to 1."""

    kind: Literal["names", "count", "share"]
    default: str
    means: str

    def __post_init__(self) -> None:
        """Refuse a default that would itself be refused."""
        self.read(self.default)

    def read(self, text: str) -> object:
        """The argument's value. Raises ValueError that says what was expected."""
        return _READ[self.kind](text)


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One want as the file has it: a value, or items of a list."""

    keys: Sequence[str]
    value: bool | int | float | str | None = None
    items: Sequence[str] | str | None = None

    def __post_init__(self) -> None:
        """Refuse what wants nothing, or two things at once, or cannot be filled in."""
        if not self.keys or (self.value is None) == (self.items is None):
            raise ValueError("expected keys, and either value or items")
        if isinstance(self.items, str) and self.items != "{argument}":
            raise ValueError("items is a text, expected a list or {argument}")
        filled = " ".join((*(key for key in self.keys if key != EACH), str(self.value)))
        unknown = set(_PLACE.findall(filled)) - set(PLACEHOLDERS)
        if unknown:
            raise ValueError(f"unknown {{{min(unknown)}}}; known: {', '.join(PLACEHOLDERS)}")

    def filled(self, facts: Mapping[str, Any], source: str) -> Iterator[Want]:
        """The wants that it stands for. Raises KeyError where a fact is missing."""
        paths: list[tuple[str, ...]] = [()]
        for key in self.keys:
            names = facts["invocable"] if key == EACH else [_text(key, facts)]
            paths = [(*path, name) for path in paths for name in names]
        if self.items is None:
            value = _value(self.value, facts)
        else:
            value = facts["argument"] if isinstance(self.items, str) else list(self.items)
        for path in paths:
            yield Want(path, value, items=self.items is not None, source=source)


class Overlay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of `configs/overlays`. `lost` is the trade-off in a sentence."""

    id: str
    summary: str
    lost: str
    want: Sequence[Template]
    applies: Applies = Applies()
    argument: Argument | None = None
    measured: Measured | None = None

    def unfit(self, kind: Kind, version: tuple[int, ...] = ()) -> str:
        """Why it does nothing for such a target and client; empty where it helps, or where the version is unknown."""
        if not {"any", kind} & set(self.applies.kinds):
            return f"is for a {' or '.join(self.applies.kinds)}, and this is a {kind}"
        for sign, *numbers in _BOUND.findall(self.applies.client) if version else ():
            if (version >= tuple(map(int, numbers))) != (sign == ">="):
                return f"is for Claude Code {self.applies.client}, and this is {'.'.join(map(str, version))}"
        return ""

    def wants(self, facts: Mapping[str, str | Sequence[str]], argument: str = "") -> Sequence[Want]:
        """Its wants, filled in. `facts`: a value for each placeholder but `argument`; a list for `invocable`.

        Raises `UsageError` where it takes no argument, or not this one; KeyError where a fact is missing.
        """
        filled = {**facts, **self._argument(argument)}
        return [want for template in self.want for want in template.filled(filled, self.id)]

    def _argument(self, text: str) -> Mapping[str, Any]:
        if self.argument is None:
            if text:
                raise UsageError(f"overlay {self.id} takes no argument, got {text!r}", hint=f"--overlay {self.id}")
            return {}
        try:
            return {"argument": self.argument.read(text or self.argument.default)}
        except ValueError as error:
            example = f"--overlay {self.id}={self.argument.default}"
            raise UsageError(f"overlay {self.id}: {error}", hint=f"{self.argument.means}: {example}") from error


def _value(value: object, facts: Mapping[str, Any]) -> object:
    """A number stays one where the placeholder is all there is."""
    if value == "{argument}" and not isinstance(facts["argument"], list):
        return facts["argument"]
    return _text(value, facts) if isinstance(value, str) else value


def _text(text: str, facts: Mapping[str, Any]) -> str:
    def put(match: re.Match[str]) -> str:
        fact = facts[match[1]]
        return ",".join(fact) if isinstance(fact, list) else str(fact)

    return _PLACE.sub(put, text)


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    odd = [name for name in names if not re.fullmatch(_LISTED, name)]
    if odd:
        raise ValueError(f"{odd[0]!r} is no name, expected names with commas between them")
    return names


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise ValueError(f"{text!r} is no count, expected a whole number over 0")
    return int(text)


def _share(text: str) -> float:
    if not re.fullmatch(r"0?\.[0-9]{1,9}|1", text) or not float(text):
        raise ValueError(f"{text!r} is no share, expected a number over 0 and up to 1, such as 0.01")
    return float(text)


_READ: Mapping[str, Callable[[str], object]] = {"names": _names, "count": _count, "share": _share}
