"""A value for any JSON schema node. Pure; what cannot be met raises `UnmetError`, and the caller leaves it out.

References and `allOf` are resolved by `wire.resolve`. What is rarer (`not`, `if`, `dependent…`, `contains`) is not
built towards: the arguments of a call are checked as a whole, and drawn again.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hive_integration.dataset.values.kinds import kind_of, options_in, words_of
from hive_integration.dataset.values.numbers import number_for
from hive_integration.dataset.values.pattern import matching
from hive_integration.dataset.values.scene import Scene
from hive_integration.dataset.values.texts import chore, day, instant, short_id, text_for
from hive_integration.wire.keywords import Watch
from hive_integration.wire.resolve import Refs, Resolver, Schema, kinds_of

DEEPEST = 6
"""Beyond, only what is required is filled."""
MOST_BRANCHINGS = 12
"""How many `anyOf` and `oneOf` may stand within one another at one place."""
Node = tuple[Schema, Refs]


class UnmetError(Exception):
    """No value was found for a node. It never leaves this package."""


@dataclass(slots=True)
class Drawer:
    """What values of one schema are drawn with. `optional`: the share of properties given though not required."""

    rng: random.Random
    scene: Scene
    resolver: Resolver
    optional: float = 0.4

    def node(self, schema: object, refs: Refs, depth: int) -> Node:
        """A node without references, one branch of its `anyOf` and `oneOf` chosen."""
        if schema is False:
            raise UnmetError
        found, refs = self.resolver.resolved(schema, refs, depth)
        for _ in range(MOST_BRANCHINGS):
            word = next((each for each in ("anyOf", "oneOf") if isinstance(found.get(each), list) and found[each]), "")
            if not word:
                break
            open_ones = [each for each in found[word] if each is not False and kinds_of_any(each) != ["null"]]
            branch = self.rng.choice(open_ones or found[word])
            if branch is False:
                raise UnmetError
            rest = {name: value for name, value in found.items() if name != word}
            found, refs = self.resolver.resolved({**rest, "allOf": [branch]}, refs, depth + 1)
        return found, refs

    def value(self, schema: object, key: str, refs: Refs = frozenset(), depth: int = 0) -> Any:  # noqa: ANN401 - JSON
        """A value for a node."""
        node, refs = self.node(schema, refs, depth)
        if "const" in node:
            return node["const"]
        values = node.get("enum")
        if isinstance(values, list) and values:
            return self.rng.choice([each for each in values if each is not None] or values)
        told = self._told(node)
        if told is not None:
            return told
        return _KINDS[self._kind(node)](self, node, key, refs, depth)

    def _kind(self, node: Schema) -> str:
        kinds = [kind for kind in kinds_of(node) if kind != "null"] or kinds_of(node)
        if kinds:
            return self.rng.choice(kinds)
        if isinstance(node.get("properties"), dict):
            return "object"
        if "items" in node:
            return "array"
        return "string" if self.rng.random() < 0.8 or _texts_only(node) else self.rng.choice(("integer", "boolean"))

    def _told(self, node: Schema) -> Any:  # noqa: ANN401
        """One of the schema's own examples, or its default, now and then; None else."""
        examples = node.get("examples")
        if isinstance(examples, list) and examples and self.rng.random() < 0.4:
            told = self.rng.choice(examples)
            return told if _plain(told, node) else None
        if _plain(node.get("default"), node) and self.rng.random() < 0.1:
            return node["default"]
        return None


def kinds_of_any(schema: object) -> list[str]:
    """The types of a node that may be `true` or `false`."""
    return kinds_of(schema) if isinstance(schema, Mapping) else []


def _texts_only(node: Schema) -> bool:
    return any(word in node for word in ("pattern", "format", "minLength", "maxLength"))


def _plain(value: object, node: Schema) -> bool:
    """Whether a told value is worth using: of the node's type, and not empty."""
    kinds = kinds_of(node)
    known = {str: "string", bool: "boolean", int: "integer", float: "number"}.get(type(value))
    return known is not None and value != "" and (known in kinds or (known == "integer" and "number" in kinds))


# Texts.


def _string(drawer: Drawer, node: Schema, key: str, refs: Refs, depth: int) -> str:
    rng, scene = drawer.rng, drawer.scene
    said = node.get("description", "")
    said = said if isinstance(said, str) else ""
    form, pattern = node.get("format"), node.get("pattern")
    if isinstance(form, str) and form in _FORMATS:
        text = _FORMATS[form](rng, scene)
    elif (options := options_in(said)) and rng.random() < 0.85:
        text = rng.choice(options)
    else:
        text = text_for(kind_of(key, said), rng, scene, key)
    if isinstance(pattern, str) and Watch().met(pattern, text) is not True:
        found = matching(pattern, rng)
        if found is None:
            raise UnmetError
        text = found
    return _sized(text, node, rng, scene)


def _sized(text: str, node: Schema, rng: random.Random, scene: Scene) -> str:
    least, most = node.get("minLength", 0), node.get("maxLength")
    while isinstance(least, int) and len(text) < least:
        if "pattern" in node or "format" in node:
            raise UnmetError
        text = f"{text}, {chore(rng, scene)}"
        if least > 4000:
            raise UnmetError
    if isinstance(most, int) and len(text) > most:
        if "pattern" in node or "format" in node:
            raise UnmetError
        text = (
            text[:most].rstrip()
            if len(text[:most].rstrip()) >= (least if isinstance(least, int) else 0)
            else text[:most]
        )
    return text


def _uuid(rng: random.Random, scene: Scene) -> str:
    text = f"{rng.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


_FORMATS: Mapping[str, Callable[[random.Random, Scene], str]] = {
    "date": lambda rng, scene: day(rng), "date-time": lambda rng, scene: instant(rng),
    "time": lambda rng, scene: instant(rng)[11:], "duration": lambda rng, scene: f"PT{rng.randrange(1, 60)}M",
    "email": lambda rng, scene: text_for("email", rng, scene, ""), "uuid": _uuid,
    "hostname": lambda rng, scene: f"{scene.area}.example.com",
    "ipv4": lambda rng, scene: f"192.0.2.{rng.randrange(1, 250)}",
    "ipv6": lambda rng, scene: f"2001:db8::{rng.randrange(1, 9999)}",
    "uri": lambda rng, scene: text_for("url", rng, scene, ""), "url": lambda rng, scene: text_for("url",
    rng, scene, ""),
    "uri-reference": lambda rng, scene: f"/{scene.area}/{short_id(rng)}",
    "json-pointer": lambda rng, scene: f"/{scene.area}/{rng.randrange(9)}",
    "regex": lambda rng, scene: f"^{scene.area}-[0-9]+$",
}  # fmt: skip


# Numbers, truth, nothing.


def _number(drawer: Drawer, node: Schema, key: str, refs: Refs, depth: int) -> int | float:
    value = number_for(drawer.rng, node, key, whole=False)
    if value is None:
        raise UnmetError
    return value


def _integer(drawer: Drawer, node: Schema, key: str, refs: Refs, depth: int) -> int | float:
    value = number_for(drawer.rng, node, key, whole=True)
    if value is None:
        raise UnmetError
    return value


def _boolean(drawer: Drawer, node: Schema, key: str, refs: Refs, depth: int) -> bool:
    default = node.get("default")
    return not default if isinstance(default, bool) and drawer.rng.random() < 0.7 else drawer.rng.random() < 0.7


# Lists and objects.


_VECTOR = re.compile(r"\b(?:vectors?|embeddings? ?\d?|probe|query|weights|coordinates)\b")


def _array(drawer: Drawer, node: Schema, key: str, refs: Refs, depth: int) -> list[Any]:
    rng = drawer.rng
    if _is_vector(node, key):
        return [round(rng.uniform(-1, 1), 2) for _ in range(rng.choice((3, 3, 4)))]
    least, most = node.get("minItems", 0), node.get("maxItems")
    least = least if isinstance(least, int) else 0
    length = max(least, rng.choice((1, 2, 2, 3, 3, 4)) if depth < DEEPEST else 0)
    length = min(length, most) if isinstance(most, int) else length
    if length > 60:
        raise UnmetError
    first = node.get("prefixItems")
    made = [drawer.value(each, key, refs, depth + 1) for each in first] if isinstance(first, list) else []
    items = node.get("items", True)
    own = key[:-1] if key.endswith("s") and len(key) > 3 else key
    for _ in range(length * 4):
        if len(made) >= length:
            return made
        each = drawer.value(items if isinstance(items, dict | bool) else True, own, refs, depth + 1)
        if each not in made or not (node.get("uniqueItems") or isinstance(each, str)):
            made.append(each)
    if len(made) < least:
        raise UnmetError
    return made


def _is_vector(node: Schema, key: str) -> bool:
    """Whether it is a row of numbers without bounds, as embeddings are."""
    items = node.get("items")
    if not isinstance(items, dict) or kinds_of(items) != ["number"] or items.keys() - {"type", "description"}:
        return False
    return not node.keys() & {"minItems", "maxItems", "uniqueItems", "prefixItems"} and bool(
        _VECTOR.search(words_of(key))
    )


FREE: Mapping[str, tuple[Any, ...]] = {
    "retries": (1, 2, 3, 5), "timeoutMs": (500, 2000, 10000), "verbose": (True, False), "owner": ("{area}-team",),
    "topic": ("{slug}",), "file": ("{file}",), "module": ("{module}",), "priority": ("low", "normal", "high"),
    "note": ("{thing}: {aspect}",), "stage": ("draft", "review", "done"), "count": (1, 4, 12, 30),
    "cache": (True, False),
    "mode": ("fast", "safe", "dry"), "ratio": (0.1, 0.25, 0.5, 0.8),
}  # fmt: skip
"""What a free object may hold."""


def _object(drawer: Drawer, node: Schema, key: str, refs: Refs, depth: int) -> dict[str, Any]:
    rng = drawer.rng
    properties = node.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    required = [name for name in node.get("required") or () if isinstance(name, str)]
    made: dict[str, Any] = {}
    for name in (*properties, *(each for each in required if each not in properties)):
        needed = name in required
        if needed or (depth < DEEPEST and rng.random() < drawer.optional):
            try:
                made[name] = drawer.value(properties.get(name, True), name, refs, depth + 1)
            except UnmetError:
                if needed:
                    raise
    least = node.get("minProperties", 0)
    others = node.get("additionalProperties", True)
    wanted = max(
        least if isinstance(least, int) else 0, rng.choice((1, 2, 2, 3)) if not properties and depth < 4 else 0
    )
    if others is not False and len(made) < wanted:
        _free(drawer, others, made, wanted, refs, depth)
    if isinstance(least, int) and len(made) < least:
        for name in [each for each in properties if each not in made][: least - len(made)]:
            made[name] = drawer.value(properties[name], name, refs, depth + 1)
    return made


def _free(drawer: Drawer, others: object, made: dict[str, Any], wanted: int, refs: Refs, depth: int) -> None:
    """Properties that no schema names, or that one schema holds for all."""
    names = drawer.rng.sample(tuple(FREE), min(wanted, len(FREE)))
    for name in names:
        if isinstance(others, dict) and others:
            made[name] = drawer.value(others, name, refs, depth + 1)
        else:
            told = drawer.rng.choice(FREE[name])
            made[name] = drawer.scene.fill(told) if isinstance(told, str) else told


def _null(drawer: Drawer, node: Schema, key: str, refs: Refs, depth: int) -> None:
    return None


_KINDS: Mapping[str, Callable[[Drawer, Schema, str, Refs, int], Any]] = {
    "string": _string, "number": _number, "integer": _integer, "boolean": _boolean, "array": _array, "object": _object,
    "null": _null,
}  # fmt: skip


def as_said(value: object) -> str:
    """A value as it is written in running text: texts as they are, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
