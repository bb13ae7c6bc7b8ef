"""The state file: what the plugin's mod and patched programs need to know of the configuration, in one JSON file.

It is derived, never edited: whoever reads the configuration writes it again. A reader that finds none, a torn one, one
of another schema, or one whose sources have changed since, takes the full profile. Its form is a promise to programs in
other languages (docs/reference/state.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_integration import __version__
from hive_integration.files import atomic_write, read_text, sha256_of
from hive_integration.registry.cards import Card
from hive_integration.registry.load import load
from hive_integration.registry.places import state_file
from hive_integration.registry.reading import Reading
from hive_integration.registry.store import Store
from hive_integration.registry.stored import StoredUnit
from hive_integration.settings import World
from hive_integration.tokens import Counter

SCHEMA = "hive-ctx/state/1"
LARGEST = 64 * 1024 * 1024
"""Bytes: a manifest has no more."""


@dataclass(frozen=True, slots=True)
class WatchedFile:
    """A file whose units the weights hold, as it was when they were compared: its sha256, and the units' names."""

    path: Path
    sha256: str
    units: Sequence[str]

    def as_json(self) -> Mapping[str, Any]:
        """As the state file has it."""
        return {"path": str(self.path), "sha256": self.sha256, "units": list(self.units)}


def save_state(
    world: World,
    folder: Path,
    store: Store,
    *,
    watched: Sequence[WatchedFile] | None = None,
    counter: Counter | None = None,
) -> Path | None:
    """Write the state of a configuration folder as its files have it now; its path, None where nobody reads one.

    `watched` None keeps what an earlier state of the folder watches, `counter` None the tokens that it counted. Raises
    `HiveError` where the configuration is broken or the file cannot be written.
    """
    path = state_file(world, folder)
    if path is None:
        return None
    reading = Reading()
    configuration = load(folder, reading)
    old = read_state(path)
    before = old if old.get("config_dir") == str(folder) else {}
    state = {
        "schema": SCHEMA,
        "hive_ctx": __version__,
        "profile": configuration.switch.default,
        "config": configuration.version,
        "config_dir": str(folder),
        "sources": [{"path": str(source), "sha256": sha256_of(source)} for source in reading.files],
        **_model(configuration.card("finetuned"), store, before.get("units", {}), counter),
        "watched": before.get("watched", []) if watched is None else [each.as_json() for each in watched],
        "program": str(world.program),
    }
    if state != old:
        atomic_write(path, json.dumps(state, ensure_ascii=False) + "\n", mode=0o600)
    return path


def read_state(path: Path) -> Mapping[str, Any]:
    """The state file's object; empty where there is none that can be used."""
    text = read_text(path, limit=LARGEST)
    try:
        state = json.loads(text.text) if text.readable else {}
    except (ValueError, RecursionError):
        return {}
    return state if isinstance(state, dict) and state.get("schema") == SCHEMA else {}


def _model(card: Card | None, store: Store, known: Mapping[str, int], counter: Counter | None) -> Mapping[str, Any]:
    """What concerns the fine-tuned model; `known` are counts by digest from an earlier state."""
    if card is None:
        return {"card": None, "units": {}, "tools": {}}
    shown = {
        "id": card.id, "protocol": card.protocol, "base_url": card.base_url, "model": card.model,
        "system": card.prompt.system, "tools": card.prompt.tools,
    }  # fmt: skip
    digests = card.manifest.units if card.manifest else ()
    stored = [unit for digest in digests if (unit := store.get(digest))]
    counts = {**known, **_counts([unit for unit in stored if not known.get(_hex(unit.digest))], counter)}
    tools = {
        unit.name: {"description": described, "tokens": counts.get(_hex(unit.digest), 0)}
        for unit in stored
        if unit.is_tool and (described := _description(unit))
    }
    return {"card": shown, "units": {_hex(digest): counts.get(_hex(digest), 0) for digest in digests}, "tools": tools}


def _counts(units: Sequence[StoredUnit], counter: Counter | None) -> Mapping[str, int]:
    if counter is None or not units:
        return {}
    return {_hex(unit.digest): n for unit, n in zip(units, counter.count([u.text for u in units]), strict=True)}


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _description(unit: StoredUnit) -> str:
    """The sha256 of a tool's description; empty for the mere name of a tool, as a listing has it."""
    try:
        tool = json.loads(unit.text)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(tool, dict):
        return ""
    return hashlib.sha256(str(tool.get("description", "")).encode(errors="surrogatepass")).hexdigest()
