"""One card answers: checked calls, second tries, giving up."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hive_integration.gateway.breaker import IN_A_ROW, REST
from hive_integration.gateway.speak import _why
from hive_integration.providers.fake import (
    DROPPED,
    SILENT,
    Answer,
    Call,
    Counts,
    Recorded,
    chat_body,
    chat_error,
    chat_stream,
    chunk,
    messages_stream,
    reply,
    stream,
    thinking_block,
)
from hive_integration.registry.stored import StoredUnit
from hive_integration.units import Component
from hive_integration.wire.events import Failure
from tests.gateway.live import BASH, CLAUDE_KEY, KEY, TUNED_KEY, asked, holding, live
from tests.wire.legal import assert_sdk_agrees

LS = {"command": "ls"}
GOOD, BAD = Call("Bash", LS), Call("Bash", {"comand": 1, "x": []})
FULL = {"x-hive-use-finetuned": "0"}


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_broken_call_is_asked_for_again_with_its_unit(tmp_path: Path, streamed: bool) -> None:
    """The tool was declared by its name; the second time its whole schema is sent, with what was wrong."""
    answers = [(chat_stream if streamed else chat_body)("I look.", [call]) for call in (BAD, GOOD)]
    async with live(tmp_path, tuned=answers, tuned_card=holding(tmp_path, asked(tools=[BASH]))) as gateway:
        got = await gateway.ask(stream=streamed, tools=[BASH])
        first, second = (request.json for request in gateway.tuned.requests)
        rows = await gateway.settled(2)
    if streamed:
        message = assert_sdk_agrees(got.body)
        assert (message.text, message.calls) == ("I look.", [("Bash", LS)])
        usage = message.usage
    else:
        assert [block["type"] for block in got.json["content"]] == ["text", "tool_use"]
        usage = got.json["usage"]
    assert (usage["input_tokens"], usage["output_tokens"]) == (2 * 812, 2 * 31)
    assert "command" not in first["tools"][0]["function"].get("parameters", {}).get("properties", {})
    assert second["tools"][0]["function"]["parameters"]["properties"]["command"] == {"type": "string"}
    assert second["messages"][-1]["role"] == "user"
    assert "command" in str(second["messages"][-1]["content"])
    assert [(row.arm, row.broken, row.fallback) for row in rows] == [("first", 1, ""), ("retry", 0, "invalid_call")]
    assert rows[0].saved_usd <= 0 == rows[0].stripped
    assert gateway.claude.requests == []


async def test_what_the_model_repeats_is_not_shown_twice(tmp_path: Path) -> None:
    """Asked again, it says its words once more: before a call they are dropped, else they are told apart."""
    async with live(tmp_path, tuned=[chat_stream("I look.", [BAD]), chat_stream(["I ", "look."], [GOOD])]) as gateway:
        assert (await gateway.ask(tools=[BASH])).message.text == "I look."
        gateway.tuned.script = lambda request: (
            chat_stream("I look.", [BAD])
            if len(request.json["messages"]) == 1
            else chat_stream(["I ", "can", "not."]).slowly(0.02)
        )
        message = (await gateway.ask(tools=[BASH])).message
    assert (message.text, message.stop_reason) == ("I look.\n\nI cannot.", "end_turn")


async def test_repairs_are_made_before_anything_is_asked_again(tmp_path: Path) -> None:
    """What is certain is put right, and counted."""
    call = Call("Bash", '{"command": "ls", "timeout": "5"')
    async with live(tmp_path, tuned=chat_stream(calls=[call])) as gateway:
        message = (await gateway.ask(tools=[BASH])).message
        row = (await gateway.settled(1))[0]
    assert message.calls == [("Bash", {"command": "ls", "timeout": 5})]
    assert (row.repaired, row.broken) == (1, 0)


async def test_tools_that_the_client_only_lists_are_checked_by_the_unit_store(tmp_path: Path) -> None:
    """A deferred tool has its schema in the store: a broken call is found, and its declaration paged in."""
    name = "mcp__shed__dig"
    schema = {"type": "object", "properties": {"where": {"type": "string"}}, "required": ["where"]}
    text = f'{{"name":"{name}","description":"Digs.","input_schema":{str(schema).replace(chr(39), chr(34))}}}'
    listed = "<system-reminder>\nThe following deferred tools are now available:\n" + name + "\n</system-reminder>"
    turns = [{"role": "user", "content": [{"type": "text", "text": listed}, {"type": "text", "text": "Dig."}]}]
    good, bad = Call(name, {"where": "here"}), Call(name, {"wher": 1})
    async with live(tmp_path, tuned=[chat_stream(calls=[bad]), chat_stream(calls=[good])]) as gateway:
        gateway.parts.store.put([StoredUnit("sha256:1", name, Component.MCP_TOOLS, text, schema)])
        message = (await gateway.ask(messages=turns, tools=[BASH])).message
        first, second = (request.json["tools"] for request in gateway.tuned.requests)
    assert message.calls == [(name, {"where": "here"})]
    assert [tool["function"]["name"] for tool in first] == ["Bash"]
    assert [tool["function"]["name"] for tool in second] == ["Bash", name]
    assert gateway.tuned.refused == []


async def test_a_call_that_cannot_be_checked_passes_and_is_in_the_log(tmp_path: Path) -> None:
    """The schema of the user's own tool is not valid: the call works as it would without a gateway."""
    odd = {"name": "Odd", "description": "Odd.", "input_schema": {"type": "object", "required": "a"}}
    async with live(tmp_path, tuned=chat_stream(calls=[Call("Odd", {"a": 1})]), strict=False) as gateway:
        with capture_logs() as said:
            message = (await gateway.ask(tools=[odd])).message
    assert message.calls == [("Odd", {"a": 1})]
    found = [each for each in said if each["event"] == "calls pass unchecked"]
    assert found[0]["tools"][0].startswith("Odd: its schema is not a valid schema")


@pytest.mark.parametrize("failure", [chat_error(500, "no"), chat_error(503, "no"), DROPPED, chat_stream("x").cut(40)])
async def test_an_upstream_that_fails_is_asked_again(tmp_path: Path, failure: Answer) -> None:
    """Before anything has left, as often as the card allows; the client sees nothing of it."""
    async with live(tmp_path, tuned=[failure, failure, chat_stream("Here.")]) as gateway:
        got = await gateway.ask()
        rows = await gateway.settled(3)
    assert got.message.text == "Here."
    assert got.marks["profile"] == "finetuned"
    assert [row.arm for row in rows] == ["first", "retry", "retry"]
    assert rows[2].fallback in {"api_error", "overloaded_error", "connection"}


async def test_half_a_body_is_not_told_twice(tmp_path: Path) -> None:
    """A whole answer that broke off as a stream begins anew when it is asked for again; its tokens still count."""
    half = stream(
        chunk({"content": "Half"}, usage={"prompt_tokens": 5, "completion_tokens": 2}), chunk({"content": "!"})
    )
    async with live(tmp_path, tuned=[half.cut(len(half.body)), chat_body("Whole.")]) as gateway:
        got = await gateway.ask(stream=False)
    assert [block["text"] for block in got.json["content"]] == ["Whole."]
    assert got.json["usage"]["input_tokens"] == 812 + 5


async def test_retry_after_is_heeded_within_the_budget(tmp_path: Path) -> None:
    """What fits is waited for; what does not gives way to Claude at once."""
    short, long = (chat_error(429, "slow").with_headers(retry_after=after) for after in ("0", "30"))
    async with live(tmp_path / "a", tuned=[short, chat_stream("Here.")]) as gateway:
        assert (await gateway.ask()).message.text == "Here."
    async with live(tmp_path / "b", tuned=long) as gateway:
        async with asyncio.timeout(2):
            got = await gateway.ask()
        assert len(gateway.tuned.requests) == 1
    assert got.marks["fallback"] == "rate_limit_error: slow"


async def test_the_budget_counts_what_the_tries_take(tmp_path: Path) -> None:
    """An upstream that is silent until its timeout is not asked a second time where that used the budget up."""
    card = {"upstream": {"idle_timeout": 0.3, "retry_budget": 0.2}}
    async with live(tmp_path, tuned=SILENT, tuned_card=card) as gateway:
        got = await gateway.ask()
        rows = await gateway.settled(2)
    assert got.marks["fallback"] == "timeout_error: the upstream of tuned did not answer in time"
    assert (len(gateway.tuned.requests), rows[0].status) == (1, 504)


async def test_an_upstream_that_hangs_in_its_text_gives_way(tmp_path: Path) -> None:
    """Silence after some words: Claude goes on after the card's idle timeout."""
    hangs = chat_stream(["One ", "two."]).hang(400)
    async with live(tmp_path, tuned=hangs, tuned_card={"upstream": {"idle_timeout": 0.2}}) as gateway:
        message = (await gateway.ask()).message
    assert message.text.startswith("One ")
    assert message.text.endswith("ok")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
async def test_what_another_try_would_not_change_is_not_tried(tmp_path: Path, status: int) -> None:
    """A refused request or key falls back at once, and is not held against the upstream."""
    async with live(tmp_path, tuned=chat_error(status, "no")) as gateway:
        for _ in range(IN_A_ROW):
            assert (await gateway.ask()).message.text == "ok"
        assert len(gateway.tuned.requests) == IN_A_ROW
        assert gateway.parts.breaker("tuned").state == "closed"


async def test_the_circuit_opens_and_closes(tmp_path: Path) -> None:
    """After failures in a row the card is left alone; when it has rested, one good answer closes the circuit."""
    later = 0.0
    async with live(tmp_path, tuned=DROPPED, tuned_card={"upstream": {"retries": 0}}) as gateway:
        clock = gateway.parts.clock
        gateway.parts.clock = lambda: clock() + later
        for _ in range(IN_A_ROW):
            await gateway.ask()
        rested = await gateway.ask()
        assert len(gateway.tuned.requests) == IN_A_ROW
        assert rested.marks["fallback"] == "breaker_open: tuned failed repeatedly and rests"
        assert (await gateway.settled(2 * IN_A_ROW + 1))[-1].fallback == "breaker_open"
        gateway.tuned.script = chat_stream("Back.")
        later = REST
        assert (await gateway.ask()).message.text == "Back."
        assert gateway.parts.breaker("tuned").state == "closed"


async def test_an_open_circuit_without_fallback_is_overloaded(tmp_path: Path) -> None:
    """529, which clients know to wait for."""
    card = {"upstream": {"retries": 0}}
    async with live(tmp_path, tuned=DROPPED, tuned_card=card, switch={"fallback": False}) as gateway:
        statuses = [(await gateway.ask()).status for _ in range(IN_A_ROW + 1)]
    assert statuses == [502] * IN_A_ROW + [529]


async def test_the_name_of_the_length_field_is_learned(tmp_path: Path) -> None:
    """An upstream that wants `max_completion_tokens` says so once."""

    def picky(request: Recorded) -> Answer:
        if "max_tokens" in request.json:
            return chat_error(400, "Unsupported parameter: use 'max_completion_tokens' instead")
        return chat_stream("Here.")

    async with live(tmp_path, tuned=picky) as gateway:
        assert [(await gateway.ask()).message.text for _ in range(2)] == ["Here.", "Here."]
        sent = [sorted({"max_tokens", "max_completion_tokens"} & set(r.json)) for r in gateway.tuned.requests]
    assert sent == [["max_tokens"], ["max_completion_tokens"], ["max_completion_tokens"]]


async def test_credentials_go_to_the_card_that_they_belong_to(tmp_path: Path) -> None:
    """The fine-tuned model gets its own key; neither the client's credential nor the gateway's key."""
    async with live(tmp_path) as gateway:
        await gateway.ask()
        sent = gateway.tuned.requests[0]
    assert sent.header("authorization") == f"Bearer {TUNED_KEY}"
    assert not any(CLAUDE_KEY in value or KEY in value for _, value in sent.headers)


async def test_an_upstream_that_does_not_hang_up_keeps_nobody_waiting(tmp_path: Path) -> None:
    """The answer is complete when it says so, not when the connection ends."""
    async with live(tmp_path, tuned=chat_stream("Here.").hang(), tuned_card={"upstream": {"idle_timeout": 3.0}}) as g:
        async with asyncio.timeout(2):
            got = await g.ask()
        rows = await g.settled(1)
    assert (got.message.text, [row.status for row in rows]) == ("Here.", [200])


async def test_a_client_that_leaves_ends_the_upstream(tmp_path: Path) -> None:
    """The connection is closed, the breaker's place is free, the ledger says 499, and no fallback is asked."""
    async with live(tmp_path, tuned=chat_stream(["One ", "two."]).hang(400)) as gateway:
        gateway.parts.breaker("tuned")._since, gateway.parts.breaker("tuned")._trying = -REST, False  # one may try
        await gateway.raw(gateway.post(asked()), until=b"One")
        row = (await gateway.settled(1))[0]
        await asyncio.sleep(0.05)
        assert gateway.parts.breaker("tuned").allow()
    assert (row.status, row.card) == (499, "tuned")
    assert (gateway.tuned.abandoned, gateway.claude.requests) == (1, [])


async def test_a_conversation_may_change_its_profile_at_every_turn(tmp_path: Path) -> None:
    """Thinking and calls of both models, both upstreams strict: nothing is refused, and nothing else is lost."""
    turn = 0

    def think(request: Recorded) -> Answer:
        if request.protocol == "chat":
            return chat_stream(f"t{turn}", [Call("Bash", LS, "call_0")], reasoning="Small thoughts.")
        return messages_stream(f"c{turn}", [Call("Bash", LS, f"toolu_{turn}")], thinking=f"Great thoughts {turn}.")

    turns: list[dict[str, Any]] = [{"role": "user", "content": "Go."}]
    more = {"tools": [BASH], "max_tokens": 4096, "thinking": {"type": "enabled", "budget_tokens": 1024}}
    async with live(tmp_path, tuned=think, claude=think) as gateway:
        for turn in range(8):
            one = {"x-hive-use-finetuned": str(turn % 2)}
            message = assert_sdk_agrees((await gateway.ask(messages=turns, headers=one, **more)).body)
            assert message.kinds == ["thinking", "text", "tool_use"]
            keys = {"thinking": ("thinking", "signature"), "text": ("text",), "tool_use": ("id", "name", "input")}
            blocks = [{k: b[k] for k in ("type", *keys[b["type"]])} for b in message.blocks]
            results = [
                {"type": "tool_result", "tool_use_id": b["id"], "content": "a"}
                for b in blocks
                if b["type"] == "tool_use"
            ]
            turns += [{"role": "assistant", "content": blocks}, {"role": "user", "content": results}]
        assert (gateway.tuned.refused, gateway.claude.refused) == ([], [])
        last = gateway.claude.requests[-1].json["messages"]
        texts = [b["text"] for t in last if t["role"] == "assistant" for b in t["content"] if b["type"] == "text"]
    assert texts == ["c0", "t1", "c2", "t3", "c4", "t5"]


async def test_thinking_of_a_messages_model_comes_back_to_it_as_it_signed_it(tmp_path: Path) -> None:
    """A fine-tuned model behind the Messages API gets its own thinking with its own signature, never Claude's."""
    card = {"protocol": "anthropic-messages", "model": "tuned"}
    async with live(tmp_path, tuned_card=card, claude=messages_stream("c", thinking="Great.")) as gateway:
        gateway.tuned.signer = "small"
        gateway.tuned.script = messages_stream("t", thinking="Small.", signer="small")
        turns: list[dict[str, Any]] = [{"role": "user", "content": "Go."}]
        for use in ("1", "0", "1", "0"):
            message = (await gateway.ask(messages=turns, headers={"x-hive-use-finetuned": use})).message
            blocks = [{k: v for k, v in b.items() if k != "json"} for b in message.blocks]
            turns += [{"role": "assistant", "content": blocks}, {"role": "user", "content": "More."}]
        small = [
            b for t in gateway.tuned.requests[1].json["messages"] for b in t["content"] if t["role"] == "assistant"
        ]
        assert (gateway.tuned.refused, gateway.claude.refused) == ([], [])
    assert [b for b in small if isinstance(b, dict) and b["type"] == "thinking"] == [thinking_block("Small.", "small")]


async def test_a_model_of_the_messages_api_may_call_in_its_text(tmp_path: Path) -> None:
    """With `tools = "none"` its text calls become calls, in the Messages protocol, too."""
    card = {"protocol": "anthropic-messages", "model": "tuned", "prompt": {"system": "Be brief.", "tools": "none"}}
    said = 'Look: <tool_call>{"name": "Bash", "arguments": {"command": "ls"}}</tool_call>'
    async with live(tmp_path, tuned_card=card, tuned=lambda request: reply(request, said)) as gateway:
        message = (await gateway.ask(tools=[BASH])).message
        whole = (await gateway.ask(tools=[BASH], stream=False)).json
    assert (message.text.strip(), message.calls) == ("Look:", [("Bash", LS)])
    assert [block["type"] for block in whole["content"]] == ["text", "tool_use"]


async def test_a_tool_whose_name_the_upstream_refuses_keeps_its_own(tmp_path: Path) -> None:
    """It goes out under a name that the chat API takes, and its calls come back under the client's."""
    name = "mcp__shed__" + "dig" * 30

    def call(request: Recorded) -> Answer:
        return chat_stream(calls=[Call(request.json["tools"][0]["function"]["name"], LS)])

    async with live(tmp_path, tuned=call) as gateway:
        message = (await gateway.ask(tools=[{**BASH, "name": name}])).message
    assert (message.calls, gateway.tuned.refused) == ([(name, LS)], [])


async def test_the_input_is_estimated_until_it_is_counted(tmp_path: Path) -> None:
    """message_start says what is expected; the end says what the upstream counted, and the estimate learns from it."""
    async with live(tmp_path, tuned=chat_stream("x", counts=Counts(40, 1))) as gateway:
        got = await gateway.ask("one two three four five six seven")
        start = got.body[: got.body.index(b"content_block_start")]
        assert got.message.usage["input_tokens"] == 40
        assert b'"input_tokens":0' not in start
        assert gateway.parts.counts.calibration("tuned").expected(10) != 10


async def test_counts_alone_do_not_begin_the_message(tmp_path: Path) -> None:
    """A Messages upstream that is cut behind its message_start has said nothing: it is asked again."""
    card = {"protocol": "anthropic-messages", "model": "tuned"}
    good = messages_stream("Here.")
    cut = good.cut(good.body.index(b"event: ping"))
    async with live(tmp_path, tuned_card=card, tuned=[cut, good]) as gateway:
        got = await gateway.ask()
    assert got.message.text == "Here."
    assert got.message.usage["input_tokens"] == 2 * 812


@pytest.mark.parametrize(
    ("failure", "why"),
    [(Failure("api_error", "", 500), "api_error"), (Failure("api_error", "", 502), "connection"),
     (Failure("api_error", "", 0), "connection"), (Failure("overloaded_error", "", 0), "overloaded_error"),
     (Failure("timeout_error", "", 504), "timeout_error")],
)  # fmt: skip
def test_a_reason_is_one_word(failure: Failure, why: str) -> None:
    """What the upstream named, or that it was lost on the way."""
    assert _why(failure) == why


async def test_arguments_of_a_broken_call_are_told_to_nobody_but_the_model(tmp_path: Path) -> None:
    """Neither the header nor the ledger quotes them."""
    secret = Call("Bash", {"comand": "rm -rf secret-thing"})
    async with live(tmp_path, tuned=chat_stream(calls=[secret])) as gateway:
        got = await gateway.ask(tools=[BASH])
        rows = await gateway.settled(3)
    assert "secret-thing" not in str(got.headers)
    assert "secret-thing" not in str(rows)
