"""Edits in a JSON text that leave every other character as it is. Pure; the time is linear in the text.

The text is read whole and strictly first (`read`); each edit then walks down to its place and replaces one stretch.
What is put in goes behind what is there, in the style of its neighbours; what is taken out goes with the comma and the
blanks before it: so taking out is the exact inverse of putting in. Of a key that comes twice the last one counts, as
it does for `JSON.parse`. A text of blanks alone holds no object yet: so Claude Code (2.1.329) reads an empty file.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from hive_integration.errors import HiveError

MAX_DEPTH = 64
MAX_SIZE = 16 << 20
"""Characters. No settings file is that long; a longer one is not what it seems to be."""

Keys = Sequence[str]

_KINDS = {
    bool: "a boolean",
    dict: "an object",
    list: "a list",
    str: "a string",
    int: "a number",
    float: "a number",
}
_JSON = json.JSONDecoder()
_MARK = "\ufeff"
_BLANK = re.compile(r"[ \t\r\n]*+")
_LINE = re.compile(r"\r\n|\n|\r")
_INDENT = re.compile(r"(\r\n|\n|\r)([ \t]*)\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOKEN = re.compile(
    r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|(?P<open>[\[{])|(?P<close>[\]}])'
    r"|(?P<none>NaN|Infinity)|(?P<number>[0-9][-+.0-9eE]*+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A member of an object, or an item of a list, which has no key and no colon. All places are offsets."""

    gap: str
    """The blanks before it, from the bracket or the comma on."""
    start: int
    """Where the key begins; of an item, the value."""
    key: str
    colon: str
    """The colon with its blanks."""
    at: int
    """Where the value begins."""
    end: int
    value: Any


@dataclass(frozen=True, slots=True)
class Box:
    """An object or a list: the offsets of its opening bracket and behind its closing one, and what is in it."""

    at: int
    end: int
    parts: Sequence[Part]
    indent: str | None
    """The indentation of the line that it begins on; None where it stands within a line."""


@dataclass(frozen=True, slots=True)
class Found:
    """How far a path of keys leads: the objects along it, the text's own first, and the members found, one a key."""

    keys: Keys
    boxes: Sequence[Box]
    parts: Sequence[Part]

    @property
    def member(self) -> Part | None:
        """The member that all the keys name; None where there is none."""
        return self.parts[-1] if len(self.parts) == len(self.keys) else None

    @property
    def obstacle(self) -> Part | None:
        """The member on the way that had to be an object and is none; None where the way is free."""
        return self.parts[-1] if 0 < len(self.boxes) == len(self.parts) < len(self.keys) else None


@dataclass(frozen=True, slots=True)
class _Style:
    unit: str
    line: str
    colon: str

    @property
    def comma(self) -> str:
        return ", " if self.colon[-1:].isspace() else ","

    def written(self, value: object, indent: str | None) -> str:
        """A value in this style; `indent` of the line on which it begins, None: all of it within one line."""
        if indent is None:
            return _dumped(value, separators=(self.comma, self.colon))
        text = _dumped(value, indent=self.unit, separators=(",", self.colon))
        return text.replace("\n", self.line + indent)


def read(text: str) -> dict[str, Any] | None:
    """The object that the text holds; None where it is blank.

    Raises `HiveError`, naming the line, where it is anything else than one strict JSON object, nested deeper than
    MAX_DEPTH, longer than MAX_SIZE, or has a number that is not finite.
    """
    if len(text) > MAX_SIZE:
        raise _refused(f"{len(text):,} characters of JSON; at most {MAX_SIZE:,} are expected")
    _check_tokens(text)
    at = _root(text)
    if at == len(text):
        return None
    try:
        value, end = _JSON.raw_decode(text, at)
        if (end := _after_blank(text, end)) != len(text):
            raise json.JSONDecodeError("Something follows the value", text, end)
    except json.JSONDecodeError as error:
        raise _refused(f"line {error.lineno} is not JSON: {error.msg.removesuffix(' starting at')}") from error
    if not isinstance(value, dict):
        raise _refused(f"line {_line_of(text, at)} begins {kind(value)}; an object is expected")
    return value


def find(text: str, keys: Keys) -> Found:
    """Where the keys lead in a text that `read` accepts."""
    boxes: list[Box] = []
    parts: list[Part] = []
    at = _root(text)
    indent: str | None = ""
    for key in keys:
        if text[at : at + 1] != "{":
            break
        boxes.append(box := _box(text, at, indent))
        same = [part for part in box.parts if part.key == key]
        if not same:
            break
        parts.append(same[-1])
        at, indent = same[-1].at, _indent_of(same[-1].gap)
    return Found(keys, boxes, parts)


def items(text: str, member: Part) -> Box:
    """The list that is a member's value."""
    return _box(text, member.at, _indent_of(member.gap))


def inside(text: str, box: Box) -> str:
    """All that stands between a box's brackets."""
    return text[box.at + 1 : box.end - 1]


def put(text: str, keys: Keys, value: object) -> str:
    """The text with that value at the keys: in the place of the old one, else new, with what objects it needs.

    Raises `HiveError` where something else than an object is on the way.
    """
    found = find(text, keys)
    if (wall := found.obstacle) is not None:
        raise _refused(f"{'.'.join(keys[: len(found.parts)])} is {kind(wall.value)}; an object is expected")
    if found.member is not None:
        return put_raw(text, found.member, _style(text, found.boxes).written(value, _indent_of(found.member.gap)))
    depth = len(found.parts)
    if not found.boxes:
        style = _style(text, ())
        mark = _MARK if text.startswith(_MARK) else ""
        return mark + style.written(_nested(keys, value), "") + style.line
    style = _style(text, found.boxes)
    return _grown(text, found.boxes[-1], style, {keys[depth]: _nested(keys[depth + 1 :], value)})


def put_raw(text: str, member: Part, raw: str) -> str:
    """The text with `raw` in the place of a member's value."""
    return text[: member.at] + raw + text[member.end :]


def append(text: str, keys: Keys, values: Sequence[object]) -> str:
    """The text with these items at the end of the list at the keys, which is there."""
    found = find(text, keys)
    assert found.member is not None  # noqa: S101 - the caller has looked
    return _grown(text, items(text, found.member), _style(text, found.boxes), values)


def without(text: str, box: Box, gone: Collection[int], blank: str = "") -> str:
    """The text without those parts of a box, by position; `blank` stands in it where nothing else is left."""
    left = [index for index in range(len(box.parts)) if index not in gone]
    if not left:
        return text[: box.at + 1] + blank + text[box.end - 1 :]
    first = box.parts[left[0]]
    pieces = [text[: box.parts[0].start], text[first.start : first.end]]
    pieces += [text[box.parts[index - 1].end : box.parts[index].end] for index in left[1:]]
    return "".join(pieces) + text[box.parts[-1].end :]


def remove(text: str, keys: Keys, blank: str = "") -> str:
    """The text without the member at the keys, which is there; without keys, `blank` in the place of it all."""
    if not keys:
        return blank
    box = find(text, keys).boxes[-1]
    last = max(index for index, part in enumerate(box.parts) if part.key == keys[-1])
    return without(text, box, {last}, blank)


def meaning(value: object) -> Hashable:
    """Two JSON values are the same exactly where these are equal: 1 and 1.0 are, true and 1 are not."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, dict):
        return ("object", frozenset((key, meaning(each)) for key, each in value.items()))
    if isinstance(value, list | tuple):
        return ("list", tuple(map(meaning, value)))
    assert value is None or isinstance(value, str | int | float)  # noqa: S101 - JSON has no more
    return value


def plain(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """The value as JSON keeps it. Raises `HiveError` where it is none."""
    return _JSON.decode(_dumped(value))


def kind(value: object) -> str:
    """What a JSON value is, in words."""
    return "null" if value is None else next(word for type_, word in _KINDS.items() if isinstance(value, type_))


def _check_tokens(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        which = token.lastgroup
        if which == "open":
            depth += 1
        elif which == "close":
            depth -= 1
        elif which is None:
            continue
        if depth > MAX_DEPTH or which == "none" or (which == "number" and not _finite(token[0])):
            fault = f"is nested deeper than {MAX_DEPTH}" if which == "open" else "has a number that is not finite"
            raise _refused(f"line {_line_of(text, token.start())} {fault}")


def _finite(digits: str) -> bool:
    try:
        return math.isfinite(float(digits))
    except ValueError:
        return True  # no number at all, as the decoder will say


def _box(text: str, at: int, indent: str | None) -> Box:
    closing = "}" if text[at] == "{" else "]"
    parts: list[Part] = []
    begin = at + 1
    while text[place := _after_blank(text, begin)] != closing:
        start, key, colon = place, "", ""
        if closing == "}":
            key, after = _JSON.raw_decode(text, place)
            place = _after_blank(text, _after_blank(text, after) + 1)
            colon = text[after:place]
        value, end = _JSON.raw_decode(text, place)
        parts.append(Part(text[begin:start], start, key, colon, place, end, value))
        begin = _after_blank(text, end)
        if text[begin] == closing:
            place = begin
            break
        begin += 1
    return Box(at, place + 1, parts, indent)


def _grown(text: str, box: Box, style: _Style, new: Sequence[object] | dict[str, object]) -> str:
    """The text with new members or items at the end of a box."""
    last = box.parts[-1] if box.parts else None
    fresh = None if box.indent is None else box.indent + style.unit
    indent = _indent_of(last.gap) if last is not None else fresh
    if isinstance(new, dict):
        written = [f"{_dumped(key)}{style.colon}{style.written(value, indent)}" for key, value in new.items()]
    else:
        written = [style.written(value, indent) for value in new]
    if last is not None:
        between = _between(box.parts, style)
        return text[: last.end] + "".join(f",{between}{each}" for each in written) + text[last.end :]
    if indent is None:
        filling = style.comma.join(written)
    else:
        lines = f",{style.line}{indent}".join(written)
        filling = f"{style.line}{indent}{lines}{style.line}{box.indent}"
    return text[: box.at + 1] + filling + text[box.end - 1 :]


def _between(parts: Sequence[Part], style: _Style) -> str:
    """What stands between a comma and the next part, as these parts have it."""
    gap = parts[-1].gap
    if found := _INDENT.search(gap):
        return found[0]
    return gap if len(parts) > 1 or gap else style.comma[1:]


def _style(text: str, boxes: Sequence[Box]) -> _Style:
    """How the text is written near the innermost of these objects; as Claude Code writes it where nothing tells."""
    line = _LINE.search(text)
    siblings = boxes[-1].parts if boxes else ()
    first = boxes[0].parts if boxes else ()
    colon = next((part.colon for part in (*siblings[-1:], *first[:1]) if not _LINE.search(part.colon)), ": ")
    unit = _indent_of(first[0].gap) if first else None
    return _Style("  " if unit is None else unit, line[0] if line else "\n", colon)


def _nested(keys: Keys, value: object) -> object:
    for key in reversed(keys):
        value = {key: value}
    return value


def _dumped(value: object, **options: Any) -> str:  # noqa: ANN401 - passed on to `json.dumps`
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, **options)
    except (TypeError, ValueError, RecursionError) as error:
        raise HiveError(f"no JSON value: {error}", hint="expected: strings, finite numbers, lists, tables") from error
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _indent_of(gap: str) -> str | None:
    found = _INDENT.search(gap)
    return found[2] if found else None


def _root(text: str) -> int:
    return _after_blank(text, 1 if text.startswith(_MARK) else 0)


def _after_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _refused(what: str) -> HiveError:
    return HiveError(what, hint="mend it first; nothing was changed")
