"""How large a request is for the model of its profile: counted for `count_tokens`, estimated for `message_start`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from hive_integration import tasks
from hive_integration.gateway.exchange import Exchange
from hive_integration.gateway.parts import Parts
from hive_integration.gateway.plan import Plan, plan_for
from hive_integration.wire.events import Usage
from hive_integration.wire.messages import Declared, Tool


async def counted(parts: Parts, ex: Exchange) -> int:
    """Tokens of a request, as the audit counts them. Raises HiveError where the body is no request."""
    plan = plan_for(parts, ex, ex.choice.profile if ex.config.card(ex.choice.profile) else "full")
    request, model, prompt = plan.stripped.request, _model(plan, ex), plan.prompt
    tokens = await parts.counts.count(request, plan.card.tokenizer, model, declarations(plan))
    if prompt:
        await parts.counts.learn([prompt], plan.card.tokenizer, model)
        tokens += parts.counts.texts([prompt], plan.card.tokenizer, model)
    return tokens


def expected(parts: Parts, ex: Exchange, plan: Plan) -> int:
    """What the upstream will say that this request has, as far as is known without counting. Noted for `learn`."""
    request, model = plan.stripped.request, _model(plan, ex)
    tokens, ex.weighed = parts.counts.estimate(request, plan.card.tokenizer, model, declarations(plan))
    if plan.prompt:
        tokens += parts.counts.texts([plan.prompt], plan.card.tokenizer, model)
    ex.estimated = tokens
    return parts.counts.calibration(plan.card.id).expected(tokens)


def learn(parts: Parts, ex: Exchange, plan: Plan, usage: Usage) -> None:
    """Hold the estimate against the upstream's own count, and count what was only weighed by its bytes."""
    if ex.estimated and usage.input is not None:
        actual = usage.input + (usage.cache_read or 0) + (usage.cache_write or 0)
        parts.counts.calibration(plan.card.id).learn(ex.estimated, actual)
    if not ex.weighed and plan.card.id not in parts.counting:
        # One at a time: under load, each request would otherwise be kept until its own count is done.
        parts.counting.add(plan.card.id)
        tasks.spawn(_count(parts, plan, _model(plan, ex)))


async def _count(parts: Parts, plan: Plan, model: str) -> None:
    try:
        await parts.counts.count(plan.stripped.request, plan.card.tokenizer, model, declarations(plan))
    finally:
        parts.counting.discard(plan.card.id)


def declarations(plan: Plan) -> Sequence[str] | None:
    """The texts of the tools as they are declared; None where that is as they came."""
    known = plan.stripped.known - plan.paged_in
    return _declared(tuple(plan.stripped.request.tools), known, plan.card.prompt.tools) if known else None


@lru_cache(maxsize=64)
def _declared(tools: tuple[Tool, ...], known: frozenset[str], mode: Declared) -> tuple[str, ...]:
    """Slim and named tools are weighed by their names: what else is declared of them costs little."""
    shown = (tool for tool in tools if not tool.deferred and (tool.name not in known or mode != "none"))
    return tuple(tool.name if tool.name in known else tool.raw.decode(errors="replace") for tool in shown)


def _model(plan: Plan, ex: Exchange) -> str:
    return plan.card.model or ex.peek.model
