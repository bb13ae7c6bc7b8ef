"""Facts about what the unit store keeps."""

from __future__ import annotations

from hive_integration.registry.stored import StoredUnit


def test_only_tools_are_looked_up_by_name() -> None:
    """A section of a system prompt may bear a tool's name. A unit was seen when it was made."""
    tool, section = (StoredUnit("sha256:x", "Bash", component, "text") for component in ("mcp_tools", "system_prompt"))
    assert tool.is_tool
    assert not section.is_tool
    assert tool.seen_at.utcoffset() is not None
