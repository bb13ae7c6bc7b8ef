"""The byte-exact way to Claude: body, `anthropic-*` headers, answer and error bodies pass as they are.

Claude Code repairs itself by what it reads in error texts, so nothing is rephrased. A body is touched in three cases
only: it holds marks of ours (they are taken out), the card names another model, or the session began with a minimal
prompt. A stream passes event by event, so that one that breaks off can still end with an error.
"""

from __future__ import annotations

from hive_integration import logs
from hive_integration.errors import HiveError, UpstreamError
from hive_integration.gateway.account import Ended
from hive_integration.gateway.exchange import Exchange
from hive_integration.gateway.headers import forwarded, passed
from hive_integration.gateway.ledger import Arm
from hive_integration.gateway.parts import Parts
from hive_integration.gateway.plan import key_of
from hive_integration.gateway.restore import is_minimal, restored
from hive_integration.gateway.sink import Sink, answer_failure
from hive_integration.providers.answers import failure_of
from hive_integration.providers.protocols import address
from hive_integration.providers.upstream import Answer, Sent
from hive_integration.registry.cards import Card
from hive_integration.wire import provenance
from hive_integration.wire.events import Failure
from hive_integration.wire.failures import error_event, read_failure
from hive_integration.wire.messages import MessagesRequest, encode_messages
from hive_integration.wire.sniffer import UsageSniffer

LONGEST = 64 * 1024
"""Bytes of an event that are held until it is whole; a longer one passes in parts."""
_CLIENT_LEFT = 499
_ENDS = (b"\n\n", b"\n\r\n")


async def relay(parts: Parts, ex: Exchange, card: Card, arm: Arm, sink: Sink | None = None) -> None:
    """Answer with what `card` answers. `sink` has written to the client before, comments at most."""
    started, sniffer, status = parts.clock(), UsageSniffer(stream=ex.peek.stream), _CLIENT_LEFT
    headers = forwarded(ex.asked.headers, card, own_key=parts.key, key=key_of(parts, card))
    sent = Sent(address(card, ex.asked.query), headers, exact_body(parts, ex, card))
    if sink and not ex.reply.begun:
        await sink.hand_over()  # at once: a comment would take away the status, which is Claude's to give
    try:
        async with parts.upstreams.ask(card, sent) as answer:
            if sink:
                await sink.hand_over()
            status = await _pass_on(parts, ex, card, answer, sniffer)
    except UpstreamError as error:
        status = await _fail(ex, card, failure_of(error), sink)
    finally:
        ended = Ended(card, arm, status, sniffer.usage, started, used=status == 200)
        parts.account.book(ex, ended, parts.clock())


async def _pass_on(parts: Parts, ex: Exchange, card: Card, answer: Answer, sniffer: UsageSniffer) -> int:
    """Pass an answer on. Returns the status with which it ended."""
    reply, stream, held = ex.reply, answer.is_stream, b""
    if reply.begun and not stream:
        # Comments kept the client waiting, so the status has left: an error can only come as an event.
        status = answer.status if answer.status >= 400 else 502  # a whole body is no stream
        return await _fail(ex, card, read_failure(status, None, await answer.read()))
    failure: Failure | None = None
    try:
        async for chunk in answer.chunks():
            if ex.first_byte is None:
                ex.first_byte = parts.clock()
            await _begin(ex, card, answer)
            sniffer.feed(chunk)
            whole, held = _parted(held + chunk) if stream else (chunk, b"")
            if len(held) > LONGEST:
                whole, held, stream = whole + held, b"", False
            if whole:
                await reply.write(whole)
    except UpstreamError as error:
        failure = failure_of(error)
    else:
        await _begin(ex, card, answer)
        if stream and not sniffer.complete:
            failure = Failure("api_error", f"the upstream of {card.id} cut its stream", 502)
    if failure is None:
        if held:
            await reply.write(held)
        await reply.end()
        return answer.status
    if reply.begun and not stream:
        await reply.break_off()
        return failure.status
    return await _fail(ex, card, failure)


async def _begin(ex: Exchange, card: Card, answer: Answer) -> None:
    """The head leaves with the first byte of the body: where none comes, the failure can still have a status."""
    if not ex.reply.begun:
        size = answer.header("content-length")
        headers = [*passed(answer.headers), *ex.marks(card)]
        await ex.reply.begin(answer.status, headers, size=int(size) if size else None)


def _parted(data: bytes) -> tuple[bytes, bytes]:
    """The events that are whole, and the beginning of the next."""
    if data.endswith(_ENDS):
        return data, b""
    end = max((at + len(mark) for mark in _ENDS if (at := data.rfind(mark)) >= 0), default=0)
    return data[:end], data[end:]


async def _fail(ex: Exchange, card: Card, failure: Failure, sink: Sink | None = None) -> int:
    """Say that nothing comes. Returns the status of that."""
    if sink:
        await sink.hand_over()
    if ex.reply.begun:
        await ex.reply.write(error_event(failure))
        await ex.reply.end()
    else:
        await answer_failure(ex.reply, failure, ex.marks(card))
    return failure.status


def exact_body(parts: Parts, ex: Exchange, card: Card) -> bytes:
    """The client's own bytes, unless one of the three cases holds."""
    body = ex.asked.body
    renamed = bool(card.model) and card.model != ex.peek.model
    marked = any(mark in body for mark in provenance.MARKS)
    tuned = ex.config.card("finetuned")
    watched = tuned is not None and bool(tuned.prompt.system)
    if not (renamed or marked or watched):
        return body
    try:
        request = ex.request
        changed = provenance.for_model(request, None) if marked else request
        if watched and tuned is not None:
            changed = _full_again(parts, ex, changed, tuned)
    except HiveError:
        return body  # not a request: the upstream says so in its own words
    if changed is request and not renamed:
        return body
    return encode_messages(changed, model=card.model) if renamed else encode_messages(changed)


def _full_again(parts: Parts, ex: Exchange, request: MessagesRequest, tuned: Card) -> MessagesRequest:
    """With the full prompt, where the session itself sends the minimal one; any other prompt is remembered for then."""
    if not is_minimal(request, tuned):
        parts.memory.see(ex, tuned)
        return request
    prompt = parts.store.prompt(request.model)
    if prompt is None:
        logs.get("gateway").warning("no full prompt is known for this model: the minimal one goes on", request=ex.id)
    return restored(request, prompt, parts.store.tools_of(request.model))
