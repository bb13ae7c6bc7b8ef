"""OpenAI's fine-tuning files: chat lines with `weight` and `tools`, and preference pairs. Pure.

Limits are the API's own (its reference, "Fine-tuning" and "Function calling"): names of at most 64 letters, digits,
`_` and `-`; at most 128 tools; a pair prefers one message of the assistant's over another. Texts are JSON strings,
which the service reads as text: a special token in one is no special token.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hive_integration.dataset.example import Declared, Example
from hive_integration.dataset.export.form import Line, Options, parted
from hive_integration.dataset.openai_format import to_chat
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Message, calls_of

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_TOOLS = 128


class OpenAIForm:
    """Chat lines and pairs."""

    def __init__(self, options: Options) -> None:
        self.changes: Counter[str] = Counter()

    def lines(self, example: Example, tools: Sequence[Declared]) -> Sequence[Line]:
        """One line an example."""
        _check(example.messages, tools)
        return [to_chat(example.messages, tools)]

    def pairs(self, example: Example, tools: Sequence[Declared]) -> Sequence[Line]:
        """The input and the two messages that follow it."""
        if not example.rejected:
            return []
        ways = parted(example)
        chosen, rejected = ways.chosen[:1], ways.rejected[:1]
        if [m.role for m in (*chosen, *rejected)] != ["assistant", "assistant"]:
            raise HiveError("its two ways do not part at the assistant's words")
        _check([*ways.before, *chosen, *rejected], tools)
        return [{
            "input": to_chat(ways.before, tools),
            "preferred_output": to_chat(chosen)["messages"],
            "non_preferred_output": to_chat(rejected)["messages"],
        }]  # fmt: skip

    def about(self) -> Mapping[str, Any]:
        """Nothing to say."""
        return {}

    def beside(self, names: Sequence[str]) -> Mapping[str, str]:
        """Nothing beside."""
        return {}


def _check(messages: Sequence[Message], tools: Sequence[Declared]) -> None:
    if len(tools) > _MOST_TOOLS:
        raise HiveError(f"declares too many tools: {len(tools)}, at most {_MOST_TOOLS}", hint="--tools used")
    for name in (*(call.name for call in calls_of(messages)), *(tool.name for tool in tools)):
        if not _NAME.fullmatch(name):
            raise HiveError(f"has a tool's name that the API does not take: {name[:80]}")
