"""JSON schemas without references and without `allOf`: what they stand for is put in their place. Pure.

Every step may widen a schema and none narrows it: a reference that leads out of the document, or round in a circle,
becomes a schema that takes anything of its type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
Refs = frozenset[str]
"""The references followed on the way to a place."""
TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
ANNOTATIONS = ("title", "description", "default")
MAX_DEPTH = 24
MAX_NODES = 5000
"""Beyond these, anything goes: a schema of references to references may grow without end."""
_ELSEWHERE = ""
"""Among `Refs`: this part has an `$id` of its own, so its references do not point into our document."""


@dataclass(slots=True)
class Resolver:
    """One document. `nodes` counts what was looked at, over all calls."""

    document: Mapping[str, Any]
    nodes: int = 0

    def resolved(self, schema: object, refs: Refs, depth: int) -> tuple[Schema, Refs]:
        """The schema without `$ref` and `allOf` at its top, and the references on the way to its parts; {} is anything.

        Of what stands beside a `$ref` only annotations are kept: some drafts heed the rest, some do not.
        """
        self.nodes += 1
        if not isinstance(schema, dict) or depth > MAX_DEPTH or self.nodes > MAX_NODES:
            return {}, refs
        if schema is not self.document and isinstance(schema.get("$id", schema.get("id")), str):
            refs |= {_ELSEWHERE}
        if isinstance(ref := schema.get("$ref"), str):
            found, refs = self._target(ref, refs, depth)
            return {**found, **{name: schema[name] for name in ANNOTATIONS if name in schema}}, refs
        if isinstance(members := schema.get("allOf"), list):
            parts = [{name: value for name, value in schema.items() if name != "allOf"}]
            for member in members:
                part, refs = self.resolved(member, refs, depth + 1)
                parts.append(part)
            return merged(parts), refs
        return schema, refs

    def _target(self, ref: str, refs: Refs, depth: int) -> tuple[Schema, Refs]:
        """What a reference within the document stands for; {} for any other, or one that points nowhere."""
        if _ELSEWHERE in refs or not (ref == "#" or ref.startswith("#/")):
            return {}, refs
        found: Any = self.document
        for step in ref.split("/")[1:]:
            found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
            if isinstance(found, dict) and "$id" in found:
                refs |= {_ELSEWHERE}
        if ref in refs:
            return {"type": found["type"]} if isinstance(found, dict) and kinds_of(found) else {}, refs
        return self.resolved(found, refs | {ref}, depth + 1)


def merged(parts: Sequence[Schema]) -> Schema:
    """One schema for what `parts` say together. Where two say the same keyword one of them is enough: that widens."""
    out: Schema = {}
    for part in parts:
        for name, value in part.items():
            mine = out.get(name)
            if name == "properties" and isinstance(value, dict) and isinstance(mine, dict):
                both = {key: {"allOf": [mine[key], each]} if key in mine else each for key, each in value.items()}
                out[name] = {**mine, **both}
            elif name == "required" and isinstance(value, list) and isinstance(mine, list):
                out[name] = [*mine, *value]
            elif name not in out or (name == "type" and not kinds_of(out)):
                out[name] = value
    return out


def kinds_of(schema: Mapping[str, Any]) -> list[str]:
    """The types that a schema names; none where it takes any, or names what is no type."""
    kind = schema.get("type")
    named = kind if isinstance(kind, list) else [kind]
    return [each for each in TYPES if each in named]
