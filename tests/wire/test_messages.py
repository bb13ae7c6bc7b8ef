"""Facts about a Messages request that is decoded and encoded again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.errors import HiveError
from hive_integration.wire.messages import Turn, decode_messages, encode_messages
from tests.wire.asked import asked, text, tool, user

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_blocks = st.lists(st.dictionaries(st.text(max_size=5), _json, max_size=3), max_size=3)
_content = st.text(max_size=10) | _blocks
_turns = st.lists(st.fixed_dictionaries({"role": st.text(max_size=9), "content": _content}, optional={"x": _json}))
_tools = st.lists(st.fixed_dictionaries({"name": st.text(min_size=1, max_size=9)}, optional={"x": _json}))
_bodies = st.fixed_dictionaries(
    {"messages": _turns}, optional={"system": _content | st.none(), "tools": _tools | st.none(), "model": st.text()}
).flatmap(lambda body: st.permutations(list(body.items())).map(dict))


@settings(max_examples=200, deadline=None)
@given(_bodies)
def test_a_body_comes_out_as_it_went_in(body: dict[str, Any]) -> None:
    """Decoded and encoded, a compact body is the same bytes, in the same order."""
    sent = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    assert encode_messages(decode_messages(sent)) == sent


def test_only_what_changed_is_written_anew() -> None:
    """Spacing and escapes of what was not touched stay; a changed turn, system and field are encoded."""
    body = b'{"a" : 1.50, "system" : [{"type":"text", "text":"\\u00e9"}], "messages":[{"role":"user",  "content":"x"}]}'
    request = decode_messages(body)
    sent = encode_messages(replace(request, turns=[*request.turns, Turn("user", "y", more={"z": 1})]), a=2, b=3)
    assert sent == (
        b'{"a":2,"system":[{"type":"text", "text":"\\u00e9"}],"messages":[{"role":"user",  "content":"x"},'
        b'{"role":"user","content":"y","z":1}],"b":3}'
    )
    assert encode_messages(replace(request, system=()), a=None) == b'{"messages":[{"role":"user",  "content":"x"}]}'


def test_the_same_bytes_are_the_same_values() -> None:
    """The next turn of a conversation brings the same tools: the same tuple, so that it can key a cache."""
    first, second = asked(user("a"), tools=[tool("x")]), asked(user("b"), tools=[tool("x")])
    assert first.tools is second.tools
    for i in range(40):
        asked(user("a"), tools=[tool(f"x{i}")])
    assert asked(tools=[tool("x")]).tools[0] is first.tools[0]


def test_a_request_tells_what_is_asked_of_it() -> None:
    """Model, stream, and any other field, by name."""
    request = asked(user("a"), stream=True, top_k=5)
    assert (request.model, request.stream, request.value("top_k"), request.value("x", 7)) == ("claude-x", True, 5, 7)
    assert request.turns[0].blocks == [text("a")]
    assert (asked().stream, decode_messages(b'{"messages":[]}').model) == (False, "")


def test_tools_of_every_kind_are_read() -> None:
    """A client's tool, a typed one, one that is deferred, one of the API's own, and a set that has no name."""
    tools = asked(
        tools=[
            tool("a"),
            tool("b", type="custom"),
            {"name": "c", "defer_loading": True},
            {"type": "web_search_20250305", "name": "web_search"},
            {"type": "mcp_toolset", "mcp_server_name": "s"},
        ]
    ).tools
    assert [(each.name, each.kind, each.deferred) for each in tools] == [
        ("a", "", False),
        ("b", "", False),
        ("c", "", True),
        ("web_search", "web_search_20250305", False),
        ("", "mcp_toolset", False),
    ]
    assert (tools[0].description, tools[0].schema["required"], tools[2].schema) == ("Does it.", ["a"], {})


def test_halves_of_characters_are_mended() -> None:
    """A client that cuts text in UTF-16 leaves half an emoji: it becomes U+FFFD, the rest is read."""
    request = decode_messages(b'{"messages":[{"role":"user","content":"a\\ud83d"}]}')
    assert request.turns[0].content == "a\ufffd"


REFUSED = {
    b"": "the body is not a JSON object",
    b"[]": "the body is not a JSON object",
    b'{"messages":': "the body is not a JSON object",
    b"\xff\xfe{}": "the body is not a JSON object",
    b'{"model":"x"}': "messages: expected a list of messages, found none",
    b'{"messages":5}': "messages: expected `array`, got `int`",
    b'{"messages":[5]}': "messages.0: expected `object`, got `int`",
    b'{"messages":[{"content":"a"}]}': "messages.0.role: expected a string, found nothing",
    b'{"messages":[{"role":5,"content":"a"}]}': "messages.0.role: expected a string, found a number",
    b'{"messages":[{"role":"user"}]}': "messages.0.content: expected a string or a list of blocks, found nothing",
    b'{"messages":[{"role":"user","content":["a"]}]}': "messages.0.content.0: expected a block, found a string",
    b'{"messages":[],"system":{}}': "system: expected a string or a list of blocks, found an object",
    b'{"messages":[],"system":[[]]}': "system.0: expected a block, found a list",
    b'{"messages":[],"tools":{}}': "tools: expected `array`, got `object`",
    b'{"messages":[],"tools":[{"name":5}]}': "tools.0.name: expected `str`, got `int`",
    b'{"messages":[],"tools":[{}]}': "tools.0.name: expected a string, found nothing",
    b'{"messages":[],"tools":[{"name":"a","input_schema":[]}]}': "tools.0.input_schema: expected `object",
}


@pytest.mark.parametrize("body", REFUSED)
def test_a_body_of_another_shape_is_refused_by_its_field(body: bytes) -> None:
    """The error names the field, what was expected there and what was found."""
    with pytest.raises(HiveError) as caught:
        decode_messages(body)
    assert str(caught.value).startswith(REFUSED[body])
    assert caught.value.hint == "expected the body of POST /v1/messages"


def test_a_number_out_of_range_is_refused_when_it_is_read() -> None:
    """What is not looked at passes; what is has its name in the error."""
    request = decode_messages(b'{"messages":[],"top_p":1e999}')
    assert encode_messages(request) == b'{"messages":[],"top_p":1e999}'
    with pytest.raises(HiveError, match="top_p: Number out of range"):
        request.value("top_p")
