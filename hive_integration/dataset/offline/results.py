"""What a tool might answer to a call: JSON made from the call itself, and the facts of it that an answer uses. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hive_integration.dataset.offline.purpose import Purpose
from hive_integration.dataset.offline.talk import as_text
from hive_integration.dataset.values import words
from hive_integration.dataset.values.kinds import words_of
from hive_integration.dataset.values.scene import Scene, slug
from hive_integration.dataset.values.texts import identity, instant, note, short_id


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a result says: `id`, `task-7f3a`."""

    label: str
    value: Any

    def said(self) -> str:
        """In words."""
        return f"{self.label} {shown(self.value)}"


@dataclass(frozen=True, slots=True)
class Result:
    """A tool's answer."""

    text: str
    facts: Sequence[Fact]
    items: Sequence[str] = ()
    """Names of the things that a list holds."""


def shown(value: object) -> str:
    """A value in an answer: texts in code marks, numbers as they are."""
    if isinstance(value, str):
        return f"`{value}`" if "`" not in value and "\n" not in value else value
    return (
        {True: "yes", False: "no", None: "nothing"}.get(value, str(value))
        if isinstance(value, bool | None)
        else str(value)
    )


def result_of(purpose: Purpose, arguments: Mapping[str, Any], rng: random.Random, scene: Scene) -> Result:
    """An answer that fits to what was asked."""
    value, facts, items = _SHAPES[purpose.concept.shape](purpose, arguments, rng, scene)
    return Result(as_text(value, rng), facts, items)


Made = tuple[dict[str, Any], list[Fact], list[str]]


def _echo(arguments: Mapping[str, Any], rng: random.Random, most: int = 2) -> list[tuple[str, Any]]:
    """Some of the arguments, as tools repeat them: short texts and numbers."""
    short = [
        (key, value) for key, value in arguments.items()
        if isinstance(value, int | float | str) and len(str(value)) <= 48 and "\n" not in str(value)
    ]  # fmt: skip
    return short if len(short) <= most else sorted(rng.sample(short, most), key=lambda each: each[0])


def _noun(purpose: Purpose) -> str:
    return purpose.object.split()[-1]


def _id_key(purpose: Purpose, rng: random.Random) -> str:
    noun = slug(_noun(purpose)).replace("-", "")
    return rng.choice(("id", f"{noun}Id", f"{noun}_id", "id")) if noun and noun[0].isalpha() else "id"


def _item(purpose: Purpose, arguments: Mapping[str, Any], rng: random.Random, scene: Scene) -> Made:
    value: dict[str, Any] = {}
    facts: list[Fact] = []
    if rng.random() < 0.7:
        value[rng.choice(("success", "ok"))] = True
    named = next((key for key in arguments if key.lower() in {"id", "key"} or key.lower().endswith("id")), "")
    if not named or rng.random() < 0.3:
        key = next(each for each in (_id_key(purpose, rng), "id", "ref", "number", "entry") if each not in arguments)
        value[key] = identity(rng, scene, key if key != "id" else _noun(purpose))
        facts.append(Fact("id", value[key]))
    for key, each in _echo(arguments, rng):
        if key not in value:
            value[key] = each
            facts.append(Fact(words_of(key), each))
    for key, each in rng.sample(
        (("status", rng.choice(words.STATUSES[:5])), ("version", rng.randrange(1, 12)), ("createdAt", instant(rng)),
         ("durationMs", rng.randrange(2, 900)), ("size", rng.randrange(40, 9000))), rng.choice((1, 2, 2, 3)),
    ):  # fmt: skip
        if key not in value:
            value[key] = each
            if key in {"status", "version"}:
                facts.append(Fact(key, each))
    return value, facts[:3], []


def _list(purpose: Purpose, arguments: Mapping[str, Any], rng: random.Random, scene: Scene) -> Made:
    most = next(
        (v for k, v in arguments.items() if words_of(k) in {"limit", "top k", "k", "last"} and isinstance(v, int)), 5
    )
    count = rng.randrange(0 if rng.random() < 0.12 else 1, max(2, min(most, 4) + 1)) if most > 0 else 0
    noun = _noun(purpose)
    rows: list[dict[str, Any]] = []
    names: list[str] = []
    for _ in range(count):
        _area, thing = rng.choice(words.SUBJECTS)
        name = identity(rng, scene, noun) if rng.random() < 0.6 else slug(f"{thing} {rng.choice(words.ASPECTS)}")
        row: dict[str, Any] = {rng.choice(("id", "name")) if not rows else next(iter(rows[0])): name}
        row[rng.choice(("about", "topic", "title")) if not rows else list(rows[0])[1]] = (
            f"{thing} {rng.choice(words.ASPECTS)}"
        )
        if purpose.concept.name == "search":
            row["score"] = round(0.5 + rng.random() / 2, 2)
        else:
            row["status"] = rng.choice(words.STATUSES)
        names.append(name)
        rows.append(row)
    many = noun if noun.endswith("s") else f"{noun}s"
    key = rng.choice((many, "items", "results", "entries"))
    total = count if rng.random() < 0.7 else count + rng.randrange(0, 20)
    return {key: rows, rng.choice(("total", "count")): total}, [Fact(many, count)], names


_FIELDS: Sequence[tuple[str, Callable[[random.Random], Any]]] = (
    ("entries", lambda rng: rng.randrange(0, 4000)), ("active", lambda rng: rng.randrange(0, 24)),
    ("failed", lambda rng: rng.randrange(0, 6)), ("pending", lambda rng: rng.randrange(0, 40)),
    ("latencyMs", lambda rng: rng.randrange(1, 900)), ("score", lambda rng: round(rng.random(), 2)),
    ("coverage", lambda rng: round(rng.uniform(0.3, 1), 2)), ("sizeKb", lambda rng: rng.randrange(4, 90_000)),
    ("hitRate", lambda rng: round(rng.random(), 2)), ("uptimeHours", lambda rng: rng.randrange(1, 900)),
    ("warnings", lambda rng: rng.randrange(0, 9)), ("confidence", lambda rng: round(rng.uniform(0.4, 1), 2)),
    ("completed", lambda rng: rng.randrange(0, 300)), ("errors", lambda rng: rng.randrange(0, 12)),
    ("version", lambda rng: f"{rng.randrange(1, 9)}.{rng.randrange(0, 20)}"), ("lastRun", instant),
    ("memoryMb", lambda rng: rng.randrange(12, 2048)), ("queued", lambda rng: rng.randrange(0, 60)),
)  # fmt: skip
_HEALTH = (
    "healthy",
    "degraded",
    "ok",
    "active",
    "idle",
    "running",
    "stopped",
    "warming up",
    "passed",
    "failed",
    "ready",
)


def _state(purpose: Purpose, arguments: Mapping[str, Any], rng: random.Random, scene: Scene) -> Made:
    value: dict[str, Any] = dict(_echo(arguments, rng, 1))
    facts: list[Fact] = []
    if rng.random() < 0.75:
        value["status"] = rng.choice(_HEALTH)
        facts.append(Fact("status", value["status"]))
    for key, make in rng.sample(_FIELDS, rng.choice((2, 3, 4))):
        value.setdefault(key, make(rng))
        facts.append(Fact(words_of(key), value[key]))
    if rng.random() < 0.35:
        value["note"] = note(rng, scene)
    return value, facts[:4], []


def _gone(purpose: Purpose, arguments: Mapping[str, Any], rng: random.Random, scene: Scene) -> Made:
    value: dict[str, Any] = {rng.choice(("success", "ok", "removed", "stopped")): True}
    facts: list[Fact] = []
    for key, each in _echo(arguments, rng):
        value[key] = each
        facts.append(Fact(words_of(key), each))
    if rng.random() < 0.5:
        value["remaining"] = rng.randrange(0, 40)
        facts.append(Fact("remaining", value["remaining"]))
    return value, facts[:3], []


def _run(purpose: Purpose, arguments: Mapping[str, Any], rng: random.Random, scene: Scene) -> Made:
    value: dict[str, Any] = {"status": rng.choice(("completed", "started", "queued", "ok", "done"))}
    value[rng.choice(("runId", "jobId", "id"))] = run = f"{rng.choice(('run', 'job', _noun(purpose)))}-{short_id(rng)}"
    facts = [Fact("status", value["status"]), Fact("id", run)]
    for key, each in _echo(arguments, rng, 1):
        value.setdefault(key, each)
    if rng.random() < 0.6:
        value["durationMs"] = rng.randrange(8, 90_000)
        facts.append(Fact("duration in ms", value["durationMs"]))
    if rng.random() < 0.4:
        value["output"] = note(rng, scene)
    return value, facts, []


_SHAPES: Mapping[str, Callable[[Purpose, Mapping[str, Any], random.Random, Scene], Made]] = {
    "item": _item, "list": _list, "state": _state, "gone": _gone, "run": _run,
}  # fmt: skip


def listing(purpose: Purpose, wanted: str, about: str, rng: random.Random, scene: Scene) -> Result:
    """A list in which one thing, `wanted`, is what the user spoke of: the one about `about`."""
    noun = _noun(purpose)
    rows = [(wanted, about)]
    for _ in range(rng.choice((1, 2, 2, 3))):
        _area, thing = rng.choice(words.SUBJECTS)
        rows.append((_alike(wanted, rng, thing), f"{thing} {rng.choice(words.ASPECTS)}"))
    rng.shuffle(rows)
    key, told = rng.choice(("id", "name", "ref")), rng.choice(("about", "topic", "title", "description"))
    status = rng.random() < 0.6
    value = {
        rng.choice((noun if noun.endswith("s") else f"{noun}s", "items", "results")): [
            {key: name, told: said, **({"status": rng.choice(words.STATUSES)} if status else {})} for name, said in rows
        ],
        "total": len(rows),
    }
    return Result(as_text(value, rng), [Fact("total", len(rows))], [name for name, _ in rows])


def _alike(name: str, rng: random.Random, thing: str) -> str:
    """Another name of the same make."""
    head, mark, _ = name.rpartition("-")
    if mark and "/" not in name and " " not in head:
        return f"{head}-{short_id(rng)}"
    head, mark, tail = name.rpartition("/")
    if mark:
        return f"{head}/{slug(thing)}.{tail.rpartition('.')[2]}" if "." in tail else f"{head}/{slug(thing)}"
    return slug(f"{thing} {rng.choice(words.ASPECTS)}")
