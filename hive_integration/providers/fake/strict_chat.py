"""What OpenAI's Chat Completions refuses, as far as a gateway can bring it about. Pure; the wording is our own.

The sources are the API reference and error messages quoted in public issues: BerriAI/litellm#13381 (`max_tokens`),
cyanheads/git-mcp-server#47 (`format`), langchain-ai/langchainjs#9804 (a schema's root), maximhq/bifrost#1000 (`user`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hive_integration.providers.fake.strict_schema import refuse_parameters

_TOP = {
    "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens",
    "max_tokens", "messages", "metadata", "modalities", "model", "n", "parallel_tool_calls", "prediction",
    "presence_penalty", "prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "response_format",
    "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature",
    "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
}  # fmt: skip
_MESSAGE = {
    "system": {"role", "content", "name"},
    "developer": {"role", "content", "name"},
    "user": {"role", "content", "name"},
    "assistant": {"role", "content", "name", "refusal", "audio", "tool_calls", "function_call"},
    "tool": {"role", "content", "tool_call_id"},
}
_PARTS = {
    "text": {"type", "text"},
    "image_url": {"type", "image_url"},
    "input_audio": {"type", "input_audio"},
    "file": {"type", "file"},
    "refusal": {"type", "refusal"},
}
_PARTS_OF = {"user": {"text", "image_url", "input_audio", "file"}, "assistant": {"text", "refusal"}}
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_NO_MAX_TOKENS = re.compile(r"o\d|gpt-5")
_IMAGE = re.compile(r"https?://|data:image/(png|jpeg|gif|webp);base64,")

Object = Mapping[str, Any]


def refuse_chat(body: bytes) -> str:
    """Why this body is refused; empty where it is not."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return "the body cannot be parsed as JSON"
    if not isinstance(asked, dict):
        return "the body is not a JSON object"
    try:
        return next(_reasons(asked), "")
    except (AttributeError, TypeError, KeyError) as error:
        return f"the request is malformed: {error}"


def _reasons(asked: Object) -> Iterator[str]:
    yield from (f"unrecognized request argument: {name}" for name in asked if name not in _TOP)
    yield from (f"missing required parameter: {name}" for name in ("model", "messages") if not asked.get(name))
    yield from _limits(asked)
    yield from _tools(asked)
    messages = asked.get("messages")
    if not isinstance(messages, list):
        yield "messages: expected an array"
        return
    for index, message in enumerate(messages):
        yield from (f"messages[{index}]{reason}" for reason in _message(message))
    yield from _calls_and_results(messages)


def _limits(asked: Object) -> Iterator[str]:
    if "max_tokens" in asked and "max_completion_tokens" in asked:
        yield "max_tokens and max_completion_tokens cannot both be set"
    if "max_tokens" in asked and _NO_MAX_TOKENS.match(str(asked.get("model"))):
        yield "unsupported parameter: 'max_tokens' is not supported with this model; use 'max_completion_tokens'"
    for name in ("max_tokens", "max_completion_tokens"):
        if name in asked and (not isinstance(asked[name], int) or asked[name] < 1):
            yield f"{name}: expected an integer of at least 1"
    stop = asked.get("stop")
    if isinstance(stop, list) and not 1 <= len(stop) <= 4:
        yield f"stop: expected 1 to 4 sequences, got {len(stop)}"
    if "stream_options" in asked and asked.get("stream") is not True:
        yield "stream_options is only allowed when stream is true"
    if len(str(asked.get("user", ""))) > 64:
        yield "user: string too long, expected at most 64 characters"
    if "temperature" in asked and not 0 <= asked["temperature"] <= 2:
        yield "temperature: expected a number from 0 to 2"


def _tools(asked: Object) -> Iterator[str]:
    if "tools" not in asked:
        yield from (
            f"{each} is only allowed with tools" for each in ("tool_choice", "parallel_tool_calls") if each in asked
        )
        return
    tools = asked["tools"]
    if not isinstance(tools, list) or not tools:
        yield "tools: expected an array of at least one"
        return
    names = []
    for index, tool in enumerate(tools):
        if not isinstance(tool, dict) or tool.get("type") != "function" or not isinstance(tool.get("function"), dict):
            yield f"tools[{index}]: expected type 'function' with a function"
            continue
        yield from (f"tools[{index}]: unknown parameter {name}" for name in tool.keys() - {"type", "function"})
        yield from (f"tools[{index}].function{reason}" for reason in _function(tool["function"]))
        names.append(tool["function"].get("name"))
    choice = asked.get("tool_choice", "auto")
    named = choice.get("function", {}).get("name") if isinstance(choice, dict) else None
    if (choice not in ("auto", "none", "required")) if isinstance(choice, str) else named not in names:
        yield "tool_choice: expected auto, none, required, or a function that is declared"


def _function(function: Object) -> Iterator[str]:
    yield from (
        f": unknown parameter {name}" for name in function.keys() - {"name", "description", "parameters", "strict"}
    )
    if not _NAME.fullmatch(str(function.get("name", ""))):
        yield ".name: does not match ^[a-zA-Z0-9_-]{1,64}$"
    if not isinstance(function.get("description", ""), str):
        yield ".description: expected a string"
    if "parameters" in function and (reason := refuse_parameters(function["parameters"])):
        yield f".parameters: {reason}"


def _message(message: object) -> Iterator[str]:
    if not isinstance(message, dict) or message.get("role") not in _MESSAGE:
        yield f".role: expected one of {', '.join(_MESSAGE)}"
        return
    role = message["role"]
    yield from (f": unknown parameter {name}" for name in message.keys() - _MESSAGE[role])
    content = message.get("content")
    if content is None and not (role == "assistant" and (message.get("tool_calls") or message.get("function_call"))):
        yield ".content: expected a string or an array of parts, got null"
    if isinstance(content, list):
        if not content:
            yield ".content: expected an array of at least one part"
        for index, part in enumerate(content):
            yield from (f".content[{index}]{reason}" for reason in _part(part, _PARTS_OF.get(role, {"text"})))
    elif content is not None and not isinstance(content, str):
        yield ".content: expected a string or an array of parts"
    if "tool_calls" in message:
        yield from _calls(message["tool_calls"])


def _part(part: object, allowed: set[str]) -> Iterator[str]:
    if not isinstance(part, dict) or part.get("type") not in allowed:
        yield f".type: expected one of {', '.join(sorted(allowed))}"
        return
    yield from (f": unknown parameter {name}" for name in part.keys() - _PARTS[part["type"]])
    if part["type"] == "text" and not isinstance(part.get("text"), str):
        yield ".text: expected a string"
    image = part.get("image_url")
    if part["type"] == "image_url" and not _IMAGE.match(str(image.get("url") if isinstance(image, dict) else image)):
        yield ".image_url.url: expected a web address or a data URL of a png, jpeg, gif or webp"


def _calls(calls: object) -> Iterator[str]:
    if not isinstance(calls, list) or not calls:
        yield ".tool_calls: expected an array of at least one"
        return
    for index, call in enumerate(calls):
        function = call.get("function", {}) if isinstance(call, dict) else {}
        if not isinstance(call, dict) or not isinstance(call.get("id"), str) or not 1 <= len(call["id"]) <= 40:
            yield f".tool_calls[{index}].id: expected a string of 1 to 40 characters"
        if not isinstance(function.get("arguments"), str):
            yield f".tool_calls[{index}].function.arguments: expected a string"
        if not _NAME.fullmatch(str(function.get("name", ""))):
            yield f".tool_calls[{index}].function.name: does not match ^[a-zA-Z0-9_-]{{1,64}}$"


def _calls_and_results(messages: Sequence[Any]) -> Iterator[str]:
    """Each call is answered right after the message that made it; nothing else is an answer."""
    waiting: list[str] = []
    for index, message in enumerate([*messages, {"role": "end"}]):
        role = message.get("role") if isinstance(message, dict) else ""
        if role == "tool":
            if message.get("tool_call_id") not in waiting:
                yield f"messages[{index}]: role 'tool' must answer a call of the message before"
            else:
                waiting.remove(message["tool_call_id"])
            continue
        if waiting:
            yield f"messages[{index}]: these calls were not answered by tool messages: {', '.join(waiting)}"
        calls = message.get("tool_calls") if role == "assistant" else None
        waiting = [str(call.get("id")) for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
        if len(set(waiting)) < len(waiting):
            yield f"messages[{index}].tool_calls: ids are not unique"
