"""Facts about duplicates: the same is found, nearly the same as well, and another value is another conversation."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

from hive_integration.dataset.gates.duplicates import SHARED, Seen, runs, words_of
from hive_integration.units.dialogue import Call, Message

WORDS = [a + b for a in ("ba", "de", "fi", "go", "lu", "na", "pe", "ri", "so", "tu") for b in ("n", "m", "l", "r", "s")]


def talk(rng: random.Random, length: int = 60) -> list[Message]:
    """A conversation of random words."""
    return [
        Message("system", "You are a coding agent."),
        Message("user", " ".join(rng.choices(WORDS, k=length // 3))),
        Message("assistant", "", [Call("c1", "note", {"text": " ".join(rng.choices(WORDS, k=length // 3))})]),
        Message("tool", "done", answers="c1"),
        Message("assistant", " ".join(rng.choices(WORDS, k=length // 3))),
    ]


def changed(messages: Sequence[Message], index: int, text: str) -> list[Message]:
    """Another text in one message."""
    return [Message(m.role, text, m.calls, m.answers) if i == index else m for i, m in enumerate(messages)]


def shared(one: Sequence[Message], other: Sequence[Message]) -> float:
    """The true share of runs."""
    a, b = set(runs(words_of(one))), set(runs(words_of(other)))
    return len(a & b) / len(a | b)


def test_the_same_words_are_told_once() -> None:
    """Case, punctuation, spaces, the ids of calls and the system prompt count for nothing."""
    first, seen = talk(random.Random(1)), Seen()
    assert seen.reason(first, "a") == ""
    assert seen.reason(first, "b") == "is told already"
    loud = [Message("system", "Another prompt."), Message("user", f"  {first[1].text.upper()} !"),
            Message("assistant", "", [Call("c9", "note", first[2].calls[0].arguments)]),
            Message("tool", "Done.", answers="c9"), first[4]]  # fmt: skip
    assert seen.reason(loud, "c") == "is told already"


def test_another_value_is_another_conversation() -> None:
    """Arguments count; so do tools."""
    first, seen = talk(random.Random(2), 18), Seen()
    assert seen.reason(first, "a") == ""
    other = [*first[:2], Message("assistant", "", [Call("c1", "note", {"text": "17 apples"})]), *first[3:]]
    assert seen.reason(other, "b") == ""


def test_nearly_the_same_is_found() -> None:
    """Of 300 with one word less or more not one passes, and of 300 of which half is new each one does."""
    rng, seen = random.Random(3), Seen()
    for i in range(300):
        first = talk(rng, 120)
        assert seen.reason(first, f"first {i}") == ""
        words = first[4].text.split()
        near = changed(first, 4, " ".join(words[:-1])) if i % 2 else changed(first, 1, first[1].text + " indeed")
        assert shared(first, near) > SHARED + 0.08
        assert seen.reason(near, f"near {i}") == "is nearly told already"
        far = changed(first, 4, " ".join(rng.choices(WORDS, k=60)))
        assert shared(first, far) < SHARED - 0.2
        assert seen.reason(far, f"far {i}") == ""


def test_few_words_and_other_scripts_are_compared_too() -> None:
    """A run is all there is where there are few words, and a character of Japanese is a word."""
    assert runs(["one"]) == ["one"]
    assert runs([]) == [""]
    assert runs(["a", "b", "c", "d", "a", "b", "c"]) == ["a b c", "b c d", "c d a", "d a b"]
    assert words_of([Message("user", "設定を保存 v2")]) == ["設", "定", "を", "保", "存", "v2"]


def test_a_hundred_thousand_take_a_minute_at_most() -> None:
    """0.2 ms for one of 90 words on the machine this was written on; three times that are allowed here."""
    rng, seen = random.Random(4), Seen()
    talks = [talk(rng, 90) for _ in range(3000)]
    start = time.perf_counter()
    for i, each in enumerate(talks):
        assert seen.reason(each, str(i)) == ""
    assert (time.perf_counter() - start) / len(talks) < 0.0006 * 3
