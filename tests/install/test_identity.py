"""The law of an installation: what the user left alone is as before, byte for byte; what they changed stays."""

from __future__ import annotations

import copy
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hive_integration.errors import HiveError
from hive_integration.install import contents as module
from hive_integration.install import journal, plan
from hive_integration.install.change import Change, Edit, Put
from hive_integration.install.contents import Chosen, contents
from hive_integration.install.journal import perform
from hive_integration.install.jsontext import meaning
from hive_integration.install.overlays import Choice, load_overlays
from hive_integration.install.place import Place, place_of
from hive_integration.install.plan import planned, undone
from hive_integration.install.target import Target

from .generated import EDITS, at, edited, pretty, texts, tree, value_of
from .tree import put, snapshot

SETTINGS = ".claude/settings.local.json"
KNOWN = load_overlays()
OVERLAYS = [name for name in KNOWN if name != "base"]
OTHERS = [".claude/settings.json", "CLAUDE.md", ".mcp.json", "src/größe.py", "a b/c", "plugins/hive.md",
          "hive-integration/models/mine.toml"]  # fmt: skip
OURS = ["hive-integration/configs/hive.toml", "hive-integration/README.md", "hive-integration/install.sh",
        "hive-integration/plugin/hooks/hooks.json"]  # fmt: skip
CARDS = ["acme.toml", "zeta.toml", "note.md"]
BYTES = st.binary(max_size=20)


@dataclass(frozen=True)
class Case:
    """One target and what its user does. `text`: the settings file, None: there is none."""

    text: str | None
    files: dict[str, bytes]
    overlays: list[str]
    edits: Sequence[Any]
    on_ours: dict[str, bytes | None]
    """Files of ours that the user edits or, None, deletes."""
    cards: dict[str, bytes]


CASES = st.builds(
    Case,
    text=st.none() | texts(),
    files=st.dictionaries(st.sampled_from(OTHERS), BYTES, max_size=4),
    overlays=st.lists(st.sampled_from(OVERLAYS), max_size=3, unique=True),
    edits=st.just([]) | EDITS,
    on_ours=st.dictionaries(st.sampled_from(OURS), st.none() | BYTES, max_size=2),
    cards=st.dictionaries(st.sampled_from(CARDS), BYTES, max_size=2),
)


@pytest.fixture(autouse=True, scope="module")
def _fast() -> Iterator[None]:
    """No waiting for disk or writers, the overlays read once, a plugin of one file: the law is the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _handle: None)
        patch.setattr(journal, "_PAUSE", 0)
        patch.setattr(journal, "_LATER", 0)
        patch.setattr(plan, "_PAUSE", 0)
        patch.setattr(module, "load_overlays", lambda: KNOWN)
        patch.setattr(module, "_plugin", lambda target: [each for each in PLUGIN(target) if "hooks.json" in each.path])
        yield


PLUGIN = module._plugin


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    """A folder in memory where the system has such."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None, prefix="hive-ctx-"))
    yield Path(os.path.realpath(folder))
    shutil.rmtree(folder)


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(case=CASES)
def test_installing_and_uninstalling_is_the_identity_but_for_what_the_user_did(base: Path, case: Case) -> None:
    """2,000 configurations in any formatting, with any overlays, a second installation and user's edits in between."""
    root = base / "target"
    shutil.rmtree(root, ignore_errors=True)
    put(root, {".claude/x": "", **case.files, **({} if case.text is None else {SETTINGS: case.text})})
    before = snapshot(root)
    target, place = Target(root, "hive"), place_of(root, base / "data")
    chosen = Chosen(place.folder / "state.json", "hive-ctx", [Choice(KNOWN[name]) for name in case.overlays])
    changes = contents(target, chosen)
    if not _installed(place, changes, before):
        return
    assert planned(place, changes, {}).empty
    user, touched = _user_edits(root, case)
    perform(place, undone(place))
    after = snapshot(root)
    assert not place.folder.exists()
    assert {path: after.get(path) for path in before if path not in {SETTINGS, *touched}} == {
        path: was for path, was in before.items() if path not in {SETTINGS, *touched}
    }
    assert {path: (root / path).read_bytes() if path in after else None for path in touched} == touched
    assert {path for path, seen in after.items() if seen[0] == "file"} <= {*before, *touched, SETTINGS}
    if user is None:
        assert after.get(SETTINGS) == before.get(SETTINGS)
    else:
        _check_settings(root, case.text, user, next(each for each in changes if isinstance(each, Edit)))


def _installed(place: Place, changes: Sequence[Change], before: object) -> bool:
    """Whether it could be; a target that has something else in the way is left as it is."""
    try:
        perform(place, planned(place, changes, {}))
    except HiveError:
        assert snapshot(place.root) == before
        assert not place.folder.exists()
        return False
    return True


def _user_edits(root: Path, case: Case) -> tuple[Any, dict[str, bytes | None]]:
    """(the settings as the user left them, None where untouched; files that they wrote or, None, deleted)."""
    touched: dict[str, bytes | None] = {f"hive-integration/models/{name}": data for name, data in case.cards.items()}
    for path, more in case.on_ours.items():
        touched[path] = None if more is None else (root / path).read_bytes() + b"#" + more
    for path, data in touched.items():
        (root / path).unlink() if data is None else (root / path).write_bytes(data)
    installed = value_of((root / SETTINGS).read_text("utf-8"))
    user = edited(installed, case.edits)
    if user == installed:
        return None, touched
    (root / SETTINGS).write_text(pretty(tree(user), "  ", "\n", ": ") + "\n", "utf-8")
    return user, touched


def _check_settings(root: Path, text: str | None, user: dict[str, Any], edit: Edit) -> None:
    """Each of ours is as before, unless the user gave it another value; all of theirs is there."""
    first = {} if text is None else value_of(text)
    path = root / SETTINGS
    final = value_of(path.read_text("utf-8")) if path.exists() else {}
    for want in edit.wants:
        if not want.items and at(first, want.keys) is ...:
            now = at(user, want.keys)
            expected = ... if now is ... or meaning(now) == meaning(want.value) else now
            assert at(final, want.keys) == expected, want.keys
    assert _theirs(final, edit) == _theirs(user, edit)


def _theirs(value: dict[str, Any], edit: Edit) -> Any:
    """The settings without our places, and without the objects and lists that are empty then."""
    value = copy.deepcopy(value)
    for want in edit.wants:
        holder, held = at(value, want.keys[:-1]), at(value, want.keys)
        if want.items and isinstance(held, list):
            ours = [json.dumps(item) for item in want.value]
            held[:] = [item for item in held if json.dumps(item) not in ours]
        elif isinstance(holder, dict) and not want.items:
            holder.pop(want.keys[-1], None)
    return _pruned(value)


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {key: _pruned(each) for key, each in value.items()}
        return {key: each for key, each in inner.items() if each not in ({}, [])}
    return value


def test_what_is_put_is_what_is_checked() -> None:
    """The shortened plugin of this file stands for one that is there in full."""
    whole = [each.path for each in PLUGIN(Target(Path("/x"), "project")) if isinstance(each, Put)]
    assert "hive-integration/plugin/.claude-plugin/plugin.json" in whole
    assert "hive-integration/plugin/hooks/hooks.json" in whole
    assert not any("/tests/" in path for path in whole)
