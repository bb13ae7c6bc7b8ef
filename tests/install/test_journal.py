"""Facts about performing a plan, mending, handing files to programs of ours, and taking all of it back."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.install import journal, writes
from hive_integration.install.change import Change, Edit, Put
from hive_integration.install.journal import handed, note, perform, recover
from hive_integration.install.ledger import ledger_of
from hive_integration.install.merge import Want
from hive_integration.install.place import Place, locked, place_of
from hive_integration.install.plan import planned, undone
from tests.install.tree import put, snapshot

SETTINGS = ".claude/settings.local.json"
TEXT = '{\n   "permissions": {"allow": ["Bash(ls)"]},\n "env" : {"MINE": "1"} }'


def _changes(version: str = "1") -> list[Change]:
    wants = [Want(("env", "OURS"), version), Want(("permissions", "allow"), ["Read"], items=True)]
    return [
        Put("ours/deep/a.toml", f"v = {version}\n".encode()),
        Put("ours/run.sh", b"#!/bin/sh\n", 0o755),
        Put("lib/agent.js", f"patched {version}".encode(), before=hashlib.sha256(b"url").hexdigest()),
        Edit(SETTINGS, wants),
        Edit("new/settings.json", wants),
    ]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    put(tmp_path / "target", {SETTINGS: TEXT, "lib/agent.js": "url", "README.md": "theirs"})
    (tmp_path / "target" / SETTINGS).chmod(0o600)
    return place_of(tmp_path / "target", tmp_path / "data")


def _remembered(place: Place) -> list[Path]:
    return list(place.folder.parent.rglob("*"))


def test_an_uninstallation_restores_every_byte_and_every_mode(place: Place) -> None:
    """Also after an upgrade; and nothing of it is remembered then."""
    before = snapshot(place.root)
    for version in ("1", "2"):
        perform(place, planned(place, _changes(version), {"kind": "project"}))
        assert (place.root / SETTINGS).stat().st_mode & 0o777 == 0o600
        assert (place.root / "ours/run.sh").stat().st_mode & 0o777 == 0o755
        assert (place.root / "lib/agent.js").read_text() == f"patched {version}"
    assert perform(place, undone(place)) == ()
    assert snapshot(place.root) == before
    assert _remembered(place) == []


def test_the_ledger_says_what_is_ours(place: Place) -> None:
    """Files, keys, folders, facts, and since when; the first time stays."""
    perform(place, planned(place, _changes(), {"kind": "project"}))
    first = ledger_of(place)
    perform(place, planned(place, _changes("2")))
    second = ledger_of(place)
    assert first is not None
    assert second is not None
    assert list(second.files) == [change.path for change in _changes()]
    assert list(second.edits) == [SETTINGS, "new/settings.json"]
    assert second.folders == ("ours", "ours/deep", "new")
    assert second.facts == {"kind": "project"}
    assert second.installed_at == first.installed_at


def test_what_the_user_changed_in_between_is_kept(place: Place) -> None:
    """Their keys, their files, what they deleted; all else goes."""
    perform(place, planned(place, _changes()))
    settings = place.root / SETTINGS
    settings.write_text(settings.read_text().replace('"MINE": "1"', '"MINE": "2"').replace('"Read"', '"Read", "Edit"'))
    put(place.root, {"ours/deep/a.toml": "changed", "ours/theirs": "x"})
    (place.root / "ours/run.sh").unlink()
    plan = undone(place)
    assert len(plan.kept) == 2
    perform(place, plan)
    theirs = TEXT.replace('"MINE": "1"', '"MINE": "2"').replace('"Bash(ls)"', '"Bash(ls)", "Edit"')
    assert settings.read_text() == theirs
    assert (place.root / "ours/deep/a.toml").read_text() == "changed"
    assert sorted(os.listdir(place.root / "ours")) == ["deep", "theirs"]
    assert not (place.root / "new").exists()
    assert _remembered(place) == []


def test_a_plan_that_is_out_of_date_is_refused(place: Place) -> None:
    """Another installation came first, or a file appeared: nothing is written."""
    old = planned(place, _changes())
    put(place.root, {"ours/deep/a.toml": "theirs"})
    with pytest.raises(HiveError, match="changed meanwhile"):
        perform(place, old)
    (place.root / "ours/deep/a.toml").unlink()
    perform(place, planned(place, _changes()))
    now = snapshot(place.root)
    with pytest.raises(HiveError, match="another hive-ctx"):
        perform(place, old)
    assert snapshot(place.root) == now


def test_what_is_written_between_plan_and_step_is_worked_in(place: Place) -> None:
    """Settings only; and the user's part is the original then."""
    plan = planned(place, _changes())
    put(place.root, {SETTINGS: '{"theirs": 1}'})
    assert perform(place, plan) == ()
    assert json.loads((place.root / SETTINGS).read_text())["theirs"] == 1
    perform(place, undone(place))
    assert (place.root / SETTINGS).read_text() == '{"theirs": 1}'


def test_settings_that_break_meanwhile_take_everything_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """They had time to become whole. They stay in the ledger: nobody can say whether something of ours is in them."""
    monkeypatch.setattr(journal, "_TRIES", 3)
    for broken in ('{"env": ', ""):
        plan = planned(place, _changes())
        put(place.root, {SETTINGS: broken})
        before = snapshot(place.root)
        with pytest.raises(HiveError, match="settings"):
            perform(place, plan)
        assert snapshot(place.root) == before
        ledger = ledger_of(place)
        assert ledger is not None
        assert list(ledger.files) == [SETTINGS]
        put(place.root, {SETTINGS: TEXT})
        perform(place, undone(place))
        assert (place.root / SETTINGS).read_text() == TEXT
        assert _remembered(place) == []


def test_a_stale_write_of_somebody_elses_is_seen(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who read the settings before us and writes them after us knows nothing of us: we look again."""
    plan, waiting = planned(place, _changes()), [TEXT]
    real = journal.swap

    def swap(path: Path, *rest: object) -> bool:
        done = real(path, *rest)  # type: ignore[arg-type]
        if path.name == "settings.local.json" and waiting:
            path.write_text(waiting.pop())
        return done

    monkeypatch.setattr(journal, "swap", swap)
    perform(place, plan)
    assert json.loads((place.root / SETTINGS).read_text())["env"]["OURS"] == "1"
    before = planned(place, _changes()).empty
    perform(place, undone(place))
    assert before
    assert (place.root / SETTINGS).read_text() == TEXT


def test_an_interrupted_user_gets_everything_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle is no kill."""
    before = snapshot(place.root)
    real = writes._in_kernel

    def interrupted(one: Path, other: Path, *, exchange: bool) -> bool:
        if other.name == "agent.js":
            monkeypatch.setattr(writes, "_in_kernel", real)
            raise KeyboardInterrupt
        return real(one, other, exchange=exchange)

    monkeypatch.setattr(writes, "_in_kernel", interrupted)
    with pytest.raises(KeyboardInterrupt):
        perform(place, planned(place, _changes()))
    assert snapshot(place.root) == before
    assert _remembered(place) == []


def test_two_at_once_are_one_after_the_other(place: Place) -> None:
    """The second waits for the first; its plan is out of date then, and it says so."""
    plan = planned(place, _changes())
    said: list[str] = []

    def second() -> None:
        try:
            perform(place, plan)
        except HiveError as error:
            said.append(str(error))

    other = threading.Thread(target=second)
    with locked(place):
        other.start()
        other.join(0.1)
        assert other.is_alive()
    other.join()
    perform(place, undone(place))
    assert said == []


def test_a_journal_must_be_mended_first(place: Place) -> None:
    """A plan made over half a change would be wrong; a journal that is not understood is not guessed at."""
    plan = planned(place, _changes())
    put(place.folder, {"journal.json": "{}"})
    with pytest.raises(HiveError, match="interrupted"):
        perform(place, plan)
    with pytest.raises(HiveError, match="cannot be understood"):
        recover(place)


def test_what_a_program_of_ours_writes_is_ours(place: Place) -> None:
    """Its style goes with it; what the user changes later stays."""
    before = snapshot(place.root)
    perform(place, planned(place, _changes()))
    with handed(place, [SETTINGS, "made.json"]):
        styled = json.dumps(json.loads((place.root / SETTINGS).read_text()) | {"plugins": {}}, indent=2)
        put(place.root, {SETTINGS: styled, "made.json": "{}"})
    assert planned(place, _changes()).empty
    perform(place, undone(place))
    assert snapshot(place.root) == before


def test_what_a_program_of_ours_finds_changed_stays_the_users(place: Place) -> None:
    """It came after them."""
    perform(place, planned(place, _changes()))
    settings = place.root / SETTINGS
    settings.write_text(settings.read_text().replace('"MINE": "1"', '"MINE": "2"'))
    with handed(place, [SETTINGS]):
        settings.write_text(json.dumps(json.loads(settings.read_text())))
    perform(place, undone(place))
    assert json.loads(settings.read_text()) == {"permissions": {"allow": ["Bash(ls)"]}, "env": {"MINE": "2"}}


def test_a_command_of_ours_may_change_a_file_of_ours(place: Place) -> None:
    """It stays ours, unless it was the user's already; without an installation nothing is remembered."""
    with note(place, "ours/deep/a.toml"):
        pass
    assert _remembered(place) == []
    before = snapshot(place.root)
    perform(place, planned(place, _changes()))
    with note(place, "ours/deep/a.toml"):
        put(place.root, {"ours/deep/a.toml": "switched"})
    with note(place, "README.md"):
        pass
    perform(place, undone(place))
    assert snapshot(place.root) == before
    perform(place, planned(place, _changes()))
    put(place.root, {"ours/deep/a.toml": "theirs"})
    with note(place, "ours/deep/a.toml"):
        put(place.root, {"ours/deep/a.toml": "theirs, switched"})
    perform(place, undone(place))
    assert (place.root / "ours/deep/a.toml").read_text() == "theirs, switched"
