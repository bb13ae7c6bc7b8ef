"""Facts about counting a report's total in the model's own tokens."""

from __future__ import annotations

from hive_integration.audit import clients
from hive_integration.audit.recount import MAX_BYTES, recounted
from hive_integration.audit.report import Client, Finding, Report
from hive_integration.tokens.calibrated import CalibratedCounter
from hive_integration.tokens.openai import OpenAICounter
from hive_integration.units import Component, KnowledgeUnit, Load, unit_of

CL100K = OpenAICounter("cl100k_base")


def report(*findings: Finding) -> Report:
    return Report("t", "static", "o200k_base", True, Client(), findings)


def finding(text: str, load: Load = Load.ALWAYS) -> Finding:
    return Finding(unit_of("n", Component.MEMORY, load, text), OpenAICounter("o200k_base").count([text])[0])


def test_idle_text_is_counted_again_and_bodies_are_not() -> None:
    """The model's figure is of what the first request carries."""
    text = "Быстрая коричневая лиса прыгает"
    one = recounted(report(finding(text), finding("body " * 50, Load.ON_DEMAND)), CL100K)
    assert (one.model_tokenizer, one.model_tokens) == ("cl100k_base", CL100K.count([text])[0])
    assert one.billed_tokens == one.model_tokens
    assert one.total_tokens != one.model_tokens


def test_a_measured_client_text_has_its_own_figure() -> None:
    """A finding of the table of clients has no text; the table knows its count."""
    row = next(row for row in clients.table()["rows"] if row[6][0] != row[6][1] > 100)
    unit = KnowledgeUnit(row[3], row[1], Component(row[0]), *_any(), Load.ALWAYS, "", "")
    assert recounted(report(Finding(unit, row[6][0], size=row[4])), CL100K).model_tokens == row[6][1]


def _any() -> tuple:
    some = unit_of("x", Component.SYSTEM_PROMPT, Load.ALWAYS, "")
    return some.category, some.level


def test_a_text_that_nobody_knows_is_scaled_like_the_rest() -> None:
    """A piece without text or figure does not vanish from the total."""
    unknown = Finding(unit_of("y", Component.OTHER, Load.ALWAYS, ""), 100, size=400)
    known = finding("Быстрая коричневая лиса прыгает")
    one = recounted(report(unknown, known), CL100K)
    share = CL100K.count([known.unit.text])[0] / known.tokens
    assert one.model_tokens == round(share * (100 + known.tokens))


def test_a_report_in_the_models_own_tokens_stays_as_it_is() -> None:
    """Nothing is counted twice."""
    one = report(finding("hello"))
    assert recounted(one, OpenAICounter("o200k_base")) is one
    assert one.billed_tokens == one.total_tokens


def test_an_estimated_count_is_marked() -> None:
    """Scripts see it as `model_exact`; without a second count it is the report's own word."""
    estimate = recounted(report(finding("hello")), CalibratedCounter("claude-4.8"))
    assert estimate.to_json()["model_exact"] is False
    assert recounted(report(finding("hello")), CL100K).to_json()["model_exact"] is True
    assert report().to_json()["model_exact"] is True


def test_more_text_than_any_window_holds_is_counted_once() -> None:
    """Claude's tokenizer is exact and slow; the report then says what that means."""
    unit = unit_of("n", Component.MEMORY, Load.ALWAYS, "a" * MAX_BYTES)
    fits, over = Finding(unit, 5), Finding(unit_of("m", Component.MEMORY, Load.ALWAYS, "b"), 1)
    assert recounted(report(fits, over), CL100K).model_tokens == 0
    assert recounted(report(over), CL100K).model_tokens == 1
