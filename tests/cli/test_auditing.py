"""Facts about composing an audit: consent, methods and counters."""

from __future__ import annotations

import json
import queue
import sys
import threading
from dataclasses import replace

import httpx2
import pytest

from hive_integration.cli import auditing
from hive_integration.cli.auditing import AuditOptions, remember, run_audit
from hive_integration.errors import HiveError
from hive_integration.registry.store import FILE, Store
from hive_integration.settings import World

NOTHING = AuditOptions(
    path=None, method="auto", request_file=None, tokenizer="o200k_base", client_path="", model="", start_servers=False,
    no_hooks=False, interactive=False, plugin_dir=(), timeout=20, save_request=None, yes=False,
)  # fmt: skip
BODY = {"model": "gpt-4.1", "messages": [{"role": "system", "content": "Be brief."}], "tools": []}
SERVER = """
import json, sys
for line in sys.stdin:
    call = json.loads(line)
    if "id" not in call:
        continue
    server = {"name": "b", "version": "1"}
    result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": server}
    if call["method"] == "tools/list":
        result = {"tools": [{"name": "add", "description": "Adds.", "inputSchema": {"type": "object"}}]}
    print(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}), flush=True)
"""


def with_server(world: World) -> World:
    (world.cwd / "server.py").write_text(SERVER)
    server = {"command": sys.executable, "args": [str(world.cwd / "server.py")]}
    (world.cwd / ".mcp.json").write_text(json.dumps({"mcpServers": {"board": server}}))
    (world.cwd / ".claude").mkdir()
    (world.cwd / ".claude" / "settings.json").write_text('{"enableAllProjectMcpServers": true}')
    return world


def names(world: World, **options: object) -> set[str]:
    return {f.unit.name for f in run_audit(replace(NOTHING, **options), world).findings}


def test_servers_are_started_only_when_asked_for(world: World) -> None:
    """The same project without and with --start-servers."""
    with_server(world)
    assert "mcp__board__add" not in names(world, method="static")
    assert "mcp__board__add" in names(world, method="static", start_servers=True)


def test_on_a_terminal_an_untrusted_folder_is_asked_about(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A no starts nothing; --yes is not asked."""
    with_server(world)
    monkeypatch.setattr(auditing, "_somebody_is_there", lambda: True)
    asked = []
    monkeypatch.setattr("click.confirm", lambda *args, **_: bool(asked.append(args)))
    assert "mcp__board__add" not in names(world, method="static", start_servers=True)
    assert len(asked) == 1
    assert "mcp__board__add" in names(world, method="static", start_servers=True, yes=True)


def test_managed_settings_that_lead_elsewhere_are_not_probed(world: World) -> None:
    """Nothing overrides them, so the client would ask a provider that is paid."""
    client = world.cwd / "claude"
    client.write_text("#!/bin/sh\necho 2.1.329\n")
    client.chmod(0o755)
    world.managed_dir.mkdir()
    (world.managed_dir / "managed-settings.json").write_text('{"env": {"CLAUDE_CODE_USE_BEDROCK": "1"}}')
    with pytest.raises(HiveError, match="sets CLAUDE_CODE_USE_BEDROCK"):
        run_audit(replace(NOTHING, method="probe", client_path=str(client), yes=True), world)


def test_a_request_needs_no_project(world: World) -> None:
    """Its sources are then the request's own."""
    (world.cwd / "body.json").write_text(json.dumps(BODY))
    report = run_audit(replace(NOTHING, request_file=world.cwd / "body.json"), world)
    assert (report.method, report.client.model, report.total_tokens) == ("request", "gpt-4.1", 3)


def test_any_client_can_be_pointed_at_the_recorder(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """`url` prints an address and audits the first request that arrives there, Anthropic or OpenAI."""
    monkeypatch.setattr(auditing, "SIDE_REQUESTS", 0.1)
    kept = world.cwd / "kept.json"
    found: list[int] = []
    options = replace(NOTHING, method="url", save_request=kept)
    said: queue.SimpleQueue[str] = queue.SimpleQueue()
    monkeypatch.setattr(auditing.click, "echo", lambda text, **_: said.put(text))
    thread = threading.Thread(target=lambda: found.append(run_audit(options, world).total_tokens))
    thread.start()
    url = said.get(timeout=30).split("point a client at ")[1].split()[0]
    httpx2.post(f"{url}/v1/chat/completions", json=BODY)
    thread.join(timeout=30)
    assert found == [3]
    assert json.loads(kept.read_text()) == BODY
    assert kept.stat().st_mode & 0o077 == 0


def test_the_models_own_tokens_stand_beside_the_reports(world: World) -> None:
    """A Claude model is counted in Claude's tokens too."""
    report = run_audit(replace(NOTHING, method="static"), world)
    assert report.tokenizer == "o200k_base"
    assert report.model_tokenizer == "claude-4.8"
    assert report.model_tokens > report.total_tokens


def test_what_an_audit_read_is_kept_for_the_gateway(world: World) -> None:
    """Tools with their schemas, units with their texts. Where nothing can be written, nothing is said."""
    with_server(world)
    (world.cwd / "CLAUDE.md").write_text("Be kind.")
    world = replace(world, env=world.env | {"HIVE_DATA_DIR": str(world.home / "data")})
    report = run_audit(replace(NOTHING, method="static", start_servers=True), world)
    remember(report, world)
    with Store(world.data_dir / FILE) as store:
        tool = store.tool("mcp__board__add")
        assert tool is not None
        assert tool.schema == {"type": "object"}
        memory = next(f.unit for f in report.findings if f.unit.name == "CLAUDE.md")
        assert "Be kind." in store.get(memory.digest).text
        assert all(store.get(f.unit.digest) is None for f in report.findings if not f.unit.text)
    remember(report, replace(world, env={"HIVE_DATA_DIR": str(world.cwd / "CLAUDE.md")}))
