"""Skills and commands in one listing."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from hive_integration.audit.sources.agents import find as find_agents
from hive_integration.settings import World
from hive_integration.units import Component, Load
from tests.audit.tree import NEW, NOW, OLD, invocables, listed, plugin, setup_of, skill

TINY = {"SLASH_COMMAND_TOOL_CHAR_BUDGET": "1"}


def test_skills_come_first_then_commands_then_plugins(world: World, tmp_path: Path) -> None:
    """The user's skills, the project's, all commands, plugins' commands, plugins' skills."""
    place = plugin(
        tmp_path / "p", {"commands/a.md": skill(description="5"), "skills/b/SKILL.md": skill(description="6")}
    )
    files = {
        ".claude/skills/b/SKILL.md": skill(description="2"),
        "~/.claude/skills/c/SKILL.md": skill(description="1"),
        ".claude/commands/z.md": skill(description="4"),
        "~/.claude/commands/d.md": skill(description="3"),
    }
    lines = listed(setup_of(world, files, place))
    assert lines == ["- c: 1", "- b: 2", "- d: 3", "- z: 4", "- plug:a: 5", "- plug:b: 6"]


def test_each_file_is_a_line_and_a_body(world: World) -> None:
    """Both carry the name as it stands in the line; what is hidden from the model is a body only."""
    files = {
        ".claude/skills/s/SKILL.md": skill(name="other", description="d"),
        ".claude/commands/c.md": skill(description="e", disable__model__invocation="true"),
    }
    units = invocables(setup_of(world, files)).found.units
    assert [(u.name, u.component, u.load, u.text, u.source) for u in units] == [
        ("s (other)", Component.SKILLS, Load.LISTED, "- s (other): d\n", ".claude/skills/s/SKILL.md:1"),
        ("s (other)", Component.SKILLS, Load.ON_DEMAND, "Body.\n", ".claude/skills/s/SKILL.md:1"),
        ("c", Component.COMMANDS, Load.ON_DEMAND, "Body.\n", ".claude/commands/c.md:1"),
    ]


def test_one_name_is_listed_once_by_newer_clients(world: World) -> None:
    """A skill hides the command of its name and the client's own entry; older clients list all but that."""
    files = {".claude/skills/run/SKILL.md": skill(description="s"), ".claude/commands/run.md": skill(description="c")}
    assert listed(setup_of(world, files)) == ["- run: s"]
    assert listed(setup_of(world, files), OLD) == ["- run: s", "- run: c"]
    assert invocables(setup_of(world, files), NEW, run=90, loop=80).bundled == {"run": 0, "loop": 80}


def test_the_clients_prompts_stand_beside_ones_own_in_older_clients(world: World) -> None:
    """`init` of the project replaces the client's in newer clients only."""
    setup = setup_of(world, {".claude/commands/init.md": skill(description="mine")})
    assert invocables(setup, NEW, init=68).bundled == {"init": 0}
    assert invocables(setup, OLD, init=68).bundled == {"init": 68}


def test_the_budget_takes_descriptions_away(world: World) -> None:
    """What does not fit is listed by name; the client's own skills stay whole."""
    setup = setup_of(world, {".claude/commands/a.md": skill(description="d")}, env=TINY)
    found = invocables(setup, NEW, simplify=190, init=68)
    assert [u.text for u in found.found.units if u.load is Load.LISTED] == ["- a\n"]
    assert found.bundled == {"simplify": 190, "init": len("- init\n")}


def test_recent_use_keeps_a_description(world: World) -> None:
    """Uses count half after seven days, and never less than a tenth; broken records count nothing."""
    day = 86_400_000
    now = int(NOW.timestamp() * 1000)
    used = {
        "a": {"usageCount": 10, "lastUsedAt": now - 14 * day},
        "b": {"usageCount": 3, "lastUsedAt": now},
        "c": {"usageCount": 100, "lastUsedAt": now - 900 * day},
        "d": {"usageCount": "many"},
        "e": 5,
    }
    files = {f".claude/commands/{name}.md": skill(description=name * 100) for name in "abcde"}
    kept = []
    for budget in (150, 250, 350):
        files["~/.claude.json"] = json.dumps({"skillUsage": used})
        lines = listed(setup_of(world, files, env={"SLASH_COMMAND_TOOL_CHAR_BUDGET": str(budget)}))
        kept.append("".join(line[2] for line in lines if len(line) > 9))
    assert kept == ["c", "bc", "abc"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"skillUsage": []}', "[" * 100_000])
def test_a_broken_state_file_is_no_obstacle(world: World, text: str) -> None:
    """Without a record of use the order decides."""
    assert listed(setup_of(world, {"~/.claude.json": text, ".claude/commands/a.md": "# A\n"})) == ["- a: A"]


def test_settings_reach_the_clients_own_entries(world: World) -> None:
    """Switched off one by one or all at once, shortened, or reduced to the name."""
    overrides = {"loop": "off", "run": "name-only", "init": "on"}
    found = invocables(setup_of(world, {}, skillOverrides=overrides), NEW, loop=90, run=80, init=68).bundled
    assert found == {"loop": 0, "run": len("- run\n"), "init": 68}
    off = invocables(setup_of(world, {}, disableBundledSkills=True), NEW, run=80, **{"plugin-authoring": 70}).bundled
    assert off == {"run": 0, "plugin-authoring": 70}
    variable = setup_of(world, {}, env={"CLAUDE_CODE_DISABLE_BUNDLED_SKILLS": "1"})
    assert invocables(variable, NEW, run=80).bundled == {"run": 0}
    short = invocables(setup_of(world, {}, skillListingMaxDescChars=10), NEW, run=80, x=9).bundled
    assert short == {"run": len("- run: \n") + 10, "x": 9}


def test_a_denied_tool_has_no_listing(world: World) -> None:
    """`Skill` denied: no line is sent, the bodies can still be typed by the user."""
    setup = setup_of(world, {".claude/commands/a.md": skill(description="d")}, permissions={"deny": ["Skill"]})
    found = invocables(setup, NEW, run=80)
    assert [unit.load for unit in found.found.units] == [Load.ON_DEMAND]
    assert found.bundled == {"run": 0}


def test_names_that_are_not_listed_are_warnings(world: World) -> None:
    """Newer clients leave out names with control characters; the report says which file."""
    found = invocables(setup_of(world, {".claude/commands/a\x1b[31m.md": "# A\n"}))
    assert [unit.load for unit in found.found.units] == [Load.ON_DEMAND]
    assert found.found.warnings == [".claude/commands/a\x1b[31m.md:1: the client does not list this name"]


def test_hostile_folders_hurt_nobody(world: World) -> None:
    """FIFOs, loops, wrong kinds, odd bytes and two hundred random files: no exception, and what is good is listed."""
    setup = setup_of(world, {".claude/commands/good.md": "# Good\n", ".claude/skills/x/SKILL.md": b"\xff\xfe\x00"})
    root = world.cwd / ".claude"
    os.mkfifo(root / "commands/fifo.md")
    (root / "skills/pipe").mkdir()
    os.mkfifo(root / "skills/pipe/SKILL.md")
    (root / "commands/loop").symlink_to(root)
    (root / "agents").write_text("not a folder")
    (root / "commands" / os.fsdecode(b"caf\xe9.md")).write_text("# Odd\n")
    chance = random.Random(11)
    for i in range(200):
        (root / f"commands/r{i}.md").write_bytes(b"---\n" + chance.randbytes(60) + b"\n---\n" + chance.randbytes(20))
    lines = listed(setup, OLD)
    assert "- good: Good" in lines
    assert "- caf\ufffd: Odd" in lines
    assert len(lines) == 202
    assert find_agents(setup, NEW).units == []
