"""Facts about the table of gates: the first reason counts, and the detail does not."""

from __future__ import annotations

import pytest

from hive_integration.dataset.gates import GATES, Limits, kind_of, refused
from tests.dataset.gates.made import BOOK, GOOD, but, calling


def test_a_good_example_passes_all() -> None:
    """Nothing is refused without a reason."""
    assert refused(GOOD, BOOK, Limits()) == ""


def test_the_gate_stands_before_its_reason() -> None:
    """`gate: reason: detail`, of which the first two are counted."""
    reason = refused(calling({"text": "a", "times": 0}), BOOK, Limits())
    assert reason.startswith("schema: calls with arguments that are not valid: mcp__t__note, times")
    assert kind_of(reason) == "schema: calls with arguments that are not valid"
    assert kind_of("licence: has no licence") == "licence: has no licence"


def test_form_is_looked_at_before_contents() -> None:
    """What is no conversation reaches no gate that reads it."""
    assert [*GATES].index("format") < min([*GATES].index(name) for name in ("schema", "behaviour", "length", "secrets"))
    assert refused(calling({"text": float("nan")}), BOOK, Limits()).startswith("format: ")


@pytest.mark.parametrize("name", GATES)
def test_every_gate_takes_a_good_example(name: str) -> None:
    """One by one."""
    assert GATES[name](but(), BOOK, Limits()) == ""
