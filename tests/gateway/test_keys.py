"""Facts about the gateway's key."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.gateway.keys import FILE, PREFIX, VARIABLE, gateway_key

_ASK = (
    "import sys; from pathlib import Path; from hive_integration.gateway.keys import gateway_key\n"
    "sys.stdin.readline(); print(gateway_key({}, Path(sys.argv[1])))"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / FILE


def test_the_variable_comes_first_and_leaves_no_file(path: Path) -> None:
    """Who sets the key has it used as it is."""
    assert gateway_key({VARIABLE: " my-own-key\n"}, path) == "my-own-key"
    assert not path.parent.exists()


@pytest.mark.parametrize("given", ["two words", "line\nbreak", "schlüssel", "x" * 513])
def test_a_variable_that_no_header_can_carry_is_refused(path: Path, given: str) -> None:
    """The message names the variable and not its value."""
    with pytest.raises(HiveError, match=VARIABLE) as caught:
        gateway_key({VARIABLE: given}, path)
    assert given not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("env", [{}, {VARIABLE: ""}, {VARIABLE: "  "}])
def test_a_key_is_made_once_and_kept(path: Path, env: dict[str, str]) -> None:
    """Without a variable the key is a long random one, the same at every start."""
    key = gateway_key(env, path)
    assert key.startswith(PREFIX)
    assert len(key) == len(PREFIX) + 43
    assert gateway_key(env, path) == key
    assert path.read_text() == f"{key}\n"
    assert [each.name for each in path.parent.iterdir()] == [FILE]


def test_two_machines_have_two_keys(tmp_path: Path) -> None:
    """Keys are random."""
    assert gateway_key({}, tmp_path / "one") != gateway_key({}, tmp_path / "two")


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_only_its_owner_can_read_the_file(path: Path, umask: int) -> None:
    """The file is 0600 and its folder 0700 at most, whatever the umask says."""
    before = os.umask(umask)
    try:
        gateway_key({}, path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_processes_that_start_at_once_end_with_one_key(path: Path) -> None:
    """Eight processes ask in the same moment: one key, no debris."""
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", _ASK, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(8)
    ]
    for each in asking:
        assert each.stdin is not None
        each.stdin.write("now\n")
        each.stdin.flush()
    keys = {each.communicate(timeout=60)[0].strip() for each in asking}
    assert len(keys) == 1
    assert keys.pop().startswith(PREFIX)
    assert [each.name for each in path.parent.iterdir()] == [FILE]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o666, 0o610])
def test_a_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    """The hint is the command to run; the key is not shown."""
    path = tmp_path / FILE
    path.write_text("hive-known-to-others\n")
    path.chmod(mode)
    with pytest.raises(HiveError, match=f"mode {mode:04o}, expected 0600") as caught:
        gateway_key({}, path)
    assert f"chmod 600 {path}" in caught.value.hint
    assert "known-to-others" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_is_refused(tmp_path: Path, exists: bool) -> None:
    """A link may point into somebody else's hands, also where nothing is there yet: nothing is made through it."""
    target = tmp_path / "elsewhere"
    if exists:
        target.write_text("hive-somebody-elses\n")
        target.chmod(0o600)
    (tmp_path / FILE).symlink_to(target)
    with pytest.raises(HiveError, match="is a link") as caught:
        gateway_key({}, tmp_path / FILE)
    assert f"rm {tmp_path / FILE}" in caught.value.hint
    assert target.exists() == exists


def test_a_file_of_another_user_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever put it there knows the key."""
    gateway_key({}, path)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(HiveError, match="belongs to user"):
        gateway_key({}, path)


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    """What is not a regular file is not read."""
    os.mkfifo(tmp_path / FILE, 0o600)
    with pytest.raises(HiveError, match="not a regular file"):
        gateway_key({}, tmp_path / FILE)


@pytest.mark.parametrize("text", [b"", b"\n", b"two words", b"\xff\xfe\x00", b"a\x00b", b"x" * 2000])
def test_a_file_without_a_key_is_refused(tmp_path: Path, text: bytes) -> None:
    """An empty key would let everybody in."""
    (tmp_path / FILE).write_bytes(text)
    (tmp_path / FILE).chmod(0o600)
    with pytest.raises(HiveError, match="holds no key") as caught:
        gateway_key({}, tmp_path / FILE)
    assert VARIABLE in caught.value.hint


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """One line with the reason, and a way out."""
    (tmp_path / "file").write_text("")
    with pytest.raises(HiveError, match="not a directory") as caught:
        gateway_key({}, tmp_path / "file" / FILE)
    assert caught.value.hint == f"set HIVE_DATA_DIR to a writable folder; or set {VARIABLE}"
