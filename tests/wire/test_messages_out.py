"""Facts about a Messages request for a fine-tuned model."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hive_integration.errors import HiveError
from hive_integration.wire.chat.request import ChatOptions
from hive_integration.wire.messages import decode_messages
from hive_integration.wire.messages_out import render_messages
from hive_integration.wire.turns import GONE, NO_RESULT
from tests.wire.asked import PNG, asked, assistant, call, passed, result, text, tool, user

BILLING = text("x-anthropic-billing-header: cc_version=1;")
CACHE = {"cache_control": {"type": "ephemeral"}}


def test_only_model_and_prompt_change_where_nothing_else_must() -> None:
    """The rest keeps its bytes, unknown fields and `cache_control` too."""
    body = (
        b'{"model":"c","x":[1.0, 2],"max_tokens":5,"tools":[{"name":"a", "input_schema":{}}],"system":"s","messages":'
        b'[{"role":"user", "content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}],"y":1}]}'
    )
    sent = render_messages(decode_messages(body), ChatOptions("m", "Be short.", stream=False))
    system = b'[{"type":"text","text":"Be short."},{"type":"text","text":"s"}]'
    assert sent == body.replace(b'"c"', b'"m"').replace(b'"s"', system)
    assert render_messages(decode_messages(body), ChatOptions("", stream=False)) == body


def test_the_users_id_stays_here() -> None:
    """`metadata` names the user to Anthropic; no other vendor learns it."""
    request = asked(user("x"), metadata={"user_id": "u-1"})
    assert "metadata" not in json.loads(render_messages(request, ChatOptions("m", stream=False)))
    assert "metadata" in json.loads(render_messages(request, ChatOptions("m", stream=False, claude=True)))


def test_length_and_stream_are_the_gateways() -> None:
    """The length is capped by the card; the stream is what the gateway reads."""
    sent = passed(asked(user("x"), max_tokens=9000), max_output_tokens=500, stream=True)
    assert (sent["max_tokens"], sent["stream"]) == (500, True)


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("full", tool("a", **CACHE)),
        ("slim", {"name": "a", **CACHE, "input_schema": {"type": "object", "properties": {"a": {"type": "string"}},
                                                         "required": ["a"]}}),
        ("names", {"name": "a", **CACHE, "input_schema": {"type": "object"}}),
    ],
)  # fmt: skip
def test_what_is_known_is_declared_as_the_card_says(mode: Any, wanted: Any) -> None:
    """What is not, and what is the API's own, stays as it came."""
    others = [tool("b"), {"type": "web_search_20250305", "name": "web_search"}]
    request = asked(user("x"), tools=[tool("a", **CACHE), *others])
    assert passed(request, known=frozenset({"a", "web_search"}), declared=mode)["tools"] == [wanted, *others]


def test_without_declared_tools_calls_come_as_text() -> None:
    """As in a chat request; a forced call is asked for by the last message."""
    request = asked(
        user("x"), assistant(call("i", "b")), user(result("i", [PNG])),
        tools=[tool("a"), tool("b")], system="s", tool_choice={"type": "any"},
    )  # fmt: skip
    sent = passed(request, known=frozenset({"a"}), declared="none", system="Be short.")
    assert not {"tools", "tool_choice"} & set(sent)
    assert [block["text"][:9] for block in sent["system"]] == ["Be short.", "s", "You can c"]
    assert sent["messages"][1:] == [
        assistant(text('<tool_call>{"name":"b","arguments":{}}</tool_call>')),
        user(text('<tool_result name="b">\n(no output)\n</tool_result>'), PNG),
        user("<system-reminder>\nAnswer with a call of one of the tools.\n</system-reminder>"),
    ]


def test_bookkeeping_deferral_and_orphans_are_settled() -> None:
    """A server that is not Anthropic's knows none of them."""
    request = asked(
        user("x"), {"role": "system", "content": "late"},
        assistant(call("i", "ToolSearch")), user(result("i", [{"type": "tool_reference", "tool_name": "a"}])),
        assistant(call("j")), user(result("gone", "old")),
        system=[BILLING], tools=[tool("a", defer_loading=True), tool("z", defer_loading=True)],
    )  # fmt: skip
    sent = passed(request, late_system="user")
    assert "system" not in sent
    assert sent["tools"] == [tool("a")]
    assert sent["messages"][1] == user("<system-reminder>\nlate\n</system-reminder>")
    assert sent["messages"][3] == user(result("i", [text("The tool a is now available.")]))
    assert sent["messages"][5] == user(result("j", NO_RESULT, is_error=True), text(f"{GONE} (gone):\nold"))
    assert passed(request)["messages"][1] == {"role": "system", "content": "late"}
    assert "tools" not in passed(asked(user("x"), tools=[tool("a", defer_loading=True)]))


def test_claude_itself_gets_all_that_it_knows() -> None:
    """Bookkeeping, deferral, orphans and any length, byte for byte: only the model's name is another."""
    body = json.dumps(
        {
            "model": "claude-x", "max_tokens": 10**6, "system": [BILLING], "tools": [tool("a", defer_loading=True)],
            "messages": [user(result("gone"))],
        }
    ).encode()  # fmt: skip
    sent = render_messages(decode_messages(body), ChatOptions("claude-y", stream=False, claude=True))
    assert json.loads(sent) == json.loads(body.replace(b"claude-x", b"claude-y"))


def test_what_cannot_be_paired_is_refused_by_its_place() -> None:
    """As in a chat request; so is a number out of range where it has to be read."""
    with pytest.raises(HiveError, match=r"messages\.0\.content\.0: tool_use\.id: expected a string"):
        passed(asked(assistant({"type": "tool_use"})))
    deferred = decode_messages(
        b'{"messages":[{"role":"user","content":[{"type":"tool_reference","tool_name":"a"}]}],'
        b'"tools":[{"name":"a","defer_loading":true,"x":1e999}]}'
    )
    with pytest.raises(HiveError, match="a value of the request cannot be passed on"):
        render_messages(deferred, ChatOptions("m"))
