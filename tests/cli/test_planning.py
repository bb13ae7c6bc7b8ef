"""Facts about how a plan is shown and agreed to."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import click
import pytest

from hive_integration.cli.planning import agreed, cautioned, changes, drawn, listed, mended, say, warned
from hive_integration.errors import HiveError
from hive_integration.install.cautions import Caution
from hive_integration.install.change import Edit, Put
from hive_integration.install.journal import JOURNAL, perform
from hive_integration.install.merge import Want
from hive_integration.install.place import Place, place_of
from hive_integration.install.plan import planned, undone


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "root").mkdir()
    return place_of(tmp_path / "root", tmp_path / "data")


def test_each_change_says_how_and_why(place: Place) -> None:
    """Created and edited on the way there; removed, restored and kept on the way back."""
    (place.root / "theirs.json").write_text('{"a": 1}')
    (place.root / "program.js").write_text("old")
    wanted = [
        Put("new.txt", b"x", why="is new"),
        Put("mine.txt", b"x"),
        Edit("theirs.json", [Want(("b",), 2)], "needs b"),
    ]
    plan = planned(place, wanted)
    assert [(each["path"], each["change"], each["why"]) for each in changes([plan])] == [
        ("new.txt", "create", "is new"), ("mine.txt", "create", ""), ("theirs.json", "edit", "needs b"),
    ]  # fmt: skip
    perform(place, plan)
    (place.root / "mine.txt").write_text("changed")
    assert {each["path"]: each["change"] for each in changes([undone(place)])} == {
        "theirs.json": "edit", "mine.txt": "keep", "new.txt": "remove",
    }  # fmt: skip


def test_a_patched_file_is_replaced_and_a_mode_is_a_mode(place: Place) -> None:
    """And on the way back restored."""
    (place.root / "p.js").write_bytes(b"old")
    digest = hashlib.sha256(b"old").hexdigest()
    plan = planned(place, [Put("p.js", b"new", before=digest)])
    assert [each["change"] for each in changes([plan])] == ["replace"]
    perform(place, plan)
    assert [each["change"] for each in changes([undone(place)])] == ["restore"]
    perform(place, planned(place, [Put("x.sh", b"x", 0o644)]))
    assert [each["change"] for each in changes([planned(place, [Put("x.sh", b"x", 0o755)])])] == ["mode"]


def test_many_files_of_one_reason_are_counted_and_what_stays_is_not_listed() -> None:
    """Nobody reads forty lines of the same."""
    many = [{"path": f"p/{n}", "change": "create", "why": "the plugin"} for n in range(40)]
    lines = listed(
        [*many, {"path": "kept", "change": "keep", "why": ""}, {"path": "\x1b[2J", "change": "edit", "why": ""}]
    )
    assert lines == [
        "  create   p/0  (the plugin)", "  create   p/1", "  create   p/2", "  create   and 37 more",
        "  edit     \\x1b[2J",
    ]  # fmt: skip


def test_a_question_is_asked_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A no is an expected failure that says that nothing was changed."""
    answers = iter([True, False])
    monkeypatch.setattr(click, "confirm", lambda _text, **_: next(answers))
    agreed("Do it?", yes=False)  # nobody is there
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    agreed("Do it?", yes=True)
    agreed("Do it?", yes=False)
    with pytest.raises(HiveError, match="nothing was changed"):
        agreed("Do it?", yes=False)


def test_what_was_interrupted_is_finished_but_not_by_a_dry_run(place: Place) -> None:
    """That one says who will."""
    assert mended(place, dry_run=True) == mended(place, dry_run=False) == ()
    place.folder.mkdir(parents=True)
    (place.folder / JOURNAL).write_text("{}")
    with pytest.raises(HiveError, match="was interrupted") as caught:
        mended(place, dry_run=True)
    assert "doctor" in caught.value.hint


def test_sentences_go_to_standard_error_and_cannot_act(capsys: pytest.CaptureFixture[str]) -> None:
    """They quote names of strangers."""
    say(["a \x1b[31m b"])
    assert capsys.readouterr() == ("", "hive-ctx: a \\x1b[31m b\n")


def test_cautions_are_for_people_and_for_machines() -> None:
    """The same three words."""
    caution = Caution("x.json", "holds y", "take it out")
    assert cautioned([caution]) == ["look at x.json: holds y; take it out"]
    assert warned([caution]) == [{"path": "x.json", "what": "holds y", "what_to_do": "take it out"}]


def test_a_diff_cannot_act_on_a_terminal() -> None:
    """A hidden character is spelled out; tabs and line ends of either kind are as they were, the last one is not."""
    assert drawn("+\ta\r\n-\x9b31m\u202eb\rc\n \n") == "+\ta\r\n-\\x9b31m\\u202eb\\rc\n "
