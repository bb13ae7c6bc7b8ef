"""Facts about `hive-ctx run` as a user meets it, with the real gateway and small programs as its client."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hive_integration.gateway.presence import find, lives

from .gateway_folder import KEY, configuration, environment

SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Path]:
    """A configuration; a gateway that is left at the end is ended."""
    configuration(tmp_path / "config")
    yield tmp_path
    left = find(tmp_path / "data" / "gateways", tmp_path / "config")
    if left is not None:
        os.kill(left.pid, signal.SIGTERM)


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "hive_integration", "run", *words]


def ran(base: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("--config", str(base / "config"), "--", *words),
        env=environment(base, **env), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def shown(base: Path, **env: str) -> dict[str, str]:
    """The environment of a program that is run."""
    done = ran(base, sys.executable, "-c", SHOW, **env)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.parametrize("code", [0, 1, 42])
def test_the_exit_code_is_the_clients(base: Path, code: int) -> None:
    """And nothing else is written to either stream."""
    done = ran(base, sys.executable, "-c", f"raise SystemExit({code})")
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


def test_the_client_is_told_where_to_ask(base: Path) -> None:
    """A gateway answers there, with the key that it was given."""
    env = shown(base)
    assert env["ANTHROPIC_BASE_URL"].startswith("http://127.0.0.1:")
    assert env["ANTHROPIC_CUSTOM_HEADERS"] == f"x-hive-key: {KEY}"
    assert env["ANTHROPIC_AUTH_TOKEN"] == KEY
    assert env["ENABLE_TOOL_SEARCH"] == "true"
    ask = "import os, urllib.request as u; print(u.urlopen(os.environ['ANTHROPIC_BASE_URL'] + '/healthz').status)"
    assert ran(base, sys.executable, "-c", ask).stdout == "200\n"


def test_the_rest_of_the_environment_is_untouched(base: Path) -> None:
    """Time limits, models, whatever the user set."""
    mine = {"API_TIMEOUT_MS": "1", "ANTHROPIC_MODEL": "opus", "MINE": "1", "ANTHROPIC_CUSTOM_HEADERS": "X-Team: blue"}
    before = environment(base, **mine)
    env = shown(base, **mine)
    new = {"ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ENABLE_TOOL_SEARCH", "ANTHROPIC_CUSTOM_HEADERS"}
    assert {name: env[name] for name in before if name not in new} == {
        name: value for name, value in before.items() if name not in new
    }
    assert env["ANTHROPIC_CUSTOM_HEADERS"] == f"X-Team: blue\nx-hive-key: {KEY}"
    assert set(env) - set(before) - {"LC_CTYPE"} == new - {"ANTHROPIC_CUSTOM_HEADERS"}


def test_the_words_of_the_command_are_its_own(base: Path) -> None:
    """Options of ours, of click's, of anybody's: after the program's name nothing is read."""
    words = ["--config", "x", "--help", "-v", "--", "-p", "two words", ""]
    done = ran(base, sys.executable, "-c", "import sys; print(sys.argv[1:])", *words)
    assert done.stdout == f"{words}\n"
    code = "import sys; print(sys.argv[1:])"
    plain = subprocess.run(
        command("--config", str(base / "config"), sys.executable, "-c", code, "-p", "--help"),
        env=environment(base), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert plain.stdout == "['-p', '--help']\n"


def test_no_command_line_holds_the_key(base: Path) -> None:
    """Everybody on the machine can read those."""
    if sys.platform != "linux":
        pytest.skip("reads /proc")
    code = (
        "import pathlib\n"
        "for p in pathlib.Path('/proc').glob('[0-9]*/cmdline'):\n"
        "    try: print(p.read_bytes())\n"
        "    except OSError: pass"
    )
    out = ran(base, sys.executable, "-c", code).stdout
    assert "serve" in out
    assert KEY not in out


def test_a_client_called_claude_is_given_its_settings(base: Path) -> None:
    """In a file: a settings file of the user's would beat the shell."""
    fake = base / "bin" / "claude"
    fake.parent.mkdir()
    fake.write_text(f"#!{sys.executable}\nimport sys; print(sys.argv[1:]); print(open(sys.argv[2]).read())\n")
    fake.chmod(0o755)
    path = f"{fake.parent}:{os.environ['PATH']}"
    first, second = ran(base, "claude", "-p", "hi", PATH=path).stdout.splitlines()
    assert first.startswith("['--settings', '")
    assert first.endswith("', '-p', 'hi']")
    env = json.loads(second)["env"]
    assert env["ANTHROPIC_CUSTOM_HEADERS"] == f"x-hive-key: {KEY}"
    assert list((base / "data" / "sessions").iterdir()) == []


def test_the_launcher_is_ended_in_order(base: Path) -> None:
    """SIGTERM reaches the client, whose answer to it is the exit code; the gateway goes, too."""
    code = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(9))\n"
    code += "print('ready', flush=True); time.sleep(60)"
    process = subprocess.Popen(
        command("--config", str(base / "config"), "--", sys.executable, "-c", code),
        env=environment(base), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    presence = find(base / "data" / "gateways", base / "config")
    assert presence is not None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 9
    deadline = time.monotonic() + 15
    while lives(presence.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not lives(presence.pid)


@pytest.mark.parametrize(
    ("words", "env", "code", "said"),
    [
        (["nonsense-program"], {}, 1, "no program nonsense-program"),
        ([sys.executable, "-c", ""], {"USE_FINETUNED": "maybe"}, 1, "USE_FINETUNED is 'maybe'"),
        ([], {}, 2, "Missing argument"),
    ],
)
def test_what_is_wrong_is_one_clear_line_and_a_hint(
    base: Path, words: list[str], env: dict[str, str], code: int, said: str
) -> None:
    """With the contract's exit codes; nothing was started."""
    done = ran(base, *words, **env)
    assert (done.returncode, done.stdout) == (code, "")
    first, hint = done.stderr.splitlines()
    assert said in first
    assert hint.startswith("  hint: ")
    assert find(base / "data" / "gateways", base / "config") is None


def test_the_folder_may_be_named_by_a_variable(base: Path) -> None:
    """HIVE_CONFIG_DIR, relative to where one is."""
    done = subprocess.run(
        command("--", sys.executable, "-c", SHOW), cwd=base, env=environment(base, HIVE_CONFIG_DIR="config"),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert find(base / "data" / "gateways", base / "config") is not None
