"""Questions that need no tool, with their answers: computed ones, and short facts that every developer may know. Pure.

A fact's question has at most six words and its answer at most eleven, so that no two examples share a long run.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hive_integration.dataset.values.scene import Scene


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as something to do (`tell me what 0x1f is`), and what is right to answer."""

    act: str
    answer: str


FACTS: Sequence[tuple[str, str]] = (
    ("what HTTP 409 means", "409 is Conflict: the request clashes with the current state."),
    ("what HTTP 429 means", "429 says: too many requests, slow down."),
    ("what HTTP 204 means", "204: it worked, and there is no body."),
    ("what HTTP 301 does", "301 moves a resource for good; clients remember it."),
    ("what HTTP 422 is for", "422: well-formed, but the content is not acceptable."),
    ("what idempotent means", "Doing it twice has the same effect as once."),
    ("what a mutex is", "A lock that one thread holds at a time."),
    ("what a deadlock is", "Two parties each wait for what the other holds."),
    ("what `git stash` does", "It sets uncommitted changes aside and cleans the tree."),
    ("what `git rebase` does", "It replays your commits on top of another base."),
    ("what `git bisect` does", "It finds the breaking commit by halving the range."),
    ("what `chmod +x` does", "It makes a file executable."),
    ("what `set -e` does", "The shell script stops at the first failing command."),
    ("what a foreign key is", "A column that must match a row elsewhere."),
    ("what an index costs", "Faster reads, slower writes, and some disk space."),
    ("what CORS is about", "Which other origins a browser lets read your responses."),
    ("what a closure is", "A function that keeps the variables around it."),
    ("what a race condition is", "The outcome depends on which of two things is first."),
    ("what UTF-8 is", "Unicode in one to four bytes a character."),
    ("what a semaphore does", "It lets a fixed number in at once."),
    ("what memoization is", "Remembering results by their inputs, so nothing is computed twice."),
    ("what a heap is", "A tree whose parent is never larger than its children."),
    ("what Big-O says", "How cost grows with input, constants aside."),
    ("what a pure function is", "Same input, same output, and no effects."),
    ("what backpressure is", "A slow reader making the fast writer wait."),
    ("what ACID stands for", "Atomicity, consistency, isolation, durability."),
    ("what a canary release is", "Few users get the new version first."),
    ("what a monad is, roughly", "A way to chain steps that carry some context."),
    ("what a dangling pointer is", "It points to memory that is no longer valid."),
    ("what TLS does", "It encrypts a connection and proves who answers."),
    ("what DNS TTL is", "How long an answer may be cached, in seconds."),
    ("what a linter is", "A program that points out suspicious code without running it."),
    ("what SIGTERM is", "A polite request to end; a process may clean up."),
    ("what exit code 137 means", "Killed by signal 9, often out of memory."),
    ("what a fixture is", "Prepared state that tests start from."),
    ("what a flaky test is", "It passes and fails without any change."),
    ("what JSON lacks", "Comments, dates and trailing commas, among others."),
    ("what `null` differs from `undefined`", "null is set on purpose, undefined never was."),
    ("what a monorepo is", "Many projects in one repository."),
    ("what semver's minor means", "New features, nothing broken."),
)  # fmt: skip
_TELL = ("tell me", "explain", "say", "remind me", "spell out")


def question(rng: random.Random, scene: Scene) -> Question:
    """A question; most are computed."""
    if rng.random() < 0.3:
        asked, answer = rng.choice(FACTS)
        return Question(f"{rng.choice(_TELL)} {asked}", answer)
    return rng.choice(_COMPUTED)(rng, scene)


def _hex(rng: random.Random, scene: Scene) -> Question:
    n = rng.randrange(10, 4096)
    if rng.random() < 0.5:
        return Question(f"tell me what 0x{n:x} is in decimal", f"0x{n:x} is {n}.")
    return Question(f"write {n} in hex", f"{n} is 0x{n:x}.")


def _binary(rng: random.Random, scene: Scene) -> Question:
    n = rng.randrange(3, 255)
    return Question(f"read the bits {n:b} as a number", f"{n:b} in binary is {n}.")


def _slice(rng: random.Random, scene: Scene) -> Question:
    word = scene.symbol
    a, b = sorted(rng.sample(range(0, len(word)), 2))
    return Question(
        f'say what `"{word}"[{a}:{b}]` gives in Python', f'`"{word[a:b]}"`: from index {a} up to, not including, {b}.'
    )


def _percent(rng: random.Random, scene: Scene) -> Question:
    whole, part = rng.randrange(20, 900), rng.randrange(2, 20)
    return Question(
        f"work out what share {part} of {whole} {scene.thing} cases is", f"{part} of {whole} is {part / whole:.1%}."
    )


def _size(rng: random.Random, scene: Scene) -> Question:
    kib = rng.randrange(2, 4000)
    return Question(f"convert {kib} KiB to bytes", f"{kib} KiB are {kib * 1024} bytes.")


def _time(rng: random.Random, scene: Scene) -> Question:
    seconds = rng.randrange(100, 90_000)
    h, rest = divmod(seconds, 3600)
    return Question(f"say how long {seconds} seconds are", f"{seconds} s are {h} h {rest // 60} min {rest % 60} s.")


def _mode(rng: random.Random, scene: Scene) -> Question:
    digits = [rng.choice((4, 5, 6, 7)) for _ in range(3)]
    letters = [
        "".join(letter if digit & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1))) for digit in digits
    ]
    mode = "".join(map(str, digits))
    return Question(
        f"read file mode {mode} for me",
        f"{mode} is {''.join(letters)}: owner {letters[0]}, group {letters[1]}, others {letters[2]}.",
    )


def _cron(rng: random.Random, scene: Scene) -> Question:
    minute, hour = rng.randrange(0, 60), rng.randrange(0, 24)
    return Question(
        f"explain the cron line `{minute} {hour} * * *`",
        f"`{minute} {hour} * * *` runs daily at {hour:02d}:{minute:02d}.",
    )


def _loop(rng: random.Random, scene: Scene) -> Question:
    a, b, step = rng.randrange(0, 9), rng.randrange(10, 60), rng.randrange(2, 7)
    values = list(range(a, b, step))
    return Question(
        f"count how often `range({a}, {b}, {step})` yields", f"{len(values)} times, from {values[0]} to {values[-1]}."
    )


def _function(rng: random.Random, scene: Scene) -> Question:
    k, x, c = rng.randrange(2, 30), rng.randrange(2, 40), rng.randrange(1, 50)
    return Question(
        f"evaluate `{scene.symbol}({x})` where `{scene.symbol}(x) = {k} * x + {c}`",
        f"`{scene.symbol}({x})` is {k} * {x} + {c} = {k * x + c}.",
    )


def _name(rng: random.Random, scene: Scene) -> Question:
    camel = "".join(word.capitalize() for word in scene.module.split("_"))
    return Question(f"suggest a class name for `{scene.module}`", f"`{camel}` follows from `{scene.module}`.")


def _semver(rng: random.Random, scene: Scene) -> Question:
    major, minor, patch = rng.randrange(0, 9), rng.randrange(0, 20), rng.randrange(0, 20)
    return Question(
        f"name the version after {major}.{minor}.{patch} for a breaking change in {scene.project}",
        f"{major + 1}.0.0: {scene.project} {major}.{minor}.{patch} is left behind.",
    )


def _message(rng: random.Random, scene: Scene) -> Question:
    return Question(
        f"phrase a commit message: {scene.aspect} for the {scene.thing} in `{scene.file}`",
        f"`{scene.area}: {scene.aspect} for the {scene.thing}`",
    )


def _regex(rng: random.Random, scene: Scene) -> Question:
    n, text = rng.randrange(2, 6), f"{scene.area}-{rng.randrange(1, 99999)}"
    digits = text.rpartition("-")[2]
    verdict = "matches" if len(digits) == n else f"does not match: `{digits}` has {len(digits)} digits, not {n}"
    return Question(f"check by eye whether `{text}` matches `^{scene.area}-\\d{{{n}}}$`", f"`{text}` {verdict}.")


_COMPUTED: Sequence[Callable[[random.Random, Scene], Question]] = (
    _hex, _binary, _slice, _percent, _size, _time, _mode, _cron, _loop, _function, _name, _semver, _message, _regex,
)  # fmt: skip
