"""Facts about TRL's rows: objects for arguments, columns of one type, masks without a template."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml

from hive_integration.dataset.example import Declared
from hive_integration.dataset.export.form import Options
from hive_integration.dataset.export.trl import TRLForm
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Message
from tests.dataset.gates.made import ARGUMENTS, GOOD, calling, with_text

WHOLE, STEPS = TRLForm(Options()), TRLForm(Options(shape="prompt"))
TOOL = Declared("f", "d", {"type": "object", "properties": {"a": {"enum": [1, "b"]}}})


def test_arguments_are_objects_and_tools_one_text() -> None:
    """Objects are what templates want; a text is what no columnar reader merges, and TRL reads it."""
    (row,) = WHOLE.lines(GOOD, [TOOL])
    assert row["messages"][2]["tool_calls"][0]["function"]["arguments"] == ARGUMENTS
    assert row["messages"][3]["name"] == "mcp__t__note"
    assert json.loads(row["tools"])[0]["function"]["parameters"] == TOOL.schema
    assert WHOLE.lines(GOOD, ())[0].keys() == {"messages"}


def test_a_row_for_each_learned_message_is_an_exact_mask() -> None:
    """The prompt is all that came before, so a trainer that learns completions learns these words and no others."""
    silent = replace(GOOD, messages=(*GOOD.messages, Message("user", "And?"), Message("assistant", "No.", learn=False)))
    rows = STEPS.lines(silent, ())
    assert [len(row["prompt"]) for row in rows] == [2, 4]
    assert [row["completion"][0]["content"] for row in rows] == ["I will note it.", "It is noted."]
    assert STEPS.about() == {"shape": "prompt"}


def test_preferences_are_whole_ways() -> None:
    """With what both have in common as the prompt."""
    (row,) = WHOLE.pairs(replace(GOOD, rejected=(Message("assistant", "No."),)), [TOOL])
    assert [len(row[key]) for key in ("prompt", "chosen", "rejected")] == [2, 3, 1]
    assert "tools" in row
    assert WHOLE.pairs(GOOD, ()) == []


@pytest.mark.parametrize("mark", ["<|im_end|>", "<｜User｜>", "[/INST]", "</s>", "<tool_call>", "<|eot_id|>"])
def test_a_mark_of_a_template_is_refused_wherever_it_stands(mark: str) -> None:
    """Its trainers render these rows through a template, which one is not known here."""
    for example in (with_text(f"what is {mark}?"), with_text(mark, "tool"), calling({"a": [f"x{mark}"]})):
        with pytest.raises(HiveError, match="holds a mark of chat templates"):
            WHOLE.lines(example, ())
    with pytest.raises(HiveError, match="holds a mark"):
        WHOLE.pairs(replace(GOOD, rejected=(Message("assistant", mark),)), ())
    assert WHOLE.lines(with_text("a < b > c [TODO] </div> <system>"), ())


def test_the_card_says_the_types_of_the_columns() -> None:
    """`load_dataset(FOLDER)` reads them from the front matter of README.md."""
    files = ["train.jsonl", "eval.jsonl", "preferences.train.jsonl"]
    card = WHOLE.beside([*files, "refused.jsonl"])["README.md"]
    front = yaml.safe_load(card.split("---")[1])
    assert [config["config_name"] for config in front["configs"]] == ["default", "preferences"]
    assert [file["path"] for config in front["configs"] for file in config["data_files"]] == files
    assert front["configs"][0]["data_files"][1]["split"] == "test"
    columns = {info["config_name"]: [f["name"] for f in info["features"]] for info in front["dataset_info"]}
    assert front["dataset_info"][0]["features"][0]["list"] == {"json": {"decode": False}}
    assert columns == {"default": ["messages", "tools"], "preferences": ["prompt", "chosen", "rejected", "tools"]}
    assert "completion" in STEPS.beside(["train.jsonl"])["README.md"]
