"""What an arm of a request becomes in the ledger."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from hive_integration.gateway.account import Ended
from hive_integration.gateway.ledger import Row
from hive_integration.gateway.parts import Parts
from hive_integration.settings import now
from hive_integration.wire.events import Usage
from tests.gateway.live import asked
from tests.gateway.made import exchange, furniture

PRICE = {"input": 1.0, "cached_input": 0.5, "output": 2.0}


def booked(parts: Parts) -> list[Row]:
    rows: list[Row] = []
    parts.account.ledger.put = rows.append  # type: ignore[method-assign]
    return rows


async def test_an_arm_becomes_a_row(tmp_path: Path) -> None:
    """Who, what, how long, what it cost, and what was saved."""
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path, price=PRICE)
        rows, card = booked(parts), parts.config.cards["tuned"]
        ex = exchange(parts, headers=[("X-Claude-Code-Session-Id", "s1")])
        ex.started, ex.first_byte = 10.0, 10.5
        usage = Usage(1_000_000, 1_000_000, 1_000_000, 0)
        parts.account.book(ex, Ended(card, "first", 200, usage, 10.0, stripped=2_000_000, repaired=3), 12.0)
    (row,) = rows
    assert (row.request, row.session, row.profile, row.card, row.model) == (
        "r1",
        "s1",
        "finetuned",
        "tuned",
        "ft:tuned",
    )
    assert (row.arm, row.status, row.stream, row.fallback, row.repaired) == ("first", 200, True, "", 3)
    assert (row.input, row.output, row.cache_read, row.cache_write) == (1_000_000, 1_000_000, 1_000_000, 0)
    assert (row.cost_usd, row.stripped) == (1.0 + 2.0 + 0.5, 2_000_000)
    assert row.saved_usd > 0
    assert (row.latency_ms, row.first_byte_ms) == (2000.0, 500.0)
    assert abs(row.time - (now().timestamp() - 2)) < 5


async def test_an_arm_that_was_not_used_saved_nothing(tmp_path: Path) -> None:
    """It costs what it used, which counts against the saving; its reason is the next arm's."""
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path, price=PRICE)
        rows, card = booked(parts), parts.config.cards["tuned"]
        ex = exchange(parts)
        ex.why = "invalid_call"
        for arm in ("first", "retry"):
            ended = Ended(card, arm, 200, Usage(1_000_000), 0.0, used=False, stripped=5, broken=1)  # type: ignore[arg-type]
            parts.account.book(ex, ended, 1.0)
    assert [(row.stripped, row.saved_usd, row.broken, row.fallback) for row in rows] == [
        (0, -1.0, 1, ""), (0, -1.0, 1, "invalid_call"),
    ]  # fmt: skip


async def test_what_a_client_says_of_itself_is_one_short_line(tmp_path: Path) -> None:
    """Odd bytes and endless names do not reach the ledger, which could not store the ones and should not the others."""
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path)
        rows, card = booked(parts), parts.config.cards["claude"]
        ex = exchange(parts, asked(model="m" * 9000), "full", [("x-claude-code-session-id", "\udce9\n")])
        parts.account.book(ex, Ended(card, "first", 200, Usage(), 0.0), 1.0)
    assert rows[0].session == "?"
    assert len(rows[0].model) == 200
