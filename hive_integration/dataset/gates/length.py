"""Does it fit into a trainer's window? Counted only where it may not.

A token is at least one byte of UTF-8, so what has fewer bytes than the limit has room whatever the tokenizer. Beyond
that o200k counts, with three tokens for a message's frame and three for the answer's (OpenAI's cookbook, "How to count
tokens with tiktoken"). The tokenizer reads its ranks from the package once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example
from hive_integration.dataset.gates.limits import Limits
from hive_integration.dataset.openai_format import text_of
from hive_integration.tokens import Counter
from hive_integration.units.dialogue import Message

_FRAME = 3


def check(example: Example, book: Book, limits: Limits) -> str:
    """As the gates' table has it."""
    for messages in (example.messages, example.rejected):
        texts = _texts(messages)
        frames = _FRAME * (len(messages) + 1)
        if frames + sum(len(text.encode()) for text in texts) > limits.tokens:
            tokens = frames + sum(_counter().count(texts))
            if tokens > limits.tokens:
                return f"is too long: {tokens} tokens, at most {limits.tokens}"
    return ""


def _texts(messages: Sequence[Message]) -> list[str]:
    calls = [f"{call.name}{text_of(call.arguments)}" for message in messages for call in message.calls]
    return [message.role + message.text for message in messages] + calls


@cache
def _counter() -> Counter:
    from hive_integration.tokens.openai import OpenAICounter

    return OpenAICounter("o200k_base")
