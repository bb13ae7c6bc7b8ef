"""Commands are found and named as the client names them."""

from __future__ import annotations

from pathlib import Path

from hive_integration.audit.setup import Place
from hive_integration.audit.sources.commands import own_commands, plugin_commands
from hive_integration.audit.sources.entry import Reader
from hive_integration.audit.sources.listing import NEW
from hive_integration.settings import World
from tests.audit.tree import plugin, setup_of, skill


def own(world: World, *files: str) -> list[str]:
    """Names of the commands that these files make."""
    setup = setup_of(world, {name: f"# {name}\n" for name in files})
    return [entry.name for entry in own_commands(Reader(setup, NEW), setup.places)]


def plugins(world: World, place: Place) -> list[tuple[str, str, bool]]:
    """(head, description, listed) of a plugin's commands."""
    found = plugin_commands(Reader(setup_of(world, {}), NEW), place)
    return [(entry.head, entry.description, entry.listed) for entry in found]


def test_folders_are_part_of_the_name(world: World) -> None:
    """`a/b.md` is `a:b`; every Markdown file is a command, a README too."""
    files = [
        ".claude/commands/a/b.md",
        ".claude/commands/a/README.md",
        ".claude/commands/x.y.md",
        ".claude/commands/z.txt",
    ]
    assert own(world, *files) == ["a:b", "a:README", "x.y"]


def test_all_folders_share_one_order(world: World) -> None:
    """The user's and the project's commands are sorted together; of a name the user's comes first."""
    names = own(world, "~/.claude/commands/b.md", ".claude/commands/c.md", ".claude/commands/a.md")
    assert names == ["a", "b", "c"]
    setup = setup_of(world, {"~/.claude/commands/a.md": "# user\n"})
    places = list(reversed(setup.places))
    assert own_commands(Reader(setup, NEW), places)[0].description == "user"


def test_a_skill_among_commands_stands_for_its_folder(world: World) -> None:
    """`SKILL.md`, however written, takes the folder's name and the place of its files, not of its folders."""
    files = ["k/SKILL.md", "k/other.md", "k/deep/m.md", "l/skill.md"]
    assert own(world, *(f".claude/commands/{name}" for name in files)) == ["k", "k:deep:m", "l"]
    assert own(world, ".claude/commands/SKILL.md", ".claude/commands/z.md")[0] == "commands"


def test_a_plugins_commands_carry_its_name(world: World, tmp_path: Path) -> None:
    """In order of the folders, files first; without a description they are not listed."""
    files = {
        "commands/z.md": skill(description="Z."),
        "commands/a/b.md": skill(when_to_use="W."),
        "commands/n.md": skill(name="m", description="N."),
        "commands/k/SKILL.md": skill(description="K."),
        "commands/k/deep/x.md": skill(description="no"),
        "commands/q.md": "# Nothing said\n",
    }
    assert plugins(world, plugin(tmp_path / "p", files)) == [
        ("plug:n (plug:m)", "N.", True),
        ("plug:q", "Nothing said", False),
        ("plug:z", "Z.", True),
        ("plug:a:b", "Body. - W.", True),
        ("plug:k", "K.", True),
    ]


def test_a_manifest_may_name_files_and_folders(world: World, tmp_path: Path) -> None:
    """They replace the default folder; a single file is named by itself."""
    root = tmp_path / "p"
    files = {"commands/a.md": "", "cmds/x.md": skill(description="d"), "more/s/y.md": skill(description="d")}
    place = plugin(root, files, commands=[root / "cmds/x.md", root / "more"])
    assert [name for name, _, _ in plugins(world, place)] == ["plug:x", "plug:s:y"]
