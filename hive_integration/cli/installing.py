"""Compose an installation: what the target is, what it is to get, the plan, and then the client's word and the state.

Nothing is written before `carry_out`, and nothing is started but git and node, on copies of what a patch concerns.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hive_integration.cli.stating import keep_state
from hive_integration.errors import HiveError, UsageError
from hive_integration.install import registration
from hive_integration.install.change import Change, Put
from hive_integration.install.client import Client, find_client
from hive_integration.install.contents import SETTLED, SHADOWS, Chosen, contents
from hive_integration.install.journal import perform
from hive_integration.install.ledger import Ledger, ledger_of
from hive_integration.install.overlays import Choice, load_overlays
from hive_integration.install.overlays import chosen as choices
from hive_integration.install.patch_apply import Tools
from hive_integration.install.patch_series import SERIES, Patch, read_series, shipped
from hive_integration.install.patch_states import State
from hive_integration.install.patches import Sight, look, state_of
from hive_integration.install.patches import changes as patch_changes
from hive_integration.install.place import Place, place_of
from hive_integration.install.plan import Plan, planned, undone
from hive_integration.install.target import Target
from hive_integration.registry.places import INTEGRATION
from hive_integration.settings import World

STATE = "state.json"
"""The state file of an installation, beside its ledger."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for. None: as the last installation had it, else the default."""

    overlays: Sequence[str] = ()
    patches: bool | None = None
    client: bool = True
    client_path: Path | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """An installation that is ready to be made. `stale` takes away what an earlier version had and this has not."""

    target: Target
    place: Place
    changes: Sequence[Change]
    facts: Mapping[str, Any]
    stale: Plan
    plan: Plan
    patches: Mapping[str, State]
    """Patch -> its state before."""
    client: Client | None
    remarks: Sequence[str]

    @property
    def changed(self) -> bool:
        """Whether any file would change."""
        return bool(self.stale.steps or self.plan.steps)

    @property
    def renewed(self) -> bool:
        """Whether the plugin's files would change."""
        steps = [*self.stale.steps, *self.plan.steps]
        return any(step.path.startswith(f"{self.target.plugin}/") for step in steps)

    @property
    def plugin(self) -> Path:
        """Where the plugin lies."""
        return self.target.root / self.target.plugin


def prepare(wanted: Wanted, target: Target, world: World) -> Prepared:
    """Plan the installation; nothing is written. Raises `HiveError` where it cannot be made."""
    place = place_of(target.root, world.data_dir)
    past = ledger_of(place)
    _checked(target, world, first=past is None)
    facts = dict(past.facts) if past else {}
    overlays = _overlays(wanted, target, facts)
    patching = (facts.get("patches") is not False) if wanted.patches is None else wanted.patches
    series, tools = read_series(shipped()), Tools.on(world.env)
    seen = look(series, target.root, tools)
    puts, remarks = _patched(seen, target, tools) if patching else ((), ())
    chosen = Chosen(
        state=place.folder / STATE, program=str(world.program), overlays=overlays, patched=puts,
        carried=_carried(series, seen, patching=patching), settled=_settled(target, past),
    )  # fmt: skip
    changes = contents(target, chosen)
    facts |= {
        "kind": target.kind, "detail": target.detail, "scope": target.scope, "root": str(target.root),
        "overlays": [str(choice) for choice in overlays], "patches": patching, "client": wanted.client,
        "plugin": str(target.root / target.plugin), "client_dir": str(world.claude_dir),
    }  # fmt: skip
    return Prepared(
        target, place, changes, facts,
        stale=undone(place, _stale(target, past, {change.path for change in changes})),
        plan=planned(place, changes, facts),
        patches={patch.id: state_of(patch, seen) for patch in series},
        client=find_client(world, wanted.client_path) if wanted.client else None,
        remarks=remarks,
    )  # fmt: skip


def carry_out(prepared: Prepared, world: World) -> Sequence[str]:
    """Make the installation; sentences about what did not come about, or stays as the user made it.

    Raises `HiveError` where nothing was changed.
    """
    said: list[str] = []
    if prepared.stale.steps:
        said += perform(prepared.place, prepared.stale)
        said += perform(prepared.place, planned(prepared.place, prepared.changes, prepared.facts))
    else:
        said += perform(prepared.place, prepared.plan)
    return [*said, *told(prepared), *stated(prepared, world)]


def told(prepared: Prepared) -> Sequence[str]:
    """Let the client know the plugin, where there is one that does not; why that did not work."""
    if prepared.client is None:
        return ()
    problem = registration.introduce(prepared.client, prepared.target, prepared.place, renewed=prepared.renewed)
    without = "a session in a trusted folder finds the plugin by itself"
    return [f"the client was not told of the plugin: {problem}; {without}"] if problem else ()


def stated(prepared: Prepared, world: World) -> Sequence[str]:
    """Write the state for the mod; why that did not work."""
    root = prepared.target.root
    try:
        keep_state(replace(world, cwd=root), root / INTEGRATION)
    except HiveError as error:
        return [f"the configuration is broken, so every session has the full profile: {error}"]
    return ()


def _checked(target: Target, world: World, *, first: bool) -> None:
    """Refuse what would make of the installation another one than is said."""
    if not world.data_dir.is_absolute():
        raise UsageError(f"HIVE_DATA_DIR is {str(world.data_dir)!r}, expected an absolute path",
                         hint="the installation is remembered there, for commands in any folder")  # fmt: skip
    for path in SHADOWS if first else ():
        if os.path.lexists(target.root / path):
            raise HiveError(f"{path} is there already, and would be read in place of what is installed",
                            hint="it says where requests go: look at it, move it away, then try again")  # fmt: skip


def _overlays(wanted: Wanted, target: Target, facts: Mapping[str, Any]) -> Sequence[Choice]:
    """Those of the earlier installation, and those that are asked for now, which win."""
    known = load_overlays()
    asked = choices(wanted.overlays, known)
    for choice in asked:
        if reason := choice.overlay.unfit(target.kind):
            raise UsageError(f"overlay {choice.overlay.id} {reason}", hint="--list-overlays shows what each is for")
    before = [text for text in facts.get("overlays", ()) if str(text).partition("=")[0] in known]
    joined = {choice.overlay.id: choice for choice in (*choices(before, known), *asked)}
    return list(joined.values())


def _patched(seen: Sequence[Sight], target: Target, tools: Tools) -> tuple[Sequence[Put], Sequence[str]]:
    """The changes that patches ask for, and why they were left out where they were."""
    if not any(sight.verdict.state == "appliable" for sight in seen):
        return (), ()
    missing = [name for name, found in (("git", tools.git), ("node", tools.node)) if found is None]
    if missing:
        return (), (f"patches are left out: there is no {' and no '.join(missing)} to apply and to check them with",)
    return patch_changes(seen, target.root, tools), ()


def _carried(series: Sequence[Patch], seen: Sequence[Sight], *, patching: bool) -> Sequence[str]:
    """The whole series where any of it concerns the target: a part of it would not be one."""
    concerned = {"applied"} | ({"appliable", "drifted", "upstream"} if patching else set())
    if not any(sight.verdict.state in concerned for sight in seen):
        return ()
    return [SERIES, *(name for patch in series for name in patch.carried)]


def _settled(target: Target, past: Ledger | None) -> Mapping[str, bytes]:
    known = past.files if past else {}
    files = {path: target.root / path for path in SETTLED if path in known}
    return {path: file.read_bytes() for path, file in files.items() if file.is_file()}


def _stale(target: Target, past: Ledger | None, wanted: Collection[str]) -> Collection[str]:
    """Files of ours that a newer version no longer has."""
    ours = (f"{INTEGRATION}/", f"{target.plugin}/")
    return {path for path in (past.files if past else ()) if path.startswith(ours) and path not in wanted}
