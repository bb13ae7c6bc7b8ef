"""Facts about what is left of a text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.units.cut import CutText, cut_context, cut_system
from hive_integration.units.markers import REMINDER
from hive_integration.units.remainder import remainder

AGENTS = (
    "Available agent types for the Agent tool:\n- scout: Looks.\n- smith: Makes.\n\nWhen you launch multiple agents"
)
DATE = "Today's date is 2030-01-01."
PLACE = "# Environment\nYou have been invoked in the garden: \n - Platform: moss"
TWO = f"<system-reminder>\n{AGENTS}\n</system-reminder>\n\n<system-reminder>\n{DATE}\n</system-reminder>\n"


def named(cut: CutText, *names: str) -> set[int]:
    return {i for i, piece in enumerate(cut.pieces) if piece.name in names}


def test_what_stays_is_as_it_was() -> None:
    """Pieces go, the rest is joined, byte for byte."""
    cut = cut_system("Hello\n\n# Tone\nshort\n\n# Tasks\nwell\n")
    assert remainder(cut, named(cut, "Tone")) == "Hello\n\n# Tasks\nwell\n"
    assert remainder(cut, set()) == cut.text


def test_a_reminder_keeps_both_tags_while_anything_of_it_stays() -> None:
    """Whether the first, the last or the middle of it goes."""
    cut = cut_context(TWO, frozenset())
    assert remainder(cut, named(cut, "agents", "agents footing")).startswith(
        "<system-reminder>\n- scout: Looks.\n- smith: Makes.\n</system-reminder>\n\n<system-reminder>\nToday"
    )


def test_tags_around_nothing_go_too() -> None:
    """A reminder of which nothing stays leaves no trace; a text of which nothing stays is empty."""
    cut = cut_context(TWO, frozenset())
    agents = named(cut, "agents", "scout", "smith", "agents footing")
    assert remainder(cut, agents) == f"<system-reminder>\n{DATE}\n</system-reminder>\n"
    assert remainder(cut, agents | named(cut, "date")) == ""


def test_sections_stay_apart() -> None:
    """A blank line at the end of what went stands between its neighbours, unless one does, or nothing follows."""
    text = "# Environment\n - Platform: moss\n - Mind the bees.\n\n# Tasks\n- Dig.\n\n# Tone\nshort\n\n"
    cut = cut_system(text)
    bees = named(cut, "environment: Mind the bees")
    assert remainder(cut, bees) == "# Environment\n - Platform: moss\n\n# Tasks\n- Dig.\n\n# Tone\nshort\n\n"
    assert remainder(cut, bees | named(cut, "Tasks")) == "# Environment\n - Platform: moss\n\n# Tone\nshort\n\n"
    assert remainder(cut, bees | named(cut, "Tasks", "Tone")) == "# Environment\n - Platform: moss\n"
    assert remainder(cut, named(cut, "Environment")) == " - Mind the bees.\n\n# Tasks\n- Dig.\n\n# Tone\nshort\n\n"


def test_no_blank_line_is_left_before_a_closing_tag() -> None:
    """The last lines of a reminder go, and the tag follows what stays."""
    cut = cut_context(f"<system-reminder>\n{PLACE}\n - Mind the bees.\n</system-reminder>\n\n{TWO}", frozenset())
    left = remainder(cut, named(cut, "environment: Mind the bees"))
    assert left == f"<system-reminder>\n{PLACE}\n</system-reminder>\n\n{TWO}"


def test_blanks_alone_are_nothing() -> None:
    """A text of which blanks would be left is empty."""
    cut = cut_context(f"\n\n{DATE}\n", frozenset())
    assert remainder(cut, named(cut, "date")) == ""


parts = st.lists(
    st.sampled_from(
        [
            AGENTS,
            DATE,
            "<system-reminder>\n",
            "\n</system-reminder>\n",
            "# claudeMd\n",
            "new\n",
            "\n",
            PLACE,
            "\n - Mind the bees.\n",
            " - Shell: snail\n",
        ]
    ),
    max_size=10,
).map("".join)


@settings(deadline=None)
@given(parts, st.sets(st.integers(0, 12)))
def test_words_and_remainder_make_the_whole(text: str, chosen: set[int]) -> None:
    """Tags and blanks aside, every character is either in a piece that went or still there, in order."""
    cut = cut_context(text, frozenset())
    gone = {i for i in chosen if i < len(cut.pieces)}
    stays = "".join(words for i, (_, words) in enumerate(cut.slices()) if i not in gone)
    left = REMINDER.sub("", remainder(cut, gone))
    assert "".join(left.split()) == "".join(stays.split())
