"""What we want in a JSON file of the user's, and how it is taken back. Pure: text and values in, text and values out.

Three ways are kept apart: what stood there before us, what we put, and what stands there now. Whatever the user changed
since is theirs and stays; what is as we left it goes, and what they had returns, byte for byte. A value that was there
already is not ours. Lists with `items` are sets: we own the items that we added, wherever they stand now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hive_integration.errors import HiveError
from hive_integration.install import jsontext
from hive_integration.install.jsontext import Found, Part, find, kind, meaning


@dataclass(frozen=True, slots=True)
class Want:
    """A value that is to stand at `keys`; with `items`, a list whose items are to be members of the list there."""

    keys: tuple[str, ...]
    value: Any
    items: bool = False
    source: str = ""
    """The overlay's name."""


@dataclass(frozen=True, slots=True)
class Owned:
    """What we put into a file and what was there: enough to take it back."""

    keys: tuple[str, ...]
    items: bool
    ours: Any
    """The value put, or the items really added."""
    had: str
    """The text that ours replaced: the old value's, or, where there was none, the blanks in what we put it into."""
    existed: bool
    """Whether there was a value (with `items`: a list) before."""
    made: int
    """How many of the enclosing objects are ours, from the innermost out; as many as `keys`: the whole file's, too."""
    source: str


def merged(text: str, wants: Sequence[Want], owned: Sequence[Owned] = ()) -> tuple[str, Sequence[Owned]]:
    """The text with every want in it, and all that is ours there now. The text "" stands for no file.

    `owned` comes from an earlier installation. Of a list, the items that its sources no longer want are taken back;
    what no want names at all stays owned as it is: that is for `unmerged`. Raises `HiveError` where the text is no JSON
    object, where a value of another kind has the place of a want, or where two wants contradict each other.
    """
    jsontext.read(text)
    state = list(owned)
    agreed = _agreed(wants)
    for want in agreed:
        if want.items:
            every = [item for other in agreed if other.keys == want.keys for item in other.value]
            text, state = _with_items(text, want, every, state)
        else:
            text, state = _with_value(text, want, state)
    jsontext.read(text)
    return text, tuple(state)


def unmerged(text: str, owned: Sequence[Owned]) -> tuple[str, Sequence[str]]:
    """The text without what is ours, and a sentence for each of ours that the user changed: that stays as it is.

    The result is "" where the file was ours and nothing else is left in it. Raises `HiveError` where the text is no
    JSON object.
    """
    if jsontext.read(text) is None:
        return text, tuple(f"{_name(each.keys)} is gone already" for each in owned)
    kept: list[str] = []
    for each in reversed(owned):  # last in, first out: the exact inverse
        text, said = _less_items(text, each) if each.items else _less_value(text, each)
        kept[:0] = said
        text = _pruned(text, each)
    jsontext.read(text)
    return text, tuple(kept)


def _agreed(wants: Sequence[Want]) -> Sequence[Want]:
    """The wants as JSON has them, those for the items of one list and source joined."""
    joined: dict[tuple[tuple[str, ...], str | None], Want] = {}
    for want in wants:
        if not want.keys or (want.items and not isinstance(want.value, list | tuple)):
            raise ValueError(f"a want needs keys, and a list as its items: {want}")
        place = (tuple(want.keys), want.source if want.items else None)
        value = jsontext.plain(want.value)
        if (first := joined.get(place)) is not None:
            if not want.items and meaning(first.value) != meaning(value):
                raise _contradiction(first, want)
            value = first.value + value if want.items else value
            want = first  # noqa: PLW2901 - the first one's source stands for both
        joined[place] = replace(want, keys=place[0], value=value)
    _check_nesting(list(joined.values()))
    return list(joined.values())


def _check_nesting(wants: Sequence[Want]) -> None:
    places: dict[tuple[str, ...], Want] = {}
    for want in wants:
        if (other := places.setdefault(want.keys, want)).items != want.items:
            raise _contradiction(other, want)
    for want in wants:
        for length in range(1, len(want.keys)):
            if (outer := places.get(want.keys[:length])) is not None:
                raise _contradiction(outer, want)


def _with_value(text: str, want: Want, state: list[Owned]) -> tuple[str, list[Owned]]:
    found = _free(text, want)
    part = found.member
    mine = next((each for each in state if each.keys == want.keys and not each.items), None)
    others = [each for each in state if each is not mine]
    if part is None:
        made, had = _making(text, found, others)
        new = Owned(want.keys, False, want.value, had, False, made, want.source)
        return jsontext.put(text, want.keys, want.value), [*others, new]
    untouched = mine is not None and meaning(mine.ours) == meaning(part.value)
    if meaning(part.value) == meaning(want.value):
        return text, state if untouched else others
    if mine is not None and untouched:
        new = replace(mine, ours=want.value, source=want.source)
        return jsontext.put(text, want.keys, want.value), [new if each is mine else each for each in state]
    if _shape(part.value) != _shape(want.value):
        raise _taken(want, want.keys, part, kind(want.value))
    new = Owned(want.keys, False, want.value, text[part.at : part.end], True, 0, want.source)
    return jsontext.put(text, want.keys, want.value), [*others, new]


def _with_items(text: str, want: Want, every: Sequence[Any], state: list[Owned]) -> tuple[str, list[Owned]]:
    """`every`: the items that any source wants in this list; none of them is taken back."""
    found = _free(text, want)
    part = found.member
    if part is None:
        others = [each for each in state if not (each.items and each.keys == want.keys)]
        if not (wanted := _less(want.value, [])):
            return text, others
        made, had = _making(text, found, others)
        new = Owned(want.keys, True, wanted, had, False, made, want.source)
        return jsontext.put(text, want.keys, wanted), [*others, new]
    if not isinstance(part.value, list):
        raise _taken(want, want.keys, part, "a list")
    lists = [each for each in state if each.items and each.keys == want.keys]
    mine = next((each for each in lists if each.source == want.source), None)
    ours = [] if mine is None else _less(mine.ours, _less(mine.ours, part.value))
    stale, missing = _less(ours, every), _less(want.value, part.value)
    if not stale and not missing:
        return text, state
    others = [each for each in state if each is not mine]
    if mine is not None and stale and not missing and len(stale) == len(ours):
        return _pruned(_less_items(text, replace(mine, ours=stale))[0], mine), others
    box = jsontext.items(text, part)
    blank = "" if box.parts else jsontext.inside(text, box)
    new = lists[0] if lists else Owned(want.keys, True, [], blank, True, 0, want.source)
    text = jsontext.append(text, want.keys, missing) if missing else text
    text = _cut(text, want.keys, stale, "")
    return text, [*others, replace(new, ours=[*_less(ours, stale), *missing], source=want.source)]


def _less_value(text: str, each: Owned) -> tuple[str, Sequence[str]]:
    part = find(text, each.keys).member
    if part is None:
        return text, [f"{_name(each.keys)} is gone already"]
    if meaning(part.value) != meaning(each.ours):
        back = each.existed and text[part.at : part.end] == each.had
        return text, [] if back else [f"{_name(each.keys)} was changed since and stays as it is"]
    if each.existed:
        return jsontext.put_raw(text, part, each.had), []
    while part is not None and meaning(part.value) == meaning(each.ours):
        text = jsontext.remove(text, each.keys, "" if each.made else each.had)
        part = find(text, each.keys).member
    return text, []


def _less_items(text: str, each: Owned) -> tuple[str, Sequence[str]]:
    part = find(text, each.keys).member
    if part is None:
        return text, [f"{_name(each.keys)} is gone already"]
    if not isinstance(part.value, list):
        return text, [f"{_name(each.keys)} was changed since and stays as it is"]
    gone = _less(each.ours, part.value)
    said = [f"{_name(each.keys)}: {_short(item)} is gone already" for item in gone]
    text = _cut(text, each.keys, each.ours, each.had if each.existed else "")
    part = find(text, each.keys).member
    if part is not None and part.value == [] and not each.existed:
        text = jsontext.remove(text, each.keys, "" if each.made else each.had)
    return text, said


def _pruned(text: str, each: Owned) -> str:
    """The text without the enclosing objects that we made and that hold nothing any more."""
    outermost = len(each.keys) - each.made
    for depth in range(len(each.keys) - 1, outermost - 1, -1):
        boxes = find(text, each.keys).boxes
        if depth < len(boxes) and not boxes[depth].parts:
            text = jsontext.remove(text, each.keys[:depth], each.had if depth == outermost else "")
    return text


def _making(text: str, found: Found, state: Sequence[Owned]) -> tuple[int, str]:
    """For a new member: how many of the objects around it are then ours, and the blanks that the outermost replaces.

    Those of an earlier one of ours in the same place count, too: whichever goes last takes them along.
    """
    keys, depth = found.keys, len(found.boxes) - 1
    if depth < 0:
        return len(keys), text
    box = found.boxes[-1]
    made, had = len(keys) - 1 - depth, "" if box.parts else jsontext.inside(text, box)
    for each in state:
        outermost = len(each.keys) - each.made
        beside = not each.existed and outermost - 1 <= depth < len(each.keys) and each.keys[:depth] == keys[:depth]
        if beside and len(keys) - outermost >= made + (not box.parts):
            made, had = len(keys) - outermost, each.had
    return made, had


def _cut(text: str, keys: tuple[str, ...], gone: Sequence[Any], blank: str) -> str:
    """The text without these items of the list at the keys: of equal ones the last."""
    part = find(text, keys).member
    if not gone or part is None:
        return text
    box = jsontext.items(text, part)
    last = {meaning(item.value): index for index, item in enumerate(box.parts)}
    places = {last[meaning(item)] for item in gone if meaning(item) in last}
    return jsontext.without(text, box, places, blank) if places else text


def _less(values: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """The values, each once, that are not among the others."""
    seen = set(map(meaning, others))
    left: Mapping[object, Any] = {same: value for value in values if (same := meaning(value)) not in seen}
    return list(left.values())


def _free(text: str, want: Want) -> Found:
    found = find(text, want.keys)
    if (wall := found.obstacle) is not None:
        raise _taken(want, want.keys[: len(found.parts)], wall, "an object")
    return found


def _shape(value: object) -> type:
    return type(value) if isinstance(value, dict | list) else object


def _taken(want: Want, keys: tuple[str, ...], part: Part, expected: str) -> HiveError:
    return HiveError(
        f"{_name(keys)} is {kind(part.value)}; {_whose(want)} needs {expected} there",
        hint="change it by hand, or leave that overlay out; nothing was changed",
    )


def _contradiction(one: Want, other: Want) -> HiveError:
    return HiveError(
        f"{_whose(one)} sets {_name(one.keys)}, and {_whose(other)} sets {_name(other.keys)} otherwise",
        hint="leave one of them out; nothing was changed",
    )


def _whose(want: Want) -> str:
    return f"overlay {want.source}" if want.source else "hive-ctx"


def _name(keys: Sequence[str]) -> str:
    return ".".join(keys)


def _short(item: object) -> str:
    text = json.dumps(item, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
