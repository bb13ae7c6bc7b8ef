"""Facts about batches: both APIs, what comes back, and how one that an earlier run handed in is found."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hive_integration.errors import UpstreamError
from hive_integration.providers import batches as module
from hive_integration.providers.batches import Batches, name_of, portions
from hive_integration.providers.fake import Answer, Recorded, chat_body, chat_error, messages_error, reply, running
from hive_integration.providers.fake.batches import Desk
from hive_integration.providers.teaching import NoAnswerError, Question, Reply
from hive_integration.providers.upstream import Upstreams
from hive_integration.registry.cards import Card

PROTOCOLS = ["openai-chat", "anthropic-messages"]


def card(url: str, protocol: Any) -> Card:
    """A card for a server."""
    return Card(id="t", protocol=protocol, base_url=f"{url}/v1", model="m")


def questions(count: int = 3) -> dict[str, Question]:
    """Some questions by key."""
    return {f"{i:064x}": Question("ü unit", (f"task {i}",), {"type": "object"}, 10) for i in range(count)}


def answer(request: Recorded) -> Answer:
    """Every second question fails."""
    if "task 1" in str(request.json["messages"]):
        if request.protocol == "chat":
            return chat_error(400, "no")
        return messages_error(400, "invalid_request_error", "no")
    return reply(request, "{}")


@asynccontextmanager
async def opened(desk: Desk, protocol: str) -> AsyncIterator[Batches]:
    """Batches at a fake."""
    upstreams = Upstreams()
    with running(chat_body("x"), also=desk) as fake:
        yield Batches(upstreams, card(fake.base_url, protocol), "key", poll=0.01)
        await upstreams.close()


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_batch_brings_each_answer_under_its_key(protocol: str) -> None:
    """What failed says why; progress is told."""
    told: list[tuple[int, int]] = []
    async with opened(desk := Desk(answer, looks=2), protocol) as batches:
        batch = await batches.submit(questions())
        await batches.ended(batch, lambda done, of: told.append((done, of)))
        found = await batches.outcomes(batch)
    assert set(found) == set(questions())
    good = [outcome for outcome in found.values() if isinstance(outcome, Reply)]
    assert [each.text for each in good] == ["{}", "{}"]
    assert good[0].usage.output == 31
    assert isinstance(found[f"{1:064x}"], str)
    assert told == [(0, 3), (0, 3), (3, 3)]
    assert desk.asked == 3


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_batch_that_nobody_noted_is_found_again(protocol: str) -> None:
    """By its questions, or by its size and time; another one is not."""
    async with opened(Desk(answer), protocol) as batches:
        keys = list(questions())
        assert await batches.found(keys, "2026-01-01T00:00:00") == ""
        batch = await batches.submit(questions())
        assert await batches.found(keys, "2026-01-01T00:00:00") == batch
        assert await batches.found(keys[:2], "2026-01-01T00:00:00") == ""


async def test_a_refusal_is_told_and_trouble_is_waited_out() -> None:
    """A wrong key does not pass; a server that is down for a moment does."""
    downs: Iterator[int] = iter([1, 1])
    desk = Desk(answer)

    def shaky(request: Recorded) -> Answer | None:
        if request.method == "GET" and next(downs, 0):
            return chat_error(503, "down")
        return desk(request)

    upstreams = Upstreams()
    with running(chat_body("x"), also=shaky) as fake:
        batches = Batches(upstreams, card(fake.base_url, "openai-chat"), poll=0.01)
        await batches.ended(await batches.submit(questions()))
    refusal = chat_error(401, "bad key")
    with running(refusal, also=lambda _: refusal) as fake, pytest.raises(NoAnswerError, match="bad key"):
        await Batches(upstreams, card(fake.base_url, "openai-chat")).submit(questions())
    with running(chat_body("x"), also=lambda request: Answer((b"[]",))) as fake, pytest.raises(UpstreamError):
        await Batches(upstreams, card(fake.base_url, "openai-chat")).submit(questions())
    await upstreams.close()


def test_batches_are_no_larger_than_providers_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """By number and by bytes; all questions are in, in their order."""
    monkeypatch.setattr(module, "MOST", 4)
    parts = list(portions(card("http://x", "openai-chat"), questions(10)))
    assert [len(part) for part in parts] == [4, 4, 2]
    assert [key for part in parts for key in part] == list(questions(10))
    monkeypatch.setattr(module, "MOST_BYTES", 500)
    assert len(list(portions(card("http://x", "openai-chat"), questions(10)))) > 3


def test_a_batchs_name_follows_from_its_questions() -> None:
    """Whatever their order."""
    assert name_of(["b", "a"]) == name_of(["a", "b"]) != name_of(["a"])
