"""Facts about the check: every planted fault is found and named, and a good folder has none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hive_integration.dataset.checking import checked
from hive_integration.dataset.example import Example
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Message
from tests.dataset.folders import change, good, seal, write
from tests.dataset.gates.made import BOOK

SEALED = [good(i, "sealed.000") for i in (90, 91)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten examples and two sealed ones."""
    return write(tmp_path / "data", [good(i) for i in range(10)], SEALED)


def kinds(folder: Path, **options: Any) -> dict[str, int]:
    """What is found, by kind; the floor is for another test."""
    return dict(checked(folder, BOOK, **{"floor": 0, **options}).kinds)


def planted(folder: Path, example: Example) -> Path:
    """A dataset with this one at the end of the training split."""
    return write(folder, [*(good(i) for i in range(10)), example], SEALED)


def test_nothing_is_wrong_with_a_good_folder(data: Path) -> None:
    """With units and without; progress comes to its end."""
    seen: list[tuple[int, int]] = []
    found = checked(data, BOOK, floor=7, progress=lambda done, of: seen.append((done, of)))
    assert (found.found, found.examples, found.with_units) == ([], 12, True)
    assert seen[-1] == (12, 12)
    assert not checked(data, floor=0).with_units


def _saying(text: str) -> Example:
    first = good(50)
    return replace(first, messages=(*first.messages[:4], Message("assistant", text)))


def _calling(**arguments: Any) -> Example:
    first = good(50)
    call = replace(first.messages[2], calls=[replace(first.messages[2].calls[0], arguments=arguments)])
    return replace(first, messages=(*first.messages[:2], call, *first.messages[3:]))


FAULTS: dict[str, Callable[[], Example]] = {
    "schema: calls with arguments that are not valid": lambda: _calling(text="x", times="often"),
    "schema: puts a tool into play that is not known": lambda: good(50, tools=("mcp__t__note", "nowhere")),
    "behaviour: names a behaviour that is not there": lambda: good(50, behaviours=("b-0000000000000000",)),
    "behaviour: names a unit that is not there": lambda: good(50, units=("sha256:0",)),
    "format: has a result without its call": lambda: replace(good(50), messages=(*good(50).messages[:3], replace(
        good(50).messages[3], answers="other"), good(50).messages[4])),
    "format: does not end with the assistant": lambda: replace(good(50), messages=good(50).messages[:4]),
    "secrets: holds an e-mail address": lambda: _saying("Write to jo.miller@gmail.com about it."),
    "licence: its teacher may not train": lambda: good(50, teacher="claude-opus-5-5"),
    "duplicates: has the key of another one": lambda: replace(good(50), key=good(1).key),
    "duplicates: is told already": lambda: replace(good(1), key=good(50).key),
    "leakage: says what the evaluation says": lambda: replace(good(50), messages=(
        *SEALED[0].messages[:4], Message("assistant", "Another end of it."))),
}  # fmt: skip


@pytest.mark.parametrize("kind", FAULTS)
def test_every_gate_is_held_against_every_example(tmp_path: Path, kind: str) -> None:
    """Once more, whoever wrote the folder."""
    folder = planted(tmp_path / "data", FAULTS[kind]())
    assert kind in kinds(folder)
    (found, *_) = checked(folder, BOOK, floor=0).found
    assert str(found).startswith("train.jsonl:11: ")


def test_without_units_no_schema_is_checked(tmp_path: Path) -> None:
    """The other gates are."""
    assert checked(planted(tmp_path / "one", _calling(text="x", times="often")), floor=0).found == []
    assert checked(planted(tmp_path / "two", _saying("Write to jo.miller@gmail.com.")), floor=0).found != []


def test_a_line_that_cannot_be_read_does_not_hide_the_next(data: Path) -> None:
    """Each fault is named with its own line."""
    change(data, "train.jsonl", 2, messages=[])
    change(data, "provenance.jsonl", 4, complexity="hard")
    assert [str(found) for found in checked(data, BOOK, floor=0).found] == [
        "train.jsonl:2: has no messages",
        "provenance.jsonl:4: complexity is 'hard', expected one of simple, moderate, complex",
        "manifest.json: counts 10 examples of train: there are 8",
    ]


def test_bytes_that_are_not_the_manifest_s_are_found(data: Path) -> None:
    """And the rest is looked at all the same."""
    text = (data / "eval.jsonl").read_text()
    (data / "eval.jsonl").write_text(text.replace("Kept", "Held"))
    assert list(kinds(data)) == [next(iter(kinds(data)))]
    assert next(iter(kinds(data))).startswith("is not what the manifest says")


def test_splits_share_no_family(tmp_path: Path) -> None:
    """Phrasings of the evaluation are unseen ones."""
    folder = write(tmp_path / "data", [good(i) for i in range(10)], [good(90, "ask.plain.001")])
    assert kinds(folder) == {"shares a family of phrasing with the training split": 1}


def test_too_few_families_are_found(data: Path) -> None:
    """The floor is 60 unless another one is given."""
    found = checked(data, BOOK).found
    assert [str(each) for each in found] == ["train.jsonl: has fewer than 60 families of phrasing: mcp__t__note, 8"]


def test_provenance_of_nothing_and_examples_of_no_provenance_are_found(data: Path) -> None:
    """Both files have one line for each example."""
    path = data / "provenance.jsonl"
    told = path.read_text().splitlines()
    path.write_text("".join(f"{line}\n" for line in [*told, told[0]]))
    seal(data)
    assert [str(found) for found in checked(data, BOOK, floor=0).found] == [
        "provenance.jsonl:13: tells of an example that is not there"
    ]
    path.write_text("".join(f"{line}\n" for line in told[:-1]))
    seal(data)
    assert "provenance.jsonl:12: is missing: this example has no provenance" in map(
        str, checked(data, BOOK, floor=0).found
    )


def test_declared_tools_are_those_that_are_called(data: Path) -> None:
    """A line that declares tools and calls another one teaches to make tools up."""
    tool = {"type": "function", "function": {"name": "other", "parameters": {}}}
    change(data, "train.jsonl", 1, tools=[tool])
    assert kinds(data) == {"format: calls a tool that it does not declare": 1}


def test_a_permission_to_train_is_the_manifest_s(tmp_path: Path) -> None:
    """It was shown when the dataset was made."""
    folder = planted(tmp_path / "data", good(50, teacher="claude-opus-5-5"))
    seal(folder, {"permission": "sha256:" + 64 * "a"})
    assert kinds(folder) == {}


def test_limits_are_those_that_it_was_made_with(data: Path) -> None:
    """From the manifest."""
    seal(data, {"options": {"messages": 3, "tokens": 10}})
    assert kinds(data)["format: has too many messages"] == 12


def test_what_is_no_dataset_is_not_checked(tmp_path: Path) -> None:
    """There is one thing to say."""
    with pytest.raises(HiveError, match="unfinished"):
        checked(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"schema": "hive-ctx/dataset/1"}))
    assert {"manifest.json: has no hashes"} <= {str(found) for found in checked(tmp_path).found}
