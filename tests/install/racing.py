"""Install and uninstall while others write the settings: `python -m tests.install.racing HOW TIMES FOLDER` says how.

Three processes: we; a writer without a lock, which reads the file, counts one up, and writes it again in a tight loop,
by a rename or in place; and a reader, which parses the file all the time. Nothing is synced: so they meet more.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hive_integration.install import journal
from hive_integration.install.change import Edit
from hive_integration.install.journal import perform
from hive_integration.install.merge import Want
from hive_integration.install.place import Place, place_of
from hive_integration.install.plan import planned, undone

SETTINGS = ".claude/settings.local.json"
PATIENCE = 0.5
"""Seconds for which a file that is written in place may be torn."""


def renaming(path: Path, stop: Path) -> Mapping[str, Any]:
    """Write by a temporary file and a rename. `lost`: how often the last write was not there any more."""
    count, lost, beside = 0, 0, path.with_name("theirs.tmp")
    while not stop.exists():
        value = json.loads(path.read_text())
        lost += value["count"] != count
        count += 1
        beside.write_text(json.dumps({**value, "count": count}))
        os.replace(beside, path)
    return {"count": count, "lost": lost}


def in_place(path: Path, stop: Path) -> Mapping[str, Any]:
    """Write by opening the file itself, which empties it first."""
    count = 0
    while not stop.exists():
        value = json.loads(path.read_text())
        count += 1
        with path.open("w") as file:
            file.write(json.dumps({**value, "count": count}))
        time.sleep(0.0005)
    return {"count": count}


def reading(path: Path, stop: Path, patience: float) -> Mapping[str, Any]:
    """Parse the file all the time. `bad`: how often it did not parse, and did not within `patience` seconds."""
    looks, bad, since = 0, 0, None
    while not stop.exists():
        looks += 1
        try:
            json.loads(path.read_text())
            since = None
        except (ValueError, OSError):
            since = since or time.monotonic()
            if time.monotonic() - since >= patience:
                bad, since = bad + 1, None
    return {"looks": looks, "bad": bad}


def started(work: Callable[[], Mapping[str, Any]], report: Path) -> int:
    """Run it in a child, which writes what it returns."""
    if child := os.fork():
        return child
    try:
        report.write_text(json.dumps(work()))
    finally:
        os._exit(0)


def raced(place: Place, times: int) -> int:
    """Install and uninstall, over and over. How often the key was there in between, and gone afterwards.

    Not always: who read the file before us and writes it long after us writes what it read. Nobody can prevent that.
    """
    good = 0
    for key in (f"HIVE_{number}" for number in range(times)):
        perform(place, planned(place, [Edit(SETTINGS, [Want(("env", key), "1"), Want(("plugins", key), True)])]))
        there = key in (place.root / SETTINGS).read_text()
        perform(place, undone(place))
        good += there and key not in (place.root / SETTINGS).read_text()
    return good


def reported(how: str, times: int, folder: Path) -> Mapping[str, Any]:
    """What each of the three has seen."""
    place, stop = place_of(folder / "target", folder / "data"), folder / "stop"
    path = place.root / SETTINGS
    path.parent.mkdir(parents=True)
    path.write_text('{"env": {"MINE": "1"}, "count": 0}')
    write = renaming if how == "renaming" else in_place
    patience = 0.0 if how == "renaming" else PATIENCE
    children = [
        started(lambda: write(path, stop), folder / "writer.json"),
        started(lambda: reading(path, stop, patience), folder / "reader.json"),
    ]
    try:
        good = raced(place, times)
    finally:
        stop.touch()
        for child in children:
            os.waitpid(child, 0)
    seen = {name: json.loads((folder / f"{name}.json").read_text()) for name in ("writer", "reader")}
    return {**seen, "good": good, "last": json.loads(path.read_text()), "beside": sorted(os.listdir(path.parent))}


if __name__ == "__main__":
    os.fsync = lambda _: None
    journal._LATER = 0.01
    sys.stdout.write(json.dumps(reported(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
