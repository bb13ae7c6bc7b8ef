"""How files are named in reports."""

from __future__ import annotations

import os
from pathlib import Path

from hive_integration.audit.setup import Setup
from hive_integration.audit.sources.found import legible, source_of
from hive_integration.settings import World


def test_sources_are_short_and_tell_no_home(world: World) -> None:
    """Inside the project relative to it, inside the home folder with a tilde, elsewhere in full."""
    setup = Setup(world, world.cwd, [], {})
    assert source_of(setup, world.cwd / ".claude/agents/a.md") == ".claude/agents/a.md:1"
    assert source_of(setup, world.home / ".claude/x.md", line=3) == "~/.claude/x.md:3"
    assert source_of(setup, Path("/opt/x.md")) == "/opt/x.md:1"


def test_names_that_are_not_utf8_become_legible() -> None:
    """Undecodable bytes of a file name become U+FFFD, so every report can be encoded."""
    assert legible(os.fsdecode(b"caf\xe9.md")) == "caf\ufffd.md"
