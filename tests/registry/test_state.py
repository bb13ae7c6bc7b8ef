"""Facts about the state file, which programs in other languages read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.registry.places import INTEGRATION, memory_of
from hive_integration.registry.state import SCHEMA, WatchedFile, read_state, save_state
from hive_integration.registry.store import Store, StoredUnit
from hive_integration.settings import World
from hive_integration.tokens.choose import counter_for
from hive_integration.units import digest_of
from tests.registry.folder import edit, make, write

TOOL = json.dumps({"name": "mcp__hive__store", "description": "Keeps a välue.", "input_schema": {"type": "object"}})


@pytest.fixture
def chosen(world: World, tmp_path: Path) -> World:
    """A world whose configuration is a folder of its own, and whose data is kept apart."""
    folder = make(tmp_path / "config")
    return replace(world, env={**world.env, "HIVE_CONFIG_DIR": str(folder), "HIVE_DATA_DIR": str(tmp_path / "data")})


def saved(world: World, *units: StoredUnit, **more: object) -> dict[str, object]:
    """The state of the world's configuration, with these units in the store."""
    with Store(world.data_dir / "units.sqlite3") as store:
        store.put(units)
        path = save_state(world, Path(world.env["HIVE_CONFIG_DIR"]), store, **more)  # type: ignore[arg-type]
    assert path == world.data_dir / "state.json"
    assert path.stat().st_mode & 0o777 == 0o600
    return json.loads(path.read_text())


def test_it_says_what_a_session_must_know(chosen: World) -> None:
    """Profile, card, prompt and digests; each file that was read with the sha256 of its bytes."""
    state = saved(chosen)
    folder = Path(chosen.env["HIVE_CONFIG_DIR"])
    assert (state["schema"], state["profile"], state["config_dir"]) == (SCHEMA, "full", str(folder))
    assert state["card"] == {
        "id": "tuned", "protocol": "openai-chat", "base_url": "http://127.0.0.1:9100/v1",
        "model": "ft:gpt-4.1-mini:acme::abc", "system": "You are a coding agent.\n", "tools": "names",
    }  # fmt: skip
    assert state["units"] == {"ab" * 32: 0, "cd" * 32: 0}
    names = ["hive.toml", "models/claude.toml", "models/tuned.manifest.json", "models/tuned.toml", "prompts/minimal.md"]
    digests = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names]
    assert state["sources"] == [
        {"path": str(folder / name), "sha256": digest} for name, digest in zip(names, digests, strict=True)
    ]


def test_a_known_tool_is_named_by_its_description(chosen: World) -> None:
    """A session does not see a tool's schema, so its description stands for it; texts are counted where asked."""
    unit = StoredUnit(digest_of(TOOL), "mcp__hive__store", "mcp_tools", TOOL, {"type": "object"})
    line = StoredUnit(digest_of("mcp__hive__other"), "mcp__hive__other", "mcp_tools", "mcp__hive__other")
    manifest = {"schema": "hive-ctx/manifest/1", "units": [unit.digest, line.digest]}
    write(Path(chosen.env["HIVE_CONFIG_DIR"]) / "models/tuned.manifest.json", json.dumps(manifest))
    state = saved(chosen, unit, line, counter=counter_for("o200k_base"))
    described = hashlib.sha256("Keeps a välue.".encode()).hexdigest()
    count = counter_for("o200k_base").count([TOOL])[0]
    assert state["tools"] == {"mcp__hive__store": {"description": described, "tokens": count}}
    assert state["units"][unit.digest.removeprefix("sha256:")] == count  # type: ignore[index]
    again = saved(chosen, unit, line)
    assert again == state, "what was counted once is kept"


def test_what_is_watched_stays_until_it_is_said_anew(chosen: World, tmp_path: Path) -> None:
    """The gateway writes the state without looking at the project."""
    file = WatchedFile(tmp_path / "CLAUDE.md", "12" * 32, ["CLAUDE.md"])
    first = saved(chosen, watched=[file])
    assert first["watched"] == [{"path": str(file.path), "sha256": file.sha256, "units": ["CLAUDE.md"]}]
    edit(Path(chosen.env["HIVE_CONFIG_DIR"]) / "hive.toml", '"full"   #', '"finetuned"   #')
    second = saved(chosen)
    assert (second["profile"], second["watched"]) == ("finetuned", first["watched"])
    assert saved(chosen, watched=[])["watched"] == []


def test_a_broken_configuration_leaves_the_state_as_it_was(chosen: World) -> None:
    """A reader sees by the changed source that the state is old."""
    before = saved(chosen)
    write(Path(chosen.env["HIVE_CONFIG_DIR"]) / "hive.toml", "[switch")
    with pytest.raises(HiveError):
        saved(chosen)
    assert read_state(chosen.data_dir / "state.json") == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "hive-ctx/state/2"}', "[" * 100_000])
def test_what_is_not_a_state_is_none(tmp_path: Path, text: str) -> None:
    """Torn, of another kind, of another version, or not there."""
    assert read_state(write(tmp_path / "state.json", text)) == {}
    assert read_state(tmp_path / "gone.json") == {}


def test_a_folder_that_no_session_asks_for_has_no_state(chosen: World, tmp_path: Path) -> None:
    """`serve --config elsewhere` does not speak for the sessions of this user."""
    with Store(tmp_path / "units.sqlite3") as store:
        assert save_state(chosen, make(tmp_path / "other"), store) is None
    assert not (chosen.data_dir / "state.json").exists()


def test_an_installation_has_a_state_of_its_own(world: World, tmp_path: Path) -> None:
    """It lies in the installation's memory, where its overlay points the plugin to."""
    inside = replace(world, env={"HIVE_DATA_DIR": str(tmp_path / "data")})
    folder = make(world.cwd / INTEGRATION)
    memory = memory_of(inside.data_dir, world.cwd)
    write(memory / "ledger.json", "{}")
    with Store(tmp_path / "units.sqlite3") as store:
        assert save_state(inside, folder, store) == memory / "state.json"
