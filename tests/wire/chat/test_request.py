"""Facts about a Messages request as a chat request."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.errors import HiveError
from hive_integration.wire.chat.names import chat_name
from hive_integration.wire.chat.request import ChatOptions, render_chat
from hive_integration.wire.messages import decode_messages
from tests.wire.asked import PNG, asked, assistant, call, chat, result, text, tool, user

BILLING = text("x-anthropic-billing-header: cc_version=1; cch=abc;")
MODES = ("full", "slim", "names", "none")


def test_the_body_has_what_was_asked_and_messages_last() -> None:
    """Under the names of the chat API, capped by the card."""
    body = chat(asked(user("x"), max_tokens=9000), max_tokens_field="max_completion_tokens", max_output_tokens=500)
    assert list(body.items()) == [
        ("model", "m"),
        ("stream", True),
        ("stream_options", {"include_usage": True}),
        ("max_completion_tokens", 500),
        ("messages", [user("x")]),
    ]
    assert set(chat(asked(user("x")), stream=False)) == {"model", "stream", "max_tokens", "messages"}
    assert "stream_options" not in chat(asked(user("x")), stream_usage=False)


def test_the_system_is_one_message_with_the_minimal_prompt_first() -> None:
    """Bookkeeping of Anthropic's and `cache_control` are left out; a system message in mid-conversation stays there."""
    late = {"role": "system", "content": [text("late", cache_control={"type": "ephemeral"})]}
    request = asked(user("x"), late, system=[BILLING, text("one", cache_control={"type": "ephemeral"}), text("two")])
    assert chat(request, system="Be short.")["messages"] == [
        {"role": "system", "content": "Be short.\n\none\n\ntwo"},
        user("x"),
        {"role": "system", "content": "late"},
    ]
    assert chat(asked(user("x"), system=[BILLING]))["messages"] == [user("x")]
    assert chat(request, late_system="user")["messages"][-1] == user("<system-reminder>\nlate\n</system-reminder>")


def test_tools_are_declared_in_their_modes() -> None:
    """Those that are known as the card says, deferred ones only once they were brought up, server tools not at all."""
    tools = [tool("a"), tool("b"), tool("c", defer_loading=True), {"type": "web_search_20250305", "name": "web_search"}]
    request = asked(user("x"), tools=tools)
    sent = chat(request, known=frozenset({"a"}), declared="names")["tools"]
    assert [each["function"]["name"] for each in sent] == ["a", "b"]
    assert [set(each["function"]) for each in sent] == [{"name", "parameters"}, {"name", "description", "parameters"}]
    searched = assistant(call("i", "ToolSearch")), user(result("i", [{"type": "tool_reference", "tool_name": "c"}]))
    body = chat(asked(user("x"), *searched, tools=tools))
    assert [each["function"]["name"] for each in body["tools"]] == ["a", "b", "c"]
    assert body["messages"][-1] == {"role": "tool", "tool_call_id": "i", "content": "The tool c is now available."}


def test_a_name_that_is_too_long_is_the_same_everywhere() -> None:
    """In the declaration, in the call, and where it is forced."""
    long = "mcp__server__" + "x" * 70
    request = asked(
        user("x"), assistant(call("i", long)), user(result("i")), tools=[tool(long)],
        tool_choice={"type": "tool", "name": long},
    )  # fmt: skip
    body = chat(request)
    names = [
        body["tools"][0]["function"]["name"],
        body["messages"][1]["tool_calls"][0]["function"]["name"],
        body["tool_choice"]["function"]["name"],
    ]
    assert names == [chat_name(long)] * 3


def test_without_declared_tools_calls_come_as_text() -> None:
    """No tools field; what is not known stands in the system text, history and a forced call in words."""
    request = asked(
        user("x"), assistant(call("i", "b", a="1")), user(result("i", [PNG, text("done")])),
        tools=[tool("a"), tool("b")], system="s", tool_choice={"type": "any"},
    )  # fmt: skip
    body = chat(request, known=frozenset({"a"}), declared="none")
    system, first, called, answered, wish = body["messages"]
    assert not {"tools", "tool_choice"} & set(body)
    assert system["content"].startswith("s\n\nYou can call these tools")
    assert ('"name":"b"' in system["content"], '"name":"a"' in system["content"]) == (True, False)
    assert first == user("x")
    assert called == assistant('<tool_call>{"name":"b","arguments":{"a":"1"}}</tool_call>')
    assert answered["content"][0] == text('<tool_result name="b">\ndone\n</tool_result>')
    assert answered["content"][1]["type"] == "image_url"
    assert wish == {"role": "system", "content": "Answer with a call of one of the tools."}
    assert chat(request, known=frozenset({"a", "b"}), declared="none")["messages"][0]["content"] == "s"


def test_a_value_that_json_cannot_hold_is_refused() -> None:
    """A number out of range in a tool's extras: one line, no traceback."""
    request = decode_messages(b'{"messages":[],"tools":[{"name":"a","input_examples":[1e999]}]}')
    with pytest.raises(HiveError, match="a value of the request cannot be passed on"):
        render_chat(request, ChatOptions("m"))


TURNS = [
    user(text("one"), PNG),
    {"role": "system", "content": "rules"},
    assistant({"type": "thinking", "thinking": "t", "signature": "s"}, text("two"), call("a", "Bash", x=1), call("b")),
    user(result("a", [text("r"), PNG]), result("b"), text("three")),
    assistant(call("c", "ToolSearch")),
    user(result("c")),
    assistant("four"),
    user(result("gone", "old")),
]


@pytest.mark.parametrize("mode", MODES)
def test_a_prefix_of_a_conversation_is_a_prefix_of_the_bytes(mode: Any) -> None:
    """From turn to turn nothing that was sent changes, so that an upstream's prefix cache holds."""

    def sent(count: int) -> bytes:
        request = asked(*TURNS[:count], system=[BILLING, text("s")], tools=[tool("a"), tool("b")])
        return render_chat(request, ChatOptions("m", "Be short.", frozenset({"a"}), mode))

    whole = sent(len(TURNS))
    for count in (1, 2, 4, 6, 7):
        assert whole.startswith(sent(count).removesuffix(b"]}"))


# Nothing is lost: each text of a request stands in the body, or the request is refused.

_words = st.just("word")
_text = st.builds(text, _words)
_inner = st.lists(_text | st.just(PNG) | st.builds(lambda w: {"type": "tool_reference", "tool_name": w}, _words))
_ids = st.sampled_from(["a", "b", "c" * 50, "d d"])
_odd = st.builds(lambda w: {"type": "search_result", "content": [text(w)]}, _words)
_document = st.builds(
    lambda w, t: {"type": "document", "title": t, "source": {"type": "text", "data": w}}, _words, _words
)
_asked = st.lists(
    _text | _text | st.just(PNG) | _document | st.builds(result, _ids, _words | _inner | st.none())
    | st.builds(lambda i, w: result(i, w, is_error=True), _ids, _words),
    max_size=4,
)  # fmt: skip
_answered = st.lists(_text | st.builds(lambda i, w: call(i, "Bash", command=w), _ids, _words), max_size=4)
_turn = st.one_of(
    st.builds(lambda blocks: user(*blocks), _asked),
    st.builds(lambda blocks: assistant(*blocks), _answered),
    st.builds(user, _words),
    st.builds(lambda w: {"role": "system", "content": w}, _words),
    st.builds(user, _odd),
)


def _numbered(value: Any, words: list[str]) -> Any:
    """The value with each `word` made one of its own; they are added to `words`."""
    if value == "word":
        words.append(f"word{len(words)}x")
        return words[-1]
    if isinstance(value, dict):
        return {name: _numbered(each, words) for name, each in value.items()}
    return [_numbered(each, words) for each in value] if isinstance(value, list) else value


@settings(max_examples=150, deadline=None)
@given(st.lists(_turn, max_size=6), st.lists(_text, max_size=2), st.sampled_from(MODES))
def test_no_word_is_lost(turns: list[Any], system: list[Any], mode: Any) -> None:
    """Whatever the order of calls and results: every text is in the body, or an error says what cannot be passed on."""
    words: list[str] = []
    request = asked(*_numbered(turns, words), system=_numbered(system, words), tools=[tool("a")])
    if "search_result" in str(turns):
        with pytest.raises(HiveError, match="'search_result' cannot be given to an openai-chat model"):
            render_chat(request, ChatOptions("m", declared=mode))
        return
    body = render_chat(request, ChatOptions("m", declared=mode))
    assert [word for word in words if word.encode() not in body] == []
    _assert_legal(msgspec.json.decode(body)["messages"])


def _assert_legal(messages: list[Any]) -> None:
    """Each call is answered right behind its message, once; no tool message stands anywhere else."""
    waiting: list[str] = []
    for message in messages:
        if message["role"] == "tool":
            waiting.remove(message["tool_call_id"])
        else:
            assert waiting == []
        waiting += [each["id"] for each in message.get("tool_calls", ())]
        assert json.dumps(message)
    assert waiting == []
