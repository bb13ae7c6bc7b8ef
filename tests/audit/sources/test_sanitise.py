"""What the newer clients leave of a description."""

from __future__ import annotations

import pytest

from hive_integration.audit.sources.sanitise import sanitised


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text, [x] & 'y'", "plain text, [x] & 'y'"),
        ("<b>a</b> -> c", "&lt;b&gt;a&lt;/b&gt; -&gt; c"),
        ("a\n\n\tb", "a b"),
        ("a \n b", "a   b"),
        ("\x1b[1;31mred\x1b[0m \x1b]0;title\x07x", "red x"),
        ("a\u200b\u202eb\u00adc\ufeffd", "a b c d"),
        ("a\u2028b\ue000c\u0378d", "a b c d"),
        ("caf\u00e9\u00a0\u3000x", "caf\u00e9\u00a0\u3000x"),
    ],
)
def test_invisible_characters_become_one_space(text: str, expected: str) -> None:
    """Escapes go, each run of what cannot be seen is one space, angle brackets are entities; the rest stays."""
    assert sanitised(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "\u26a0\ufe0f", "\U0001f6e1\ufe0f", "1\ufe0f\u20e3", "\U0001f3f3\ufe0f\u200d\U0001f308",
        "\U0001f469\U0001f3fd\u200d\U0001f4bb", "\U0001f1e9\U0001f1ea", "\u0645\u06cc\u200c\u062e", "\U0001fae9",
    ],
)  # fmt: skip
def test_what_makes_an_emoji_or_joins_letters_stays(text: str) -> None:
    """Variation selectors and joiners stay where they change what is seen."""
    assert sanitised(text) == text


@pytest.mark.parametrize("text", ["\u26a1\ufe0f", "a\ufe0f", "a\u200d", "\U0001f468\u200dx"])
def test_the_same_marks_elsewhere_are_blank(text: str) -> None:
    """After a character that is a picture already, or before a letter, they become a space."""
    assert sanitised(text) != text
    assert " " in sanitised(text)
