"""The top-level fields of a Messages request in a chat request: a table of what becomes of each. Pure.

Translated, of no meaning there and left out, or refused by name; a field that this table does not know is left out and
reported, so that the gateway can show it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from hive_integration.errors import HiveError
from hive_integration.wire.messages import MessagesRequest, found
from hive_integration.wire.schema import acceptable, is_closed

TRANSLATED = frozenset({
    "model", "stream", "max_tokens", "system", "messages", "tools", "tool_choice", "stop_sequences", "temperature",
    "top_p", "output_config", "output_format",
})  # fmt: skip
MEANINGLESS: Mapping[str, str] = {
    "anthropic_beta": "switches of the Messages API",
    "anthropic_version": "the version of the Messages API",
    "cache_control": "chat upstreams cache by themselves",
    "context_management": "edits of the conversation by the Messages API",
    "diagnostics": "asks the Messages API about its cache",
    "inference_geo": "where Anthropic computes",
    "metadata": "holds the user's id, which no other vendor should learn",
    "service_tier": "Anthropic's own tiers",
    "speed": "Anthropic's own speeds",
    "thinking": "how Claude thinks",
    "top_k": "not in the chat API; some servers refuse it",
}
"""Fields that say nothing to a chat upstream, and why."""
REFUSED: Mapping[str, str] = {
    "mcp_servers": "servers that the Messages API itself would call",
    "container": "a container of the Messages API",
}
"""Fields without which the answer would be another one than was asked for."""
EFFORTS: Mapping[str, str] = {"low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "high"}
MAX_STOPS = 4
"""OpenAI takes no more; to pass only the first would be silent loss."""
Fields = dict[str, Any]


def refuse_impossible(request: MessagesRequest) -> None:
    """Raise HiveError for a field that asks for what a chat upstream does not have."""
    for name, what in REFUSED.items():
        if request.value(name):
            raise HiveError(
                f"{name}: {what}; an openai-chat model has none", hint="ask the full profile, or leave the field out"
            )


def sampling(request: MessagesRequest, *, reasoning: bool, strict: bool) -> Fields:
    """Temperature, top_p, stop, and what `output_config` asks for, under the names of the chat API."""
    out: Fields = {}
    for name in ("temperature", "top_p"):
        value = request.value(name)
        if value is not None:
            out[name] = _checked(name, value, int | float, "a number")
    stops = request.value("stop_sequences") or []
    if stops:
        out["stop"] = _stops(stops)
    config = _checked("output_config", request.value("output_config") or {}, dict, "an object")
    effort = config.get("effort")
    if reasoning and isinstance(effort, str) and effort in EFFORTS:
        out["reasoning_effort"] = EFFORTS[effort]
    form = config.get("format") or request.value("output_format")
    if form is not None:
        out["response_format"] = _response_format(form, strict)
    return out


def _checked(name: str, value: Any, kind: Any, words: str) -> Any:  # noqa: ANN401 - a JSON value
    if not isinstance(value, kind) or isinstance(value, bool):
        raise HiveError(f"{name}: expected {words}, found {found(value)}")
    return value


def _stops(stops: object) -> list[str]:
    if not isinstance(stops, list) or not all(isinstance(each, str) for each in stops):
        raise HiveError(f"stop_sequences: expected a list of strings, found {found(stops)}")
    if len(stops) > MAX_STOPS:
        raise HiveError(
            f"stop_sequences: {len(stops)} of them; an openai-chat model takes at most {MAX_STOPS}",
            hint="send fewer, or ask the full profile",
        )
    return stops


def _response_format(form: object, strict: bool) -> Fields:
    schema = form.get("schema") if isinstance(form, dict) and form.get("type") == "json_schema" else None
    if not isinstance(schema, dict):
        raise HiveError("output_config.format: expected type json_schema and a schema", hint="it is the only one known")
    sent = acceptable(schema) if strict else schema
    named: Fields = {"name": "answer", "schema": sent}
    if strict and is_closed(sent):
        named["strict"] = True
    return {"type": "json_schema", "json_schema": named}


def length(request: MessagesRequest, most: int) -> int:
    """How many tokens the answer may have: what the client asked for, `most` at the most."""
    asked = request.value("max_tokens")
    if asked is None:
        return most
    if type(asked) is not int or asked < 1:
        what = str(asked) if type(asked) is int else found(asked)
        raise HiveError(f"max_tokens: expected a positive integer, found {what}")
    return min(asked, most)


def choice(asked: object, declared: Sequence[str], upstream: Callable[[str], str]) -> Fields:
    """`tool_choice` and `parallel_tool_calls`. `declared` are the names of the client's tools that are declared.

    Raises HiveError where a call is forced that cannot be made: no tools, or none of that name.
    """
    if asked is None:
        return {}
    kind = asked.get("type") if isinstance(asked, dict) else None
    if not isinstance(asked, dict) or kind not in ("auto", "any", "tool", "none"):
        raise HiveError(f"tool_choice: expected type auto, any, tool or none, found {_shown(kind or asked)}")
    if kind == "any" and not declared:
        raise HiveError("tool_choice: a call is forced, but no tool can be declared to this model", hint=_FORCED)
    name = asked.get("name")
    if kind == "tool" and name not in declared:
        raise HiveError(f"tool_choice.name: {_shown(name)} is not among the tools declared to this model", hint=_FORCED)
    if not declared:
        return {}
    out: Fields = {"tool_choice": _CHOICES.get(kind) or {"type": "function", "function": {"name": upstream(str(name))}}}
    if asked.get("disable_parallel_tool_use") is True:
        out["parallel_tool_calls"] = False
    return out


_CHOICES: Mapping[str, Literal["auto", "required", "none"]] = {"auto": "auto", "any": "required", "none": "none"}
_FORCED = "server tools and tools that the client defers cannot be forced; ask the full profile for this turn"


def _shown(name: object) -> str:
    return repr(name) if isinstance(name, str) else found(name)
