"""The way to an Anthropic upstream: what Claude Code and Claude say to each other passes unchanged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from hive_integration.providers.fake import (
    STREAM,
    Answer,
    Call,
    blocks_stream,
    messages_body,
    messages_error,
    messages_stream,
    redacted,
    stream,
    thinking_block,
)
from hive_integration.providers.fake.messages import event
from tests.conformance import legal
from tests.conformance.expect import equal, short, true
from tests.conformance.requests import BILLING, CACHED, assistant, result, text, use, user
from tests.conformance.scenario import Scenario
from tests.conformance.stage import BASH, READ, TOOLS, Stage, named

BETAS = "context-management-2025-06-27,effort-2025-11-24,some-future-capability-2099-01-01"
CLEAR = {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]}


def _passes(stage: Stage, headers: Mapping[str, str] | None = None, **fields: Any) -> None:
    """The request arrives with the same JSON values as it was sent, the model's name aside."""
    arm = stage.claude_arm()
    stage.claude(messages_stream("done"))
    body = stage.body(arm, **fields)
    stage.message(stage.post(arm, body, headers=headers))
    got = stage.got("messages").json
    for name in body.keys() | got.keys():
        if name != "model":
            equal(got.get(name, "(nothing)"), body.get(name, "(nothing)"), name)


def body_bytes(stage: Stage) -> None:
    arm = stage.claude_arm()
    stage.claude(messages_stream("done"))
    value = stage.body(arm, system=[text("é \u2028 </script>", **CACHED)], tools=TOOLS, temperature=1.0)
    body = json.dumps(value, indent=1, ensure_ascii=False).encode()
    stage.message(stage.post(arm, body))
    true(
        stage.got("messages").body == body,
        f"{len(body)} bytes were sent, {len(stage.got('messages').body)} others arrived",
    )


def conversation(stage: Stage) -> None:
    turn = assistant(text("I look."), use("toolu_01"), use("toolu_02", "Read", file_path="a"))
    answers = stage.user(result([text("one", **CACHED)]), result("two", "toolu_02", is_error=True))
    _passes(stage, messages=[user(text("Go.")), turn, answers], tools=TOOLS, stop_sequences=["END"])


def headers_pass(stage: Stage) -> None:
    headers = {"anthropic-beta": BETAS, "anthropic-version": "2023-06-01"}
    _passes(stage, headers)
    got = stage.got("messages")
    equal({name: got.header(name) for name in headers}, headers, "headers")


def future_header(stage: Stage) -> None:
    _passes(stage, {"anthropic-future-thing": "42"})
    equal(stage.got("messages").header("anthropic-future-thing"), "42", "anthropic-future-thing")


def query_passes(stage: Stage) -> None:
    _passes(stage)
    true(stage.got("messages").path.endswith("/v1/messages"), f"path {stage.got('messages').path}")


def future_field(stage: Stage) -> None:
    stage.strict = False
    _passes(stage, future_field={"a": [1, {"b": None}]})


def context_management(stage: Stage) -> None:
    thinking = {"type": "adaptive", "display": "omitted"}
    _passes(stage, {"anthropic-beta": BETAS}, context_management=CLEAR, thinking=thinking)
    true("context-management-" in stage.got("messages").header("anthropic-beta"), "the paired beta is missing")


def effort(stage: Stage) -> None:
    _passes(stage, {"anthropic-beta": BETAS}, output_config={"effort": "high"}, thinking={"type": "adaptive"})


def tool_fields(stage: Stage) -> None:
    found = result([{"type": "tool_reference", "tool_name": "Read"}])
    messages = [user(text("Go.")), assistant(use(name="Bash")), stage.user(found)]
    tools = [{**BASH, "strict": True, "eager_input_streaming": True}, {**READ, "defer_loading": True}]
    _passes(stage, {"anthropic-beta": BETAS}, messages=messages, tools=tools)


def system_later(stage: Stage) -> None:
    later = {"role": "system", "content": [text("A later rule.", **CACHED)]}
    _passes(stage, messages=[user(text("Hello.")), assistant(text("Hi.")), stage.user(), later])


def attribution(stage: Stage) -> None:
    _passes(stage, system=[text(BILLING.format(nonce="a1b2")), text("The prompt.", **CACHED)])


def thinking_replay(stage: Stage) -> None:
    turn = assistant(thinking_block("I should look."), redacted(), text("I look."), use())
    messages = [user(text("Go.")), turn, stage.user(result("seen"))]
    _passes(stage, messages=messages, tools=TOOLS, thinking={"type": "adaptive"})


def empty_thinking(stage: Stage) -> None:
    turn = assistant(thinking_block(""), text("I look."), use())
    messages = [user(text("Go.")), turn, stage.user(result("seen"))]
    _passes(stage, messages=messages, tools=TOOLS, thinking={"type": "adaptive", "display": "omitted"})


def cache_control(stage: Stage) -> None:
    hour = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
    turn = assistant(thinking_block("hm"), text("I look.", **CACHED), use())
    _passes(
        stage,
        system=[text("Rules.", **hour)],
        messages=[user(text("Go.")), turn, stage.user({**result("seen"), **CACHED})],
        tools=[BASH, {**READ, **hour}],
        thinking={"type": "adaptive"},
    )


def images(stage: Stage) -> None:
    from tests.conformance.requests import IMAGE

    _passes(stage, messages=[user(IMAGE), assistant(use()), stage.user(result([text("Here:"), IMAGE]))], tools=TOOLS)


def server_tool_declared(stage: Stage) -> None:
    _passes(stage, tools=[BASH, {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}])


def _stream_passes(stage: Stage, answer: Answer, **fields: Any) -> bool:
    """The client gets the upstream's events; true where it gets its bytes. The model's name may be the client's."""
    stage.claude(answer)
    got = stage.ask_claude(**fields)
    true(not got.broken and got.status == 200, f"status {got.status} {got.broken}")
    sent = named(answer, str(stage.got("messages").json.get("model"))).body
    pairs = zip_longest(_events(got.body), _events(sent))
    different = next((pair for pair in pairs if pair[0] != pair[1]), None)
    true(different is None, f"event {short(different and different[0])}, expected {short(different and different[1])}")
    return got.body == sent


def _events(body: bytes) -> list[dict[str, Any]]:
    found = [dict(event.data) for event in legal.events(body)[0]]
    for each in found:
        if "message" in each:
            each["message"] = {**each["message"], "model": ""}
    return found


def stream_events(stage: Stage) -> None:
    _stream_passes(
        stage,
        messages_stream("Hello é 日本.", [Call("Bash", {"command": "ls"}, "toolu_01")], thinking="hm"),
        tools=TOOLS,
    )


def stream_bytes(stage: Stage) -> None:
    true(_stream_passes(stage, messages_stream("Hello é 日本.")), "the events are the same, the bytes are not")


def stream_future(stage: Stage) -> None:
    parts = messages_stream("Hello.").pieces
    future = event({"type": "future_event", "data": {"a": 1}})
    block = {"type": "content_block_start", "index": 1, "content_block": {"type": "future_block", "x": 1}}
    delta = {"type": "content_block_delta", "index": 1, "delta": {"type": "future_delta", "x": 2}}
    new = [future, event(block), event(delta), event({"type": "content_block_stop", "index": 1})]
    _stream_passes(stage, stream(*parts[:-2], *new, *parts[-2:]))


def stream_server_tool(stage: Stage) -> None:
    query = {"type": "server_tool_use", "id": "srvtoolu_01", "name": "web_search", "input": {"query": "ships"}}
    hit = {
        "type": "web_search_result",
        "title": "Ships",
        "url": "https://example.org",
        "encrypted_content": "AA",
        "page_age": None,
    }
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_01", "content": [hit]}
    blocks = [text("I search."), query, found, text("Found.")]
    _stream_passes(
        stage, blocks_stream(blocks, stop="end_turn"), tools=[{"type": "web_search_20250305", "name": "web_search"}]
    )


def stream_flows(stage: Stage) -> None:
    parts = messages_stream("first last").pieces
    stage.claude(stream(*parts[:5], 3.0, *parts[5:]))
    got = stage.ask_claude()
    stage.message(got)
    at = next((at for at, piece in got.pieces if b"text_delta" in piece), 99)
    true(at < 2, f"the first words came after {at:.1f} s, the upstream had sent them at once")


def stream_error(stage: Stage) -> None:
    error = event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
    stage.claude(stream(*messages_stream("Hello.").pieces[:4], error))
    told = stage.ask_claude().told()
    true(told.error is not None, f"the error did not arrive; {told.problems}")
    equal((told.error or {}).get("error"), {"type": "overloaded_error", "message": "Overloaded"}, "error")


def whole_body(stage: Stage) -> None:
    answer = messages_body("Hello é.", [Call("Bash", {"command": "ls"}, "toolu_01")], thinking="hm")
    stage.claude(answer)
    got = stage.ask_claude(stream=None, tools=TOOLS)
    stage.message(got)
    equal({**got.json, "model": ""}, {**json.loads(answer.body), "model": ""}, "body")


def _error_passes(stage: Stage, answer: Answer) -> None:
    for streamed in (True, None):
        stage.claude(answer)
        got = stage.ask_claude(stream=streamed)
        equal(got.status, answer.status, "status")
        equal(got.body, answer.body, "body")
        for name in ("retry-after", "request-id"):
            if name in answer.headers:
                equal(got.headers.get(name), answer.headers[name], name)


def error_signature(stage: Stage) -> None:
    message = "messages.1.content.0: Invalid `signature` in `thinking` block"
    spaced = json.dumps(
        {"type": "error", "error": {"type": "invalid_request_error", "message": message}, "request_id": "req_1"},
        indent=2,
    )
    _error_passes(stage, Answer((spaced.encode(),), 400, {"content-type": "application/json"}))


def error_extra_inputs(stage: Stage) -> None:
    _error_passes(
        stage, messages_error(400, "invalid_request_error", "context_management: Extra inputs are not permitted")
    )


def error_429(stage: Stage) -> None:
    _error_passes(
        stage, messages_error(429, "rate_limit_error", "This would exceed your limit").with_headers(retry_after="11")
    )


def error_529(stage: Stage) -> None:
    _error_passes(stage, messages_error(529, "overloaded_error", "Overloaded"))


def not_as_sse(stage: Stage) -> None:
    """An upstream may answer a stream request with an error as JSON: its type must stay."""
    stage.claude(
        Answer(
            (b'{"type":"error","error":{"type":"api_error","message":"x"}}',), 500, {"content-type": "application/json"}
        )
    )
    got = stage.ask_claude()
    equal(got.status, 500, "status")
    true(
        not got.streamed and STREAM["content-type"] not in got.headers.get("content-type", ""),
        "it calls itself a stream",
    )


PAGE, OPEN, BLOCK = "Feature pass-through", "Forward as open lists", "System prompt attribution block"
RETRY, STARTUP = "Automatic retry and error forwarding", "Optional endpoints and startup traffic"
SCENARIOS = (
    Scenario(
        "claude-conversation", "a conversation with tools arrives with the same values", conversation, (31,), OPEN
    ),
    Scenario("claude-body-bytes", "a body arrives byte by byte as it was sent", body_bytes, (31,), "Forward unchanged"),
    Scenario(
        "claude-headers",
        "anthropic-version and anthropic-beta arrive word by word",
        headers_pass,
        (32, 33),
        "Request headers",
    ),
    Scenario("claude-future-header", "an unknown anthropic-* header arrives", future_header, (), OPEN),
    Scenario("claude-path", "the upstream's path is /v1/messages, whatever the query", query_passes, (), STARTUP),
    Scenario("claude-future-field", "an unknown field arrives", future_field, (), OPEN),
    Scenario(
        "claude-context-management",
        "context_management arrives together with its beta",
        context_management,
        (32, 33),
        PAGE,
    ),
    Scenario("claude-effort", "output_config and adaptive thinking arrive", effort, (39,), PAGE),
    Scenario("claude-tool-fields", "strict, defer_loading and tool_reference arrive", tool_fields, (33,), PAGE),
    Scenario(
        "claude-system-later", "system messages in mid-conversation arrive where they stood", system_later, (), RETRY
    ),
    Scenario("claude-attribution", "the attribution block arrives unchanged", attribution, (34,), BLOCK),
    Scenario("claude-thinking", "signed and redacted thinking arrive unchanged", thinking_replay, (28, 29, 31), RETRY),
    Scenario("claude-thinking-empty", "so does signed thinking whose text was omitted", empty_thinking, (29,), RETRY),
    Scenario(
        "claude-cache-control", "cache_control stays where it stood, and nowhere else", cache_control, (30,), PAGE
    ),
    Scenario("claude-images", "images arrive, in tool results too", images, (41,), OPEN),
    Scenario("claude-server-tool", "server tools arrive as declared", server_tool_declared, (42,), OPEN),
    Scenario("claude-stream", "the client gets the upstream's events, values and order", stream_events, (9, 10), OPEN),
    Scenario("claude-stream-bytes", "the client gets the upstream's bytes", stream_bytes, (), "Forward unchanged"),
    Scenario("claude-stream-future", "unknown events, blocks and deltas arrive", stream_future, (9,), OPEN),
    Scenario(
        "claude-stream-server-tool", "blocks of server tools keep their places", stream_server_tool, (9, 42), OPEN
    ),
    Scenario(
        "claude-stream-flows",
        "the first words arrive while the upstream is still speaking",
        stream_flows,
        (44,),
        "Streaming",
    ),
    Scenario("claude-stream-error", "an error in mid-stream arrives", stream_error, (43,), RETRY, "faults"),
    Scenario("claude-whole", "an answer that is not streamed arrives with the same values", whole_body, (), OPEN),
    Scenario(
        "claude-error-signature",
        "the error body of a bad signature arrives byte by byte",
        error_signature,
        (25, 28),
        RETRY,
    ),
    Scenario("claude-error-inputs", "that of a refused field, too", error_extra_inputs, (32,), RETRY),
    Scenario("claude-error-429", "429 arrives with body and retry-after", error_429, (43,), RETRY, "faults"),
    Scenario("claude-error-529", "529 arrives with its body", error_529, (43,), RETRY, "faults"),
    Scenario("claude-error-json", "an error to a stream request stays an error", not_as_sse, (47,), RETRY, "faults"),
)
