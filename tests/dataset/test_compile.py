"""Facts about a compilation: as many as asked for, the same bytes every time, and after a change only what changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hive_integration.dataset.book import Book
from hive_integration.dataset.compile import Compiled, Options, Planned, compiled, planned
from hive_integration.dataset.example import Example, Refusal
from hive_integration.dataset.gates.duplicates import Seen
from hive_integration.dataset.gates.leakage import Sealed
from hive_integration.dataset.openai_format import from_chat
from hive_integration.dataset.task import Task
from hive_integration.errors import HiveError, UsageError
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.dialogue import Message
from tests.dataset.tiny import Tiny, book_of, install, tool_line, units_text

NAMES = [f"mcp__t__n{i}" for i in range(12)]
FILES = ("train.jsonl", "eval.jsonl", "provenance.jsonl", "rejects.jsonl", "preferences.jsonl", "manifest.json")


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)


def plan_of(tmp_path: Path, book: Book, **options: Any) -> Planned:
    """The plan for a book."""
    units = tmp_path / "units.jsonl"
    units.write_text(units_text(book))
    return planned(units, Options(**{"total": 600, "generator": "tiny", **options}))


def make(tmp_path: Path, name: str = "out", book: Book | None = None, **options: Any) -> Compiled:
    """A dataset of a book."""
    return compiled(plan_of(tmp_path, book or book_of(*NAMES), **options), tmp_path / name)


def lines(path: Path) -> list[Any]:
    """The values of a file."""
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


def texts(folder: Path) -> dict[str, bytes]:
    """The bytes of a dataset."""
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


def by_key(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Key, line and provenance without its place."""
    told = lines(folder / "provenance.jsonl")
    raw = [line for split in ("train", "eval") for line in (folder / f"{split}.jsonl").read_text().split("\n")[:-1]]
    for row, line in zip(told, raw, strict=True):
        yield row["key"], line, {key: value for key, value in row.items() if key != "line"}


@pytest.mark.parametrize("total", [1, 7, 12, 13, 100, 599, 600])
def test_there_are_as_many_as_were_asked_for(tmp_path: Path, total: int) -> None:
    """Not one more, not one less, whatever the gates take; every behaviour the same, one up or down."""
    made = make(tmp_path, total=total)
    assert made.manifest["counts"]["examples"] == total
    shares = Counter(row["behaviours"][0] for row in lines(tmp_path / "out/provenance.jsonl"))
    assert sum(shares.values()) == total
    assert max(shares.values()) - min(shares.values()) <= 1
    assert len(shares) == min(total, len(NAMES))


def test_the_same_again_is_the_same_bytes_and_makes_nothing(tmp_path: Path) -> None:
    """In the same folder from what is there, in another one from nothing; another seed makes others."""
    first = make(tmp_path)
    before = texts(tmp_path / "out")
    again = make(tmp_path)
    assert (first.new > 600, again.new, again.parts) == (True, 0, 0)
    assert texts(tmp_path / "out") == before
    make(tmp_path, "other")
    assert texts(tmp_path / "other") == before
    make(tmp_path, "third", seed=1)
    keys = [{key for key, _, _ in by_key(tmp_path / name)} for name in ("out", "third")]
    assert keys[0].isdisjoint(keys[1])


def test_more_asked_for_makes_only_what_is_missing(tmp_path: Path) -> None:
    """And gives what would have been made at once; less again is what it was."""
    make(tmp_path, total=300)
    small = texts(tmp_path / "out")
    assert make(tmp_path, total=600).new < 400
    make(tmp_path, "once", total=600)
    assert texts(tmp_path / "out") == texts(tmp_path / "once")
    assert make(tmp_path, total=300).new == 0
    assert texts(tmp_path / "out") == small


def test_after_a_change_only_what_changed_is_made(tmp_path: Path) -> None:
    """One tool's text of twelve: its part is made anew, and every other line stays byte for byte."""
    make(tmp_path)
    before = {key: (line, told) for key, line, told in by_key(tmp_path / "out")}
    book = book_of(*NAMES, changed=NAMES[4])
    again = make(tmp_path, book=book)
    after = {key: (line, told) for key, line, told in by_key(tmp_path / "out")}
    own = book.entries[4].behaviours[0].id
    assert again.parts == 1
    assert again.new < 70
    assert {key for key in after if key not in before} == {
        k for k, (_, told) in after.items() if told["behaviours"] == [own]
    }
    assert {key: after[key] for key in after if key in before} == {k: v for k, v in before.items() if k in after}
    assert len(after) == len(before) == 600
    assert len(list((tmp_path / "out/.parts").glob("*.gz"))) == len(NAMES)


def test_the_gates_hold_in_the_files(tmp_path: Path) -> None:
    """No family is in both splits, none says what the evaluation says, none is told twice; a twentieth is sealed."""
    make(tmp_path, total=2000)
    told = lines(tmp_path / "out/provenance.jsonl")
    families = {split: {row["family"] for row in told if row["split"] == split} for split in ("train", "eval")}
    assert families["train"].isdisjoint(families["eval"])
    assert 0.02 < len(families["eval"]) / len(families["eval"] | families["train"]) < 0.09
    sealed, seen = Sealed(), Seen()
    for row in lines(tmp_path / "out/eval.jsonl"):
        sealed.add(from_chat(row))
    for row in lines(tmp_path / "out/train.jsonl"):
        assert not sealed.leaks(from_chat(row))
    for i, row in enumerate(lines(tmp_path / "out/train.jsonl") + lines(tmp_path / "out/eval.jsonl")):
        assert seen.reason(from_chat(row), str(i)) == ""


def test_an_evaluation_is_never_empty(tmp_path: Path) -> None:
    """With few families one is taken, with a single one there is none."""

    class Few(Tiny):
        def make(self, task: Task, book: Book) -> Example | Refusal:
            made = super().make(task, book)
            return replace(made, family=f"f{task.variant % 2}") if isinstance(made, Example) else made

    plan = replace(plan_of(tmp_path, book_of(*NAMES), total=60), generator=Few())
    plan = replace(plan, recipe=_Fixed(plan.recipe, Few()))  # type: ignore[arg-type]
    counts = compiled(plan, tmp_path / "out").manifest["counts"]
    assert counts["families"] == {"train": 1, "eval": 1}
    assert counts["examples"] == 60


class _Fixed:
    """A recipe with its generator at hand."""

    def __init__(self, recipe: Any, generator: Any) -> None:
        self.units, self.settings, self.limits, self._generator = (
            recipe.units,
            recipe.settings,
            recipe.limits,
            generator,
        )

    def ready(self) -> Any:
        """The generator."""
        return self._generator


def test_what_cannot_be_filled_is_short_and_said(tmp_path: Path) -> None:
    """Where one behaviour gives few, the others give more; where all give few, there are less than asked for."""

    class Poor(Tiny):
        def make(self, task: Task, book: Book) -> Example | Refusal:
            made = super().make(task, book)
            if isinstance(made, Refusal) or (task.behaviour.subject != NAMES[0] and self.settings != "all"):
                return made
            fixed = Tiny.make(self, Task(task.behaviour, "simple", False, task.variant % 3, 0), book)
            return replace(made, messages=fixed.messages) if isinstance(fixed, Example) else fixed

    plan = plan_of(tmp_path, book_of(*NAMES))
    one = compiled(replace(plan, recipe=_Fixed(plan.recipe, Poor())), tmp_path / "one").manifest  # type: ignore[arg-type]
    assert one["counts"]["examples"] == 600
    shares = Counter(row["behaviours"][0] for row in lines(tmp_path / "one/provenance.jsonl"))
    assert min(shares.values()) <= 3
    every = compiled(replace(plan, recipe=_Fixed(plan.recipe, Poor("all"))), tmp_path / "all").manifest  # type: ignore[arg-type]
    assert 12 < every["counts"]["examples"] <= 36
    assert every["rejects"]["duplicates: is told already"] > 100
    assert every["yield"] < 0.5


def test_phases_take_their_levels_and_what_cannot_be_made_is_named(tmp_path: Path) -> None:
    """Tools in the third; nothing in the first, which is an error that says so."""
    rule = Behaviour(
        BehaviourKind.MUST, "Be kind.", book_of(NAMES[0]).entries[0].behaviours[0].units, subject="kindness"
    )
    book = Book([tool_line(NAMES[0], more=(rule,)), tool_line(NAMES[1])])
    made = make(tmp_path, book=book, phase=3, total=20).manifest
    assert made["behaviours"] == {"shown": 2, "unmade": {"has no tool": 1}}
    with pytest.raises(HiveError, match="phase 1 has no behaviour that tiny can show, of 0") as caught:
        make(tmp_path, "first", book=book, phase=1)
    assert "--phase" in caught.value.hint
    assert not (tmp_path / "first").exists()


def test_a_run_that_fails_leaves_no_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The older manifest goes first; afterwards the same command gives what it would have."""
    make(tmp_path)
    good = texts(tmp_path / "out")

    def broken(self: Tiny, task: Task, book: Book) -> Example:
        raise RuntimeError("power")

    with monkeypatch.context() as patch:
        patch.setattr(Tiny, "make", broken)
        with pytest.raises(RuntimeError):
            make(tmp_path, seed=5)
    assert not (tmp_path / "out/manifest.json").exists()
    make(tmp_path)
    assert texts(tmp_path / "out") == good


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written into it."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.tex").write_text("")
    with pytest.raises(UsageError, match="holds something else"):
        make(tmp_path)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.tex"]


def test_the_manifest_says_of_what_and_how(tmp_path: Path) -> None:
    """Seed, options, units by their hash, permission; and nothing of when and where."""
    manifest = make(tmp_path, seed=3).manifest
    assert manifest["seed"] == 3
    assert manifest["options"]["generator"] == "tiny"
    assert manifest["options"]["count"] == 600
    assert manifest["permission"] is None
    assert manifest["units"]["units"] == 12
    assert str(tmp_path) not in json.dumps(manifest)


def test_what_is_ahead_is_told(tmp_path: Path) -> None:
    """Before a round its tasks are handed over, and progress goes from nothing to all."""
    seen: list[Task] = []
    steps: list[tuple[int, int]] = []
    plan = plan_of(tmp_path, book_of(*NAMES))
    compiled(plan, tmp_path / "out", lambda done, of: steps.append((done, of)), seen.extend)
    assert {task.behaviour.id for task in seen} == {behaviour.id for behaviour in plan.chosen}
    assert steps[0][0] == 0
    assert steps[-1][0] == steps[-1][1]


def test_a_wrong_way_is_kept(tmp_path: Path) -> None:
    """As a preference, and in the provenance."""
    make(tmp_path)
    wrong = lines(tmp_path / "out/preferences.jsonl")
    assert wrong
    told = [row for row in lines(tmp_path / "out/provenance.jsonl") if "rejected" in row]
    assert len(told) == len(wrong)
    assert from_chat({"messages": told[0]["rejected"]}) == (Message("assistant", "Perhaps later."),)
