"""Facts about the files: sorted by key, counted, hashed, whole or not there."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hive_integration.dataset.openai_format import text_of, to_chat
from hive_integration.dataset.parts import Made, provenance_of
from hive_integration.dataset.writing import SHOWN, Writing
from hive_integration.units.dialogue import Message
from tests.dataset.gates.made import GOOD


def made(number: int, **changes: Any) -> Made:
    """One of many examples."""
    example = replace(GOOD, key=hashlib.sha256(str(number).encode()).hexdigest()[:24], **changes)
    rejected = text_of(to_chat(example.rejected)["messages"]) if example.rejected else ""
    return Made(example.key, "", text_of(to_chat(example.messages)), provenance_of(example), rejected)


def write(folder: Path, rows: list[tuple[Made, str]], refused: list[tuple[Made, str]] = []) -> dict[str, Any]:  # noqa: B006
    """A dataset of these."""
    with Writing(folder, folder / "scratch") as writing:
        for each, split in rows:
            writing.add(each, split)
        for each, reason in refused:
            writing.refuse(each, reason)
        return dict(writing.finish({"seed": 7}))


def lines(path: Path) -> list[dict[str, Any]]:
    """The values of a file."""
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


ROWS = [(made(i, error_case=i % 3 == 0), "eval" if i % 10 == 0 else "train") for i in range(400)]


def test_examples_stand_sorted_by_key_with_their_provenance(tmp_path: Path) -> None:
    """Train, then eval; each line's provenance names it, and lines are counted from one in each split."""
    write(tmp_path, ROWS)
    told = lines(tmp_path / "provenance.jsonl")
    assert [row["split"] for row in told] == ["train"] * 360 + ["eval"] * 40
    for split in ("train", "eval"):
        own = [row for row in told if row["split"] == split]
        assert [row["line"] for row in own] == list(range(1, len(own) + 1))
        assert [row["key"] for row in own] == sorted(row["key"] for row in own)
        assert len(lines(tmp_path / f"{split}.jsonl")) == len(own)
    assert {
        "split", "line", "behaviours", "units", "complexity", "error_case", "family", "generator", "teacher", "licence"
    } <= told[0].keys()  # fmt: skip


def test_the_order_in_which_they_come_changes_nothing(tmp_path: Path) -> None:
    """Nor that of the rejects: the same bytes in every file."""
    refused = [(made(i), f"schema: is wrong: {i}") for i in range(300)]
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, ROWS, refused)
        random.Random(1).shuffle(ROWS)
        random.Random(2).shuffle(refused)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_the_manifest_has_what_was_counted_and_the_hashes(tmp_path: Path) -> None:
    """It is what is returned; each file's hash and number of lines are true."""
    refused = [(made(i), "schema: is wrong: here") for i in range(50)]
    manifest = write(tmp_path, ROWS, refused)
    assert manifest == json.loads((tmp_path / "manifest.json").read_text())
    assert (manifest["seed"], manifest["schema"]) == (7, "hive-ctx/dataset/1")
    assert manifest["counts"]["train"] == 360
    assert manifest["counts"]["eval"] == 40
    assert manifest["rejects"] == {"schema: is wrong": 50}
    assert manifest["yield"] == round(400 / 450, 4)
    assert manifest["counts"]["cells"]["simple+error"] == 134
    assert manifest["coverage"] == {
        "cells": ["simple", "simple+error", "moderate", "moderate+error", "complex", "complex+error"],
        "units": {GOOD.units[0]: [266, 134, 0, 0, 0, 0]},
    }
    for name, digest in manifest["hashes"].items():
        raw = (tmp_path / name).read_bytes()
        assert digest == "sha256:" + hashlib.sha256(raw).hexdigest()
        assert manifest["lines"][name] == raw.count(b"\n")


def test_rejects_are_all_counted_and_the_first_of_each_reason_listed(tmp_path: Path) -> None:
    """With key, gate, reason and behaviours, and without what they say."""
    refused = [(made(i), f"schema: is wrong: {i}") for i in range(1000)] + [(made(9), "secrets: holds a token")]
    manifest = write(tmp_path, [], refused)
    rows = lines(tmp_path / "rejects.jsonl")
    assert manifest["rejects"] == {"schema: is wrong": 1000, "secrets: holds a token": 1}
    assert len(rows) == SHOWN + 1
    assert rows[-1] == {
        "key": made(9).key, "gate": "secrets", "reason": "holds a token", "behaviours": list(GOOD.behaviours)
    }  # fmt: skip
    keys = [row["key"] for row in rows[:-1]]
    assert keys == sorted(each.key for each, _ in refused[:-1])[:SHOWN]


def test_wrong_ways_become_preferences(tmp_path: Path) -> None:
    """The way that was chosen and the wrong one, from the last user's message on; without any there is no such file."""
    wrong = (Message("assistant", "I will not."),)
    write(tmp_path, [(made(1, rejected=wrong), "train"), (made(2), "train")])
    (pair,) = lines(tmp_path / "preferences.jsonl")
    told = lines(tmp_path / "provenance.jsonl")
    assert [row["line"] for row in told if "rejected" in row] == [pair["line"]]
    assert [m["role"] for m in pair["input"]["messages"]] == ["system", "user"]
    assert [m["role"] for m in pair["preferred_output"]] == ["assistant", "tool", "assistant"]
    assert pair["non_preferred_output"] == [{"role": "assistant", "content": "I will not."}]
    manifest = write(tmp_path, [(made(2), "train")])
    assert not (tmp_path / "preferences.jsonl").exists()
    assert "preferences.jsonl" not in manifest["hashes"]


def test_nothing_is_left_beside_the_files(tmp_path: Path) -> None:
    """Neither after it is done nor after it failed."""
    write(tmp_path, ROWS)
    names = {"train.jsonl", "eval.jsonl", "provenance.jsonl", "rejects.jsonl", "manifest.json"}
    assert {path.name for path in tmp_path.iterdir()} == names
    with pytest.raises(KeyError), Writing(tmp_path, tmp_path / "scratch") as writing:
        writing.add(ROWS[0][0], "nowhere")
    assert {path.name for path in tmp_path.iterdir()} == names
