"""Facts about the bill: what it says after a run, in words and for scripts."""

from __future__ import annotations

from hive_integration.dataset.teacher.bill import Bill
from hive_integration.dataset.teacher.budget import DOLLAR, Purse, rates_of
from hive_integration.registry.cards import Price
from hive_integration.wire.events import Usage


def test_a_bill_says_now_and_in_all() -> None:
    """And what was lost, and why questions went unanswered."""
    bill = Bill(Purse(None, 2 * DOLLAR, DOLLAR), rates_of(Price(1, 0, 1)), before=DOLLAR, asked=3, answered=2)
    bill.unanswered = {"a": "t: too long", "b": "t: too long"}
    bill.stopped = "enough"
    said = "\n".join(bill.sentences())
    for words in (
        "3 questions asked",
        "$1.00 now, $2.00 in all",
        "up to $1.00",
        "2 unanswered: t: too long",
        "stopped: enough",
    ):
        assert words in said
    assert bill.to_json()["usd_this_run"] == 1.0


def test_without_a_price_no_amount_is_named() -> None:
    """Not even zero."""
    bill = Bill(Purse())
    assert bill.cost(Usage(1, 1), 5) == 0
    assert "cost: not known" in "\n".join(bill.sentences())
    assert bill.to_json()["usd"] is None


def test_an_answer_without_usage_counts_at_its_worst() -> None:
    """And is named."""
    bill = Bill(Purse(), rates_of(Price(1, 0, 1)))
    assert bill.cost(Usage(), 55) == 55
    assert "1 answers came without usage" in "\n".join(bill.sentences())
