"""Text of a chat template read back into messages: a small parser for each family, of its own and not the export's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schemas = Mapping[str, Mapping[str, Any]]
"""A tool's schema by its name: some families write arguments without their types."""


@dataclass(frozen=True)
class Read:
    """One message of the text. `start` to `end` is what the assistant says, with the mark that ends its turn."""

    role: str
    text: str
    calls: tuple[tuple[str, Any], ...] = ()
    start: int = 0
    end: int = 0


Parser = Callable[[str, Schemas], Iterator[Read]]


def chatml_json(text: str, schemas: Schemas) -> Iterator[Read]:
    """Hermes' way, and Qwen2.5's and Qwen3's: `<tool_call>` around one JSON object."""
    return _chatml(text, _hermes)


def chatml_xml(text: str, schemas: Schemas) -> Iterator[Read]:
    """Qwen3.5's way: `<function=…>` and `<parameter=…>`, values without their types."""
    return _chatml(text, lambda body: _functions(body, schemas))


_Body = Callable[[str], tuple[str, tuple[tuple[str, Any], ...]]]


def _chatml(text: str, body: _Body) -> Iterator[Read]:
    for match in re.finditer(r"<\|im_start\|>(\w+)\n(.*?)<\|im_end\|>\n", text, re.DOTALL):
        role, said = match[1], match[2]
        if role == "user" and said.startswith("<tool_response>\n"):
            for each in re.finditer(r"<tool_response>\n(.*?)\n</tool_response>", said, re.DOTALL):
                yield Read("tool", each[1])
        elif role == "assistant":
            thought = re.match(r"(?:<think>\n\n</think>\n\n)?", said)
            assert thought is not None
            words, calls = body(said[thought.end() :])
            yield Read(role, words, calls, match.start(2) + thought.end(), match.end())
        else:
            yield Read(role, said)


def _hermes(said: str) -> tuple[str, tuple[tuple[str, Any], ...]]:
    found = [json.loads(each) for each in re.findall(r"<tool_call>\n(.*?)\n</tool_call>", said, re.DOTALL)]
    return said.partition("<tool_call>")[0].strip(), tuple((each["name"], each["arguments"]) for each in found)


def _functions(said: str, schemas: Schemas) -> tuple[str, tuple[tuple[str, Any], ...]]:
    calls = []
    for name, inner in re.findall(r"<function=([^>]+)>\n(.*?)</function>", said, re.DOTALL):
        pairs = re.findall(r"<parameter=([^>]+)>\n(.*?)\n</parameter>\n", inner, re.DOTALL)
        calls.append((name, {key: _typed(value, schemas[name], key) for key, value in pairs}))
    return said.partition("<tool_call>")[0].strip(), tuple(calls)


def _typed(value: str, schema: Mapping[str, Any], key: str) -> Any:
    kind = schema["properties"][key]["type"]
    return value if kind == "string" else json.loads(value.lower() if kind == "boolean" else value)


def llama(text: str, schemas: Schemas) -> Iterator[Read]:
    """Llama 3.1's and 3.2's: one bare JSON object with `parameters`; results are JSON texts."""
    for match in re.finditer(r"<\|start_header_id\|>(\w+)<\|end_header_id\|>\n\n(.*?)<\|eot_id\|>", text, re.DOTALL):
        role, said = match[1], match[2]
        if role == "ipython":
            yield Read("tool", json.loads(said))
        elif role == "system":
            yield Read(role, re.sub(r"\A(?:Environment: ipython\n)?Cutting.*\nToday.*\n\n", "", said))
        elif role == "assistant":
            called = re.fullmatch(r'\{"name": "([^"]+)", "parameters": (\{.*\})\}', said, re.DOTALL)
            calls = ((called[1], json.loads(called[2])),) if called else ()
            yield Read(role, "" if called else said, calls, match.start(2), match.end())
        else:
            yield Read(role, said)


def mistral(text: str, schemas: Schemas) -> Iterator[Read]:
    """Mistral's version 3, of either tokenizer: brackets, results as they are, calls as one JSON list with ids."""
    pattern = (
        r"\A<s>|\[AVAILABLE_TOOLS\].*?\[/AVAILABLE_TOOLS\]|\[INST\] ?(?P<user>.*?)\[/INST\]"
        r"|\[TOOL_RESULTS\] ?\{\"content\": (?P<tool>.*?), \"call_id\": \"\w{9}\"\}"
        r"\[/TOOL_RESULTS\]|\[TOOL_CALLS\] ?(?P<calls>\[.*?\])</s>|(?P<said>(?!<s>)[^\[].*?)</s>"
    )
    for match in re.finditer(pattern, text, re.DOTALL):
        if match[0] == "<s>" or match[0].startswith("[AVAILABLE"):
            continue
        if match["calls"] is not None:
            calls = tuple((each["name"], each["arguments"]) for each in json.loads(match["calls"]))
            yield Read("assistant", "", calls, match.start(), match.end())
        elif match["said"] is not None:
            yield Read("assistant", match["said"].strip(), (), match.start(), match.end())
        else:
            yield Read("user", match["user"]) if match["user"] is not None else Read("tool", match["tool"])


def deepseek(text: str, schemas: Schemas) -> Iterator[Read]:
    """DeepSeek-V3's: arguments as a JSON text in a code block."""
    bar = "｜"
    pattern = (
        rf"(?:\A(?:<s>)?(?P<system>[^<]+?)(?=<{bar}User))|<{bar}User{bar}>(?P<user>.*?)(?=<{bar}Assistant{bar}>|\Z)"
        rf"|<{bar}tool▁output▁begin{bar}>(?P<tool>.*?)<{bar}tool▁output▁end{bar}>"
        rf"|(?:<{bar}Assistant{bar}>|<{bar}tool▁outputs▁end{bar}>)(?P<said>.*?<{bar}end▁of▁sentence{bar}>)"
    )
    for match in re.finditer(pattern, text, re.DOTALL):
        if match["said"] is None:
            role = next(key for key in ("system", "user", "tool") if match[key] is not None)
            yield Read(role, match[role])
            continue
        found = re.findall(rf"<{bar}tool▁sep{bar}>(.*?)\n```json\n(.*?)\n```<", match["said"], re.DOTALL)
        calls = tuple((name, json.loads(given)) for name, given in found)
        yield Read("assistant", match["said"].partition(f"<{bar}")[0], calls, match.start("said"), match.end("said"))


def glm(text: str, schemas: Schemas) -> Iterator[Read]:
    """GLM-4's: keys and values in tags, values without their types; a turn ends where the next one begins."""
    pattern = r"<\|(system|user|assistant|observation)\|>\n(.*?)(?=<\|(?:user|assistant|observation)\|>|\Z)"
    for match in re.finditer(pattern, text, re.DOTALL):
        role, said = match[1], match[2]
        if role == "observation":
            for each in re.finditer(r"<tool_response>\n(.*?)\n</tool_response>", said, re.DOTALL):
                yield Read("tool", each[1])
            continue
        if role != "assistant":
            yield Read(role, said)
            continue
        thought = re.match(r"<think></think>\n?", said)
        assert thought is not None
        calls = []
        for name, inner in re.findall(r"<tool_call>([^\n]+)\n(.*?)</tool_call>", said, re.DOTALL):
            pairs = re.findall(r"<arg_key>(.*?)</arg_key>\n<arg_value>(.*?)</arg_value>", inner, re.DOTALL)
            calls.append((name, {key: _typed(value, schemas[name], key) for key, value in pairs}))
        words = said[thought.end() :].partition("<tool_call>")[0].strip()
        yield Read(role, words, tuple(calls), match.start(2) + thought.end(), match.end())


def harmony(text: str, schemas: Schemas) -> Iterator[Read]:
    """gpt-oss': a channel for each kind of words; the system prompt is the developer's."""
    pattern = r"<\|start\|>(.*?)<\|message\|>(.*?)(<\|end\|>|<\|call\|>|<\|return\|>)"
    for match in re.finditer(pattern, text, re.DOTALL):
        who, said = match[1], match[2]
        if who == "developer":
            yield Read("system", said.removeprefix("# Instructions\n\n").removesuffix("\n\n"))
        elif who.startswith("functions."):
            yield Read("tool", json.loads(said))
        elif who.startswith("assistant to="):
            name = re.match(r"assistant to=functions\.(.+?)<", who)
            assert name is not None
            yield Read("assistant", "", ((name[1], json.loads(said)),), match.start(2), match.end())
        elif who.startswith("assistant"):
            yield Read("assistant", said, (), match.start(2), match.end())
        elif who == "user":
            yield Read("user", said)
