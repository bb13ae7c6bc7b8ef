"""Tools for a model that calls them in its text: `<tool_call>{"name": …, "arguments": {…}}</tool_call>`. Pure.

For a card with `tools = "none"`: what the weights hold is not declared at all, other tools stand in the system text,
and the calls and results of the conversation so far are written as the model itself writes and reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import msgspec

from hive_integration.errors import HiveError
from hive_integration.wire.blocks import EMPTY_RESULT, kind_of, result_parts
from hive_integration.wire.messages import Block, Tool, Turn, found

MANUAL = """\
You can call these tools, one JSON object a line:
{tools}
To call a tool, write one line with nothing around it: <tool_call>{{"name": "…", "arguments": {{…}}}}</tool_call>
Its result follows in the next message as <tool_result name="…">…</tool_result>."""


@lru_cache(maxsize=64)
def manual(tools: tuple[Tool, ...], known: frozenset[str]) -> str:
    """The system text that declares those of `tools` that are not known; empty where all are."""
    lines = [
        _json({"name": tool.name, "description": tool.description, "parameters": tool.schema})
        for tool in tools
        if tool.name not in known
    ]
    return MANUAL.format(tools="\n".join(lines)) if lines else ""


def _json(value: object) -> str:
    # `</` is written `<\/`, the same in JSON: no argument can end the tag that it stands in.
    return msgspec.json.encode(value).decode().replace("</", "<\\/")


def wish(choice: object) -> str:
    """The sentence that says what `tool_choice` says; empty for `auto`. Raises HiveError for an unknown choice."""
    kind = choice.get("type") if isinstance(choice, dict) else choice
    if kind in (None, "auto"):
        return ""
    if kind == "any":
        return "Answer with a call of one of the tools."
    if kind == "none":
        return "Answer without calling a tool."
    if kind == "tool" and isinstance(choice, dict) and isinstance(choice.get("name"), str):
        return f"Answer with a call of the tool {choice['name']}."
    raise HiveError(f"tool_choice: expected auto, any, none, or tool with a name, found {found(choice)}")


def as_text(turns: Sequence[Turn]) -> list[Turn]:
    """The turns with each call and each result as text. Expects them in order, as `repaired` leaves them."""
    names: dict[str, str] = {}
    return [_turn(turn, names) for turn in turns]


def _turn(turn: Turn, names: dict[str, str]) -> Turn:
    if isinstance(turn.content, str):
        return turn
    content: list[Block] = []
    for block in turn.content:
        kind = kind_of(block)
        if kind == "tool_use":
            names[block["id"]] = block["name"]
            text = f"<tool_call>{_json({'name': block['name'], 'arguments': block['input']})}</tool_call>"
            content.append({"type": "text", "text": f"\n{text}" if content else text})
        elif kind == "tool_result":
            content += _result(block, names.get(block["tool_use_id"], ""))
        else:
            content.append(block)
    unchanged = all(a is b for a, b in zip(content, turn.content, strict=False))
    return turn if unchanged else replace(turn, content=content, raw=None)


def _result(block: Block, name: str) -> list[Block]:
    text, others = result_parts(block)
    failed = ' error="true"' if block.get("is_error") is True else ""
    shown = f"<tool_result name={_json(name)}{failed}>\n{text or EMPTY_RESULT}\n</tool_result>"
    return [{"type": "text", "text": shown}, *others]
