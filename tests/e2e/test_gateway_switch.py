"""Facts about a session of the real Claude Code that changes its model on the way, and keeps all that was said."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hive_integration.providers.fake import Call, running

from .gateways import PYTHON, Place, Play, launched, place, serving, status
from .screen import screen

pytestmark = pytest.mark.e2e

TURNS = {
    "TURN-ONE": [Call("Bash", {"command": "echo one >> log", "description": "log"}, "call_1"), "FIRST-ANSWER"],
    "TURN-TWO": [Call("Bash", {"command": "echo two >> log", "description": "log"}, "call_2"), "SECOND-ANSWER"],
    "TURN-THREE": [Call("Bash", {"command": "echo three >> log", "description": "log"}, "call_3"), "THIRD-ANSWER"],
}


@pytest.fixture(params=["2.1.329", "2.1.197"])
def client(request: pytest.FixtureRequest, claude_329: Path, claude_197: Path) -> Path:
    return {"2.1.329": claude_329, "2.1.197": claude_197}[request.param]


class Talk:
    """One process of the client, spoken to in lines of JSON."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def say(self, text: str) -> str:
        """Say something, and what the turn ended with."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        message = {"type": "user", "message": {"role": "user", "content": [{"type": "text", "text": text}]}}
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            event: dict[str, Any] = json.loads(line)
            if event.get("type") == "result":
                assert event["is_error"] is False, event
                return str(event["result"])
        raise AssertionError(f"the client ended with {self._process.wait()}")


@contextmanager
def talking(client: Path, it: Place, env: Mapping[str, str]) -> Iterator[Talk]:
    words = ["-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose"]
    with (it.base / "client.err").open("w") as errors:
        process = subprocess.Popen(
            [str(client), *words, "--allowedTools", "Bash"], cwd=it.project, env=dict(env), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True,
        )  # fmt: skip
    try:
        yield Talk(process)
        process.communicate(timeout=30)
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()


def switched(it: Place, profile: str) -> None:
    """Save the file, and wait until the gateway has read it; a second is plenty."""
    before = status(it)["config"]
    it.switch(profile)
    end = time.monotonic() + 10
    while status(it)["config"] == before:
        assert time.monotonic() < end, "the gateway did not see the file"
    assert status(it)["profile"]["effective"] == profile


def whole(play: Play) -> None:
    """The last request holds everything that was said, in order, whoever said it."""
    text = play.main[-1].body.decode()
    words = ["TURN-ONE", "FIRST-ANSWER", "TURN-TWO", "SECOND-ANSWER", "TURN-THREE"]
    places = [text.index(word) for word in words]
    assert places == sorted(places)


def test_saving_the_file_switches_a_running_session_both_ways(client: Path, tmp_path: Path) -> None:
    """Full, fine-tuned, full: one process, a tool call in each turn, a strict upstream refuses nothing."""
    play = Play(TURNS)
    with running(play, strict=True) as upstream:
        it = place(tmp_path / "it", upstream)
        with serving(it) as base_url, talking(client, it, it.direct(base_url)) as talk:
            assert talk.say("please do TURN-ONE") == "FIRST-ANSWER"
            switched(it, "finetuned")
            assert talk.say("please do TURN-TWO") == "SECOND-ANSWER"
            switched(it, "full")
            assert talk.say("please do TURN-THREE") == "THIRD-ANSWER"
    assert (it.project / "log").read_text() == "one\ntwo\nthree\n"
    assert play.protocols() == ["messages", "chat", "messages"]
    assert upstream.refused == []
    whole(play)


def test_the_variable_switches_between_continued_sessions(client: Path, tmp_path: Path) -> None:
    """USE_FINETUNED of each `hive-ctx run`, whatever hive.toml says; `--continue` takes all along."""
    play = Play(TURNS)
    with running(play, strict=True) as upstream:
        it = place(tmp_path / "it", upstream)

        def run(words: str, *more: str, **env: str) -> str:
            command = (str(client), "-p", words, "--allowedTools", "Bash", "--output-format", "json", *more)
            return str(json.loads(launched(it, *command, **env).stdout)["result"])

        assert run("please do TURN-ONE", USE_FINETUNED="1") == "FIRST-ANSWER"
        assert run("please do TURN-TWO", "--continue", USE_FINETUNED="off") == "SECOND-ANSWER"
        it.switch("finetuned")
        assert run("please do TURN-THREE", "--continue") == "THIRD-ANSWER"
    assert (it.project / "log").read_text() == "one\ntwo\nthree\n"
    assert play.protocols() == ["chat", "messages", "chat"]
    assert upstream.refused == []
    whole(play)


@pytest.mark.timeout(240)
def test_the_interactive_screen_goes_through_the_gateway_and_switches(client: Path, tmp_path: Path) -> None:
    """`hive-ctx run -- claude` on a terminal: typed words, a tool call, the file saved between two turns, `/exit`.

    2.1.329 first sends a field that the strict upstream refuses, reads the refusal's own words, and leaves it out.
    """
    play = Play(TURNS)
    with running(play, strict=True) as upstream:
        it = place(tmp_path / "it", upstream)
        command = [*PYTHON, "run", "--", str(client), "--allowedTools", "Bash"]
        with screen(command, it.env(), it.project) as shown:
            shown.wait_for("Claude", str(it.project)[-20:], seconds=90)
            shown.wait_for("❯")
            shown.type("please do TURN-ONE")
            shown.wait_for("FIRST-ANSWER")
            switched(it, "finetuned")
            shown.type("please do TURN-TWO")
            shown.wait_for("SECOND-ANSWER")
            shown.type("/exit")
            assert shown.process.wait(timeout=30) == 0
    assert (it.project / "log").read_text() == "one\ntwo\n"
    assert play.protocols() == ["messages", "chat"]
    assert {why for _, why in upstream.refused} <= {"safeguards: extra inputs are not permitted"}
