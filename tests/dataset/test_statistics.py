"""Facts about statistics: counted from the examples, and true."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.dataset.statistics import CELLS, statistics
from hive_integration.errors import HiveError
from hive_integration.tokens.openai import OpenAICounter
from hive_integration.units.dialogue import Message
from tests.dataset.folders import good, write
from tests.dataset.gates.made import BOOK, NOTE

TRAIN = [
    *(good(i) for i in range(9)),
    good(9, complexity="complex", error_case=True, language="de", negative=True),
    replace(good(10, teacher="acme", licence="MIT"), rejected=(Message("assistant", "No."),)),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Eleven examples to train on, two sealed."""
    return write(tmp_path / "data", TRAIN, [good(11, "ask.polite.001"), good(12, "ask.polite.002")])


def test_everything_is_counted(data: Path) -> None:
    """Splits, coverage, languages, ways of asking, kinds, calls, lengths, teachers, licences."""
    found = statistics(data, BOOK, floor=3)
    assert found.examples == {"train": 11, "eval": 2}
    assert found.languages == {"en": 12, "de": 1}
    assert found.styles == {"ask.plain": 11, "ask.polite": 2}
    assert found.kinds == {"with a call": 13, "negative": 1, "with a wrong way": 1, "with an error": 1}
    assert found.calls == {"mcp__t__note": 13}
    assert found.lengths == {5: 13}
    assert found.teachers == {"none": 12, "acme": 1}
    assert found.licences == {"Apache-2.0": 12, "MIT": 1}
    assert found.families == {"mcp__t__note": 9}
    assert found.below == []


def test_a_unit_without_an_example_is_there_with_none(data: Path) -> None:
    """Fewest first, by name and level."""
    found = statistics(data, BOOK)
    assert [(unit.name, unit.total) for unit in found.units] == [("mcp__t__other", 0), ("mcp__t__note", 13)]
    assert found.units[1].cells[CELLS.index("complex+error")] == 1
    assert found.units[1].level == "L2"
    assert sum(found.cells) == 13


def test_tokens_are_those_of_texts_calls_and_frames(data: Path) -> None:
    """Three for a message and three for the answer, as OpenAI's cookbook counts."""
    counter = OpenAICounter("o200k_base")
    parts = [
        f"{m.role}{m.text}" + "".join(f'{c.name}{{"text":"{c.arguments["text"]}","times":{c.arguments["times"]}}}'
                                      for c in m.calls)
        for m in TRAIN[0].messages
    ]  # fmt: skip
    one = sum(counter.count(parts)) + 3 * 5 + 3
    found = statistics(write(data.parent / "one", TRAIN[:1]), BOOK).tokens["train"]
    assert (found.total, found.median, found.p95, found.most) == (one, one, one, one)
    assert found.learned == sum(counter.count([parts[2], parts[4]]))


def test_what_is_not_learned_is_not_counted_as_learned(tmp_path: Path) -> None:
    """By its weight."""
    first = TRAIN[0]
    muted = replace(first, messages=tuple(replace(m, learn=m.role != "assistant") for m in first.messages))
    assert statistics(write(tmp_path / "data", [muted])).tokens["train"].learned == 0


def test_costs_follow_from_tokens_and_epochs(data: Path) -> None:
    """Epochs from the size, unless they are given."""
    found = statistics(data)
    assert found.epochs == 10
    twice = statistics(data, epochs=2)
    assert twice.costs[0].usd == pytest.approx(twice.tokens["train"].total * 2 * twice.costs[0].rate.usd / 1e6)


def test_without_units_nothing_has_a_name(data: Path) -> None:
    """Digests stand in, families go by behaviour, and no branch is counted."""
    found = statistics(data)
    assert [unit.name for unit in found.units] == [NOTE.unit.digest[:19]]
    assert found.branches == (0, 0)
    assert list(found.families) == [NOTE.behaviours[0].id]
    assert not found.known
    assert statistics(data, BOOK).branches[1] > 0


def test_json_has_all_of_it_and_is_the_same_every_time(data: Path) -> None:
    """Under a schema of its own; progress comes to its end."""
    seen: list[tuple[int, int]] = []
    one = json.dumps(statistics(data, BOOK, progress=lambda done, of: seen.append((done, of))).to_json())
    assert one == json.dumps(statistics(data, BOOK).to_json())
    said = json.loads(one)
    assert said["schema"] == "hive-ctx/dataset-stats/1"
    assert said["yield"] == 0.5
    assert said["rejects"] == {"format: is odd": 2}
    assert said["families"]["below"] == 1
    assert seen == [(13, 13)]


def test_an_empty_dataset_is_no_error(tmp_path: Path) -> None:
    """A changed one is."""
    folder = write(tmp_path / "data", [])
    found = statistics(folder)
    assert found.total == 0
    assert found.tokens["train"].total == 0
    (folder / "train.jsonl").write_text("{}\n")
    with pytest.raises(HiveError, match=r"train\.jsonl"):
        statistics(folder)
