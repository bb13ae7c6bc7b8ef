"""Cut a request into pieces, so that every character the model reads belongs to exactly one. Pure.

The audit attributes these pieces and the gateway strips them: same code, same digests. A piece's digest is `digest_of`
its words in `CutText.slices`, a tool's is that of its JSON. The pieces of a text always partition it; what no rule
knows is a piece too, with `known=False`. The user's own words and everything from the first answer on are not idle
context and are left out of `cut_request`; `is_reminder` tells what the client says later from the user's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from hive_integration.units import environment
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

    @property
    def unit_name(self) -> str:
        """The name of the unit that this piece is, as far as the text says it."""
        told = self.component is Component.MCP_TOOLS and not self.from_client
        return f"{self.name} instructions" if told else self.name


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
    servers = servers_of(tool.name for tool in request.tools)
    texts = [cut_system(text) for text in request.system]
    for message in request.messages:
        if message.role == "assistant":
            break
        texts.extend(_message_texts(message, servers, user_words))
    listed = any(p.load is Load.LISTED and p.component in TOOLS for text in texts for p in text.pieces)
    return Cut(texts, request.tools, listed or any(tool.deferred for tool in request.tools))


def cut_system(text: str) -> CutText:
    """Cut one block of the system prompt."""
    return _partition(text, _system_pieces(text))


def cut_context(text: str, servers: Set[str]) -> CutText:
    """Cut one block of a context message. `servers`: those that the request's tools name (`servers_of`)."""
    return _partition(text, _context_pieces(text, servers))


def in_environment(piece: Piece) -> bool:
    """Whether the piece is environment, or a static part of an environment section."""
    return piece.component is Component.ENVIRONMENT or piece.name.startswith((environment.HEADING, environment.LINE))


def servers_of(tool_names: Iterable[str]) -> frozenset[str]:
    """The MCP servers that declared tools belong to."""
    return frozenset(name.split("__")[1] for name in tool_names if name.startswith("mcp__"))


def tool_component(name: str) -> Component:
    """Whose tool that is: `mcp__server__tool` is a server's, any other the client's own."""
    mcp, server, _ = name.split("__", 2) if name.count("__") >= 2 else ("", "", "")
    return Component.MCP_TOOLS if mcp == "mcp" and server else Component.BUILTIN_TOOLS


def _message_texts(message: Message, servers: Set[str], user_words: str) -> Iterator[CutText]:
    for block in message.blocks:
        if not block.text.strip() or block.text == user_words:
            continue
        if message.role != "user":
            yield cut_context(block.text, servers)
        elif reminder := _reminder_part(block.text):
            yield cut_context(reminder, servers)


_OPENING, _CLOSING = "<system-reminder>", "</system-reminder>"
_BEGINS = re.compile(rf"\s+{_OPENING}")


def is_reminder(text: str) -> bool:
    """Whether a user's block is wholly the client's: reminders, one after the other, with nothing around them."""
    if not text.startswith(_OPENING) and not _BEGINS.match(text):
        return False  # nearly all texts, so without looking through them
    end = 0
    while (start := text.find(_OPENING, end)) >= 0:
        if text[end:start].strip() or (end := text.find(_CLOSING, start)) < 0:
            return False
        end += len(_CLOSING)
    return end > 0 and not text[end:].strip()


def _reminder_part(text: str) -> str:
    """The part of a user's block that the client wrote: from the first reminder to the end of the last one."""
    start, end = text.find(_OPENING), text.rfind(_CLOSING)
    if start < 0 or end < start:
        return ""
    end += len(_CLOSING)
    return text if not text[:start].strip() and not text[end:].strip() else text[start:end]


def _partition(text: str, pieces: Sequence[Piece]) -> CutText:
    """Stretch the pieces so that each ends where the next begins and the first begins at 0."""
    if not pieces:
        return CutText(text, (_unknown(0, len(text)),))
    starts = [piece.start for piece in pieces]
    if text[: starts[0]].strip() and not REMINDER.fullmatch(text[: starts[0]]):
        pieces = (_unknown(0, 0), *pieces)
    starts = [0, *(piece.start for piece in pieces[1:])]
    ends = [*starts[1:], len(text)]
    return CutText(text, tuple(replace(p, start=s, end=e) for p, s, e in zip(pieces, starts, ends, strict=True)))


def _unknown(start: int, end: int) -> Piece:
    return Piece(start, end, _STRANGER.name, _STRANGER.component, from_client=_STRANGER.from_client, known=False)


_STRANGER = Marker("", "unrecognised text", Component.OTHER, from_client=False)


# The system prompt: sections by its top-level headings.

_HEADING = re.compile(r"^# (.+)$|^(```|~~~)|^(gitStatus): ", re.MULTILINE)
_BILLING = "x-anthropic-billing-header"
BILLING, IDENTITY = "billing header", "identity"
"""Names of pieces: the header, which differs from one conversation to the next, and a block of one line."""


def _system_pieces(text: str) -> list[Piece]:
    if text.startswith(_BILLING):
        return [Piece(0, len(text), BILLING, Component.SYSTEM_PROMPT)]
    name = IDENTITY if "\n" not in text.strip() else "introduction"
    pieces = [Piece(0, 0, name, Component.SYSTEM_PROMPT)]
    fenced = False
    for match in _HEADING.finditer(text):
        if match[2]:
            fenced = not fenced
        elif not fenced:
            heading = match[3] or match[1].strip()
            component = Component.ENVIRONMENT if heading in _DYNAMIC_HEADINGS else Component.SYSTEM_PROMPT
            piece = Piece(match.start(), 0, heading, component, from_client=not heading.startswith("Output Style"))
            if match.start() == 0:
                pieces.clear()
            pieces.append(piece)
    ends = [*(piece.start for piece in pieces[1:]), len(text)]
    return [part for piece, end in zip(pieces, ends, strict=True) for part in _in_system(text, piece, end)]


def _in_system(text: str, piece: Piece, end: int) -> Iterator[Piece]:
    return _lines(text, piece, end) if piece.name == _ENVIRONMENT else iter((piece,))


def _lines(text: str, section: Piece, end: int) -> Iterator[Piece]:
    """The pieces of an environment section that ends at `end`: what tells of the here and now, and each static line."""
    for start, name in environment.lines(text[section.start : end]):
        component = Component.SYSTEM_PROMPT if name else Component.ENVIRONMENT
        yield replace(section, start=section.start + start, name=name or section.name, component=component)


_ENVIRONMENT = "Environment"
_DYNAMIC_HEADINGS = {_ENVIRONMENT, "gitStatus", "currentDate"}


# The context messages: sections by their markers, listings by their entries.


def _context_pieces(text: str, servers: Set[str]) -> list[Piece]:
    known = [(_without_blank_lead(text, match.start()), *_marker_of(match)) for match in ANY_MARKER.finditer(text)]
    found = sorted([*known, *_strangers(text, {at for at, _, _ in known})], key=lambda row: row[0])
    pieces: list[Piece] = []
    for i, (at, marker, name) in enumerate(found):
        end = found[i + 1][0] if i + 1 < len(found) else len(text)
        head = Piece(at, end, name, marker.component, Load.ALWAYS, marker.from_client, known=marker is not _STRANGER)
        if marker.split is Split.LINES:
            pieces += _lines(text, head, end)
        else:
            pieces += [head, *_entries(text, head, marker, servers)]
    return _with_tags_in_front(text, pieces)


_ANOTHER = re.compile(r"</system-reminder>\s*<system-reminder>\s*")


def _strangers(text: str, known: Set[int]) -> Iterator[tuple[int, Marker, str]]:
    """Reminders after the first one that no marker opens: without them their text would count to the one before."""
    for match in _ANOTHER.finditer(text):
        if match.end() not in known and not text.startswith(_CLOSING, match.end()):
            yield text.rindex(_OPENING, match.start(), match.end()), _STRANGER, _STRANGER.name


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
    return [replace(piece, start=_with_tag(text, piece.start)) for piece in pieces]


def _with_tag(text: str, start: int) -> int:
    end = start
    while end and text[end - 1].isspace():
        end -= 1
    return end - len(_OPENING) if text.endswith(_OPENING, 0, end) else start


_ENTRY = re.compile(r"^- (?P<name>[^\s:][^\n:]{0,200}?(?::[^\s:][^\n:]{0,200}?)*)(?=: |:$|$)", re.MULTILINE)
_NAME = re.compile(r"^(?P<name>[A-Za-z0-9_][\w.:@-]*)$", re.MULTILINE)
_SERVER = re.compile(r"^## (?P<name>.+)$", re.MULTILINE)


def _entries(text: str, head: Piece, marker: Marker, servers: Set[str]) -> Iterator[Piece]:
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
