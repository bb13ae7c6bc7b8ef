"""Cut a request into pieces, so that every character the model reads belongs to exactly one. Pure.

The audit attributes these pieces and the gateway strips them: same code, same digests. The pieces of a text always
partition it; what no rule knows is a piece too, with `known=False`. The user's own words and everything from the first
answer on are not idle context and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hive_integration.units.markers import ANY_MARKER, LOAD_OF, MARKERS, REMINDER, Marker, Split
from hive_integration.units.unit import TOOLS, Component, Load
from hive_integration.wire import Message, Request, ToolSpec, mangled


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start` to `end` of one text, and what they are."""

    start: int
    end: int
    name: str
    component: Component
    load: Load = Load.ALWAYS
    from_client: bool = True
    known: bool = True


@dataclass(frozen=True, slots=True)
class CutText:
    """One text of the request with the pieces that partition it."""

    text: str
    pieces: Sequence[Piece]

    def slices(self) -> Iterator[tuple[Piece, str]]:
        """Each piece with its text, without the reminder tags around it."""
        for piece in self.pieces:
            yield piece, REMINDER.sub("", self.text[piece.start : piece.end])


@dataclass(frozen=True, slots=True)
class Cut:
    """A request's idle context: its texts, cut, and its tools."""

    texts: Sequence[CutText]
    tools: Sequence[ToolSpec]
    tool_search: bool
    """Whether the client defers tools: it lists names, or marks tools `defer_loading`."""


def cut_request(request: Request, *, user_words: str = "") -> Cut:
    """Cut a first request. `user_words`: the exact prompt where it is known, else the user's text is recognised."""
    servers = {tool.name.split("__")[1] for tool in request.tools if tool.name.startswith("mcp__")}
    texts = [_partition(text, _system_pieces(text)) for text in request.system]
    for message in request.messages:
        if message.role == "assistant":
            break
        texts.extend(_message_texts(message, servers, user_words))
    listed = any(p.load is Load.LISTED and p.component in TOOLS for text in texts for p in text.pieces)
    return Cut(texts, request.tools, listed or any(tool.deferred for tool in request.tools))


def _message_texts(message: Message, servers: set[str], user_words: str) -> Iterator[CutText]:
    for block in message.blocks:
        if not block.text.strip() or block.text == user_words:
            continue
        if message.role != "user":
            yield _partition(block.text, _context_pieces(block.text, servers))
        elif reminder := _reminder_part(block.text):
            yield _partition(reminder, _context_pieces(reminder, servers))


def _reminder_part(text: str) -> str:
    """The part of a user's block that the client wrote: from the first reminder to the end of the last one."""
    start, end = text.find("<system-reminder>"), text.rfind("</system-reminder>")
    if start < 0 or end < start:
        return ""
    end += len("</system-reminder>")
    return text if not text[:start].strip() and not text[end:].strip() else text[start:end]


def _partition(text: str, pieces: Sequence[Piece]) -> CutText:
    """Stretch the pieces so that each ends where the next begins and the first begins at 0."""
    if not pieces:
        unknown = Piece(0, len(text), "unrecognised text", Component.OTHER, from_client=False, known=False)
        return CutText(text, (unknown,))
    starts = [piece.start for piece in pieces]
    if text[: starts[0]].strip() and not REMINDER.fullmatch(text[: starts[0]]):
        pieces = (Piece(0, 0, "unrecognised text", Component.OTHER, from_client=False, known=False), *pieces)
    starts = [0, *(piece.start for piece in pieces[1:])]
    ends = [*starts[1:], len(text)]
    return CutText(text, tuple(replace(p, start=s, end=e) for p, s, e in zip(pieces, starts, ends, strict=True)))


# The system prompt: sections by its top-level headings.

_HEADING = re.compile(r"^# (.+)$|^(```|~~~)", re.MULTILINE)
_BILLING = "x-anthropic-billing-header"


def _system_pieces(text: str) -> list[Piece]:
    if text.startswith(_BILLING):
        return [Piece(0, len(text), "billing header", Component.SYSTEM_PROMPT)]
    name = "identity" if "\n" not in text.strip() else "introduction"
    pieces = [Piece(0, 0, name, Component.SYSTEM_PROMPT)]
    fenced = False
    for match in _HEADING.finditer(text):
        if match[2]:
            fenced = not fenced
        elif not fenced:
            heading = match[1].strip()
            component = Component.ENVIRONMENT if heading in _DYNAMIC_HEADINGS else Component.SYSTEM_PROMPT
            piece = Piece(match.start(), 0, heading, component, from_client=not heading.startswith("Output Style"))
            if match.start() == 0:
                pieces.clear()
            pieces.append(piece)
    return pieces


_DYNAMIC_HEADINGS = {"Environment", "gitStatus", "currentDate"}


# The context messages: sections by their markers, listings by their entries.


def _context_pieces(text: str, servers: set[str]) -> list[Piece]:
    found = [(match.start(), *_marker_of(match)) for match in ANY_MARKER.finditer(text)]
    pieces: list[Piece] = []
    for i, (at, marker, name) in enumerate(found):
        end = found[i + 1][0] if i + 1 < len(found) else len(text)
        head = Piece(_without_blank_lead(text, at), end, name, marker.component, Load.ALWAYS, marker.from_client)
        pieces.append(head)
        pieces.extend(_entries(text, head, marker, servers))
    return _with_tags_in_front(text, pieces)


def _marker_of(match: re.Match[str]) -> tuple[Marker, str]:
    index = next(i for i in range(len(MARKERS)) if match[f"m{i}"] is not None)
    marker = MARKERS[index]
    groups = re.match(marker.pattern, match[0])
    return marker, marker.name.format(*(groups.groups() if groups else ()))


def _without_blank_lead(text: str, start: int) -> int:
    while text[start] in " \n":
        start += 1
    return start


def _with_tags_in_front(text: str, pieces: list[Piece]) -> list[Piece]:
    """An opening tag belongs to the piece it opens, not to the one before it."""
    tag = "<system-reminder>\n"
    return [
        replace(piece, start=piece.start - len(tag)) if text.endswith(tag, 0, piece.start) else piece
        for piece in pieces
    ]


_ENTRY = re.compile(r"^- (?P<name>[^\s:][^\n:]{0,200}?(?::[^\s:][^\n:]{0,200}?)*)(?=: |:$|$)", re.MULTILINE)
_NAME = re.compile(r"^(?P<name>[A-Za-z0-9_][\w.:@-]*)$", re.MULTILINE)
_SERVER = re.compile(r"^## (?P<name>.+)$", re.MULTILINE)


def _entries(text: str, head: Piece, marker: Marker, servers: set[str]) -> Iterator[Piece]:
    pattern = {Split.ENTRIES: _ENTRY, Split.NAMES: _NAME, Split.SERVERS: _SERVER}.get(marker.split)
    if pattern is None:
        return
    after_first_line = text.find("\n", head.start, head.end) + 1
    for match in pattern.finditer(text, after_first_line or head.end, head.end):
        name = match["name"]
        component = marker.component
        if marker.split is Split.NAMES and name.startswith("mcp__"):
            component = Component.MCP_TOOLS
        if marker.split is Split.SERVERS and servers and mangled(name) not in servers:
            continue
        yield Piece(match.start(), 0, name, component, LOAD_OF[marker.split], from_client=marker.split is Split.NAMES)
