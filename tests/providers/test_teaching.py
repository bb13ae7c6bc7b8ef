"""Facts about asking a teacher: the form of the question, what is read of an answer, and how limits are met."""

from __future__ import annotations

import time
from typing import Any

import pytest

from hive_integration.providers.fake import (
    DROPPED,
    Answer,
    Call,
    Recorded,
    chat_body,
    chat_error,
    messages_body,
    messages_error,
    reply,
    running,
)
from hive_integration.providers.teaching import (
    LostError,
    NoAnswerError,
    Pace,
    Question,
    Reply,
    Teacher,
    body_of,
    read_reply,
    size_of,
)
from hive_integration.providers.upstream import Upstreams
from hive_integration.registry.cards import Card
from hive_integration.wire.events import Failure, Usage

FORM = {"type": "object", "properties": {"turns": {"type": "array", "items": {"type": "string"}}}}
QUESTION = Question("the unit", ("the task",), FORM, 500)


def card(url: str = "http://127.0.0.1:1", protocol: Any = "openai-chat") -> Card:
    """A card for a server."""
    return Card(id="t", protocol=protocol, base_url=f"{url}/v1", model="m")


async def asked(script: Any, protocol: str = "openai-chat", times: int = 1, **pace: Any) -> tuple[list[Any], Any]:
    """The replies to the same question, one after the other, and the fake."""
    upstreams = Upstreams()
    with running(script, strict=True) as fake:
        teacher = Teacher(upstreams, card(fake.base_url, protocol), "key", Pace(**pace))
        try:
            return [await teacher.ask(QUESTION) for _ in range(times)], fake
        finally:
            await upstreams.close()


@pytest.mark.parametrize("protocol", ["openai-chat", "anthropic-messages"])
async def test_both_protocols_answer(protocol: str) -> None:
    """Text, or the arguments of the one tool; the usage; the key where each API wants it."""
    [found], fake = await asked(lambda request: reply(request, '{"turns": []}'), protocol)
    assert found.text == '{"turns": []}'
    assert (found.usage.input, found.usage.output, found.cut) == (812, 31, False)
    [request] = fake.requests
    assert (request.header("authorization") or request.header("x-api-key")).endswith("key")


def test_the_unit_comes_first_and_is_marked_for_the_cache() -> None:
    """So that questions about one unit share it."""
    body = body_of(card(protocol="anthropic-messages"), QUESTION)
    assert body["system"] == [{"type": "text", "text": "the unit", "cache_control": {"type": "ephemeral"}}]
    assert body["tool_choice"] == {"type": "tool", "name": "conversation"}
    assert body_of(card(), QUESTION)["messages"][0] == {"role": "system", "content": "the unit"}


def test_an_answers_address_follows_from_question_and_model() -> None:
    """Another word, length, form or model is another question; the card's id is not part of it."""
    key = QUESTION.key(card())
    others = {
        Question("the unit", ("the task", "no", "again"), FORM, 500).key(card()),
        Question("the unit", ("the task",), FORM, 501).key(card()),
        QUESTION.key(card("http://127.0.0.1:2")),
        QUESTION.key(card(protocol="anthropic-messages")),
    }
    assert len(others | {key}) == 5
    assert len(key) == 64


def test_a_tools_arguments_are_the_answer() -> None:
    """Whatever is said beside them; an answer that ends at its limit is cut; one of nonsense is lost."""
    call = messages_body("Here:", [Call("conversation", {"turns": [1]})]).body
    found = read_reply(card(protocol="anthropic-messages"), call)
    assert isinstance(found, Reply)
    assert found.text == '{"turns":[1]}'
    cut = read_reply(card(), chat_body('{"tu', finish="length").body)
    assert isinstance(cut, Reply)
    assert cut.cut
    assert isinstance(read_reply(card(), b"nonsense"), Failure)
    none = read_reply(card(), chat_body("x", counts=None).body)
    assert isinstance(none, Reply)
    assert none.usage == Usage()


async def test_a_limit_is_waited_out_and_halves_the_pace() -> None:
    """`retry-after` is obeyed: nobody asks before; then fewer are asked at once."""
    refusal = chat_error(429, "slow", "rate_limit_exceeded").with_headers(retry_after="0.3")
    script = [refusal, chat_body("{}"), chat_body("{}")]
    upstreams, pace = Upstreams(), Pace(8)
    with running(script) as fake:
        begin = time.monotonic()
        await Teacher(upstreams, card(fake.base_url), "", pace).ask(QUESTION)
        assert time.monotonic() - begin >= 0.3
        await upstreams.close()
    assert pace.met == 1
    assert 4 <= pace.allowed < 5


@pytest.mark.parametrize(
    ("answer", "fatal"),
    [
        (chat_error(400, "too long"), False),
        (chat_error(401, "bad key", "invalid_api_key"), True),
        (chat_error(429, "no money", "insufficient_quota", code="insufficient_quota"), True),
        (chat_error(429, "tomorrow", "rate_limit_exceeded").with_headers(retry_after="7200"), True),
    ],
)
async def test_what_waiting_does_not_help_is_not_asked_again(answer: Answer, fatal: bool) -> None:
    """Once; `fatal` where every other question would meet the same."""
    with pytest.raises(NoAnswerError) as caught:
        await asked(answer)
    assert caught.value.fatal is fatal


async def test_an_answer_that_breaks_off_may_have_been_paid() -> None:
    """So it is not simply asked again; a server that nobody reaches has cost nothing."""
    with pytest.raises(LostError):
        await asked(DROPPED)
    with pytest.raises(LostError):
        await asked(chat_body("x" * 1000).cut(100))


async def test_a_server_without_structured_output_is_asked_without() -> None:
    """As with the name of the limit: what a refusal names is left out or called otherwise, for good."""

    def script(request: Recorded) -> Answer:
        if "response_format" in request.json:
            return chat_error(400, "response_format is not supported")
        if "max_tokens" in request.json:
            return chat_error(400, "use max_completion_tokens instead")
        return chat_body("{}")

    found, fake = await asked(script, times=2)
    assert len(found) == 2
    assert len(fake.requests) == 4


async def test_an_overloaded_teacher_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """529 and 503 pass by themselves."""
    monkeypatch.setattr("hive_integration.providers.teaching._FIRST_PAUSE", 0.01)
    script = [messages_error(529, "overloaded_error", "busy"), messages_body("{}")]
    found, _ = await asked(script, "anthropic-messages")
    assert found[0].text == "{}"


def test_a_request_has_at_least_as_many_bytes_as_tokens() -> None:
    """The bound that a cap stands on: the whole body is counted."""
    assert size_of(card(), QUESTION) > len("the unit" + "the task") + len(str(FORM)) / 2
