"""Tool calls: whatever way the upstream sends them, the client gets the calls that the model made, ready to execute."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from hive_integration.providers.fake import (
    DONE,
    Answer,
    Call,
    Counts,
    call_chunks,
    chat_body,
    chat_stream,
    chunk,
    stream,
)
from hive_integration.providers.fake.chat import usage
from tests.conformance import legal
from tests.conformance.client import calls, said
from tests.conformance.expect import equal, true
from tests.conformance.scenario import Scenario
from tests.conformance.stage import BASH, FALLBACK, TOOLS, Stage

LS = {"command": "ls -la", "description": "List files"}
ODD = {"command": "echo \"naïve 日本 👩‍👧\" | tr \\n 'x'\n"}
USAGE = chunk(usage=usage(Counts()))
END = [chunk({}, "tool_calls"), USAGE, DONE]
Expected = Sequence[tuple[str, Any]]


def _calls(stage: Stage, answer: Answer, expected: Expected, text: str = "") -> dict[str, Any]:
    stage.chat(answer)
    message = stage.message(stage.ask(tools=TOOLS))
    equal(calls(message), list(expected), "calls")
    equal(said(message), text, "text")
    equal(message["stop_reason"], "tool_use", "stop_reason")
    ids = [block["id"] for block in message["content"] if block["type"] == "tool_use"]
    true(len(set(ids)) == len(ids), f"two calls share an id: {ids}")
    return message


def _delta(index: int, arguments: str, **more: Any) -> bytes:
    function = {"arguments": arguments, **more.pop("function", {})}
    return chunk({"tool_calls": [{"index": index, "function": function, **more}]})


def _begun(index: int, name: str, call_id: str | None, arguments: str = "") -> bytes:
    more = {} if call_id is None else {"id": call_id}
    return _delta(index, arguments, type="function", function={"name": name}, **more)


def one(stage: Stage) -> None:
    message = _calls(stage, chat_stream(calls=[Call("Bash", LS, "call_abc", size=3)]), [("Bash", LS)])
    equal(message["content"][0]["type"], "tool_use", "first block")


def not_streamed(stage: Stage) -> None:
    stage.chat(chat_body("I look.", [Call("Bash", LS), Call("Read", {"file_path": "a"}, "call_2")]))
    message = stage.message(stage.ask(stream=None, tools=TOOLS))
    equal(calls(message), [("Bash", LS), ("Read", {"file_path": "a"})], "calls")
    equal((said(message), message["stop_reason"]), ("I look.", "tool_use"), "text and stop_reason")


def start_has_input(stage: Stage) -> None:
    stage.chat(chat_stream(calls=[Call("Bash", LS)]))
    answer = stage.ask(tools=TOOLS)
    stage.message(answer)
    found, _ = legal.events(answer.body)
    starts = [event.data["content_block"] for event in found if event.name == "content_block_start"]
    equal([start.get("input") for start in starts if start["type"] == "tool_use"], [{}], "input at the start")


def two(stage: Stage) -> None:
    pair = [Call("Bash", LS, "call_1", size=4), Call("Read", {"file_path": "a.py"}, "call_2", size=4)]
    _calls(stage, chat_stream(calls=pair), [("Bash", LS), ("Read", {"file_path": "a.py"})])


def interleaved(stage: Stage) -> None:
    first, second = json.dumps(LS), json.dumps({"file_path": "a.py"})
    pieces = [_begun(0, "Bash", "call_1"), _begun(1, "Read", "call_2")]
    for at in range(0, max(len(first), len(second)), 5):
        pieces += [_delta(index, part[at : at + 5]) for index, part in enumerate((first, second)) if part[at : at + 5]]
    _calls(stage, stream(*pieces, *END), [("Bash", LS), ("Read", {"file_path": "a.py"})])


def same_index(stage: Stage) -> None:
    pieces = [*call_chunks(Call("Bash", LS, "call_1"), 0), *call_chunks(Call("Read", {"file_path": "b"}, "call_2"), 0)]
    _calls(stage, stream(*pieces, *END), [("Bash", LS), ("Read", {"file_path": "b"})])


def repeated_id(stage: Stage) -> None:
    text = json.dumps(LS)
    parts = [text[at : at + 8] for at in range(0, len(text), 8)]
    pieces = [_begun(0, "Bash", "call_1"), *(_delta(0, part, id="call_1", function={"name": ""}) for part in parts)]
    _calls(stage, stream(*pieces, *END), [("Bash", LS)])


def no_id(stage: Stage) -> None:
    pieces = [_begun(0, "Bash", None), _delta(0, json.dumps(LS)), _begun(1, "Ping", ""), _delta(1, "{}")]
    message = _calls(stage, stream(*pieces, *END), [("Bash", LS), ("Ping", {})])
    _usable([block["id"] for block in message["content"]])


def odd_id(stage: Stage) -> None:
    message = _calls(stage, chat_stream(calls=[Call("Bash", LS, "functions.Bash:0")]), [("Bash", LS)])
    _usable([message["content"][0]["id"]])


def _usable(ids: Sequence[str]) -> None:
    wrong = [each for each in ids if not re.fullmatch(r"[a-zA-Z0-9_-]+", each)]
    true(not wrong, f"ids that the Messages API refuses in the next turn: {wrong}")


def empty_arguments(stage: Stage) -> None:
    pieces = [_begun(0, "Ping", "call_1"), *END]
    _calls(stage, stream(*pieces), [("Ping", {})])


def byte_by_byte(stage: Stage) -> None:
    _calls(stage, chat_stream(calls=[Call("Bash", ODD, size=1)]).dripped(7), [("Bash", ODD)])


def at_once(stage: Stage) -> None:
    _calls(stage, stream(_begun(0, "Bash", "call_1", json.dumps(ODD)), *END), [("Bash", ODD)])


def with_finish(stage: Stage) -> None:
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "Bash", "arguments": json.dumps(LS)}}
    _calls(stage, stream(chunk({"role": "assistant", "tool_calls": [call]}, "tool_calls"), USAGE, DONE), [("Bash", LS)])


def after_text(stage: Stage) -> None:
    message = _calls(stage, chat_stream(["I look", " first."], [Call("Bash", LS)]), [("Bash", LS)], "I look first.")
    equal([block["type"] for block in message["content"]], ["text", "tool_use"], "blocks")


def before_text(stage: Stage) -> None:
    pieces = [*call_chunks(Call("Bash", LS)), chunk({"content": "That was it."}), *END]
    _calls(stage, stream(*pieces), [("Bash", LS)], "That was it.")


def finish_stop(stage: Stage) -> None:
    _calls(stage, chat_stream(calls=[Call("Bash", LS)], finish="stop"), [("Bash", LS)])


def finish_missing(stage: Stage) -> None:
    _calls(stage, stream(*call_chunks(Call("Bash", LS)), USAGE, DONE), [("Bash", LS)])


def finish_and_usage_apart(stage: Stage) -> None:
    stage.chat(stream(*call_chunks(Call("Bash", LS)), chunk({}, "tool_calls"), 0.4, USAGE, 0.4, DONE))
    answer = stage.ask(tools=TOOLS, within=10)
    equal(calls(stage.message(answer)), [("Bash", LS)], "calls")


def long_name(stage: Stage) -> None:
    name = "mcp__a-server-with-a-rather-long-name__" + "and_a_tool_with_one_too_" * 2
    tool = {**BASH, "name": name}

    def call_it(request: Any) -> Answer:
        declared = request.json["tools"][0]["function"]["name"]
        return chat_stream(calls=[Call(declared, LS)])

    stage.chat(call_it)
    equal(calls(stage.message(stage.ask(tools=[tool]))), [(name, LS)], "calls")


def stray_spaces(stage: Stage) -> None:
    _not_broken(stage, '{"command": "ls -la", "description ": "List files"}', LS)


def cut_arguments(stage: Stage) -> None:
    _not_broken(stage, '{"command": "ls -la", "descrip', {"command": "ls -la"})


def no_json(stage: Stage) -> None:
    _not_broken(stage, "ls -la", None)


def _not_broken(stage: Stage, arguments: str, repaired: Any) -> None:
    """The client gets the repaired call, another answer, or an error that says so: never what it cannot execute."""
    stage.chat(chat_stream(calls=[Call("Bash", arguments)]))
    answer = stage.ask(tools=TOOLS)
    told = answer.told() if answer.streamed else None
    if answer.status >= 400 or (told is not None and told.error is not None):
        return
    message = stage.message(answer)
    if said(message) == FALLBACK:
        return
    equal(calls(message), [("Bash", repaired)], "calls")


SCENARIOS = (
    Scenario("call-one", "a call in small pieces arrives whole, with stop_reason tool_use", one, (1, 13)),
    Scenario("call-not-streamed", "the same without a stream, beside text and a second call", not_streamed, (13,)),
    Scenario(
        "call-start-input", "a tool_use block starts with an empty `input`", start_has_input, (5,), "Messages API"
    ),
    Scenario("call-two", "two calls arrive one after the other, each in its own block", two, (2,)),
    Scenario("call-interleaved", "two calls whose pieces alternate are not mixed up", interleaved, (2, 4)),
    Scenario("call-same-index", "calls that share an index but not an id are two calls", same_index, (8,)),
    Scenario("call-repeated-id", "a call whose id comes with every piece is one call", repeated_id, (3,)),
    Scenario("call-no-id", "calls without an id get ids of their own", no_id, (3, 40)),
    Scenario("call-odd-id", "an id that the Messages API would refuse is replaced", odd_id, (26, 40)),
    Scenario("call-empty-arguments", "no arguments at all are an empty object", empty_arguments, (12,)),
    Scenario("call-byte-by-byte", "arguments that come character by character stay whole", byte_by_byte, (1, 11)),
    Scenario("call-at-once", "name and arguments may come in one piece", at_once, (1,)),
    Scenario("call-with-finish", "call and finish may come in one chunk", with_finish, (1, 13)),
    Scenario("call-after-text", "text ends before its call begins, each in its block", after_text, (4,)),
    Scenario("call-before-text", "text after a call is neither lost nor misplaced", before_text, (4,)),
    Scenario("call-finish-stop", "calls with finish_reason stop are still tool_use", finish_stop, (13, 14)),
    Scenario("call-finish-missing", "calls without any finish_reason are still tool_use", finish_missing, (13,)),
    Scenario("call-finish-apart", "finish and usage in different chunks, with pauses", finish_and_usage_apart, (7,)),
    Scenario(
        "call-long-name", "a tool's name over 64 characters is accepted upstream and comes back", long_name, (37,)
    ),
    Scenario(
        "call-stray-spaces", "arguments whose keys carry stray spaces do not reach the client", stray_spaces, (14,)
    ),
    Scenario(
        "call-cut-arguments", "arguments that end half-way do not reach the client as broken JSON", cut_arguments, (6,)
    ),
    Scenario("call-no-json", "arguments that are no JSON do not reach the client", no_json, (6,)),
)
