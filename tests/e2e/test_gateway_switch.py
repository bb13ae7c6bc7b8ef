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

WORDS = ("one", "two", "three", "four", "five")
ANSWERS = ("FIRST-ANSWER", "SECOND-ANSWER", "THIRD-ANSWER", "FOURTH-ANSWER", "FIFTH-ANSWER")
PROFILES = ("full", "finetuned", "full", "finetuned", "full")
"""Both ways, twice."""
TURNS = {
    f"TURN-{word.upper()}": [
        Call("Bash", {"command": f"echo {word} >> log", "description": "log"}, f"call_{i}"),
        answer,
    ]
    for i, (word, answer) in enumerate(zip(WORDS, ANSWERS, strict=True))
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


def whole(play: Play, turns: int = len(WORDS)) -> None:
    """The last request holds everything that was said, in order, whoever said it."""
    text = play.main[-1].body.decode()
    said = [each for word, answer in zip(WORDS, ANSWERS, strict=True) for each in (f"TURN-{word.upper()}", answer)]
    places = [text.index(each) for each in said[: 2 * turns - 1]]
    assert places == sorted(places)


def test_saving_the_file_switches_a_running_session_both_ways_twice(client: Path, tmp_path: Path) -> None:
    """Full, fine-tuned, and again: one process, a tool call in each turn, a strict upstream refuses nothing."""
    play = Play(TURNS)
    with running(play, strict=True) as upstream:
        it = place(tmp_path / "it", upstream)
        with serving(it) as base_url, talking(client, it, it.direct(base_url)) as talk:
            for i, (word, answer, profile) in enumerate(zip(WORDS, ANSWERS, PROFILES, strict=True)):
                if i:
                    switched(it, profile)
                assert talk.say(f"please do TURN-{word.upper()}") == answer
    assert (it.project / "log").read_text().split() == list(WORDS)
    assert play.protocols() == ["messages", "chat", "messages", "chat", "messages"]
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
    whole(play, turns=3)


@pytest.mark.timeout(240)
def test_the_interactive_screen_goes_through_the_gateway_and_switches(client: Path, tmp_path: Path) -> None:
    """`hive-ctx run -- claude` on a terminal: typed words, a tool call in each turn, the file saved between them, both
    ways, twice, and `/exit`.

    2.1.329 first sends a field that the strict upstream refuses, reads the refusal's own words, and leaves it out.
    """
    play = Play(TURNS)
    with running(play, strict=True) as upstream:
        it = place(tmp_path / "it", upstream)
        command = [*PYTHON, "run", "--", str(client), "--allowedTools", "Bash"]
        with screen(command, it.env(), it.project) as shown:
            shown.wait_for("Claude", str(it.project)[-20:], seconds=90)
            shown.wait_for("❯")
            for i, (word, answer, profile) in enumerate(zip(WORDS, ANSWERS, PROFILES, strict=True)):
                if i:
                    switched(it, profile)
                shown.type(f"please do TURN-{word.upper()}")
                shown.wait_for(answer)
            shown.type("/exit")
            assert shown.process.wait(timeout=30) == 0
    assert (it.project / "log").read_text().split() == list(WORDS)
    assert play.protocols() == ["messages", "chat", "messages", "chat", "messages"]
    whole(play)
    assert {why for _, why in upstream.refused} <= {"safeguards: extra inputs are not permitted"}
