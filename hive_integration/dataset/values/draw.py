"""The arguments of one call: valid for the tool's schema, and each of them something that a user can say. Pure."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hive_integration.dataset.values.kinds import kind_of
from hive_integration.dataset.values.node import Drawer, UnmetError
from hive_integration.dataset.values.scene import Scene
from hive_integration.wire.resolve import Refs, Resolver, Schema
from hive_integration.wire.valid import problems

TRIES = 4
MOST = 7
"""Arguments that are given beside the required ones, at most: no user says more in one breath."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. `kind` says how it is spoken of: one of `kinds.KINDS`."""

    key: str
    value: Any
    kind: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """The arguments of a call, in the order of the schema."""

    arguments: Mapping[str, Any]
    parts: Sequence[Argument]

    def without(self, keys: Collection[str]) -> Sequence[Argument]:
        """The arguments but for some."""
        return [part for part in self.parts if part.key not in keys]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of some arguments. `optional`: the share of optional ones; `fixed` are given, `left` never."""

    optional: float = 0.3
    need: Collection[str] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    left: Collection[str] = ()


PLAIN = Wish()


def drawn(schema: Mapping[str, Any], rng: random.Random, scene: Scene, wish: Wish = PLAIN) -> Drawn | None:
    """Arguments as wished; None where none were found that the schema takes."""
    for attempt in range(TRIES):
        share = wish.optional if attempt < 2 else 0.0
        drawer = Drawer(rng, scene, Resolver(schema), share)
        try:
            node, refs = drawer.node(schema, frozenset(), 0)
            found = _filled(drawer, node, refs, wish, share)
        except UnmetError:
            continue
        if not problems(found.arguments, schema):
            return found
    return None


def _filled(drawer: Drawer, node: Schema, refs: Refs, wish: Wish, share: float) -> Drawn:
    rng = drawer.rng
    properties = node.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    required = [name for name in node.get("required") or () if isinstance(name, str)]
    needed = {*required, *wish.need, *wish.fixed}
    spare = [name for name in properties if name not in needed and name not in wish.left and rng.random() < share][
        :MOST
    ]
    arguments: dict[str, Any] = {}
    parts: list[Argument] = []
    for name in (*properties, *(each for each in sorted(needed) if each not in properties)):
        if name not in needed and name not in spare:
            continue
        schema = properties.get(name, True)
        try:
            value = wish.fixed[name] if name in wish.fixed else drawer.value(schema, name, refs, 1)
        except UnmetError:
            if name in needed:
                raise
            continue
        arguments[name] = value
        parts.append(Argument(name, value, _kind(value, schema, name), name in required))
    return Drawn(arguments, parts)


def _kind(value: object, schema: object, key: str) -> str:
    if isinstance(value, bool):
        return "toggle"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return "list"
    if isinstance(value, Mapping):
        return "object"
    said = schema.get("description", "") if isinstance(schema, Mapping) else ""
    if isinstance(schema, Mapping) and "enum" in schema:
        return "word"
    return kind_of(key, said if isinstance(said, str) else "")
