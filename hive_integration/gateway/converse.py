"""`POST /v1/messages`: let the chosen profile answer, and the full one where the fine-tuned one cannot.

This is the story of a request; each step is a file of its own. A fallback happens inside the same answer: where nothing
has left yet it is the byte-exact way; where text has left, the full model goes on from there, in the same message.
"""

from __future__ import annotations

from hive_integration import logs
from hive_integration.errors import HiveError
from hive_integration.gateway.exchange import Exchange
from hive_integration.gateway.ledger import Arm
from hive_integration.gateway.parts import Parts
from hive_integration.gateway.plan import Plan, plan_for
from hive_integration.gateway.relay import relay
from hive_integration.gateway.sink import Sink, StreamSink, WholeSink
from hive_integration.gateway.speak import GaveUp, speak
from hive_integration.registry.cards import Card
from hive_integration.registry.configuration import Profile
from hive_integration.wire.answer import Writer
from hive_integration.wire.events import Failure
from hive_integration.wire.messages import Turn

GO_ON = (
    "<system-reminder>\nYour answer was interrupted after the text above, before it was complete. Go on exactly where "
    "it ends: do not repeat it, do not comment on the interruption.\n</system-reminder>"
)


async def converse(parts: Parts, ex: Exchange) -> None:
    """Answer one request."""
    if ex.choice.profile == "full":
        return await _full(parts, ex)
    card = ex.config.card("finetuned")
    if card is None:
        return await _without_tuned_model(parts, ex)
    sink = _sink(parts, ex, card)
    with parts.pulse.watched(sink):
        gave_up = await _ask(parts, ex, "finetuned", sink, "first")
        if gave_up is None:
            return None
        if not ex.config.switch.fallback:
            return await sink.fail(gave_up.failure)
        logs.get("gateway").warning("falls back", request=ex.id, card=card.id, why=gave_up.why)
        ex.why, ex.fallback = gave_up.why, f"{gave_up.why}: {gave_up.failure.message}"
        return await _full(parts, ex, sink)


async def _ask(parts: Parts, ex: Exchange, profile: Profile, sink: Sink, arm: Arm) -> GaveUp | None:
    """Let the card of a profile speak; a request that cannot be put to it is one more reason to give up."""
    try:
        plan = plan_for(parts, ex, profile)
        _take_note(parts, ex, plan)
        if arm == "fallback":
            sink.ask_again()
            said = sink.said.strip()
            plan = plan.again(frozenset(), [Turn("assistant", said), Turn("user", GO_ON)] if said else ())
        return await speak(parts, ex, plan, sink, arm)
    except HiveError as error:
        return GaveUp("invalid_request_error", Failure("invalid_request_error", str(error), 400))


def _take_note(parts: Parts, ex: Exchange, plan: Plan) -> None:
    """What a conversation's request shows. A count shows nothing: clients have slices of their requests counted."""
    if plan.card.protocol == "openai-chat":
        parts.omitted.see(ex.request)
    if plan.profile == "finetuned":
        parts.drift.see(plan.stripped)
        parts.memory.see(ex, plan.card)


async def _full(parts: Parts, ex: Exchange, sink: Sink | None = None) -> None:
    """The full profile: byte for byte where that is possible, else translated into the message that has begun."""
    card: Card = ex.full
    arm: Arm = "fallback" if ex.fallback else "first"
    if card.protocol == "anthropic-messages" and not (sink and sink.open):
        return await relay(parts, ex, card, arm, sink)
    own = sink or _sink(parts, ex, card)
    with parts.pulse.watched(own):
        gave_up = await _ask(parts, ex, "full", own, arm)
        return await own.fail(gave_up.failure) if gave_up else None


async def _without_tuned_model(parts: Parts, ex: Exchange) -> None:
    reason = "no fine-tuned model is configured: [switch] finetuned in hive.toml is empty"
    if ex.config.switch.fallback:
        ex.why, ex.fallback = "no_model", f"no_model: {reason}"
        return await _full(parts, ex)
    return await _sink(parts, ex, ex.full).fail(Failure("invalid_request_error", reason, 400))


def _sink(parts: Parts, ex: Exchange, card: Card) -> Sink:
    def marks() -> list[tuple[str, str]]:
        return ex.marks(ex.full if ex.fallback else card)

    model = ex.peek.model or card.model
    if ex.peek.stream:
        return StreamSink(ex.reply, Writer(f"msg_{ex.id}", model), marks, lambda: ex.expected)
    return WholeSink(ex.reply, f"msg_{ex.id}", model, marks)
