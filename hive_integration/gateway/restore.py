"""Back to the full prompt: a session that itself sends the minimal one (the plugin's mod makes it) is switched to full.

What the client no longer sends comes from the unit store, as values: the full system prompt that it would have sent and
the tools that it deferred. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec

from hive_integration.errors import HiveError
from hive_integration.registry.cards import Card
from hive_integration.registry.stored import StoredUnit
from hive_integration.units import Component, digest_of
from hive_integration.units.cut import BILLING, IDENTITY, Piece, cut_system, in_environment
from hive_integration.units.remainder import remainder
from hive_integration.wire.messages import Block, MessagesRequest, Tool


def is_minimal(request: MessagesRequest, card: Card) -> bool:
    """Whether the request's system prompt is the card's minimal one, with nothing beside it but the client's billing
    header, a line on who it is, and the environment."""
    texts = tuple(block["text"] for block in request.system if isinstance(block.get("text"), str))
    return bool(card.prompt.system) and _is_minimal(texts, card.prompt.system)


@lru_cache(maxsize=16)
def _is_minimal(texts: tuple[str, ...], minimal: str) -> bool:
    parts = [part for text in texts if (part := _only(text, _lasting))]
    others = [part for part in parts if digest_of(part) != digest_of(minimal)]
    return len(others) < len(parts) and all(cut_system(part).pieces[0].name == IDENTITY for part in others)


def restored(
    request: MessagesRequest, system_blocks: Sequence[Block] | None, tools: Sequence[StoredUnit]
) -> MessagesRequest:
    """The request as it would have come with the full prompt: `system_blocks` in place of the minimal one, and `tools`
    declared unless the request declares them itself, not deferred. Without a remembered prompt, the request as it is.

    What is true of one session only (billing header, environment, git state) is the request's, never the remembered;
    the static lines of an environment section go with the rest of it, and are remembered where the request has none.
    The request's cache markers stay as many as they are; the remembered have none.
    """
    if system_blocks is None:
        return request
    texts = [block["text"] for block in request.system if isinstance(block.get("text"), str)]
    here = list(_each(texts, in_environment))
    stays = _lasting if here else _constant
    remembered = list(_each([str(block.get("text", "")) for block in system_blocks], stays))
    system: list[Block] = [{"type": "text", "text": part} for part in [*_each(texts, _billing), *remembered]]
    markers = [block["cache_control"] for block in request.system if block.get("cache_control")]
    if markers and system:
        system[-1] = {**system[-1], "cache_control": markers[-1]}
    system += [{"type": "text", "text": part} for part in here]
    declared = {tool.name for tool in request.tools if not tool.deferred}
    added = {unit.name: tool_of(unit) for unit in tools if unit.name not in declared}
    kept = [added.pop(tool.name, tool) for tool in request.tools]
    return replace(request, system=system, tools=(*kept, *added.values()))


def tool_of(unit: StoredUnit) -> Tool:
    """A stored tool as a request would declare it, not deferred. Raises `HiveError` where the unit is no tool."""
    try:
        return _tool(unit.text)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise HiveError(f"the unit {unit.name!r} ({unit.digest[:19]}…) is no tool's JSON: {error}") from error


@lru_cache(maxsize=4096)
def _tool(text: str) -> Tool:
    """Remembered, so that the same text is the same object: what is kept of a tool is kept by identity."""
    value: dict[str, Any] = json.loads(text)
    inner: dict[str, Any] = value["function"] if isinstance(value.get("function"), dict) else value
    schema, description = inner.get("input_schema", inner.get("parameters")), inner.get("description", "")
    kind = "" if schema is not None else inner["type"]  # without a schema it must be one of the API's own
    if "parameters" in inner:
        inner = {"name": inner["name"], "description": description, "input_schema": schema}
    wire = {key: part for key, part in inner.items() if key not in {"defer_loading", "cache_control"}}
    return Tool(inner["name"], msgspec.json.encode(wire), description, dict(schema or {}), kind)


def _each(texts: Sequence[str], stays: Callable[[Piece], bool]) -> Iterator[str]:
    return (part for text in texts if (part := _only(text, stays)))


def _only(text: str, stays: Callable[[Piece], bool]) -> str:
    """Those pieces of a block of the system prompt; empty where there are none."""
    cut = cut_system(text)
    return remainder(cut, {i for i, piece in enumerate(cut.pieces) if not stays(piece)})


def _billing(piece: Piece) -> bool:
    return piece.name == BILLING


def _lasting(piece: Piece) -> bool:
    return not _billing(piece) and not in_environment(piece)


def _constant(piece: Piece) -> bool:
    return not _billing(piece) and piece.component is not Component.ENVIRONMENT
