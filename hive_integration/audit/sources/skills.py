"""Skills: `skills/NAME/SKILL.md` of the user, the project and its parents, and of plugins. Reads files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hive_integration.audit.setup import Place
from hive_integration.audit.sources.entry import Reader
from hive_integration.audit.sources.found import legible
from hive_integration.audit.sources.frontmatter import as_text
from hive_integration.audit.sources.listing import Entry, collation
from hive_integration.units import Component


def own_skills(reader: Reader, places: Iterable[Place]) -> Iterator[Entry]:
    """The skills of the user and the project, place by place, each sorted by name. A skill is named by its folder."""
    for place in places:
        for path in _skills_in(reader, place.root / "skills"):
            if entry := reader.own(path, legible(path.parent.name), Component.SKILLS):
                yield entry


def plugin_skills(reader: Reader, place: Place) -> Iterator[Entry]:
    """A plugin's skills, `plugin:skill`: in `skills/`, then where the manifest says; else the plugin is one itself."""
    folders = [place.root / "skills", *place.overrides.get("skills", ())]
    for folder in [folder for folder in folders if reader.walker.entries(folder)] or [place.root]:
        if reader.walker.has_file(folder / "SKILL.md"):
            yield from _the_folder_itself(reader, place, folder / "SKILL.md")
        elif folder in folders:
            yield from _plugin_folder(reader, place, folder)


def _plugin_folder(reader: Reader, place: Place, folder: Path) -> Iterator[Entry]:
    for path in _skills_in(reader, folder):
        name = _UNSAFE.sub(lambda match: "-" * (2 if ord(match[0]) > 0xFFFF else 1), legible(path.parent.name))
        if entry := reader.plugins(path, place.prefix, name, Component.SKILLS):
            yield entry


def _the_folder_itself(reader: Reader, place: Place, path: Path) -> Iterator[Entry]:
    """A folder that is a skill, not a folder of skills: its front matter may name it."""
    if not reader.walker.fresh(path):
        return
    document = reader.document(path)
    name = (as_text(document.fields.get("name")) if document else "") or legible(path.parent.name)
    if document and (entry := reader.plugins(path, place.prefix, name, Component.SKILLS)):
        yield entry


_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def _skills_in(reader: Reader, folder: Path) -> Iterator[Path]:
    """`SKILL.md` of each folder, once however many links lead to it; deeper ones and loose files are not skills."""
    for entry in sorted(reader.walker.entries(folder), key=lambda entry: collation(entry.name)):
        path = Path(entry.path, "SKILL.md")
        if reader.walker.has_file(path) and reader.walker.fresh(path):
            yield path
