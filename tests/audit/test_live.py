"""Facts about auditing what was sent. The bodies are made up; the real clients' are in `tests/e2e`."""

from __future__ import annotations

import json

import pytest

from hive_integration.audit.live import Ways, probe_report, read_request, request_report
from hive_integration.audit.report import Report
from hive_integration.audit.session.probe import WORDS, Recording
from hive_integration.audit.setup import Conditions
from hive_integration.audit.sources.inventory import take_inventory
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.errors import HiveError
from hive_integration.settings import World, now
from hive_integration.tokens.openai import OpenAICounter
from hive_integration.units import Component, Load

COUNTER = OpenAICounter("o200k_base")
BASH = {"name": "Bash", "description": "Runs.", "input_schema": {"type": "object"}}
READ = {"name": "Read", "description": "Reads.", "input_schema": {"type": "object"}}
ADD = {"name": "mcp__board__add", "description": "Adds a task to the board.", "input_schema": {"type": "object"}}
NAMES = "The following deferred tools are now available\nmcp__board__add\n\n"
HOOK = "SessionStart:startup hook success: restored\n\n"


def body(context: str, *tools: dict, words: str = WORDS) -> bytes:
    system = [{"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.329.0a8; cc_entrypoint=sdk-cli;"},
              {"type": "text", "text": "# Doing tasks\nWell.\n"}]  # fmt: skip
    messages = [{"role": "user", "content": words}, {"role": "system", "content": context}]
    return json.dumps({"model": "claude-opus-5-5", "system": system, "messages": messages, "tools": tools}).encode()


DIRECT = Recording(body(HOOK + NAMES, BASH, READ), 1.0, ended=2)
LOADED = Recording(body("Today's date is 2030-01-01.", BASH, READ, ADD), 1.0, ended=1)


def probed(world: World, ways: Ways) -> Report:
    inventory = take_inventory(find_setup(world.cwd, world), Conditions(), now())
    return probe_report("t", ways, COUNTER, inventory)


def test_what_tool_search_keeps_back_is_measured_not_guessed(world: World) -> None:
    """A tool that is only named in the one request and declared in the other is deferred, at its real cost."""
    report = probed(world, Ways(DIRECT, DIRECT, LOADED))
    deferred = [f for f in report.findings if f.unit.load is Load.DEFERRED]
    assert [(f.unit.name, f.tokens) for f in deferred] == [("mcp__board__add", COUNTER.count([json.dumps(ADD)])[0])]
    assert report.notes["tool_search"] is True
    assert report.notes["processes_ended"] == 3


def test_a_configured_server_without_tools_in_the_request_is_a_warning(world: World) -> None:
    """A server that dies or is too slow must not look as if it cost nothing; one that answered is not mentioned."""
    (world.home / ".claude.json").write_text('{"mcpServers": {"board": {"command": "b"}, "dead": {"command": "d"}}}')
    warnings = probed(world, Ways(DIRECT, DIRECT, LOADED)).warnings
    assert any("MCP server dead: none of its tools" in warning for warning in warnings)
    assert not any("board" in warning for warning in warnings)


def test_hooks_that_ran_once_count_in_every_way(world: World) -> None:
    """The other recordings run without hooks; their totals get the hooks' output of the first."""
    report = probed(world, Ways(DIRECT, LOADED, LOADED))
    hooks = sum(f.tokens for f in report.findings if f.unit.component is Component.HOOKS)
    alone = request_report("t", LOADED.body.replace(WORDS.encode(), b"x"), COUNTER).total_tokens
    assert hooks > 0
    assert report.notes["gateway_total_tokens"] == alone + hooks
    assert report.notes["gateway_tool_search"] is False


def test_the_total_leaves_the_probes_words_out() -> None:
    """Words of the user are not idle context, whatever they are."""
    one = request_report("t", body(NAMES, BASH, words="short"), COUNTER)
    other = request_report("t", body(NAMES, BASH, words="a much longer request than the other one"), COUNTER)
    assert one.total_tokens == other.total_tokens


def test_the_client_is_known_by_its_own_header() -> None:
    """Claude Code names its version; another sender is just a request."""
    assert read_request(DIRECT.body).client.version == "2.1.329"
    other = json.dumps({"model": "gpt-4.1", "messages": [{"role": "system", "content": "Be brief."}]}).encode()
    assert read_request(other).client.name == "request"


def test_an_openai_request_is_audited_too() -> None:
    """System text and tools of a Chat Completions body add up to its total."""
    tool = {"type": "function", "function": {"name": "t", "parameters": {"type": "object"}}}
    wire = {
        "model": "gpt-4.1",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "x"}],
    }
    report = request_report("t", json.dumps({**wire, "tools": [tool]}).encode(), COUNTER)
    assert report.total_tokens == sum(COUNTER.count(["Be brief.", json.dumps(tool)]))
    assert report.client.model == "gpt-4.1"


def test_what_is_no_request_is_one_clear_error() -> None:
    """A report or a text file given by mistake."""
    with pytest.raises(HiveError, match="neither `messages` nor `input`"):
        request_report("t", b'{"schema": "hive-ctx/audit/1"}', COUNTER)
