"""Commands: `commands/**/*.md` of the user, the project and its parents, and of plugins. Reads files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hive_integration.audit.setup import Place
from hive_integration.audit.sources.entry import Reader
from hive_integration.audit.sources.found import legible
from hive_integration.audit.sources.listing import Entry, collation
from hive_integration.units import Component


def own_commands(reader: Reader, places: Iterable[Place]) -> list[Entry]:
    """The commands of the user and the project, sorted by name over all folders."""
    entries: list[Entry | None] = []
    for place in places:
        root = place.root / "commands"
        paths = reader.walker.files(root, _skill_shadows_files)
        entries += [reader.own(path, _name(path, root), Component.COMMANDS) for path in paths]
    return sorted(filter(None, entries), key=lambda entry: collation(entry.name))


def plugin_commands(reader: Reader, place: Place) -> Iterator[Entry]:
    """A plugin's commands, `plugin:command`, in the order of its folders: files first."""
    for root in place.overrides.get("commands", (place.root / "commands",)):
        single = root.suffix == ".md"
        for path in (root,) if single else reader.walker.files(root, _skill_shadows_all):
            name = legible(path.stem) if single else _name(path, root)
            if entry := reader.plugins(path, place.prefix, name, Component.COMMANDS):
                yield entry


def _name(path: Path, root: Path) -> str:
    """`a/b.md` is `a:b`; a folder's `SKILL.md` stands for the folder."""
    relative = path.relative_to(root)
    if path.name.lower() == "skill.md":
        relative = relative.parent if relative.parent.name else Path(root.name)
    else:
        relative = relative.with_suffix("")
    return ":".join(legible(part) for part in relative.parts)


def _skill_shadows_files(entries: Sequence[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    """A folder with a `SKILL.md` is one command; its other files are not commands, its folders may hold some."""
    skill = any(_is_skill(entry) for entry in entries)
    return [entry for entry in entries if not skill or _is_skill(entry) or not entry.name.endswith(".md")]


def _skill_shadows_all(entries: Sequence[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    """In a plugin, such a folder's folders do not count either."""
    skills = [entry for entry in entries if _is_skill(entry)]
    return skills[:1] or sorted(entries, key=lambda entry: (not entry.name.endswith(".md"), collation(entry.name)))


def _is_skill(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower() == "skill.md"
