"""Facts about whole sessions of the real Claude Code through the gateway: its tool calls run, in either profile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hive_integration.providers.fake import Answer, Call, Recorded, running

from .conftest import InitProject
from .gateways import Place, Play, Relay, claude, digests, place, relaying, serving, status
from .npm import binary

pytestmark = pytest.mark.e2e

STORE = "mcp__claude-flow__memory_store"
ALLOWED = ("--allowedTools", f"Bash,Read,Edit,{STORE}")


@pytest.fixture(params=["2.1.329", "2.1.197"])
def client(request: pytest.FixtureRequest, claude_329: Path, claude_197: Path) -> Path:
    return {"2.1.329": claude_329, "2.1.197": claude_197}[request.param]


@pytest.fixture(scope="session")
def mcp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An `--mcp-config` with claude-flow's server: 353 tools."""
    program = binary("claude-flow", "3.43.0", "claude-flow")
    path = tmp_path_factory.mktemp("mcp") / "mcp.json"
    path.write_text(json.dumps({"mcpServers": {"claude-flow": {"command": str(program), "args": ["mcp", "start"]}}}))
    return path


def work(project: Path) -> list[Any]:
    """One of each: a command, a file read, that file edited, something stored by an MCP server; then a last word."""
    notes = str(project / "notes.txt")
    return [
        Call(
            "Bash", {"command": "printf 'alpha beta\\n' > notes.txt && echo written", "description": "write"}, "call_a"
        ),
        Call("Read", {"file_path": notes}, "call_b"),
        Call("Edit", {"file_path": notes, "old_string": "beta", "new_string": "gamma"}, "call_c"),
        Call(STORE, {"key": "hive-e2e", "value": "kept by the hive"}, "call_d"),
        "ALL-DONE",
    ]


def check(result: dict[str, Any], play: Play, it: Place) -> None:
    """Each call ran, and the model saw what came of it."""
    assert result["is_error"] is False, result
    assert result["result"] == "ALL-DONE"
    assert (it.project / "notes.txt").read_text() == "alpha gamma\n"
    written, read, edited, stored = play.results
    assert "written" in written
    assert "alpha beta" in read
    assert "updated" in edited
    assert "hive-e2e" in stored
    assert "rror" not in stored.replace('"error":null', "")


def session(client: Path, it: Place, base_url: str, mcp: Path) -> dict[str, Any]:
    words = ("-p", "please do TURN-ONE", "--output-format", "json", *ALLOWED)
    return claude(client, it, it.direct(base_url), *words, "--mcp-config", str(mcp), "--strict-mcp-config")


def test_a_session_in_the_full_profile_is_byte_exact(client: Path, mcp: Path, tmp_path: Path) -> None:
    """What the upstream got is what the client sent, and what the client got is what the upstream sent."""
    play, answers = Play({}), []

    def script(request: Recorded) -> Answer:
        answers.append(play(request))
        return answers[-1]

    with running(script, strict=True) as upstream:
        it = place(tmp_path / "it", upstream)
        play.turns = {"TURN-ONE": work(it.project)}
        with serving(it) as base_url, relaying(base_url) as relay:
            check(session(client, it, relay.base_url, mcp), play, it)
            assert status(it)["counters"]["requests"] >= 5
    assert play.protocols() == ["messages"]
    asked = [request.body for request in upstream.requests if request.protocol == "messages"]
    sent = [each.request for each in relay.passed if each.target.startswith("/v1/messages?")]
    assert asked == sent
    assert [answer.body for answer in answers] == [each.response for each in relay.passed if each.request in asked]
    for each in relay.messages():
        assert each.header("x-hive-profile") == "full"
    same_headers(relay, upstream.requests)


def same_headers(relay: Relay, arrived: list[Any]) -> None:
    """The protocol's own headers arrive as they were sent; the gateway's key stays here."""
    sent = [each.headers for each in relay.passed if each.target.startswith("/v1/messages?")]
    got = [request.headers for request in arrived if request.protocol == "messages"]
    for ours, theirs in zip(sent, got, strict=True):
        for name in ("anthropic-beta", "anthropic-version"):
            assert [v for k, v in ours if k.lower() == name] == [v for k, v in theirs if k == name]
        assert "hive-e2e-key" not in json.dumps(theirs)


@pytest.mark.parametrize(("project", "tools"), [("empty", "names"), ("empty", "slim"), ("hive", "names")])
def test_a_session_in_the_finetuned_profile_is_stripped(
    client: Path, mcp: Path, claude_flow_3: InitProject, tmp_path: Path, project: str, tools: str
) -> None:
    """By the digests that the audit finds in the same client's first request; the same calls execute.

    In an empty folder with claude-flow's server, and in a project as `claude-flow init` leaves it, with all its hooks.
    """
    play = Play({})
    with running(play, strict=True) as upstream:
        it = place(tmp_path / "it", upstream)
        if project == "hive":
            mcp = claude_flow_3(it.project) / ".mcp.json"
        play.turns = {"TURN-ONE": work(it.project), "TURN-ZERO": ["NOTED"]}
        with serving(it) as base_url:
            words = ("-p", "TURN-ZERO", "--output-format", "json", "--mcp-config", str(mcp), "--strict-mcp-config")
            claude(client, it, it.direct(base_url), *words)
            first = play.main[0].body
            it.cards(upstream, manifest=digests(it, first), tools=tools)
            it.switch("finetuned")
            play.main.clear()
            with relaying(base_url) as relay:
                check(session(client, it, relay.base_url, mcp), play, it)
            shown = status(it)
    assert play.protocols() == ["chat"]
    stripped(json.loads(first), relay, play, it)
    assert upstream.refused == []
    assert shown["counters"]["fallbacks"] == 0
    assert shown["tokens_saved"] > 5 * 5_000
    assert {each.header("x-hive-profile") for each in relay.messages()} == {"finetuned"}


def stripped(first: dict[str, Any], relay: Relay, play: Play, it: Place) -> None:
    """Nothing that the manifest holds arrived; what is the user's and the machine's did."""
    arrived = play.main[0]
    text = arrived.body.decode()
    for tool in first["tools"]:
        opening = json.dumps(tool.get("description", "")[:120])[1:-1]
        assert not opening or len(opening) < 40 or opening not in text, f"{tool['name']} was described"
    paragraphs = [part for block in first["system"] for part in block["text"].split("\n\n") if len(part) > 200]
    kept = [part for part in paragraphs if json.dumps(part)[1:-1] in text]
    assert len(kept) <= len(paragraphs) // 10, kept
    assert "please do TURN-ONE" in text
    assert str(it.project) in text  # the environment stays
    assert len(arrived.body) < len(relay.messages()[0].request) / 4
    assert arrived.json["model"] == "ft:tuned"
    assert arrived.json["messages"][0] == {"role": "system", "content": arrived.json["messages"][0]["content"]}
    assert arrived.json["messages"][0]["content"].startswith("You are a coding agent.")
