"""Follows the configuration's files and swaps the configuration when they change. Threads of its own; reads files.

What is watched are folders, because editors save by renaming, deleting and writing anew. An event only says that it is
time to look: what decides is whether anything that the last load looked at has another stamp. So a lost event (inotify
limits, network file systems) only delays, until the next look.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from hive_integration import logs
from hive_integration.errors import HiveError
from hive_integration.registry.configuration import Configuration
from hive_integration.registry.load import load
from hive_integration.registry.places import locate
from hive_integration.registry.reading import Reading, Stamp, stamp
from hive_integration.settings import now

QUIET = 0.08
"""Seconds without an event after which a burst of saves is over."""
LONGEST = 1.0
"""Seconds after which a burst is looked at although it goes on."""
GRACE = 0.5
"""Seconds that a file may be missing or empty before that is how it is: an editor is about to write it."""
EVERY = 2.0
"""Seconds between looks without an event."""
MAX_FOLDERS = 64
"""Folders that are watched; what lies in further ones is looked at every two seconds only."""

Identity = tuple[int, int] | None
"""A folder's device and inode; None where it has gone."""

_EVENTS: list[type[FileSystemEvent]] = [
    DirCreatedEvent, DirDeletedEvent, DirMovedEvent,
    FileClosedEvent, FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent,
]  # fmt: skip
"""Reading is no event: it would wake the watch that reads."""


class Reloader:
    """Holds the configuration that is current. `reload` swaps one reference or, where the files are bad, nothing."""

    def __init__(self, folder: Path) -> None:
        """Load it. Raises `HiveError` where the files are bad: there is nothing to hold on to yet."""
        self.folder = folder
        self._lock = threading.Lock()
        reading = Reading()
        self.current: Configuration = load(folder, reading)
        self._shipped = locate(folder, Reading()).shipped
        self.watched: Mapping[Path, Stamp] = reading.stamps
        """What the last load looked at, as it was just before."""
        self.last_reload: datetime = now()
        """When the files were last read."""
        self.last_error = ""
        """Why that failed, with file and line; empty where it did not."""
        self.reloads = 0
        """How often another configuration has become the current one."""

    def reload(self) -> bool:
        """Read all files; whether another configuration is current now. Any thread may call it; it raises nothing."""
        with self._lock:
            reading, log = Reading(), logs.get("configuration")
            try:
                new = load(self.folder, reading, defaults=self._shipped)  # a folder that vanished is no switch
                self._shipped = self._shipped and locate(self.folder, Reading()).shipped
            except HiveError as error:
                if str(error) != self.last_error:
                    log.warning("refused, the old one stays", reason=str(error), hint=error.hint)
                self.last_error = str(error)
                return False
            finally:
                self.watched, self.last_reload = reading.stamps, now()
            self.last_error = ""
            if new.version == self.current.version:
                return False
            self.current = new
            self.reloads += 1
            log.info("changed", version=new.version, default=new.switch.default)
            return True


class Watched(Protocol):
    """Something that knows what it looked at: a `Reloader`."""

    @property
    def watched(self) -> Mapping[Path, Stamp]:
        """Path -> its stamp when it was last looked at."""


class Watcher:
    """Calls `on_change()`, from its own thread, when something that `of` looked at has changed. Runs until `stop`."""

    def __init__(self, of: Watched, on_change: Callable[[], object]) -> None:
        self._of, self._on_change = of, on_change
        self._woken, self._ending = threading.Event(), threading.Event()
        self._named = False
        self._folders = _Folders(self._on_event)
        self._follow()
        self._thread = threading.Thread(target=self._run, name="configuration", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End its threads; no call comes after this one has returned."""
        self._ending.set()
        self._woken.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        self._folders.close()

    def _on_event(self, event: FileSystemEvent) -> None:
        paths = {Path(os.fsdecode(path)) for path in (event.src_path, event.dest_path) if path}
        if not paths.isdisjoint(self._folders.files):
            self._named = True
        if isinstance(event, DirDeletedEvent):
            self._folders.lost |= paths
        self._woken.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._woken.wait(EVERY)
            self._settle()
            if self._ending.is_set():
                return
            try:
                if self._changed():
                    self._on_change()
                if not self._ending.is_set():
                    self._follow()
            except Exception:  # noqa: BLE001 - a watch that ended would leave the switch dead, in silence
                logs.get("configuration").error("the watch stumbled", exc_info=True)

    def _follow(self) -> None:
        if self._folders.follow(self._of.watched):
            self._woken.set()  # what was written there before it was watched is found by looking

    def _settle(self) -> None:
        """Wait for the end of a burst."""
        latest = time.monotonic() + LONGEST
        while self._woken.is_set() and time.monotonic() < latest:
            self._woken.clear()
            self._ending.wait(QUIET)

    def _changed(self) -> bool:
        """Whether anything has another stamp, or was written: a clock that is coarse gives two writes one stamp."""
        named, self._named = self._named, False
        before = self._of.watched
        patience = time.monotonic() + GRACE
        while any(_gone(path, old) for path, old in before.items()) and time.monotonic() < patience:
            if self._ending.wait(GRACE / 20):
                return False
        return named or any(stamp(path) != old for path, old in before.items())


def _gone(path: Path, old: Stamp) -> bool:
    """Whether a file that held something is missing or empty."""
    if old is None or old[0] == "folder" or old[2] == 0:
        return False
    new = stamp(path)
    return new is None or (new[0] != "folder" and new[2] == 0)


class _Folders:
    """The folders that are watched now, and their observer. Where the system gives no watch, looking has to do."""

    def __init__(self, on_event: Callable[[FileSystemEvent], None]) -> None:
        self.files: frozenset[Path] = frozenset()
        """The files that matter, as events name them."""
        self.lost: set[Path] = set()
        """Folders that were deleted, and their watches with them; one that is made anew may have the same inode."""
        self._handler = FileSystemEventHandler()
        self._handler.on_any_event = on_event  # type: ignore[method-assign, assignment]
        self._observer: Any = None
        self._watches: dict[Path, tuple[Identity, Any]] = {}
        self._said = False

    def follow(self, paths: Iterable[Path]) -> bool:
        """Watch the folders of `paths`, and no others. A folder that was made anew is watched anew.

        Whether to look once more: a folder is newly watched, or has gone under our hands.
        """
        names = {place for path in paths for place in _places(path)}
        self.files = frozenset(names)
        folders = {_existing(name.parent) for name in names} | {name.resolve() for name in names if name.is_dir()}
        wanted = {folder: _identity(folder) for folder in sorted(folders)[:MAX_FOLDERS]}
        lost, self.lost = self.lost, set()
        for folder, (identity, watch) in list(self._watches.items()):
            if wanted.get(folder) != identity or folder in lost:
                with suppress(KeyError, OSError):
                    self._observer.unschedule(watch)
                del self._watches[folder]
        new = [folder for folder in wanted if folder not in self._watches]
        return sum(self._watch(folder, wanted[folder]) for folder in new) > 0

    def close(self) -> None:
        """End the observer's threads."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None

    def _watch(self, folder: Path, identity: Identity) -> bool:
        try:
            if self._observer is None:
                observer = Observer()
                observer.start()
                self._observer = observer
            watch = self._observer.schedule(self._handler, str(folder), event_filter=_EVENTS)
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError as error:
            if not self._said:
                logs.get("configuration").info("no watch, looking every two seconds", reason=str(error))
            self._said = True
            return False
        self._watches[folder] = (identity, watch)
        return True


def _places(path: Path) -> Iterator[Path]:
    """Where a change of `path` can show: the file itself and every link on the way to it, each in its real folder."""
    seen: set[Path] = set()
    waiting = [path]
    yield _real(path)
    while waiting and len(seen) < MAX_FOLDERS:
        for step in (here := waiting.pop(), *here.parents):
            if step not in seen and step.is_symlink():
                yield _real(step)
                with suppress(OSError):
                    waiting.append(step.parent / step.readlink())
            seen.add(step)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path.parent)) / path.name


def _identity(folder: Path) -> Identity:
    try:
        info = folder.stat()
    except OSError:
        return None
    return info.st_dev, info.st_ino


def _existing(folder: Path) -> Path:
    return next((each for each in (folder, *folder.parents) if each.is_dir()), folder)
