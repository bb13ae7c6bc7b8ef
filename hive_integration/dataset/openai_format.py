"""Conversations in OpenAI's chat format, which fine-tuning APIs share, and back. Pure.

Calls have `arguments` as a JSON string; `weight` 0 stands on an assistant's message that is not trained on. Form:
OpenAI's API reference, "Fine-tuning", chat input. Strict both ways: what comes back is what went in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Never

from hive_integration.dataset.example import Declared
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Call, Message

ROLES = ("system", "user", "assistant", "tool")
_HINT = "expected OpenAI's chat format"
_KEYS = {
    "system": {"role", "content"},
    "user": {"role", "content"},
    "assistant": {"role", "content", "tool_calls", "weight"},
    "tool": {"role", "content", "tool_call_id"},
}
_HALF = re.compile("[\ud800-\udfff]")
_ENDS = re.compile("[\x85\u2028\u2029]")


def to_chat(messages: Sequence[Message], tools: Sequence[Declared] = ()) -> dict[str, Any]:
    """One line's object; `tools` only where some are declared."""
    line: dict[str, Any] = {"messages": [_message(message) for message in messages]}
    if tools:
        line["tools"] = [declaration(tool) for tool in tools]
    return line


def declaration(tool: Declared) -> dict[str, Any]:
    """A tool as chat APIs and chat templates take it."""
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": tool.schema},
    }


def from_chat(line: Mapping[str, Any]) -> tuple[Message, ...]:
    """The conversation of one line. Raises `HiveError` where it is none."""
    messages = line.get("messages")
    if not isinstance(messages, list) or not messages:
        raise HiveError("has no messages", hint=_HINT)
    return tuple(_parsed(each, f"messages[{i}]") for i, each in enumerate(messages))


def declared_in(line: Mapping[str, Any]) -> tuple[Declared, ...]:
    """The tools that a line declares. Raises `HiveError` where one is not a function."""
    tools = line.get("tools", [])
    if not isinstance(tools, list):
        raise HiveError("tools are not a list", hint=_HINT)
    return tuple(_declared(each, f"tools[{i}]") for i, each in enumerate(tools))


def text_of(value: object) -> str:
    """JSON as it stands in the files: compact, its keys in the order of the value, on one line whoever splits it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if text.isascii():
        return text
    if _HALF.search(text):  # half a surrogate pair has no UTF-8, but a JSON escape
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    return _ENDS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def value_of(text: str) -> Any:  # noqa: ANN401 - a JSON value
    """The value of a JSON text. Raises `ValueError` also for `NaN`, `Infinity` and what is nested too deep."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("is nested too deep") from error


def _refuse(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


def _message(message: Message) -> dict[str, Any]:
    made: dict[str, Any] = {"role": message.role}
    if message.text or not message.calls:
        made["content"] = message.text
    if message.calls:
        made["tool_calls"] = [
            {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": text_of(c.arguments)}}
            for c in message.calls
        ]
    if message.role == "tool":
        made["tool_call_id"] = message.answers
    if message.role == "assistant" and not message.learn:
        made["weight"] = 0
    return made


def _parsed(message: object, where: str) -> Message:
    role = message.get("role") if isinstance(message, dict) else None
    if not isinstance(message, dict) or role not in ROLES:
        raise HiveError(f"{where} has no role of {', '.join(ROLES)}", hint=_HINT)
    if unknown := sorted(message.keys() - _KEYS[role]):
        raise HiveError(f"{where} has {unknown[0]!r}, which a message of {role} does not have", hint=_HINT)
    content = message.get("content") or ""
    if not isinstance(content, str):
        raise HiveError(f"{where}.content is not a text", hint="parts are not used in training data")
    if message.get("weight", 1) not in (0, 1):
        raise HiveError(f"{where}.weight is {message['weight']!r}, expected 0 or 1", hint=_HINT)
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise HiveError(f"{where}.tool_calls are not a list", hint=_HINT)
    parsed = tuple(_call(each, f"{where}.tool_calls[{i}]") for i, each in enumerate(calls))
    answers = _text(message, "tool_call_id", where) if role == "tool" else ""
    return Message(role, content, parsed, answers, learn=message.get("weight", 1) != 0)


def _call(call: object, where: str) -> Call:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(call, dict) or not isinstance(function, dict) or call.get("type", "function") != "function":
        raise HiveError(f"{where} is not a function call", hint=_HINT)
    text = _text(function, "arguments", f"{where}.function")
    try:
        arguments = value_of(text)
    except ValueError as error:
        raise HiveError(f"{where}.function.arguments are not JSON: {error}") from error
    if not isinstance(arguments, dict):
        raise HiveError(f"{where}.function.arguments are not an object")
    return Call(_text(call, "id", where), _text(function, "name", f"{where}.function"), arguments)


def _declared(tool: object, where: str) -> Declared:
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict):
        raise HiveError(f"{where} is not a function", hint=_HINT)
    schema = function.get("parameters", {})
    if not isinstance(schema, dict):
        raise HiveError(f"{where}.function.parameters are not an object", hint=_HINT)
    return Declared(_text(function, "name", where), str(function.get("description", "")), schema)


def _text(value: Mapping[str, Any], key: str, where: str) -> str:
    text = value.get(key)
    if not isinstance(text, str) or not text:
        raise HiveError(f"{where}.{key} is not a text", hint=_HINT)
    return text
