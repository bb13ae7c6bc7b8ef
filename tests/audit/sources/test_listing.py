"""The listing's wording, order and budget, as pure functions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.audit.sources.listing import (
    NEW,
    OLD,
    Entry,
    collation,
    cut,
    description_of,
    dialect,
    first_line,
    fit,
    length,
    nameable,
    settled,
)
from hive_integration.units import Component


def entry(name: str, description: str = "d" * 10) -> Entry:
    """A command's entry."""
    return Entry(name, description, Component.COMMANDS, "x:1")


def test_the_nearer_measured_client_decides_the_dialect() -> None:
    """Versions up to the middle write like 2.1.197, later ones and unknown ones like 2.1.329."""
    assert [dialect(version) for version in ("2.0.1", "2.1.197", "2.1.262")] == [OLD, OLD, OLD]
    assert [dialect(version) for version in ("2.1.263", "2.1.329", "3.0.0")] == [NEW, NEW, NEW]


def test_description_and_occasion_are_joined_then_cut() -> None:
    """Occasion follows after a dash; the whole is cut to the limit, the last character an ellipsis."""
    assert description_of("Does.", "When asked.", limit=1536, style=NEW) == "Does. - When asked."
    assert description_of("d" * 1537, "", limit=1536, style=NEW) == "d" * 1535 + "…"
    assert description_of("d" * 1536, "", limit=1536, style=NEW) == "d" * 1536


def test_brackets_count_as_they_are_sent() -> None:
    """The newer client makes entities first and cuts then, the older one makes none."""
    assert description_of("<" * 400, "", limit=1536, style=NEW).endswith("&lt…")
    assert description_of("<" * 400, "", limit=1536, style=OLD) == "<" * 400


def test_half_a_pair_is_sent_as_a_replacement() -> None:
    """A cut inside a character of two units leaves U+FFFD."""
    assert description_of("\U0001f600" * 10, "", limit=6, style=OLD) == "\U0001f600\U0001f600\ufffd…"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("# Title\n\ntext", "Title"),
        ("\n\n  ## Deep\n", "Deep"),
        ("#\nx", "#"),
        ("#tag\nx", "#tag"),
        ("- item\n", "- item"),
        (" \n\t\n", ""),
        ("x" * 100, "x" * 100),
        ("x" * 101, "x" * 97 + "..."),
    ],
)
def test_the_first_line_stands_in(body: str, line: str) -> None:
    """The first line with words, without heading marks, cut at 100 units."""
    assert first_line(body) == line


def test_names_sort_as_the_client_sorts_them() -> None:
    """Punctuation, digits, letters without regard to case or accents."""
    names = ["_x", ".hd:x", "*x", "1x", "a:b", "a.b", "B", "é", "f", "my_skill2", "my-skill", "x", "X", "xy"]
    assert sorted(sorted(names), key=collation) == names


def test_newer_clients_list_a_name_once_and_no_odd_ones() -> None:
    """Of one name the first is kept; names with brackets or control characters are not listed."""
    entries = [entry("a", "first"), entry("a", "second"), entry("a<b>"), entry("x\x1b[31m"), entry("b c")]
    assert settled(entries, NEW) == [entries[0], entries[4]]
    assert settled(entries, OLD) == entries
    assert nameable("a<b>", OLD)
    assert not nameable(" a", NEW)


def test_within_the_budget_every_line_is_whole() -> None:
    """The budget counts names, descriptions, the client's own lines and line ends but the last; two are let through."""
    entries = [entry("a"), entry("b")]
    whole = ["- a: dddddddddd\n", "- b: dddddddddd\n"]
    used = sum(map(len, whole)) + 100 - 1
    assert fit(entries, {"run": 100}, used - 2).lines == whole
    assert fit(entries, {"run": 100}, used - 3).lines == [whole[0], "- b\n"]


def test_a_long_description_is_passed_over() -> None:
    """Descriptions are granted in order while they fit; after one that does not, shorter ones still may."""
    entries = [entry("a", "d" * 50), entry("b", "d" * 5), entry("c", "d" * 5)]
    assert fit(entries, {}, 20).lines == ["- a\n", "- b: ddddd\n", "- c\n"]


def test_use_comes_before_order() -> None:
    """A skill that was used keeps its description before one that was not."""
    entries = [entry("a"), entry("b")]
    assert fit(entries, {}, 20, {"a": 0.0, "b": 2.0}.__getitem__).lines == ["- a\n", "- b: dddddddddd\n"]


def test_the_clients_prompts_lose_their_descriptions_its_skills_never() -> None:
    """`init` and its like compete like anybody's, last in order; all others of the client are always whole."""
    fitted = fit([entry("a")], {"simplify": 190, "init": 68}, 0)
    assert fitted.lines == ["- a\n"]
    assert fitted.bundled == {"simplify": 190, "init": len("- init\n")}


def test_a_name_alone_needs_no_budget() -> None:
    """An entry that a setting reduced to its name is the name, without the one in brackets."""
    plain = replace(entry("a"), shown_as="other", plain=True)
    assert fit([plain, replace(entry("b"), shown_as="other")], {}, 0).lines == ["- a\n", "- b (other)\n"]


@given(
    st.lists(st.integers(0, 60), max_size=12),
    st.integers(0, 600),
    st.dictionaries(st.sampled_from(["init", "run", "review"]), st.integers(20, 90)),
)
def test_a_larger_budget_is_never_overdrawn(sizes: list[int], budget: int, bundled: dict[str, int]) -> None:
    """Whatever is granted, the listing stays within budget and two, or nothing was granted at all."""
    entries = [entry(f"n{i}", "d" * size) for i, size in enumerate(sizes)]
    fitted = fit(entries, bundled, budget)
    total = sum(map(len, fitted.lines)) + sum(fitted.bundled.values()) - 1
    bare = sum(len(f"- {e.name}\n") for e in entries)
    bare += sum(len(f"- {name}\n") if name != "run" else chars for name, chars in bundled.items()) - 1
    assert total <= budget + 2 or total == bare


@given(st.text(alphabet="aé\U0001f600"), st.integers(0, 9))
def test_lengths_are_in_units_of_utf_16(text: str, units: int) -> None:
    """A cut has at most as many units as were asked for, and all of a text that is shorter."""
    assert length(text) == sum(2 if char > "\uffff" else 1 for char in text)
    assert length(cut(text, units)) == min(units, length(text))
