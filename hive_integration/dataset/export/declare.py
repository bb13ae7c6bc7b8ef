"""Which tools an exported example declares: none, those it uses, those in play, some to tempt, or all. Pure.

A model that is to work without specifications is trained without them, so `none` is the default. Their order, and who
tempts, follow from the example's key: the right tool must not be known by its place.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Declared, Example
from hive_integration.errors import HiveError, UsageError
from hive_integration.units.dialogue import calls_of

NONE, USED, IN_PLAY, ALL = "none", "used", "in-play", "all"
WORDS = (NONE, USED, IN_PLAY, ALL)


def choice_of(word: str) -> str:
    """`word` where it names a choice: one of the words, or how many distractors. Raises `UsageError`."""
    if word in WORDS or word.isdecimal():
        return word
    raise UsageError(f"--tools {word}: expected {', '.join(WORDS)}, or a number of distractors")


def declared(example: Example, choice: str, book: Book | None) -> Sequence[Declared]:
    """The tools that the example declares. Raises `HiveError` where one of them is not in the book."""
    if choice == NONE:
        return ()
    if book is None:
        raise UsageError("tools are declared from their units", hint="--units FILE, as `hive-ctx extract` wrote it")
    names = _names(example, choice, book)
    random.Random(f"{example.key}\0tools").shuffle(names)  # noqa: S311 - variety, not secrecy
    return [_specified(name, book) for name in names]


def _names(example: Example, choice: str, book: Book) -> list[str]:
    if choice == ALL:
        return list(book.tools)
    used = list(dict.fromkeys(call.name for call in calls_of((*example.messages, *example.rejected))))
    if choice == USED:
        return used
    tempting = [name for name in example.tools if name not in used]
    if choice == IN_PLAY:
        return used + tempting
    near = [each for name in used or example.tools for each in book.neighbours(name)]
    others = list(dict.fromkeys((*tempting, *near, *book.tools)))
    return used + [name for name in others if name not in used][: int(choice)]


def _specified(name: str, book: Book) -> Declared:
    tool = book.tools.get(name)
    if tool is None:
        raise HiveError(f"no unit specifies the tool {name}", hint="give the units that the dataset was compiled from")
    return Declared(name, tool.description, tool.schema)
