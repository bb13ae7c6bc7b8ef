"""Compose the state file: the configuration, and which of the project's files hold units that the weights hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hive_integration.audit.sources.inventory import take_inventory
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.audit.static import conditions_of
from hive_integration.files import sha256_of
from hive_integration.registry.cards import Manifest
from hive_integration.registry.load import load
from hive_integration.registry.places import installed
from hive_integration.registry.state import WatchedFile, save_state
from hive_integration.registry.store import FILE, Store
from hive_integration.settings import World, now
from hive_integration.tokens.choose import counter_for


def keep_state(world: World, folder: Path) -> Path | None:
    """Write the state of a configuration folder, with the files to watch in the project of the working directory.

    Its path; None where no session would read one. Raises `HiveError` where the configuration is broken.
    """
    card = load(folder).card("finetuned")
    project = installed(world, world.cwd) or world.cwd
    watched = watched_files(world, project, card.manifest) if card and card.manifest else ()
    with Store(world.data_dir / FILE) as store:
        return save_state(world, folder, store, watched=watched, counter=counter_for("o200k_base", world.cache_dir))


def watched_files(world: World, project: Path, manifest: Manifest) -> Sequence[WatchedFile]:
    """The files of a project that hold units of the manifest: when one changes, a unit may have drifted."""
    setup = find_setup(project, world)
    names: dict[Path, list[str]] = {}
    for unit in take_inventory(setup, conditions_of(setup), now()).units:
        if unit.digest in manifest and unit.source:
            place = unit.source.rpartition(":")[0] or unit.source
            path = world.home / place[2:] if place.startswith("~/") else setup.project / place
            names.setdefault(path, []).append(unit.name)
    return [WatchedFile(path, digest, units) for path, units in sorted(names.items()) if (digest := sha256_of(path))]
