"""Compose the end of an installation: which one it is, everything undone, and the client told before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hive_integration.errors import UsageError
from hive_integration.install.client import MARKET, find_client, has, known
from hive_integration.install.journal import perform
from hive_integration.install.ledger import LEDGER, Ledger
from hive_integration.install.place import Place, place_of
from hive_integration.install.plan import undone
from hive_integration.install.registration import Leaving, hand_over
from hive_integration.install.registration import leave as say_goodbye
from hive_integration.install.target import Scope, Target, recognised
from hive_integration.settings import World


def place_to_leave(folder: Path | None, scope: Scope, world: World) -> Place:
    """The place of an installation: the folder itself, or, where none is named, the nearest one above that has one.

    Raises `UsageError` where there is no such folder.
    """
    if scope == "user":
        return place_of(recognised(folder, scope, world).root, world.data_dir)
    root = world.cwd / (folder or "")
    if not root.is_dir():
        raise UsageError(f"no folder {folder}", hint="give the folder that hive-ctx was installed into")
    if folder is None:
        above = (each for each in (root, *root.parents) if (place_of(each, world.data_dir).folder / LEDGER).is_file())
        root = next(above, root)
    return place_of(root, world.data_dir)


def leave(place: Place, ledger: Ledger, world: World, *, no_client: bool, client_path: Path | None) -> Sequence[str]:
    """Take everything back; sentences about what stays, and about a client that could not be told.

    Raises `HiveError` where nothing was changed.
    """
    facts = ledger.facts
    config_dir = Path(str(facts.get("client_dir") or world.claude_dir))
    target = Target(place.root, facts.get("kind", "project"))
    leaving = Leaving(place, target.scope, target.settings, place.root / target.plugin)
    told = has(config_dir, place.root) or known(config_dir) == leaving.plugin
    client = None if no_client or not told else find_client(world, client_path)
    client = replace(client, config_dir=config_dir) if client else None
    problem = say_goodbye(client, leaving) if client else ""
    said = list(perform(place, undone(place)))
    problem = hand_over(client, leaving) or problem if client else "it was not started" if told else ""
    if problem:
        by_hand = f"`claude plugin marketplace remove {MARKET}` does it by hand"
        said.append(f"the client still remembers where the plugin was: {problem}; {by_hand}")
    return said
