"""Take the units out of a request that the weights hold: exactly those whose digest is in the manifest.

The request is cut as the audit cuts it. Only what the client says by itself is cut: the system prompt, context
messages, and blocks of the user's turns that are reminders from end to end. Never touched: the user's words, answers,
tool results, the environment with its git state, and text that no rule knows. What becomes of a text depends on the
text, on the manifest and on the servers that the request's tools name, never on where it stands: the beginning of a
conversation is stripped alike at every turn, so prompt caches hold. Pure but for what it remembers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from sys import getsizeof
from typing import Literal

from hive_integration.gateway.memo import Memo
from hive_integration.gateway.names import About, Drift, Names, nothing_about
from hive_integration.gateway.sieve import sieved, sieved_turns
from hive_integration.registry.cards import Manifest
from hive_integration.units import TOOLS, Component, Load, digest_of
from hive_integration.units.cut import (
    BILLING,
    CutText,
    Piece,
    cut_context,
    cut_system,
    is_reminder,
    servers_of,
    tool_component,
)
from hive_integration.units.remainder import remainder
from hive_integration.wire.messages import MessagesRequest, Tool

TEXTS, TEXT_BYTES = 4_096, 16 * 1024 * 1024
"""What is remembered of one manifest's work: a conversation repeats all its reminders at every turn."""
LARGEST = 256 * 1024
"""Characters. A longer text is left whole: cutting takes 0.2 ms a KB of listing, and no client's own comes near."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A unit that the manifest holds: a text that went, or a tool whose schema need not be declared."""

    digest: str
    component: Component
    name: str
    text: str = field(repr=False)
    kind: Literal["text", "tool"] = "text"


@dataclass(frozen=True, slots=True)
class Stripped:
    """A request without what the weights hold."""

    request: MessagesRequest
    """Without the units. `tools` are as they came: how the known ones are declared is the card's business."""
    known: frozenset[str] = frozenset()
    """Names of declared tools that the manifest holds."""
    removed: Sequence[Removed] = ()
    """The same object for the same units of the same texts, so that what is made of it can be remembered."""
    drifted: Sequence[Drift] = ()
    """Units that the manifest knows by name, with another digest: they are sent, because they changed."""
    listed: frozenset[str] = frozenset()
    """Tools that the client only names: callable, without a schema in the request."""


def strip(request: MessagesRequest, manifest: Manifest, about: About = nothing_about) -> Stripped:
    """Strip a request by a manifest. Where nothing goes, the request is the very same object."""
    stripper = _strippers.get(id(manifest))
    if stripper is None or stripper.manifest is not manifest:
        stripper = _strippers.put(id(manifest), Stripper(manifest, about))
    return stripper.strip(request)


@dataclass(frozen=True, slots=True, eq=False)
class _Left:
    """One text, stripped. `rest` is the text itself where nothing went. Compared by identity."""

    rest: str
    removed: tuple[Removed, ...] = ()
    drifted: tuple[Drift, ...] = ()
    listed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class _Declared:
    """A declaration of tools, looked up. Compared by identity."""

    removed: tuple[Removed, ...]
    drifted: tuple[Drift, ...]
    known: frozenset[str]
    servers: frozenset[str]


class Stripper:
    """Strips by one manifest, and remembers what it made of the texts and tools that it saw."""

    def __init__(self, manifest: Manifest, about: About = nothing_about) -> None:
        self.manifest = manifest
        self._names = Names(manifest, about)
        self._texts: Memo[tuple[str, frozenset[str], str], _Left] = Memo(TEXTS, TEXT_BYTES)
        self._tools: Memo[tuple[Tool, ...], _Declared] = Memo(16)
        self._found: Memo[tuple[_Declared | _Left, ...], tuple[tuple[Removed, ...], tuple[Drift, ...]]] = Memo(64)

    def strip(self, request: MessagesRequest) -> Stripped:
        """See `strip`."""
        tools = self._declared(tuple(request.tools))
        in_system: list[_Left] = []
        in_turns: list[_Left] = []
        system, _ = sieved(request.system, lambda text: self._rest(text, "prompt", tools.servers, in_system))
        turns = sieved_turns(request.turns, lambda text, role: self._rest(text, role, tools.servers, in_turns))
        went = in_turns if turns is not request.turns else []
        removed, drifted = self._together(
            (tools, *(left for left in [*in_system, *went] if left.removed or left.drifted))
        )
        if system is not request.system or turns is not request.turns:
            request = replace(request, system=system, turns=turns)
        listed = frozenset().union(*(left.listed for left in in_turns if left.listed))
        return Stripped(request, tools.known, removed, drifted, listed)

    def _together(self, parts: tuple[_Declared | _Left, ...]) -> tuple[tuple[Removed, ...], tuple[Drift, ...]]:
        """What went and what drifted in all of a request."""
        found = self._found.get(parts)
        if found is None:
            removed = tuple(chain.from_iterable(part.removed for part in parts))
            drifted = self._names.real(chain.from_iterable(part.drifted for part in parts), {u.digest for u in removed})
            found = self._found.put(parts, (removed, drifted))
        return found

    def _rest(self, text: str, role: str, servers: frozenset[str], seen: list[_Left]) -> str:
        """What is left of a text; what was found in it is added to `seen`."""
        if (role == "user" and not is_reminder(text)) or len(text) > LARGEST:
            return text
        place = "prompt" if role == "prompt" else "context"
        left = self._texts.get((place, servers, text))
        if left is None:
            left = self._cut(cut_system(text) if role == "prompt" else cut_context(text, servers))
            self._texts.put((place, servers, text), left, 2 * getsizeof(text))  # the text, and again its parts
        seen.append(left)
        return left.rest if left.removed else text  # what was remembered is equal, but another object

    def _cut(self, cut: CutText) -> _Left:
        removed: list[Removed] = []
        drifted: list[Drift] = []
        gone: set[int] = set()
        for i, (piece, words) in enumerate(cut.slices()):
            if not piece.known or piece.component is Component.ENVIRONMENT or not words.strip():
                continue
            digest = digest_of(words)
            if digest in self.manifest:
                gone.add(i)
                removed.append(Removed(digest, piece.component, piece.unit_name, words))
            elif _steady(piece) and (drift := self._names.drift(piece.component, piece.unit_name, digest)):
                drifted.append(drift)
        rest = remainder(cut, gone) if gone else cut.text
        return _Left(rest, tuple(removed), tuple(drifted), frozenset(p.name for p in cut.pieces if _listed(p)))

    def _declared(self, tools: tuple[Tool, ...]) -> _Declared:
        found = self._tools.get(tools)
        if found is None:
            found = self._tools.put(tools, self._look_up(tools))
        return found

    def _look_up(self, tools: tuple[Tool, ...]) -> _Declared:
        removed, drifted = [], []
        for tool in tools:
            digest, component = tool_digest(tool), tool_component(tool.name)
            if digest in self.manifest:
                removed.append(Removed(digest, component, tool.name, tool.raw.decode(errors="replace"), "tool"))
            elif drift := self._names.drift(component, tool.name, digest):
                drifted.append(drift)
        known = frozenset(unit.name for unit in removed)
        return _Declared(tuple(removed), tuple(drifted), known, servers_of(tool.name for tool in tools))


@lru_cache(maxsize=4096)
def tool_digest(tool: Tool) -> str:
    """The digest of a declared tool: the audit's."""
    return digest_of(tool.raw.decode(errors="replace"))


def _listed(piece: Piece) -> bool:
    return piece.load is Load.LISTED and piece.component in TOOLS


def _steady(piece: Piece) -> bool:
    """Whether another text under the same name means that the unit changed: hooks say something new every day, and the
    billing header counts conversations."""
    return piece.component is not Component.HOOKS and piece.name != BILLING and not _listed(piece)


_strippers: Memo[int, Stripper] = Memo(4)
"""The manifests in use: one, and after a reload those that requests in flight still hold."""
