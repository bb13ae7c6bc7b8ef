"""The wire form of MCP tools. The expected texts were recorded from a real client (2.1.329 and 2.1.197)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.audit.servers.tool_wire import (
    ToolSpec,
    sanitised,
    shortened,
    text_limit,
    to_wire,
    unit_of_tool,
    wire_name,
)
from hive_integration.units import Component, Load

EMPTY: dict[str, Any] = {"type": "object", "properties": {}}


def test_a_plain_tool_is_compact_json_in_the_clients_key_order() -> None:
    """Name, description and schema follow one another without a space."""
    wire = to_wire("board", ToolSpec("add", "Adds a card.", EMPTY))
    assert wire == (
        '{"name":"mcp__board__add","description":"Adds a card.","input_schema":{"type":"object","properties":{}}}'
    )


@pytest.mark.parametrize(
    ("server", "tool", "name"),
    [
        ("odd", "a b.c/d", "mcp__odd__a_b_c_d"),
        ("odd", "é", "mcp__odd___"),
        ("odd", "x\x1b[31mred", "mcp__odd__x__31mred"),
        ("odd", "b\U0001f41de", "mcp__odd__b__e"),
        ("odd", "ﬁsh①", "mcp__odd__fish1"),
        ("odd", "", "mcp__odd__"),
        ("odd", "n" * 80, "mcp__odd__" + "n" * 80),
        ("my server.x", "good", "mcp__my_server_x__good"),
        ("sé \U0001f41d…", "good", "mcp__s_______good"),
    ],
)
def test_names_are_mangled_as_the_client_mangles_them(server: str, tool: str, name: str) -> None:
    """A character that a name may not have becomes one underscore for each UTF-16 unit; tool names are NFKC first."""
    assert wire_name(server, tool) == name


def test_text_is_normalised_and_loses_invisible_characters() -> None:
    """NFKC changes ellipses and ligatures; zero-width, private and unassigned characters go; controls stay."""
    assert sanitised("ell… fiﬁ half½ tm™ deg℃ nbsp\u00a0 e\u0301") == "ell... fifi half1⁄2 tmTM deg°C nbsp  é"
    assert (
        sanitised("\U0001f468\u200d\U0001f469 a\u200b b\ufeff c\u00ad d\ue000 e\u0378 f\ud800")
        == "\U0001f468\U0001f469 a b c d e f"
    )
    assert sanitised("vs\ufe0f ls\u2028 nel\x85 nul\0") == "vs\ufe0f ls\u2028 nel\x85 nul\0"


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("y" * 4096, 4096, "y" * 4096),
        ("y" * 4097, 4096, "y" * 4096 + "… [truncated]"),
        ("\U0001f41d" * 1500, 2048, "\U0001f41d" * 1024 + "… [truncated]"),
        ("a" + "\U0001f41d" * 1500, 2048, "a" + "\U0001f41d" * 1023 + "… [truncated]"),
    ],
)
def test_long_text_is_cut_by_utf16_units_and_marked(text: str, limit: int, kept: str) -> None:
    """The cut counts as JavaScript counts, and half a character is not kept."""
    assert shortened(text, limit) == kept


def test_the_mark_of_a_cut_is_not_itself_normalised() -> None:
    """The ellipsis of the mark reaches the wire as it is."""
    assert '… [truncated]","input_schema"' in to_wire("s", ToolSpec("d", "y" * 5000, EMPTY))


@pytest.mark.parametrize(
    ("version", "limit"), [("2.1.197", 2048), ("2.0.5", 2048), ("2.1.329", 4096), ("3.0.0", 4096), ("", 4096)]
)
def test_the_limit_follows_the_client_version(version: str, limit: int) -> None:
    """2.1.197 keeps 2,048 units, 2.1.329 keeps 4,096."""
    assert text_limit(version) == limit


def test_a_schema_begins_with_type_properties_required() -> None:
    """The client's parser puts the keys it knows first; array-index keys come first in any object, rising."""
    schema = {
        "required": ["b"],
        "additionalProperties": False,
        "$schema": "x",
        "properties": {"b": {"type": "number"}, "10": {}, "2": {}},
        "type": "object",
    }
    wire = to_wire("s", ToolSpec("t", "", schema))
    assert wire.endswith(
        '{"type":"object","properties":{"2":{},"10":{},"b":{"type":"number"}},"required":["b"],'
        '"additionalProperties":false,"$schema":"x"}}'
    )


def test_numbers_are_written_as_javascript_writes_them() -> None:
    """Whole floats lose their point, big integers their precision, and exponents begin at 1e21 and 1e-7."""
    values = [
        None, True, 1.0, 1.5, 1e300, 123456789012345680000, 1234567890123456789012, 0.000001, 1e-7, 5e-324, -0.0, 1e16,
        1.5e22, 9007199254740993, -9223372036854775808, 10**400, float("inf"), -2.5e-9,
    ]  # fmt: skip
    wire = to_wire("s", ToolSpec("t", "", {"type": "object", "enum": values}))
    assert wire.endswith(
        '"enum":[null,true,1,1.5,1e+300,123456789012345680000,1.2345678901234568e+21,0.000001,1e-7,5e-324,0,'
        "10000000000000000,1.5e+22,9007199254740992,-9223372036854776000,null,null,-2.5e-9]}}"
    )


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_the_wire_form_is_always_json(value: object) -> None:
    """Whatever a schema holds, the text parses, and cleaning it again changes nothing."""
    schema = json.loads(to_wire("s", ToolSpec("t", "d", {"type": "object", "x": value})))["input_schema"]
    assert json.loads(to_wire("s", ToolSpec("t", "d", schema)))["input_schema"] == schema


def test_a_tool_is_a_unit_with_its_schema_and_a_printable_source() -> None:
    """The unit's text is the wire text; its source never carries a terminal escape."""
    unit = unit_of_tool("s", ToolSpec("x\x1b[31m", "d", EMPTY), Load.DEFERRED)
    assert (unit.name, unit.source, unit.component) == ("mcp__s__x__31m", "s/x?[31m", Component.MCP_TOOLS)
    assert unit.load is Load.DEFERRED
    assert unit.schema == EMPTY
    assert json.loads(unit.text)["name"] == unit.name
