"""Facts about what is reported as left out."""

from __future__ import annotations

from hive_integration.wire.chat.left_out import left_out
from tests.wire.asked import PNG, asked, assistant, call, result, text, tool, user


def test_what_no_table_knows_is_reported_by_its_place() -> None:
    """Fields of the request, of tools, of messages and blocks; server tools."""
    request = asked(
        {**user(text("x", foo=1), result("a", [text("y", bar=1), "odd"])), "baz": 1},
        system=[text("s", cache_control={}, qux=1)],
        tools=[tool("a", allowed_callers=["x"]), {"type": "web_search_20250305", "name": "web_search"}],
        output_config={"effort": "high", "task_budget": {}},
        unheard_of=1,
    )
    assert left_out(request) == [
        "unheard_of",
        "output_config.task_budget",
        "tools.0.allowed_callers",
        "tools.1 (web_search_20250305)",
        "system.0.qux",
        "messages.0.baz",
        "messages.0.content.0.foo",
        "messages.0.content.1.content.0.bar",
    ]


def test_what_is_translated_or_means_nothing_is_not_reported() -> None:
    """An ordinary request has nothing to report."""
    request = asked(
        user("x"),
        assistant({"type": "thinking", "thinking": "t", "signature": "s"}, {**call("a"), "caller": {"type": "direct"}}),
        user(result("a", is_error=True, cache_control={}), PNG, text("x", citations=[])),
        system="s",
        tools=[tool("a", cache_control={}, defer_loading=False, type="custom")],
        thinking={"type": "adaptive"},
        metadata={"user_id": "u"},
        context_management={},
    )
    assert left_out(request) == []
