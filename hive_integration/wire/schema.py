"""A tool's JSON schema as strict upstreams take it, with the same meaning for every valid call. Pure.

OpenAI, Gemini and llama.cpp each refuse a whole request for one keyword that they do not know. What comes out uses only
what all of them take: type, properties, required, additionalProperties, items, enum, anyOf, plain bounds, nine formats.
Every change widens: what was valid stays valid. What the schema no longer says stands in the description, and the gate
still holds each call against the original.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hive_integration.wire.resolve import ANNOTATIONS, MAX_DEPTH, MAX_NODES, TYPES, Refs, Resolver, Schema, kinds_of

FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})
"""What OpenAI takes in `format` (its guide to structured outputs, supported schemas)."""
MAX_BOUND = 1000
"""llama.cpp unfolds lengths into a grammar and refuses larger ones."""
NOTED = (
    "format", "pattern", "multipleOf", "examples", "minLength", "maxLength", "minItems", "maxItems", "enum", "const"
)  # fmt: skip
"""What the description says where the schema no longer does."""


def acceptable(schema: Mapping[str, Any]) -> Schema:
    """The schema with `type: object` and `properties` at its root, no references, no combinations at the root, and
    nothing that a strict upstream refuses. Any object that is valid under `schema` is valid under the result."""
    return _Widened(Resolver(schema)).root()


@dataclass(slots=True)
class _Form:
    """What a schema says of an object. `others` is `additionalProperties`; None: nothing is said, so anything goes."""

    properties: dict[str, Schema] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    others: bool | Schema | None = None

    def of(self, name: str) -> Schema | None:
        """What holds for a property; None where there can be none of this name."""
        if name in self.properties:
            return self.properties[name]
        return None if self.others is False else self.others if isinstance(self.others, dict) else {}

    def written(self) -> Schema:
        """As keywords. Each required property stands among the properties: some upstreams insist."""
        named = {**self.properties, **{name: {} for name in self.required if name not in self.properties}}
        out: Schema = {"properties": named} if named else {}
        if self.required:
            out["required"] = self.required
        if self.others is not None:
            out["additionalProperties"] = self.others
        return out


@dataclass(slots=True)
class _Widened:
    """One schema on its way."""

    at: Resolver

    def root(self) -> Schema:
        found, refs = self.at.resolved(self.at.document, frozenset(), 0)
        form = self.form(found, refs, 0)
        if not form.properties and form.others is None and "properties" not in found:
            form.others = True  # OpenAI wants `properties`, and llama.cpp reads an empty one as: none at all
        return {"type": "object", "properties": {}, **_annotated(found, ()), **form.written()}

    def normal(self, schema: object, refs: Refs, depth: int) -> Schema:
        """Any schema below the root."""
        if depth > MAX_DEPTH or self.at.nodes > MAX_NODES:
            return {}
        found, refs = self.at.resolved(schema, refs, depth)
        values = _values(found)
        kinds = kinds_of(found) or _kinds_of_values(values)
        out: Schema = {"enum": values} if values else {}
        if not kinds or "string" in kinds:
            out |= _string(found)
        if not kinds or "number" in kinds or "integer" in kinds:
            out |= _number(found, kinds)
        if not kinds or "array" in kinds:
            out |= self.array(found, refs, depth)
        out |= self.combined(found, kinds, refs, depth)
        if "array" in kinds:
            out.setdefault("items", {})
        lead: Schema = {"type": kinds[0] if len(kinds) == 1 else kinds} if kinds else {}
        return lead | out | _annotated(found, out)

    def combined(self, schema: Schema, kinds: Sequence[str], refs: Refs, depth: int) -> Schema:
        """What a schema says of objects, or its branches: llama.cpp reads only one of the two."""
        branches = _branches(schema)
        telling = ("properties",) if branches else ("properties", "required", "additionalProperties")
        if "object" in kinds or (not kinds and any(name in schema for name in telling)):
            return self.form(schema, refs, depth).written()
        return _either([self.normal(each, refs, depth + 1) for each in branches if each is not False])

    def form(self, schema: Schema, refs: Refs, depth: int) -> _Form:
        """What a resolved schema says of an object, its branches laid over one another."""
        named, wanted, others = (schema.get(name) for name in ("properties", "required", "additionalProperties"))
        form = _Form()
        if isinstance(named, dict):
            form.properties = {name: self.normal(each, refs, depth + 1) for name, each in named.items()}
        if isinstance(wanted, list):
            form.required = list(dict.fromkeys(each for each in wanted if isinstance(each, str)))
        if schema.get("patternProperties"):
            form.others = True
        elif isinstance(others, bool | dict):
            form.others = others if isinstance(others, bool) else self.normal(others, refs, depth + 1) or True
        branches = [found for each in _branches(schema) if (found := self.branch(each, refs, depth + 1)) is not None]
        return _laid_over(form, branches) if branches else form

    def branch(self, schema: object, refs: Refs, depth: int) -> _Form | None:
        """What a branch says of an object; None where it takes none."""
        found, refs = self.at.resolved(schema, refs, depth)
        if schema is False or (kinds_of(found) and "object" not in kinds_of(found)):
            return None
        return self.form(found, refs, depth) if depth <= MAX_DEPTH else _Form()

    def array(self, schema: Schema, refs: Refs, depth: int) -> Schema:
        """What a schema says of a list. A tuple's places become one schema for any of its items."""
        out, items = _bounds(schema, "minItems", "maxItems"), schema.get("items")
        places = items if isinstance(items, list) else schema.get("prefixItems")
        if not isinstance(places, list):
            return out | ({"items": self.normal(items, refs, depth + 1)} if "items" in schema else {})
        each = [self.normal(place, refs, depth + 1) for place in places]
        rest, most = {} if isinstance(items, list) else items, schema.get("maxItems")
        if rest is not False and not (type(most) is int and most <= len(places)):
            each.append(self.normal(rest, refs, depth + 1))
        return out | {"items": _either(each)}


def _laid_over(form: _Form, branches: Sequence[_Form]) -> _Form:
    """`form`, with what any of the branches takes."""
    for name in dict.fromkeys(name for branch in branches for name in branch.properties):
        if name not in form.properties:
            form.properties[name] = _either([found for branch in branches if (found := branch.of(name)) is not None])
    common = [name for name in branches[0].required if all(name in branch.required for branch in branches)]
    form.required = list(dict.fromkeys((*form.required, *common)))
    if form.others is None and all(branch.others is False for branch in branches):
        form.others = False
    return form


def _either(variants: Sequence[Schema]) -> Schema:
    """A schema for what any of the variants takes. Where one takes anything, only the words of the others remain."""
    unlike: list[Schema] = []
    for each in variants:
        if each not in unlike:
            unlike.append(each)
    if all(set(each).difference(ANNOTATIONS) for each in unlike):
        return unlike[0] if len(unlike) == 1 else {"anyOf": unlike} if unlike else {}
    words = next((each["description"] for each in unlike if "description" in each), "")
    kinds = dict.fromkeys(each["type"] for each in unlike if isinstance(each.get("type"), str))
    said = f"{words} (type: {' or '.join(kinds)})".strip() if kinds else words
    return {"description": said} if said else {}


def _branches(schema: Schema) -> list[Any]:
    return next((found for name in ("anyOf", "oneOf") if isinstance(found := schema.get(name), list)), [])


def _values(schema: Schema) -> list[Any]:
    """The values of `const` or `enum`, where they are such as an enum may hold everywhere."""
    given = [schema["const"]] if "const" in schema else schema.get("enum")
    plain = isinstance(given, list) and all(type(each) in _KINDS for each in given)
    return given if plain and isinstance(given, list) else []


def _kinds_of_values(values: Sequence[object]) -> list[str]:
    kinds = {_KINDS[type(each)] for each in values}
    return [each for each in TYPES if each in kinds and not (each == "integer" and "number" in kinds)]


_KINDS: Mapping[type, str] = {str: "string", int: "integer", float: "number", type(None): "null"}


def _string(schema: Schema) -> Schema:
    given = schema.get("format")
    known = isinstance(given, str) and given in FORMATS
    return _bounds(schema, "minLength", "maxLength") | ({"format": given} if known else {})


def _number(schema: Schema, kinds: Sequence[str]) -> Schema:
    """Bounds that are none of their own values become the next integer's, or lose that edge; draft 4 wrote `true`."""
    out: Schema = {}
    step = 1 if "integer" in kinds and "number" not in kinds else 0
    for name, beyond, sign in (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1)):
        strict = schema.get(beyond)
        given = (schema.get(name), strict + sign * step if type(strict) is int else strict)
        bounds = [each for each in given if isinstance(each, int | float) and not isinstance(each, bool)]
        if bounds:
            out[name] = max(bounds) if sign > 0 else min(bounds)
    return out


def _bounds(schema: Schema, *names: str) -> Schema:
    return {name: value for name in names if type(value := schema.get(name)) is int and 0 <= value <= MAX_BOUND}


def _annotated(schema: Schema, kept: Mapping[str, Any] | Sequence[str]) -> Schema:
    """Title, default and description, the last with what the schema no longer says."""
    out: Schema = {name: schema[name] for name in ("title", "default") if name in schema}
    if not isinstance(out.get("title", ""), str):
        del out["title"]
    lost = [name for name in NOTED if name in schema and name not in kept and not (name == "const" and "enum" in kept)]
    words = schema.get("description")
    notes = "; ".join(f"{name}: {_shown(schema[name])}" for name in lost)
    said = " ".join(filter(None, (words if isinstance(words, str) else "", f"({notes})" if notes else "")))
    return {**out, "description": said} if said else out


def _shown(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):  # too deep, or a number of thousands of digits
        return "…"


def is_closed(schema: Mapping[str, Any]) -> bool:
    """Whether an acceptable schema leaves no room: each object takes just its properties, all required. Only then does
    OpenAI take it as `strict`."""
    waiting: list[Any] = [schema]
    while waiting:
        each = waiting.pop()
        named, wanted = each.get("properties", {}), each.get("required", ())
        closed = each.get("additionalProperties") is False and set(wanted) == set(named)
        if not closed and (named or "object" in each.get("type", ())):
            return False
        waiting += [*named.values(), *each.get("anyOf", ()), *([each["items"]] if "items" in each else [])]
    return True


_MAPS = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"})
_PROSE = frozenset({"title", "description", "default", "examples", "deprecated", "$comment", "$schema"})
_VALUES = frozenset({"enum", "const", "required", "dependentRequired"})


def slimmed(schema: Mapping[str, Any]) -> Schema:
    """The schema without prose at any depth: names, types, required, enums and structure stay. A property may well be
    named `description`; below 64 levels nothing is said."""
    return {name: _slim_part(name, value, 1) for name, value in schema.items() if name not in _PROSE}


def _slim_part(name: str, value: object, depth: int) -> object:
    if name in _VALUES:
        return value
    if name in _MAPS and isinstance(value, dict):
        return {key: _slim(each, depth) for key, each in value.items()}
    return [_slim(each, depth) for each in value] if isinstance(value, list) else _slim(value, depth)


def _slim(schema: object, depth: int) -> object:
    if not isinstance(schema, dict):
        return schema
    if depth > 64:
        return {}
    return {name: _slim_part(name, value, depth + 1) for name, value in schema.items() if name not in _PROSE}
