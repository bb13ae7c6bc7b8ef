"""The active output style: the one file of all `output-styles/` folders whose text is in the first request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hive_integration.audit.setup import Conditions, Place, Scope, Setup
from hive_integration.audit.sources.entry import Reader
from hive_integration.audit.sources.found import Found, legible, source_of
from hive_integration.audit.sources.frontmatter import Document
from hive_integration.audit.sources.listing import dialect
from hive_integration.units import Category, Component, Load, unit_of

DEFAULT = "default"
BUILT_IN = ("Explanatory", "Learning", "Proactive", "Concise")
"""Styles that the client brings along; a file of the same name takes their place. 2.1.197 has no Concise."""
_WEAKEST_FIRST = (Scope.PLUGIN, Scope.USER, Scope.PROJECT, Scope.MANAGED)


def find(setup: Setup, conditions: Conditions) -> Found:
    """The style as its own section of the system prompt, or nothing where the client's default is used.

    A plugin's style that forces itself beats the setting. What a style changes in the client's own sections is not told
    from files.
    """
    wanted = str(setup.settings.get("outputStyle") or DEFAULT)
    reader = Reader(setup, dialect(conditions.version))
    styles = dict(_styles(reader))
    forced = (name for name, (_, document) in styles.items() if _forces_itself(name, document))
    name = next(forced, wanted)
    if name in styles:
        path, document = styles[name]
        text = f"# Output Style: {name}\n{document.body.strip()}\n\n"
        unit = unit_of(
            f"Output Style: {name}",
            Component.SYSTEM_PROMPT,
            Load.ALWAYS,
            text,
            source=source_of(setup, path),
            category=Category.COMMUNICATION_PATTERNS,
        )
        return Found([unit], reader.walker.warnings)
    return Found((), [*reader.walker.warnings, *_missing(wanted)])


def _styles(reader: Reader) -> Iterator[tuple[str, tuple[Path, Document]]]:
    """All styles by name, the weakest first. In one folder the one that the system names last counts."""
    for scope in _WEAKEST_FIRST:
        for place in reversed([place for place in reader.setup.places if place.scope is scope]):
            for path in _files(reader, place):
                document = reader.document(path)
                if document and not document.broken:
                    own = document.fields.get("name")
                    name = own if isinstance(own, str) and own else legible(path.stem)
                    yield (f"{place.prefix}:{name}" if place.prefix else name), (path, document)


def _files(reader: Reader, place: Place) -> Iterator[Path]:
    for root in place.overrides.get("output-styles", (place.root / "output-styles",)):
        if root.suffix == ".md":
            yield root
        else:
            yield from reader.walker.markdown(root)


def _forces_itself(name: str, document: Document) -> bool:
    return ":" in name and document.text("force-for-plugin") == "true"


def _missing(wanted: str) -> Iterator[str]:
    if wanted in BUILT_IN:
        yield f"output style {wanted} is the client's own: its text is not counted; --method probe measures it"
    elif wanted != DEFAULT:
        yield f"output style {wanted!r} is in no output-styles folder; the client uses its default"
