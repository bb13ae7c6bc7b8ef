"""A teacher that does as it is told: what it writes for the tools of `tests.dataset.tiny`; datasets made with it."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hive_integration.cli.compiling import Prepared, Ways, prepared
from hive_integration.dataset.book import Book
from hive_integration.dataset.compile import Compiled, Options, compiled, planned
from hive_integration.dataset.teacher.parse import Hand
from hive_integration.providers.fake import Answer, Counts, Recorded, reply
from hive_integration.settings import World
from tests.dataset.tiny import book_of, units_text

BOOK = book_of("mcp__t__alpha", "mcp__t__beta", "mcp__t__gamma")
HAND = Hand("You are a coding agent.", "qwen3-8b", "Apache-2.0")
COUNTS = Counts(prompt=1_000, completion=200, cached=600)
MODEL = "qwen3-8b"


def turn(role: str, text: str = "", calls: Sequence[tuple[str, object]] = (), failed: bool = False) -> dict[str, Any]:
    """One turn in the teacher's form."""
    made = [{"tool": tool, "arguments": json.dumps(arguments)} for tool, arguments in calls]
    return {"role": role, "text": text, "calls": made, "failed": failed}


def written(asked: str, salt: str = "") -> str:
    """A good answer to what was asked: the tool that is wanted, an error where one is, words of its own."""
    rng = random.Random(hashlib.sha256(f"{asked}{salt}".encode()).hexdigest())
    found = re.search(r"each of these is called: (\S+?)\.?$", asked, re.MULTILINE)
    tool = found[1] if found else "mcp__t__alpha"
    say = ["".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(3)) for _ in range(40)]
    failed = "Error case:" in asked
    turns = [
        turn("user", " ".join(say[:14])),
        turn("assistant", "", [(tool, {"text": say[15], "times": 2})]),
        turn("tool", "busy" if failed else f"kept {say[16]}", failed=failed),
        turn("assistant", " ".join(say[17:30])),
    ]
    return json.dumps({"turns": turns})


def asked_of(request: Recorded) -> str:
    """The user's first turn of a request, in either protocol."""
    turns = [each for each in request.json["messages"] if each["role"] == "user"]
    return str(turns[0]["content"])


def teach(request: Recorded, text: Callable[[str], str] = written, counts: Counts = COUNTS) -> Answer:
    """The answer in the protocol that was asked: a tool's arguments, or text."""
    said = text(asked_of(request))
    if request.protocol == "messages":
        from hive_integration.providers.fake import Call

        try:
            return reply(request, calls=[Call("conversation", json.loads(said))], counts=counts)
        except ValueError:
            return reply(request, said, counts=counts)
    return reply(request, said, counts=counts)


def units_in(folder: Path, book: Book = BOOK) -> Path:
    """A units.jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "units.jsonl"
    path.write_text(units_text(book))
    return path


def compile_with(
    world: World, out: Path, ways: Ways, total: int = 12, units: Path | None = None, **more: Any
) -> tuple[Compiled, Prepared]:
    """A dataset, and what its making came to."""
    made = prepared(Options(total=total, **more), out, replace(ways, yes=True, poll=0.01), world)
    plan = planned(units or units_in(world.cwd), made.options)
    made.begin(plan)
    return compiled(plan, out, ahead=made.ahead), made
