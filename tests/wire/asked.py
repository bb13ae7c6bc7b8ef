"""Small Messages requests, and what becomes of them."""

from __future__ import annotations

import json
from typing import Any

from hive_integration.wire.chat.request import ChatOptions, render_chat
from hive_integration.wire.messages import MessagesRequest, decode_messages
from hive_integration.wire.messages_out import render_messages


def text(words: str, **more: Any) -> dict[str, Any]:
    """A text block."""
    return {"type": "text", "text": words, **more}


def call(id: str, name: str = "Bash", **input: Any) -> dict[str, Any]:
    """A tool_use block."""
    return {"type": "tool_use", "id": id, "name": name, "input": input}


def result(id: str, content: Any = "out", **more: Any) -> dict[str, Any]:
    """A tool_result block."""
    return {"type": "tool_result", "tool_use_id": id, "content": content, **more}


def user(*content: Any) -> dict[str, Any]:
    """A user's message: one string, or blocks."""
    return {"role": "user", "content": content[0] if content and isinstance(content[0], str) else list(content)}


def assistant(*content: Any) -> dict[str, Any]:
    """A model's message."""
    return {**user(*content), "role": "assistant"}


def tool(name: str, description: str = "Does it.", **more: Any) -> dict[str, Any]:
    """A tool declaration with one parameter."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "description": "What."}}, "required": ["a"]}
    return {"name": name, "description": description, "input_schema": schema, **more}


PNG = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
SHOWN = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
"""The same image in a chat message."""


def asked(*messages: Any, **fields: Any) -> MessagesRequest:
    """A decoded request."""
    body = {"model": "claude-x", "max_tokens": 1000, **fields, "messages": list(messages)}
    return decode_messages(json.dumps(body).encode())


def chat(request: MessagesRequest, **options: Any) -> dict[str, Any]:
    """The chat body of a request."""
    body = json.loads(render_chat(request, ChatOptions(**{"model": "m", **options})))
    assert isinstance(body, dict)
    return body


def said(*messages: Any, **fields: Any) -> list[Any]:
    """The chat messages of a conversation."""
    found = chat(asked(*messages, **fields))["messages"]
    assert isinstance(found, list)
    return found


def passed(request: MessagesRequest, **options: Any) -> dict[str, Any]:
    """The Messages body that a fine-tuned model gets."""
    body = json.loads(render_messages(request, ChatOptions(**{"model": "m", "stream": False, **options})))
    assert isinstance(body, dict)
    return body
