"""The truth: the first request on the wire, cut into rows by a few openings and counted in each meter's own unit.

Its own small cutter on purpose: it shares no line with the one that hive-ctx has, so each can show the other wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator

from _counts import Body, loaded_tools, parts_of, texts, tool_json

ROWS = {
    "system_prompt": "system prompt",
    "builtin_tools": "built-in tools",
    "tool_names": "names of deferred tools",
    "mcp_tools": "MCP tools and instructions",
    "agents": "agents",
    "skills": "skills and commands",
    "memory": "memory files",
    "hooks": "hooks' output",
    "environment": "environment",
    "other": "not attributed",
}
"""The rows that add up to the total, with the names that tables print."""

_OPENINGS = {
    "hooks": r"(?:SessionStart|UserPromptSubmit)\S* hook ",
    "environment": r"# Environment\n|You are powered by|Today's date is|<total_tokens>|# (?:gitStatus|currentDate)\n"
    r"|As you answer the user's questions",
    "system_prompt": r"Attribution for git commits",
    "tool_names": r"The following deferred tools",
    "agents": r"Available agent types",
    "skills": r"The following skills are available",
    "memory": r"# claudeMd\n|Contents of ",
    "mcp_tools": r"# MCP Server Instructions\n",
}
_OPENING = re.compile(
    "|".join(f"(?P<{row}>^(?:<system-reminder>\n)?(?:{pattern}))" for row, pattern in _OPENINGS.items()), re.MULTILINE
)
_SYSTEM = re.compile(r"(?P<environment>^# Environment\n)|(?P<system_prompt>^# (?!Environment\n))", re.MULTILINE)


def count_rows(body: Body, words: str, count: Callable[[str], int]) -> dict[str, int]:
    """Tokens of each row; they add up to the request's, without the user's own `words` and without framing."""
    rows: Counter[str] = Counter()
    for role, text in texts(body):
        if text and text != words:
            cuts = list(_cut(text, system=role == "system prompt"))
            for (_, row), tokens in zip(cuts, parts_of(text, [start for start, _ in cuts], count), strict=True):
                rows[row] += tokens
    for tool in loaded_tools(body):
        rows["mcp_tools" if is_mcp(tool) else "builtin_tools"] += count(tool_json(tool))
    return {row: rows[row] for row in ROWS}


def _cut(text: str, *, system: bool) -> Iterator[tuple[int, str]]:
    first = "system_prompt" if system else "other"
    found = [(match.start(), str(match.lastgroup)) for match in (_SYSTEM if system else _OPENING).finditer(text)]
    if not found or text[: found[0][0]].strip():
        yield 0, first
        yield from found
    else:
        yield 0, found[0][1]
        yield from found[1:]


def is_mcp(tool: Body) -> bool:
    """Whether a server brought the tool."""
    return str(tool["name"]).startswith("mcp__")


def deferred_rows(seen: Body, all_loaded: Body, count: Callable[[str], int]) -> dict[str, int]:
    """What tool search keeps out of the window: the tools that the request with it off declares beyond the others."""
    declared = {tool["name"] for tool in loaded_tools(seen)}
    rows: Counter[str] = Counter(deferred_builtin=0, deferred_mcp=0)
    for tool in loaded_tools(all_loaded):
        if tool["name"] not in declared:
            rows["deferred_mcp" if is_mcp(tool) else "deferred_builtin"] += count(tool_json(tool))
    return dict(rows)


def listed_skills(body: Body, names: Collection[str], count: Callable[[str], int]) -> int:
    """Tokens of the listing's lines about the skills named: the part of the listing that a skills' meter speaks of.

    Each is counted with the next line's dash after it: at the end of a text Claude charges no line end.
    """
    lines = [line for _, text in texts(body) for line in text.split("\n") if line.startswith("- ")]
    ours = [line for line in lines if line[2:].partition(":")[0] in names]
    return sum(count(f"{line}\n-") - count("-") for line in ours)
