"""Tokens: what answers say was used, and what `count_tokens` says before."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hive_integration.providers.fake import DONE, Answer, Counts, Recorded, chat_body, chat_stream, chunk, stream
from hive_integration.providers.fake.chat import usage as usage_of
from hive_integration.tokens.openai import OpenAICounter
from tests.conformance import legal
from tests.conformance.client import Reply
from tests.conformance.expect import Failed, NotApplicable, equal, true
from tests.conformance.scenario import Scenario
from tests.conformance.stage import TOOLS, Stage, prompt_tokens

PROSE = (
    "The harbour master wrote down every ship that came in before noon, its cargo, its captain and the colour of its "
    "flag. In the evening he read the list aloud to nobody in particular, as his father had done, and closed the book. "
)
LONG = PROSE * 40


def _tokens(text: str) -> int:
    return OpenAICounter("o200k_base").count([text])[0]


def _counts(cached: int = 0) -> Callable[[Recorded], Counts]:
    return lambda request: Counts(prompt_tokens(request), 34, cached)


def _says(stage: Stage, counts: Callable[[Recorded], Counts], build: Callable[[Counts], Answer], **fields: Any) -> None:
    """The client is told what the upstream counted."""
    stage.chat(lambda request: build(counts(request)))
    usage = stage.message(stage.ask(messages=[stage.user(text=LONG)], **fields)).get("usage") or {}
    expected = counts(stage.got())
    equal(usage.get("output_tokens"), expected.completion, "output_tokens")
    equal(usage.get("cache_read_input_tokens") or 0, expected.cached, "cache_read_input_tokens")
    equal(usage.get("input_tokens"), expected.prompt - expected.cached, "input_tokens")


def _streamed(counts: Counts) -> Answer:
    return chat_stream("Hello there.", counts=counts)


def final(stage: Stage) -> None:
    _says(stage, _counts(), _streamed)


def cached(stage: Stage) -> None:
    _says(stage, _counts(1024), _streamed)


def not_streamed(stage: Stage) -> None:
    _says(stage, _counts(1024), lambda counts: chat_body("Hello.", counts=counts), stream=None)


def with_finish(stage: Stage) -> None:
    def build(counts: Counts) -> Answer:
        return stream(chunk({"content": "Hello."}), chunk({}, "stop", usage=usage_of(counts)), DONE)

    _says(stage, _counts(), build)


def asked_for(stage: Stage) -> None:
    stage.chat(chat_stream("Hello."))
    stage.message(stage.ask())
    true((stage.got().json.get("stream_options") or {}).get("include_usage"), "the upstream was not asked for usage")


def missing(stage: Stage) -> None:
    stage.chat(chat_stream("Hello.", counts=None))
    usage = stage.message(stage.ask(messages=[stage.user(text=LONG)])).get("usage") or {}
    true(usage.get("input_tokens", 0) > 100, f"input_tokens is {usage.get('input_tokens')!r} for a long prompt")


def _start(stage: Stage) -> int:
    stage.chat(chat_stream("Hello."))
    answer = stage.ask(messages=[stage.user(text=LONG)], system=LONG)
    stage.message(answer)
    found, _ = legal.events(answer.body)
    return int(found[0].data["message"]["usage"]["input_tokens"])


def at_start(stage: Stage) -> None:
    true(_start(stage) > 0, "message_start says 0 input tokens")


def near_at_start(stage: Stage) -> None:
    said = _start(stage)
    true_count = prompt_tokens(stage.got())
    true(
        abs(said - true_count) <= 0.1 * true_count,
        f"message_start says {said} input tokens, the prompt has {true_count}",
    )


def _count(stage: Stage, **fields: Any) -> Reply:
    arm = stage.gateway.chat
    body = {"model": arm.model, "messages": [{"role": "user", "content": LONG}], **fields}
    answer = stage.send("POST", "/v1/messages/count_tokens?beta=true", arm, body, within=20)
    if answer.status in {404, 405, 501}:
        raise NotApplicable("it has no count_tokens (the page calls it optional)")
    return answer


def _counted(answer: Reply) -> int:
    value = answer.json.get("input_tokens") if answer.status == 200 and not answer.broken else None
    if not isinstance(value, int):
        raise Failed(f"status {answer.status} {answer.broken}: {answer.body[:200]!r}")
    return value


def count(stage: Stage) -> None:
    found, true_count = _counted(_count(stage)), _tokens(LONG)
    true(0.8 * true_count <= found <= 1.6 * true_count, f"{found} for a text of {true_count} o200k tokens")


def count_all(stage: Stage) -> None:
    plain = _counted(_count(stage))
    with_system = _counted(_count(stage, system=[{"type": "text", "text": LONG}]))
    with_tools = _counted(_count(stage, tools=[{**tool, "description": PROSE * 4} for tool in TOOLS]))
    true(with_system > 1.7 * plain, f"{plain} without, {with_system} with a system prompt of the same length")
    extra = 0.7 * _tokens(PROSE * 12)
    true(with_tools > plain + extra, f"{plain} without tools, {with_tools} with over {extra:.0f} tokens of them")


def count_history(stage: Stage) -> None:
    use = {"type": "tool_use", "id": "toolu_01", "name": "Bash", "input": {"command": LONG}}
    result = {"type": "tool_result", "tool_use_id": "toolu_01", "content": [{"type": "text", "text": LONG}]}
    history = [
        {"role": "user", "content": LONG},
        {"role": "assistant", "content": [use]},
        {"role": "user", "content": [result]},
    ]
    found, plain = _counted(_count(stage, messages=history, tools=TOOLS)), _counted(_count(stage, tools=TOOLS))
    true(found > 2.5 * plain * 0.9, f"{plain} for the words alone, {found} with a call and a result as long each")


def count_forty(stage: Stage) -> None:
    with ThreadPoolExecutor(40) as pool:
        answers = list(
            pool.map(lambda i: _count(stage, messages=[{"role": "user", "content": f"{i} {PROSE}"}]), range(40))
        )
    slowest = max(answer.seconds for answer in answers)
    counts = [_counted(answer) for answer in answers]
    true(min(counts) > 20, f"counts {sorted(counts)[:3]}")
    true(slowest < 10, f"the slowest of 40 took {slowest:.1f} s")


def count_bad(stage: Stage) -> None:
    answer = _count(stage, messages="no list")
    true(400 <= answer.status < 500, f"status {answer.status} for a request without messages")
    stage.chat(chat_stream("still here"))
    stage.message(stage.ask())


def models(stage: Stage) -> None:
    answer = stage.send("GET", "/v1/models?limit=1000", stage.gateway.chat, within=3)
    if answer.status == 404:
        raise NotApplicable("it has no list of models (the page calls it optional)")
    equal((answer.status, answer.broken), (200, ""), "status")
    data = answer.json.get("data")
    true(
        isinstance(data, list) and data and all(isinstance(each.get("id"), str) for each in data),
        f"data: {json.dumps(data)[:200]}",
    )


def head(stage: Stage) -> None:
    answer = stage.send("HEAD", "/", stage.gateway.chat, within=5)
    true(answer.status and answer.status < 500 and not answer.broken, f"status {answer.status} {answer.broken}")


def query(stage: Stage) -> None:
    stage.chat(chat_stream("a"))
    for path in ("/v1/messages", "/v1/messages?beta=true", "/v1/messages?beta=true&x=1"):
        answer = stage.send("POST", path, stage.gateway.chat, stage.body(stage.gateway.chat))
        stage.message(answer)


COUNT, MODELS, START = "Token counting", "Model discovery", "Optional endpoints and startup traffic"
SCENARIOS = (
    Scenario("usage-final", "input and output tokens are the upstream's own", final, (7, 16, 19)),
    Scenario("usage-cached", "cached tokens are told apart from input tokens", cached, (16,), "Messages API"),
    Scenario("usage-not-streamed", "the same without a stream", not_streamed, (16,)),
    Scenario("usage-with-finish", "usage that comes with the finish counts too", with_finish, (7,)),
    Scenario(
        "usage-asked-for", "the upstream is asked to send usage in a stream", asked_for, (16,), "OpenAI's API reference"
    ),
    Scenario("usage-missing", "without usage from upstream a long prompt does not count 0 tokens", missing, (19, 23)),
    Scenario("usage-start", "message_start says more than 0 input tokens", at_start, (16, 17, 18)),
    Scenario("usage-start-near", "message_start is within 10 % of the prompt's tokens", near_at_start, (19, 23)),
    Scenario("count-near", "count_tokens is near a tokenizer's count", count, (20, 23, 24), COUNT),
    Scenario("count-all", "count_tokens counts system prompt and tools", count_all, (23, 24), COUNT),
    Scenario("count-history", "count_tokens counts calls and results", count_history, (23,), COUNT),
    Scenario("count-forty", "40 count_tokens at once are all answered", count_forty, (22,), COUNT),
    Scenario("count-bad", "a bad count_tokens is refused and suspends nothing", count_bad, (21,), COUNT),
    Scenario("models", "GET /v1/models answers directly, with x-api-key alone", models, (), MODELS),
    Scenario("head", "HEAD / is answered or refused, not failed", head, (), START),
    Scenario("query", "the path alone is matched, whatever the query", query, (), START),
)
