"""Facts about results that are real: which tools are run, where, and what the data makes of it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hive_integration.audit.sources.mcp_config import ServerConfig
from hive_integration.cli.compiling import Ways
from hive_integration.cli.executing import in_scratch, ready, scratch
from hive_integration.errors import UsageError
from hive_integration.settings import World
from tests.dataset.teacher.sample import compile_with, units_in
from tests.dataset.tiny import book_of

SERVER = """
import json, os, sys, time
SCHEMA = {"type": "object", "properties": {"text": {"type": "string", "minLength": 1}, "times": {"type": "integer",
          "minimum": 1}}, "required": ["text"], "additionalProperties": False}
NAMES = ["alpha", "beta", "gamma_delete", "slow"]
seen = 0
def say(value): sys.stdout.write(json.dumps(value) + "\\n"); sys.stdout.flush()
for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message: continue
    answer, method = {"jsonrpc": "2.0", "id": message["id"]}, message["method"]
    if method == "initialize":
        answer["result"] = {"protocolVersion": message["params"]["protocolVersion"], "capabilities": {"tools": {}},
                            "serverInfo": {"name": "s", "version": "1"}}
    elif method == "tools/list":
        more = {"description": "Keeps a note.", "inputSchema": SCHEMA}
        answer["result"] = {"tools": [{"name": name, **more} for name in NAMES]}
    else:
        name, given = message["params"]["name"], message["params"]["arguments"]
        seen += 1
        if name == "slow": time.sleep(600)
        if name == "gamma_delete": open(os.environ["WITNESS"], "a").write("deleted")
        open("made-here", "a").write("x")
        text = json.dumps({"noteId": f"real-{seen}", "place": os.getcwd(), "home": os.environ["HOME"],
                           "key": os.environ.get("SECRET_KEY", "none")})
        broken = name == "beta"
        said = "disk is full" if broken else text
        answer["result"] = {"content": [{"type": "text", "text": said}], "isError": broken}
    say(answer)
"""


@pytest.fixture
def project(world: World) -> World:
    """A project with one server `t`, and a variable in our own environment that it must not see."""
    (world.cwd / "server.py").write_text(SERVER)
    server = {
        "command": sys.executable, "args": ["server.py"], "env": {"WITNESS": str(world.cwd / "witness")},
    }  # fmt: skip
    (world.cwd / ".mcp.json").write_text(json.dumps({"mcpServers": {"t": server}}))
    return replace(world, env={**world.env, "SECRET_KEY": "sesame"})


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def messages_in(out: Path) -> list[list[dict[str, Any]]]:
    """The conversations of both splits."""
    return [json.loads(line)["messages"] for name in ("train", "eval") for line in _lines(out / f"{name}.jsonl")]


def told(out: Path) -> list[dict[str, Any]]:
    """Provenance."""
    return [json.loads(line) for line in _lines(out / "provenance.jsonl")]


def test_results_are_the_servers_own(project: World) -> None:
    """They are in the data; they name no folder of this machine; our variables and folders are not the server's."""
    units = units_in(project.cwd, book_of("mcp__t__alpha"))
    _, made = compile_with(project, project.cwd / "out", Ways(execute=True), total=20, units=units)
    real = [row for row in told(project.cwd / "out") if row["generator"] == "offline+executed"]
    assert made.servers is not None
    assert made.servers.tally.examples >= len(real) > 3
    results = [m["content"] for talk in messages_in(project.cwd / "out") for m in talk if m["role"] == "tool"]
    own = [text for text in results if "real-" in text]
    assert len(own) >= len(real)
    assert all('"place": "/workspace' in text and '"key": "none"' in text for text in own)
    assert not any("hive-scratch" in text or str(project.cwd) in text for text in results)
    assert not list(project.cwd.glob("made-here"))


def test_the_answer_says_what_the_result_says(project: World) -> None:
    """No value of an invented result is left beside a real one."""
    units = units_in(project.cwd, book_of("mcp__t__alpha"))
    compile_with(project, project.cwd / "out", Ways(execute=True), total=20, units=units)
    for talk, row in zip(messages_in(project.cwd / "out"), told(project.cwd / "out"), strict=True):
        if row["generator"] == "offline+executed" and talk[-2]["role"] == "tool":
            said = talk[-1]["content"]
            assert "real-" in said or "`" not in said


def test_a_real_failure_becomes_an_error_case_with_its_recovery(project: World) -> None:
    """The conversation ends with the agent telling the tool's own words."""
    units = units_in(project.cwd, book_of("mcp__t__beta"))
    compile_with(project, project.cwd / "out", Ways(execute=True), total=12, units=units)
    found = 0
    for talk, row in zip(messages_in(project.cwd / "out"), told(project.cwd / "out"), strict=True):
        if row["generator"] == "offline+executed":
            found += 1
            assert row["error_case"]
            assert talk[-2]["content"] == "disk is full"
            assert "disk is full" in talk[-1]["content"]
    assert found


def test_what_destroys_is_never_called_and_what_hangs_is_dropped(project: World) -> None:
    """By a word in the tool's own name; a call without an answer in time leaves no example."""
    units = units_in(project.cwd, book_of("mcp__t__gamma_delete"))
    _, made = compile_with(project, project.cwd / "out", Ways(execute=True), total=6, units=units)
    assert made.servers is not None
    assert "mcp__t__gamma_delete" not in made.servers.tools
    assert not (project.cwd / "witness").exists()
    units = units_in(project.cwd, book_of("mcp__t__slow"))
    _, made = compile_with(project, project.cwd / "two", Ways(execute=True, call_timeout=0.2), total=2, units=units)
    assert made.servers is not None
    assert made.servers.tally.dropped
    assert "gave no result in time" in (project.cwd / "two" / "rejects.jsonl").read_text()


def test_another_run_runs_nothing_and_makes_the_same_bytes(project: World) -> None:
    """What came of a call is kept beside the parts."""
    units = units_in(project.cwd, book_of("mcp__t__alpha"))
    compile_with(project, project.cwd / "out", Ways(execute=True), total=10, units=units)
    before = (project.cwd / "out" / "train.jsonl").read_bytes()
    _, made = compile_with(project, project.cwd / "out", Ways(execute=True), total=10, units=units, workers=2)
    assert made.servers is not None
    assert made.servers.tally.calls == 0
    assert (project.cwd / "out" / "train.jsonl").read_bytes() == before


def test_a_server_that_names_a_folder_of_the_user_is_not_started(world: World, tmp_path: Path) -> None:
    """The project's own folder becomes the scratch one; files stay, for a program lies in one; others are refused."""
    (world.cwd / "sub").mkdir()
    (world.cwd / "s.py").write_text("")

    def moved(*args: str, **env: str) -> ServerConfig | str:
        return in_scratch(ServerConfig("s", command="python", args=args, env=env), world.cwd, Path("/x"))

    good = moved("s.py", "--root=" + str(world.cwd), str(world.cwd / "sub"), "start", PATH="/usr/bin:/bin")
    assert isinstance(good, ServerConfig)
    assert good.args == [str(world.cwd / "s.py"), "--root=/x/project", "/x/project", "start"]
    assert moved(str(tmp_path)) == "its arguments name a folder of yours"
    assert moved(DATA=str(tmp_path)) == "its variable DATA names a folder of yours"
    assert "network" in str(in_scratch(ServerConfig("s", transport="http", url="http://x"), world.cwd, Path("/x")))


def test_without_a_server_it_says_so(world: World) -> None:
    """And where to look."""
    with pytest.raises(UsageError, match="has no MCP server") as caught:
        ready(None, world, yes=True)
    assert "--project" in caught.value.hint


def test_a_scratch_folder_leaves_nothing() -> None:
    """It goes with all that was made in it."""
    with scratch() as place:
        (place / "home" / "x").write_text("x")
    assert not place.exists()
