"""Facts about the careful write: what stands afterwards, whoever wrote in between."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.install import writes
from hive_integration.install.writes import Content, read, same, settle, swap, temporaries


def _of(text: str, mode: int = 0o644) -> Content:
    return Content(text.encode(), mode)


def _put(path: Path, text: str) -> Content:
    path.write_text(text)
    path.chmod(0o644)
    return _of(text)


def _never(theirs: Content) -> Content:
    raise AssertionError(f"nobody wrote, yet {theirs} came out")


def _stays(theirs: Content) -> Content:
    raise HiveError("theirs stays")


def _meanwhile(monkeypatch: pytest.MonkeyPatch, *acts: Callable[[], object]) -> None:
    """Somebody acts right before each exchange, later than any look at the file."""
    real, waiting = writes._in_kernel, list(acts)

    def call(one: Path, other: Path, *, exchange: bool) -> bool:
        if waiting:
            waiting.pop(0)()
        return real(one, other, exchange=exchange)

    monkeypatch.setattr(writes, "_in_kernel", call)


def _rename(path: Path, text: str) -> Callable[[], object]:
    def act() -> None:
        (path.parent / "theirs").write_text(text)
        os.replace(path.parent / "theirs", path)

    return act


def _alone(path: Path) -> bool:
    return os.listdir(path.parent) in ([path.name], [])


def test_a_file_goes_from_one_content_to_another(tmp_path: Path) -> None:
    """With its new mode, and nothing beside it."""
    path = tmp_path / "a"
    assert swap(path, _put(path, "old"), _of("new", 0o600), _never)
    assert read(path) == _of("new", 0o600)
    assert _alone(path)


def test_a_file_comes_and_goes(tmp_path: Path) -> None:
    """None stands for no file, on either side."""
    path = tmp_path / "a"
    assert swap(path, None, _of("new", 0o755), _never)
    assert read(path) == _of("new", 0o755)
    assert swap(path, _of("new"), None, _never)
    assert _alone(path)


def test_what_somebody_wrote_in_between_is_worked_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often: what stands is made from the last of theirs."""
    path = tmp_path / "a"
    was = _put(path, "old")
    _meanwhile(monkeypatch, _rename(path, "one"), _rename(path, "two"))
    assert swap(path, was, _of("ours"), lambda theirs: Content(theirs.data + b"+ours", theirs.mode))
    assert path.read_text() == "two+ours"
    assert _alone(path)


def test_theirs_stays_where_nothing_is_to_be_made_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file, too: somebody may still be writing it."""
    path = tmp_path / "a"
    was = _put(path, "old")
    _meanwhile(monkeypatch, _rename(path, "theirs"))
    assert not swap(path, was, _of("ours"), _stays)
    assert path.read_text() == "theirs"
    assert _alone(path)


def test_a_write_into_the_old_file_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who had opened it before the exchange, and writes right after it, gets it back into its place."""
    path = tmp_path / "a"
    was = _put(path, "old")
    with path.open("r+") as theirs:
        real = writes.sync

        def late(folder: Path) -> None:
            real(folder)
            theirs.write("OLD")
            theirs.flush()

        monkeypatch.setattr(writes, "sync", late)
        assert not swap(path, was, _of("ours"), _never)
    assert path.read_text() == "OLD"
    assert _alone(path)


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one that changed before it was to go."""
    path = tmp_path / "a"
    _meanwhile(monkeypatch, _rename(path, "theirs"), _rename(path, "theirs again"))
    assert not swap(path, None, _of("ours"), _never)
    assert path.read_text() == "theirs"
    assert not swap(path, _of("theirs"), None, _never)
    assert path.read_text() == "theirs again"
    assert _alone(path)


def test_a_file_that_vanishes_meanwhile_stays_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To delete it was the last that anybody did."""
    path = tmp_path / "a"
    was = _put(path, "old")
    _meanwhile(monkeypatch, path.unlink)
    assert not swap(path, was, _of("ours"), _never)
    assert _alone(path)


def test_an_error_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, or a user who interrupts: nothing stays beside."""
    path = tmp_path / "a"
    was = _put(path, "old")
    for error in (OSError(28, "No space left on device"), KeyboardInterrupt()):

        def fail(*_: object, error: BaseException = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fail)
            with pytest.raises(type(error)):
                swap(path, was, _of("ours"), _never)
        assert path.read_text() == "old"
        assert _alone(path)


@pytest.mark.parametrize(
    ("here", "beside", "left"),
    [
        ("old", "new", "old"),  # written, not exchanged
        ("new", "old", "new"),  # exchanged
        ("new", "theirs", "theirs"),  # exchanged, and it was not what had been read
        ("later", "theirs", "later"),  # and somebody wrote again since
    ],
)
def test_what_a_killed_one_left_is_settled(tmp_path: Path, here: str, beside: str, left: str) -> None:
    """The newest of theirs stands, else ours; what lay beside is gone."""
    path = tmp_path / "a"
    path.write_text(here)
    fresh, draft = temporaries(path)
    fresh.write_text(beside)
    draft.write_text("ha")
    settle(path, _of("old"), _of("new"))
    assert path.read_text() == left
    assert _alone(path)


def test_a_system_that_cannot_exchange_replaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a look at what is there."""
    monkeypatch.setattr(writes, "_system_call", lambda: None)
    path = tmp_path / "a"
    assert swap(path, _put(path, "old"), _of("new"), _never)
    assert not swap(path, _of("other"), _of("ours"), _never)
    assert path.read_text() == "new"
    assert swap(path, _of("new"), None, _never)
    assert swap(path, None, _of("again"), _never)
    assert not swap(path, None, _of("ours"), _never)
    assert path.read_text() == "again"
    assert _alone(path)


@pytest.mark.timeout(5)
def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a FIFO: one line, and nobody waits."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(HiveError, match="not a regular file"):
            read(path)
    assert read(tmp_path / "nothing") is None


def test_modes_do_not_make_a_difference() -> None:
    """Not every file system keeps them."""
    assert same(_of("a", 0o600), _of("a", 0o644))
    assert not same(_of("a"), None)
    assert same(None, None)
