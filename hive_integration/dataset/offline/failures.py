"""How calls fail, and what is right to do then. Pure; a table.

A failure is one of three: it passes by itself (try again),
    an argument can be mended from what the error says (try again
with that), or nothing helps (say so, claim nothing, ask). What is tried stands in the error, so nothing is guessed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hive_integration.dataset.offline.purpose import Purpose
from hive_integration.dataset.values.draw import Argument, Drawn
from hive_integration.dataset.values.kinds import words_of
from hive_integration.dataset.values.scene import Scene
from hive_integration.dataset.values.texts import short_id
from hive_integration.wire.valid import problems

Cure = Literal["again", "mend", "none"]


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed call: `text` is the tool's answer, `said` the error in few words, `mended` what to try."""

    cure: Cure
    text: str
    said: str
    mended: Argument | None = None


_PASSING = (
    "timed out after {n} s", "connection to {area} reset", "{area} unavailable (503)", "rate limit, retry in {n} s",
    "{area} database is locked", "no answer within {n} s", "{module} is restarting", "{n} connections open, try again",
    "ETIMEDOUT from {project}", "{module} is busy", "429: {area} wants {n} s of rest", "{project} warming up",
)  # fmt: skip
_FINAL = (
    "permission denied for {project}", "disabled in {project}", "{area} store is missing", "quota of {n} reached",
    "{project} is read-only", "ECONNREFUSED localhost:{port}", "licence of {project} expired",
    "{n} MB needed, disk full",
    "blocked by {area} policy", "internal error in {module}", "no such file: {file}", "{module} failed to load",
    "{symbol} is not defined", "{project} is not initialized",
)  # fmt: skip
_NAMED = frozenset(
    {"id", "key", "name", "namespace", "file", "directory", "branch", "repo", "session", "role", "tag", "url",
     "domain", "model", "word", "selector", "host"}
)  # fmt: skip


def failure_of(
    drawn: Drawn, schema: Mapping[str, Any], rng: random.Random, scene: Scene, cure: Cure | None = None
) -> Failure:
    """A failure that fits to a call; `cure`: of that kind, where the call has an argument for it."""
    if cure in {None, "mend"} and (rng.random() < 0.6 or cure == "mend") and (found := _mendable(drawn, schema, rng)):
        return found
    chosen = cure if cure in {"again", "none"} else rng.choice(("again", "again", "none"))
    told = rng.choice(_PASSING if chosen == "again" else _FINAL)
    said = scene.fill(
        told.replace("{n}", str(rng.choice((2, 3, 5, 10, 20, 30)))).replace("{port}", str(rng.randrange(3000, 9000)))
    )
    return Failure("again" if chosen == "again" else "none", written(said, rng), said)


def _mendable(drawn: Drawn, schema: Mapping[str, Any], rng: random.Random) -> Failure | None:
    """An argument that the tool turns down, saying which it would take."""
    names = [part for part in drawn.parts if part.kind in _NAMED and _short(part.value)]
    counts = [part for part in drawn.parts if part.kind == "number" and isinstance(part.value, int) and part.value > 3]
    for part in rng.sample(names, len(names)) + rng.sample(counts, len(counts)):
        found = _name(part, rng) if isinstance(part.value, str) else _count(part, rng)
        mended = found.mended
        if mended and not problems({**drawn.arguments, part.key: mended.value}, schema):
            return found
    return None


def _short(value: object) -> bool:
    return isinstance(value, str) and 1 < len(value) < 60 and "\n" not in value


def _name(part: Argument, rng: random.Random) -> Failure:
    label, value = words_of(part.key), str(part.value)
    right = _variant(value, rng)
    said = rng.choice((
        f'no {label} "{value}"; did you mean "{right}"?', f'{label} "{value}" not found. Known: {right}',
        f"unknown {part.key}: {value} (closest match: {right})", f"{part.key} '{value}' was renamed to '{right}'",
        f"{value}: no such {label}. There is {right}.", f"{part.key}={value} has moved, use {right}",
    ))  # fmt: skip
    return Failure("mend", written(said, rng), said, Argument(part.key, right, part.kind, part.required))


def _variant(value: str, rng: random.Random) -> str:
    """A name that is near to another one."""
    stem, dot, ending = value.rpartition(".")
    if dot and ending.isalnum() and len(ending) <= 5 and stem:
        return f"{stem}_{rng.choice(('v2', 'new', 'main', 'core'))}.{ending}"
    return rng.choice(
        (
            f"{value}-{rng.randrange(2, 9)}",
            f"{value}-{short_id(rng)}",
            f"{value}-main",
            f"my-{value}" if "/" not in value else f"{value}/main",
        )
    )


def _count(part: Argument, rng: random.Random) -> Failure:
    least = max(1, part.value // 4)
    right = rng.randrange(least, max(least + 1, part.value))
    said = rng.choice((
        f"{part.key} must be at most {right}, got {part.value}",
        f"{part.key}: {part.value} exceeds the maximum of {right}",
        f"invalid {part.key} {part.value} (max {right})", f"{words_of(part.key)} too large: {part.value} > {right}",
    ))  # fmt: skip
    return Failure("mend", written(said, rng), said, Argument(part.key, right, "number", part.required))


def written(said: str, rng: random.Random) -> str:
    """An error as tools write it."""
    form = rng.randrange(6)
    if form == 0:
        return json.dumps({"error": said}, ensure_ascii=False)
    if form == 1:
        return json.dumps(
            {"success": False, "error": {"message": said, "code": rng.choice((-32000, -32602, 400, 500))}},
            ensure_ascii=False,
        )
    if form == 2:
        return json.dumps({"ok": False, "message": said}, ensure_ascii=False)
    return (f"Error: {said}", f"MCP error {rng.choice((-32000, -32603))}: {said}", f"failed: {said}")[form - 3]


def told_wrongly(purpose: Purpose, rng: random.Random) -> str:
    """What would be wrong to say after a failure: a result that there is none of."""
    return rng.choice((
        f"Done, the {purpose.object} is all set.", f"That worked: the {purpose.object} is ready to use.",
        f"The {purpose.object} is done, everything went through.", f"All good, I took care of the {purpose.object}.",
    ))  # fmt: skip
