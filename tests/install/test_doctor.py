"""Facts about what the doctor finds, and what is no illness."""

from __future__ import annotations

from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.install import journal
from hive_integration.install.change import Edit, Put
from hive_integration.install.doctor import Finding, inspected
from hive_integration.install.journal import perform, recover
from hive_integration.install.merge import Want
from hive_integration.install.place import Place, place_of
from hive_integration.install.plan import planned
from tests.install.tree import put

SETTINGS = ".claude/settings.local.json"
CHANGES = [Put("ours/a.toml", b"a = 1\n"), Edit(SETTINGS, [Want(("env", "OURS"), "1"), Want(("env", "TOO"), "1")])]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    put(tmp_path / "target", {SETTINGS: '{"env": {"MINE": "1"}}'})
    place = place_of(tmp_path / "target", tmp_path / "data")
    perform(place, planned(place, CHANGES))
    return place


def _kinds(place: Place) -> list[tuple[str, str, bool]]:
    return [(finding.path, finding.kind, finding.mendable) for finding in inspected(place)]


def test_a_sound_installation_has_no_findings(place: Place, tmp_path: Path) -> None:
    """Nor has a folder without one, nor keys of the user's own."""
    assert inspected(place) == []
    assert inspected(place_of(tmp_path, tmp_path / "data")) == []
    path = place.root / SETTINGS
    path.write_text(path.read_text().replace('"MINE": "1"', '"MINE": "2"'))
    assert inspected(place) == []


def test_what_is_missing_changed_or_foreign_is_told(place: Place) -> None:
    """Each with what to do."""
    (place.root / "ours/a.toml").unlink()
    put(place.root, {"ours/theirs": "x", SETTINGS: '{"env": {"OURS": "2", "TOO": "1"}}'})
    assert _kinds(place) == [
        ("ours/a.toml", "missing", True),
        (SETTINGS, "changed", False),
        ("ours/theirs", "foreign", False),
    ]
    put(place.root, {"ours/a.toml": "b"})
    assert ("ours/a.toml", "changed", False) in _kinds(place)
    assert all(finding.what and finding.what_to_do for finding in inspected(place))


def test_what_cannot_be_read_is_told_with_the_rest(place: Place, tmp_path: Path) -> None:
    """Settings that do not parse any more, a link that leads out, a lost original, an odd ledger."""
    put(place.root, {SETTINGS: "{"})
    (place.root / "ours/a.toml").unlink()
    (place.root / "ours/a.toml").symlink_to(tmp_path / "elsewhere")
    for blob in (place.folder / "blobs").iterdir():
        blob.write_bytes(b"")
    assert _kinds(place) == [
        ("ours/a.toml", "refused", False),
        (SETTINGS, "lost", False),
        (SETTINGS, "refused", False),
    ]
    (place.folder / "ledger.json").write_text("{}")
    assert _kinds(place) == [(str(place.folder / "ledger.json"), "refused", False)]


def test_an_interruption_is_half_done_until_it_is_mended(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mending needs no answer, and then there is nothing to find."""

    def dies(*_: object) -> None:
        raise HiveError("dead")

    more = [*CHANGES, Put("ours/b.toml", b"b = 1\n")]
    with monkeypatch.context() as patch:
        patch.setattr(journal, "_conclude", dies)
        patch.setattr(journal, "_take_back", dies)
        with pytest.raises(HiveError, match="dead"):
            perform(place, planned(place, more))
    assert _kinds(place) == [(str(place.folder / "journal.json"), "half-done", True)]
    assert recover(place)
    assert inspected(place) == []
    assert planned(place, more).empty


def test_what_lies_about_is_swept_up(place: Place) -> None:
    """A temporary file of ours beside a file of ours, without a journal."""
    put(place.root, {"ours/.a.toml.hive-ctx": "x"})
    assert _kinds(place)[0] == (str(place.root / "ours/.a.toml.hive-ctx"), "half-done", True)
    assert recover(place) == ()
    assert inspected(place) == []


def test_a_finding_is_a_value() -> None:
    """To be shown or written as JSON."""
    assert Finding("a", "missing", "is gone", "install") == Finding("a", "missing", "is gone", "install", False)
