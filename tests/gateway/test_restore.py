"""Facts about going back to the full prompt."""

from __future__ import annotations

import json

import pytest

from hive_integration.errors import HiveError
from hive_integration.gateway.restore import is_minimal, restored, tool_of
from hive_integration.registry.cards import Card, Prompt
from hive_integration.registry.stored import StoredUnit
from hive_integration.units import Component, digest_of
from tests.gateway.idle import BILLING, CACHED, IDENTITY, PROMPT, request, text, tool

CARD = Card("tuned", "openai-chat", "http://127.0.0.1:1/v1", prompt=Prompt("You are a gardener."))
MINIMAL = [text(BILLING), text(IDENTITY, **CACHED), text("You are a gardener.\n", **CACHED)]
HERE = "# Environment\nYou have been invoked in the following garden: \n - Shed: /other\n"
FULL = [text(BILLING.replace("abc", "old")), text(IDENTITY, **CACHED), text(PROMPT, **CACHED)]


def stored(value: object, name: str = "dig") -> StoredUnit:
    words = json.dumps(value)
    return StoredUnit(digest_of(words), name, Component.MCP_TOOLS, words)


def test_the_minimal_prompt_is_recognised_by_itself() -> None:
    """The billing header, the one line on who the client is, and the environment may stand beside it."""
    assert is_minimal(request(system=MINIMAL), CARD)
    assert is_minimal(request(system=[text("You are a gardener."), text(HERE)]), CARD)
    assert is_minimal(request(system=[text(f"You are a gardener.\n\n{HERE}")]), CARD)


def test_any_other_prompt_is_not_minimal() -> None:
    """The full one, one with more in it, none at all; and a card without a minimal prompt has nothing to recognise."""
    for system in ([], FULL, [text(IDENTITY)], [*MINIMAL, text("# Rules\nNever dig.\n")], [*MINIMAL, *FULL]):
        assert not is_minimal(request(system=system), CARD)
    assert not is_minimal(request(system=[]), Card("tuned", "openai-chat", "http://127.0.0.1:1/v1"))


def test_the_full_prompt_takes_the_place_of_the_minimal_one() -> None:
    """What belongs to a session is this one's: header, environment, git state; markers stay as many as they were."""
    whole = restored(request(system=[*MINIMAL, text(HERE)]), FULL, ())
    words = [block["text"] for block in whole.system]
    assert words[0] == BILLING
    assert words[1] == IDENTITY
    assert "Be short." in words[2]
    assert "Forget old leaves." in words[2]
    assert "/srv/shed" not in words[2]
    assert "Current branch" not in words[2]
    assert words[3:] == [HERE]
    assert [block.get("cache_control") is not None for block in whole.system] == [False, False, True, False]
    assert whole.turns == request(system=MINIMAL).turns


def test_static_lines_of_the_environment_stay_with_it() -> None:
    """They are no reason to take a prompt for another one; the request's section stands for the remembered one, which
    speaks where the request has none."""
    rule = " - Never pull what you did not plant.\n"
    there = f"# Tone\nBe short.\n\n# Environment\n{rule}"
    assert is_minimal(request(system=[*MINIMAL, text(HERE + rule)]), CARD)
    whole = restored(request(system=[*MINIMAL, text(HERE + rule)]), [text(there)], ())
    assert [block["text"].strip() for block in whole.system[1:]] == ["# Tone\nBe short.", HERE + rule.rstrip()]
    assert restored(request(system=MINIMAL), [text(there)], ()).system[-1]["text"] == there


def test_deferred_tools_are_declared_again() -> None:
    """One that the request declares itself stays as it is; the rest come after it, in their order."""
    asked = request(tools=[tool("Read"), tool("dig", defer_loading=True)])
    units = [stored(tool(name, text="Old."), name) for name in ("water", "Read", "dig")]
    whole = restored(asked, FULL, units)
    assert [(each.name, each.description, each.deferred) for each in whole.tools] == [
        ("Read", "Digs.", False),
        ("dig", "Old.", False),
        ("water", "Old.", False),
    ]


def test_without_a_remembered_prompt_nothing_changes() -> None:
    """A model whose full prompt nobody has seen keeps the minimal one."""
    asked = request(system=MINIMAL)
    assert restored(asked, None, ()) is asked


def test_a_stored_tool_of_any_protocol_becomes_a_declaration() -> None:
    """Not deferred and without a marker; the same text is the same object."""
    schema = {"type": "object"}
    own = tool_of(stored(tool("dig", defer_loading=True, strict=True, **CACHED)))
    assert json.loads(own.raw) == tool("dig", strict=True)
    assert tool_of(stored(tool("dig", defer_loading=True, strict=True, **CACHED))) is own
    chat = tool_of(stored({"type": "function", "function": {"name": "dig", "description": "D.", "parameters": schema}}))
    assert json.loads(chat.raw) == {"name": "dig", "description": "D.", "input_schema": schema}
    assert (chat.name, chat.description, chat.schema, chat.kind) == ("dig", "D.", schema, "")
    server = tool_of(stored({"type": "web_search_20250305", "name": "web_search"}))
    assert (server.name, server.kind) == ("web_search", "web_search_20250305")


@pytest.mark.parametrize(
    "value", ["# A section", 3, [], {}, {"input_schema": {}}, {"name": "dig"}, {"name": "d", "input_schema": 1}]
)
def test_a_unit_that_is_no_tool_is_refused_by_name(value: object) -> None:
    """A section of a prompt cannot be paged in as a tool."""
    with pytest.raises(HiveError, match="'rules'"):
        tool_of(stored(value, "rules"))
