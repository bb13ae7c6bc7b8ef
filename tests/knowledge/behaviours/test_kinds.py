"""Facts about kinds of sentences."""

from __future__ import annotations

import pytest

from hive_integration.knowledge.behaviours.kinds import kind_of
from hive_integration.knowledge.markdown import Sentence, page
from hive_integration.units.behaviour import BehaviourKind as K


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Always run the tests first.", K.MUST),
        ("All claims must be verifiable.", K.MUST),
        ("Ensure that the build passes.", K.MUST),
        ("Never push to main.", K.NEVER),
        ("Rule one: Avoid global state.", K.NEVER),
        ("Do not guess.", K.NEVER),
        ("Use rg instead of grep.", K.PREFER),
        ("Prefer small commits over large ones.", K.PREFER),
        ("If the script fails, read the file yourself.", K.RECOVERY),
        ("On failure, report the output and stop.", K.RECOVERY),
        ("Fall back to the CLI.", K.RECOVERY),
        ("Respond with JSON only.", K.FORMAT),
        ("Keep answers concise.", K.FORMAT),
        ("Hand the plan off to the tester.", K.HANDOVER),
        ("Delegate research to the researcher.", K.HANDOVER),
        ("The build is green.", None),
        ("Errors are logged when it fails.", None),
        ("Build knowledge over time.", None),
    ],
)
def test_a_sentence_is_of_one_kind(text: str, kind: K | None) -> None:
    """The first row that fits; a description is of none."""
    assert kind_of(Sentence(text, 1)) is kind


def test_items_are_what_stands_above_them() -> None:
    """Under `Don't` everything is a prohibition; text between the items is not."""
    sentences = page(
        "## Don't\n\nThis says why it is so.\n\n- Ignore threats at all\n\n## Works With\n- tester: gets it\n"
    ).sentences
    assert [kind_of(s) for s in sentences] == [None, K.NEVER, K.HANDOVER]


def test_advice_is_an_order_under_its_heading() -> None:
    """Items of `Best Practices` that read as orders; the others are descriptions."""
    text = "## Best Practices\n\n- Use a mesh for research\n- The mesh of it is fast\n"
    assert [kind_of(s) for s in page(text).sentences] == [K.MUST, None]


def test_what_a_description_says_of_its_tools_use_is_for_others() -> None:
    """`tool` and `no_tool` make more of it."""
    for text in ("Use when native X is wrong because you must persist.", "For one, native Task is fine and must do."):
        assert kind_of(Sentence(text, 1), tool=True) is None
