"""Facts about which call a fragment belongs to; `test_answer` has the table of what upstreams do."""

from __future__ import annotations

from itertools import count

from hive_integration.wire.chat.chunk import Fragment, Function
from hive_integration.wire.chat.fragments import Call, Calls


def placed(calls: Calls, index: int | None, id: str = "", name: str = "", arguments: str = "") -> int:
    call = calls.place(Fragment(index, id, Function(name, arguments)))
    if arguments:
        call.parts.append(arguments)
    return call.key


def test_arguments_are_complete_when_they_are_an_object() -> None:
    """Nothing can follow a whole object; anything can follow what is not one yet."""
    assert Call(0, parts=['{"a": ', "1} "]).complete
    assert not Call(0, parts=['{"a": {}']).complete
    assert not Call(0, parts=["[1]"]).complete
    assert not Call(0).complete


def test_an_id_without_a_name_finds_its_call_under_another_index() -> None:
    """Some upstreams count the fragments instead of the calls."""
    calls = Calls(count())
    assert [placed(calls, 0, "a", "A"), placed(calls, 1, "a", "", "{"), placed(calls, 2, "a", "", "}")] == [0, 0, 0]


def test_an_unknown_index_without_id_and_name_is_a_call_of_its_own() -> None:
    """Arguments whose beginning was lost do not spoil another call."""
    calls = Calls(count())
    assert [placed(calls, 0, "a", "A", "{}"), placed(calls, 1, "", "", "{}")] == [0, 1]


def test_a_fragment_without_an_index_goes_on_with_the_latest_call() -> None:
    """Also where it comes after two calls that had one."""
    calls = Calls(count())
    assert [placed(calls, 0, "a", "A"), placed(calls, 1, "b", "B"), placed(calls, None, "", "", "{}")] == [0, 1, 1]


def test_a_name_that_grows_is_one_name() -> None:
    """Pieces are joined; a name that is sent as far as it has come replaces what came before."""
    calls = Calls(count())
    placed(calls, 0, "a", "mcp")
    placed(calls, 0, "a", "mcp__x")
    placed(calls, 0, "a", "__y")
    assert calls.all[0].name == "mcp__x__y"
