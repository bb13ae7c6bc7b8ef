"""Facts about the patched programs, run as they are: claude-flow 3.43.0 and 2.7.0 from the registry, on loopback."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from hive_integration.providers.fake import reply, running
from hive_integration.tokens.choose import counter_for

from .hive_box import Box, make_box, serving, spawned_claude

pytestmark = pytest.mark.e2e
CLI3 = "node_modules/claude-flow/bin/cli.js"
CLI2 = "node_modules/claude-flow/src/cli/simple-cli.js"
HANDLER = ".claude/helpers/hook-handler.cjs"
PACKAGE = "node_modules/claude-flow"
SERVERS = {
    "other": {"command": "npx", "args": ["ruv-swarm@latest", "mcp", "start"]},
    "my.flow": {"command": "npx", "args": ["-y", "ruflo@latest", "mcp", "start"]},
}


@pytest.fixture(scope="module")
def plain3(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """3.43.0 as it is released."""
    return make_box(tmp_path_factory.mktemp("plain"), "3.43.0")


@pytest.fixture(scope="module")
def patched3(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """3.43.0 with every patch."""
    box = make_box(tmp_path_factory.mktemp("patched"), "3.43.0")
    assert len(box.patch()) == 3
    return box


def state_file(folder: Path, profile: str, **changed: object) -> Path:
    """A state file as hive-ctx writes it, with one source."""
    source = folder / "hive.toml"
    source.write_text("[switch]\n")
    sources = [{"path": str(source), "sha256": hashlib.sha256(source.read_bytes()).hexdigest()}]
    state = {"schema": "hive-ctx/state/1", "profile": profile, "sources": sources, **changed}
    path = folder / "state.json"
    path.write_text(json.dumps(state))
    return path


def executed(box: Box, upstream: str, **more: str) -> dict[str, object]:
    """What `agent_execute` says of an agent that was spawned before."""
    with serving(box, ANTHROPIC_BASE_URL=upstream, ANTHROPIC_API_KEY="local-test", **more) as server:
        agent = server.call("agent_spawn", agentType="coder", model="sonnet")
        return server.call("agent_execute", agentId=agent["agentId"], prompt="say hi")


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/"])
def test_a_patched_agent_execute_asks_the_named_server(patched3: Box, end: str) -> None:
    """It arrives at ANTHROPIC_BASE_URL, whatever its end, with the same credential and the gateway's header."""
    with running(lambda request: reply(request, text="hello from loopback"), strict=True) as upstream:
        base = upstream.base_url.removesuffix("/v1").removesuffix("/") + end
        said = executed(patched3, base, ANTHROPIC_CUSTOM_HEADERS="x-hive-key: abc\nbad name: 1\n\nx-other: ä")
        assert said["output"] == "hello from loopback"
        [request] = upstream.requests
    assert request.path == "/v1/messages"
    assert request.json["messages"] == [{"role": "user", "content": "say hi"}]
    assert request.header("x-api-key") == "local-test"
    assert request.header("x-hive-key") == "abc"
    assert request.header("x-other") == ""


def test_an_unpatched_agent_execute_does_not(plain3: Box) -> None:
    """It asks Anthropic, wherever ANTHROPIC_BASE_URL points."""
    with running(reply) as upstream:
        said = executed(plain3, upstream.base_url)
        assert upstream.requests == []
    assert said["success"] is False
    assert "kept from api.anthropic.com" in str(said["error"])


def test_a_patched_agent_execute_without_the_variable_is_as_before(patched3: Box) -> None:
    """It asks Anthropic, and none of the custom headers go there."""
    said = executed(patched3, "", ANTHROPIC_CUSTOM_HEADERS="x-hive-key: abc")
    assert "kept from api.anthropic.com" in str(said["error"])


def queen(box: Box, name: str, **more: str) -> str:
    """The prompt that 3.43.0 starts the Queen with."""
    (box.root / ".mcp.json").write_text(json.dumps({"mcpServers": SERVERS}))
    box.run(CLI3, "hive-mind", "init")
    arguments = spawned_claude(box, CLI3, name, **more)
    assert arguments[0] == f"--mcp-config={box.root / '.mcp.json'}"
    return arguments[-1]


def timeless(prompt: str) -> str:
    """Without the moment and the ids that the moment makes."""
    return re.sub(r"(hive|swarm)-\d+(-\w+)?|\d{4}-\d\d-\d\dT[\d:.]+Z", "*", prompt)


def tokens(text: str) -> int:
    """By o200k_base."""
    return counter_for("o200k_base").count([text])[0]


def test_the_patched_queen_has_a_compact_prompt_of_tools_that_exist(patched3: Box) -> None:
    """Fine-tuned: under a quarter of the tokens, and each tool it names is one that the server lists."""
    full, compact = queen(patched3, "full", USE_FINETUNED="0"), queen(patched3, "compact", USE_FINETUNED="1")
    assert tokens(compact) * 4 < tokens(full)
    assert "count the tests" in compact
    found = re.search(r"these tools of mcp__my_flow__ only, [\w ]+: ([\w, -]+)\.\n", compact)
    assert found
    names = found[1].split(", ")
    with serving(patched3) as server:
        listed = {tool["name"] for tool in server.ask("tools/list", {})["tools"]}
    assert len(names) > 20
    assert set(names) <= listed
    assert {"hive-mind_status", "task_create", "memory_store"} <= set(names)


def test_the_patched_queen_names_no_tool_that_is_filtered_out(patched3: Box) -> None:
    """CLAUDE_FLOW_MCP_TOOLS, which the server goes by, counts for the prompt, too."""
    compact = queen(patched3, "few", USE_FINETUNED="1", CLAUDE_FLOW_MCP_TOOLS="hive-mind,task_create")
    assert "hive-mind_status" in compact
    assert "task_create" in compact
    assert "agent_spawn" not in compact


def test_the_patched_queen_of_the_full_profile_is_byte_for_byte_as_before(
    plain3: Box, patched3: Box, tmp_path: Path
) -> None:
    """Without a state, with a torn, an old or a full one: the prompt of the release. One that is fresh counts."""
    before = timeless(queen(plain3, "before"))
    torn, old = tmp_path / "torn", tmp_path / "old"
    for folder in (torn, old):
        folder.mkdir()
    state_file(torn, "finetuned").write_text('{"schema": "hive-ctx/state/1", "prof')
    state_file(old, "finetuned")
    (old / "hive.toml").write_text("changed\n")
    for name, more in {
        "none": {},
        "torn": {"HIVE_STATE": str(torn / "state.json")},
        "old": {"HIVE_STATE": str(old / "state.json")},
        "full": {"HIVE_STATE": str(state_file(tmp_path, "full"))},
    }.items():
        assert timeless(queen(patched3, name, **more)) == before, name
    fresh = str(state_file(tmp_path, "finetuned"))
    assert tokens(queen(patched3, "fresh", HIVE_STATE=fresh)) * 4 < tokens(before)
    assert timeless(queen(patched3, "beaten", HIVE_STATE=fresh, USE_FINETUNED="off")) == before


def test_the_patched_queen_finds_the_state_of_its_installation(patched3: Box) -> None:
    """Where HIVE_STATE is not set: the installation that the folder lies in; another schema is none."""
    identity = hashlib.sha256(str(patched3.root.resolve()).encode()).hexdigest()[:16]
    memory = patched3.root.parent / "data" / "installs" / identity
    memory.mkdir(parents=True)
    where: Mapping[str, str] = {"HIVE_DATA_DIR": str(patched3.root.parent / "data")}
    state_file(memory, "finetuned")
    assert tokens(queen(patched3, "installed", **where)) < 300
    state_file(memory, "finetuned", schema="hive-ctx/state/2")
    assert tokens(queen(patched3, "strange", **where)) > 900


def test_the_queen_without_a_registered_server_has_the_full_prompt(patched3: Box) -> None:
    """There would be no name to call the tools by."""
    queen(patched3, "with", USE_FINETUNED="1")
    (patched3.root / ".mcp.json").write_text("{}")
    assert tokens(spawned_claude(patched3, CLI3, "without", USE_FINETUNED="1")[-1]) > 900


def test_the_queen_of_version_2(tmp_path: Path) -> None:
    """2.7.0 the same: full byte for byte, compact with tools that its server has."""
    plain, box = make_box(tmp_path / "a", "2.7.0"), make_box(tmp_path / "b", "2.7.0")
    assert box.patch() == [f"{PACKAGE}/src/cli/simple-commands/hive-mind.js"]
    prompts = {}
    for name, where, flag in (("before", plain, "1"), ("full", box, "0"), ("compact", box, "1")):
        (where.root / ".mcp.json").write_text(
            json.dumps({"mcpServers": {"flow": {"command": "npx", "args": ["claude-flow@alpha", "mcp", "start"]}}})
        )
        where.run(CLI2, "hive-mind", "init")
        prompts[name] = spawned_claude(where, CLI2, name, USE_FINETUNED=flag)[-1]
    assert timeless(prompts["full"]) == timeless(prompts["before"])
    assert tokens(prompts["compact"]) * 8 < tokens(prompts["full"])
    found = re.search(r"these tools of mcp__flow__: ([\w, -]+)\.\n", prompts["compact"])
    assert found
    listing = "import('./node_modules/claude-flow/src/mcp/mcp-server.js').then((m) => { console.log('TOOLS ' + "
    listing += "Object.keys(new m.ClaudeFlowMCPServer().tools).join(' ')); process.exit(0); });"
    said = next(line for line in box.run("-e", listing).stdout.splitlines() if line.startswith("TOOLS "))
    assert set(found[1].split(", ")) <= set(said.split())


def hooked(box: Box, handler: str, **more: str) -> str:
    """What the hook prints for a prompt."""
    given = json.dumps({"hook_event_name": "UserPromptSubmit", "session_id": "s", "prompt": "write a unit test"})
    done = box.run(handler, "route", given=given, **more)
    assert done.returncode == 0
    return done.stdout


@pytest.mark.parametrize("where", [f"{PACKAGE}/{HANDLER}", HANDLER])
def test_a_patched_hook_is_silent_in_the_finetuned_profile(
    plain3: Box, tmp_path: Path, claude_flow_3, where: str
) -> None:
    """The package's and the copy that init made: no text when fine-tuned, otherwise the same as before."""
    box = make_box(tmp_path / "box", "3.43.0")
    for each in (plain3, box):
        shutil.rmtree(each.root / ".claude", ignore_errors=True)
        claude_flow_3(each.root)
    assert {where} <= set(box.patch("quiet-hooks"))
    before = hooked(plain3, where)
    assert before.startswith("[INFO] ")
    assert hooked(box, where) == before
    assert hooked(box, where, HIVE_STATE=str(state_file(tmp_path, "full"))) == before
    assert hooked(box, where, USE_FINETUNED="1") == ""
    fresh = str(state_file(tmp_path, "finetuned"))
    assert hooked(box, where, HIVE_STATE=fresh) == ""
    assert hooked(box, where, HIVE_STATE=fresh, USE_FINETUNED="0") == before
    assert box.run(where, "pre-task", given="{}", USE_FINETUNED="1").stdout != ""


def test_a_hook_works_on_when_it_is_silent(plain3: Box, tmp_path: Path, claude_flow_3) -> None:
    """What it looks up and notes for itself is the same in both profiles."""
    box = make_box(tmp_path / "box", "3.43.0")
    claude_flow_3(box.root)
    box.patch("quiet-hooks")
    noted = "module.exports = { getContext: (p) => { require('fs').appendFileSync('noted', p); return p; } };"
    (box.root / ".claude/helpers/intelligence.cjs").write_text(noted)
    assert hooked(box, HANDLER, USE_FINETUNED="1") == ""
    assert (box.root / "noted").read_text() == "write a unit test"


def test_the_command_patches_a_project_and_takes_it_back_to_the_byte(tmp_path: Path, claude_flow_3) -> None:
    """Four files of a 3.43.0 project, twice the same; then the tree is what it was, and nothing is remembered."""
    box = make_box(tmp_path / "box", "3.43.0")
    claude_flow_3(box.root)
    before = tree(box.root)

    def patches(verb: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "hive_integration", "patches", verb, str(box.root), "--format", "json"],
            env={**box.env(), "HIVE_DATA_DIR": str(tmp_path / "data")}, capture_output=True, text=True, timeout=90,
            check=True,
        )  # fmt: skip
        return [file["state"] for patch in json.loads(done.stdout)["patches"] for file in patch["files"]]

    assert patches("check") == ["appliable"] * 4
    for _ in range(2):
        assert patches("apply") == ["applied"] * 4
    changed = {path for path, content in tree(box.root).items() if before[path] != content}
    assert len(changed) == 4
    assert patches("revert") == ["appliable"] * 4
    assert tree(box.root) == before
    assert not list((tmp_path / "data").rglob("*.json"))


def tree(root: Path) -> Mapping[str, tuple[str, int]]:
    """Each file of the project's own: hash and mode."""
    found = {}
    for folder in (root / ".claude", root / PACKAGE):
        for path in folder.rglob("*"):
            if path.is_file():
                found[str(path)] = (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode)
    return found
