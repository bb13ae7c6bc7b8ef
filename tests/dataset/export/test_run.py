"""Facts about exports as a whole: in order, counted, repeatable, from a dataset that is what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hive_integration.dataset.export.form import Options
from hive_integration.dataset.export.run import FORMS, exported
from hive_integration.errors import HiveError, UsageError
from hive_integration.units.dialogue import Message
from tests.dataset.folders import good, write
from tests.dataset.gates.made import BOOK
from tests.dataset.templates import TRL, folder

WRONG = (Message("assistant", "Later."),)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A dataset with a wrong way in each split, and one text that holds a mark."""
    odd = good(3)
    odd = replace(odd, messages=(*odd.messages[:4], Message("assistant", "It says <|im_end|>.")))
    return write(tmp_path / "data", [good(1), good(2, rejected=WRONG), odd], [good(4, rejected=WRONG)])


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_openai_has_every_line_and_every_pair(data: Path, tmp_path: Path) -> None:
    """The lines are those of the dataset itself where no tools are declared."""
    done = exported(data, tmp_path / "out", "openai", Options())
    assert done.lines == 4
    for split in ("train", "eval"):
        assert (tmp_path / f"out/{split}.jsonl").read_bytes() == (data / f"{split}.jsonl").read_bytes()
        assert len(lines(tmp_path / f"out/preferences.{split}.jsonl")) == 1
    assert done.manifest["refused"] == {}


def test_what_a_form_cannot_show_is_listed_and_counted(data: Path, tmp_path: Path) -> None:
    """By the kind of the reason, with its place in the dataset."""
    done = exported(data, tmp_path / "out", "trl", Options())
    assert done.manifest["refused"] == {"train.jsonl: holds a mark of chat templates": 1}
    (refused,) = lines(tmp_path / "out/refused.jsonl")
    assert (refused["file"], refused["line"], refused["key"]) == ("train.jsonl", 3, good(3).key)
    assert "<|im_end|>" in refused["reason"]
    assert len(lines(tmp_path / "out/train.jsonl")) == 2
    assert (tmp_path / "out/README.md").exists()


def test_text_has_spans_and_says_what_was_changed(data: Path, tmp_path: Path) -> None:
    """Llama's template has no words beside calls."""
    options = Options(template=folder(TRL) / "llama3_1.jinja", special={"bos_token": "<s>"})
    done = exported(data, tmp_path / "out", "template", options)
    row = lines(tmp_path / "out/train.jsonl")[0]
    assert [row["text"][a:b][-10:] for a, b in row["spans"]] == ["<|eot_id|>"] * 2
    assert done.manifest["changed"] == {"words beside a call, left out": 4}
    assert done.manifest["template"] == "llama3_1.jinja"
    assert len(done.manifest["template_sha256"]) == 64


def test_text_may_come_as_prompt_and_completion(data: Path, tmp_path: Path) -> None:
    """One line for each message that is learned; together they are the text up to its end."""
    options = Options(template=folder(TRL) / "qwen2_5.jinja", special={}, shape="prompt")
    exported(data, tmp_path / "steps", "template", options)
    exported(data, tmp_path / "text", "template", replace(options, shape="messages"))
    steps, (whole, *_) = lines(tmp_path / "steps/train.jsonl"), lines(tmp_path / "text/train.jsonl")
    assert len(steps) == 4
    assert steps[1]["prompt"] + steps[1]["completion"] == whole["text"]
    assert whole["text"].startswith(steps[0]["prompt"] + steps[0]["completion"])
    assert steps[0]["completion"].endswith("<|im_end|>\n")


@pytest.mark.parametrize("to", FORMS)
def test_an_export_is_the_same_every_time(data: Path, tmp_path: Path, to: str) -> None:
    """Byte for byte, manifest and all; progress comes to its end."""
    options = Options(tools="1", template=folder(TRL) / "qwen3.jinja", special={})
    seen = []
    for name in ("one", "two"):
        exported(data, tmp_path / name, to, options, BOOK, lambda done, of: seen.append((done, of)))
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    assert seen[-1] == (4, 4)


def test_tools_stand_in_every_form(data: Path, tmp_path: Path) -> None:
    """Declared from the units."""
    exported(data, tmp_path / "openai", "openai", Options(tools="1"), BOOK)
    assert {len(line["tools"]) for line in lines(tmp_path / "openai/train.jsonl")} == {2}
    options = Options(tools="used", template=folder(TRL) / "qwen3.jinja", special={})
    exported(data, tmp_path / "text", "template", options, BOOK)
    assert '"name": "mcp__t__note"' in lines(tmp_path / "text/train.jsonl")[0]["text"].partition("<|im_end|>")[0]


def test_a_dataset_that_was_changed_is_not_exported(data: Path, tmp_path: Path) -> None:
    """Nor is one written over itself, and nothing is left of either."""
    with pytest.raises(UsageError, match="is the dataset itself"):
        exported(data, data, "openai", Options())
    with pytest.raises(UsageError, match="--tools"):
        exported(data, tmp_path / "out", "openai", Options(tools="few"))
    with pytest.raises(UsageError, match="no template"):
        exported(data, tmp_path / "out", "template", Options())
    (data / "eval.jsonl").write_text("")
    with pytest.raises(HiveError, match=r"eval\.jsonl: is not what the manifest says"):
        exported(data, tmp_path / "out", "openai", Options())
    assert not (tmp_path / "out").exists()
