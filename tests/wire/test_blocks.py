"""Facts about what a content block says."""

from __future__ import annotations

from typing import Any

import pytest

from hive_integration.wire.blocks import kind_of, result_parts, text_of, without_billing
from hive_integration.wire.refusal import BlockRefused
from tests.wire.asked import PNG, result, text


def test_a_block_has_a_type_or_none() -> None:
    """What is no string is no type."""
    assert [kind_of(block) for block in (text("a"), {}, {"type": ["text"]})] == ["text", "", ""]


def test_a_results_text_and_the_rest() -> None:
    """A string, blocks, a reference to a tool, images, nothing at all."""
    reference = {"type": "tool_reference", "tool_name": "T"}
    assert result_parts(result("a", "x")) == ("x", [])
    assert result_parts(result("a", None)) == ("", [])
    assert result_parts(result("a", [text("x"), text(""), PNG, reference])) == (
        "x\n\nThe tool T is now available.",
        [PNG],
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (5, "tool_result.content: expected a string or blocks, found a number"),
        (["x"], "tool_result.content: expected blocks, found a string among them"),
        ([{"type": "text", "text": 5}], "text.text: expected a string, found a number"),
        ([{"type": "tool_reference"}], "tool_reference.tool_name: expected a string, found nothing"),
    ],
)
def test_an_odd_result_is_refused(content: Any, reason: str) -> None:
    """By the field that is odd."""
    with pytest.raises(BlockRefused) as caught:
        result_parts(result("a", content))
    assert str(caught.value) == reason


def test_only_text_has_text() -> None:
    """Where nothing but text can stand, the type of what does is named."""
    with pytest.raises(BlockRefused, match="expected text here, found a block of type 'image'"):
        text_of(PNG)


def test_bookkeeping_is_the_first_block_or_none() -> None:
    """Only at the first place, only where the text begins so."""
    billing = text("x-anthropic-billing-header: a")
    assert without_billing([billing, text("s")]) == [text("s")]
    for system in ([], [text("s"), billing], [{"type": "text"}]):
        assert without_billing(system) is system
