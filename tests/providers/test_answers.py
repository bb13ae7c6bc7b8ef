"""One answer of one model, as events."""

from __future__ import annotations

import asyncio
import gzip
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from hive_integration.errors import UpstreamError
from hive_integration.providers import answers
from hive_integration.providers.answers import events_of, failure_of
from hive_integration.providers.fake import (
    SILENT,
    Answer,
    Upstream,
    chat_body,
    chat_error,
    chat_stream,
    messages_body,
    messages_stream,
)
from hive_integration.providers.upstream import Sent, Upstreams
from hive_integration.registry.cards import Card, Prompt
from hive_integration.registry.cards import Upstream as Patience
from hive_integration.settings import now
from hive_integration.wire.events import Event, Failure, Finish, Text, ToolStart

CHAT = Card("tuned", "openai-chat", "", upstream=Patience(idle_timeout=0.3))
MESSAGES = replace(CHAT, protocol="anthropic-messages")


async def told(card: Card, answer: Answer) -> list[Event]:
    upstreams, path = Upstreams(), "/v1/chat/completions" if card is CHAT else "/v1/messages"
    async with Upstream(answer) as fake, asyncio.timeout(5):
        found: list[Event] = []
        async with aclosing(events_of(upstreams, card, Sent(fake.base_url + path, (), b"{}"))) as events:
            async for each in events:
                assert each, "an empty read"
                found += each
        await upstreams.close()
    return found


async def test_a_wait_may_be_told_as_a_date() -> None:
    """As proxies before a model's server do."""
    until = format_datetime(now() + timedelta(seconds=60), usegmt=True)
    event = (await told(CHAT, chat_error(429, "slow down").with_headers(retry_after=until)))[-1]
    assert isinstance(event, Failure)
    assert event.retry_after is not None
    assert 50 < event.retry_after <= 60


@pytest.mark.parametrize(
    ("card", "answer"),
    [(CHAT, chat_stream("hi")), (CHAT, chat_body("hi")), (CHAT, chat_stream("hi").dripped(3)),
     (MESSAGES, messages_stream("hi")), (MESSAGES, messages_body("hi")), (CHAT, chat_stream("hi").hang())],
)  # fmt: skip
async def test_an_answer_ends_in_finish(card: Card, answer: Answer) -> None:
    """Streamed or whole, in either protocol, and where the upstream does not hang up."""
    events = await told(card, answer)
    assert "".join(each.text for each in events if isinstance(each, Text)) == "hi"
    assert [type(each) for each in events if isinstance(each, Finish | Failure)] == [Finish]
    assert isinstance(events[-1], Finish)


@pytest.mark.parametrize(
    ("answer", "kind", "status"),
    [(chat_error(429, "slow"), "rate_limit_error", 429), (SILENT, "timeout_error", 504),
     (chat_stream("hi").cut(150), "api_error", 502), (Answer((b"<html>",), 200, {}), "api_error", 0),
     (chat_body("hi").hang(5), "timeout_error", 504),
     (Answer((gzip.compress(b"{}"),), 200, {"content-encoding": "gzip"}), "api_error", 502)],
)  # fmt: skip
async def test_what_fails_ends_in_failure(answer: Answer, kind: str, status: int) -> None:
    """In the words of the Messages API, and with what the upstream says of waiting."""
    events = await told(CHAT, answer.with_headers(retry_after="7"))
    assert isinstance(events[-1], Failure)
    assert (events[-1].kind, events[-1].status) == (kind, status)
    assert events[-1].retry_after == (7 if status == 429 else None)


async def test_what_is_left_unread_is_closed() -> None:
    """A caller that breaks off ends the upstream's connection."""
    upstreams = Upstreams()
    async with Upstream(chat_stream(["a", "b"]).hang(450)) as fake:
        sent = Sent(f"{fake.base_url}/v1/chat/completions", (), b"{}")
        async with aclosing(events_of(upstreams, CHAT, sent)) as events:
            await anext(events)
        await asyncio.sleep(0.05)
        assert fake.abandoned == 1
        await upstreams.close()


async def test_calls_in_text_are_found_where_the_card_says_so() -> None:
    """With `tools = "none"`, and not else."""
    said = chat_stream('<tool_call>{"name": "Bash", "arguments": {}}</tool_call>')
    none = replace(CHAT, prompt=Prompt(tools="none"))
    upstreams = Upstreams()
    async with Upstream(said) as fake:
        sent = Sent(f"{fake.base_url}/v1/chat/completions", (), b"{}")
        kinds: list[Any] = [
            {type(event) async for events in events_of(upstreams, card, sent) for event in events}
            for card in (CHAT, none)
        ]
        await upstreams.close()
    assert [(Text in each, ToolStart in each) for each in kinds] == [(True, False), (False, True)]


def test_a_lost_upstream_in_the_words_of_the_api() -> None:
    """502, or 504 where it was waited for."""
    assert failure_of(UpstreamError("gone")) == Failure("api_error", "gone", 502)
    assert failure_of(UpstreamError("late", timeout=True)) == Failure("timeout_error", "late", 504)
    assert 0 < answers.LINGER < 1
