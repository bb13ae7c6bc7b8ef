"""Facts about the lines of an environment section. The rules in them are made up; only the keys are the client's."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.units.environment import HEADING, LINE, lines, name_of

BEES = " - Mind the bees, all of them, always.\n"
PLATFORM = " - Platform: moss\n"


def pieces(section: str) -> list[tuple[str, str]]:
    found = list(lines(section))
    ends = [*(start for start, _ in found[1:]), len(section)]
    return [(name, section[start:end]) for (start, name), end in zip(found, ends, strict=True)]


def test_each_static_line_is_a_piece_and_environment_stands_together() -> None:
    """The heading goes with the first lines of environment; what follows a static line begins anew."""
    head = "# Environment\nYou have been invoked in the garden: \n"
    assert pieces(head + PLATFORM + " - Shell: snail\n" + BEES + " - Dig deep.\n" + PLATFORM) == [
        ("", head + PLATFORM + " - Shell: snail\n"),
        ("environment: Mind the bees, all of", BEES),
        ("environment: Dig deep", " - Dig deep.\n"),
        ("", PLATFORM),
    ]


def test_a_heading_over_nothing_but_static_lines_is_static_too() -> None:
    """It says the same everywhere; with one line of environment anywhere below it, it stays."""
    assert [name for name, _ in pieces("# Environment\n" + BEES)] == [HEADING, "environment: Mind the bees, all of"]
    assert pieces("# Environment") == [(HEADING, "# Environment")]
    assert [name for name, _ in pieces("# Environment\n" + BEES + PLATFORM)] == [
        "",
        "environment: Mind the bees, all of",
        "",
    ]
    assert pieces("# Environment\nlinux\n") == [("", "# Environment\nlinux\n")]


@pytest.mark.parametrize(
    "said",
    [
        "Primary working directory: /srv/shed",
        "Working directory: here.",
        "Additional working directories:\n  - /srv/a\n  - /srv/b",
        "Is a git repository: true",
        "This is a git worktree, apart from others. Stay in it.",
        "Platform: moss",
        "Shell: snail.",
        "OS Version: Moss 6.1",
        "User: gardener.",
        "Today's date: May.",
        "Today's date is the first of May.",
        "You are powered by the model named Oak 5.",
        "Assistant knowledge cutoff is January 2030.",
        "Temperature: 20 °C",
        "Seeds lie in /srv/shed/seeds.",
        "Seeds lie in C:\\shed.",
        "Planted on 2030-01-01.",
        "Ask old@garden.example first.",
        "Session 01234567-89ab of many.",
    ],
)
def test_what_tells_of_the_here_and_now_is_environment(said: str) -> None:
    """By how it begins; by a path, a date or an address in it; or because it is no sentence."""
    assert name_of(f" - {said}\n") == ""


@pytest.mark.parametrize(
    "said",
    [
        "Garden Code is there for spades, rakes (Iron/Wood), and online (garden.example/code).",
        "Fast growth, with /fast, is there for Oak 4.8/4.7.",
        "In `rain`, use `--no-water`, not `-w`.",
        "Names of trees: 'oak-5-20301001', 'elm-4'. Take the tallest.",
    ],
)
def test_a_sentence_without_such_a_value_is_static(said: str) -> None:
    """Commands, options, versions and names are no values of a machine."""
    assert name_of(f" - {said}\n").startswith(LINE)


def test_a_line_that_nobody_knows_makes_no_false_drift() -> None:
    """Without a full stop it is environment; with one, a value among its first words is part of the name."""
    assert name_of(" - Mood: sunny\n") == ""
    assert name_of(" - Mood of the day: sunny.\n") != name_of(" - Mood of the day: grey.\n")


def test_a_bullet_ends_where_something_else_begins() -> None:
    """Lines right below belong to it, deeper bullets too; a paragraph after a blank line or a tag does not."""
    long = " - Dig.\n   Deep,\n  - and wide.\n\n"
    assert pieces("# Environment\n" + long + "News.\n")[1:] == [
        ("environment: Dig. Deep, - and wide", long),
        ("", "News.\n"),
    ]
    tagged = " - Dig.\n</system-reminder>\n"
    assert pieces("# Environment\n" + tagged + "News.\n")[1:] == [("environment: Dig", tagged), ("", "News.\n")]


def test_text_without_the_heading_is_environment_too() -> None:
    """No part of a section is lost, whatever it begins with."""
    assert pieces("What?\n" + BEES) == [("", "What?\n"), ("environment: Mind the bees, all of", BEES)]


parts = st.lists(
    st.sampled_from(["# Environment\n", BEES, PLATFORM, "\n", " ", "- x.\n", "You have been invoked",
                     "</system-reminder>"])
    | st.text(max_size=20),
    max_size=10,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(parts)
def test_lines_partition_their_section(section: str) -> None:
    """Every character is in exactly one piece, the first one begins the section, and two of environment never touch."""
    found = pieces(section)
    assert "".join(text for _, text in found) == section
    assert not any(a == b == "" for (a, _), (b, _) in pairwise(found))


@pytest.mark.parametrize("evil", ["a" * 200_000, "/a" * 100_000, "a@" * 100_000, " - " * 70_000, "- ~" * 70_000])
def test_hostile_lines_take_no_time(evil: str) -> None:
    """Length costs in proportion."""
    start = time.perf_counter()
    list(lines(f"# Environment\n - {evil}\n{evil}."))
    assert time.perf_counter() - start < 1
