"""May what this teacher wrote train a model? By a table of the makers' terms; who is not in it may not.

The table is `configs/teachers.toml`, with where and when each row was read. A written permission lifts a refusal: the
user's file, of which the manifest keeps the hash. Reads one file, once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example
from hive_integration.dataset.gates.limits import Limits
from hive_integration.errors import HiveError
from hive_integration.files import bundled, read_text


@dataclass(frozen=True, slots=True)
class Terms:
    """What a maker says about training on what its models write. `models`: patterns of names, case aside."""

    models: Sequence[str]
    maker: str
    training: bool
    why: str
    source: str
    licence: str = ""
    """Of the weights, where they are open."""


UNKNOWN = Terms((), "nobody we know of", training=False, why="its terms are not in configs/teachers.toml", source="")


def check(example: Example, book: Book, limits: Limits) -> str:
    """As the gates' table has it."""
    if not example.licence.strip():
        return "has no licence"
    if example.teacher is None or limits.permission:
        return ""
    terms = terms_of(example.teacher)
    return "" if terms.training else f"its teacher may not train: {example.teacher[:80]}, {terms.why}"


def terms_of(teacher: str) -> Terms:
    """The first row that fits a model's name, whoever serves it; `UNKNOWN` for none."""
    name = teacher.strip().lower()
    for terms in _table():
        if any(fnmatchcase(name, pattern) or fnmatchcase(name, f"*/{pattern}") for pattern in terms.models):
            return terms
    return UNKNOWN


def refuse(teacher: str, permission: str) -> None:
    """Raise HiveError where a teacher must not be asked at all: before it costs anything."""
    terms = terms_of(teacher)
    if not terms.training and not permission:
        raise HiveError(
            f"what {teacher} writes may not train a model: {terms.why} ({terms.maker})",
            hint="--permission FILE with the maker's written permission; the offline generator needs none",
        )


@cache
def _table() -> Sequence[Terms]:
    path = bundled("teachers.toml")
    try:
        rows = tomllib.loads(read_text(path).text)["teacher"]
        return [
            Terms(
                models=[model.lower() for model in row["models"]], maker=row["maker"], training=row["training"],
                why=row.get("why", ""), source=row["source"], licence=row.get("licence", ""),
            )
            for row in rows
        ]  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise HiveError(f"{path}: is not a table of teachers ({error!r})", hint="install hive-ctx again") from error
