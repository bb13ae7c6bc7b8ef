"""A scripted upstream on loopback, for everybody's tests: OpenAI's chat and Anthropic's Messages API, strict if asked.

with running(lambda request: reply(request, text="hi"), strict=True) as upstream:
    ...  # send requests to upstream.base_url
assert upstream.requests[0].json["model"] == "…"
"""

from __future__ import annotations

from collections.abc import Sequence

from hive_integration.providers.fake.chat import (
    DONE,
    USUAL,
    Call,
    Counts,
    call_chunks,
    chat_body,
    chat_error,
    chat_stream,
    chunk,
)
from hive_integration.providers.fake.messages import (
    blocks_stream,
    messages_body,
    messages_error,
    messages_stream,
    redacted,
    sign,
    thinking_block,
)
from hive_integration.providers.fake.script import (
    DROPPED,
    SILENT,
    STREAM,
    Answer,
    Recorded,
    Script,
    stream,
    whole,
)
from hive_integration.providers.fake.server import Upstream, running
from hive_integration.providers.fake.strict_chat import refuse_chat
from hive_integration.providers.fake.strict_messages import refuse_messages


def reply(request: Recorded, text: str = "ok", calls: Sequence[Call] = (), counts: Counts = USUAL) -> Answer:
    """The same answer in the protocol that was asked, streamed where a stream was asked."""
    streamed = request.json.get("stream") is True
    if request.protocol == "chat":
        return (chat_stream if streamed else chat_body)(text, calls, counts)
    return (messages_stream if streamed else messages_body)(text, calls, counts)


__all__ = [
    "DONE", "DROPPED", "SILENT", "STREAM", "USUAL", "Answer", "Call", "Counts", "Recorded", "Script", "Upstream",
    "blocks_stream", "call_chunks", "chat_body", "chat_error", "chat_stream", "chunk", "messages_body",
    "messages_error", "messages_stream", "redacted", "refuse_chat", "refuse_messages", "reply", "running", "sign",
    "stream", "thinking_block", "whole",
]  # fmt: skip
