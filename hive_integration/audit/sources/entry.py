"""From the file of a skill or command to its entry in the listing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hive_integration.audit.setup import Setup
from hive_integration.audit.sources.found import source_of
from hive_integration.audit.sources.frontmatter import Document, as_text, parse
from hive_integration.audit.sources.listing import MAX_DESCRIPTION, Dialect, Entry, description_of, first_line
from hive_integration.audit.sources.walk import Walker
from hive_integration.units import Component


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the files of one search under one client's rules."""

    setup: Setup
    style: Dialect
    walker: Walker = field(default_factory=Walker)
    limit: int = MAX_DESCRIPTION
    overrides: Mapping[str, str] = field(default_factory=dict)
    """`skillOverrides`; they do not reach into plugins."""

    def document(self, path: Path) -> Document | None:
        """The file, taken apart; None, with a warning, where it cannot be read."""
        text = self.walker.read(path)
        if text is None:
            return None
        document = parse(text.text)
        if document.broken:
            source = source_of(self.setup, path)
            self.walker.warnings.append(f"{source}: the front matter is not valid YAML; the client ignores it")
        return document

    def own(self, path: Path, name: str, component: Component) -> Entry | None:
        """The entry of a file that is the user's or the project's."""
        document = self.document(path)
        if document is None:
            return None
        entry = self._entry(path, document, name, component)
        override = self.overrides.get(name, "on")
        listed = entry.listed and override not in {"off", "user-invocable-only"}
        if component is Component.SKILLS:
            shown = self._shown(document, name)
            entry = replace(entry, listed=listed and not document.waits_for_paths, shown_as=shown)
        return replace(entry, listed=entry.listed and listed, plain=override == "name-only")

    def plugins(self, path: Path, prefix: str, name: str, component: Component) -> Entry | None:
        """The entry of a plugin's file, `prefix:name`; it is listed only if it describes itself."""
        document = self.document(path)
        if document is None:
            return None
        entry = self._entry(path, document, f"{prefix}:{name}", component)
        says = document.text("description").strip() or as_text(document.fields.get("when_to_use"))
        shown = self._shown(document, name)
        return replace(entry, listed=entry.listed and bool(says), shown_as=f"{prefix}:{shown}" if shown else "")

    def _entry(self, path: Path, document: Document, name: str, component: Component) -> Entry:
        unnamed = "Skill" if path.name.lower() == "skill.md" else "Custom command"
        text = document.text("description").strip() or first_line(document.body) or unnamed
        when = as_text(document.fields.get("when_to_use"))
        return Entry(
            name,
            description_of(text, when, limit=self.limit, style=self.style),
            component,
            source_of(self.setup, path),
            document.body,
            listed=not self._hidden(document),
        )

    def _hidden(self, document: Document) -> bool:
        value = document.fields.get("disable-model-invocation")
        if not self.style.lenient_flags:
            return value is True or value == "true"
        return document.text("disable-model-invocation").strip().lower() in {"true", "yes", "on", "1"}

    def _shown(self, document: Document, name: str) -> str:
        shown = as_text(document.fields.get("name"))
        return shown if self.style.shows_names and shown != name and _SHOWABLE.fullmatch(shown) else ""


_SHOWABLE = re.compile(r"[\w.:-]+")
