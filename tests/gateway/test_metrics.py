"""Facts about the metrics."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from hive_integration.gateway.ledger import Ledger, Row
from hive_integration.gateway.metrics import CONTENT_TYPE, MOST_CARDS, Metrics


def row(**changed: Any) -> Row:
    """An ordinary arm."""
    values = {"time": 1.0, "request": "r", "profile": "full", "card": "claude", "latency_ms": 1200.0}
    return Row(**{**values, **changed})


def samples(metrics: Metrics, breakers: dict[str, str] | None = None) -> dict[tuple[str, ...], float]:
    """Every sample of the page: (name, label values in the order of their names) -> value."""
    text = metrics.render(breakers or {}).decode()
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def made(*cards: str) -> Metrics:
    """Metrics that know these cards."""
    metrics = Metrics("1.2.3")
    metrics.know(cards)
    return metrics


def test_an_arm_is_counted_by_profile_card_and_status() -> None:
    """And its tokens by card and kind; writing a cache is input."""
    metrics = made("claude", "tuned")
    metrics.arm(row(input=10, output=20, cache_read=30, cache_write=5, first_byte_ms=300.0))
    metrics.arm(row())
    metrics.arm(row(profile="finetuned", card="tuned", status=502, stripped=7, repaired=2, broken=1))
    found = samples(metrics)
    assert found["hive_requests_total", "claude", "full", "200"] == 2
    assert found["hive_requests_total", "tuned", "finetuned", "502"] == 1
    tokens = {kind: found["hive_tokens_total", "claude", kind] for kind in ("input", "output", "cached", "stripped")}
    assert tokens == {"input": 15, "output": 20, "cached": 30, "stripped": 0}
    assert found["hive_tokens_total", "tuned", "stripped"] == 7
    assert found["hive_repaired_calls_total",] == 2
    assert found["hive_broken_calls_total",] == 1
    assert found["hive_request_seconds_sum", "claude"] == 2.4
    assert found["hive_first_byte_seconds_count", "claude"] == 1
    assert found["hive_first_byte_seconds_sum", "claude"] == 0.3


def test_a_fallback_is_counted_by_its_reason() -> None:
    """Known reasons are there from the start, at zero; any other is `other`; a retry is none."""
    metrics = made("claude")
    metrics.arm(row(arm="fallback", fallback="invalid_call"))
    metrics.arm(row(arm="fallback", fallback="the model said: boo"))
    metrics.arm(row(arm="retry", fallback="invalid_call"))
    found = samples(metrics)
    assert found["hive_fallbacks_total", "invalid_call"] == 1
    assert found["hive_fallbacks_total", "other"] == 1
    assert found["hive_fallbacks_total", "timeout_error"] == 0


def test_requests_in_flight_reloads_circuits_and_the_version_are_shown() -> None:
    """As of the moment of asking; a circuit of a card that nobody knows is left out."""
    metrics = made("claude", "tuned")
    for _ in range(3):
        metrics.began()
    metrics.ended()
    metrics.reloaded(ok=True)
    metrics.reloaded(ok=False)
    metrics.reloaded(ok=False)
    found = samples(metrics, {"tuned": "open", "stranger": "open"})
    assert found["hive_in_flight",] == 2
    assert found["hive_reloads_total", "ok"] == 1
    assert found["hive_reloads_total", "error"] == 2
    assert found["hive_breaker_state", "tuned"] == 2
    assert found["hive_breaker_state", "claude"] == 0
    assert found["hive_build_info", "1.2.3"] == 1
    assert samples(metrics, {"tuned": "half-open"})["hive_breaker_state", "tuned"] == 1


def test_strangers_cannot_fill_the_memory() -> None:
    """Cards, profiles and statuses that are not known are counted together."""
    metrics = made("claude")
    metrics.arm(row())
    before = len(samples(metrics))
    for number in range(2000):
        metrics.arm(row(card=f"card-{number}", profile=f"profile-{number}", status=number))
        metrics.arm(row(status=418))
        metrics.arm(row(status=-number))
    found = samples(metrics)
    assert len(found) < before + 50
    assert found["hive_requests_total", "claude", "full", "4xx"] == 2000
    assert found["hive_requests_total", "claude", "full", "other"] == 2000


def test_a_thousand_reloads_with_new_names_stay_bounded() -> None:
    """Beyond a number, cards are no longer told apart; those that were first still are."""
    metrics = made("claude")
    for number in range(1000):
        metrics.know([f"card-{number}"])
        metrics.arm(row(card=f"card-{number}"))
    found = samples(metrics)
    cards = {labels[0] for name, *labels in found if name == "hive_request_seconds_count"}
    assert len(cards) == MOST_CARDS + 1
    assert found["hive_request_seconds_count", "other"] == 1000 - (MOST_CARDS - 1)
    assert found["hive_request_seconds_count", "claude"] == 0


def test_odd_figures_do_not_raise() -> None:
    """An upstream may say anything about its tokens."""
    metrics = made("claude")
    metrics.arm(row(input=-5, output=-1, cache_read=10**30, latency_ms=-1.0))
    assert samples(metrics)["hive_tokens_total", "claude", "input"] == 0


def test_the_page_is_prometheus_text() -> None:
    """With the content type that says so, and without the times at which counters were made."""
    text = made("claude").render({}).decode()
    assert "# TYPE hive_requests_total counter" in text
    assert "_created" not in text
    assert CONTENT_TYPE.startswith("text/plain; version=")


def test_two_gateways_in_a_process_count_apart() -> None:
    """Each has a registry of its own."""
    one, other = made("claude"), made("claude")
    one.arm(row())
    assert samples(one)["hive_request_seconds_count", "claude"] == 1
    assert samples(other)["hive_request_seconds_count", "claude"] == 0


def test_the_whole_bookkeeping_of_a_request_is_cheap(tmp_path: Path) -> None:
    """Row, ledger and metrics together: measured 9 µs; the limit leaves room for a busy machine."""
    metrics, book = made("claude"), Ledger(tmp_path / "ledger")

    def one() -> None:
        metrics.began()
        done = row(input=10, output=400, cache_read=5, stripped=7, first_byte_ms=900.0)
        metrics.arm(done)
        book.put(done)
        metrics.ended()

    rounds = []
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(100):
            one()
        rounds.append((time.perf_counter() - began) / 100)
    book.close()
    assert min(rounds) < 45e-6
