"""An independent count of a Messages API body: plain tiktoken, plain ctok, nothing of hive-ctx but the shipped ranks.

A text's tokens are counted alone; a tool's are those of its JSON. Tools marked `defer_loading` cost nothing, as the API
has it. A part of a text costs what the text costs up to its end less what it costs up to its start, so parts add up.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

RANKS_KEY = "fb374d419588a4632f3f557e76b4b70aebbca790"
"""sha1 of the address that tiktoken downloads o200k_base from: the name it looks for in `TIKTOKEN_CACHE_DIR`."""

CLAUDE_FAMILY = "4.8"
Body = dict[str, Any]


def provide_ranks(folder: Path) -> dict[str, str]:
    """Lay the shipped ranks where tiktoken looks for its download; returns the variable that tells it so."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = files("hive_integration.tokens").joinpath("ranks", "o200k_base.tiktoken.gz").read_bytes()
    (folder / RANKS_KEY).write_bytes(gzip.decompress(packed))
    return {"TIKTOKEN_CACHE_DIR": str(folder)}


@cache
def _o200k() -> Any:
    import tiktoken

    if "TIKTOKEN_CACHE_DIR" not in os.environ:
        raise RuntimeError("call provide_ranks and set TIKTOKEN_CACHE_DIR first: tiktoken would download otherwise")
    return tiktoken.get_encoding("o200k_base")


def o200k(text: str) -> int:
    """Tokens of `text` by OpenAI's o200k_base."""
    return len(_o200k().encode_ordinary(text))


@lru_cache(maxsize=4096)
def claude(text: str) -> int:
    """Tokens of `text` by Claude's current tokenizer, without the frame of a message. Needs Python 3.12."""
    from ctok import tokenize

    return len(tokenize(text, CLAUDE_FAMILY)) - len(tokenize("", CLAUDE_FAMILY)) if text else 0


def chars4(text: str) -> int:
    """What many meters take for tokens: a quarter of the characters."""
    return len(text) // 4


UNITS: dict[str, Callable[[str], int]] = {"claude-4.8": claude, "o200k_base": o200k, "chars/4": chars4}


def texts(body: Body) -> Iterator[tuple[str, str]]:
    """(role, text) of every text of the body: role `system` is the system prompt's, not a message's."""
    system = body.get("system") or []
    for block in [{"text": system}] if isinstance(system, str) else system:
        yield "system prompt", block.get("text", "")
    for message in body.get("messages") or []:
        content = message["content"]
        for block in [{"text": content}] if isinstance(content, str) else content:
            yield message["role"], block.get("text", "")


def tool_json(tool: Body) -> str:
    """The tool as the client wrote it on the wire."""
    return json.dumps(tool, separators=(",", ":"), ensure_ascii=False)


def loaded_tools(body: Body) -> list[Body]:
    """The tools that the model sees."""
    return [tool for tool in body.get("tools") or [] if not tool.get("defer_loading")]


def billed(body: Body) -> int:
    """What `count_tokens` and `usage` would say: Claude's tokens of all texts and tools, and the documented framing."""
    from hive_integration.tokens.framing import framing  # documented figures, not counts

    said = sum(claude(text) for _, text in texts(body)) + sum(claude(tool_json(tool)) for tool in loaded_tools(body))
    return said + framing(
        "claude-4.8", str(body.get("model", "")), messages=len(body.get("messages") or []),
        tools=len(loaded_tools(body)), system_blocks=1 if body.get("system") else 0,
    )  # fmt: skip


def parts_of(text: str, starts: list[int], count: Callable[[str], int]) -> list[int]:
    """Tokens of the parts of `text` that begin at the rising offsets `starts`; they add up to the text's."""
    upto = [count(text[:end]) for end in [*starts[1:], len(text)]]
    return [after - before for before, after in pairwise([0, *upto])]
