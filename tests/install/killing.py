"""Kill -9 at every write boundary, each enumerated: `python -m tests.install.killing SCENARIO FOLDER` reports as JSON.

A boundary is a call that changes a disk. The work runs in a forked child that kills itself right before the n-th one
(what is after the n-th is before the next), or in the middle of a write. Nothing waits for the disk here: a kill loses
nothing that was written, so syncing is counted and not done.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_integration.errors import HiveError
from hive_integration.install import writes
from hive_integration.install.change import Change, Edit, Put
from hive_integration.install.doctor import inspected
from hive_integration.install.journal import handed, perform, recover
from hive_integration.install.merge import Want
from hive_integration.install.place import Place, place_of
from hive_integration.install.plan import planned, undone
from tests.install.tree import snapshot

CALLS = ("open", "write", "pwrite", "ftruncate", "fchmod", "fsync", "replace", "rename", "link", "mkdir", "rmdir",
         "unlink")  # fmt: skip
SETTINGS = ".claude/settings.local.json"
HAND_MADE = '{\n    "env": {"MINE": "1"},\n  "permissions": {"allow": ["Bash(ls)"] }, "x" : [1,2]\n}'
Work = Callable[[Place], None]


class Boundaries:
    """Counts the calls that change a disk; at the n-th one it calls `stop`, which does not come back (or raises)."""

    def __init__(self, at: int, stop: Callable[[], None], *, torn: bool = False) -> None:
        self.at, self.stop, self.torn = at, stop, torn
        self.names: list[str] = []

    def reached(self, name: str) -> bool:
        """Count one. Whether it is to be torn."""
        self.names.append(name)
        if len(self.names) != self.at:
            return False
        if not self.torn:
            self.stop()
        return self.torn

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Every such call goes through here."""
        real = {name: getattr(os, name) for name in (*CALLS, "fdopen")}
        kernel = writes._in_kernel
        for name in CALLS:
            setattr(os, name, self._counted(name, real[name]))
        os.fdopen = lambda handle, mode: _Raw(handle) if mode == "wb" else real["fdopen"](handle, mode)
        writes._in_kernel = lambda *given, **named: (self.reached("exchange"), kernel(*given, **named))[1]
        try:
            yield
        finally:
            writes._in_kernel = kernel
            for name, call in real.items():
                setattr(os, name, call)

    def _counted(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            if name == "open" and not given[1] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                return call(*given, **named)
            if self.reached(name) and name in {"write", "pwrite"}:
                call(given[0], bytes(given[1])[: len(given[1]) // 2], *given[2:])
                self.stop()
            return None if name == "fsync" else call(*given, **named)

        return counted


class _Raw:
    """A binary file whose writes are system calls, one each."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __enter__(self) -> _Raw:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def write(self, data: bytes) -> int:
        return os.write(self._handle, data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def fileno(self) -> int:
        return self._handle


def counted(work: Work, place: Place) -> Sequence[str]:
    """The boundaries that the work passes, by their calls' names."""
    boundaries = Boundaries(0, _kill)
    with boundaries.watching():
        work(place)
    return boundaries.names


def killed(work: Work, place: Place, at: int, *, torn: bool = False) -> None:
    """Run the work in a child that is killed at that boundary."""
    child = os.fork()
    if not child:
        with suppress(BaseException), Boundaries(at, _kill, torn=torn).watching():
            work(place)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"boundary {at} was not reached"


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def changes(version: int) -> Sequence[Change]:
    """What is installed: files of ours, a patch, settings that are there, settings that are not."""
    wants = [Want(("env", "HIVE_STATE"), "/s", source="a"), Want(("permissions", "allow"), ["Read"], True, "a")]
    more = [Want(("enabledPlugins", "hive@hive-ctx"), True, source="b")] if version > 1 else []
    grown = [Put("hive-integration/models/new.toml", b"id = 1\n")] if version > 1 else []
    return [
        Put("hive-integration/configs/hive.toml", b"[switch]\n" * version),
        Put("hive-integration/install.sh", b"#!/bin/sh\n", 0o755),
        *grown,
        Put("node_modules/flow/dist/agent.js", b"patched %d\n" % version, before=hashlib.sha256(b"url\n").hexdigest()),
        Edit(SETTINGS, [*wants, *more]),
        Edit(".claude-plugin/marketplace.json", [Want(("plugins",), [{"name": "hive"}], True, "a")]),
    ]


def target(root: Path) -> Path:
    """A target with settings made by hand and a program to be patched."""
    for path, text, mode in ((SETTINGS, HAND_MADE, 0o600), ("node_modules/flow/dist/agent.js", "url\n", 0o755)):
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(text)
        (root / path).chmod(mode)
    return root


def install(place: Place) -> None:
    """The first version."""
    perform(place, planned(place, changes(1), {"kind": "project"}))


def upgrade(place: Place) -> None:
    """The second version."""
    perform(place, planned(place, changes(2), {"kind": "project"}))


def uninstall(place: Place) -> None:
    """All of it taken back."""
    perform(place, undone(place))


def user_adds(place: Place) -> None:
    """The user sets a key in a file that has ours, too."""
    path = place.root / SETTINGS
    path.write_text(path.read_text().replace('"x" : [1,2]', '"x" : [1,2], "theirs": true'))


def foreign(place: Place) -> None:
    """A program that we started writes the settings in its own style, and a file of its own."""
    with handed(place, [SETTINGS, ".claude/settings.json"]):
        for path in (place.root / SETTINGS, place.root / ".claude/settings.json"):
            value = json.loads(path.read_text()) if path.exists() else {}
            path.write_text(json.dumps({**value, "enabledPlugins": {"hive@hive-ctx": True}}, indent=2))


def mended(place: Place) -> None:
    """What every command does first."""
    recover(place)


@dataclass(frozen=True)
class Scenario:
    """What was done before, and what is killed. `cut`: the share of `earlier` that was done when it was killed."""

    before: Sequence[Work]
    work: Work
    earlier: Work | None = None
    cut: float = 0.0


SCENARIOS: Mapping[str, Scenario] = {
    "install": Scenario([], install),
    "upgrade": Scenario([install, user_adds], upgrade),
    "uninstall": Scenario([install], uninstall),
    "uninstall-changed": Scenario([install, user_adds], uninstall),
    "handed": Scenario([install], foreign),
    **{
        f"recovery-{name}-{cut}": Scenario(before, mended, earlier, cut / 100)
        for name, before, earlier in (("install", [], install), ("upgrade", [install], upgrade),
                                      ("uninstall", [install], uninstall))
        for cut in (50, 75, 95)
    },
}  # fmt: skip


class Stage:
    """A target and its memory, which can be set back to where the scenario begins."""

    def __init__(self, folder: Path, scenario: Scenario) -> None:
        self._live, self._kept = folder / "live", folder / "kept"
        shutil.rmtree(folder, ignore_errors=True)
        target(self._live / "target")
        self.place = place_of(self._live / "target", self._live / "data")
        self.original = snapshot(self.place.root)
        for work in scenario.before:
            work(self.place)
        self.before = snapshot(self.place.root)
        shutil.copytree(self._live, self._kept)
        finished = scenario.earlier or scenario.work
        boundaries = counted(finished, self.place)
        self.after = snapshot(self.place.root)
        uninstall(self.place)
        self.gone = snapshot(self.place.root)
        self.reset()
        if scenario.earlier:
            killed(scenario.earlier, self.place, max(1, int(len(boundaries) * scenario.cut)))
            shutil.rmtree(self._kept)
            shutil.copytree(self._live, self._kept)

    def reset(self) -> None:
        """Everything as it was when the scenario began."""
        shutil.rmtree(self._live)
        shutil.copytree(self._kept, self._live)


def state(stage: Stage) -> str:
    """Before, after, or neither, as a user would see it."""
    now = snapshot(stage.place.root)
    return "after" if now == stage.after else "before" if now == stage.before else "half"


def parses(place: Place) -> bool:
    """Whether Claude Code could read the settings."""
    try:
        json.loads((place.root / SETTINGS).read_text())
    except ValueError:
        return False
    return True


def outcome(stage: Stage) -> Mapping[str, Any]:
    """What a kill left, what mending makes of it, and what is there after an uninstallation."""
    place = stage.place
    seen = {"killed": state(stage), "parses": parses(place)}
    found = inspected(place)
    said = recover(place)
    seen |= {"told": bool(found) or not said, "mended": state(stage), "quiet": not recover(place) and parses(place)}
    healthy = not [each for each in inspected(place) if each.kind in {"half-done", "missing", "lost", "refused"}]
    uninstall(place)
    left = [str(path) for path in place.folder.parent.rglob("*")]
    return {**seen, "healthy": healthy, "gone": snapshot(place.root) == stage.gone, "left": left}


def reported(name: str, folder: Path) -> Sequence[Mapping[str, Any]]:
    """Each boundary of a scenario, and what a kill there comes to."""
    stage = Stage(folder, SCENARIOS[name])
    work = SCENARIOS[name].work
    boundaries = counted(work, stage.place)
    report = []
    for at, call in enumerate(boundaries, 1):
        for torn in (False, True) if call in {"write", "pwrite"} else (False,):
            stage.reset()
            killed(work, stage.place, at, torn=torn)
            report.append({"at": at, "call": call, "torn": torn, **outcome(stage)})
    return report


def failed(name: str, folder: Path) -> Sequence[Mapping[str, Any]]:
    """The same, where the disk is full for one call instead: the work has to end in an error, or to its end."""
    stage = Stage(folder, SCENARIOS[name])
    work = SCENARIOS[name].work

    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    report = []
    for at, call in enumerate(counted(work, stage.place), 1):
        stage.reset()
        error = ""
        try:
            with Boundaries(at, full).watching():
                work(stage.place)
        except (HiveError, OSError) as raised:
            error = type(raised).__name__
        report.append({"at": at, "call": call, "error": error, "state": state(stage), **outcome(stage)})
    return report


if __name__ == "__main__":
    os.fsync, time.sleep = lambda _: None, lambda _: None
    how = failed if sys.argv[1:2] == ["--full"] else reported
    sys.stdout.write(json.dumps(how(sys.argv[-2], Path(sys.argv[-1]))))
