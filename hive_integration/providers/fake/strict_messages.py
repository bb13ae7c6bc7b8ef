"""What Anthropic's Messages API refuses at the top of a request and in its tools. Pure; the wording is our own.

`strict_history` holds what it refuses in the conversation. The sources are the API reference and error messages quoted
in public issues: BerriAI/litellm#26240 (`context_management`), router-for-me/CLIProxyAPI#4957 (thinking cleared without
any), router-for-me/CLIProxyAPI#415 (`input_schema`), anthropics/claude-code#5319 (a schema's root).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hive_integration.providers.fake.strict_history import refuse_turns

_TOP = {
    "cache_control", "container", "context_management", "inference_geo", "max_tokens", "mcp_servers", "messages",
    "metadata", "model", "output_config", "output_format", "service_tier", "speed", "stop_sequences", "stream",
    "system", "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p",
}  # fmt: skip
_BETA = {"context_management": "context-management-", "mcp_servers": "mcp-client-"}
"""Fields that are only known with a beta of that name in `anthropic-beta`."""
_TOOL = {
    "allowed_callers", "cache_control", "defer_loading", "description", "eager_input_streaming", "input_examples",
    "input_schema", "name", "strict", "type",
}  # fmt: skip
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_MAX_BREAKPOINTS = 4

Object = Mapping[str, Any]


def refuse_messages(body: bytes, betas: str = "", signer: str = "fake", *, counting: bool = False) -> str:
    """Why this body is refused; empty where it is not. `betas` is the `anthropic-beta` header."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return "the request body is not valid JSON"
    if not isinstance(asked, dict):
        return "the request body is not an object"
    try:
        return next(_reasons(asked, betas, signer, counting), "")
    except (AttributeError, TypeError, KeyError) as error:
        return f"the request is malformed: {error}"


def _reasons(asked: Object, betas: str, signer: str, counting: bool) -> Iterator[str]:
    known = {name for name in _TOP if name not in _BETA or _BETA[name] in betas}
    yield from (f"{name}: extra inputs are not permitted" for name in asked if name not in known)
    needed = ("model", "messages") if counting else ("model", "messages", "max_tokens")
    yield from (f"{name}: field required" for name in needed if name not in asked)
    yield from _thinking(asked)
    yield from _tools(asked)
    yield from refuse_turns(asked, signer)
    if (breakpoints := _breakpoints(asked)) > _MAX_BREAKPOINTS:
        yield f"at most {_MAX_BREAKPOINTS} blocks may carry cache_control, found {breakpoints}"


def _thinking(asked: Object) -> Iterator[str]:
    thinking = asked.get("thinking") or {}
    kind = thinking.get("type", "disabled")
    if kind not in {"enabled", "adaptive", "disabled"}:
        yield f"thinking: the tag {kind!r} is none of enabled, adaptive, disabled"
    if kind == "enabled":
        budget = thinking.get("budget_tokens", 0)
        if budget < 1024:
            yield "thinking.enabled.budget_tokens: must be at least 1024"
        if budget >= asked.get("max_tokens", budget + 1):
            yield "max_tokens must be greater than thinking.budget_tokens"
    if kind != "disabled" and (asked.get("tool_choice") or {}).get("type") in {"any", "tool"}:
        yield "thinking may not be enabled when tool_choice forces tool use"
    edits = (asked.get("context_management") or {}).get("edits", [])
    if kind == "disabled" and any(str(edit.get("type")).startswith("clear_thinking") for edit in edits):
        yield "the strategy clear_thinking_20251015 requires thinking to be enabled or adaptive"


def _tools(asked: Object) -> Iterator[str]:
    tools = asked.get("tools") or []
    for index, tool in enumerate(tools):
        yield from (f"tools.{index}.{reason}" for reason in _tool(tool))
    names = [tool.get("name") for tool in tools]
    if len(set(names)) < len(names):
        yield "tools: tool names must be unique"
    if tools and all(tool.get("defer_loading") for tool in tools):
        yield "tools: at least one tool must not be deferred"
    choice = asked.get("tool_choice")
    if choice and not tools:
        yield "tool_choice: only allowed while tools are given"
    if choice and choice.get("type") == "tool" and choice.get("name") not in names:
        yield f"tool_choice: the tool {choice.get('name')!r} is not declared"


def _tool(tool: Object) -> Iterator[str]:
    if not _NAME.fullmatch(str(tool.get("name", ""))):
        yield "name: does not match ^[a-zA-Z0-9_-]{1,128}$"
    if tool.get("type", "custom") != "custom":
        return
    yield from (f"custom.{name}: extra inputs are not permitted" for name in tool if name not in _TOOL)
    schema = tool.get("input_schema")
    if not isinstance(schema, dict):
        yield "custom.input_schema: field required"
    elif schema.get("type") != "object":
        yield "custom.input_schema.type: field required, and it must be 'object'"
    elif found := [word for word in ("oneOf", "allOf", "anyOf") if word in schema]:
        yield f"custom.input_schema: {found[0]} is not supported at the top level"


def _breakpoints(value: object) -> int:
    """How many `cache_control` marks stand in a request; what a tool's schema or arguments hold is the tool's own."""
    if isinstance(value, list):
        return sum(map(_breakpoints, value))
    if not isinstance(value, dict):
        return 0
    below = sum(_breakpoints(each) for name, each in value.items() if name not in {"input_schema", "input"})
    return below + (value.get("cache_control") is not None)
