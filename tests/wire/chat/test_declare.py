"""Facts about tools as functions of a chat request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hive_integration.wire.chat.declare import functions, own
from hive_integration.wire.messages import Declared
from tests.wire.asked import asked, tool

NAMES = {
    "type": "function",
    "function": {"name": "a", "parameters": {"type": "object", "properties": {}, "additionalProperties": True}},
}
SLIM = {
    "type": "function",
    "function": {
        "name": "a",
        "parameters": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
    },
}
FULL = {
    "type": "function",
    "function": {"name": "a", "description": "Does it.", "parameters": tool("a")["input_schema"]},
}


def _declared(given: dict[str, Any], mode: Declared = "full", *, known: str = "", strict: bool = True) -> Any:
    tools = tuple(asked(tools=[given]).tools)
    return json.loads(bytes(functions(tools, frozenset({known}), mode, strict)))[0]


@pytest.mark.parametrize(("mode", "wanted"), [("full", FULL), ("slim", SLIM), ("names", NAMES)])
def test_what_is_known_is_declared_as_the_card_says(mode: Declared, wanted: Any) -> None:
    """Whole, without prose, or by its name; what is not known always whole."""
    assert _declared(tool("a"), mode, known="a") == wanted
    assert _declared(tool("a"), mode) == FULL


def test_a_tool_without_a_schema_takes_anything() -> None:
    """And says so: some upstreams refuse a function without parameters, others hold the model to none at all. An empty
    description is left out."""
    for strict in (True, False):
        assert _declared({"name": "a"}, strict=strict) == NAMES


def test_schemas_are_made_acceptable_where_that_is_asked() -> None:
    """Else they are passed on as they came."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "format": "uri"}}}
    given = {"name": "a", "input_schema": schema}
    assert _declared(given, strict=False)["function"]["parameters"] == schema
    assert "format" not in _declared(given)["function"]["parameters"]["properties"]["a"]


def test_strict_is_asked_for_only_where_the_schema_leaves_no_room() -> None:
    """OpenAI refuses it else."""
    closed = {**tool("a")["input_schema"], "additionalProperties": False}
    assert _declared(tool("a", strict=True, input_schema=closed))["function"]["strict"] is True
    assert "strict" not in _declared(tool("a", strict=True))["function"]
    assert "strict" not in _declared(tool("a", input_schema=closed))["function"]


def test_examples_of_input_stand_in_the_description() -> None:
    """The chat API has no other place for them."""
    given = tool("a", input_examples=[{"a": "x"}])
    assert _declared(given)["function"]["description"] == 'Does it.\nExample: {"a":"x"}'
    assert _declared(tool("a", input_examples=5)) == FULL


def test_server_tools_are_not_the_clients_own() -> None:
    """They have no schema that could be declared."""
    tools = asked(tools=[tool("a"), {"type": "web_search_20250305", "name": "web_search"}]).tools
    assert own(tuple(tools)) == (tools[0],)


def test_a_toolset_is_written_once() -> None:
    """The same tools give the very same bytes at the next turn."""
    tools = tuple(asked(tools=[tool("a")]).tools)
    assert functions(tools, frozenset(), "full", True) is functions(tools, frozenset(), "full", True)
