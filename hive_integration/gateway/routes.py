"""From a path to the step that answers it. Who may ask was settled before the body was read."""

from __future__ import annotations

import itertools
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from hive_integration import logs
from hive_integration.errors import HiveError
from hive_integration.files import identity
from hive_integration.gateway import choice, headers
from hive_integration.gateway.converse import converse
from hive_integration.gateway.exchange import Exchange
from hive_integration.gateway.measure import counted
from hive_integration.gateway.metrics import CONTENT_TYPE
from hive_integration.gateway.parts import Parts
from hive_integration.gateway.reply import JSON, ClientGone, Headers, Reply
from hive_integration.gateway.report import report
from hive_integration.gateway.server import Asked
from hive_integration.gateway.sink import answer_failure
from hive_integration.wire.events import Failure

_RUN, _NUMBERS = secrets.token_hex(8), itertools.count(1)
"""A request's id: this process, and a number. It names the answer, and keeps the ids of its calls apart from others."""
Route = Callable[[Parts, Asked, Reply], Awaitable[None]]


async def answer(parts: Parts, asked: Asked, reply: Reply) -> None:
    """Answer one request of a client; a bug of ours becomes an error that the client understands."""
    route = ROUTES.get((asked.method, asked.path), _nowhere)
    try:
        return await route(parts, asked, reply)
    except ClientGone:
        raise
    except HiveError as error:
        text = f"{error}; {error.hint}" if error.hint else str(error)
        failure = Failure("invalid_request_error", text, 400)
    except Exception:  # noqa: BLE001 - it is logged, and the client has its answer
        logs.get("gateway").exception("a bug", path=asked.path)
        failure = Failure("api_error", "a bug in hive-ctx: its log has the traceback", 500)
    if reply.begun:
        return await reply.break_off()
    return await answer_failure(reply, failure, marks(parts))


def marks(parts: Parts) -> list[tuple[str, str]]:
    """The headers of an answer that no model gives: who would answer a request that says nothing of profiles."""
    config = parts.config
    profile = choice.choose(config, None, parts.env.get(choice.VARIABLE)).profile
    card = config.card(profile) or config.card("full")
    return headers.marks(profile, card.id if card else "", config.version)


async def _nowhere(parts: Parts, asked: Asked, reply: Reply) -> None:
    methods = [method for method, path in ROUTES if path == asked.path]
    if methods:
        text = f"{asked.path} takes {' and '.join(methods)}, not {asked.method}"
        failure, more = Failure("invalid_request_error", text, 405), [("allow", ", ".join(methods))]
    else:
        known = sorted({path for _, path in ROUTES})
        text = f"{asked.method} {asked.path} is not served here; known: {', '.join(known)}"
        failure, more = Failure("not_found_error", text, 404), []
    await answer_failure(reply, failure, [*more, *marks(parts)])


async def _messages(parts: Parts, asked: Asked, reply: Reply) -> None:
    metrics = parts.account.metrics
    metrics.began()
    try:
        await converse(parts, exchange(parts, asked, reply))
    finally:
        metrics.ended()


async def _count_tokens(parts: Parts, asked: Asked, reply: Reply) -> None:
    ex = exchange(parts, asked, reply)
    tokens = await counted(parts, ex)
    card = ex.config.card(ex.choice.profile) or ex.full
    await _send(reply, msgspec.json.encode({"input_tokens": tokens}), [*JSON, *ex.marks(card)])


async def _models(parts: Parts, asked: Asked, reply: Reply) -> None:
    cards = [card for card in parts.config.cards.values() if card.status != "retired"]
    data = [
        {"type": "model", "id": card.id, "display_name": card.model or card.id, "created_at": "1970-01-01T00:00:00Z"}
        for card in cards
    ]
    ids = [card.id for card in cards] or [""]
    await _json(parts, reply, {"data": data, "has_more": False, "first_id": ids[0], "last_id": ids[-1]})


async def _head(parts: Parts, asked: Asked, reply: Reply) -> None:
    await reply.begin(200, [*JSON, *marks(parts)], size=0)
    await reply.end()


async def _health(parts: Parts, asked: Asked, reply: Reply) -> None:
    await _json(parts, reply, {"ok": True, "pid": os.getpid(), "config": identity(parts.reloader.folder)})


async def _status(parts: Parts, asked: Asked, reply: Reply) -> None:
    await _json(parts, reply, report(parts))


async def _metrics(parts: Parts, asked: Asked, reply: Reply) -> None:
    body = parts.account.metrics.render({card: breaker.state for card, breaker in parts.breakers.items()})
    await _send(reply, body, [("content-type", CONTENT_TYPE), *marks(parts)])


async def _lease(parts: Parts, asked: Asked, reply: Reply) -> None:
    """Held open for as long as the launcher lives: a gateway in use does not end itself."""
    await reply.begin(200, [("content-type", "text/plain"), *marks(parts)])
    await reply.write(b"held\n")
    await parts.leases.hold(reply)


def exchange(parts: Parts, asked: Asked, reply: Reply) -> Exchange:
    """Pin the request to the configuration of this moment. Raises HiveError where the switch is told nonsense."""
    config = parts.config
    chosen = choice.choose(config, asked.header(choice.HEADER), parts.env.get(choice.VARIABLE))
    return Exchange(f"{_RUN}{next(_NUMBERS):08x}", asked, reply, config, chosen, parts.clock())


async def _json(parts: Parts, reply: Reply, value: object) -> None:
    await _send(reply, msgspec.json.encode(value), [*JSON, *marks(parts)])


async def _send(reply: Reply, body: bytes, head: Headers) -> None:
    await reply.begin(200, head, size=len(body))
    await reply.write(body)
    await reply.end()


ROUTES: Mapping[tuple[str, str], Route] = {
    ("POST", "/v1/messages"): _messages,
    ("POST", "/v1/messages/count_tokens"): _count_tokens,
    ("GET", "/v1/models"): _models,
    ("HEAD", "/"): _head,
    ("GET", "/healthz"): _health,
    ("HEAD", "/healthz"): _head,
    ("GET", "/hive/status"): _status,
    ("GET", "/hive/lease"): _lease,
    ("GET", "/metrics"): _metrics,
}
