"""Facts about giving each piece of a request its source and its cost."""

from __future__ import annotations

import json
from pathlib import Path

from hive_integration.audit.attribute import Origins, attribute, deferred_units, tool_unit
from hive_integration.audit.report import Client, Finding
from hive_integration.tokens.openai import OpenAICounter
from hive_integration.units import Component, Load, unit_of
from hive_integration.units.cut import Cut, cut_request
from hive_integration.wire import decode_request

CLIENT = Client("claude-code", "9.9.9", "m")
LISTING = (
    "Available agent types for the Agent tool:\n- scout: Looks. (Tools: Read)\n- inner: Bundled. (Tools: *)\n\n"
    "The following skills are available:\n\n- break: Parts it.\n- plan: Orders it.\n- odd: Who knows.\n"
)


def cut(*, tools: list[dict] | None = None, context: str = LISTING, user: str = "go") -> Cut:
    body = {
        "model": "m",
        "system": "# Tone and style\nBrief.\n\n# Doing tasks\nWell.\n",
        "messages": [{"role": "user", "content": user}, {"role": "system", "content": context}],
        "tools": tools or [],
    }
    return cut_request(decode_request(json.dumps(body).encode()))


def findings(one: Cut, **known: object) -> list[Finding]:
    return attribute(one, OpenAICounter("o200k_base"), Origins(CLIENT, **known))


def by_name(found: list[Finding]) -> dict[str, Finding]:
    return {finding.unit.name: finding for finding in found}


def test_tokens_add_up_to_the_whole_texts() -> None:
    """However a text is cut, its pieces cost what the text costs."""
    one = cut(tools=[{"name": "Bash", "input_schema": {"type": "object"}}])
    counter = OpenAICounter("o200k_base")
    whole = counter.count([text.text for text in one.texts] + [tool.raw for tool in one.tools])
    assert sum(finding.tokens for finding in findings(one)) == sum(whole)


def test_a_listed_name_gets_the_file_it_comes_from() -> None:
    """Agents, skills and commands are looked up in the inventory; a command in the skill listing is a command."""
    files = {
        (Component.AGENTS, "scout"): unit_of("scout", Component.AGENTS, Load.LISTED, "", source="agents/scout.md:1"),
        (Component.COMMANDS, "plan"): unit_of("plan", Component.COMMANDS, Load.LISTED, "", source="commands/plan.md:1"),
    }
    found = by_name(findings(cut(), files=files))
    assert found["scout"].unit.source == "agents/scout.md:1"
    assert (found["plan"].unit.source, found["plan"].unit.component) == ("commands/plan.md:1", Component.COMMANDS)


def test_what_the_client_brings_is_named_by_its_version() -> None:
    """A bundled name and a section of the prompt have the client as their source."""
    found = by_name(findings(cut(), bundled=frozenset({"inner"})))
    assert found["inner"].unit.source == "claude-code@9.9.9/agents/inner"
    assert found["Doing tasks"].unit.source == "claude-code@9.9.9/Doing tasks"


def test_a_name_that_nobody_knows_is_unattributed() -> None:
    """It is counted, and not guessed."""
    found = by_name(findings(cut(), bundled=frozenset({"inner"})))
    assert not found["odd"].attributed
    assert found["odd"].tokens > 0
    assert found["inner"].attributed


def test_without_a_measured_client_listing_entries_are_its_own() -> None:
    """Where nothing is known about a version, its listings are taken for the client's."""
    assert all(finding.attributed for finding in findings(cut()))


def test_an_mcp_tool_is_named_by_server_and_tool() -> None:
    """`mcp__my_server__do__it` is tool `do__it` of `my_server`."""
    one = cut(tools=[{"name": "mcp__my_server__do__it", "input_schema": {}}, {"name": "Bash", "input_schema": {}}])
    units = [tool_unit(tool, CLIENT) for tool in one.tools]
    assert [(u.component, u.source) for u in units] == [
        (Component.MCP_TOOLS, "my_server/do__it"),
        (Component.BUILTIN_TOOLS, "claude-code@9.9.9/tools/Bash"),
    ]


def test_what_tool_search_defers_is_the_difference_of_two_requests() -> None:
    """A tool declared without tool search and only named with it is deferred, at its full cost."""
    loaded = cut(tools=[{"name": "Bash", "input_schema": {}}, {"name": "mcp__a__b", "input_schema": {}}])
    seen = cut(tools=[{"name": "Bash", "input_schema": {}}])
    assert [(u.name, u.load) for u in deferred_units(loaded, seen, CLIENT)] == [("mcp__a__b", Load.DEFERRED)]


def test_an_instruction_files_source_is_short() -> None:
    """Inside the project a path is relative, at home it begins with `~`."""
    user = (
        "<system-reminder>\nContents of /u/p/CLAUDE.md (project instructions):\n\nA\n\n"
        "Contents of /u/.claude/CLAUDE.md (user's):\n\nB\n</system-reminder>"
    )
    found = findings(cut(user=user), project=Path("/u/p"), home=Path("/u"))
    sources = [finding.unit.source for finding in found if finding.unit.component is Component.MEMORY]
    assert sources == ["CLAUDE.md", "~/.claude/CLAUDE.md"]


def test_hook_output_names_the_hooks_of_its_event() -> None:
    """The sources are those of the configured hooks; without any known one it is still the hooks'."""
    one = cut(context="SessionStart:startup hook success: hello\n\nUserPromptSubmit hook success: x\n")
    found = by_name(findings(one, hooks={"SessionStart": [".claude/settings.json", ".claude/settings.json"]}))
    assert found["SessionStart:startup"].unit.source == ".claude/settings.json"
    assert found["UserPromptSubmit"].unit.source == "hooks"
