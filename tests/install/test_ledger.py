"""Facts about the ledger and the originals beside it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.install.ledger import (
    LEDGER,
    Entry,
    Ledger,
    Lost,
    Stamp,
    keep,
    known,
    ledger_of,
    original,
    save,
    stamp,
    strays,
)
from hive_integration.install.merge import Owned
from hive_integration.install.place import Place
from hive_integration.install.writes import Content

HAD = Stamp(hashlib.sha256(b"was").hexdigest(), 0o600)
OWNED = Owned(("env", "A"), False, {"deep": [1, None, "ä"]}, '"b"', True, 1, "overlay")
FILES = {"a.json": Entry(None, HAD, (OWNED,), True), "b": Entry(Stamp("0" * 64, 0o755), None)}


def _ledger() -> Ledger:
    return Ledger("hive-ctx/ledger/1", "1.2.3", "2026-11-25T00:00:00+00:00", FILES, ("x", "x/y"), {"kind": "hive"})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "memory").mkdir()
    return Place(tmp_path / "target", tmp_path / "memory")


def test_a_ledger_reads_back_as_it_was_written(place: Place) -> None:
    """With all that is owned, in the same order, and for the owner's eyes alone."""
    assert ledger_of(place) is None
    save(place.folder / LEDGER, _ledger())
    assert ledger_of(place) == _ledger()
    assert (place.folder / LEDGER).stat().st_mode & 0o777 == 0o600
    assert list(_ledger().edits) == ["a.json"]


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "hive-ctx/ledger/2"},
        {"more": 1},
        {"files": {"a": {"left": None, "had": None, "odd": 1}}},
        {"files": 3},
    ],
)
def test_a_ledger_that_is_not_understood_whole_is_refused(place: Place, change: dict[str, object]) -> None:
    """Another version's, or one that was altered: nothing is guessed."""
    save(place.folder / LEDGER, _ledger())
    value = json.loads((place.folder / LEDGER).read_text()) | change
    (place.folder / LEDGER).write_text(json.dumps(value))
    with pytest.raises(HiveError, match="cannot be understood") as refused:
        ledger_of(place)
    assert "version" in refused.value.hint


def test_an_original_comes_back_with_its_mode(place: Place) -> None:
    """From a file that only its owner can read, in a folder that only its owner can enter."""
    keep(place, b"was")
    keep(place, b"was")
    assert original(place, FILES["a.json"]) == Content(b"was", 0o600)
    assert original(place, FILES["b"]) is None
    (blob,) = (place.folder / "blobs").iterdir()
    assert blob.stat().st_mode & 0o777 == 0o600
    assert blob.parent.stat().st_mode & 0o777 == 0o700


def test_an_original_that_is_not_what_it_was_is_lost(place: Place) -> None:
    """It is checked against its name at every reading."""
    with pytest.raises(Lost, match="lost"):
        original(place, FILES["a.json"])
    keep(place, b"was")
    (place.folder / "blobs" / HAD.sha256).write_bytes(b"something else")
    with pytest.raises(Lost, match="damaged"):
        original(place, FILES["a.json"])


def test_what_nothing_needs_is_a_stray(place: Place) -> None:
    """Originals that no entry names, and files of ours that were not written to their end."""
    for data in (b"was", b"nobody's"):
        keep(place, data)
    for name in (".ledger.json.abc", ".journal.json.abc", ".state.json.abc", "lock"):
        (place.folder / name).touch()
    save(place.folder / LEDGER, _ledger())
    found = {path.name for path in strays(place, ledger_of(place))}
    assert found == {hashlib.sha256(b"nobody's").hexdigest(), ".ledger.json.abc", ".journal.json.abc"}


def test_a_file_is_known_by_its_bytes() -> None:
    """Not by its mode; and no file is known as no file."""
    content = Content(b"was", 0o644)
    assert known(content, HAD)
    assert known(None, None)
    assert not known(content, None)
    assert not known(None, HAD)
    assert stamp(content) == Stamp(HAD.sha256, 0o644)
    assert stamp(None) is None
