"""Names and ids as a chat upstream takes them, and the way back. Pure.

OpenAI takes tool names of at most 64 and call ids of at most 40 characters out of `[a-zA-Z0-9_-]`; Claude Code's may be
longer. What fits stays as it is; anything else gets a name of its own by hash, the same at every turn.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache

from hive_integration.wire.messages import Tool

_FITS = re.compile(r"[a-zA-Z0-9_-]+")


@lru_cache(maxsize=8192)
def chat_id(given: str) -> str:
    """The id of a call, the same in the call and in its result."""
    return _fitting(given, 40, "call_")


@lru_cache(maxsize=8192)
def chat_name(given: str) -> str:
    """The name of a tool as it is declared upstream."""
    return _fitting(given, 64, re.sub(r"[^a-zA-Z0-9_-]", "_", given)[:43] + "_")


@lru_cache(maxsize=64)
def names_back(tools: tuple[Tool, ...]) -> Mapping[str, str]:
    """Upstream name -> the client's own, of those tools whose name is not the same; mostly empty."""
    return {chat_name(tool.name): tool.name for tool in tools if chat_name(tool.name) != tool.name}


def _fitting(given: str, limit: int, lead: str) -> str:
    if len(given) <= limit and _FITS.fullmatch(given):
        return given
    return lead + hashlib.sha256(given.encode()).hexdigest()[:20]
