"""Generated projects: as many agents, commands and skills as asked, each file unlike the others. Seeded."""

from __future__ import annotations

import random
from pathlib import Path

WORDS = (
    "agent", "board", "branch", "build", "cache", "check", "claim", "client", "commit", "compare", "context", "count",
    "digest", "drift", "error", "evaluate", "example", "file", "finding", "gate", "hook", "index", "input", "journal",
    "label", "limit", "listing", "manifest", "memory", "merge", "message", "method", "model", "output", "plan", "probe",
    "prompt", "queue", "reader", "reason", "record", "report", "request", "restore", "review", "rule", "schema",
    "scope", "server", "session", "source", "state", "store", "switch", "table", "target", "task", "test", "token",
)  # fmt: skip


def make_hive(folder: Path, files: int, *, seed: int = 0) -> Path:
    """A project with `files` files under `.claude`: a third each of agents, commands and skills, 2 to 3 KB each."""
    dice = random.Random(seed)
    for i in range(files):
        kind = ("agents", "commands", "skills")[i % 3]
        name = f"{dice.choice(WORDS)}-{dice.choice(WORDS)}-{i}"
        path = f"skills/{name}/SKILL.md" if kind == "skills" else f"{kind}/{name}.md"
        heading = f"---\nname: {name}\ndescription: {_sentence(dice, 14)}\n---\n\n# {name}\n\n"
        _write(folder / ".claude" / path, heading + "\n\n".join(_sentence(dice, 60) for _ in range(6)) + "\n")
    (folder / ".claude").mkdir(parents=True, exist_ok=True)
    return folder


def _sentence(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(WORDS, k=words)).capitalize() + "."


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
