"""Facts about a tuned model that fails under the real Claude Code: the session goes on as if nothing had been."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hive_integration.providers.fake import DROPPED, Answer, Call, Recorded, chat_error, chat_stream, running

from .gateways import Play, claude, place, serving, status

pytestmark = pytest.mark.e2e

WRITE = Call("Bash", {"command": "echo done by claude > made", "description": "make"}, "call_1")


def broken_call(request: Recorded) -> Answer:
    """It calls a tool without what that needs, and does not learn from being told."""
    return chat_stream("I will run it. ", [Call("Bash", {"cmd": "rm -rf /"}, "call_x")])


def unknown_tool(request: Recorded) -> Answer:
    """It calls a tool that nobody has."""
    return chat_stream("I will run it. ", [Call("RunEverything", {"command": "x"}, "call_x")])


def cut_stream(request: Recorded) -> Answer:
    """It breaks off in mid-word."""
    return chat_stream("I will run it, as soon as ", [Call("Bash", {"command": "echo half"}, "call_x")]).cut(400)


def overloaded(request: Recorded) -> Answer:
    """It is never free."""
    return chat_error(529, "overloaded", "overloaded_error")


def gone(request: Recorded) -> Answer:
    """It does not even answer."""
    return DROPPED


@pytest.fixture(params=["2.1.329", "2.1.197"])
def client(request: pytest.FixtureRequest, claude_329: Path, claude_197: Path) -> Path:
    return {"2.1.329": claude_329, "2.1.197": claude_197}[request.param]


@pytest.mark.parametrize("failing", [broken_call, unknown_tool, cut_stream, overloaded, gone])
def test_a_failing_model_is_replaced_within_the_answer(
    client: Path, failing: Callable[[Recorded], Answer], tmp_path: Path
) -> None:
    """The full profile takes over; what the client runs is only what was right."""
    play = Play({"TURN-ONE": [WRITE, "ALL-DONE"]})

    def script(request: Recorded) -> Answer:
        return failing(request) if request.protocol == "chat" else play(request)

    with running(script) as upstream:
        it = place(tmp_path / "it", upstream, "finetuned")
        with serving(it) as base_url:
            words = ("-p", "please do TURN-ONE", "--output-format", "json", "--allowedTools", "Bash")
            result: dict[str, Any] = claude(client, it, it.direct(base_url), *words)
            shown = status(it)
    assert result["result"].endswith("ALL-DONE")
    assert result["is_error"] is False
    assert [path.name for path in it.project.iterdir() if not path.name.startswith(".")] == ["made"]
    assert (it.project / "made").read_text() == "done by claude\n"
    assert shown["counters"]["fallbacks"] >= 1
    sent = json.dumps([request.json for request in play.main])
    assert "rm -rf" not in sent
