"""Facts about the values of an answer."""

from __future__ import annotations

import msgspec
import pytest

from hive_integration.wire.events import Event, Failure, Seen, Text, Usage


def test_later_counts_take_the_place_of_earlier_ones() -> None:
    """What is not said again stays, and zero is said."""
    assert Usage(5, 1, None, 7).merged(Usage(None, 3, 2, 0)) == Usage(5, 3, 2, 0)


def test_counts_of_two_arms_are_added() -> None:
    """What neither said stays unsaid."""
    assert Usage(5, 1, None, None).added(Usage(None, 3, 2, None)) == Usage(5, 4, 2, None)


def test_events_cannot_be_changed() -> None:
    """They may be kept, compared and passed on."""
    event: Event = Text("a")
    with pytest.raises(AttributeError):
        event.text = "b"  # type: ignore[misc]
    assert msgspec.structs.replace(Failure("a", "b"), status=5) == Failure("a", "b", 5)
    assert hash(Seen(Usage(1))) == hash(Seen(Usage(1)))
