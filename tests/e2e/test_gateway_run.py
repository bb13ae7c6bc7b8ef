"""Facts about `hive-ctx run` with the real Claude Code: exit codes, signals, settings, its meter, what it finds."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from hive_integration.gateway.presence import find
from hive_integration.providers.fake import Call, messages_error, running

from .gateways import KEY, PYTHON, Place, Play, claude, exists, launched, place, relaying, serving

pytestmark = pytest.mark.e2e


@pytest.fixture(params=["2.1.329", "2.1.197"])
def client(request: pytest.FixtureRequest, claude_329: Path, claude_197: Path) -> Path:
    return {"2.1.329": claude_329, "2.1.197": claude_197}[request.param]


def test_a_printed_session_ends_with_the_clients_code(client: Path, tmp_path: Path) -> None:
    """0 with its words on standard output alone; 1 where the client failed; the gateway goes after the last."""
    with running(Play({"TURN-ONE": ["HELLO"]})) as upstream:
        it = place(tmp_path / "it", upstream)
        done = launched(it, str(client), "-p", "TURN-ONE")
        assert done.stdout == "HELLO\n"
        upstream.script = messages_error(400, "invalid_request_error", "this model answers nobody")
        done = launched(it, str(client), "-p", "TURN-ONE", code=1)
        assert "this model answers nobody" in done.stdout + done.stderr
        presence = find(it.base / "data" / "gateways", it.config)
        assert presence is not None
        end = time.monotonic() + 20
        while exists(presence.pid):
            assert time.monotonic() < end, "the gateway outlives its sessions"
            time.sleep(0.1)


def test_a_session_needs_no_login_and_forwards_one_that_is_there(client: Path, tmp_path: Path) -> None:
    """The gateway's key never reaches the upstream; the user's own credential does, by the full card."""
    with running(Play({"TURN-ONE": ["HELLO"]})) as upstream:
        it = place(tmp_path / "it", upstream)
        launched(it, str(client), "-p", "TURN-ONE")
        launched(it, str(client), "-p", "TURN-ONE", ANTHROPIC_API_KEY="sk-ant-of-the-user")
        launched(it, str(client), "-p", "TURN-ONE", CLAUDE_CODE_OAUTH_TOKEN="oauth-of-the-user")
    carried = [dict(request.headers) for request in upstream.requests if request.protocol == "messages"]
    assert not any(KEY in value for headers in carried for value in headers.values())
    assert not any(name.startswith("x-hive-") for headers in carried for name in headers)
    assert any(headers.get("x-api-key") == "sk-ant-of-the-user" for headers in carried)
    assert any(headers.get("authorization") == "Bearer oauth-of-the-user" for headers in carried)


def test_settings_that_name_another_address_do_not_lead_the_session_astray(client: Path, tmp_path: Path) -> None:
    """The user's, the project's, or those of `--settings`: all beat the shell, and none the session's own."""
    with running(Play({"TURN-ONE": ["HELLO"]})) as upstream:
        it = place(tmp_path / "it", upstream)
        elsewhere = {"env": {"ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "CLAUDE_CODE_USE_BEDROCK": "1"}}
        (it.project / ".claude").mkdir()
        (it.project / ".claude" / "settings.json").write_text(json.dumps(elsewhere))
        (it.home / ".claude").mkdir()
        (it.home / ".claude" / "settings.json").write_text(json.dumps(elsewhere))
        done = launched(it, str(client), "-p", "TURN-ONE", "--settings", json.dumps(elsewhere))
        assert done.stdout == "HELLO\n"
        assert "CLAUDE_CODE_USE_BEDROCK is set aside" in done.stderr


@pytest.mark.parametrize("words", [["--version"], ["mcp", "list"], ["plugin", "list"], ["--help"]])
def test_the_clients_own_commands_work(client: Path, tmp_path: Path, words: list[str]) -> None:
    """What the launcher adds is in nobody's way."""
    with running(Play({})) as upstream:
        it = place(tmp_path / "it", upstream)
        assert launched(it, str(client), *words).stdout


def test_a_signal_ends_client_and_launcher(client: Path, tmp_path: Path) -> None:
    """SIGTERM to the launcher alone: the client ends as it does by itself, and so do its code and the gateway."""
    call = Call("Bash", {"command": "touch started; sleep 60", "description": "wait"})
    with running(Play({"TURN-ONE": [call, "NEVER"]})) as upstream:
        it = place(tmp_path / "it", upstream)
        process = subprocess.Popen(
            [*PYTHON, "run", "--", str(client), "-p", "TURN-ONE", "--allowedTools", "Bash"],
            cwd=it.project, env=it.env(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + 60
        while not (it.project / "started").exists():
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 128 + signal.SIGTERM
        assert not any(str(client).encode() in line for line in _command_lines(it))


def test_a_session_outlives_its_gateway(client: Path, tmp_path: Path) -> None:
    """Killed in the middle of a turn, the gateway comes back where it was; the client asks again, and goes on."""
    call = Call("Bash", {"command": "touch started; while [ ! -e go ]; do sleep 0.05; done", "description": "wait"})
    with running(Play({"TURN-ONE": [call, "STILL-HERE"]})) as upstream:
        it = place(tmp_path / "it", upstream)
        process = subprocess.Popen(
            [*PYTHON, "run", "--", str(client), "-p", "TURN-ONE", "--allowedTools", "Bash"], cwd=it.project,
            env=it.env(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + 60
        while not (it.project / "started").exists():
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.05)
        presence = find(it.base / "data" / "gateways", it.config)
        assert presence is not None
        os.kill(presence.pid, signal.SIGKILL)
        (it.project / "go").touch()
        out, _ = process.communicate(timeout=90)
        assert (process.returncode, out) == (0, "STILL-HERE\n")


def _command_lines(it: Place) -> list[bytes]:
    lines = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(it.base).encode() in (entry / "environ").read_bytes() and int(entry.name) != os.getpid():
                lines.append((entry / "cmdline").read_bytes())
        except OSError:
            continue
    return lines


@pytest.mark.parametrize("profile", ["full", "finetuned"])
def test_the_clients_own_meter_counts_by_the_gateway(client: Path, tmp_path: Path, profile: str) -> None:
    """`/context` asks some 40 times in a second; each is answered, and what it shows adds up."""
    with running(Play({})) as upstream:
        it = place(tmp_path / "it", upstream, profile)
        agents = it.project / ".claude" / "agents"
        agents.mkdir(parents=True)
        for number in range(20):
            text = f"---\nname: scout-{number}\ndescription: {'looks far and wide. ' * 20}\n---\nLook."
            (agents / f"scout-{number}.md").write_text(text)
        with serving(it) as base_url, relaying(base_url) as relay:
            start = time.monotonic()
            shown = claude(client, it, it.direct(relay.base_url), "-p", "/context", "--output-format", "json")
            took = time.monotonic() - start
    counts = [each for each in relay.passed if each.target.startswith("/v1/messages/count_tokens")]
    assert len(counts) >= 20
    assert {each.status for each in counts} == {200}
    answers = [json.loads(each.response)["input_tokens"] for each in counts]
    assert min(answers) > 0
    assert took < 30
    rows = _rows(shown["result"])
    agents = [tokens for name, tokens in rows.items() if name.startswith("scout-")]
    assert len(agents) == 20
    assert set(agents) <= set(answers)
    assert rows["Custom agents"] == pytest.approx(sum(agents), rel=0.05)  # it is shown in steps of 100
    assert rows["System tools"] > 3_000
    assert "NaN" not in shown["result"]


def _rows(text: str) -> dict[str, int]:
    """The rows of the tables of `/context`, in tokens."""
    row = re.compile(r"^\| ([\w() -]+?) \|(?: \w+ \|)? ~?([\d.]+)(k?) \|", re.MULTILINE)
    return {name: int(float(number) * (1000 if kilo else 1)) for name, number, kilo in row.findall(text)}
