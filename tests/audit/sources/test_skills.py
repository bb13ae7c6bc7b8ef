"""Skills are found and named as the client names them."""

from __future__ import annotations

from pathlib import Path

from hive_integration.audit.setup import Place
from hive_integration.audit.sources.entry import Reader
from hive_integration.audit.sources.listing import NEW
from hive_integration.audit.sources.skills import own_skills, plugin_skills
from hive_integration.settings import World
from tests.audit.tree import plugin, setup_of, skill


def own(world: World, *files: str) -> list[str]:
    """Names of the skills that these files make."""
    setup = setup_of(world, dict.fromkeys(files, "text"))
    return [entry.name for entry in own_skills(Reader(setup, NEW), setup.places)]


def plugins(world: World, place: Place) -> list[str]:
    """Names of a plugin's skills, as they stand in their lines."""
    return [entry.head for entry in plugin_skills(Reader(setup_of(world, {}), NEW), place)]


def test_a_skill_is_a_folder_with_a_skill_file(world: World) -> None:
    """One level down, written in capitals; nothing else is a skill. The folder names it."""
    names = ["b/SKILL.md", "a/SKILL.md", ".h/SKILL.md", "c/d/SKILL.md", "e/skill.md", "f.md", "SKILL.md"]
    assert own(world, *(f".claude/skills/{name}" for name in names)) == [".h", "a", "b"]


def test_places_keep_their_order(world: World) -> None:
    """Each place's skills are sorted, the places are not mixed."""
    assert own(world, "~/.claude/skills/a/SKILL.md", ".claude/skills/b/SKILL.md") == ["b", "a"]


def test_links_give_a_skill_once(world: World) -> None:
    """A folder that links to a skill is one; a second link to the same one is not."""
    setup = setup_of(world, {"far/SKILL.md": "text", ".claude/skills/x/SKILL.md": "text"})
    for name in ("one", "two"):
        (world.cwd / ".claude/skills" / name).symlink_to(world.cwd / "far")
    (world.cwd / ".claude/skills/broken").symlink_to(world.cwd / "nowhere")
    assert [entry.name for entry in own_skills(Reader(setup, NEW), setup.places)] == ["one", "x"]


def test_a_plugins_skills_carry_its_name(world: World, tmp_path: Path) -> None:
    """Odd characters become dashes; another name in the front matter is shown with the plugin's."""
    files = {
        "skills/b.c/SKILL.md": skill(description="d"),
        "skills/a/SKILL.md": skill(name="other", description="d"),
        "skills/\U0001f600/SKILL.md": skill(description="d"),
    }
    assert plugins(world, plugin(tmp_path / "p", files)) == ["plug:a (plug:other)", "plug:b-c", "plug:--"]


def test_a_manifest_adds_folders(world: World, tmp_path: Path) -> None:
    """A folder of skills, or one that is a skill and may name itself, beside the default folder; each file once."""
    root = tmp_path / "p"
    files = {
        "skills/s/SKILL.md": "text",
        "more/m/SKILL.md": "text",
        "solo/SKILL.md": skill(name="alone", description="d"),
        "bare/SKILL.md": "text",
    }
    places = [root / name for name in ("more", "solo", "bare", "missing", "skills/s")]
    place = plugin(root, files, skills=places)
    assert plugins(world, place) == ["plug:s", "plug:m", "plug:alone", "plug:bare"]


def test_a_plugin_may_be_one_skill(world: World, tmp_path: Path) -> None:
    """With a skill file at its root and no folder of skills; without either it has none."""
    one = plugin(tmp_path / "one", {"SKILL.md": skill(name="me", description="d"), "x/SKILL.md": "text"})
    assert plugins(world, one) == ["plug:me"]
    assert plugins(world, plugin(tmp_path / "none", {"x/SKILL.md": "text"})) == []
