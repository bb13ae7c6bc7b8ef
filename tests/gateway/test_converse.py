"""The story of a request, told to a real gateway: an answer, a fallback, a fallback in the middle."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from hive_integration.gateway.converse import GO_ON
from hive_integration.gateway.speak import NOTHING_SAID
from hive_integration.providers.fake import (
    DROPPED,
    Answer,
    Call,
    Counts,
    Recorded,
    chat_error,
    chat_stream,
    messages_body,
    messages_error,
    messages_stream,
    reply,
)
from tests.gateway.live import BASH, asked, live
from tests.wire.legal import assert_sdk_agrees

LS = {"command": "ls"}
GOOD, BAD = Call("Bash", LS), Call("Bash", {"comand": 1, "x": []})
NOT_ITS_FAULT = {"upstream": {"retries": 0}}


async def test_the_fine_tuned_model_answers(tmp_path: Path) -> None:
    """A stream of the chat upstream becomes one of the Messages API, marked with who gave it."""
    async with live(tmp_path, tuned=chat_stream(["Buzz", " buzz"], [GOOD])) as gateway:
        got = await gateway.ask(tools=[BASH])
        row = (await gateway.settled(1))[0]
    message = assert_sdk_agrees(got.body)
    assert (message.text, message.calls, message.stop_reason) == ("Buzz buzz", [("Bash", LS)], "tool_use")
    assert (message.model, message.id) == ("claude-x", f"msg_{row.request}")
    assert (message.usage["input_tokens"], message.usage["output_tokens"]) == (812, 31)
    assert got.marks == {"profile": "finetuned", "model": "tuned", "config": gateway.parts.config.version}
    assert gateway.claude.requests == []
    assert (row.arm, row.card, row.model, row.status, row.fallback) == ("first", "tuned", "ft:tuned", 200, "")


async def test_the_fine_tuned_model_answers_in_one_body(tmp_path: Path) -> None:
    """Without `stream` the upstream is asked for a body, and the client gets one with its length."""
    async with live(tmp_path, tuned=lambda request: reply(request, "Buzz", [GOOD])) as gateway:
        got = await gateway.ask(stream=False, tools=[BASH])
    assert got.headers["content-length"] == str(len(got.body))
    assert [block["type"] for block in got.json["content"]] == ["text", "tool_use"]
    assert (got.json["stop_reason"], got.json["usage"]["input_tokens"]) == ("tool_use", 812)
    assert gateway.tuned.requests[0].json.get("stream") in {None, False}
    assert got.marks["profile"] == "finetuned"


@pytest.mark.parametrize("stream", [True, False])
async def test_a_fallback_before_anything_left_is_claudes_own_answer(tmp_path: Path, stream: bool) -> None:
    """Byte for byte, body and answer, with the reason in a header, and both arms in the ledger."""
    claude = (messages_stream if stream else messages_body)("From Claude.", thinking="Hm.")
    async with live(tmp_path, tuned=chat_error(500, "oh no"), claude=claude, tuned_card=NOT_ITS_FAULT) as gateway:
        got = await gateway.ask(stream=stream, tools=[BASH])
        first, second = await gateway.settled(2)
    assert sha256(got.body).digest() == sha256(claude.body).digest()
    assert gateway.claude.requests[0].body == asked(stream=stream, tools=[BASH])
    assert got.marks["profile"] == "full"
    assert got.marks["model"] == "claude"
    assert got.marks["fallback"] == "api_error: oh no"
    assert (first.arm, first.card, first.status, first.fallback) == ("first", "tuned", 500, "")
    assert (second.arm, second.card, second.status, second.fallback) == ("fallback", "claude", 200, "api_error")
    assert {row.profile for row in (first, second)} == {"finetuned"}


async def test_claudes_error_after_a_fallback_is_claudes_own(tmp_path: Path) -> None:
    """Where both fail, the client reads Claude's status and words."""
    error = messages_error(529, "overloaded_error", "Overloaded").with_headers(retry_after="3")
    async with live(tmp_path, tuned=DROPPED, claude=error, tuned_card=NOT_ITS_FAULT) as gateway:
        got = await gateway.ask()
    assert (got.status, got.body, got.headers["retry-after"]) == (529, error.body, "3")
    assert got.marks["fallback"].startswith("connection: ")


@pytest.mark.parametrize("stream", [True, False])
async def test_without_fallback_the_error_is_clean(tmp_path: Path, stream: bool) -> None:
    """The upstream's failure in the words of the Messages API; Claude is not asked."""
    error = chat_error(503, "try later").with_headers(retry_after="60")
    async with live(tmp_path, tuned=error, switch={"fallback": False}, tuned_card=NOT_ITS_FAULT) as gateway:
        got = await gateway.ask(stream=stream)
    assert (got.status, got.headers["retry-after"], gateway.claude.requests) == (503, "60", [])
    assert got.json == {"type": "error", "error": {"type": "overloaded_error", "message": "try later"}}
    assert (got.marks["profile"], got.marks["model"]) == ("finetuned", "tuned")


async def test_a_call_that_stays_broken_goes_to_claude_in_the_same_message(tmp_path: Path) -> None:
    """What was said stays; one message_start; Claude goes on from there; usage is the sum of all arms."""
    tuned = chat_stream("I look.", [BAD], Counts(100, 10))
    claude = messages_stream(" Now.", [GOOD], Counts(200, 20, 50))
    async with live(tmp_path, tuned=tuned, claude=claude) as gateway:
        got = await gateway.ask(tools=[BASH])
        rows = await gateway.settled(3)
        sent = gateway.claude.requests[0].json
    message = assert_sdk_agrees(got.body)
    assert got.body.count(b"event: message_start") == 1
    assert (message.text, message.calls, message.stop_reason) == ("I look. Now.", [("Bash", LS)], "tool_use")
    assert message.usage["input_tokens"] == 100 + 100 + 150
    assert (message.usage["output_tokens"], message.usage["cache_read_input_tokens"]) == (10 + 10 + 20, 50)
    assert [(row.arm, row.card, row.broken, row.fallback) for row in rows] == [
        ("first", "tuned", 1, ""), ("retry", "tuned", 1, "invalid_call"), ("fallback", "claude", 0, "invalid_call"),
    ]  # fmt: skip
    assert sent["messages"][-2:] == [
        {"role": "assistant", "content": "I look."}, {"role": "user", "content": GO_ON}
    ]  # fmt: skip
    assert (gateway.claude.refused, gateway.tuned.refused) == ([], [])
    assert "fallback" not in got.marks  # the head had left


async def test_a_call_that_stays_broken_with_nothing_said_is_claudes_own_answer(tmp_path: Path) -> None:
    """Nothing has left, so the fallback is the byte-exact one, whose usage is Claude's alone."""
    claude = messages_stream("Mine.", [GOOD])
    async with live(tmp_path, tuned=chat_stream(calls=[BAD]), claude=claude) as gateway:
        got = await gateway.ask(tools=[BASH])
        sent = gateway.tuned.requests[1].json["messages"]
    assert got.body == claude.body
    assert got.marks["fallback"] == "invalid_call: the call of Bash was not valid at command"
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    assert sent[1]["content"] == NOTHING_SAID


@pytest.mark.parametrize("after", range(0, len(chat_stream(["Buzz ", "buzz."]).body), 61))
async def test_an_upstream_cut_anywhere_gives_a_whole_answer(tmp_path: Path, after: int) -> None:
    """Whatever had left stays, and Claude makes the rest, in one legal message."""
    tuned = chat_stream(["Buzz ", "buzz."]).cut(after)
    async with live(tmp_path, tuned=tuned, claude=messages_stream("Done."), tuned_card=NOT_ITS_FAULT) as gateway:
        got = await gateway.ask()
    message = assert_sdk_agrees(got.body)
    assert message.error is None
    assert message.text in {"Done.", "Buzz Done.", "Buzz buzz.Done.", "Buzz buzz."}
    assert message.stop_reason == "end_turn"


async def test_claude_failing_in_the_middle_ends_with_its_error(tmp_path: Path) -> None:
    """Text has left and nobody can go on: the stream ends with the last failure."""
    error = messages_error(400, "invalid_request_error", "prompt is too long")
    cut = chat_stream(["Buzz ", "buzz."]).cut(400)
    async with live(tmp_path, tuned=cut, claude=error, tuned_card=NOT_ITS_FAULT) as gateway:
        message = (await gateway.ask()).message
    assert message.error == {"type": "invalid_request_error", "message": "prompt is too long"}
    assert message.text.startswith("Buzz ")


async def test_going_on_after_tool_results_is_legal(tmp_path: Path) -> None:
    """The conversation ends with results, with and without words of the system behind: both strict upstreams agree."""
    call = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": LS}
    results = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "a b"}
    turns: list[dict[str, Any]] = [
        {"role": "user", "content": "Go."}, {"role": "assistant", "content": [call]},
        {"role": "user", "content": [results]},
    ]  # fmt: skip
    late = {"role": "system", "content": "Mind the bees."}
    thinking = {"type": "enabled", "budget_tokens": 1024}
    for said in ("I see.", ""):
        for more in ([], [late]):
            async with live(tmp_path / f"{said}{len(more)}", tuned=chat_stream(said, [BAD])) as gateway:
                got = await gateway.ask(messages=[*turns, *more], tools=[BASH], max_tokens=4096)
                assert got.message.text == f"{said}ok"
                assert (gateway.tuned.refused, gateway.claude.refused) == ([], [])
                sent = gateway.tuned.requests[1].json["messages"]
                assert [message["role"] for message in sent][-2:] == ["assistant", "user"]
    async with live(tmp_path / "thinking", tuned=chat_stream("I see.", [BAD])) as gateway:
        assert (await gateway.ask(messages=turns, tools=[BASH], thinking=thinking, max_tokens=4096)).message.text
        assert gateway.claude.refused == []


async def test_a_message_of_two_models_is_accepted_by_both_afterwards(tmp_path: Path) -> None:
    """Each gets back of it what it takes: in a tool loop, with thinking on, and when the loop is over."""
    tuned = chat_stream("I see.", [BAD], reasoning="Small.")
    claude = messages_stream(" Now.", [GOOD], thinking="Great.")
    more = {"tools": [BASH], "max_tokens": 4096, "thinking": {"type": "enabled", "budget_tokens": 1024}}
    for said in ("I see.", ""):
        turns: list[dict[str, Any]] = [{"role": "user", "content": "Go."}]
        async with live(tmp_path / said, tuned=tuned, claude=claude) as gateway:
            gateway.tuned.script = chat_stream(said, [BAD], reasoning="Small.")
            message = assert_sdk_agrees((await gateway.ask(messages=turns, **more)).body)
            assert message.kinds[-3:] == ["thinking", "text", "tool_use"]
            blocks = [{k: v for k, v in block.items() if k != "json"} for block in message.blocks]
            call = next(block["id"] for block in blocks if block["type"] == "tool_use")
            turns += [
                {"role": "assistant", "content": blocks},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call, "content": "a"}]},
            ]
            gateway.tuned.script = chat_stream("Done.")
            for more_turns in ([], [{"role": "assistant", "content": "Done."}, {"role": "user", "content": "More."}]):
                for use in ("0", "1"):
                    headers = {"x-hive-use-finetuned": use}
                    got = await gateway.ask(messages=[*turns, *more_turns], headers=headers, **more)
                    assert got.message.error is None
            assert (gateway.tuned.refused, gateway.claude.refused) == ([], [])


async def test_a_request_that_cannot_be_put_to_the_model_falls_back(tmp_path: Path) -> None:
    """What the chat API cannot carry is Claude's; without fallback it is refused by name."""
    block = {"type": "container_upload", "file_id": "f"}
    body = asked(messages=[{"role": "user", "content": [block]}])
    async with live(tmp_path / "a", strict=False) as gateway:
        got = await gateway.send("POST", "/v1/messages", body)
        assert got.message.text == "ok"
        assert got.marks["fallback"].startswith("invalid_request_error: ")
        assert gateway.claude.requests[0].body == body
        assert gateway.tuned.requests == []
    async with live(tmp_path / "b", strict=False, switch={"fallback": False}) as gateway:
        got = await gateway.send("POST", "/v1/messages", body)
    assert got.status == 400
    assert "container_upload" in got.json["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{nope", b'{"model":"claude-x"}', b'{"messages":[1]}'])
async def test_what_is_no_request_goes_to_claude_to_be_refused(tmp_path: Path, body: bytes) -> None:
    """In the fine-tuned profile, too, Claude's own words say what is wrong."""
    async with live(tmp_path) as gateway:
        got = await gateway.send("POST", "/v1/messages", body)
    assert (got.status, gateway.claude.requests[0].body) == (400, body)
    assert got.marks["fallback"].startswith("invalid_request_error: ")


async def test_without_a_fine_tuned_model_claude_answers_and_it_is_said(tmp_path: Path) -> None:
    """The profile was asked for and no card serves it: a fallback with its reason, or a clean refusal."""
    one = {"x-hive-use-finetuned": "1"}
    switch = {"finetuned": "", "default": "full"}
    async with live(tmp_path / "a", switch=switch) as gateway:
        got = await gateway.ask(headers=one)
        assert got.message.text == "ok"
        assert got.marks["fallback"].startswith("no_model: no fine-tuned model is configured")
        assert (await gateway.settled(1))[0].fallback == "no_model"
        assert (await gateway.send("POST", "/v1/messages/count_tokens", asked(), one)).status == 200
    async with live(tmp_path / "b", switch={**switch, "fallback": False}) as gateway:
        got = await gateway.ask(headers=one)
    assert (got.status, gateway.claude.requests) == (400, [])
    assert "no fine-tuned model is configured" in got.json["error"]["message"]


async def test_the_full_profile_may_be_a_chat_model(tmp_path: Path) -> None:
    """Then it is translated, alone and as the one that goes on."""
    card = {"protocol": "openai-chat", "model": "big"}

    def claude(request: Recorded) -> Answer:
        return chat_stream("Big.", [GOOD])

    async with live(tmp_path, tuned=chat_stream("Small. ", [BAD]), claude=claude) as gateway:
        both = {"claude": {**card, "base_url": f"{gateway.claude.base_url}/v1"}}
        (gateway.folder / "models/claude.toml").write_text(
            "\n".join(["id = 'claude'", *(f"{key} = {json.dumps(value)}" for key, value in both["claude"].items())])
        )
        assert gateway.parts.reloader.reload()
        alone = (await gateway.ask(headers={"x-hive-use-finetuned": "0"}, tools=[BASH])).message
        together = (await gateway.ask(tools=[BASH])).message
    assert (alone.text, together.text) == ("Big.", "Small. Big.")
    assert alone.calls == together.calls == [("Bash", LS)]
    assert gateway.claude.refused == []
