"""Where the patched packages lie in a target: installed beside it, the target itself, or a copy that their init made.

Reads names and versions only. What npx keeps is refused, for it is fetched anew at any time; what lies outside of the
target, as a linked package does, is not the target's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hive_integration.errors import HiveError, UsageError
from hive_integration.files import read_text
from hive_integration.install.patch_series import Form, Patch

_PASSING = {"_npx": "npx", "_cacache": "npm"}
_PREFIXES = ("node_modules", "node_modules/*/node_modules", "node_modules/@*/*/node_modules", "lib/node_modules")
"""A project's, those that its packages keep to themselves, and that of a global prefix, which has to be named."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A file that a form of a patch is for. `path`: from the target; `package` and `version`: None for a copy."""

    patch: Patch
    form: Form
    path: str
    package: str | None = None
    version: str | None = None


def target_root(folder: Path) -> Path:
    """The folder's real path. Raises where there is none, or where npx or npm keep it for the time being."""
    root = folder.resolve()
    if not root.is_dir():
        hint = "give the project, or the folder of the installed package; `hive-ctx patches list` names the patches"
        raise UsageError(f"{folder}: no such folder", hint=hint)
    for name, owner in _PASSING.items():
        if name in root.parts:
            hint = "install the package into a project (`npm install claude-flow@VERSION`), and patch that"
            raise HiveError(f"{root} is a cache of {owner}'s: what is patched there vanishes", hint=hint)
    return root


def spots(series: Sequence[Patch], root: Path) -> Sequence[Spot]:
    """Every place in the target that a patch is for, in the series' order; a file may be missing there."""
    names = {package for patch in series for package in patch.packages}
    packages = [
        (name, version, folder) for folder in _folders(root, names) for name, version in _package(folder, names)
    ]
    return [spot for patch in series for spot in (*_installed(patch, root, packages), *_copies(patch, root))]


def _installed(patch: Patch, root: Path, packages: Sequence[tuple[str, str, Path]]) -> Iterator[Spot]:
    for name, version, folder in packages:
        forms = [form for form in patch.forms if name in form.files]
        form = next((form for form in forms if form.covers(version)), forms[-1] if forms else None)
        if form is not None:
            yield Spot(patch, form, (folder / form.files[name]).relative_to(root).as_posix(), name, version)


def _copies(patch: Patch, root: Path) -> Iterator[Spot]:
    for form in patch.forms:
        for copy in form.copies:
            path = (root / copy).resolve()
            if path.is_file() and path.is_relative_to(root):
                yield Spot(patch, form, path.relative_to(root).as_posix())


def _folders(root: Path, names: set[str]) -> Sequence[Path]:
    """Folders in the target that may hold one of the packages, each once."""
    found = {root: None}
    stores = [store for pattern in _PREFIXES for store in sorted(root.glob(pattern))]
    for store in (root, *stores) if root.name == "node_modules" else stores:
        for name in sorted(names):
            folder = (store / name).resolve()
            if folder.is_dir() and folder.is_relative_to(root):
                found[folder] = None
    return list(found)


def _package(folder: Path, names: set[str]) -> Iterator[tuple[str, str]]:
    text = read_text(folder / "package.json")
    try:
        table = json.loads(text.text) if text.readable else None
    except (ValueError, RecursionError):
        return
    if isinstance(table, dict) and table.get("name") in names and isinstance(version := table.get("version"), str):
        yield table["name"], version
