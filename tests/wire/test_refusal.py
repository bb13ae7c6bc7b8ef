"""Facts about errors that name a block by its place."""

from __future__ import annotations

from hive_integration.wire.refusal import BlockRefused
from tests.wire.asked import asked, result, text, user


def test_a_block_is_found_wherever_it_stands() -> None:
    """In the system prompt, in a message, inside a result; one that was made on the way has no place."""
    request = asked(user("x"), user(text("a"), result("i", [text("b"), text("c")])), system=[text("s")])
    outer = request.turns[1].blocks
    for block, place in (
        (request.system[0], "system.0"),
        (outer[0], "messages.1.content.0"),
        (outer[1]["content"][1], "messages.1.content.1.content.1"),
        ({"type": "text"}, "messages"),
    ):
        error = BlockRefused(block, "cannot be", hint="do this").placed(request)
        assert (str(error), error.hint) == (f"{place}: cannot be", "do this")
