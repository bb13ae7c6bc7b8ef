"""Where the configuration lives: a folder that was named, an installation's, the checkout's, or the user's own.

Three layouts are one: `hive.toml` lies in the folder or in its `configs/`; the cards lie in `models/` beside
`hive.toml` or, where that lies in a `configs/`, beside that folder. While a folder holds neither, the shipped defaults
are read.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hive_integration.errors import HiveError, UsageError
from hive_integration.files import bundled, identity
from hive_integration.registry.reading import Reading
from hive_integration.settings import World

HIVE = "hive.toml"
INTEGRATION = "hive-integration"
"""The folder of an installation's configuration, in its target."""


@dataclass(frozen=True, slots=True)
class Files:
    """What a configuration folder holds now: the switch's file, the folder of the cards, where to look up files."""

    hive: Path
    models: Path
    root: Path
    shipped: bool = False
    """The folder holds nothing yet: these are the defaults that came with hive-ctx, to be read and never written."""

    def folders(self, card: Path) -> tuple[Path, ...]:
        """Where a file that `card` names may lie, first that has it."""
        return tuple(dict.fromkeys((card.parent, self.hive.parent, self.root)))


def config_dir(world: World, named: Path | None = None) -> Path:
    """The folder `named` (`--config`), else `$HIVE_CONFIG_DIR`, else that of the installation which the working
    directory lies in, else the checkout's `configs/`, else the user's own.

    Absolute; it may not exist yet, unless it was `named`: then `UsageError`.
    """
    if named is not None:
        if not (folder := _absolute(world.cwd / named)).is_dir():
            raise UsageError(f"no folder {named}", hint="--config takes the folder that holds hive.toml")
        return folder
    if world.chosen_config_dir is not None:
        return _absolute(world.cwd / world.chosen_config_dir)
    if (root := installed(world, world.cwd)) is not None:
        return root / INTEGRATION
    return _checkout() or _absolute(world.user_config_dir)


def memory_of(data_dir: Path, root: Path) -> Path:
    """The folder where the installation into the target `root` is remembered, whether there is one or not."""
    return data_dir / "installs" / identity(root)


def installed(world: World, start: Path) -> Path | None:
    """The nearest target at `start` or above it that this user installed into, else the user's own; None: neither.

    A folder that merely holds the files of an installation, as a clone does, is not one: it could name any server.
    """
    for root in (start, *start.parents, world.claude_dir):
        if (root / INTEGRATION).is_dir() and (memory_of(world.data_dir, root) / "ledger.json").is_file():
            return _absolute(root)
    return None


def state_file(world: World, folder: Path) -> Path | None:
    """Where the plugin's mod reads the state of a configuration folder: the installation's memory, `$HIVE_STATE`, the
    user's data. None for a folder that is not the one in use here: no session would ask for it."""
    memory = memory_of(world.data_dir, folder.parent)
    if folder.name == INTEGRATION and (memory / "ledger.json").is_file():
        return memory / "state.json"
    if folder != config_dir(world):
        return None
    return world.chosen_state or world.data_dir / "state.json"


def locate(folder: Path, reading: Reading, *, defaults: bool = True) -> Files:
    """What a configuration folder holds now; without `defaults` it must hold something of its own.

    Raises `HiveError` that says what was looked for.
    """
    hives = (folder / HIVE, folder / "configs" / HIVE)
    for hive in hives:
        if reading.exists(hive):
            return Files(hive, _models(hive, reading), folder)
    cards = reading.cards(_models(hives[0], reading))
    if defaults and not cards:
        hive = bundled(HIVE)
        return Files(hive, _models(hive, reading), hive.parent, shipped=True)
    beside = f"; {cards[0].parent} has cards, but nothing says which of them runs" if cards else ""
    raise HiveError(
        f"no hive.toml: looked for {hives[0]} and {hives[1]}{beside}",
        hint="write one: [switch] with default, full and finetuned (docs/reference/configuration.md)",
    )


def _checkout() -> Path | None:
    """`configs/` of the checkout that this package lies in; None where it was installed."""
    folder = bundled(HIVE).parent
    return folder if (folder.parent / "pyproject.toml").is_file() else None


def _models(hive: Path, reading: Reading) -> Path:
    beside = hive.parent / "models"
    return hive.parent.parent / "models" if hive.parent.name == "configs" and not reading.exists(beside) else beside


def _absolute(path: Path) -> Path:
    """Without `..`, and with links as they are: a link that is moved must be seen."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow links, `absolute` keeps `..`
