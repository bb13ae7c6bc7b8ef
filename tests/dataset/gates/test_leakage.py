"""Facts about the evaluation: what it says is not said in training, and nobody else is kept out."""

from __future__ import annotations

import random

from hive_integration.dataset.gates.leakage import RUNS, Sealed
from hive_integration.units.dialogue import Call, Message

WORDS = [f"word{i}" for i in range(500)]


def said(rng: random.Random, count: int) -> str:
    """Random words."""
    return " ".join(rng.choices(WORDS, k=count))


def talk(request: str, answer: str, result: str = "done") -> list[Message]:
    """A short conversation."""
    return [
        Message("system", "You are a coding agent that does what it is told and nothing beside it, ever."),
        Message("user", request),
        Message("assistant", "", [Call("c1", "note", {})]),
        Message("tool", result, answers="c1"),
        Message("assistant", answer),
    ]


def test_every_leak_is_seen() -> None:
    """Eight words of a request in a row, or thirteen of an answer, whatever stands around them."""
    rng, sealed = random.Random(1), Sealed()
    held = [(said(rng, 20), said(rng, 30)) for _ in range(300)]
    for request, answer in held:
        sealed.add(talk(request, answer))
    for request, answer in held:
        part, longer = request.split()[5 : 5 + RUNS["user"]], answer.split()[7 : 7 + RUNS["assistant"]]
        assert sealed.leaks(talk(f"{said(rng, 9)} {' '.join(part).upper()}, {said(rng, 4)}", said(rng, 9)))
        assert sealed.leaks(talk(said(rng, 12), f"{said(rng, 9)} {'  '.join(longer)}."))


def test_fewer_words_in_common_are_no_leak() -> None:
    """One word less than a run, and what only tools and the system prompt say."""
    rng, sealed = random.Random(2), Sealed()
    request, answer, result = said(rng, 20), said(rng, 30), said(rng, 40)
    sealed.add(talk(request, answer, result))
    less = " ".join(request.split()[3 : 3 + RUNS["user"] - 1])
    assert not sealed.leaks(talk(f"{said(rng, 6)} {less} {said(rng, 6)}", said(rng, 20), result))
    assert not any(sealed.leaks(talk(said(rng, 15), said(rng, 40))) for _ in range(2000))


def test_a_short_first_request_counts_as_a_whole() -> None:
    """The same five words are a leak; three are what anybody says, and so is a short reply later on."""
    sealed = Sealed()
    sealed.add(
        [Message("user", "Store the port for me"), Message("assistant", "Yes."), Message("user", "go on with it")]
    )
    assert sealed.leaks([Message("user", "store the port, for me!"), Message("assistant", "Other words.")])
    assert not sealed.leaks([Message("user", "Go on with it"), Message("assistant", "Yes.")])
    assert not sealed.leaks([Message("user", "Store the port"), Message("assistant", "Yes.")])
