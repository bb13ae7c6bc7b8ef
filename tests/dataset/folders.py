"""Dataset folders in the contract's form, written by hand: what reads them is tested without what writes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hive_integration.dataset.example import Example
from hive_integration.dataset.openai_format import text_of, to_chat
from hive_integration.units.dialogue import Message
from tests.dataset.gates.made import GOOD, NOTE


def good(number: int, family: str = "", **other: Any) -> Example:
    """One of any number of good examples, each about something else."""
    word = hashlib.sha256(str(number).encode()).hexdigest()
    day = " ".join(word[i : i + 5] for i in range(0, 40, 5))
    system, _, call, result, _ = GOOD.messages
    messages = (
        system,
        Message("user", f"Please keep {day} for later."),
        replace(call, calls=[replace(call.calls[0], arguments={"text": day, "times": 1 + number % 9})]),
        result,
        Message("assistant", f"Kept: {day}."),
    )
    return replace(GOOD, key=word[:24], messages=messages, family=family or f"ask.plain.{number % 7:03d}", **other)


def told(example: Example, split: str, line: int) -> dict[str, Any]:
    """Its line of provenance."""
    row = {
        "split": split, "line": line, "behaviours": list(example.behaviours), "units": list(example.units),
        "complexity": example.complexity, "error_case": example.error_case, "family": example.family,
        "generator": example.generator, "teacher": example.teacher, "licence": example.licence, "key": example.key,
        "negative": example.negative, "language": example.language, "tools": list(example.tools),
    }  # fmt: skip
    if example.rejected:
        row["rejected"] = to_chat(example.rejected)["messages"]
    return row


def write(folder: Path, train: Sequence[Example], evaluation: Sequence[Example] = (), **facts: Any) -> Path:
    """A finished dataset."""
    folder.mkdir(parents=True, exist_ok=True)
    splits = {"train": train, "eval": evaluation}
    for split, examples in splits.items():
        text = "".join(f"{text_of(to_chat(each.messages))}\n" for each in examples)
        (folder / f"{split}.jsonl").write_text(text, encoding="utf-8")
    rows = [told(each, split, i) for split, examples in splits.items() for i, each in enumerate(examples, 1)]
    (folder / "provenance.jsonl").write_text("".join(f"{text_of(row)}\n" for row in rows), encoding="utf-8")
    (folder / "rejects.jsonl").write_text("", encoding="utf-8")
    counts = {"train": len(train), "eval": len(evaluation), "examples": len(train) + len(evaluation)}
    seal(folder, {"seed": 0, "counts": counts, "yield": 0.5, "rejects": {"format: is odd": 2}, **facts})
    return folder


def seal(folder: Path, facts: Mapping[str, Any] | None = None) -> None:
    """Write the manifest for what lies there, keeping what an earlier one says."""
    path = folder / "manifest.json"
    old = json.loads(path.read_text()) if path.exists() else {}
    names = ("train.jsonl", "eval.jsonl", "provenance.jsonl", "rejects.jsonl")
    hashes = {name: f"sha256:{hashlib.sha256((folder / name).read_bytes()).hexdigest()}" for name in names}
    path.write_text(json.dumps({"schema": "hive-ctx/dataset/1", **old, **(facts or {}), "hashes": hashes}))


def change(folder: Path, name: str, number: int, /, **new: Any) -> None:
    """Change keys of one line, and seal the folder again: only what the line says is wrong then."""
    path = folder / name
    found = path.read_text(encoding="utf-8").splitlines()
    found[number - 1] = text_of({**json.loads(found[number - 1]), **new})
    path.write_text("".join(f"{each}\n" for each in found), encoding="utf-8")
    seal(folder)


UNITS = NOTE
"""What all of them teach."""
