"""One long conversation that changes its model all the time, against upstreams that refuse what the real ones refuse.

The client keeps the history as Claude Code does: the content of each answer as it came. What a model says follows from
the user's words (`turn-7 calls=1-2;`: a step with one call, one with two, then words), so both can play every part.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from hive_integration import tasks
from hive_integration.providers.fake import (
    Answer,
    Call,
    Recorded,
    Upstream,
    blocks_stream,
    chat_stream,
    redacted,
    running,
    thinking_block,
)
from tests.soak.client import BASH, HEADERS, ask, session
from tests.soak.stage import Place, Process, gateway

ADAPTIVE = {"type": "adaptive"}
ENABLED = {"type": "enabled", "budget_tokens": 2048}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
READ = {**BASH, "name": "Read", "description": "Reads."}
STEPS: Sequence[Sequence[int]] = ((), (1,), (2,), (1, 2), (), (1,))
"""Calls of each step, by the turn's number."""
INSIDE = (1, 0, 0, 1, 0)
"""Whether the tuned model is asked, step by step; each turn begins at another place."""
_TURN = re.compile(r"turn-(\d+) calls=([\d-]*);")
BETAS = {"anthropic-beta": "context-management-2025-06-27"}
CLEAR = {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]}
Block = dict[str, Any]


# The models.


def play(request: Recorded) -> Answer:
    """What either model says to a request."""
    body = request.json
    turn, results = _where(body["messages"])
    number, steps = int(turn[1]), [int(n) for n in turn[2].split("-") if n]
    step = next(i for i in range(len(steps) + 1) if sum(steps[:i]) >= results)
    count = steps[step] if step < len(steps) else 0
    chat = request.protocol == "chat"
    who = "tuned" if chat else "claude"
    said = f"turn {number}, step {step}, {who}: ünïcode 🐝"
    commands = [{"command": f"echo {who} {number} {step} {n}"} for n in range(count)]
    if chat:  # as many servers do: the same ids in every answer
        calls = [Call("Bash", command, f"call_{n}", 7) for n, command in enumerate(commands)]
        return chat_stream([said[:9], said[9:]], calls, reasoning=f"tuned thinks of {number}.{step}")
    blocks: list[Block] = []
    if body.get("thinking", {}).get("type") in {"enabled", "adaptive"}:
        blocks.append(thinking_block(f"claude thinks\n“of” {number}.{step}/{chr(0xE9)}"))
        blocks += [redacted()] if number % 3 == 0 else []
    blocks.append({"type": "text", "text": said})
    for n, command in enumerate(commands):
        blocks.append({"type": "tool_use", "id": f"toolu_{number}_{step}_{n}", "name": "Bash", "input": command})
    return blocks_stream(blocks)


def _where(messages: Sequence[Mapping[str, Any]]) -> tuple[re.Match[str], int]:
    """The words of the turn under way, and how many results have come since."""
    turn, results = None, 0
    for message in messages:
        content = message.get("content")
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else content or ():
            found = _TURN.search(block.get("text") or "") if message["role"] == "user" else None
            if found:
                turn, results = found, 0
            results += block.get("type") == "tool_result"
        results += message["role"] == "tool"
    assert turn is not None
    return turn, results


# The client.


@dataclass
class Talk:
    """A conversation of `turns` turns. `inside`: the model changes while tools are being used, too."""

    thinking: Mapping[str, Any]
    inside: bool = False
    files: int = 0
    """So many turns change the model by saving hive.toml, the others by the header."""
    history: list[dict[str, Any]] = field(default_factory=list)
    received: list[tuple[str, Block]] = field(default_factory=list)
    """(profile, block) of all that came."""
    faults: list[str] = field(default_factory=list)
    requests: int = 0
    changes: int = 0
    profile: str = ""

    def __str__(self) -> str:
        return (
            f"{self.changes} changes of profile in {self.requests} requests, thinking {self.thinking['type']}"
            f"{', also inside of tool loops' if self.inside else ''}: {len(self.received)} blocks, "
            f"{len(self.faults)} faults"
        )

    async def run(self, gate: Process, place: Place, turns: int) -> None:
        """Have it."""
        async with session() as client:
            for number in range(turns):
                self._say(number)
                await self._turn(client, gate, place, number)

    def _say(self, number: int) -> None:
        steps = (1, 1, 2, 1) if self.inside else STEPS[number % len(STEPS)]
        words = f"turn-{number} calls={'-'.join(map(str, steps))};"
        content: list[Block] = [IMAGE] if number % 6 == 4 else []
        self.history.append({"role": "user", "content": [*content, {"type": "text", "text": words}]})
        if number % 6 == 5:
            late = {"type": "text", "text": f"<system-reminder>\nmode {number}\n</system-reminder>"}
            self.history.append({"role": "system", "content": [late]})

    async def _turn(self, client: aiohttp.ClientSession, gate: Process, place: Place, number: int) -> None:
        for step in range(10):
            tuned = INSIDE[(number + step) % len(INSIDE)] if self.inside else number % 2
            profile = ("full", "finetuned")[tuned]
            headers = {**BETAS, "x-hive-use-finetuned": str(int(profile == "finetuned"))}
            if number < self.files:
                del headers["x-hive-use-finetuned"]
                await _switched(client, gate, place, profile)
            content = await self._ask(client, gate, profile, headers)
            calls = [block for block in content if block["type"] == "tool_use"]
            if not calls:
                return
            self.history.append({"role": "user", "content": [_result(call, i) for i, call in enumerate(calls)]})

    async def _ask(
        self, client: aiohttp.ClientSession, gate: Process, profile: str, headers: Mapping[str, str]
    ) -> list[Block]:
        self.requests += 1
        self.changes += profile != self.profile
        self.profile = profile
        body = {
            "model": "claude-x", "max_tokens": 8192, "stream": True, "thinking": self.thinking, "tools": [BASH, READ],
            "system": [{"type": "text", "text": "The long prompt.", "cache_control": {"type": "ephemeral"}}],
            "context_management": CLEAR, "metadata": {"user_id": "u" * 80}, "messages": self.history,
        }  # fmt: skip
        got = await ask(client, f"{gate.url}/v1/messages?beta=true", compact(body), headers=headers)
        message = got.message()
        told = (got.headers["x-hive-profile"], got.headers.get("x-hive-fallback"), message.error)
        if told != (profile, None, None):
            self.faults.append(f"request {self.requests}: asked for {profile}, got {told}")
        content = [{name: value for name, value in block.items() if name != "json"} for block in message.blocks]
        self.received += [(profile, block) for block in content]
        self.history.append({"role": "assistant", "content": content})
        return content


def compact(value: object) -> bytes:
    """JSON as the client writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _result(call: Block, place: int) -> Block:
    text = {"type": "text", "text": f"result of {call['input']['command']}"}
    more: Block = {"is_error": True} if place == 1 else {}
    content = [text, IMAGE] if call["input"]["command"].endswith("7 0 0") else [text]
    return {"type": "tool_result", "tool_use_id": call["id"], "content": content, **more}


async def _switched(client: aiohttp.ClientSession, gate: Process, place: Place, profile: str) -> None:
    place.switch(default=profile)
    async with asyncio.timeout(10):
        while True:
            async with client.get(f"{gate.url}/hive/status", headers=HEADERS) as answer:
                if (await answer.json())["profile"]["effective"] == profile:
                    return
            await asyncio.sleep(0.02)


def run(folder: Path, talk: Talk, turns: int) -> Upstream:
    """Have a conversation; the upstream that was asked."""
    place = Place(folder)
    with running(play, strict=True) as upstream:
        place.tuned(upstream.base_url)
        place.claude(upstream.base_url)
        place.switch()
        with gateway(place) as gate:
            tasks.run(talk.run(gate, place, turns))
    assert place.bugs() == []
    return upstream


# What must hold at its end.


def lost(talk: Talk, upstream: Upstream) -> Iterator[str]:
    """What either model did not see, at its last request, of all that was said before."""
    mine = [block for turn in talk.history for block in turn["content"]]
    yield from (f"no longer in the history: {block}" for _, block in talk.received if block not in mine)
    claude = _last(upstream, "messages")
    before = talk.history[: len(claude.json["messages"])]
    wanted = [{**turn, "content": [block for block in turn["content"] if not _foreign(block)]} for turn in before]
    for n, (ours, theirs) in enumerate(zip(wanted, claude.json["messages"], strict=True)):
        if ours != theirs:
            yield f"Claude got message {n} as {theirs}, not {ours}"
    for turn in before:
        for block in turn["content"]:
            own = block["type"] in {"thinking", "redacted_thinking"} and not _foreign(block)
            if own and compact(block) not in claude.body:
                yield f"Claude's own thinking did not come back byte for byte: {block}"
    yield from _lost_in_chat(talk, _last(upstream, "chat"))


def _foreign(block: Block) -> bool:
    return block["type"] == "thinking" and "tuned thinks" in block["thinking"]


def _last(upstream: Upstream, protocol: str) -> Recorded:
    return [request for request in upstream.requests if request.protocol == protocol][-1]


def _lost_in_chat(talk: Talk, request: Recorded) -> Iterator[str]:
    """Texts, calls, results and images in the order of the conversation, as the chat model saw them."""
    body, at, count = json.dumps(request.json, ensure_ascii=False), 0, 0
    answered = len([1 for message in request.json["messages"] if message["role"] == "assistant"])
    for turn in talk.history:
        count += turn["role"] == "assistant"
        if count > answered:
            return
        for block in turn["content"]:
            for part in _parts(block):
                text = json.dumps(part, ensure_ascii=False)[1:-1]
                found = body.find(text, at)
                if found < 0:
                    yield f"the chat model did not get {part[:100]!r}, or not in its place"
                else:
                    at = found


def _parts(block: Block) -> Iterator[str]:
    if block["type"] == "text":
        yield block["text"]
    elif block["type"] == "tool_use":
        yield block["input"]["command"]
    elif block["type"] == "tool_result":
        yield block["content"][0]["text"]
    elif block["type"] == "image":
        yield block["source"]["data"]


def unstable(upstream: Upstream) -> Iterator[str]:
    """Requests to the chat model whose beginning is not the request before: its prompt cache would not hold."""
    before: list[Any] = []
    for n, request in enumerate(each for each in upstream.requests if each.protocol == "chat"):
        messages = request.json["messages"]
        if messages[: len(before)] != before:
            yield f"chat request {n} does not begin as the one before it"
        before = messages
