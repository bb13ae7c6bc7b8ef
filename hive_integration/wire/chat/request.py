"""A Messages request as the body of POST /v1/chat/completions. Pure, and the same bytes for the same conversation.

Order of the work: what cannot be said is refused by name, calls and results are brought into pairs, then each piece is
put into the words of the chat API. What is left out without loss is named in `fields` and reported by `left_out`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from hive_integration.errors import HiveError
from hive_integration.wire.blocks import without_billing
from hive_integration.wire.chat.content import GAP, plain
from hive_integration.wire.chat.declare import functions, own
from hive_integration.wire.chat.fields import choice, length, refuse_impossible, sampling
from hive_integration.wire.chat.history import ChatMessage, chat_messages
from hive_integration.wire.chat.names import chat_name
from hive_integration.wire.deferred import available
from hive_integration.wire.messages import Declared, MessagesRequest, Turn
from hive_integration.wire.refusal import BlockRefused
from hive_integration.wire.text_tools import as_text, manual, wish
from hive_integration.wire.turns import repaired, with_late_system_as_user

ROLES = ("user", "assistant", "system")


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How one model is asked. `known` are names of tools that stand in the card's manifest, declared as `declared`
    says; any other is declared in full.

    `system` is the card's minimal prompt, first of all; empty for none. `max_output_tokens` caps what the client asks
    for. `strict_schemas` makes schemas acceptable to strict upstreams. `reasoning` passes the client's effort on.
    `late_system` is the role of a system message in mid-conversation: `user` for models whose template takes one at the
    beginning only (llama.cpp, vLLM and ollama with Qwen's, seen in 2026). `claude` is for `render_messages` alone: the
    upstream is Claude itself, so nothing but the prompt, the tools and the model's name is changed.
    """

    model: str
    system: str = ""
    known: frozenset[str] = frozenset()
    declared: Declared = "full"
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    max_output_tokens: int = 64_000
    stream: bool = True
    strict_schemas: bool = True
    stream_usage: bool = True
    reasoning: bool = False
    late_system: Literal["system", "user"] = "system"
    claude: bool = False


def render_chat(request: MessagesRequest, options: ChatOptions) -> bytes:
    """The body. Raises HiveError, with the field or block by name, for what a chat model cannot be given."""
    _check_roles(request.turns)
    try:
        refuse_impossible(request)
        return msgspec.json.encode(_body(request, options))
    except BlockRefused as error:
        raise error.placed(request) from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise HiveError(f"a value of the request cannot be passed on: {error}") from error


def _check_roles(turns: Sequence[Turn]) -> None:
    for i, turn in enumerate(turns):
        if turn.role not in ROLES:
            raise HiveError(f"messages.{i}.role: expected user, assistant or system, found {turn.role!r}")


def _body(request: MessagesRequest, options: ChatOptions) -> dict[str, Any]:
    """Messages stand last: what comes before them is the same at every turn."""
    body: dict[str, Any] = {"model": options.model, "stream": options.stream}
    if options.stream and options.stream_usage:
        body["stream_options"] = {"include_usage": True}
    body[options.max_tokens_field] = length(request, options.max_output_tokens)
    body |= sampling(request, reasoning=options.reasoning, strict=options.strict_schemas)
    tools, turns, asked = own(available(request)), repaired(request.turns), request.value("tool_choice")
    if options.late_system == "user":
        turns = with_late_system_as_user(turns)
    if options.declared == "none":
        said = [*chat_messages(as_text(turns)), *_wished(asked, options)]
        return body | {"messages": [*_system(request, options, manual(tools, options.known)), *said]}
    if tools:
        body["tools"] = functions(tools, options.known, options.declared, options.strict_schemas)
    body |= choice(asked, [tool.name for tool in tools], chat_name)
    return body | {"messages": [*_system(request, options), *chat_messages(turns)]}


def _system(request: MessagesRequest, options: ChatOptions, manual: str = "") -> list[ChatMessage]:
    """One message: the minimal prompt, what is left of the client's, and how tools are called in text."""
    texts = [options.system, plain(without_billing(request.system)), manual]
    said = GAP.join(text for text in texts if text)
    return [{"role": "system", "content": said}] if said else []


def _wished(asked: object, options: ChatOptions) -> list[ChatMessage]:
    """What `tool_choice` says, last of all: it may differ from turn to turn."""
    text = wish(asked)
    return [{"role": options.late_system, "content": text}] if text else []
