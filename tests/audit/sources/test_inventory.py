"""Facts about taking everything that the files say together."""

from __future__ import annotations

from hive_integration.audit.setup import Conditions
from hive_integration.audit.sources.inventory import take_inventory
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.settings import World, now
from hive_integration.units import Component, Load


def furnish(world: World) -> None:
    claude = world.cwd / ".claude"
    for folder in ("agents", "commands", "skills/plan", "rules"):
        (claude / folder).mkdir(parents=True)
    (claude / "agents" / "scout.md").write_text("---\nname: scout\ndescription: Looks.\n---\nLook.")
    (claude / "commands" / "go.md").write_text("---\ndescription: Goes.\n---\nGo.")
    (claude / "skills" / "plan" / "SKILL.md").write_text("---\nname: plan\ndescription: Plans.\n---\nPlan.")
    (claude / "rules" / "one.md").write_text("Be kind.")
    (world.cwd / "CLAUDE.md").write_text("Read this.")
    (world.home / ".claude" / "agents").mkdir(parents=True)
    (world.home / ".claude" / "agents" / "smith.md").write_text("---\nname: smith\ndescription: Makes.\n---\nMake.")


def test_every_component_is_read_from_every_scope(world: World) -> None:
    """Agents, commands, skills and instructions of project and user, each with its source."""
    furnish(world)
    found = take_inventory(find_setup(world.cwd, world), Conditions(), now())
    idle = {(unit.component, unit.source.partition(":")[0]) for unit in found.units if unit.load is not Load.ON_DEMAND}
    assert idle == {
        (Component.AGENTS, ".claude/agents/scout.md"),
        (Component.AGENTS, "~/.claude/agents/smith.md"),
        (Component.COMMANDS, ".claude/commands/go.md"),
        (Component.SKILLS, ".claude/skills/plan/SKILL.md"),
        (Component.MEMORY, ".claude/rules/one.md"),
        (Component.MEMORY, "CLAUDE.md"),
    }
    assert not found.warnings


def test_names_on_the_wire_lead_to_their_units(world: World) -> None:
    """What a request lists is looked up by component and name; bodies are not in the way."""
    furnish(world)
    wire = take_inventory(find_setup(world.cwd, world), Conditions(), now()).on_the_wire()
    assert wire[Component.AGENTS, "scout"].load is Load.LISTED
    assert wire[Component.COMMANDS, "go"].source.startswith(".claude/commands/go.md")


def test_a_warning_is_said_once(world: World) -> None:
    """Two readers that stumble over the same file do not both complain."""
    furnish(world)
    (world.cwd / "CLAUDE.md").write_bytes(b"\xff\xfe" + "hi".encode("utf-16-le"))
    warnings = take_inventory(find_setup(world.cwd, world), Conditions(), now()).warnings
    assert len(warnings) == len(set(warnings)) == 1
