"""Facts about reading a dataset: strict, in order, and only what the manifest vouches for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hive_integration.dataset.reading import changed, lines, manifest_of, rows, verified
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Message
from tests.dataset.folders import change, good, seal, write


def test_examples_come_back_as_they_were(tmp_path: Path) -> None:
    """Train first, with their places, and the wrong way where there is one."""
    wrong = (Message("assistant", "Later."),)
    train, sealed = [good(1), good(2, rejected=wrong, language="de", negative=True)], [good(3, teacher="acme")]
    found = list(rows(write(tmp_path, train, sealed)))
    assert [(row.split, row.line) for row in found] == [("train", 1), ("train", 2), ("eval", 1)]
    for row, example in zip(found, [*train, *sealed], strict=True):
        assert row.example.messages[3:] == example.messages[3:]
        assert row.example.rejected == example.rejected
        assert {
            getattr(row.example, name) == getattr(example, name) for name in ("key", "family", "teacher", "tools")
        } == {True}


def test_a_folder_without_a_manifest_is_unfinished(tmp_path: Path) -> None:
    """It is not read, and the hint says how to go on."""
    with pytest.raises(HiveError, match="no folder"):
        manifest_of(tmp_path / "none")
    with pytest.raises(HiveError, match=r"unfinished") as caught:
        manifest_of(tmp_path)
    assert "--resume" in caught.value.hint


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"schema": "other"}', "NaN"])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    """JSON of another kind is another thing's."""
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(HiveError, match=r"manifest\.json"):
        manifest_of(tmp_path)


def test_changed_bytes_are_not_that_dataset(tmp_path: Path) -> None:
    """A file that was changed, lost or never hashed is named; nothing is read then."""
    folder = write(tmp_path, [good(1)])
    assert list(changed(folder, verified(folder))) == []
    with (folder / "train.jsonl").open("a") as file:
        file.write("{}\n")
    with pytest.raises(HiveError, match=r"train\.jsonl: is not what the manifest says"):
        verified(folder)
    (folder / "eval.jsonl").unlink()
    (folder / "preferences.jsonl").write_text("{}\n")
    said = list(changed(folder, manifest_of(folder)))
    assert [each.partition(":")[0] for each in said] == ["train.jsonl", "eval.jsonl", "preferences.jsonl"]
    assert next(changed(folder, {"hashes": {}})) == "manifest.json: has no hash of train.jsonl"
    assert list(changed(folder, {})) == ["manifest.json: has no hashes"]


@pytest.mark.parametrize(
    ("new", "what"),
    [
        ({"line": 2}, "expected train, line 1"),
        ({"split": "eval"}, "is of eval"),
        ({"complexity": "hard"}, "complexity is 'hard'"),
        ({"behaviours": "b"}, "behaviours is not a list"),
        ({"tools": [1]}, "tools is not a list"),
        ({"family": ""}, "family is not a text"),
        ({"teacher": 1}, "teacher"),
        ({"error_case": "no"}, "error_case"),
        ({"rejected": [{"role": "x"}]}, "messages[0] has no role"),
    ],
)
def test_provenance_that_is_wrong_is_named_with_its_line(tmp_path: Path, new: dict[str, Any], what: str) -> None:
    """Every example has a whole row, in the order of the files."""
    folder = write(tmp_path, [good(1)])
    change(folder, "provenance.jsonl", 1, **new)
    with pytest.raises(HiveError) as caught:
        list(rows(folder))
    assert "provenance.jsonl:1: " in str(caught.value)
    assert what in str(caught.value)


def test_both_files_have_the_same_number_of_lines(tmp_path: Path) -> None:
    """An example without provenance, and provenance without an example, are errors."""
    folder = write(tmp_path, [good(1), good(2)])
    told = (folder / "provenance.jsonl").read_text().splitlines()
    (folder / "provenance.jsonl").write_text(f"{told[0]}\n")
    with pytest.raises(HiveError, match=r"provenance\.jsonl:2: is missing"):
        list(rows(folder))
    (folder / "provenance.jsonl").write_text("".join(f"{each}\n" for each in [*told, told[1]]))
    with pytest.raises(HiveError, match=r"provenance\.jsonl:3: tells of an example that is not there"):
        list(rows(folder))


def test_a_line_that_is_no_example_is_named(tmp_path: Path) -> None:
    """Broken JSON, an unknown key, a text that is cut off or no UTF-8."""
    folder = write(tmp_path, [good(1)])
    change(folder, "train.jsonl", 1, extra=1)
    with pytest.raises(HiveError, match=r"train\.jsonl:1: has an unknown key 'extra'"):
        list(rows(folder))
    for raw, what in ((b"{\n", "is not JSON"), (b"[]\n", "is not an object"), (b"{}", "cut off"), (b"\xff\n", "UTF-8")):
        (folder / "train.jsonl").write_bytes(raw)
        with pytest.raises(HiveError, match=r"train\.jsonl:1: ") as caught:
            list(rows(folder))
        assert what in f"{caught.value} {caught.value.hint}"
    with pytest.raises(HiveError, match="cannot be read"):
        list(lines(tmp_path / "none"))


def test_tools_that_a_line_declares_are_read(tmp_path: Path) -> None:
    """They belong to the row, not to the example."""
    folder = write(tmp_path, [good(1)])
    tool = {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}
    change(folder, "train.jsonl", 1, tools=[tool])
    (row,) = rows(folder)
    assert [tool.name for tool in row.declared] == ["f"]
    seal(folder)
    assert json.loads((folder / "manifest.json").read_text())["counts"]["examples"] == 1
