"""Facts about running a client, with small stand-ins for the ways in which one can fail.

The real client runs in `tests/e2e`; these scripts exist because the real one cannot be made to fail on demand.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.audit.session.probe import WORDS, Probe, client_version, find_client, installed_version, record
from hive_integration.errors import HiveError
from hive_integration.settings import World

SEND = """
import json, os, sys, urllib.request, subprocess, time
url = os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages?beta=true"
body = {"model": "m", "system": dict(os.environ), "messages": [{"role": "user", "content": sys.argv[1]}],
        "tools": [{"name": "Bash"}], "argv": sys.argv, "config": os.environ["CLAUDE_CONFIG_DIR"]}
"""
DAEMON = f"""
import os, subprocess, sys, time
child = subprocess.Popen([{sys.executable!r}, "-c", "import time; time.sleep(99)"], start_new_session=True)
"""
POST = "urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode())).read()\n"


@pytest.fixture
def busy(world: World) -> World:
    return replace(world, env={"PATH": os.environ["PATH"], "HOME": str(world.home)})


def script(folder: Path, code: str) -> Path:
    path, program = folder / "claude", folder / "claude.py"
    program.write_text(code)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n')  # a path in a first line takes no spaces
    path.chmod(0o755)
    return path


def probe(world: World, code: str, **options: object) -> Probe:
    return replace(Probe(script(world.cwd, code), world.cwd, timeout=20), **options)


def sent(world: World, code: str = SEND + POST, **options: object) -> dict:
    return json.loads(record(probe(world, code, **options), world, tool_search="true").body)


def test_the_first_request_is_recorded_and_names_the_real_folder(busy: World) -> None:
    """The body comes back whole, with the temporary configuration folder replaced by the user's own."""
    body = sent(busy)
    assert body["messages"][0]["content"] == WORDS
    assert body["config"] == str(busy.claude_dir)


def test_memory_is_found_under_the_name_that_the_client_remembers(busy: World) -> None:
    """In a folder of a repository that is the repository's, not the folder's."""
    repository = busy.cwd.parent / "repository"
    slug = "".join(c if c.isalnum() else "-" for c in str(repository))
    (busy.claude_dir / "projects" / slug / "memory").mkdir(parents=True)
    (busy.claude_dir / "projects" / slug / "memory" / "MEMORY.md").write_text("- one")
    look = f"body['memory'] = open(body['config'] + '/projects/{slug}/memory/MEMORY.md').read()\n"
    assert sent(busy, SEND + look + POST, known_as=repository)["memory"] == "- one"


def test_no_credential_and_no_detour_reaches_the_client(busy: World) -> None:
    """Keys, tokens, other providers and proxies of the user's environment are not passed on."""
    secrets = {
        "ANTHROPIC_API_KEY": "SECRET", "CLAUDE_CODE_OAUTH_TOKEN": "SECRET", "ANTHROPIC_CUSTOM_HEADERS": "x: SECRET",
        "ANTHROPIC_BASE_URL": "http://SECRET", "CLAUDE_CODE_USE_BEDROCK": "1",
    }  # fmt: skip
    body = sent(replace(busy, env={**busy.env, **secrets}))
    assert "SECRET" not in json.dumps(body)
    assert "CLAUDE_CODE_USE_BEDROCK" not in body["system"]
    assert body["system"]["ENABLE_TOOL_SEARCH"] == "true"


def test_no_settings_file_can_send_the_probe_elsewhere(busy: World) -> None:
    """The command line's settings beat files': other providers are switched off, no key is fetched by a helper."""
    argv = sent(busy)["argv"]
    settings = json.loads(argv[argv.index("--settings") + 1])
    assert settings["apiKeyHelper"] == ""
    assert settings["env"]["CLAUDE_CODE_USE_BEDROCK"] == settings["env"]["CLAUDE_CODE_USE_VERTEX"] == ""
    assert settings["env"]["ANTHROPIC_BASE_URL"].startswith("http://127.0.0.1:")


def test_without_hooks_the_client_is_told_so(busy: World) -> None:
    """`hooks=False` becomes the client's own setting."""
    argv = sent(busy, hooks=False)["argv"]
    assert json.loads(argv[argv.index("--settings") + 1])["disableAllHooks"] is True


def test_a_client_that_ends_without_a_request_is_reported_with_its_last_words(busy: World) -> None:
    """The error carries the client's exit code and last line."""
    with pytest.raises(HiveError, match="ended with 3, saying: no login"):
        record(probe(busy, "import sys; print('no login', file=sys.stderr); sys.exit(3)"), busy)


def test_a_client_that_floods_its_standard_error_is_heard_out(busy: World) -> None:
    """More than a pipe holds does not stop it before its request."""
    assert sent(busy, "import sys; print('x' * 300_000, file=sys.stderr)\n" + SEND + POST)["model"] == "m"


def test_a_client_that_leaves_a_child_with_its_standard_error_does_not_hold_the_probe_up(busy: World) -> None:
    """Its end is noticed though the child lives on, and the child is ended."""
    start = time.monotonic()
    with pytest.raises(HiveError, match="ended with 3, saying: bye"):
        record(probe(busy, DAEMON + "print('bye', file=sys.stderr, flush=True); os._exit(3)"), busy)
    assert time.monotonic() - start < 15


def test_a_file_that_is_no_program_is_one_line(busy: World) -> None:
    """The system's reason is in the error."""
    broken = script(busy.cwd, "")
    broken.write_bytes(b"no program")
    with pytest.raises(HiveError, match="does not start: Exec format error"):
        record(Probe(broken, busy.cwd), busy)


def test_a_client_that_hangs_is_ended_in_time(busy: World) -> None:
    """The time limit holds, and the hint names the usual cause."""
    start = time.monotonic()
    with pytest.raises(HiveError, match="nothing arrived within 1 s") as caught:
        record(probe(busy, "import time; time.sleep(60)", timeout=1), busy)
    assert time.monotonic() - start < 15
    assert "--no-hooks" in caught.value.hint


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the mark is looked for under /proc")
def test_what_the_session_leaves_running_is_ended(busy: World) -> None:
    """A daemon that a hook starts in a session of its own does not outlive the probe."""
    recording = record(probe(busy, SEND + DAEMON + POST + "time.sleep(60)"), busy)
    assert recording.ended >= 1


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the mark is looked for under /proc")
def test_an_interruption_ends_what_the_session_left_running(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the probe waits leaves no process behind either."""
    pid = busy.cwd / "pid"

    def interrupted(*_: object) -> None:
        while not pid.exists() or not pid.read_text():
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr("hive_integration.audit.session.probe._wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        record(probe(busy, DAEMON + f"open({str(pid)!r}, 'w').write(str(child.pid)); time.sleep(60)"), busy)
    state = Path("/proc", pid.read_text(), "stat")
    assert not state.exists() or " Z " in state.read_text()


def test_a_missing_client_is_one_line_with_what_to_do(world: World) -> None:
    """No `claude` on PATH, or none at the path given."""
    with pytest.raises(HiveError, match="no `claude` on PATH"):
        find_client(replace(world, env={"PATH": "/nowhere"}))
    with pytest.raises(HiveError, match="no client at /nowhere/claude"):
        find_client(world, "/nowhere/claude")


def test_a_relative_folder_on_path_names_no_client(busy: World) -> None:
    """What lies in the project must not be run because PATH holds `.`; the next folder counts."""
    script(busy.cwd, "")
    with pytest.raises(HiveError, match="no `claude` on PATH"):
        find_client(replace(busy, env={"PATH": os.pathsep.join((".", "", busy.cwd.name))}))


def test_a_relative_client_is_relative_to_where_the_command_was_given(busy: World) -> None:
    """Not to the project, in which it is started later."""
    client = script(busy.cwd, "")
    assert find_client(busy, "./claude") == client


def test_the_installed_version_is_that_of_the_clients_own_package(busy: World) -> None:
    """Another package above it, say the project's, does not say which client this is."""
    client, manifest = script(busy.cwd, ""), busy.cwd / "package.json"
    manifest.write_text(json.dumps({"name": "app", "version": "9.9.9"}))
    assert installed_version(client) == ""
    manifest.write_text(json.dumps({"name": "@anthropic-ai/claude-code", "version": "2.1.329"}))
    assert installed_version(client) == "2.1.329"


def test_the_version_is_read_from_the_clients_own_words(busy: World) -> None:
    """`2.1.329 (Claude Code)` gives 2.1.329, anything else nothing."""
    assert client_version(script(busy.cwd, "print('2.1.329 (Claude Code)')"), busy) == "2.1.329"
    assert client_version(script(busy.cwd, "print('hello')"), busy) == ""
    assert client_version(script(busy.cwd, "import sys; sys.stdout.buffer.write(b'\\xff')"), busy) == ""


def test_an_interactive_session_runs_on_a_terminal_without_print_mode(busy: World) -> None:
    """Its three streams are a terminal, and nothing it draws reaches anybody."""
    tty = "body['tty'] = [os.isatty(n) for n in (0, 1, 2)] + list(os.get_terminal_size())\nprint('x' * 200000)\n"
    body = sent(busy, SEND + tty + POST + "time.sleep(60)", interactive=True)
    assert body["tty"] == [True, True, True, 120, 40]
    assert "-p" not in body["argv"]
