"""TRL's conversational data sets: arguments as objects, which templates want, and columns that stay so. Pure.

A columnar reader gives every row the keys of all rows, with null for what a row has not; such nulls end in prompts
(trl #5118, ms-swift #10125). So the card beside the files says that messages are JSON, which `datasets` 4.7 and later
keep as they are, and `tools` is one JSON text, which TRL reads. It says, too, that the JSON is not to be decoded: the
reader of `datasets` 5.2.0 makes 0.30000000000000004 of 0.3, and Python's own does not (docs/how-to/export.md). TRL
renders these rows through a chat template, so a text that holds a template's mark is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hive_integration.dataset.example import Declared, Example
from hive_integration.dataset.export.form import Line, Options, parted
from hive_integration.dataset.export.manner import texts_of
from hive_integration.dataset.openai_format import declaration, text_of
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Message

_MARKS = re.compile(
    r"<[|｜][^<>|｜\s]{1,48}[|｜]>|</?(?:s|bos|eos|tool_call|tool_response|think|start_of_turn|end_of_turn)>"
    r"|\[/?(?:INST|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS|SYSTEM_PROMPT)\]"
)
"""Marks of the templates that TRL knows: which one will render, is not known here."""


class TRLForm:
    """A row a conversation, or one for each message that is learned (`prompt`): then its mask needs no template."""

    def __init__(self, options: Options) -> None:
        self.changes: Counter[str] = Counter()
        self._steps = options.shape == "prompt"

    def lines(self, example: Example, tools: Sequence[Declared]) -> Sequence[Line]:
        """The example's rows."""
        _check(example.messages)
        if not self._steps:
            return [self._row({"messages": example.messages}, tools)]
        return [
            self._row({"prompt": example.messages[:i], "completion": [message]}, tools)
            for i, message in enumerate(example.messages)
            if message.role == "assistant" and message.learn
        ]

    def pairs(self, example: Example, tools: Sequence[Declared]) -> Sequence[Line]:
        """`prompt`, `chosen` and `rejected`, whole ways."""
        if not example.rejected:
            return []
        _check((*example.messages, *example.rejected))
        ways = parted(example)
        return [self._row({"prompt": ways.before, "chosen": ways.chosen, "rejected": ways.rejected}, tools)]

    def about(self) -> Mapping[str, Any]:
        """Which rows."""
        return {"shape": "prompt" if self._steps else "messages"}

    def beside(self, names: Sequence[str]) -> Mapping[str, str]:
        """The data set's card, by which `load_dataset(FOLDER)` knows the columns' types."""
        columns = ("prompt", "completion") if self._steps else ("messages",)
        return {"README.md": _card(names, columns)}

    def _row(self, parts: Mapping[str, Sequence[Message]], tools: Sequence[Declared]) -> Line:
        names = {c.id: c.name for messages in parts.values() for m in messages for c in m.calls}
        row: dict[str, Any] = {key: [_message(m, names) for m in messages] for key, messages in parts.items()}
        if tools:
            row["tools"] = text_of([declaration(tool) for tool in tools])
        return row


def _message(message: Message, names: Mapping[str, str]) -> Mapping[str, Any]:
    made: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.calls:
        made["tool_calls"] = [
            {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
            for c in message.calls
        ]
    if message.role == "tool":
        made |= {"tool_call_id": message.answers, "name": names.get(message.answers, "")}
    return made


def _check(messages: Sequence[Message]) -> None:
    for i, message in enumerate(messages):
        if found := next((mark for text in texts_of(message) for mark in _MARKS.finditer(text)), None):
            raise HiveError(f"holds a mark of chat templates: {found[0]}, message {i + 1}")


def _card(names: Sequence[str], columns: Sequence[str]) -> str:
    configs = {
        "default": [name for name in names if name in {"train.jsonl", "eval.jsonl"}],
        "preferences": [name for name in names if name.startswith("preferences.")],
    }
    of = {"default": columns, "preferences": ("prompt", "chosen", "rejected")}
    said = ["---", "configs:"]
    for config, files in configs.items():
        if files:
            said += [f"- config_name: {config}", "  data_files:"]
            for name in files:
                said += [f"  - split: {'test' if 'eval' in name else 'train'}", f"    path: {name}"]
    said.append("dataset_info:")
    for config, files in configs.items():
        if files:
            said += [f"- config_name: {config}", "  features:"]
            for column in of[config]:
                said += [f"  - name: {column}", "    list:", "      json:", "        decode: false"]
            said += ["  - name: tools", "    dtype: string"]
    return "\n".join([*said, "---", "", "Made by `hive-ctx dataset export`; `manifest.json` says from what.", ""])
