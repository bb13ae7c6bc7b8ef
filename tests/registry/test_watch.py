"""Facts about following files as real editors write them, with real watches on real folders."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.registry import watch
from hive_integration.registry.watch import Reloader, Watcher
from tests.registry.folder import HIVE, TUNED, edit, make, write

FULL, FINETUNED = HIVE, HIVE.replace('"full" ', '"finetuned" ')


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait for a condition; how long it takes is no fact of these tests, that it comes is."""
    latest = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < latest, "it did not come"
        time.sleep(0.005)


@pytest.fixture
def reloader(folder: Path) -> Iterator[Reloader]:
    """A reloader that follows its files."""
    held = Reloader(folder)
    watcher = Watcher(held, held.reload)
    yield held
    watcher.stop()


@pytest.fixture
def by_events_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is looked at without an event, so a watch that missed one would never come."""
    monkeypatch.setattr(watch, "EVERY", 3600)


def default(reloader: Reloader) -> str:
    return reloader.current.switch.default


# The ways of editors. Each writes a whole new text.


def in_place(path: Path, text: str) -> None:
    path.write_text(text)


def in_pieces(path: Path, text: str) -> None:
    with path.open("w") as file:
        for start in range(0, len(text), 20):
            file.write(text[start : start + 20])
            file.flush()
            time.sleep(0.002)


def renamed_over(path: Path, text: str) -> None:
    """As Vim with `backupcopy=no`, VS Code's atomic save and our own `atomic_write` do."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text)
    beside.replace(path)


def moved_from_elsewhere(path: Path, text: str) -> None:
    outside = path.parent.parent / "outside.tmp"
    outside.write_text(text)
    outside.replace(path)


def deleted_and_created(path: Path, text: str) -> None:
    path.unlink()
    time.sleep(0.15)
    path.write_text(text)


def backed_up_and_written(path: Path, text: str) -> None:
    """As Vim and Emacs do by default: the old file becomes the backup, a new one is written."""
    path.rename(f"{path}~")
    path.write_text(text)


def touched_in_a_burst(path: Path, text: str) -> None:
    path.write_text(text)
    for _ in range(50):
        os.utime(path)


WAYS = (in_place, in_pieces, renamed_over, moved_from_elsewhere, deleted_and_created, backed_up_and_written,
        touched_in_a_burst)  # fmt: skip


@pytest.mark.usefixtures("by_events_only")
@pytest.mark.parametrize("save", WAYS, ids=lambda way: way.__name__)
def test_a_save_takes_effect_whatever_way_it_is_written(
    folder: Path, reloader: Reloader, save: Callable[[Path, str], None]
) -> None:
    """There and back, and no state on the way is taken for a fault."""
    for text, wanted in ((FINETUNED, "finetuned"), (FULL, "full"), (FINETUNED, "finetuned")):
        save(folder / "hive.toml", text)
        until(lambda wanted=wanted: default(reloader) == wanted)
        assert reloader.last_error == ""


@pytest.mark.usefixtures("by_events_only")
def test_every_file_is_followed_also_where_a_card_names_it(folder: Path, reloader: Reloader, tmp_path: Path) -> None:
    """Cards, prompts, manifests, a file elsewhere, and a card that comes and goes."""
    tuned = lambda: reloader.current.cards["tuned"]  # noqa: E731
    edit(folder / "models/tuned.toml", "0.8", "0.9")
    until(lambda: tuned().price.input == 0.9)
    renamed_over(folder / "prompts/minimal.md", "Other words.")
    until(lambda: tuned().prompt.system == "Other words.")
    edit(folder / "models/tuned.manifest.json", '"Bash"', '"Read"')
    until(lambda: "Read" in tuned().manifest.units.values())
    elsewhere = write(tmp_path / "elsewhere/prompt.md", "Elsewhere.")
    edit(folder / "models/tuned.toml", "prompts/minimal.md", str(elsewhere))
    until(lambda: tuned().prompt.system == "Elsewhere.")
    elsewhere.write_text("Still elsewhere.")
    until(lambda: tuned().prompt.system == "Still elsewhere.")
    write(folder / "models/third.toml", TUNED.replace('"tuned"', '"third"').replace("[knowledge]\nmanifest", "#"))
    until(lambda: "third" in reloader.current.cards)
    (folder / "models/third.toml").unlink()
    until(lambda: "third" not in reloader.current.cards)
    assert reloader.last_error == ""


@pytest.mark.usefixtures("by_events_only")
def test_a_linked_folder_that_is_swapped_is_followed(tmp_path: Path) -> None:
    """As Kubernetes mounts a ConfigMap: files are links through `..data`, which is renamed over."""
    for name, text in (("..one", FULL), ("..two", FINETUNED), ("..three", FULL)):
        make(tmp_path / "mount" / name)
        write(tmp_path / "mount" / name / "hive.toml", text)
    mount = tmp_path / "mount"
    (mount / "..data").symlink_to("..one")
    for name in ("hive.toml", "models", "prompts"):
        (mount / name).symlink_to(f"..data/{name}")
    reloader = Reloader(mount)
    watcher = Watcher(reloader, reloader.reload)
    try:
        for name, wanted in (("..two", "finetuned"), ("..three", "full"), ("..one", "full")):
            (mount / "..data_tmp").symlink_to(name)
            (mount / "..data_tmp").rename(mount / "..data")
            until(lambda wanted=wanted: default(reloader) == wanted)
            assert reloader.last_error == ""
    finally:
        watcher.stop()


@pytest.mark.usefixtures("by_events_only")
def test_a_release_that_is_swapped_above_the_folder_is_followed(tmp_path: Path) -> None:
    """`--config /srv/current/hive`, where `current` is a link to the release."""
    make(tmp_path / "r1/hive")
    edit(make(tmp_path / "r2/hive") / "hive.toml", '"full" ', '"finetuned" ')
    (tmp_path / "current").symlink_to("r1")
    reloader = Reloader(tmp_path / "current/hive")
    watcher = Watcher(reloader, reloader.reload)
    try:
        (tmp_path / "new").symlink_to("r2")
        (tmp_path / "new").rename(tmp_path / "current")
        until(lambda: default(reloader) == "finetuned")
        in_place(tmp_path / "r2/hive/hive.toml", FULL)
        until(lambda: default(reloader) == "full")
    finally:
        watcher.stop()


@pytest.mark.usefixtures("by_events_only")
def test_a_folder_that_is_made_anew_is_watched_anew(folder: Path, reloader: Reloader) -> None:
    """As `git checkout` and `rm -r; cp -r` do."""
    for waits, text, wanted in ((True, FINETUNED, "finetuned"), (False, FULL, "full"), (False, FINETUNED, "finetuned")):
        shutil.rmtree(folder)
        if waits:
            until(lambda: reloader.last_error)
        make(folder)
        write(folder / "hive.toml", text)
        until(lambda wanted=wanted: default(reloader) == wanted and not reloader.last_error)


def test_a_bad_file_changes_nothing_and_is_told(folder: Path, reloader: Reloader) -> None:
    """With its line and reason, until it is mended."""
    before = reloader.current
    edit(folder / "hive.toml", "default", "defualt")
    until(lambda: "hive.toml:3: unknown key 'defualt' in [switch]" in reloader.last_error)
    assert reloader.current is before
    (folder / "models/tuned.manifest.json").unlink()
    edit(folder / "hive.toml", "defualt", "default")
    until(lambda: "tuned.toml:15: 'manifest' in [knowledge] names no file" in reloader.last_error)
    assert (reloader.current, reloader.reloads) == (before, 0)
    write(folder / "models/tuned.manifest.json", '{"schema": "hive-ctx/manifest/1", "units": []}')
    until(lambda: reloader.last_error == "")
    assert reloader.reloads == 1


def test_a_file_that_stays_away_is_told(folder: Path, reloader: Reloader) -> None:
    """After the moment that an editor is given."""
    (folder / "hive.toml").unlink()
    until(lambda: "no hive.toml: looked for" in reloader.last_error)
    write(folder / "hive.toml", FULL)
    until(lambda: reloader.last_error == "")


def test_a_file_that_is_cut_to_nothing_waits_for_its_text(folder: Path, reloader: Reloader) -> None:
    """An empty hive.toml is not the defaults."""
    (folder / "hive.toml").write_text("")
    until(lambda: "is empty" in reloader.last_error)
    assert default(reloader) == "full"


def test_a_thousand_rapid_saves_end_in_the_last(folder: Path, reloader: Reloader) -> None:
    """No state in between is bad, few of them are loaded, and the last one always is."""
    seen = set()
    for i in range(1000):
        text = (FULL, FINETUNED)[i % 2].replace("8787", str(10_000 + i))
        (renamed_over, in_place)[i % 3 == 0](folder / "hive.toml", text)
        seen.add(reloader.current.listen.port)
    until(lambda: reloader.current.listen.port == 10_999)
    assert default(reloader) == "finetuned"
    assert reloader.last_error == ""
    assert reloader.reloads < 500


def test_saves_that_do_not_end_are_looked_at_all_the_same(folder: Path, reloader: Reloader) -> None:
    """A burst is given a second, not for ever."""
    ending = threading.Event()

    def save() -> None:
        while not ending.is_set():
            renamed_over(folder / "hive.toml", FINETUNED)
            time.sleep(0.01)

    saver = threading.Thread(target=save)
    saver.start()
    try:
        until(lambda: default(reloader) == "finetuned")
    finally:
        ending.set()
        saver.join()


@pytest.mark.parametrize("size", ["same", "other"])
def test_without_any_event_a_change_is_found_by_looking(
    folder: Path, monkeypatch: pytest.MonkeyPatch, size: str
) -> None:
    """Where the system gives no watches (limits, network file systems), it takes a little longer."""

    def none(*_: object, **__: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(watch, "Observer", none)
    monkeypatch.setattr(watch, "EVERY", 0.02)
    reloader = Reloader(folder)
    watcher = Watcher(reloader, reloader.reload)
    try:
        in_place(folder / "hive.toml", FULL.replace("8787", "8788" if size == "same" else "878"))
        until(lambda: reloader.current.listen.port in {8788, 878})
    finally:
        watcher.stop()


def test_what_the_tests_wait_for_in_vain_calls_nobody(folder: Path) -> None:
    """Reading, other files in the folder, and a save of the same text are no change."""
    reloader = Reloader(folder)
    called = threading.Event()
    watcher = Watcher(reloader, called.set)
    try:
        (folder / "hive.toml").read_text()
        write(folder / "notes.md", "no configuration")
        write(folder / "models/.tuned.toml.swp", "an editor's")
        assert not called.wait(0.4)
        in_place(folder / "hive.toml", FULL)
        assert called.wait(20)
    finally:
        watcher.stop()
    assert not reloader.reload()
    assert reloader.reloads == 0


def test_one_that_fails_to_answer_does_not_end_the_watch(folder: Path) -> None:
    """A bug in what is called is logged; the next change is told again."""
    reloader = Reloader(folder)
    calls = []

    def fail() -> None:
        calls.append(1)
        reloader.reload()
        raise ZeroDivisionError

    watcher = Watcher(reloader, fail)
    try:
        in_place(folder / "hive.toml", FINETUNED)
        until(lambda: len(calls) == 1)
        in_place(folder / "hive.toml", FULL)
        until(lambda: len(calls) == 2)
    finally:
        watcher.stop()


def test_after_stop_nobody_is_called_and_no_thread_is_left(folder: Path) -> None:
    """Also where a change is under way, and where it is stopped from within."""
    before = threading.active_count()
    reloader = Reloader(folder)
    for _ in range(5):
        calls: list[int] = []
        watcher = Watcher(reloader, lambda calls=calls: calls.append(1))
        in_place(folder / "hive.toml", FINETUNED)
        watcher.stop()
        told = len(calls)
        in_place(folder / "hive.toml", FULL)
        assert len(calls) == told
    stopped = threading.Event()
    held: list[Watcher] = []
    held.append(Watcher(reloader, lambda: (held[0].stop(), stopped.set())))
    in_place(folder / "hive.toml", FINETUNED)
    assert stopped.wait(20)
    until(lambda: threading.active_count() == before)


def test_a_reloader_begins_with_what_is_sound(folder: Path) -> None:
    """There is no old configuration to keep yet."""
    (folder / "hive.toml").write_text("[")
    with pytest.raises(HiveError, match=r"hive\.toml:1: is not TOML"):
        Reloader(folder)


def test_many_threads_may_ask_for_a_reload(folder: Path) -> None:
    """One configuration comes out, counted once, and whoever reads meanwhile has a whole one."""
    reloader = Reloader(folder)
    first = reloader.last_reload
    in_place(folder / "hive.toml", FINETUNED)
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(reloader.reload())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (results.count(True), reloader.reloads, default(reloader)) == (1, 1, "finetuned")
    assert reloader.last_reload > first
