"""Facts about reading request bodies."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.errors import HiveError
from hive_integration.wire import decode_request


def body(**fields: object) -> bytes:
    return json.dumps({"model": "m", "messages": [], **fields}, ensure_ascii=False).encode()


def test_a_tools_raw_text_is_the_slice_of_the_wire() -> None:
    """Spaces, key order and escapes of a tool survive: counting `raw` counts what travelled."""
    wire = b'{"model":"m","messages":[],"system":"s","tools":[{"name": "A",  "input_schema":{"b":1,"a":"\\u00e9"}}]}'
    assert decode_request(wire).tools[0].raw == '{"name": "A",  "input_schema":{"b":1,"a":"\\u00e9"}}'


def test_the_three_protocols_are_told_apart_by_their_fields() -> None:
    """Messages, Chat Completions and Responses bodies come out as the same neutral value."""
    schema = {"type": "object"}
    anthropic = decode_request(
        body(system=[{"type": "text", "text": "be brief"}], tools=[{"name": "t", "input_schema": schema}])
    )
    chat = decode_request(
        body(
            messages=[{"role": "system", "content": "be brief"}, {"role": "user", "content": "hi"}],
            tools=[{"type": "function", "function": {"name": "t", "parameters": schema}}],
        )
    )
    responses = decode_request(
        json.dumps(
            {"model": "m", "instructions": "be brief", "input": "hi",
             "tools": [{"type": "function", "name": "t", "parameters": schema}]}
        ).encode()
    )  # fmt: skip
    assert [r.protocol for r in (anthropic, chat, responses)] == [
        "anthropic-messages",
        "openai-chat",
        "openai-responses",
    ]
    for request in (anthropic, chat, responses):
        assert list(request.system) == ["be brief"]
        assert (request.tools[0].name, request.tools[0].schema) == ("t", schema)


def test_a_tool_with_defer_loading_is_deferred() -> None:
    """The mark that keeps a tool out of the model's window is read."""
    request = decode_request(body(system="s", tools=[{"name": "t", "input_schema": {}, "defer_loading": True}]))
    assert request.tools[0].deferred


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    """A client that cuts text in UTF-16 units leaves halves behind; they must not make the body unreadable."""
    wire = b'{"model":"m","messages":[],"system":"cut \\ud83d here, whole \\ud83d\\ude00, text \\\\ud83d"}'
    assert decode_request(wire).system == ["cut \ufffd here, whole \U0001f600, text \\ud83d"]


def test_text_of_tool_results_is_found() -> None:
    """A tool result's text counts as text, whether it is a string or a list of blocks."""
    content = [{"type": "tool_result", "tool_use_id": "x", "content": [{"type": "text", "text": "out"}]}]
    assert (
        decode_request(body(system="", messages=[{"role": "user", "content": content}])).messages[0].blocks[0].text
        == "out"
    )


@pytest.mark.parametrize(
    "wire", [b"", b"[]", b"{}", b"null", b"{", b'{"messages":3}', b'{"messages":[],"tools":7}', b"\xff"]
)
def test_what_is_no_request_is_refused_in_one_line(wire: bytes) -> None:
    """Broken bodies give one line and a hint, never a traceback."""
    with pytest.raises(HiveError) as caught:
        decode_request(wire)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
keys = st.sampled_from(
    ["model", "system", "messages", "tools", "input", "instructions", "role", "content", "type", "text"]
)


@given(st.dictionaries(keys, st.recursive(json_values, lambda v: st.dictionaries(keys, v) | st.lists(v)), max_size=6))
def test_any_json_object_is_read_or_refused(value: dict[str, object]) -> None:
    """Whatever JSON a request file holds, the answer is a request or one clear error."""
    try:
        request = decode_request(json.dumps(value).encode())
    except HiveError:
        return
    assert all(isinstance(text, str) for text in request.system)
