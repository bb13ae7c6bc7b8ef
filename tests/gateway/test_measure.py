"""How large a request is for the model that gets it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from hive_integration.gateway.measure import counted, declarations, expected, learn
from hive_integration.gateway.plan import plan_for
from hive_integration.wire.events import Usage
from tests.gateway import idle
from tests.gateway.live import BASH, asked, holding
from tests.gateway.made import exchange, furniture


async def test_what_is_known_is_weighed_by_its_name(tmp_path: Path) -> None:
    """Tools that the weights hold; a tool that is paged in, or unknown, is weighed whole."""
    other = idle.tool("Other")
    card = holding(tmp_path, asked(tools=[BASH]))
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path, **card)
        plan = plan_for(parts, exchange(parts, asked(tools=[BASH, other])), "finetuned")
        names = declarations(plan)
        whole = declarations(plan.again(frozenset({"Bash"}), ()))
        nothing = plan_for(parts, exchange(parts, asked(tools=[other])), "finetuned")
    assert names is not None
    assert (names[0], '"Other"' in names[1]) == ("Bash", True)
    assert whole is None
    assert declarations(nothing) is None


async def test_a_count_includes_the_minimal_prompt_in_its_profile_only(tmp_path: Path) -> None:
    """The full profile has the client's own."""
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path, prompt={"system": "word " * 100})
        small, full = [await counted(parts, exchange(parts, profile=p)) for p in ("finetuned", "full")]  # type: ignore[arg-type]
    assert 95 <= small - full <= 110


async def test_a_profile_without_a_model_is_counted_in_full(tmp_path: Path) -> None:
    """Claude will answer."""
    body = idle.body()
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path, switch={"finetuned": "", "default": "full"})
        counts = [await counted(parts, exchange(parts, body, p)) for p in ("finetuned", "full")]  # type: ignore[arg-type]
    assert counts[0] == counts[1] > 300


async def test_the_estimate_learns(tmp_path: Path) -> None:
    """What was weighed by its bytes is counted later, and the upstream's own count calibrates the rest."""
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path)
        ex = exchange(parts, asked("one two three four five " * 40))
        plan = plan_for(parts, ex, "finetuned")
        first = expected(parts, ex, plan)
        assert first > 0
        assert not ex.weighed
        for _ in range(5):
            learn(parts, ex, plan, Usage(2 * ex.estimated))
        exact = await parts.counts.count(plan.stripped.request, "o200k_base", "ft:tuned", None)
        again = expected(parts, ex, plan)
        assert ex.weighed
        assert ex.estimated == exact
        assert again > exact
        learn(parts, ex, plan, Usage())  # an upstream that does not say: nothing is learned, nothing fails
