"""Facts about the throw-away view of a user's configuration."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from hive_integration.audit.session.overlay import overlay
from hive_integration.settings import World


def furnish(world: World, project: Path) -> None:
    claude = world.home / ".claude"
    (claude / "agents").mkdir(parents=True)
    (claude / "agents" / "a.md").write_text("---\nname: a\n---\n")
    (claude / "CLAUDE.md").write_text("Be kind.")
    (claude / ".credentials.json").write_text('{"claudeAiOauth": "SECRET"}')
    slug = "".join(c if c.isalnum() else "-" for c in str(project))
    (claude / "projects" / slug / "memory").mkdir(parents=True)
    (claude / "projects" / slug / "session.jsonl").write_text("SECRET")
    (claude / "projects" / slug / "memory" / "MEMORY.md").write_text("- one")
    state = {"oauthAccount": {"token": "SECRET"}, "primaryApiKey": "SECRET", "theme": "dark", "projects": {}}
    (world.home / ".claude.json").write_text(json.dumps(state))


def tree(root: Path) -> str:
    seen = sorted(f"{path.relative_to(root)} {path.read_bytes() if path.is_file() else ''}" for path in root.rglob("*"))
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()


def test_the_view_shows_what_the_client_reads_and_no_credential(world: World) -> None:
    """Agents, instructions and memory are there; credentials, tokens and transcripts are not."""
    furnish(world, world.cwd)
    with overlay(world, world.cwd) as view:
        files = {str(path.relative_to(view.root)): path for path in view.root.rglob("*") if path.is_file()}
        assert (view.root / "agents" / "a.md").exists()
        assert (view.root / "CLAUDE.md").read_text() == "Be kind."
        assert next(view.root.glob("projects/*/memory/MEMORY.md")).read_text() == "- one"
        assert not any("SECRET" in path.read_text() for path in files.values())
        assert json.loads((view.root / ".claude.json").read_text())["theme"] == "dark"
        assert (view.root / ".claude.json").stat().st_mode & 0o077 == 0


def test_what_is_written_into_the_view_never_reaches_the_real_folder(world: World) -> None:
    """State, sessions and backups that the client writes vanish with the view; the real tree keeps every byte."""
    furnish(world, world.cwd)
    before = tree(world.home)
    with overlay(world, world.cwd) as view:
        (view.root / ".claude.json").write_text("{}")
        (view.root / "sessions").mkdir()
        root = view.root
    assert not root.exists()
    assert tree(world.home) == before


def test_marks_on_plugins_stay_in_the_view(world: World) -> None:
    """The client marks versions that it takes for unused, deletes them later, and rewrites its lists."""
    version = world.home / ".claude" / "plugins" / "cache" / "market" / "plugin" / "1.0.0"
    (version / "commands").mkdir(parents=True)
    (version / "commands" / "zap.md").write_text("Zap.")
    listed = world.home / ".claude" / "plugins" / "installed_plugins.json"
    listed.write_text("{}")
    before = tree(world.home)
    with overlay(world, world.cwd) as view:
        own = view.root / "plugins" / "cache" / "market" / "plugin" / "1.0.0"
        assert (own / "commands" / "zap.md").read_text() == "Zap."
        (own / ".orphaned_at").write_text("1")
        (view.root / "plugins" / "installed_plugins.json").write_text("[]")
        shutil.rmtree(own)
    assert tree(world.home) == before


def test_a_broken_or_missing_state_file_is_no_obstacle(world: World) -> None:
    """Torn JSON, a list, or nothing at all gives an empty state."""
    for content in ("{", "[1]", ""):
        (world.home / ".claude.json").write_text(content)
        with overlay(world, world.cwd) as view:
            state = json.loads((view.root / ".claude.json").read_text())
            assert set(state) == {"theme", "hasCompletedOnboarding"}


def test_the_folder_is_trusted_in_the_view_only_where_the_caller_says_so(world: World) -> None:
    """Else a project that nobody trusts yet would load more than the same client does there."""
    (world.home / ".claude.json").write_text(json.dumps({"projects": {str(world.cwd): {"kept": 1}}}))
    for trusted in (False, True):
        with overlay(world, world.cwd, trusted=trusted) as view:
            here = json.loads((view.root / ".claude.json").read_text())["projects"][str(world.cwd)]
        assert here["kept"] == 1
        assert here.get("hasTrustDialogAccepted", False) is trusted


def test_paths_in_a_recorded_body_read_as_the_real_ones(world: World) -> None:
    """The temporary folder's name is taken out of what the client sent."""
    with overlay(world, world.cwd) as view:
        body = json.dumps({"text": f"memory at {view.root}/projects"}).encode()
        assert json.loads(view.restore_paths(body))["text"] == f"memory at {world.home}/.claude/projects"
