"""A stage for one scenario: its script for the upstream, its requests to the gateway, and what arrived where.

Scenarios run side by side against one gateway and one upstream. A mark in the user's words says whose request it is, so
that each gets its own script.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import httpx2

from hive_integration.providers.fake import (
    USUAL,
    Answer,
    Recorded,
    Script,
    chat_error,
    messages_error,
    refuse_chat,
    refuse_messages,
    reply,
)
from hive_integration.providers.fake.messages import MODEL
from hive_integration.tokens.openai import OpenAICounter
from tests.conformance.client import Reply, send
from tests.conformance.expect import Failed, NotApplicable

FALLBACK = "The fallback answered this."
"""What the Anthropic upstream says where only the chat upstream has a script: a gateway that fails over shows it."""
VERSION = {"anthropic-version": "2023-06-01", "content-type": "application/json"}
BASH = {
    "name": "Bash",
    "description": "Runs a command.",
    "input_schema": {
        "type": "object",
        "properties": {
            "command": {"type": "string"},
            "description": {"type": "string"},
            "timeout": {"type": "integer"},
        },
        "required": ["command"],
        "additionalProperties": False,
    },
}
READ = {
    "name": "Read",
    "description": "Reads a file.",
    "input_schema": {
        "type": "object",
        "properties": {"file_path": {"type": "string"}},
        "required": ["file_path"],
        "additionalProperties": False,
    },
}
PING = {"name": "Ping", "description": "Takes nothing.", "input_schema": {"type": "object", "properties": {}}}
TOOLS = [BASH, READ, PING]
_MARK = re.compile(rb"conformance-([a-z0-9-]+)\.")


@dataclass(frozen=True, slots=True)
class Arm:
    """How a client reaches one of a gateway's models: the name it sends, and headers beside the usual."""

    model: str
    headers: Mapping[str, str] = field(default_factory=dict)
    base_url: str = ""
    """Where it differs from the gateway's."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """The gateway under test.

    Its `chat` model is served by the scripted chat upstream; its `claude` model, where it has one, by the scripted
    Anthropic upstream; `o_series` by a chat model that refuses `max_tokens`.
    """

    base_url: str
    key: str
    chat: Arm
    claude: Arm | None = None
    o_series: Arm | None = None
    upstream_timeout: float = 25.0
    """Seconds of silence after which it was told to give an upstream up."""


def named(answer: Answer, model: str) -> Answer:
    """The answer of a Messages upstream with the model that was asked for, as the API has it."""
    old, new = json.dumps(MODEL).encode(), json.dumps(model).encode()
    pieces = (piece.replace(old, new) if isinstance(piece, bytes) else piece for piece in answer.pieces)
    return replace(answer, pieces=tuple(pieces))


def counted(answer: Answer, request: Recorded) -> Answer:
    """The answer of a chat upstream with the prompt's true count where it has the usual one.

    A gateway may learn from what an upstream counts: one that makes up its counts would spoil what it learns.
    """
    true_count = str(prompt_tokens(request)).encode()
    old = b'"prompt_tokens": %d,' % USUAL.prompt
    pieces = (
        piece.replace(old, b'"prompt_tokens": %s,' % true_count) if isinstance(piece, bytes) else piece
        for piece in answer.pieces
    )
    return replace(answer, pieces=tuple(pieces))


def prompt_tokens(request: Recorded) -> int:
    """o200k tokens of a chat request's texts and tools, with a few for each message; of a huge one about so many."""
    if len(request.body) > 400_000:
        return len(request.body) // 4
    asked = request.json
    texts = [words_of(message) for message in asked.get("messages", [])]
    made = [call for each in asked.get("messages", []) for call in each.get("tool_calls") or []]
    calls = [call["function"]["arguments"] for call in made]
    tools = [json.dumps(tool) for tool in asked.get("tools", [])]
    return sum(OpenAICounter("o200k_base").count([*texts, *calls, *tools])) + 4 * len(texts) + 3


def words_of(message: Mapping[str, Any]) -> str:
    """The text of a chat message."""
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def refusal(request: Recorded) -> Answer | None:
    """What a strict upstream says against this request."""
    if request.protocol == "chat" and (why := refuse_chat(request.body)):
        return chat_error(400, why)
    if request.protocol == "messages" and (why := refuse_messages(request.body, request.header("anthropic-beta"))):
        return messages_error(400, "invalid_request_error", why)
    return None


class Theatre:
    """The upstream that all stages share."""

    def __init__(self) -> None:
        self.stages: dict[str, Stage] = {}
        self._lock = threading.Lock()

    def answer(self, request: Recorded) -> Answer:
        """The script of the upstream: each request goes to the stage whose mark it carries."""
        found = _MARK.findall(request.body)
        stage = self.stages.get(found[-1].decode()) if found else None
        if stage is None:
            return refusal(request) or reply(request)
        with self._lock:
            return stage.answer(request)


class Stage:
    """What a scenario works with. Its connections are its own: what one scenario does to them harms no other."""

    def __init__(self, name: str, gateway: Gateway, theatre: Theatre) -> None:
        self.name = name
        self.gateway = gateway
        self.received: list[Recorded] = []
        self.refused: list[str] = []
        self.strict = True
        self._client = httpx2.Client(trust_env=False, verify=False)
        self._scripts: dict[str, Script] = {}
        self._steps: dict[str, int] = {}
        theatre.stages[name] = self

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    # The upstream's side

    def chat(self, *script: Answer | Callable[[Recorded], Answer]) -> None:
        """What the chat upstream answers: one after the other, the last one repeated, or a function."""
        self._script("chat", script)

    def claude(self, *script: Answer | Callable[[Recorded], Answer]) -> None:
        """The same for the Anthropic upstream."""
        self._script("messages", script)

    def _script(self, protocol: str, script: Sequence[Any]) -> None:
        self._scripts[protocol] = script[0] if len(script) == 1 else script
        self._steps[protocol] = 0

    def answer(self, request: Recorded) -> Answer:
        """What this scenario's upstream says to a request."""
        self.received.append(request)
        if self.strict and (refused := refusal(request)) is not None:
            self.refused.append(json.loads(refused.body)["error"]["message"])
            return refused
        answer = self._scripted(request)
        if request.protocol == "chat":
            return counted(answer, request)
        return named(answer, str(request.json.get("model")))

    def _scripted(self, request: Recorded) -> Answer:
        script = self._scripts.get(request.protocol)
        if script is None:
            return reply(request, FALLBACK)
        if isinstance(script, Answer):
            return script
        if callable(script):
            return script(request)
        step = self._steps[request.protocol]
        self._steps[request.protocol] = step + 1
        return script[min(step, len(script) - 1)]

    def got(self, protocol: Literal["chat", "messages"] = "chat") -> Recorded:
        """The last request that arrived at that upstream. Fails where none did."""
        found = [request for request in self.received if request.protocol == protocol]
        if not found:
            raise Failed(f"no request arrived at the {protocol} upstream")
        return found[-1]

    # The client's side

    def words(self, text: str = "Do it.") -> str:
        """User's words that carry the mark of this scenario."""
        return f"{text} (conformance-{self.name}.)"

    def user(self, *blocks: Mapping[str, Any], text: str = "Do it.") -> dict[str, Any]:
        """A user's message: these blocks, then the marked words."""
        return {"role": "user", "content": [*blocks, {"type": "text", "text": self.words(text)}]}

    def body(self, arm: Arm, **fields: Any) -> dict[str, Any]:
        """A request. Fields that are None are left out."""
        asked = {"model": arm.model, "max_tokens": 4096, "messages": [self.user()], "stream": True, **fields}
        return {name: value for name, value in asked.items() if value is not None}

    def ask(self, *, within: float = 30, headers: Mapping[str, str] | None = None, **fields: Any) -> Reply:
        """Ask the translated model."""
        return self.post(self.gateway.chat, self.body(self.gateway.chat, **fields), within=within, headers=headers)

    def ask_claude(self, *, within: float = 30, headers: Mapping[str, str] | None = None, **fields: Any) -> Reply:
        """Ask the model behind the Anthropic upstream."""
        arm = self.claude_arm()
        return self.post(arm, self.body(arm, **fields), within=within, headers=headers)

    def claude_arm(self) -> Arm:
        """The gateway's way to an Anthropic upstream."""
        if self.gateway.claude is None:
            raise NotApplicable("it has no Anthropic upstream")
        return self.gateway.claude

    def post(
        self, arm: Arm, body: Mapping[str, Any] | bytes, *, within: float = 30, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Post a body to `/v1/messages`, as Claude Code does it."""
        return self.send("POST", "/v1/messages?beta=true", arm, body, within=within, headers=headers)

    def send(
        self,
        method: str,
        path: str,
        arm: Arm,
        body: Mapping[str, Any] | bytes | None = None,
        *,
        within: float = 30,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send anything, with the gateway's key. A header whose value is empty is left out."""
        raw = json.dumps(body).encode() if isinstance(body, Mapping) else body
        full = {**VERSION, "x-api-key": self.gateway.key, **arm.headers, **(headers or {})}
        kept = {name: value for name, value in full.items() if value}
        base = arm.base_url or self.gateway.base_url
        return send(self._client, method, base + path, headers=kept, body=raw, within=within)

    def message(self, answer: Reply) -> dict[str, Any]:
        """The legal message of an answer; a failure also says what the strict upstream refused."""
        try:
            return answer.message()
        except Failed as failure:
            if self.refused:
                raise Failed(f"the upstream refused the request: {self.refused[0]}") from failure
            raise
