"""What an installation is made of, for one target: files that are ours as a whole, and keys in files of others.

Everything is copied from what comes with hive-ctx, byte for byte: two installations of one version are equal, and a
second one finds nothing to do. Reads; writes nothing, and never a credential.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hive_integration.files import bundled
from hive_integration.install.change import Change, Edit, Put
from hive_integration.install.client import MARKET, PLUGIN
from hive_integration.install.merge import Want
from hive_integration.install.overlays import BASE, Choice, edit_of, load_overlays
from hive_integration.install.patch_series import shipped
from hive_integration.install.target import MARKETPLACE, Target
from hive_integration.registry.places import INTEGRATION

SETTLED = (f"{INTEGRATION}/configs/hive.toml", f"{INTEGRATION}/models/claude.toml")
"""The user's from the first installation on: a later one leaves them as they are."""
SHADOWS = (f"{INTEGRATION}/hive.toml", f"{INTEGRATION}/configs/models")
"""What would be read in place of `SETTLED`, were it there: no installation puts it there."""
_LEFT = frozenset({"__pycache__", "node_modules", "tests", "types", "tsconfig.json", ".DS_Store"})
"""What lies in the plugin's folder for its developers; `claude plugin test` writes some of it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one installation is to have, beside what each has."""

    state: Path
    """Where the mod finds the state file."""
    program: str
    """hive-ctx itself."""
    overlays: Sequence[Choice] = ()
    patched: Sequence[Put] = ()
    """What patches change in the target's own programs."""
    carried: Sequence[str] = ()
    """The files of `patches/` that the target gets."""
    settled: Mapping[str, bytes] = field(default_factory=dict)
    """Those of `SETTLED` that an earlier installation put there, as they are now."""


def contents(target: Target, chosen: Chosen) -> Sequence[Change]:
    """Every change of an installation, in the order in which it is made: what is referred to comes first."""
    changes: list[Change] = [*_integration(chosen), *_plugin(target), *chosen.patched]
    if target.kind == "marketplace":
        changes.append(Edit(MARKETPLACE, [_listed(target)], why="the marketplace offers the plugin"))
    return [*changes, _settings(target, chosen)]


def _integration(chosen: Chosen) -> Iterator[Put]:
    overlays = [choice.overlay.id for choice in chosen.overlays]
    for name, source, why in (
        ("README.md", bundled("README.md", "configs/integration"), "what lies here"),
        ("install.sh", bundled("install.sh", "configs/integration"), "installs again, or takes it all back"),
        ("configs/hive.toml", bundled("hive.toml"), "the switch"),
        *((f"configs/overlays/{each}.toml", bundled(f"overlays/{each}.toml"), "was asked for") for each in overlays),
        ("models/README.md", bundled("README.md", "models"), "what a model card is"),
        ("models/claude.toml", bundled("claude.toml", "models"), "the card of the full prompt"),
        ("patches/README.md", shipped() / "README.md", "what a patch is"),
        *((f"patches/{each}", shipped() / each, "concerns this target") for each in chosen.carried),
    ):
        path = f"{INTEGRATION}/{name}"
        data = chosen.settled.get(path)
        yield Put(path, source.read_bytes() if data is None else data, _mode(source), why=why)


def _plugin(target: Target) -> Iterator[Put]:
    root = bundled("", "plugin")
    for source in sorted(root.rglob("*")):
        inside = source.relative_to(root)
        if source.is_file() and not _LEFT & set(inside.parts):
            yield Put(f"{target.plugin}/{inside.as_posix()}", source.read_bytes(), _mode(source), why="the plugin")


def _mode(source: Path) -> int:
    return 0o755 if source.stat().st_mode & 0o100 else 0o644


def _listed(target: Target) -> Want:
    """The plugin's line in a marketplace of plugins."""
    manifest: dict[str, Any] = json.loads((bundled("", "plugin") / ".claude-plugin" / "plugin.json").read_bytes())
    entry = {key: manifest[key] for key in ("name", "description", "version", "author") if key in manifest}
    return Want(("plugins",), [{**entry, "source": f"./{target.plugin}"}], items=True, source=BASE)


def _settings(target: Target, chosen: Chosen) -> Edit:
    """The plugin switched on, and the overlays, the base first."""
    facts = {
        "config_dir": str(target.root / INTEGRATION),
        "state": str(chosen.state),
        "program": chosen.program,
    }
    overlays = edit_of([Choice(load_overlays()[BASE]), *chosen.overlays], target, facts)
    folder = {"source": {"source": "directory", "path": str(target.root / target.plugin)}}
    plugin = [
        Want(("extraKnownMarketplaces", MARKET), folder, source=BASE),
        Want(("enabledPlugins", PLUGIN), True, source=BASE),
    ]
    return Edit(overlays.path, [*overlays.wants, *plugin], why=f"the plugin is on; {overlays.why}")
