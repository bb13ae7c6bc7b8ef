"""The byte-exact way to Claude: body, `anthropic-*` headers, answer and error bodies pass as they are.

Claude Code repairs itself by what it reads in error texts, so nothing is rephrased. A body is touched in three cases only:
it holds marks of ours (they are taken out), the card names another model, or the session began with a minimal prompt.
"""

from __future__ import annotations

from hive_integration.errors import HiveError, UpstreamError
from hive_integration.gateway.account import Ended
from hive_integration.gateway.exchange import Exchange
from hive_integration.gateway.headers import forwarded, passed
from hive_integration.gateway.ledger import Arm
from hive_integration.gateway.parts import Parts
from hive_integration.gateway.plan import key_of
from hive_integration.gateway.restore import is_minimal, restored
from hive_integration.gateway.sink import answer_failure
from hive_integration.providers.protocols import address
from hive_integration.providers.upstream import Answer, Sent
from hive_integration.registry.cards import Card
from hive_integration.wire import provenance
from hive_integration.wire.events import Failure
from hive_integration.wire.failures import error_event, read_failure
from hive_integration.wire.messages import encode_messages
from hive_integration.wire.sniffer import UsageSniffer


async def relay(parts: Parts, ex: Exchange, card: Card, arm: Arm) -> None:
    """Answer with what `card` answers."""
    started, sniffer, status = parts.clock(), UsageSniffer(stream=ex.peek.stream), 0
    headers = forwarded(ex.asked.headers, card, own_key=parts.key, key=key_of(parts, card))
    sent = Sent(address(card, ex.asked.query), headers, exact_body(parts, ex, card))
    try:
        async with parts.upstreams.ask(card, sent) as answer:
            status = answer.status
            await _pass_on(parts, ex, card, answer, sniffer)
    except UpstreamError as error:
        status = status or (504 if error.timeout else 502)
        failure = Failure("timeout_error" if error.timeout else "api_error", str(error), status)
        await _break_off(ex, card, failure)
    finally:
        ended = Ended(card, arm, status or 499, sniffer.usage, started, used=status == 200)
        parts.account.book(ex, ended, parts.clock())


async def _pass_on(parts: Parts, ex: Exchange, card: Card, answer: Answer, sniffer: UsageSniffer) -> None:
    reply = ex.reply
    if reply.begun and answer.status != 200:
        # Comments kept the client waiting, so the status has left: the error can only come as an event.
        return await _break_off(ex, card, read_failure(answer.status, None, await answer.read()))
    if not reply.begun:
        size = answer.header("content-length")
        await reply.begin(answer.status, [*passed(answer.headers), *ex.marks(card)], size=int(size) if size else None)
    async for chunk in answer.chunks():
        if ex.first_byte is None:
            ex.first_byte = parts.clock()
        await reply.write(chunk)
        sniffer.feed(chunk)
    if ex.peek.stream and answer.status == 200 and not sniffer.complete:
        await reply.write(error_event(Failure("api_error", f"the stream of {card.id} was cut", 502)))
    return await reply.end()


async def _break_off(ex: Exchange, card: Card, failure: Failure) -> None:
    if ex.reply.begun:
        await ex.reply.write(error_event(failure))
        await ex.reply.end()
    else:
        await answer_failure(ex.reply, failure, ex.marks(card))


def exact_body(parts: Parts, ex: Exchange, card: Card) -> bytes:
    """The client's own bytes, unless one of the three cases holds."""
    body = ex.asked.body
    renamed = bool(card.model) and card.model != ex.peek.model
    marked = any(mark in body for mark in provenance.MARKS)
    tuned = ex.config.card("finetuned")
    shortened = tuned is not None and bool(tuned.prompt.system) and parts.store.has_prompts
    if not (renamed or marked or shortened):
        return body
    try:
        request = ex.request
    except HiveError:
        return body  # not a request: the upstream says so in its own words
    changed = provenance.for_model(request, None) if marked else request
    if shortened and tuned is not None and is_minimal(request, tuned):
        changed = restored(
            changed,
            parts.store.prompt(request.model) or (),
            parts.store.tools_of(request.model),
        )
    if changed is request and not renamed:
        return body
    return encode_messages(changed, model=card.model) if renamed else encode_messages(changed)
