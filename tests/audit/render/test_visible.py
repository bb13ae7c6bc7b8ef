"""What a terminal could be steered with never passes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.audit.render.visible import folded, visible


@given(st.text(alphabet=st.characters(codec=None)))
def test_nothing_hidden_passes(text: str) -> None:
    """No control, format, surrogate, private or line-separating character survives, whatever comes."""
    shown = visible(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    shown.encode("utf-8")


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_ordinary_text_is_itself(text: str) -> None:
    """Letters, digits and signs of any script are left alone."""
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b2J", "\\x9b2J"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u202egnp", "\\u202egnp"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
        ("ä 漢 no\u00a0break", "ä 漢 no\u00a0break"),
    ],
)
def test_hidden_characters_are_spelled_out(text: str, shown: str) -> None:
    """Each hidden character is shown as its escape."""
    assert visible(text) == shown


@given(st.text(), st.integers(0, 40))
def test_folded_text_fits(text: str, width: int) -> None:
    """A folded text is never longer than asked, and a short one is unchanged."""
    shown = folded(text, width)
    assert len(shown) <= width
    assert shown == visible(text) or len(visible(text)) > width


def test_both_ends_of_a_path_stay() -> None:
    """Folding takes the middle: the root and the file's name are what one looks for."""
    assert folded("~/projects/teams/shop/.claude/agents/coder.md", 21) == "~/projects…s/coder.md"
