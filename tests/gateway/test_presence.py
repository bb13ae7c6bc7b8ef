"""Facts about how a gateway is found: only one that lives and answers counts."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.files import identity
from hive_integration.gateway.presence import Presence, announce, find, withdraw

from .standin import running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "gateways"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config"
    path.mkdir()
    return path


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("*.json")
    return path


def test_one_that_answers_is_found_until_it_withdraws(folder: Path, config: Path) -> None:
    """Announce, find, withdraw; before and after there is none."""
    with running(config) as gateway:
        assert find(folder, config) is None
        announce(folder, gateway.presence)
        assert find(folder, config) == gateway.presence
        withdraw(folder, gateway.presence)
        assert find(folder, config) is None


def test_the_file_is_the_owners_alone(folder: Path, config: Path) -> None:
    """0600, and nothing else lies beside it."""
    with running(config) as gateway:
        announce(folder, gateway.presence)
    assert only_file(folder).stat().st_mode & 0o777 == 0o600
    assert len(list(folder.iterdir())) == 1


def test_a_folder_is_the_same_by_any_of_its_names(folder: Path, config: Path, tmp_path: Path) -> None:
    """A link to it, or a path with dots, finds the same gateway; another folder does not."""
    (tmp_path / "link").symlink_to(config)
    other = tmp_path / "other"
    other.mkdir()
    with running(config) as gateway:
        announce(folder, gateway.presence)
        assert find(folder, tmp_path / "link") == gateway.presence
        assert find(folder, other / ".." / "config") == gateway.presence
        assert find(folder, other) is None
    assert identity(config) != identity(other)


def test_a_dead_process_is_no_presence(folder: Path, config: Path) -> None:
    """Even where another program now answers on its port."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with running(config) as gateway:
        announce(folder, replace(gateway.presence, pid=gone.pid))
        assert find(folder, config) is None


def test_one_that_does_not_answer_is_no_presence(folder: Path, config: Path) -> None:
    """A process that lives under a number used again, and nobody on the port."""
    with running(config) as gateway:
        announce(folder, gateway.presence)
    assert find(folder, config) is None


def test_the_gateway_of_another_folder_is_no_presence(folder: Path, config: Path, tmp_path: Path) -> None:
    """It took over the port: its own name, or its process, tells."""
    with running(tmp_path) as other:
        announce(folder, replace(other.presence, config_dir=str(config)))
        assert find(folder, config) is None
    with running(config) as gateway:
        announce(folder, replace(gateway.presence, pid=1))
        assert find(folder, config) is None


def test_who_comes_later_is_not_withdrawn(folder: Path, config: Path) -> None:
    """A gateway that ends late leaves the file of its successor alone."""
    with running(config) as gateway:
        announce(folder, gateway.presence)
        withdraw(folder, replace(gateway.presence, pid=1))
        assert find(folder, config) == gateway.presence


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "[" * 5000, '{"pid": 1}', "\x00", '{"pid": "1", "port": 80}', "{}" * 40000],
    ids=["empty", "cut", "list", "null", "deep", "little", "nul", "kinds", "large"],
)
def test_a_broken_file_is_no_presence(folder: Path, config: Path, text: str) -> None:
    """Whatever stands there, finding never raises, and announcing mends it."""
    folder.mkdir()
    (folder / f"{identity(config)}.json").write_text(text)
    assert find(folder, config) is None
    with running(config) as gateway:
        announce(folder, gateway.presence)
        assert find(folder, config) == gateway.presence


@pytest.mark.parametrize(("name", "value"), [("pid", -1), ("pid", True), ("pid", 2**80), ("port", 0), ("port", 70000),
                                             ("host", None)])  # fmt: skip
def test_values_that_cannot_be_are_no_presence(folder: Path, config: Path, name: str, value: object) -> None:
    """A signal to process -1 goes to everybody: such a file is not believed."""
    with running(config) as gateway:
        announce(folder, gateway.presence)
        path = only_file(folder)
        path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))
        assert find(folder, config) is None


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8787"),
        ("localhost", "http://localhost:8787"),
        ("::1", "http://[::1]:8787"),
        ("0.0.0.0", "http://127.0.0.1:8787"),
        ("::", "http://[::1]:8787"),
    ],
)
def test_the_address_for_clients(host: str, url: str) -> None:
    """One that listens everywhere is called over loopback; IPv6 stands in brackets."""
    assert Presence(1, host, 8787, "/c", "0", "").base_url == url
