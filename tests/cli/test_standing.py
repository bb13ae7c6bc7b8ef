"""Facts about how `hive-ctx status` looks on a terminal."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from hive_integration.cli.standing import render

COUNTERS = {
    "requests": 120, "arms": 123, "retries": 1, "fallbacks": 3, "input": 45_678, "output": 9_876, "cache_read": 1_000,
    "cache_write": 0, "stripped": 1_234_567, "repaired": 2, "broken": 1, "dropped": 0,
}  # fmt: skip
CARD = {"id": "claude", "protocol": "anthropic-messages", "host": "api.anthropic.com", "model": "", "status": "active",
        "units": 0, "breaker": "closed", "key": "the client's"}  # fmt: skip
TUNED = {**CARD, "id": "acme-hive-7b", "protocol": "openai-chat", "host": "127.0.0.1:9100", "model": "ft:acme",
         "units": 377, "key": "set"}  # fmt: skip
SEEN = {"acme-hive-7b": {"samples": 50, "ratio": 1.21, "median_error": 0.008, "p95_error": 0.025}}
PROFILE = {"default": "full", "effective": "full", "full": "claude", "finetuned": "acme-hive-7b", "fallback": True}


def standing(**changed: Any) -> dict[str, Any]:
    return {
        "running": True, "config_dir": "/srv/me/.config/hive-ctx", "url": "http://127.0.0.1:8787", "pid": 4242,
        "schema": "hive-ctx/status/1", "chosen_by": "file", "leases": 2,
        "version": "0.1", "config": "0123456789ab", "uptime_seconds": 7500.0,
        "profile": PROFILE, "cards": [TUNED, CARD],
        "reload": {"at": "2026-11-24T10:00:00.123+00:00", "ok": True, "error": ""}, "counters": COUNTERS,
        "tokens_saved": 1_234_567, "usd": {"spent": 1.2, "saved": 0.05}, "drift": [], "calibration": {}, "removed": [],
        **changed,
    }  # fmt: skip


def text(width: int = 80, color: bool = False, **changed: Any) -> str:
    return render(standing(**changed), width=width, color=color)


def test_it_says_what_runs_and_why() -> None:
    """The profile, its card, and who chose it."""
    assert "full: claude; hive.toml says so" in text()
    by_variable = text(profile={**PROFILE, "effective": "finetuned"}, chosen_by="environment")
    assert "finetuned: acme-hive-7b; USE_FINETUNED of the gateway says so" in by_variable
    assert "where acme-hive-7b fails, claude answers instead" in by_variable
    assert "fallback = false" in text(profile={**PROFILE, "fallback": False})
    assert "no fine-tuned model" in text(profile={**PROFILE, "finetuned": ""})


def test_it_says_what_was_done_and_saved() -> None:
    """Requests with what went wrong, tokens, money."""
    shown = text()
    events = "120 fallbacks: 3, retries: 1, tool calls repaired: 2, tool calls broken: 1"
    assert events in " ".join(shown.split())
    assert "1,234,567  stripped" in shown
    assert "$1.20  $0.0500 saved" in shown
    assert "process 4242, up 2.1 h, 2 sessions of hive-ctx run" in " ".join(shown.split())
    assert "version 0123456789ab, read 2026-11-24 10:00:00 UTC" in shown


def test_a_card_that_cannot_answer_says_why() -> None:
    """Its breaker, its missing key, its status."""
    shown = text(cards=[{**TUNED, "breaker": "open", "key": "missing", "status": "candidate"}, CARD])
    assert "set aside: it failed too often, candidate, its key's variable is not set" in " ".join(shown.split())
    assert "377 units" in shown
    assert "the client's choice" in shown


def test_a_broken_configuration_is_shown_with_its_reason() -> None:
    """And that the old one goes on."""
    shown = text(reload={"at": "2026-11-24T10:00:00+00:00", "ok": False, "error": "hive.toml:3: default is 'ful'"})
    assert "what was read before goes on" in shown
    assert "hive.toml:3: default is 'ful'" in shown


def test_drift_and_what_was_stripped_are_listed_up_to_a_limit() -> None:
    """The rest is counted."""
    drift = [{"component": "builtin_tools", "name": f"Tool{i}", "seen": "a", "expected": "b"} for i in range(14)]
    removed = [{"name": f"unit{i}", "digest": "sha256:0", "times": 9, "tokens": 1_000} for i in range(9)]
    shown = text(drift=drift, removed=removed, calibration=SEEN)
    assert "Tool9" in shown
    assert "Tool10" not in shown
    assert "and 4 more" in shown
    assert "unit4" in shown
    assert "unit5" not in shown
    assert "acme-hive-7b 50 answers: our count times 1.21, off by 0.8 % (median), 2.5 % (95 of 100)" in " ".join(
        shown.split()
    )


def test_without_a_gateway_it_shows_what_would_run() -> None:
    """No counters, and how to start one."""
    shown = text(running=False)
    assert "none runs for this configuration; `hive-ctx run -- claude` starts one" in " ".join(shown.split())
    assert "full: claude" in shown
    assert "Requests" not in shown


def test_without_a_gateway_and_without_a_configuration_it_says_that() -> None:
    """Only what is known."""
    bare = {"running": False, "config_dir": "/c", "reload": {"at": "", "ok": False, "error": "no hive.toml"}}
    assert "no hive.toml" in render(bare, width=80, color=False)


@pytest.mark.parametrize("width", [20, 60, 80, 200])
def test_it_fits(width: int) -> None:
    """60 to 110 columns, whatever the terminal has."""
    drift = [{"component": "mcp_tools", "name": "mcp__x__" + "y" * 300, "seen": "a", "expected": "b"}]
    lines = text(width, drift=drift, config_dir="/very/long" * 40).splitlines()
    assert max(map(cell_len, lines)) <= max(60, min(width, 110))


def test_colours_only_where_asked() -> None:
    """A file or a pipe gets none; nor does a stranger's text bring its own."""
    assert "\x1b" not in text(drift=[{"component": "skills", "name": "\x1b[31mred", "seen": "a", "expected": "b"}])
    assert "\x1b[" in text(color=True)
