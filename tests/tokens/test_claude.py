"""Claude's counts by ctok."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ctok = pytest.importorskip("ctok", reason="ctok needs Python 3.12")

from hive_integration.tokens.claude import FAMILIES, ClaudeCounter  # noqa: E402

NAMES = sorted(FAMILIES)
FRAMES = {"claude-3": 7, "claude-4.7": 11, "claude-4.8": 6}


@pytest.mark.parametrize("name", NAMES)
def test_a_text_counts_without_the_frame_of_its_message(name: str) -> None:
    """The count is ctok's for one message less the frame that the documentation of ctok states."""
    texts = ["hello, world", "def f(x):\n    return x\n", '{"type": "object"}', "naïve 漢字 😀"]
    expected = [ctok.token_count(text, FAMILIES[name]) - FRAMES[name] for text in texts]
    assert ClaudeCounter(name).count(texts) == expected


def test_families_count_differently() -> None:
    """The published example: `hello, world` is 3 tokens for Claude 3 and 4 since Opus 4.7."""
    assert [ClaudeCounter(name).count(["hello, world"])[0] for name in NAMES] == [3, 4, 4]


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_text_has_no_tokens(name: str) -> None:
    """Nothing costs nothing, frame or not."""
    assert ClaudeCounter(name).count([""]) == [0]
    assert ClaudeCounter(name).split("", []) == [0]


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=60), cut=st.integers(1, 59))
def test_any_text_can_be_counted_and_split(text: str, cut: int) -> None:
    """No text raises, lone surrogates included, and pieces add up to the whole."""
    counter = ClaudeCounter("claude-4.8")
    cuts = [cut] if cut < len(text) else []
    assert sum(counter.split(text, cuts)) == counter.count([text])[0] >= 0


def test_lines_of_a_listing_keep_their_line_ends() -> None:
    """Claude charges a line's end only where text follows; each line of a listing costs what it adds to the whole."""
    counter = ClaudeCounter("claude-4.8")
    lines = ["Heading\n", *(f"mcp__server__tool_{name}\n" for name in ("alpha", "beta", "gamma")), "footing"]
    text = "".join(lines)
    ends = [sum(map(len, lines[: i + 1])) for i in range(len(lines))]
    upto = [counter.count([text[:end] + "x"])[0] - 1 for end in ends[:-1]]
    added = [after - before for before, after in pairwise([0, *upto, counter.count([text])[0]])]
    assert counter.split(text, ends[:-1]) == added


@pytest.mark.parametrize("unit", ["a", " ", "\n", "😀", ".", "'", "漢", "A", "e\u0301"])
def test_repeated_text_costs_linear_time(unit: str) -> None:
    """Eight times as much of one character takes far less than the 64 times of a quadratic cost."""
    counter = ClaudeCounter("claude-4.8")
    counter.count(["warm"])
    seconds = []
    for size in (1 << 11, 1 << 14):
        begin = time.process_time()
        counter.count([unit * size])
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 24 * seconds[0] + 0.1


def test_it_says_who_counts() -> None:
    """The note names ctok and its release, on which the cache depends."""
    counter = ClaudeCounter("claude-4.7")
    assert counter.exact
    assert counter.version.startswith("ctok 1.")
    assert counter.version in counter.note
