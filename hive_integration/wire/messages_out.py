"""A Messages request for a fine-tuned model behind an Anthropic-compatible endpoint (vLLM, llama.cpp). Pure.

Like `chat.request` without the translation: the minimal prompt comes first, what the weights hold is declared as the
card says, calls and results stand in pairs; everything else keeps its bytes, `cache_control` and unknown fields too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec

from hive_integration.errors import HiveError
from hive_integration.wire.blocks import without_billing
from hive_integration.wire.chat.fields import length
from hive_integration.wire.chat.request import ChatOptions
from hive_integration.wire.deferred import available, without_references
from hive_integration.wire.messages import Block, Declared, MessagesRequest, Tool, Turn, encode_messages
from hive_integration.wire.refusal import BlockRefused
from hive_integration.wire.schema import slimmed
from hive_integration.wire.text_tools import as_text, manual, wish
from hive_integration.wire.turns import repaired, with_late_system_as_user


def render_messages(request: MessagesRequest, options: ChatOptions) -> bytes:
    """The body. Raises HiveError, by place, for calls and results that cannot be brought into pairs.

    Where the upstream is Claude itself (`options.claude`), only the prompt, the model's name and `stream` are touched:
    it knows all the rest, and the client repairs itself by its error texts.
    """
    try:
        return _rendered(request, options)
    except BlockRefused as error:
        raise error.placed(request) from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise HiveError(f"a value of the request cannot be passed on: {error}") from error


def _rendered(request: MessagesRequest, options: ChatOptions) -> bytes:
    changed: dict[str, object] = {}
    if options.model and options.model != request.model:
        changed["model"] = options.model
    if options.stream != request.stream:
        changed["stream"] = options.stream
    system = _system(request, options)
    if options.claude:
        return encode_messages(replace(request, system=system), **changed)
    if "metadata" in request.fields:
        changed["metadata"] = None  # holds the user's id, which no other vendor should learn
    if (most := length(request, options.max_output_tokens)) != request.value("max_tokens"):
        changed["max_tokens"] = most
    tools, turns = available(request), _turns(request, options)
    if options.declared == "none":
        text = manual(tuple(tool for tool in tools if not tool.kind), options.known)
        system = [*system, {"type": "text", "text": text}] if text else system
        turns = [*as_text(turns), *_wished(request)]
        changed |= {"tools": None, "tool_choice": None}
    elif options.known or any(tool.deferred for tool in request.tools):
        changed["tools"] = _tools(tools, options.known, options.declared) if tools else None
    return encode_messages(replace(request, system=system, turns=turns), **changed)


def _turns(request: MessagesRequest, options: ChatOptions) -> Sequence[Turn]:
    turns = without_references(repaired(request.turns))
    return with_late_system_as_user(turns) if options.late_system == "user" else turns


def _system(request: MessagesRequest, options: ChatOptions) -> Sequence[Block]:
    rest = request.system if options.claude else without_billing(request.system)
    return [{"type": "text", "text": options.system}, *rest] if options.system else rest


def _wished(request: MessagesRequest) -> list[Turn]:
    text = wish(request.value("tool_choice"))
    return [Turn("user", f"<system-reminder>\n{text}\n</system-reminder>")] if text else []


@lru_cache(maxsize=64)
def _tools(tools: tuple[Tool, ...], known: frozenset[str], mode: Declared) -> msgspec.Raw:
    each = [_tool(tool, mode if tool.name in known and not tool.kind else "full") for tool in tools]
    return msgspec.Raw(b"[" + b",".join(each) + b"]")


@lru_cache(maxsize=8192)
def _tool(tool: Tool, mode: Declared) -> bytes:
    if mode == "full" and not tool.deferred:
        return tool.raw
    fields: dict[str, Any] = msgspec.json.decode(tool.raw)
    fields.pop("defer_loading", None)
    if mode != "full":
        fields = {name: fields[name] for name in ("type", "name", "cache_control") if name in fields}
        schema = slimmed(tool.schema) if mode == "slim" else {}
        fields["input_schema"] = {"type": "object", **schema}
    return msgspec.json.encode(fields)
