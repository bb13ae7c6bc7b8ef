"""Facts about the plugin's start hook: what it says to the person, and that it says nothing when all is well."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

HOOK = Path(__file__).parents[2] / "plugin/hooks/session_start.py"
BASE = "http://127.0.0.1:9100"
NEW = "claude-code_2-1-329_harness"


def said(env: Mapping[str, str]) -> str:
    """What the hook tells the person; the whole output is one JSON object or nothing."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(HOOK)],
        env=dict(env),
        input="{}",
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stderr == ""
    if not done.stdout:
        return ""
    shown = json.loads(done.stdout)
    assert set(shown) == {"systemMessage"}  # nothing of it reaches the model
    return str(shown["systemMessage"])


def state(folder: Path, **changes: Any) -> dict[str, str]:
    """A session's variables, with a state in which all is well."""
    for name in ("hive.toml", "CLAUDE.md"):
        (folder / name).write_text(name)
    it = {
        "schema": "hive-ctx/state/1", "profile": "finetuned", "units": {}, "tools": {},
        "card": {"id": "acme", "protocol": "anthropic-messages", "base_url": BASE, "model": "ft:acme", "system": ""},
        "sources": [entry(folder / "hive.toml")], "watched": [entry(folder / "CLAUDE.md")], **changes,
    }  # fmt: skip
    (folder / "state.json").write_text(json.dumps(it))
    return {"HIVE_STATE": str(folder / "state.json"), "ANTHROPIC_BASE_URL": f"{BASE}/v1/", "AI_AGENT": NEW}


def entry(path: Path) -> dict[str, Any]:
    return {"path": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "units": [path.name]}


def test_it_is_silent_when_all_is_well(tmp_path: Path) -> None:
    """Direct and fine-tuned, behind the gateway, in the full profile, and where hive-ctx was never set up."""
    env = state(tmp_path)
    assert said(env) == ""
    assert said(env | {"ANTHROPIC_BASE_URL": "http://x", "ANTHROPIC_CUSTOM_HEADERS": "a: b\nX-Hive-Key: k"}) == ""
    assert said(env | {"ANTHROPIC_BASE_URL": "http://x", "USE_FINETUNED": "0"}) == ""
    assert said({"HOME": str(tmp_path / "nobody")}) == ""
    assert said({}) == ""


def test_a_file_that_changed_since_it_was_learned_is_drift(tmp_path: Path) -> None:
    """Changed or gone; five names and how many more."""
    env = state(tmp_path)
    (tmp_path / "CLAUDE.md").write_text("other")
    assert said(env) == "hive: CLAUDE.md changed since acme learned it, and is sent until it is learned again"
    (tmp_path / "CLAUDE.md").unlink()
    assert "CLAUDE.md changed" in said(env)
    many = [{"path": str(tmp_path / f"f{i}"), "sha256": "0", "units": []} for i in range(8)]
    assert "f0, f1, f2, f3, f4 and 3 more changed" in said(state(tmp_path, watched=many))


def test_a_state_older_than_its_sources_is_said(tmp_path: Path) -> None:
    """Then the full profile holds, and one command mends it."""
    env = state(tmp_path)
    (tmp_path / "hive.toml").write_text("changed")
    assert re.search(r"hive.toml changed since the state was written.*full profile; run `hive-ctx switch`", said(env))


@pytest.mark.parametrize(
    ("changes", "env", "words"),
    [
        ({}, {"AI_AGENT": "claude-code_2-1-197_harness"}, r"2\.1\.197 has no mods \(2\.1\.287 has\).*hive-ctx run"),
        ({}, {"ANTHROPIC_BASE_URL": "https://api.example.com"}, r"does not talk to acme.*hive-ctx run"),
        ({"card": None}, {}, "no model"),
        ({"profile": "full"}, {"USE_FINETUNED": " ON ", "ANTHROPIC_BASE_URL": ""}, "does not talk to acme"),
        ({}, {"USE_FINETUNED": "maybe"}, "neither yes nor no"),
    ],
)
def test_what_keeps_a_direct_session_from_its_model_is_said(
    tmp_path: Path, changes: dict[str, Any], env: dict[str, str], words: str
) -> None:
    """An older client, another server, no model, a word that nobody knows."""
    assert re.search(words, said(state(tmp_path, **changes) | env))


def test_a_card_of_another_protocol_needs_the_gateway(tmp_path: Path) -> None:
    """The client speaks Messages; what speaks chat is reached through `hive-ctx run`."""
    card = {"id": "acme", "protocol": "openai-chat", "base_url": BASE, "model": "m", "system": ""}
    assert "hive-ctx run" in said(state(tmp_path, card=card))


def test_managed_settings_are_named(tmp_path: Path) -> None:
    """They may seat a guard that keeps a person's plugins from the prompt."""
    sys.path.insert(0, str(HOOK.parent))
    try:
        import session_start
    finally:
        sys.path.pop(0)
    env = state(tmp_path)
    assert list(session_start.sentences(env, "linux", str(tmp_path / "none"))) == []
    (tmp_path / "managed-settings.d").mkdir()
    assert "managed settings" in next(session_start.sentences(env, "linux", str(tmp_path)))
    assert session_start.state_path({"HOME": "/h"}, "linux") == "/h/.local/share/hive-ctx/state.json"
    assert session_start.state_path({"HOME": "/h"}, "darwin") == "/h/Library/Application Support/hive-ctx/state.json"
    assert session_start.state_path({"HOME": "/h", "XDG_DATA_HOME": "/x"}, "linux") == "/x/hive-ctx/state.json"
    assert session_start.state_path({"HIVE_DATA_DIR": "/d", "HOME": "/h"}, "linux") == "/d/state.json"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"schema": "hive-ctx/state/2"}', "[" * 100_000, '{"schema": "hive-ctx/state/1"}']
)
def test_a_state_that_cannot_be_used_is_none(tmp_path: Path, text: str) -> None:
    """Torn, of another schema, without its keys: silent, unless the fine-tuned model was asked for."""
    env = state(tmp_path)
    (tmp_path / "state.json").write_text(text)
    assert said(env) == ""
    assert "no state file" in said(env | {"USE_FINETUNED": "1"})


def test_it_takes_less_than_a_tenth_of_a_second(tmp_path: Path) -> None:
    """The fastest of ten starts, with a manifest of 2,000 units and 20 files to compare."""
    units = {f"{i:064x}": 10 for i in range(2_000)}
    (tmp_path / "CLAUDE.md").write_text("x")
    env = state(tmp_path, units=units, watched=[entry(tmp_path / "CLAUDE.md")] * 20)
    (tmp_path / "CLAUDE.md").write_text("y")

    def once() -> float:
        start = time.perf_counter()
        said(env)
        return time.perf_counter() - start

    assert min(once() for _ in range(10)) < 0.1
