"""The suite cannot hurt: no sockets but loopback, a temporary HOME and Claude configuration for every test."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from hive_integration import tasks
from hive_integration.settings import World


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test that is `async def` runs in a loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    tasks.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("HIVE_CACHE_DIR", str(home / "cache"))
    for name in (
        "CLAUDE_CONFIG_DIR",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_BASE_URL",
        "USE_FINETUNED",
        "HIVE_CONFIG_DIR",
        "HIVE_DATA_DIR",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty world: nothing of the person who runs the tests is in it."""
    home = tmp_path / "home"
    home.mkdir()
    project = tmp_path / "project"
    project.mkdir()
    return World(
        env={"PATH": "/usr/bin:/bin"},
        home=home,
        cwd=project,
        cache_dir=tmp_path / "cache",
        managed_dir=tmp_path / "managed",
    )
