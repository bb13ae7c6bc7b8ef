"""Requests as Claude Code would send them, in our own words: made from the markers that recognise its sections."""

from __future__ import annotations

from typing import Any


def _reminder(text: str) -> dict[str, str]:
    return {"type": "text", "text": f"<system-reminder>\n{text}\n</system-reminder>\n"}


_LISTINGS = (
    "The following deferred tools are now available: ask for them.\nMonitor\nmcp__board__list\nmcp__board__move\n",
    "Available agent types for the Agent tool:\n- maker: makes things (Tools: All tools)\n- b:c: two\nlines\n"
    "\nWhen you launch multiple agents, do it at once.\n",
    "# MCP Server Instructions\n\n## board\nUse the board.\n\n## plan\nPlan first.\n",
    "The following skills are available:\n\n- slice-work: cuts work\n- read-a-diff: reads\n- plain\n",
    "SessionStart hook additional context: the branch is main\n",
    "As you answer the user's questions, you can use the following context:\n# claudeMd\nCodebase and user "
    "instructions are shown below.\n\nContents of /p/CLAUDE.md (project instructions, checked into the codebase):\n\n"
    "# House\n\n```\n# no heading\n```\n\n# currentDate\nToday's date is 2026-11-21.\n\n"
    "      IMPORTANT: this context may or may not be relevant.\n",
)

ANTHROPIC: dict[str, Any] = {
    "model": "claude-opus-5-5",
    "max_tokens": 32000,
    "stream": True,
    "metadata": {"user_id": "u"},
    "system": [
        {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.329.abc; cc_entrypoint=cli;"},
        {"type": "text", "text": "You are a client.", "cache_control": {"type": "ephemeral"}},
        {
            "type": "text",
            "text": "\nYou help.\n\n# Tone\nBe short.\n\n# Tools\n```\n# not one\n```\n# Environment\n - Folder: /p\n",
        },
    ],
    "tools": [
        {
            "name": "Bash",
            "description": "Runs a command.",
            "input_schema": {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]},
        },
        {"name": "Read", "description": "Reads ü 🐝.", "input_schema": {"type": "object"}},
        {"name": "mcp__board__list", "description": "Lists.", "input_schema": {}, "defer_loading": True},
        {"name": "mcp__board__move", "description": "Moves.", "input_schema": {"type": "object", "properties": {}}},
    ],
    "messages": [
        {"role": "user", "content": [*map(_reminder, _LISTINGS), {"type": "text", "text": "say hi"}]},
        {"role": "system", "content": "# Environment\nYou have been invoked so.\nYou are powered by the model x.\n"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "Bash", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "out"}]},
    ],
}

CHAT: dict[str, Any] = {
    "model": "gpt-5",
    "messages": [
        {"role": "developer", "content": "# Rules\nBe short.\n"},
        {"role": "user", "content": [{"type": "text", "text": "hi"}, {"type": "image_url", "image_url": {"url": "x"}}]},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}],
}

RESPONSES: dict[str, Any] = {
    "model": "gpt-5-codex",
    "instructions": "# Rules\nBe short.\n",
    "input": [{"role": "user", "content": [{"type": "input_text", "text": "hi"}]}],
    "tools": [{"type": "function", "name": "f", "parameters": {}}, {"type": "web_search"}],
}

BODIES = (ANTHROPIC, CHAT, RESPONSES)
