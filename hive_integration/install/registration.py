"""What the client is told at an installation and at its end; the user's settings keep their form meanwhile.

The client knows our marketplace by its name, and so one folder, however many installations there are: the last one that
was installed introduces itself, and one that goes hands over to another that remains. No installation's plugin vanishes
with its neighbour; the last one to go has the client forget the name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from hive_integration.errors import HiveError
from hive_integration.install import client as clients
from hive_integration.install.client import PLUGIN, Client, is_plugin, known
from hive_integration.install.journal import handed
from hive_integration.install.ledger import LEDGER, ledger_of, save
from hive_integration.install.place import Place, locked
from hive_integration.install.target import Scope, Target
from hive_integration.install.writes import Content, read, same, swap


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is known of an installation that is to go."""

    place: Place
    scope: Scope
    settings: str
    """The settings file that was edited, from the root."""
    plugin: Path


def knows(client: Client, target: Target) -> bool:
    """Whether the client has a record of the plugin in the target, and a folder from which it can read it."""
    return is_plugin(known(client.config_dir)) and clients.has(client.config_dir, target.root)


def introduce(client: Client, target: Target, place: Place, *, renewed: bool) -> str:
    """Let the client know the plugin, where it does not yet or where its files were `renewed`.

    Why it did not work; empty where it did.
    """
    folder, before = target.root / target.plugin, known(client.config_dir)
    if before != folder and (renewed or not is_plugin(before)) and (problem := clients.add(client, folder)):
        return problem
    if clients.has(client.config_dir, target.root):
        return ""
    with _in_form(place, target.settings):
        return clients.install(client, target)


def leave(client: Client, leaving: Leaving) -> str:
    """Before an installation goes: the client forgets that it has the plugin there. Why not; empty where it did."""
    if not clients.has(client.config_dir, leaving.place.root):
        return ""
    with _in_form(leaving.place, leaving.settings):
        return clients.uninstall(client, leaving.place.root, leaving.scope)


def hand_over(client: Client, leaving: Leaving) -> str:
    """After it is gone: where the client knew its folder, it learns another's, or forgets the name.

    Why it did not work; empty where it did.
    """
    if known(client.config_dir) != leaving.plugin:
        return ""
    heir = next(_heirs(leaving.place, client.config_dir), None)
    return clients.add(client, heir) if heir else clients.remove(client)


def _heirs(place: Place, config_dir: Path) -> Iterator[Path]:
    """The plugin folders of the other installations that the same client reads, by their identity."""
    for memory in sorted(place.folder.parent.glob("*")):
        try:
            ledger = ledger_of(Place(memory, memory)) if memory != place.folder else None
        except HiveError:
            continue
        facts = ledger.facts if ledger else {}
        folder = Path(str(facts.get("plugin", "")))
        if facts.get("client_dir") == str(config_dir) and folder.is_absolute() and is_plugin(folder):
            yield folder


@contextmanager
def _in_form(place: Place, path: str) -> Iterator[None]:
    """Around a command of the client's that rewrites a settings file as a whole: its form is not ours to change.

    Where no more than the plugin's own key is another, the bytes that stood there return; where more is, somebody else
    wrote, too, and what stands there is theirs. If we are killed meanwhile, the ledger takes the new form for ours.
    """
    file, past = place.file(path), ledger_of(place)
    before = read(file)
    with handed(place, [path]):
        yield
        after = read(file)
        if same(before, after):
            return
        if before is not None and after is not None and _rest(before) == _rest(after):
            swap(file, after, before, _theirs)
            return
    if past is not None and path in past.files:
        with locked(place):
            now = ledger_of(place) or past
            save(place.folder / LEDGER, replace(now, files={**now.files, path: past.files[path]}))


def _theirs(_written: Content) -> Content:
    """What becomes of the file where somebody writes just then: theirs stays."""
    raise HiveError("somebody wrote the settings meanwhile")


def _rest(content: Content) -> Any:  # noqa: ANN401 - JSON
    """The settings without our plugin's key; the bytes where they are no settings."""
    try:
        value = json.loads(content.data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return content.data
    if isinstance(value, dict) and isinstance(plugins := value.get("enabledPlugins"), dict):
        plugins.pop(PLUGIN, None)
        if not plugins:
            del value["enabledPlugins"]
    return value
