"""Instructions and memory: CLAUDE.md and its kin, imports, rules, auto memory, as the first request carries them.

Reads files. A unit's text is the client's own line that names the file, then the file as far as the client keeps it.
Order, limits and labels were seen on the wire: `docs/reference/loading.md`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hive_integration.audit.setup import Conditions, Setup
from hive_integration.audit.sources import globs, markdown
from hive_integration.audit.sources.found import Found, legible, source_of
from hive_integration.audit.sources.frontmatter import parse
from hive_integration.audit.sources.listing import OLD, dialect
from hive_integration.audit.sources.nested import is_there, nested
from hive_integration.audit.sources.walk import Walker
from hive_integration.files import read_text
from hive_integration.units import Component, KnowledgeUnit, Load, unit_of

MANAGED = "organization-managed policy instructions"
USER = "user's private global instructions for all projects"
PROJECT = "project instructions, checked into the codebase"
LOCAL = "user's private project instructions, not checked in"
AUTO = "user's auto-memory, persists across conversations"
"""What the client writes in brackets behind a file's path."""

MAX_HOPS = 4
MAX_LENGTH = 1_000_000
"""Characters of all instructions, a quarter of a million tokens; files beyond are counted as they are, not parsed."""
AUTO_LINES = 200
AUTO_CHARS = 25_000
_SLUG = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """One file as it would be sent."""

    path: Path
    label: str
    content: str


@dataclass(slots=True)
class _Reading:
    """One reading: each file counts once, whatever name it is met under."""

    setup: Setup
    links_need_leave: bool
    walker: Walker = field(default_factory=Walker)
    conditional: list[tuple[Path, str]] = field(default_factory=list)
    """Rules that wait for a file of certain paths, with their text."""
    length: int = 0
    """Characters read so far."""

    def file(self, path: Path, label: str, hops: int = 0, *, rule: bool = False) -> Iterator[Piece]:
        """A file and what it imports, in the client's order: the file first. `rule`: a rule imports it."""
        if is_there(path) and not self._excluded(path, label) and self.walker.fresh(path):
            yield from self._read(path, label, hops, rule=rule)

    def rules(self, folder: Path, label: str) -> Iterator[Piece]:
        """A rules folder: what always counts is yielded, the rest noted as conditional. Links show where they lead."""
        for met in self.walker.markdown(folder):
            path = Path(os.path.realpath(met))
            led_out = label is PROJECT and not path.is_relative_to(folder.parent.parent)
            if led_out and self.links_need_leave and not self.setup.state.outside_imports:
                self._warn(met, "leads out of the project, which the user has not allowed; not loaded")
            elif not self._excluded(path, label):
                yield from self._read(path, label, 0, rule=True)

    def _read(self, path: Path, label: str, hops: int, *, rule: bool = False) -> Iterator[Piece]:
        text = self.walker.read(path)
        if text is None:
            return
        document = parse(text.text)
        self.length += len(document.body)
        if self.length > MAX_LENGTH:
            self._warn(path, f"instructions of over {MAX_LENGTH:,} characters in all; this file is counted as it is")
            yield Piece(path, label, document.body.strip())
            return
        content = markdown.without_comments(document.body).strip()
        if rule and document.waits_for_paths:
            self.conditional.append((path, content))  # what it imports may not wait
        elif content:
            yield Piece(path, label, content)
        for target in self._imports(document.body, path) if hops < MAX_HOPS else ():
            if self._allowed(target, label):
                yield from self.file(target, label, hops + 1, rule=rule)
            else:
                outside = named(self.setup, target)
                self._warn(path, f"imports {outside} from outside the project, which the user has not allowed")

    def _imports(self, text: str, path: Path) -> Iterator[Path]:
        base = Path(os.path.realpath(path)).parent
        targets = (_target(name, base, self.setup) for name in markdown.imports(text))
        yield from filter(None, targets)

    def _allowed(self, path: Path, label: str) -> bool:
        own = label in {PROJECT, LOCAL}
        return not own or self.setup.state.outside_imports or path.is_relative_to(self.setup.project)

    def is_instructed(self, folder: Path) -> bool:
        """Whether a folder holds a CLAUDE.md of any kind that says something."""
        paths = [folder / name for name in ("CLAUDE.md", ".claude/CLAUDE.md", "CLAUDE.local.md")]
        there = (path for path in paths if is_there(path) and not self._excluded(path, PROJECT))
        return any(_content(read_text(path).text) for path in there)

    def _excluded(self, path: Path, label: str) -> bool:
        patterns = self.setup.settings.get("claudeMdExcludes")
        if label is MANAGED or not isinstance(patterns, list):
            return False
        return any(
            globs.matches(str(path), pattern) for pattern in patterns[: globs.MAX_PATTERNS] if isinstance(pattern, str)
        )

    def _warn(self, path: Path, what: str) -> None:
        self.walker.warnings.append(f"{named(self.setup, path)}: {what}")


def find(setup: Setup, conditions: Conditions) -> Found:
    """All instructions: what the first request carries, then what waits (rules with `paths`, files of subfolders)."""
    old = dialect(conditions.version) is OLD
    reading = _Reading(setup, links_need_leave=not old)
    pieces = [*_global(reading), *_projects(reading, agents_md=not old), *_auto(setup, reading.walker)]
    ends = ["\n\n"] * (len(pieces) - 1) + ["\n"]
    units = [_unit(setup, piece, end) for piece, end in zip(pieces, ends, strict=False)]
    waiting = [*reading.conditional, *nested(setup.project, setup.world.home, reading.walker)]
    units += [_waiting_unit(setup, path, content) for path, content in waiting if content]
    return Found(units, reading.walker.warnings)


def _unit(setup: Setup, piece: Piece, end: str) -> KnowledgeUnit:
    text = f"Contents of {legible(piece.path)} ({piece.label}):\n\n{piece.content}{end}"
    where = source_of(setup, piece.path)
    return unit_of(named(setup, piece.path), Component.MEMORY, Load.ALWAYS, text, source=where)


def _waiting_unit(setup: Setup, path: Path, content: str) -> KnowledgeUnit:
    where = source_of(setup, path)
    return unit_of(named(setup, path), Component.MEMORY, Load.ON_DEMAND, content, source=where)


def named(setup: Setup, path: Path) -> str:
    """A file's name in reports: as its source, without the line."""
    return source_of(setup, path).rpartition(":")[0]


# Where the client looks.


def _global(reading: _Reading) -> Iterator[Piece]:
    managed, user = reading.setup.world.managed_dir, reading.setup.world.claude_dir
    for folder, rules, label in ((managed, managed / ".claude", MANAGED), (user, user, USER)):
        yield from reading.file(folder / "CLAUDE.md", label)
        yield from reading.rules(rules / "rules", label)


def _projects(reading: _Reading, *, agents_md: bool) -> Iterator[Piece]:
    """The project and all its parents, the farthest first. AGENTS.md counts where there is no CLAUDE.md at all."""
    folders = [*reversed(reading.setup.project.parents), reading.setup.project]
    agents_md = agents_md and not any(map(reading.is_instructed, folders))
    ruled: set[str] = set()
    for folder in folders:
        yield from reading.file(folder / "CLAUDE.md", PROJECT)
        yield from reading.file(folder / ".claude" / "CLAUDE.md", PROJECT)
        rules = list(reading.rules(folder / ".claude" / "rules", PROJECT))
        ruled |= {piece.content for piece in rules}
        yield from rules
        for path in (folder / "AGENTS.md", folder / ".claude" / "AGENTS.md") if agents_md else ():
            pieces = reading.file(path, PROJECT)
            yield from (piece for piece in pieces if piece.path != path or piece.content not in ruled)
        yield from reading.file(folder / "CLAUDE.local.md", LOCAL)


def _content(text: str) -> str:
    """What of a file is sent."""
    return markdown.without_comments(parse(text).body).strip()


def _auto(setup: Setup, walker: Walker) -> Iterator[Piece]:
    """Claude's own notes about the project: the beginning of their index."""
    off = setup.variable("CLAUDE_CODE_DISABLE_AUTO_MEMORY").lower() in {"1", "true", "yes", "on"}
    if off or setup.settings.get("autoMemoryEnabled") is False:
        return
    path = _auto_folder(setup, walker) / "MEMORY.md"
    text = walker.read(path) if is_there(path) else None
    content = _content(text.text) if text else ""
    if content:
        kept = "\n".join(content.split("\n")[:AUTO_LINES])
        kept = (kept[:AUTO_CHARS].rpartition("\n")[0] or kept[:AUTO_CHARS]) if len(kept) > AUTO_CHARS else kept
        if kept != content:
            walker.warnings.append(
                f"{named(setup, path)}: too long, only its first {len(kept):,} characters are loaded"
            )
        yield Piece(path, AUTO, kept)


def _auto_folder(setup: Setup, walker: Walker) -> Path:
    """Named after the main work tree; a long name is cut and ends in a hash, so it is looked up by its beginning."""
    chosen = setup.settings.get("autoMemoryDirectory")
    if isinstance(chosen, str) and chosen:
        return setup.world.home / chosen.removeprefix("~/")
    slug = re.sub(r"[^A-Za-z0-9]", "-", str(setup.main_repository or setup.project))
    projects = setup.world.claude_dir / "projects"
    if len(slug) > _SLUG:
        same = (entry.name for entry in walker.entries(projects) if entry.name.startswith(slug[:_SLUG]))
        slug = next(same, slug[:_SLUG])
    return projects / slug / "memory"


# Imports.

_TEXT = re.compile(
    "|md|txt|text|json|yaml|yml|toml|xml|html|htm|css|scss|sass|less|js|ts|tsx|jsx|mjs|cjs|mts|cts|py|pyi|pyw|rb|php|java"
    "|kt|kts|scala|go|rs|swift|cs|c|cpp|cc|h|hpp|hxx|sh|bash|zsh|fish|ps1|bat|cmd|sql|graphql|gql|proto|dart|lua|r|pl|pm"
    "|ex|exs|erl|hs|clj|cljs|elm|ml|mli|vue|svelte|astro|csv|ini|cfg|conf|config|env|log|lock|diff|patch|properties"
    "|gradle|cmake|make|rst|adoc|org|tex|ejs|hbs|pug|f|f90|sbt|rake|edn|asciidoc",
    re.IGNORECASE,
)
"""Endings that the client imports, found by offering it 200; a name without an ending is imported too."""


def _target(name: str, base: Path, setup: Setup) -> Path | None:
    """The file that `@name` in `base` means; None where it is none that the client reads."""
    if not name or "\0" in name:
        return None
    path = setup.world.home / name[2:] if name.startswith("~/") else base / name
    path = Path(os.path.normpath(path))
    return path if _TEXT.fullmatch(path.suffix.removeprefix(".")) and is_there(path) else None
