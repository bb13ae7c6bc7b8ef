"""Facts about counting on the request path."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hive_integration.audit.live import request_report
from hive_integration.errors import UsageError
from hive_integration.gateway import counting
from hive_integration.gateway.counting import Counts
from hive_integration.tasks import run, spawn
from hive_integration.tokens import counter_for
from hive_integration.wire.messages import decode_messages
from tests.gateway import idle
from tests.gateway.idle import TOOLS, WORDS, body, request, text, tool

NAME = "o200k_base"


class Slow:
    """A counter that takes its time, and remembers what it was asked and in which thread."""

    name, exact, note, version = "slow", True, "", "1"

    def __init__(self, seconds: float = 0.02) -> None:
        self.seconds, self.asked, self.threads = seconds, list[str](), set[int]()

    def count(self, texts: Sequence[str]) -> list[int]:
        """Words."""
        time.sleep(self.seconds)
        self.asked += [each for each in texts if each != "x"]
        self.threads.add(threading.get_ident())
        return [len(each.split()) for each in texts]

    def split(self, text: str, cuts: Sequence[int]) -> list[int]:
        """Never asked for."""
        raise NotImplementedError


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    counter = Slow()
    monkeypatch.setattr(counting, "counter_for", lambda *_: counter)
    return counter


@pytest.mark.parametrize("tokenizer", [NAME, "claude-4.8"])
def test_a_request_counts_what_the_audit_says(tokenizer: str) -> None:
    """The idle tokens, the framing, and the user's words on top."""
    raw, counter = body(), counter_for(tokenizer)
    report = request_report("body", raw, counter)
    asked = decode_messages(raw)
    counted = run(Counts().count(asked, tokenizer, asked.model))
    assert counted == report.total_tokens + report.framing_tokens + counter.count([WORDS])[0]


def test_a_second_count_and_an_estimate_are_the_same() -> None:
    """What was counted is known."""

    async def main() -> None:
        counts = Counts()
        first = await counts.count(request(), NAME)
        assert await counts.count(request(), NAME) == first
        assert counts.estimate(request(), NAME) == (first, True)

    run(main())


def test_an_estimate_counts_nothing(slow: Slow) -> None:
    """What is not known goes by its bytes, and is not far off."""
    counts = Counts()
    tokens, known = counts.estimate(request(), NAME)
    assert 300 < tokens < 900
    assert not known
    assert slow.asked == []


def test_heavy_counting_happens_in_a_thread_and_once(slow: Slow) -> None:
    """Forty requests at once for slices of one prompt: each text is counted one time, never on the loop's thread, and
    the loop goes on meanwhile."""
    slices = [request([{"role": "user", "content": idle.PROMPT}], tools=TOOLS[: i % 3], system=[]) for i in range(40)]

    async def main() -> tuple[list[int], float]:
        counts, worst = Counts(), 0.0
        asked = [spawn(counts.count(each, NAME)) for each in slices]
        while not all(each.done() for each in asked):
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            worst = max(worst, time.perf_counter() - before)
        return [each.result() for each in asked], worst

    counted, worst = run(main())
    assert len(set(counted)) == 3
    assert sorted(slow.asked) == sorted({idle.PROMPT, *(each.raw.decode() for each in slices[2].tools)})
    assert threading.get_ident() not in slow.threads
    assert worst < 0.05


def test_small_texts_are_counted_at_once_when_the_vocabulary_is_there(slow: Slow) -> None:
    """No thread is worth a few words; large ones go there all the same."""

    async def main() -> set[int]:
        counts = Counts()
        await counts.ready([NAME])
        slow.threads.clear()
        await counts.learn(["a few words"], NAME)
        here = set(slow.threads)
        slow.threads.clear()
        await counts.learn(["many words " * 1_000], NAME)
        assert threading.get_ident() not in slow.threads
        return here

    assert run(main()) == {threading.get_ident()}


def test_a_long_text_is_counted_in_parts(slow: Slow) -> None:
    """Cut at line ends, where there are any, so that no part holds the interpreter long."""
    lines, run_on = "one two three\n" * 20_000, "y" * 300_000

    async def main() -> int:
        counts = Counts()
        await counts.learn([lines, run_on], NAME)
        return counts.texts([lines, run_on], NAME)

    assert run(main()) == 60_000 + 3
    assert all(len(part) <= counting.LONGEST for part in slow.asked)
    assert "".join(slow.asked) == lines + run_on


def test_only_what_is_in_the_models_window_counts() -> None:
    """A deferred tool does not, until a tool search has shown it."""
    deferred = tool("dig", defer_loading=True)
    found = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": [
        {"type": "tool_reference", "tool_name": "dig"}]}]}  # fmt: skip

    async def main() -> list[int]:
        counts = Counts()
        turns = [{"role": "user", "content": WORDS}, found]
        bodies = [request(turns, tools=tools) for tools in ([tool("Read")], [tool("Read"), deferred])]
        bodies.append(request(turns[:1], tools=[tool("Read"), deferred]))
        bodies.append(request(turns[:1], tools=[tool("Read")]))
        return [await counts.count(each, NAME) for each in bodies]

    without, shown, hidden, none = run(main())
    assert shown > without
    assert hidden == none


def test_what_a_card_declares_instead_counts_instead() -> None:
    """By names, or not at all."""

    async def main() -> list[int]:
        counts = Counts()
        return [await counts.count(request(), NAME, declared=declared) for declared in (None, ("Bash", "Read"), ())]

    whole, names, none = run(main())
    assert whole > names > none


def test_thinking_counts_while_its_answer_goes_on() -> None:
    """For Claude; once the user has spoken again it is forgotten, and no other model is sent any."""
    use = {"type": "tool_use", "id": "t", "name": "Bash", "input": {}}
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "ok"}]}

    def turns(thinking: str, *more: Any) -> list[Any]:
        said = [{"type": "thinking", "thinking": thinking, "signature": ""}, use]
        return [{"role": "user", "content": WORDS}, {"role": "assistant", "content": said}, result, *more]

    async def grows(tokenizer: str, *more: Any) -> bool:
        counts = Counts()
        short, long = request(turns("hm", *more)), request(turns("hm and hm and hm", *more))
        return await counts.count(long, tokenizer) > await counts.count(short, tokenizer)

    again = {"role": "user", "content": [text("and now?")]}
    assert run(grows("claude-4.8"))
    assert not run(grows("claude-4.8", again))
    assert not run(grows(NAME))


def test_the_tokenizer_may_follow_the_model() -> None:
    """`auto` is the request's own; a name that nobody knows is refused."""

    async def main() -> tuple[int, int]:
        counts = Counts()
        return await counts.count(request(), "auto", "gpt-4.1"), await counts.count(request(), NAME, "gpt-4.1")

    one, other = run(main())
    assert one == other
    with pytest.raises(UsageError, match="unknown tokenizer"):
        Counts().estimate(request(), "o300k")


def test_counts_outlive_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a folder to keep them in, a text that was counted in another run is not counted again."""
    words = ["so many words " * 1_000]
    run(Counts(tmp_path).learn(words, NAME))
    asked: list[str] = []
    monkeypatch.setattr(
        "hive_integration.tokens.openai.OpenAICounter.count",
        lambda _, texts: asked.extend(texts) or [0 for _ in texts],
    )
    counts = Counts(tmp_path)
    run(counts.learn(words, NAME))
    assert asked == ["x"]
    assert counts.texts(words, NAME) > 2_000


def test_each_card_has_a_calibration() -> None:
    """The status shows them all."""
    counts = Counts()
    counts.calibration("b").learn(100, 110)
    assert counts.calibration("b").expected(100) == 110
    counts.calibration("a")
    assert list(counts.state()) == ["a", "b"]
    assert counts.state()["b"]["samples"] == 1
