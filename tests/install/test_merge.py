"""Facts about what we put into a JSON file of the user's, and how it is taken back."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hive_integration.errors import HiveError
from hive_integration.install.jsontext import find, meaning, put
from hive_integration.install.merge import Owned, Want, merged, unmerged
from tests.install.generated import EDITS, SCALARS, VALUES, at, edited, texts, tree, value_of

ITEMS = st.lists(VALUES | SCALARS, max_size=3)
PLACES: Sequence[st.SearchStrategy[Want]] = [
    st.builds(Want, st.just(("env", "X")), SCALARS, source=st.just("s")),
    st.builds(Want, st.just(("env", "HIVE_STATE")), st.just("/é/state.json"), source=st.just("s")),
    st.builds(Want, st.just(("permissions", "deny")), ITEMS, st.just(True), st.sampled_from("st")),
    st.builds(Want, st.just(("permissions", "deny")), ITEMS, st.just(True), st.sampled_from("tu")),
    st.builds(Want, st.just(("permissions", "defaultMode")), st.just("plan"), source=st.just("t")),
    st.builds(Want, st.just(("enabledPlugins", "hive@hive-ctx")), st.just(True), source=st.just("t")),
    st.builds(Want, st.just(("a", "b", "c")), VALUES, source=st.just("u")),
    st.builds(Want, st.just(("a", "d")), ITEMS, st.just(True), st.just("u")),
    st.builds(Want, st.just(("b",)), VALUES, source=st.just("u")),
    st.builds(Want, st.just(("plugins",)), st.just([{"name": "hive", "source": "./"}]), st.just(True), st.just("u")),
]
WANTS = st.lists(
    st.sampled_from(PLACES).flatmap(lambda want: want),
    min_size=1,
    max_size=6,
    unique_by=lambda want: (
        want.keys,
        want.source if want.items else None,
    ),
)
BLANK = st.sampled_from(["", "", "", "\n", "\ufeff", " \r\n"])
TEXTS = texts() | texts() | texts() | BLANK


def value(text: str) -> Any:
    """The object in a text that may be blank."""
    return value_of(text) if text.strip(" \t\r\n\ufeff") else {}


def same(one: Any, other: Any) -> bool:
    """Whether two values, which may be missing, are the same JSON."""
    if one is ... or other is ...:
        return one is other
    return meaning(one) == meaning(other)


def shape(value: Any) -> type:
    """Objects, lists and all the rest do not take one another's place."""
    return type(value) if isinstance(value, dict | list) else object


def refused(before: Any, wants: Sequence[Want]) -> bool:
    """Whether a want's place is taken by another kind of value."""
    for want in wants:
        for length in range(1, len(want.keys)):
            if (found := at(before, want.keys[:length])) is not ... and not isinstance(found, dict):
                return True
        found = at(before, want.keys)
        if found is not ... and shape(found) is not shape([] if want.items else want.value):
            return True
    return False


def holds(now: Any, want: Want) -> bool:
    """Whether a want is fulfilled."""
    there = at(now, want.keys)
    if not want.items:
        return same(there, want.value)
    present = set() if there is ... else set(map(meaning, there))
    return set(map(meaning, want.value)) <= present


def foreign(value: Any, wants: Sequence[Want], keys: tuple[str, ...] = ()) -> Mapping[tuple[str, ...], Any]:
    """All that no want names: the members along the way, and those beside it."""
    left: dict[tuple[str, ...], Any] = {}
    for key, each in value.items():
        here = (*keys, key)
        if any(want.keys == here for want in wants):
            continue
        if any(want.keys[: len(here)] == here for want in wants):
            left.update(foreign(each, wants, here) if isinstance(each, dict) else {here: each})
        else:
            left[here] = each
    return left


def raw(text: str, keys: Sequence[str]) -> str:
    """A member as it is written."""
    part = find(text, keys).member
    assert part is not None
    return text[part.start : part.end]


@settings(max_examples=550, deadline=None)
@given(TEXTS, WANTS)
def test_taken_back_at_once_nothing_has_happened(text: str, wants: Sequence[Want]) -> None:
    """Byte for byte, in any formatting; and a want is refused exactly where another kind of value has its place."""
    if refused(value(text), wants):
        with pytest.raises(HiveError, match=r"overlay .* needs .* there$") as caught:
            merged(text, wants)
        assert "nothing was changed" in caught.value.hint
        return
    after, owned = merged(text, wants)
    assert unmerged(after, owned) == (text, ())


@settings(max_examples=350, deadline=None)
@given(TEXTS, WANTS)
def test_what_is_wanted_is_there_and_all_else_is_untouched(text: str, wants: Sequence[Want]) -> None:
    """The result parses, holds each want, and every other member keeps its value, its order and its bytes."""
    assume(not refused(value(text), wants))
    after, owned = merged(text, wants)
    assert all(holds(value(after), want) for want in wants)
    before, left = foreign(value(text), wants), foreign(value(after), wants)
    assert list(before) == [keys for keys in left if keys in before]
    assert all(left[keys] == {} for keys in left.keys() - before.keys())
    assert all(raw(text, keys) == raw(after, keys) for keys in before)
    assert after.startswith("\ufeff") == text.startswith("\ufeff")
    assert all(not same(at(value(text), each.keys), each.ours) for each in owned if not each.items)


@settings(max_examples=200, deadline=None)
@given(TEXTS, WANTS, st.booleans())
def test_a_second_time_changes_nothing(text: str, wants: Sequence[Want], reverse: bool) -> None:
    """Neither the text nor what is ours, also when what is ours went through the ledger, in whatever order."""
    assume(not refused(value(text), wants))
    after, owned = merged(text, wants)
    kept = msgspec.json.decode(msgspec.json.encode(owned), type=tuple[Owned, ...])
    assert kept == owned
    assert merged(after, wants[::-1] if reverse else wants, kept) == (after, owned)


def expected(value: Any, owned: Sequence[Owned]) -> tuple[Any, int]:
    """The three-way rule on plain values: what is to be left, and how many sentences are to be said."""
    value, said = copy.deepcopy(value), 0
    for each in reversed(owned):
        parent, there = at(value, each.keys[:-1]), at(value, each.keys)
        if each.items and isinstance(there, list):
            for item in each.ours:
                places = [index for index, other in enumerate(there) if same(item, other)]
                said += not places
                there[:] = [other for index, other in enumerate(there) if index not in places[-1:]]
            if not there and not each.existed:
                del parent[each.keys[-1]]
        elif each.items:
            said += 1
        elif not same(there, each.ours):
            said += not each.existed or not same(there, json.loads(each.had))
        elif each.existed:
            parent[each.keys[-1]] = json.loads(each.had)
        else:
            del parent[each.keys[-1]]
        for length in range(len(each.keys) - 1, max(0, len(each.keys) - each.made - 1), -1):
            if at(value, each.keys[:length]) == {}:
                del at(value, each.keys[: length - 1])[each.keys[length - 1]]
    return value, said


@settings(max_examples=600, deadline=None)
@given(TEXTS, WANTS, EDITS, st.data())
def test_what_the_user_changed_since_stays(
    text: str, wants: Sequence[Want], edits: Sequence[Any], data: st.DataObject
) -> None:
    """After any edits and any reformatting: theirs is kept and said, ours goes, what they had returns."""
    assume(not refused(value(text), wants))
    after, owned = merged(text, wants)
    theirs = edited(value(after), edits)
    now = data.draw(texts(st.just(tree(theirs))))
    left, kept = unmerged(now, owned)
    wish, said = expected(theirs, owned)
    assert meaning(value(left)) == meaning(wish)
    assert len(kept) == said
    beside = foreign(theirs, wants)
    assert all(same(at(value(left), keys), each) or each == {} for keys, each in beside.items())


@settings(max_examples=250, deadline=None)
@given(TEXTS, WANTS, EDITS, WANTS, st.data())
def test_an_installation_over_another_wins_and_leaves_no_trace(
    text: str, wants: Sequence[Want], edits: Sequence[Any], later: Sequence[Want], data: st.DataObject
) -> None:
    """After edits and with other wants each of these holds, and taking back leaves nothing that is ours."""
    assume(not refused(value(text), wants))
    after, owned = merged(text, wants)
    now = data.draw(texts(st.just(tree(edited(value(after), edits)))))
    try:
        again, ours = merged(now, later, owned)
    except HiveError:
        return
    assert all(holds(value(again), want) for want in later)
    assert merged(again, later, ours) == (again, ours)
    left, _ = unmerged(again, ours)
    for each in ours:
        there = at(value(left), each.keys)
        if not each.items and not each.existed and same(at(value(again), each.keys), each.ours):
            assert there is ...
    assert unmerged(left, ())[0] == left


def test_a_file_that_is_ours_goes_whole() -> None:
    """No file becomes one with what is wanted, and no file again; what the user added keeps it."""
    text, owned = merged("", [Want(("env", "X"), "1"), Want(("env", "Y"), "2")])
    assert text == '{\n  "env": {\n    "X": "1",\n    "Y": "2"\n  }\n}\n'
    assert unmerged(text, owned) == ("", ())
    assert unmerged(text.replace('"1",', '"1",\n    "Z": "3",'), owned) == ('{\n  "env": {\n    "Z": "3"\n  }\n}\n', ())
    assert unmerged("{}\n", owned) == ("", ("env.X is gone already", "env.Y is gone already"))
    assert unmerged("", owned) == ("", ("env.X is gone already", "env.Y is gone already"))


def test_a_part_can_be_taken_back_in_any_order() -> None:
    """The last one to go takes the objects along that the first one made."""
    for text in ("", "{ }", '{\n  "a": 1\n}', "\ufeff{\r\n}"):
        wants = [
            Want(("env", "X"), "1"),
            Want(("env", "Y"), "2"),
            Want(("p", "deny"), ["a"], True, "s"),
            Want(("p", "deny"), ["b"], True, "t"),
        ]
        after, owned = merged(text, wants)
        now = after
        for each in owned:
            now, kept = unmerged(now, [each])
            assert kept == ()
        assert now == text


def test_what_is_there_already_is_not_ours() -> None:
    """It stays when ours goes: the value, the item, and the object around them."""
    text = '{"env": {"X": "1"}, "permissions": {"deny": ["a", 1.0]}}'
    wants = [Want(("env", "X"), "1"), Want(("permissions", "deny"), [1, "a", "b"], True)]
    after, owned = merged(text, wants)
    assert after == text.replace("1.0]", '1.0, "b"]')
    assert owned == (Owned(("permissions", "deny"), True, ["b"], "", True, 0, ""),)


def test_the_first_old_value_returns() -> None:
    """Also after an upgrade that wants another value; where the user changed ours, it is the user's value."""
    text = '{"env": {"X": 1.50}}'
    after, first = merged(text, [Want(("env", "X"), "1")])
    assert first == (Owned(("env", "X"), False, "1", "1.50", True, 0, ""),)
    upgraded, second = merged(after, [Want(("env", "X"), "2")], first)
    assert (upgraded, second[0].had) == ('{"env": {"X": "2"}}', "1.50")
    assert unmerged(upgraded, second) == (text, ())
    theirs, third = merged('{"env": {"X": "mine"}}', [Want(("env", "X"), "2")], first)
    assert unmerged(theirs, third) == ('{"env": {"X": "mine"}}', ())
    assert merged(upgraded, [Want(("env", "X"), "2")], first) == (upgraded, ())


def test_an_entry_of_a_list_is_replaced_by_its_newer_form() -> None:
    """What a source no longer wants in a list goes; what another source or the user put there stays."""
    old, new = {"name": "hive", "version": "1"}, {"name": "hive", "version": "2"}
    text = '{\n  "plugins": [\n    {"name": "theirs"}\n  ]\n}\n'
    after, owned = merged(text, [Want(("plugins",), [old], True, "hive"), Want(("plugins",), ["x"], True, "other")])
    again, ours = merged(after, [Want(("plugins",), [new], True, "hive")], owned)
    assert value(again)["plugins"] == [{"name": "theirs"}, "x", new]
    assert unmerged(again, ours) == (text, ())
    both = [Want(("plugins",), [], True, "hive"), Want(("plugins",), [old], True, "other")]
    assert merged(after, both, owned) == (after.replace(',\n    "x"', ""), owned[:1])
    none, left = merged("{}", [Want(("plugins",), [old], True, "hive")])
    assert merged(none, [Want(("plugins",), [], True, "hive")], left) == ("{}", ())


def test_an_object_is_one_value() -> None:
    """It is set as a whole, and a change within it makes it the user's."""
    text = '{"statusLine": {"type": "command", "padding": 0}}'
    after, owned = merged(text, [Want(("statusLine",), {"type": "none"})])
    assert value(after) == {"statusLine": {"type": "none"}}
    assert unmerged(after, owned) == (text, ())
    theirs = put(after, ("statusLine", "padding"), 1)
    assert unmerged(theirs, owned) == (theirs, ("statusLine was changed since and stays as it is",))


def test_of_equal_keys_the_last_is_meant() -> None:
    """As for JSON.parse; and of a member that was doubled since, both go."""
    text = '{"env": {}, "env": {"X": 0, "X": 1}}'
    after, owned = merged(text, [Want(("env", "X"), 2), Want(("env", "Y"), 3)])
    assert after == '{"env": {}, "env": {"X": 0, "X": 2, "Y": 3}}'
    assert unmerged(after, owned) == (text, ())
    assert unmerged(after.replace('"Y": 3', '"Y": 3, "Y": 3.0'), owned) == (text, ())


@pytest.mark.parametrize(
    ("text", "want", "said"),
    [
        ('{"env": []}', Want(("env", "X"), "1", source="lean"), "env is a list; overlay lean needs an object there"),
        ('{"a": {"b": null}}', Want(("a", "b", "c"), 1), "a.b is null; hive-ctx needs an object there"),
        ('{"deny": "x"}', Want(("deny",), ["y"], True, "lean"), "deny is a string; overlay lean needs a list there"),
        ('{"env": {"X": {}}}', Want(("env", "X"), "1"), "env.X is an object; hive-ctx needs a string there"),
        ('{"s": true}', Want(("s",), {}), "s is a boolean; hive-ctx needs an object there"),
    ],
)
def test_a_place_that_is_taken_is_named(text: str, want: Want, said: str) -> None:
    """One line says what stands there, who needs what, and nothing is changed."""
    with pytest.raises(HiveError) as caught:
        merged(text, [Want(("fine",), 1), want])
    assert str(caught.value) == said


def test_wants_that_contradict_each_other_are_refused() -> None:
    """Two values for one place, a list's items and the list, a part and the whole; not the same twice."""
    one = Want(("env", "X"), 1, source="a")
    for other in (Want(("env", "X"), 2, source="b"), Want(("env", "X"), [], True), Want(("env",), {"X": 1})):
        for wants in ([one, other], [other, one]):
            with pytest.raises(HiveError, match=r"sets env.* sets env.* otherwise$"):
                merged("{}", wants)
    assert len(merged("{}", [one, Want(("env", "X"), 1.0, source="b")])[1]) == 1
    for wrong in (Want((), 1), Want(("a",), "text", True)):
        with pytest.raises(ValueError, match="a want needs keys"):
            merged("{}", [wrong])


def test_nothing_that_would_not_parse_is_given_back() -> None:
    """Wants that nest too deep, files that do not parse, and a ledger that was tampered with end in an error."""
    deep: Any = 1
    for _ in range(64):
        deep = [deep]
    with pytest.raises(HiveError, match="nested deeper"):
        merged("{}", [Want(("a",), deep)])
    with pytest.raises(HiveError, match="line 1 is not JSON"):
        unmerged("{", [])
    with pytest.raises(HiveError, match="line 1 is not JSON"):
        unmerged('{"a": 1}', [Owned(("a",), False, 1, "}", True, 0, "")])


def test_the_time_grows_with_the_text_and_no_faster() -> None:
    """Four times the text takes about four times the time, and 200 KB well under a second."""
    spent = []
    for count in (1500, 6000):
        allow = [f"Bash(tool-{n}:*)" for n in range(count)]
        projects = {str(n): {"a": [n], "b": "x" * 40} for n in range(count)}
        text = json.dumps({"permissions": {"allow": allow}, "projects": projects}, indent=2)
        wants = [Want(("env", f"V{n}"), "x") for n in range(5)]
        wants.append(Want(("permissions", "allow"), [f"mcp__{n}" for n in range(200)], True))
        began = time.process_time()
        after, owned = merged(text, wants)
        assert unmerged(after, owned) == (text, ())
        spent.append(time.process_time() - began)
    assert spent[0] < 1
    assert spent[1] < 10 * spent[0]


@given(texts())
def test_no_wants_no_change(text: str) -> None:
    """What nobody wants anything of stays as it is, and nothing in it is ours."""
    assert merged(text, []) == (text, ())
    assert unmerged(text, []) == (text, ())
