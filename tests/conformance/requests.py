"""What reaches the chat upstream: everything that the client said, in a form that a strict upstream takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hive_integration.providers.fake import chat_stream, thinking_block
from tests.conformance.expect import NotApplicable, equal, holds, true
from tests.conformance.scenario import Scenario
from tests.conformance.stage import BASH, READ, TOOLS, Stage, words_of

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
CACHED = {"cache_control": {"type": "ephemeral"}}
BILLING = "x-anthropic-billing-header: cc_version=2.1.100.{nonce}; cc_entrypoint=cli; cch={nonce};"


def text(words: str, **more: Any) -> dict[str, Any]:
    """A text block."""
    return {"type": "text", "text": words, **more}


def use(call_id: str = "toolu_01", name: str = "Bash", **arguments: Any) -> dict[str, Any]:
    """A tool_use block."""
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments or {"command": "ls"}}


def result(content: Any, call_id: str = "toolu_01", **more: Any) -> dict[str, Any]:
    """A tool_result block."""
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, **more}


def assistant(*blocks: Mapping[str, Any]) -> dict[str, Any]:
    """The assistant's message."""
    return {"role": "assistant", "content": list(blocks)}


def user(*blocks: Mapping[str, Any]) -> dict[str, Any]:
    """A user's message."""
    return {"role": "user", "content": list(blocks)}


def sent(stage: Stage, **fields: Any) -> dict[str, Any]:
    """Ask, check that all went well, and give back what the chat upstream got."""
    stage.chat(chat_stream("done"))
    stage.message(stage.ask(**fields))
    return stage.got().json


def _images(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    parts = [part for each in messages if isinstance(each.get("content"), list) for part in each["content"]]
    return [part["image_url"]["url"] for part in parts if part.get("type") == "image_url"]


def _everything(asked: Mapping[str, Any]) -> str:
    return "\n".join(map(words_of, asked["messages"]))


def system_blocks(stage: Stage) -> None:
    asked = sent(stage, system=[text("First rule.", **CACHED), text("Second rule.", **CACHED)])
    heads = [words_of(each) for each in asked["messages"] if each["role"] in {"system", "developer"}]
    holds("".join(heads), "First rule.", "system")
    true("".join(heads).find("First") < "".join(heads).find("Second rule."), f"system: {heads}")


def system_later(stage: Stage) -> None:
    later = {"role": "system", "content": [text("A later rule.", **CACHED)]}
    asked = sent(stage, messages=[user(text("Hello.")), assistant(text("Hi.")), stage.user(), later])
    holds(_everything(asked), "A later rule.", "messages")


def tools(stage: Stage) -> None:
    asked = sent(stage, tools=[{**BASH, **CACHED}, READ])
    declared = {tool["function"]["name"]: tool["function"].get("parameters", {}) for tool in asked["tools"]}
    equal(list(declared), ["Bash", "Read"], "tools")
    equal(declared["Bash"].get("required"), ["command"], "required")
    equal(declared["Bash"]["properties"]["command"].get("type"), "string", "type of command")


def schema_format(stage: Stage) -> None:
    properties = {
        "url": {"type": "string", "format": "uri"},
        "many": {"type": "array", "items": {"type": "string", "format": "regex"}},
        "count": {"type": "integer", "format": "int64"},
    }
    asked = sent(stage, tools=[{**BASH, "input_schema": {"type": "object", "properties": properties}}])
    found = asked["tools"][0]["function"]["parameters"]["properties"]
    equal([found[name]["type"] for name in properties], ["string", "array", "integer"], "types")


def schema_root(stage: Stage) -> None:
    one, other = ({"properties": {name: {"type": "string"}}, "required": [name]} for name in ("id", "path"))
    union = {"type": "object", "properties": {}, "anyOf": [one, other]}
    sent(stage, tools=[{**BASH, "input_schema": union}, READ])


def schema_bare(stage: Stage) -> None:
    sent(stage, tools=[{"name": "Bare", "input_schema": {"type": "object"}}, READ])


def image(stage: Stage) -> None:
    asked = sent(stage, messages=[stage.user(IMAGE)])
    equal(_images(asked["messages"]), [f"data:image/png;base64,{PIXEL}"], "images")


def image_in_result(stage: Stage) -> None:
    messages = [user(text("Look.")), assistant(use()), stage.user(result([text("Here:"), IMAGE]))]
    asked = sent(stage, messages=messages, tools=TOOLS)
    equal(_images(asked["messages"]), [f"data:image/png;base64,{PIXEL}"], "images")
    holds(_everything(asked), "Here:", "messages")


def document(stage: Stage) -> None:
    source = {"type": "text", "media_type": "text/plain", "data": "The document's words."}
    asked = sent(stage, messages=[stage.user({"type": "document", "source": source, "title": "Notes"})])
    true("The document's words." in json.dumps(asked), "the document did not reach the upstream")


def parallel_results(stage: Stage) -> None:
    calls = assistant(text("Both."), use("toolu_01"), use("toolu_02", "Read", file_path="a"))
    answers = stage.user(result("one", "toolu_01"), result("two", "toolu_02"), text="And now?")
    asked = sent(stage, messages=[user(text("Go.")), calls, answers], tools=TOOLS)
    results = [words_of(each) for each in asked["messages"] if each["role"] == "tool"]
    equal(results, ["one", "two"], "tool messages")
    holds(_everything(asked), "And now?", "messages")
    made = [call for each in asked["messages"] for call in each.get("tool_calls") or []]
    equal(
        [json.loads(call["function"]["arguments"]) for call in made], [{"command": "ls"}, {"file_path": "a"}], "calls"
    )


def failed_result(stage: Stage) -> None:
    messages = [user(text("Go.")), assistant(use()), stage.user(result("No such file.", is_error=True))]
    asked = sent(stage, messages=messages, tools=TOOLS)
    holds(_everything(asked), "No such file.", "messages")


def result_blocks(stage: Stage) -> None:
    content = [text("part one", **CACHED), text("part two")]
    asked = sent(stage, messages=[user(text("Go.")), assistant(use()), stage.user(result(content))], tools=TOOLS)
    for part in ("part one", "part two"):
        holds(_everything(asked), part, "messages")


def empty_result(stage: Stage) -> None:
    bare = {"type": "tool_result", "tool_use_id": "toolu_01"}
    messages = [
        user(text("Go.")),
        assistant(use()),
        user(bare),
        assistant(use("toolu_02")),
        stage.user(result("", "toolu_02")),
    ]
    sent(stage, messages=messages, tools=TOOLS)


def _repaired_or_refused(stage: Stage, messages: Sequence[Mapping[str, Any]], kept: str) -> None:
    stage.chat(chat_stream("done"))
    answer = stage.ask(messages=messages, tools=TOOLS)
    if answer.status == 400 and not stage.refused:
        equal(answer.json.get("error", {}).get("type"), "invalid_request_error", "error type")
        return
    stage.message(answer)
    holds(_everything(stage.got().json), kept, "messages")


def orphan_result(stage: Stage) -> None:
    messages = [user(text("Go.")), assistant(text("Hm.")), stage.user(result("kept words", "toolu_99"))]
    _repaired_or_refused(stage, messages, "kept words")


def orphan_call(stage: Stage) -> None:
    _repaired_or_refused(
        stage, [user(text("Go.")), assistant(text("I try."), use()), stage.user(text="Stop that.")], "Stop that."
    )


def long_ids(stage: Stage) -> None:
    ids = [f"toolu_{letter * 58}" for letter in "ab"]
    calls = assistant(*(use(each) for each in ids))
    answers = stage.user(*(result(f"of {each[-1]}", each) for each in ids))
    asked = sent(stage, messages=[user(text("Go.")), calls, answers], tools=TOOLS)
    made = [call["id"] for each in asked["messages"] for call in each.get("tool_calls") or []]
    answered = [each["tool_call_id"] for each in asked["messages"] if each["role"] == "tool"]
    equal(answered, made, "ids of the answers")


def max_tokens(stage: Stage) -> None:
    asked = sent(stage, max_tokens=1234)
    equal(asked.get("max_tokens", asked.get("max_completion_tokens")), 1234, "max_tokens")


def o_series(stage: Stage) -> None:
    arm = stage.gateway.o_series
    if arm is None:
        raise NotApplicable("no such model was configured")
    stage.chat(chat_stream("done"))
    stage.message(stage.post(arm, stage.body(arm, max_tokens=1234)))
    equal(stage.got().json.get("max_completion_tokens"), 1234, "max_completion_tokens")


def stop_sequences(stage: Stage) -> None:
    asked = sent(stage, stop_sequences=["END", "STOP"])
    equal(asked.get("stop"), ["END", "STOP"], "stop")


def many_stop_sequences(stage: Stage) -> None:
    stage.chat(chat_stream("done"))
    stage.message(stage.ask(stop_sequences=[f"S{i}" for i in range(6)]))


def tool_choice(stage: Stage) -> None:
    asked = sent(stage, tools=TOOLS, tool_choice={"type": "any", "disable_parallel_tool_use": True})
    equal(asked.get("tool_choice"), "required", "tool_choice")
    equal(asked.get("parallel_tool_calls"), False, "parallel_tool_calls")
    asked = sent(stage, tools=TOOLS, tool_choice={"type": "tool", "name": "Read"})
    equal(asked.get("tool_choice"), {"type": "function", "function": {"name": "Read"}}, "tool_choice")


def tool_choice_none(stage: Stage) -> None:
    asked = sent(stage, tools=TOOLS, tool_choice={"type": "none"})
    true(asked.get("tool_choice") == "none" or "tools" not in asked, f"tool_choice is {asked.get('tool_choice')!r}")


def sampling(stage: Stage) -> None:
    asked = sent(stage, temperature=0.3, top_p=0.9, top_k=40)
    equal((asked.get("temperature"), asked.get("top_p")), (0.3, 0.9), "temperature and top_p")


def thinking_history(stage: Stage) -> None:
    turn = assistant(thinking_block("secret thoughts"), text("I look."), use())
    asked = sent(stage, messages=[user(text("Go.")), turn, stage.user(result("seen"))], tools=TOOLS)
    holds(_everything(asked), "I look.", "messages")


def redacted_history(stage: Stage) -> None:
    turn = assistant({"type": "redacted_thinking", "data": "AAAA"}, text("I look."))
    holds(_everything(sent(stage, messages=[user(text("Go.")), turn, stage.user()])), "I look.", "messages")


def client_fields(stage: Stage) -> None:
    sent(
        stage,
        tools=TOOLS,
        thinking={"type": "adaptive", "display": "omitted"},
        context_management={"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        output_config={"effort": "high"},
        headers={"anthropic-beta": "context-management-2025-06-27,effort-2025-11-24,future-2099-01-01"},
    )


def user_id(stage: Stage) -> None:
    identity = {"device_id": "d" * 64, "account_uuid": "", "session_id": "0f6b2a7e-6f0e-4a2e-9d3b-000000000000"}
    sent(stage, metadata={"user_id": json.dumps(identity)})


def thinking_budget(stage: Stage) -> None:
    sent(stage, thinking={"type": "enabled", "budget_tokens": 2000})


def deferred_tools(stage: Stage) -> None:
    found = result([{"type": "tool_reference", "tool_name": "Read"}], "toolu_01")
    search = {"name": "ToolSearch", "description": "Finds tools.", "input_schema": BASH["input_schema"]}
    messages = [user(text("Go.")), assistant(use(name="ToolSearch", command="read")), stage.user(found)]
    asked = sent(stage, messages=messages, tools=[search, {**READ, "defer_loading": True}])
    names = [tool["function"]["name"] for tool in asked["tools"]]
    true("Read" in names, f"the tool that was found is not declared; declared are {names}")


def server_tool(stage: Stage) -> None:
    stage.chat(chat_stream("done"))
    answer = stage.ask(tools=[BASH, {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}])
    if answer.status == 400 and not stage.refused:
        return
    stage.message(answer)


def attribution(stage: Stage) -> None:
    heads = []
    for nonce in ("a1b2", "c3d4"):
        asked = sent(stage, system=[text(BILLING.format(nonce=nonce)), text("The long prompt.")])
        heads.append([each for each in asked["messages"] if each["role"] in {"system", "developer"}])
    equal(heads[1], heads[0], "system with another attribution block")


def stable_prefix(stage: Stage) -> None:
    history = [
        stage.user(text="One."),
        assistant(thinking_block("hm"), text("I look."), use()),
        stage.user(result("seen"), text="Two."),
    ]
    system = [text("Rules.", **CACHED)]
    first = sent(stage, system=system, messages=history[:1], tools=TOOLS)
    second = sent(stage, system=system, messages=history, tools=TOOLS)
    equal(second["messages"][: len(first["messages"])], first["messages"], "the beginning of the second turn")
    equal(second["tools"], first["tools"], "tools of the second turn")


def empty_text(stage: Stage) -> None:
    sent(stage, messages=[user(text("Go.")), assistant(text(""), use()), stage.user(result("seen"))], tools=TOOLS)


def agent_headers(stage: Stage) -> None:
    headers = {"x-claude-code-session-id": "s1", "x-claude-code-agent-id": "a1", "x-claude-code-future": "1"}
    stage.chat(chat_stream("done"))
    stage.message(stage.ask(headers=headers))
    stage.got()


def large_body(stage: Stage) -> None:
    line = "All work and no play makes a long tool result. " * 20 + "\n"
    large = line * (8_000_000 // len(line)) + "END"
    messages = [user(text("Go.")), assistant(use()), stage.user(result(large))]
    stage.chat(chat_stream("done"))
    stage.message(stage.ask(messages=messages, tools=TOOLS, within=60))
    true(any(words_of(each).endswith("END") for each in stage.got().json["messages"]), "the body did not arrive whole")


def many_tools(stage: Stage) -> None:
    names = [f"mcp__server__tool_{i}" for i in range(120)]
    asked = sent(stage, tools=[{**BASH, "name": name} for name in names])
    equal([tool["function"]["name"] for tool in asked["tools"]], names, "tools")


PAGE, OPEN, MESSAGES = "Feature pass-through", "Forward as open lists", "Messages API"
SCENARIOS = (
    Scenario("ask-system-blocks", "all system blocks reach the upstream in order", system_blocks, (30,), MESSAGES),
    Scenario(
        "ask-system-later", "system messages in mid-conversation are not lost", system_later, (), "Automatic retry"
    ),
    Scenario("ask-tools", "tools arrive with names, types and required fields", tools, (36, 37)),
    Scenario(
        "ask-schema-format", "a format that the upstream refuses is taken out, the type stays", schema_format, (35,)
    ),
    Scenario("ask-schema-root", "a union at a schema's root is made acceptable", schema_root, (36,)),
    Scenario("ask-schema-bare", "a schema without properties is made acceptable", schema_bare, (37,)),
    Scenario("ask-image", "an image arrives as an image", image, (41,)),
    Scenario("ask-image-in-result", "an image in a tool result arrives as an image", image_in_result, (41,)),
    Scenario("ask-document", "a text document arrives", document, (41,), MESSAGES),
    Scenario(
        "ask-parallel-results", "results follow their calls, words beside them are kept", parallel_results, (15, 40)
    ),
    Scenario("ask-failed-result", "what a failed tool said arrives", failed_result, (), MESSAGES),
    Scenario("ask-result-blocks", "all blocks of a tool result arrive", result_blocks, (41,), MESSAGES),
    Scenario("ask-empty-result", "a tool result without content is accepted", empty_result, (40,)),
    Scenario(
        "ask-orphan-result", "a result without its call is kept as words, or refused with 400", orphan_result, (40,)
    ),
    Scenario("ask-orphan-call", "a call without its result is repaired, or refused with 400", orphan_call, (40,)),
    Scenario("ask-long-ids", "ids over 40 characters are shortened, call and answer alike", long_ids, (40,)),
    Scenario("ask-max-tokens", "max_tokens arrives", max_tokens, (38,)),
    Scenario("ask-o-series", "a model that wants max_completion_tokens gets that", o_series, (38,)),
    Scenario("ask-stop", "stop_sequences arrive as stop", stop_sequences, (), MESSAGES),
    Scenario("ask-stop-many", "more than four stop_sequences do not fail", many_stop_sequences, (), MESSAGES),
    Scenario("ask-tool-choice", "tool_choice any and tool, and no parallel use, arrive", tool_choice, (), MESSAGES),
    Scenario("ask-tool-choice-none", "tool_choice none forbids tools", tool_choice_none, (), MESSAGES),
    Scenario("ask-sampling", "temperature and top_p arrive, top_k does not fail", sampling, (), MESSAGES),
    Scenario("ask-thinking-history", "signed thinking of earlier turns does no harm", thinking_history, (26, 28)),
    Scenario("ask-redacted-history", "redacted thinking of earlier turns does no harm", redacted_history, (26,)),
    Scenario("ask-client-fields", "fields and betas of the real client do no harm", client_fields, (32, 33, 39), PAGE),
    Scenario("ask-user-id", "the client's long user_id is not refused upstream", user_id, (), "maximhq/bifrost#1000"),
    Scenario("ask-thinking-budget", "thinking with a budget does no harm", thinking_budget, (31, 39)),
    Scenario("ask-deferred-tools", "a deferred tool that was found is declared", deferred_tools, (33,), PAGE),
    Scenario(
        "ask-server-tool", "web_search is served, dropped or refused with 400, never sent wrongly", server_tool, (42,)
    ),
    Scenario("ask-attribution", "the attribution block does not change the upstream's prefix", attribution, (34,)),
    Scenario("ask-stable-prefix", "the second turn begins with the bytes of the first", stable_prefix, (34,)),
    Scenario("ask-empty-text", "an empty text block beside a call does no harm", empty_text, (40,)),
    Scenario("ask-agent-headers", "a subagent's request goes to the configured model", agent_headers, (46,), OPEN),
    Scenario("ask-large-body", "a body of 8 MB arrives whole", large_body, (), "Messages API, limit 32 MB"),
    Scenario("ask-many-tools", "120 tools arrive in order", many_tools, (37,)),
)
