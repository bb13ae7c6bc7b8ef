"""Facts about the gate: what passes at once, what is held, and what never reaches the client."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.gateway import gate as module
from hive_integration.gateway.gate import Broken, Gate, feedback
from hive_integration.wire.events import (
    Event,
    Failure,
    Finish,
    Opaque,
    Seen,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolEnd,
    ToolPart,
    ToolStart,
    Usage,
)
from hive_integration.wire.problem import Problem

SHELL: dict[str, Any] = {
    "type": "object",
    "properties": {"command": {"type": "string"}, "timeout": {"type": "number"}},
    "required": ["command"],
    "additionalProperties": False,
}
TOOLS: dict[str, dict[str, Any]] = {
    "Shell": SHELL,
    "Wait": {},
    "Odd": {"type": "strnig"},
    "mcp__flow__store": {},
    "mcp__a__twice": {},
    "mcp__b__twice": {},
}


def new() -> Gate:
    return Gate(TOOLS.get, lambda id: f"toolu_{id}", names=TOOLS)


def call(key: int, name: str, arguments: str, id: str = "x") -> list[Event]:
    return [ToolStart(key, id, name), ToolPart(key, arguments), ToolEnd(key)]


def through(*events: Event | Iterable[Event]) -> tuple[Gate, list[Event]]:
    gate, flat = new(), [e for each in events for e in (each if isinstance(each, list) else [each])]
    return gate, gate.pass_on(flat)  # type: ignore[arg-type]


DONE = Finish("tool_use")


def test_everything_but_calls_passes_at_once_and_in_order() -> None:
    """Text is not held back because a call is."""
    others = [Text("a"), Thinking("b"), Signature("c"), Opaque({"type": "x"}), Seen(Usage(1))]
    gate = new()
    assert gate.pass_on(others) == others
    assert gate.pass_on([ToolStart(0, "x", "Shell"), *others, ToolPart(0, "{}")]) == others
    assert gate.pass_on([]) == []


def test_good_calls_leave_together_at_the_end() -> None:
    """Interleaved pieces are put together by key; their order is that of their beginnings."""
    gate = new()
    assert gate.pass_on([ToolStart(1, "a", "Shell"), ToolStart(0, "b", "Wait"), ToolPart(0, "{")]) == []
    assert gate.pass_on([ToolPart(1, '{"command":'), ToolPart(0, "}"), ToolEnd(0), ToolPart(1, ' "ls"}')]) == []
    assert gate.pass_on([ToolEnd(1), DONE]) == [
        ToolCall("toolu_a", "Shell", '{"command": "ls"}'), ToolCall("toolu_b", "Wait", "{}"), DONE,
    ]  # fmt: skip
    assert (gate.repaired, gate.broken) == (0, ())


def test_a_whole_call_is_checked_like_one_in_pieces() -> None:
    """A reader that knows a call only when it is complete may say so."""
    assert through(ToolCall("a", "Wait", "{}"), ToolCall("b", "Wait", '{"a":1}'), DONE)[1] == [
        ToolCall("toolu_a", "Wait", "{}"), ToolCall("toolu_b", "Wait", '{"a":1}'), DONE,
    ]  # fmt: skip
    assert through(ToolCall("a", "Shell", "{}"), DONE)[0].broken


@pytest.mark.parametrize("reason", ["end_turn", "stop_sequence", "max_tokens", "pause_turn"])
def test_an_answer_with_whole_calls_ends_for_them(reason: Any) -> None:
    """Upstreams say `stop` where a call stands, and the client would not run it."""
    assert through(call(0, "Wait", "{}"), Finish(reason))[1][-1] == DONE


@pytest.mark.parametrize("reason", ["end_turn", "max_tokens", "refusal"])
def test_an_answer_without_calls_ends_as_it_came(reason: Any) -> None:
    """The gate has no part in it."""
    assert through(Text("a"), Finish(reason, "s"))[1] == [Text("a"), Finish(reason, "s")]


def test_an_end_for_calls_without_any_is_broken() -> None:
    """The client would wait for a result that nobody makes."""
    gate, passed = through(Text("a"), DONE)
    assert passed == [Text("a")]
    assert "none" in gate.broken[0].reason


def test_one_broken_call_keeps_back_all() -> None:
    """Neither calls nor the end leave, so that the caller can ask again."""
    gate, passed = through(call(0, "Wait", "{}"), call(1, "Shell", '{"timeout": "soon"}'), Text("t"), DONE)
    assert passed == [Text("t")]
    assert [(each.name, each.arguments) for each in gate.broken] == [("Shell", '{"timeout": "soon"}')]
    assert gate.broken[0].reason == 'timeout: is "soon", expected number'
    assert [each.path for each in gate.broken[0].problems] == [("timeout",), ("command",)]


def test_repairs_are_counted_by_kind_and_by_call() -> None:
    """Two repairs of one call, one of another."""
    gate, passed = through(
        call(0, "functions.Shell", '{"command ": "ls", "timeout": "5"}'),
        call(1, "Wait", ""),
        call(2, "Wait", "{}"),
        DONE,
    )
    assert passed[0] == ToolCall("toolu_x", "Shell", '{"command":"ls","timeout":5}')
    assert gate.repairs == {"tool_name": 1, "key_blanks": 1, "type": 1, "empty": 1}
    assert gate.repaired == 2


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (" Shell\n", "Shell"),
        ("functions.Shell", "Shell"),
        ("store", "mcp__flow__store"),
        ("functions.store", "mcp__flow__store"),
    ],
)
def test_a_name_that_can_only_mean_one_tool_is_repaired(said: str, meant: str) -> None:
    """Blanks, the prefix of another protocol, the bare name of an MCP tool."""
    gate, passed = through(call(0, said, '{"command": "ls"}'), DONE)
    assert [e.name for e in passed if isinstance(e, ToolCall)] == [meant]
    assert gate.repairs == {"tool_name": 1}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("twice", "there is no tool of this name; the nearest are mcp__b__twice, mcp__a__twice"),
        ("Shel", "there is no tool of this name; the nearest are Shell"),
        ("shell", "there is no tool of this name; the nearest are Shell"),
        ("zzzzzz", "there is no tool of this name"),
        ("flow__store", "there is no tool of this name; the nearest are mcp__flow__store"),
        ("", "the call names no tool"),
        (" \n", "the call names no tool"),
    ],
)
def test_an_unknown_tool_is_broken_with_the_nearest_names(said: str, why: str) -> None:
    """Also where two tools could be meant."""
    gate, passed = through(call(0, said, "{}"), DONE)
    assert passed == []
    assert gate.broken[0].reason == why


@pytest.mark.parametrize("reason", ["max_tokens", "model_context_window_exceeded"])
@pytest.mark.parametrize("arguments", ['{"command": "ls"', '{"command": "l', ""])
def test_a_call_that_the_limit_cut_is_broken(reason: Any, arguments: str) -> None:
    """Even where closing brackets would make it valid: an argument may be missing."""
    gate, passed = through(call(0, "Shell" if arguments else "Wait", arguments), Finish(reason))
    assert passed == []
    assert len(gate.broken) == 1


def test_missing_brackets_alone_are_closed_where_the_answer_is_complete() -> None:
    """A model that forgot them meant the end."""
    assert through(call(0, "Shell", '{"command": "ls"'), DONE)[1][0] == ToolCall("toolu_x", "Shell", '{"command":"ls"}')


def test_a_failure_passes_and_drops_the_calls() -> None:
    """The caller sees by the failure that something was lost."""
    failure = Failure("overloaded_error", "busy")
    gate, passed = through(Text("a"), call(0, "Wait", "{}"), failure)
    assert passed == [Text("a"), failure]
    assert gate.broken == ()


def test_a_refusal_drops_the_calls() -> None:
    """What a filter cut off is not run."""
    gate, passed = through(call(0, "Wait", "{}"), Finish("refusal"))
    assert (passed, gate.broken) == ([Finish("refusal")], ())


@pytest.mark.parametrize("ids", [["", "", ""], ["a", "a", "a"], ["a", "a_2", "a"], ["a_2", "a", "a"]])
def test_ids_differ_whatever_the_upstream_sends(ids: list[str]) -> None:
    """Missing and repeated ones are told apart."""
    _, passed = through(*(call(i, "Wait", "{}", id) for i, id in enumerate(ids)), DONE)
    assert len({e.id for e in passed if isinstance(e, ToolCall)}) == 3


def test_a_repeated_start_adds_what_was_missing() -> None:
    """Some upstreams send the id first, the name later, and then both again, empty."""
    events = [ToolStart(0, "a", ""), ToolStart(0, "", "Wait"), ToolPart(0, "{"), ToolStart(0, "", ""), ToolPart(0, "}")]
    assert through(*events, DONE)[1] == [ToolCall("toolu_a", "Wait", "{}"), DONE]


def test_a_piece_without_a_beginning_is_a_call_without_a_name() -> None:
    """It is not lost, and it does not pass."""
    gate, passed = through(ToolPart(7, "{}"), DONE)
    assert passed == []
    assert gate.broken[0].reason == "the call names no tool"


def test_a_tool_whose_schema_is_not_valid_passes_unchecked_and_is_named() -> None:
    """The user's tool works as it would without a gateway, and the log can say so."""
    gate, passed = through(call(0, "Odd", '{"a": 1}'), DONE)
    assert passed[0] == ToolCall("toolu_x", "Odd", '{"a": 1}')
    assert gate.unchecked[0].startswith("Odd: its schema is not a valid schema")


def test_what_is_held_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """In all calls together, many small ones included; what comes beyond is not kept."""
    monkeypatch.setattr(module, "MAX_HELD", 10_000)
    for events in (
        [ToolStart(0, "a", "Wait"), *[ToolPart(0, "x" * 100)] * 200],
        [ToolStart(i, "", "Wait") for i in range(1000)],
        [ToolPart(i, "x") for i in range(1000)],
    ):
        gate = new()
        assert gate.pass_on(events) == []
        assert len(gate._calls) < 50
        assert gate.pass_on([DONE]) == []
        assert [each.reason for each in gate.broken] == ["the calls of one answer have over 10000 characters"]


def test_a_broken_calls_arguments_are_cut_and_fit_for_a_log() -> None:
    """Two hundred characters, on one line, that UTF-8 can carry."""
    broken = through(call(0, "Shell", '{"timeout":\n"\ud800' + "x" * 1000), DONE)[0].broken[0]
    assert broken.arguments.startswith('{"timeout":\\n"\\ud800xxx')
    assert len(broken.arguments) < 220
    assert broken.arguments.encode()


def test_feedback_names_tool_problem_and_expectation() -> None:
    """The model reads what it wrote, what is wrong and what was expected, and that all calls are to be made again."""
    gate, _ = through(call(0, "Shell", '{"timeout": "soon"}'), call(1, "Shel", ""), DONE)
    assert feedback(gate.broken).splitlines() == [
        "No tool was called, because:",
        '- Shell with {"timeout": "soon"}',
        '  - timeout: is "soon", expected number',
        "  - command: is missing, expected string",
        "- Shel with no arguments",
        "  - there is no tool of this name; the nearest are Shell",
        "Make every call of that answer again, corrected, and repeat nothing that was said before.",
    ]
    assert feedback(gate.broken[:1]).startswith("No tool was called: this call was not valid.\n- Shell")


def test_feedback_stays_short() -> None:
    """However much is broken."""
    problems = tuple(Problem((i,), "x" * 300, "y" * 300) for i in range(100))
    assert len(feedback([Broken("n", "a" * 200, "r", problems)] * 100)) < 60_000


NAMES = st.sampled_from([*TOOLS, "shell", "", "store", "twice"])
ARGUMENTS = st.sampled_from(["", "{}", '{"command":"ls"}', '{"command":', "[1]", '"', "null", '{"command":1}'])
KEYS = st.integers(0, 2)
EVENTS = st.lists(
    st.builds(ToolStart, KEYS, st.sampled_from(["", "a", "b"]), NAMES) | st.builds(ToolPart, KEYS, ARGUMENTS)
    | st.builds(ToolEnd, KEYS) | st.builds(Text, st.just("t")) | st.builds(ToolCall, st.just("a"), NAMES, ARGUMENTS),
    max_size=8,
)  # fmt: skip
ENDS = st.sampled_from([DONE, Finish("end_turn"), Finish("max_tokens"), Finish("refusal"), Failure("api_error", "x")])


@given(EVENTS, ENDS, st.integers(1, 4))
def test_all_or_nothing_whatever_comes(events: list[Event], end: Event, step: int) -> None:
    """Either every call leaves, sound and before one end, or none does and the gate says why."""
    gate, passed, all_events = new(), [], [*events, end]
    for i in range(0, len(all_events), step):
        passed += gate.pass_on(all_events[i : i + step])
    calls = [e for e in passed if isinstance(e, ToolCall)]
    assert [e for e in passed if isinstance(e, Text)] == [e for e in events if isinstance(e, Text)]
    assert all(isinstance(json.loads(e.arguments), dict) and e.name in TOOLS for e in calls)
    assert len({e.id for e in calls}) == len(calls)
    assert not any(isinstance(e, ToolStart | ToolPart | ToolEnd) for e in passed)
    if gate.broken:
        assert calls == []
        assert not passed or isinstance(passed[-1], Text)
        assert feedback(gate.broken)
    else:
        assert passed[-1] == (DONE if calls else end)
        assert sum(isinstance(e, Finish | Failure) for e in passed) == 1


def test_an_answer_with_one_call_costs_little() -> None:
    """Some 30 µs in seventeen pieces on an idle machine (the limit is 60); the test allows for one that is not."""
    text = '{"command":"ls -la /srv","timeout":5000}'
    reads = [[ToolStart(0, "a", "Shell")], *([ToolPart(0, text[i : i + 3])] for i in range(0, len(text), 3)), [DONE]]
    rounds = 200
    begin = time.perf_counter()
    for _ in range(rounds):
        gate = new()
        for read in reads:
            gate.pass_on(read)
    assert (time.perf_counter() - begin) / rounds < 600e-6
