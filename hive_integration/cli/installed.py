"""What is installed in a target, as a value for machines and as lines for people: ours, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from hive_integration.audit.render.visible import readable
from hive_integration.install.client import known
from hive_integration.install.ledger import Entry, Ledger, ledger_of
from hive_integration.install.patch_apply import Tools
from hive_integration.install.patch_series import read_series, shipped
from hive_integration.install.patches import look, state_of
from hive_integration.install.place import Place, place_of
from hive_integration.install.writes import read
from hive_integration.registry.places import installed
from hive_integration.settings import World

_MOST = 10
"""Changed files that are listed by name."""


def installation(world: World, start: Path) -> Mapping[str, Any] | None:
    """The installation that `start` lies in, or the user's own; None where there is none.

    Raises `HiveError` where its ledger cannot be understood.
    """
    root = installed(world, start)
    if root is None:
        return None
    place = place_of(root, world.data_dir)
    ledger = ledger_of(place)
    return None if ledger is None else _described(place, ledger, world)


def _described(place: Place, ledger: Ledger, world: World) -> Mapping[str, Any]:
    facts = ledger.facts
    series = read_series(shipped())
    seen = look(series, place.root, Tools.on(world.env))
    states = {path: _state(place, path, entry) for path, entry in ledger.files.items()}
    plugin = Path(str(facts.get("plugin", "")))
    return {
        "target": str(place.root),
        "kind": facts.get("kind", ""),
        "detail": facts.get("detail", ""),
        "scope": facts.get("scope", ""),
        "version": ledger.version,
        "installed_at": ledger.installed_at,
        "files": len(ledger.files) - len(ledger.edits),
        "settings": {path: [".".join(owned.keys) for owned in entry.owned] for path, entry in ledger.edits.items()},
        "overlays": list(facts.get("overlays", ())),
        "plugin": {"folder": str(plugin), "known": known(world.claude_dir) == plugin},
        "patches": {patch.id: state_of(patch, seen) for patch in series},
        "changed": sorted(path for path, state in states.items() if state == "changed"),
        "missing": sorted(path for path, state in states.items() if state == "missing"),
    }


def _state(place: Place, path: str, entry: Entry) -> str:
    """Whether a file is as we left it, changed since, or gone."""
    content = read(place.file(path))
    if content is None:
        return "missing" if entry.left else ""
    return "" if entry.left and content.sha256 == entry.left.sha256 else "changed"


def show(shown: Mapping[str, Any] | None, *, color: bool) -> str:
    """The installation for people; empty where there is none."""
    if shown is None:
        return ""
    title = click.style("Installed here", bold=True) if color else "Installed here"
    return "".join(f"{line}\n" for line in ("", f"  {title}", *(f"  {label:10}{text}" for label, text in _rows(shown))))


def _rows(shown: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """(label, text) of each line."""
    kind = f"{shown['kind']} ({shown['detail']})" if shown["detail"] else shown["kind"]
    keys = [f"{len(each)} keys in {path}" for path, each in shown["settings"].items()]
    rows = [
        ("Target", shown["target"]),
        ("", f"{kind}, by hive-ctx {shown['version']}, {str(shown['installed_at'])[:10]}"),
        ("Ours", ", ".join([f"{shown['files']} files", *keys])),
        ("Overlays", ", ".join(shown["overlays"]) or "none beyond what the plugin needs"),
        ("Plugin", _plugin(shown["plugin"])),
    ]
    patches = [f"{name} {state}" for name, state in shown["patches"].items() if state != "absent"]
    if patches:
        rows.append(("Patches", ", ".join(patches)))
    for label, paths in (("Changed", shown["changed"]), ("Missing", shown["missing"])):
        more = [f"and {len(paths) - _MOST} more"] if len(paths) > _MOST else []
        rows += [(label if number == 0 else "", path) for number, path in enumerate([*paths[:_MOST], *more])]
    return [(label, readable(str(text))) for label, text in rows]


def _plugin(plugin: Mapping[str, Any]) -> str:
    said = "the client knows it" if plugin["known"] else "the client finds it at a session's start in a trusted folder"
    return f"{plugin['folder']}; {said}"
