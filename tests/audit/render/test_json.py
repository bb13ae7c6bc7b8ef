"""The report for scripts, and the one door to all forms."""

from __future__ import annotations

import json

import pytest

from hive_integration.audit.compare import compare
from hive_integration.audit.render import FORMS, render
from hive_integration.audit.render.json import render as as_json
from hive_integration.errors import UsageError
from tests.audit.sample import hostile, sample


def test_the_contract_holds() -> None:
    """The categories, and the idle units with the unattributed rest, add up to the total."""
    value = json.loads(as_json(sample()))
    idle = sum(unit["tokens"] for unit in value["units"] if unit["load"] in ("always", "listed"))
    assert value["schema"] == "hive-ctx/audit/1"
    assert sum(row["tokens"] for row in value["categories"]) == value["total_tokens"]
    assert idle + value["unattributed_tokens"] == value["total_tokens"]
    assert value["trainable_tokens"] + value["dynamic_tokens"] + value["unattributed_tokens"] == value["total_tokens"]


def test_it_ends_with_one_line_end_and_is_ascii() -> None:
    """Whatever names hold, the text is plain ASCII and reads back as it was."""
    text = as_json(hostile())
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert text.isascii()
    assert "\x1b" not in text
    assert [unit["name"] for unit in json.loads(text)["units"]][:8] == [f.unit.name for f in hostile().findings][:8]


def test_money_and_advice_are_there_for_scripts() -> None:
    """Each amount is a number in USD, each piece of advice has a saving and a setting."""
    value = json.loads(as_json(sample()))
    assert value["money"]["usd_day"] < value["money"]["usd_day_without_caching"]
    assert value["money"]["prices_dated"] == "2026-11-12"
    assert all(advice["saves_tokens"] > 0 and advice["how"] for advice in value["advice"])


def test_comparison_and_budget_only_where_given() -> None:
    """`compare` and `budget` are keys of their own, absent unless asked for."""
    assert not {"compare", "budget"} & set(json.loads(as_json(sample())))
    value = json.loads(as_json(sample(), comparison=compare(sample().to_json(), sample()), budget=100))
    assert value["compare"]["delta_tokens"] == 0
    assert value["budget"] == {"tokens": 100, "met": False}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_total(form: str) -> None:
    """One door leads to all forms, and each of them holds the same figure."""
    text = render(sample(), form, comparison=compare(sample().to_json(), sample()), budget=30_000)
    total = sample().total_tokens
    assert f"{total:,}" in text or str(total) in text
    assert text.endswith("\n") or form == "html"


def test_an_unknown_form_names_the_known_ones() -> None:
    """A form that does not exist is wrong usage."""
    with pytest.raises(UsageError, match="unknown form 'pdf'; known: text, json, markdown, html"):
        render(sample(), "pdf")
