"""Facts about names and ids as a chat upstream takes them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from hive_integration.wire.chat.names import chat_id, chat_name, names_back
from tests.wire.asked import asked, tool


def test_what_fits_stays() -> None:
    """An id of 40 characters, a name of 64."""
    assert chat_id("toolu_" + "a" * 34) == "toolu_" + "a" * 34
    assert chat_name("mcp__a-b__" + "c" * 54) == "mcp__a-b__" + "c" * 54


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_anything_is_made_to_fit(one: str, other: str) -> None:
    """Within the limits, the same each time, and different for what is different."""
    for make, limit in ((chat_id, 40), (chat_name, 64)):
        assert re.fullmatch("[a-zA-Z0-9_-]+", make(one))
        assert len(make(one)) <= limit
        assert (make(one) == make(other)) == (one == other)


def test_the_way_back_is_known() -> None:
    """Only of those tools whose name had to change."""
    long = "mcp__server__" + "x" * 80
    assert names_back(tuple(asked(tools=[tool("Bash"), tool(long)]).tools)) == {chat_name(long): long}
    assert chat_name(long).startswith("mcp__server__xxx")
