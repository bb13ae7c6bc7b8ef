"""The overlays: which there are, which of them were asked for, and the one edit of a settings file that they make.

They are files of data, read strictly. Every one takes effect in the settings file alone, a server's variables too: the
client hands its settings' `env` down to the MCP servers that it starts (seen with 2.1.197 and 2.1.329).
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hive_integration.errors import HiveError, UsageError
from hive_integration.files import bundled, read_text
from hive_integration.install.change import Edit
from hive_integration.install.overlay import Overlay
from hive_integration.install.target import Target
from hive_integration.registry.forms import syntax

BASE = "base"
"""The overlay of every installation: it changes no request."""

_ID = re.compile(r"[a-z][a-z0-9-]{0,63}")
_HINT = "every key and what it may hold: docs/reference/overlays.md"


@dataclass(frozen=True, slots=True)
class Choice:
    """An overlay that somebody asked for, and the argument that they gave."""

    overlay: Overlay
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.overlay.id}={self.argument}" if self.argument else self.overlay.id


def load_overlays(folder: Path | None = None) -> Mapping[str, Overlay]:
    """The overlays of a folder (None: those that come with hive-ctx), by id. Raises `HiveError` for a bad file."""
    return {path.stem: _read(path) for path in sorted((folder or bundled("overlays")).glob("*.toml"))}


def chosen(asked: Sequence[str], known: Mapping[str, Overlay]) -> Sequence[Choice]:
    """What `NAME` or `NAME=ARGUMENT`, each once, asks for, in that order. Raises `UsageError` where it cannot be."""
    choices: dict[str, Choice] = {}
    for text in asked:
        name, _, argument = text.partition("=")
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            raise UsageError(f"unknown overlay {name!r}", hint=hint)
        choice = Choice(known[name], argument)
        if choices.setdefault(name, choice) != choice:
            raise UsageError(f"overlay {name} was asked for twice, differently", hint="give it once")
    return list(choices.values())


def edit_of(choices: Sequence[Choice], target: Target, facts: Mapping[str, str]) -> Edit:
    """The edit of the target's settings file that the choices ask for together. Lists the target's skills.

    `facts`: values for `config_dir`, `state` and `program`. Raises `UsageError` where an argument is refused.
    """
    known = {**facts, "invocable": invocables(target)}
    wants = [want for choice in choices for want in choice.overlay.wants(known, choice.argument)]
    return Edit(target.settings, wants, why=f"overlays: {', '.join(map(str, choices))}")


def invocables(target: Target) -> Sequence[str]:
    """The skills and commands of the target itself, as the client names them: `sparc:architect`, sorted."""
    home = target.root if target.scope == "user" else target.root / ".claude"
    skills = (path.parent.name for path in (home / "skills").glob("*/SKILL.md"))
    commands = (path.relative_to(home / "commands").with_suffix("") for path in (home / "commands").rglob("*.md"))
    names = {*skills, *(":".join(path.parts) for path in commands)}
    return sorted(name for name in names if name.isprintable())


def _read(path: Path) -> Overlay:
    read = read_text(path)
    if read.warning:
        raise HiveError(read.warning.removesuffix(", skipped"), hint="an overlay is a small UTF-8 text")
    try:
        overlay = msgspec.convert(tomllib.loads(read.text), Overlay)
    except msgspec.ValidationError as error:
        raise HiveError(f"{path}: {_plain(str(error))}", hint=_HINT) from error
    except (ValueError, RecursionError) as error:
        raise HiveError(syntax(error, read.text, path), hint=_HINT) from error
    if overlay.id != path.stem or not _ID.fullmatch(overlay.id):
        raise HiveError(f"{path}: id is {overlay.id!r}, expected the file's name, of a-z, 0-9 and `-`", hint=_HINT)
    return overlay


def _plain(message: str) -> str:
    """What the reader of data says, with the place first: `want[0]: object contains unknown field `kyes``."""
    reason, _, place = message.partition(" - at `$")
    reason = reason[0].lower() + reason[1:]
    return f"{place.strip('.`')}: {reason}" if place else reason
