"""Let one card answer: ask, check its tool calls, ask again where that helps, give up with a reason where it does not.

Text flows on meanwhile. A call that is not valid is asked for once more with the tool's unit paged in; an upstream that
fails before anything has left is asked again within its budget. The caller decides what follows when a card gives up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from hive_integration import logs
from hive_integration.gateway.account import Ended
from hive_integration.gateway.breaker import Breaker
from hive_integration.gateway.exchange import Exchange
from hive_integration.gateway.gate import Broken, Gate, feedback
from hive_integration.gateway.ledger import Arm
from hive_integration.gateway.measure import expected, learn
from hive_integration.gateway.parts import Parts
from hive_integration.gateway.patience import waits
from hive_integration.gateway.plan import Plan
from hive_integration.gateway.sink import Sink
from hive_integration.providers.answers import events_of
from hive_integration.providers.upstream import Sent
from hive_integration.wire import provenance
from hive_integration.wire.events import Event, Failure, Seen, Signature, ToolStart, Usage
from hive_integration.wire.failures import retryable, upstream_fault
from hive_integration.wire.messages import Turn

NOTHING_SAID = "(a tool call)"
"""What stands for an answer that had no text, where the model is asked again."""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """Why a card has no answer: one of the ledger's REASONS, and the failure to tell where nobody else answers."""

    why: str
    failure: Failure


@dataclass(slots=True)
class Tried:
    """How one try went. Neither failure nor broken calls: the client has its answer."""

    arm: Arm
    breaker: Breaker
    started: float
    usage: Usage = field(default_factory=Usage)
    failure: Failure | None = None
    broken: Sequence[Broken] = ()
    repaired: int = 0
    over: bool = False
    """Whether it came to an end of its own: the client did not leave meanwhile."""


async def speak(parts: Parts, ex: Exchange, plan: Plan, sink: Sink, arm: Arm) -> GaveUp | None:
    """None where the client has its answer. Raises HiveError for a request that this card's protocol cannot carry."""
    card, breaker, began = plan.card, parts.breaker(plan.card.id), parts.clock()
    attempt, asked_again = 0, False
    while True:
        sent = plan.sent(ex, stream=ex.peek.stream)
        if not breaker.allow():
            return GaveUp("breaker_open", Failure("overloaded_error", f"{card.id} failed repeatedly and rests", 529))
        tried = Tried(arm, breaker, parts.clock())
        await _try(parts, ex, plan, sent, sink, tried)
        arm = "retry"
        if tried.broken:
            ex.why = "invalid_call"
            if asked_again:
                return GaveUp(ex.why, Failure("api_error", _told(tried.broken), 502))
            plan, asked_again = _once_more(plan, sink, tried.broken), True
            continue
        failure = tried.failure
        if failure is None:
            return None
        ex.why = _why(failure)
        if _learns(parts, plan, failure):
            continue
        again = attempt < card.upstream.retries and retryable(failure) and not sink.open
        left = card.upstream.retry_budget - (parts.clock() - began)
        wait = waits(attempt, failure.retry_after, left, parts.dice) if again else None
        if wait is None:
            return GaveUp(ex.why, failure)
        sink.ask_again()
        attempt += 1
        await asyncio.sleep(wait)


async def _try(parts: Parts, ex: Exchange, plan: Plan, sent: Sent, sink: Sink, tried: Tried) -> None:
    """One request to the upstream; what of its answer is sound goes on at once."""
    try:
        if ex.peek.stream and not sink.open:
            ex.expected = expected(parts, ex, plan)
        gate = Gate(plan.schema, lambda id: provenance.mint_tool_id(plan.card.id, id, ex.id), names=plan.names)
        async with aclosing(events_of(parts.upstreams, plan.card, sent)) as answer:
            async for events in answer:
                await _pass(parts, ex, _noted(events, tried, plan), gate, sink)
        tried.broken, tried.repaired, tried.over = gate.broken, gate.repaired, True
        if gate.unchecked:
            logs.get("gateway").warning("calls pass unchecked", request=ex.id, tools=gate.unchecked)
    finally:
        _settle(parts, ex, plan, tried)


def _noted(events: list[Event], tried: Tried, plan: Plan) -> list[Event]:
    """The events that may go on: usage and failure are noted, a failure goes no further, thinking is signed as ours,
    tools have the names that the client knows."""
    for i, event in enumerate(events):
        if type(event) is Seen:
            tried.usage = tried.usage.merged(event.usage)
        elif type(event) is Signature and plan.profile == "finetuned":
            events[i] = Signature(provenance.signed(plan.card.id, event.signature))
        elif type(event) is ToolStart and (name := plan.renamed.get(event.name)):
            events[i] = ToolStart(event.key, event.id, name)
    if events and isinstance(last := events[-1], Failure):
        tried.failure = last
        return events[:-1]
    return events


async def _pass(parts: Parts, ex: Exchange, events: list[Event], gate: Gate, sink: Sink) -> None:
    if passed := gate.pass_on(events):
        if ex.first_byte is None:
            ex.first_byte = parts.clock()
        await sink.take(passed)


def _settle(parts: Parts, ex: Exchange, plan: Plan, tried: Tried) -> None:
    """Tell the breaker how it went, and book it. A client that left is nobody's fault."""
    failure, broken = tried.failure, len(tried.broken)
    if not tried.over:
        tried.breaker.release()
    elif failure is not None and upstream_fault(failure):
        tried.breaker.failed()
    else:
        tried.breaker.succeeded()
    used = tried.over and failure is None and not broken
    status = 499 if not tried.over else (failure.status or 502) if failure is not None else 200
    stripped = parts.savings.book(plan.stripped.removed, plan.card.tokenizer) if used else 0
    ended = Ended(plan.card, tried.arm, status, tried.usage, tried.started, used, stripped, tried.repaired, broken)
    parts.account.book(ex, ended, parts.clock())
    if used:
        learn(parts, ex, plan, tried.usage)


def _why(failure: Failure) -> str:
    """One of the ledger's REASONS: what the upstream said, or that it was lost on the way."""
    return "connection" if failure.kind == "api_error" and failure.status in {0, 502} else failure.kind


def _once_more(plan: Plan, sink: Sink, broken: Sequence[Broken]) -> Plan:
    names = frozenset(each.name for each in broken if plan.schema(each.name) is not None)
    logs.get("gateway").info("asks again", card=plan.card.id, tools=sorted(names))
    sink.ask_again(repeats=True)
    # Always a turn of the model's own between: templates of many models want roles that alternate.
    said = Turn("assistant", sink.said if sink.said.strip() else NOTHING_SAID)
    return plan.again(names, [said, Turn("user", feedback(broken))])


def _told(broken: Sequence[Broken]) -> str:
    """Which call, and where in it: what stands there is the model's, and is quoted in no header and no log."""
    first = broken[0]
    where = f" at {'.'.join(map(str, first.problems[0].path))}" if first.problems and first.problems[0].path else ""
    return f"the call of {first.name or 'a tool without a name'} was not valid{where}"


def _learns(parts: Parts, plan: Plan, failure: Failure) -> bool:
    """An upstream that wants the other name for the answer's length says so: it is remembered, and asked again."""
    where = plan.card.base_url + plan.card.model
    known = where in parts.learned or plan.card.upstream.max_tokens_field != "auto"
    if known or failure.status != 400 or "max_completion_tokens" not in failure.message:
        return False
    parts.learned.add(where)
    return True
