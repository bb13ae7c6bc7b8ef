"""Facts about the gateway of a configuration: found or started, one for all launchers, gone when nobody needs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.cli import gateways
from hive_integration.cli.gateways import Wanted, gateway
from hive_integration.errors import HiveError
from hive_integration.gateway.presence import Presence, find, lives
from hive_integration.providers import local_gateway
from hive_integration.registry.configuration import Listen

from .gateway_folder import KEY, configuration, environment, free_port

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def until(condition: Callable[[], object], seconds: float = 15.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wanted]:
    """A gateway that lingers half a second; whatever is left of it at the end is ended."""
    monkeypatch.setattr(gateways, "LINGER", 0.5)
    folder = configuration(tmp_path / "config")
    env = environment(tmp_path)
    it = Wanted(folder, tmp_path / "data", Listen(port=0), KEY, env, ("--config", str(folder)))
    yield it
    left = find(it.presences, it.config_dir)
    if left is not None:
        os.kill(left.pid, signal.SIGTERM)
        until(lambda: not alive(left))


def alive(presence: Presence) -> bool:
    """Whether it still answers; a process that has ended stays in the list until its launcher has, too."""
    return local_gateway.health(presence.reachable, presence.port, patience=1) is not None


def test_it_is_started_where_none_runs_and_ends_after_its_last_session(wanted: Wanted) -> None:
    """It takes its file along; its log is the owner's alone."""
    with gateway(wanted) as presence:
        assert alive(presence)
        assert wanted.log.stat().st_mode & 0o777 == 0o600
        time.sleep(1.2)
        assert alive(presence), "a gateway in use ended"
    assert until(lambda: not alive(presence), 5)
    assert until(lambda: not list(wanted.presences.glob("*.json")))


def test_a_second_session_uses_the_first_ones_and_outlives_it(wanted: Wanted) -> None:
    """No session depends on another."""
    with gateway(wanted) as second_to_end:
        with gateway(wanted) as other:
            assert other == second_to_end
        time.sleep(1.2)
        assert alive(second_to_end)


def test_launchers_at_once_start_one(wanted: Wanted) -> None:
    """Five of them, one process."""
    seen: list[Presence] = []
    ready = threading.Barrier(5)

    def launch() -> None:
        with gateway(wanted) as presence:
            seen.append(presence)
            ready.wait(timeout=30)

    threads = [threading.Thread(target=launch) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 5
    assert len({presence.pid for presence in seen}) == 1


def test_a_killed_launcher_leaves_nothing(wanted: Wanted, tmp_path: Path) -> None:
    """kill -9 closes its connection, and the gateway goes."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from hive_integration.cli import gateways; from hive_integration.registry.configuration import Listen\n"
        "gateways.LINGER = 0.5; folder = Path(sys.argv[1]); env = dict(__import__('os').environ)\n"
        "wanted = gateways.Wanted(folder, Path(env['HIVE_DATA_DIR']), Listen(port=0), env['HIVE_GATEWAY_KEY'], env,\n"
        "                         ('--config', str(folder)))\n"
        "with gateways.gateway(wanted) as presence: print(presence.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(wanted.config_dir)]
    launcher = subprocess.Popen(command, env=dict(wanted.env), stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    pid = int(launcher.stdout.readline())
    launcher.kill()
    launcher.communicate()
    assert until(lambda: not lives(pid), 10)
    assert list(wanted.presences.glob("*.json")) == []


def test_the_configured_port_is_used_where_it_is_free(wanted: Wanted) -> None:
    """And another one where it is not: a session is worth more than a number."""
    port = free_port()
    wanted = replace(wanted, listen=Listen(port=port))
    with gateway(wanted) as presence:
        assert presence.port == port
    assert until(lambda: not alive(presence))
    with socket.create_server(("127.0.0.1", port)), gateway(wanted) as presence:
        assert presence.port not in {port, 0}


def test_one_that_cannot_start_says_its_last_words(wanted: Wanted) -> None:
    """They are in the error; the log is named."""
    wanted = replace(wanted, listen=Listen(host="203.0.113.7", port=0))
    with (
        pytest.raises(HiveError, match=r"ended as it started: .*cannot listen on 203\.0\.113\.7") as caught,
        gateway(wanted),
    ):
        pass
    assert str(wanted.log) in caught.value.hint


def test_one_that_does_not_get_ready_is_given_up(
    wanted: Wanted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And ended: nothing is left."""
    hanging = tmp_path / "hanging"
    hanging.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(gateways, "PATIENCE", 0.5)
    monkeypatch.setattr(sys, "executable", str(hanging))
    with pytest.raises(HiveError, match="did not start within"), gateway(wanted):
        pass
    assert not lives(int((tmp_path / "pid").read_text()))


def test_one_that_dies_under_a_session_is_started_again_where_it_was(wanted: Wanted) -> None:
    """The client only sees a refused connection, and asks again."""
    with gateway(wanted) as presence:
        os.kill(presence.pid, signal.SIGKILL)
        assert until(lambda: (again := find(wanted.presences, wanted.config_dir)) and again.pid != presence.pid)
        again = find(wanted.presences, wanted.config_dir)
        assert again is not None
        assert again.port == presence.port
        time.sleep(1.2)
        assert alive(again), "the new one is not held"
    assert until(lambda: not alive(again), 5)


def test_a_running_one_with_another_key_is_said(wanted: Wanted) -> None:
    """It is not replaced: somebody uses it."""
    with (
        gateway(wanted),
        pytest.raises(HiveError, match="does not take the key"),
        gateway(replace(wanted, key="other")),
    ):
        pass


@linux
def test_what_only_one_session_wants_does_not_reach_it(wanted: Wanted) -> None:
    """USE_FINETUNED travels by header: the next session may want the other model. Its command line holds no key."""
    wanted = replace(wanted, env={**wanted.env, "USE_FINETUNED": "1", "ACME_API_KEY": "secret"})
    with gateway(wanted) as presence:
        process = Path(f"/proc/{presence.pid}")
        variables = (process / "environ").read_bytes().split(b"\0")
        assert b"ACME_API_KEY=secret" in variables
        assert not any(variable.startswith(b"USE_FINETUNED") for variable in variables)
        assert KEY.encode() not in (process / "cmdline").read_bytes()


def test_a_folder_cannot_slip_a_module_in(wanted: Wanted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project with an `aiohttp.py` or a `hive_integration/` of its own does not run as the gateway."""
    trap = tmp_path / "project"
    (trap / "hive_integration").mkdir(parents=True)
    for name in ("aiohttp.py", "click.py", "hive_integration/__init__.py", "hive_integration/__main__.py"):
        (trap / name).write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\n")
    monkeypatch.chdir(trap)
    with gateway(wanted) as presence:
        assert alive(presence)
    assert not (tmp_path / "sprung").exists()


def test_a_large_log_is_put_aside(wanted: Wanted, monkeypatch: pytest.MonkeyPatch) -> None:
    """One older log is kept."""
    monkeypatch.setattr(gateways, "LARGEST_LOG", 10)
    wanted.log.parent.mkdir(parents=True)
    wanted.log.write_text("x" * 11)
    with gateway(wanted):
        pass
    assert wanted.log.with_suffix(".log.old").read_text() == "x" * 11


def test_a_folder_that_cannot_be_written_is_one_clear_line(wanted: Wanted, tmp_path: Path) -> None:
    """Where the files of gateways would lie, something else does."""
    (tmp_path / "data").write_text("")
    with pytest.raises(HiveError, match="cannot write"), gateway(wanted):
        pass
