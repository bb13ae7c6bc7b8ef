"""The gates: each looks at one example and says why it must not pass, or nothing. A table, in order.

What costs least comes first. `duplicates` and `leakage` look across examples and so stand beside the table. A reason is
`gate: reason` and, behind another colon, the detail; what is counted is the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example
from hive_integration.dataset.gates import behaviour, format, length, licence, schema, secrets
from hive_integration.dataset.gates.limits import Limits

__all__ = ["ACROSS", "GATES", "Gate", "Limits", "kind_of", "refused"]

Gate = Callable[[Example, Book, Limits], str]
"""Why an example does not pass: empty where it does, else `reason` or `reason: detail`."""

GATES: Mapping[str, Gate] = {
    "licence": licence.check,
    "format": format.check,
    "schema": schema.check,
    "behaviour": behaviour.check,
    "length": length.check,
    "secrets": secrets.check,
}
ACROSS = ("duplicates", "leakage")
"""The gates that need all examples."""


def refused(example: Example, book: Book, limits: Limits) -> str:
    """`gate: reason` of the first gate that an example does not pass; empty where it passes all."""
    for name, check in GATES.items():
        if reason := check(example, book, limits):
            return f"{name}: {reason}"
    return ""


def kind_of(reason: str) -> str:
    """The part of a reason that is counted: `gate: reason` without the detail."""
    return ":".join(reason.split(":", 2)[:2])
