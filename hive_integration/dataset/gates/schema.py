"""Is every call one that the real tool would take? Held against the schema of the unit itself. Pure.

A tool that is not in the book, or whose schema cannot be used, cannot be checked, so nothing of it passes.
"""

from __future__ import annotations

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example
from hive_integration.dataset.gates.limits import Limits
from hive_integration.units.dialogue import calls_of
from hive_integration.wire.valid import checker


def check(example: Example, book: Book, limits: Limits) -> str:
    """As the gates' table has it."""
    for name in example.tools:
        if name not in book.tools:
            return f"puts a tool into play that is not known: {name[:80]}"
    for call in calls_of(example.messages):
        if call.name not in example.tools:
            return f"calls a tool that is not in play: {call.name[:80]}"
        checked = checker(book.tools[call.name].schema)
        if checked.fault:
            return f"calls a tool whose schema cannot be used: {call.name}, {checked.fault[:120]}"
        if problems := checked.problems(call.arguments):
            return f"calls with arguments that are not valid: {call.name}, {problems[0]}"
    return ""
