"""From a cut request to findings: what each piece is, where it comes from, what it costs.

A piece's source is looked up among the units that the static audit found in the files; what the client itself brings is
named `claude-code@version/section`. A listing entry that neither knows is reported as unattributed, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hive_integration.audit.report import Client, Finding
from hive_integration.tokens import Counter
from hive_integration.units import Component, KnowledgeUnit, Load, unit_of
from hive_integration.units.classify import classify_section
from hive_integration.units.cut import Cut, Piece, tool_component
from hive_integration.wire import ToolSpec


@dataclass(frozen=True, slots=True)
class Origins:
    """What is known beforehand about where things come from."""

    client: Client
    files: Mapping[tuple[Component, str], KnowledgeUnit] = field(default_factory=dict)
    """The static audit's idle units by component and name."""
    bundled: frozenset[str] | None = None
    """Names that the client's own listings hold; None where this client was never measured."""
    hooks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Sources of the hooks of an event, in the order of the settings."""
    project: Path = Path()
    home: Path = Path()


def attribute(cut: Cut, counter: Counter, origins: Origins) -> list[Finding]:
    """One finding a piece and a tool, in the order of the request. Their idle tokens add up to the request's."""
    counter.count([text.text for text in cut.texts] + [tool.raw for tool in cut.tools])  # one batch; then from cache
    findings: list[Finding] = []
    for text in cut.texts:
        tokens = counter.split(text.text, [piece.start for piece in text.pieces[1:]])
        for (piece, words), count in zip(text.slices(), tokens, strict=True):
            findings.append(_piece_finding(piece, words, count, origins))
    counts = counter.count([tool.raw for tool in cut.tools])
    tools = (tool_unit(tool, origins.client) for tool in cut.tools)
    return findings + [Finding(unit, count) for unit, count in zip(tools, counts, strict=True)]


def tool_unit(tool: ToolSpec, client: Client) -> KnowledgeUnit:
    """A declared tool as a unit. Its text is the wire's own."""
    component = tool_component(tool.name)
    mcp = component is Component.MCP_TOOLS
    _, server, name = tool.name.split("__", 2) if mcp else ("", "", tool.name)
    return unit_of(
        tool.name,
        component,
        Load.DEFERRED if tool.deferred else Load.ALWAYS,
        tool.raw,
        source=f"{server}/{name}" if mcp else f"{_origin(client)}/tools/{tool.name}",
        schema=tool.schema,
    )


def deferred_units(loaded: Cut, seen: Cut, client: Client) -> list[KnowledgeUnit]:
    """The tools that `loaded` (tool search off) declares and `seen` does not: what the client defers."""
    declared = {tool.name for tool in seen.tools if not tool.deferred}
    kept_back = (replace(tool, deferred=True) for tool in loaded.tools if tool.name not in declared)
    return [tool_unit(tool, client) for tool in kept_back]


def _piece_finding(piece: Piece, words: str, tokens: int, origins: Origins) -> Finding:
    if known := _from_files(piece, origins):
        unit = unit_of(
            piece.name, known.component, piece.load, words,
            source=known.source, category=known.category, level=known.level,
        )  # fmt: skip
        return Finding(unit, tokens)
    category, level = (None, None)
    if piece.component is Component.SYSTEM_PROMPT:
        category, level = classify_section(piece.name)
    name, source = _named(piece, origins)
    unit = unit_of(name, piece.component, piece.load, words, source=source, category=category, level=level)
    return Finding(unit, tokens, attributed=piece.known and bool(source))


def _from_files(piece: Piece, origins: Origins) -> KnowledgeUnit | None:
    components = _LISTED_AS.get(piece.component, (piece.component,))
    return next((unit for c in components if (unit := origins.files.get((c, piece.name)))), None)


_LISTED_AS: Mapping[Component, tuple[Component, ...]] = {
    Component.SKILLS: (Component.SKILLS, Component.COMMANDS),
}
"""Skills and commands share one listing on the wire."""


def _named(piece: Piece, origins: Origins) -> tuple[str, str]:
    """(name, source) of a piece that no file explains; an empty source means that nothing is known."""
    if piece.from_client:
        return piece.name, f"{_origin(origins.client)}/{piece.name}"
    if piece.component is Component.MEMORY:
        return _short_path(piece.name, origins), _short_path(piece.name, origins)
    if piece.component is Component.MCP_TOOLS:
        return piece.unit_name, f"{piece.name}/instructions"
    if piece.component is Component.HOOKS:
        sources = origins.hooks.get(piece.name.partition(":")[0], ())
        return piece.name, ", ".join(dict.fromkeys(sources)) or "hooks"
    if piece.load is Load.LISTED and (origins.bundled is None or piece.name in origins.bundled):
        return piece.name, f"{_origin(origins.client)}/{piece.component.value}/{piece.name}"
    return piece.name, ""


def _origin(client: Client) -> str:
    return f"{client.name}@{client.version}" if client.version else client.name


def _short_path(text: str, origins: Origins) -> str:
    path = Path(text)
    for base, prefix in ((origins.project, ""), (origins.home, "~/")):
        if base != Path() and path.is_relative_to(base):
            return f"{prefix}{path.relative_to(base)}"
    return text
