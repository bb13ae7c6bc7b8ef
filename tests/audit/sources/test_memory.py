"""Instructions and memory: every expectation was seen on the wire of 2.1.329, and of 2.1.197 where it is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hive_integration.audit.setup import Conditions
from hive_integration.audit.sources import memory
from hive_integration.audit.sources.found import Found
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.settings import World
from hive_integration.units import Load
from tests.audit.tree import NEW, OLD, write


def _find(world: World, files: dict[str, str], conditions: Conditions = NEW, folder: str = ".") -> Found:
    for name, text in files.items():
        base = world.home if name.startswith("~/") else world.managed_dir if name.startswith("!") else world.cwd
        write(base, {name.removeprefix("~/").removeprefix("!"): text})
    (world.cwd / folder).mkdir(parents=True, exist_ok=True)
    return memory.find(find_setup(world.cwd / folder, world), conditions)


def _names(found: Found, load: Load = Load.ALWAYS) -> list[str]:
    return [unit.name for unit in found.units if unit.load is load]


def test_the_order_is_the_clients(world: World) -> None:
    """Managed, user, then from the farthest parent to the project; in each folder its rules before the local file."""
    found = _find(
        world,
        {
            "!CLAUDE.md": "m", "!.claude/rules/m.md": "m", "~/.claude/CLAUDE.md": "u", "~/.claude/rules/r.md": "u",
            "CLAUDE.md": "p", ".claude/CLAUDE.md": "d", ".claude/rules/r.md": "r", "CLAUDE.local.md": "l",
            "in/CLAUDE.md": "i",
        },
        folder="in",
    )  # fmt: skip
    managed, parent = str(world.managed_dir), str(world.cwd)
    assert _names(found) == [
        f"{managed}/CLAUDE.md", f"{managed}/.claude/rules/m.md", "~/.claude/CLAUDE.md", "~/.claude/rules/r.md",
        f"{parent}/CLAUDE.md", f"{parent}/.claude/CLAUDE.md", f"{parent}/.claude/rules/r.md",
        f"{parent}/CLAUDE.local.md", "CLAUDE.md",
    ]  # fmt: skip


def test_a_text_is_as_on_the_wire(world: World) -> None:
    """The client's line names the file and its kind; front matter, comments and blank edges are gone."""
    found = _find(world, {"CLAUDE.md": "---\na: b\n---\n\n# T\n<!-- c -->\nx  \n\n", "CLAUDE.local.md": "y\n"})
    assert [unit.text for unit in found.units] == [
        f"Contents of {world.cwd}/CLAUDE.md (project instructions, checked into the codebase):\n\n# T\nx\n\n",
        f"Contents of {world.cwd}/CLAUDE.local.md (user's private project instructions, not checked in):\n\ny\n",
    ]
    assert [unit.source for unit in found.units] == ["CLAUDE.md:1", "CLAUDE.local.md:1"]


def test_a_file_without_words_is_not_sent(world: World) -> None:
    """An empty file, and one that holds only a comment, are left out."""
    assert _names(_find(world, {"CLAUDE.md": " \n", "CLAUDE.local.md": "<!-- c -->", ".claude/CLAUDE.md": ""})) == []


def test_agents_md_counts_only_without_any_claude_md(world: World) -> None:
    """2.1.329 reads AGENTS.md of all folders where none of them has a CLAUDE.md that says something; 2.1.197 never."""
    files = {"AGENTS.md": "a", ".claude/AGENTS.md": "b", ".claude/rules/r.md": "r", "CLAUDE.md": "<!-- c -->"}
    assert _names(_find(world, files)) == [".claude/rules/r.md", "AGENTS.md", ".claude/AGENTS.md"]
    assert _names(_find(world, files, OLD)) == [".claude/rules/r.md"]
    assert _names(_find(world, {"CLAUDE.md": "x"})) == ["CLAUDE.md", ".claude/rules/r.md"]


def test_agents_md_that_only_repeats_a_rule_is_not_sent(world: World) -> None:
    """A copy of it among the rules is enough for the client."""
    files = {"AGENTS.md": "same", ".claude/AGENTS.md": "other", ".claude/rules/r.md": "same\n"}
    assert _names(_find(world, files)) == [".claude/rules/r.md", ".claude/AGENTS.md"]


def test_imports_reach_four_hops_and_each_file_once(world: World) -> None:
    """A chain of imports ends after four, and a cycle ends at once."""
    chain = {f"{name}.md": f"{name} @{after}.md" for name, after in zip("abcdef", "bcdefa", strict=True)}
    assert _names(_find(world, {"CLAUDE.md": "@a.md @b.md", **chain})) == ["CLAUDE.md", "a.md", "b.md", "c.md", "d.md"]


def test_only_text_files_are_imported(world: World) -> None:
    """Endings that the client does not know are left out; names without an ending count."""
    files = {"CLAUDE.md": "@a.py @b.pdf @Makefile @.env @c.MD @dir @none.md", "a.py": "a", "b.pdf": "b"}
    found = _find(world, {**files, "Makefile": "m", ".env": "e", "c.MD": "c", "dir/x.md": "x"})
    assert _names(found) == ["CLAUDE.md", "a.py", "Makefile", ".env", "c.MD"]


def test_imports_from_outside_need_leave(world: World) -> None:
    """What lies outside the folder waits for the user's leave, with a warning; the user's own files need none."""
    files = {
        "CLAUDE.md": "@~/x.md @in.md",
        "~/x.md": "x",
        "in.md": "i",
        "~/.claude/CLAUDE.md": "@~/y.md",
        "~/y.md": "y",
    }
    found = _find(world, files)
    assert _names(found) == ["~/.claude/CLAUDE.md", "~/y.md", "CLAUDE.md", "in.md"]
    assert found.warnings == ["CLAUDE.md: imports ~/x.md from outside the project, which the user has not allowed"]
    state = {"projects": {str(world.cwd): {"hasClaudeMdExternalIncludesApproved": True}}}
    assert "~/x.md" in _names(_find(world, {"~/.claude.json": json.dumps(state)}))


@pytest.mark.parametrize(
    ("paths", "waits"),
    [
        ("src/**", True), ("'**'", False), ("['**', 'x']", True), ("", False), ("[]", False), ("5", False),
        ("'*.ts, **'", True), ("*.ts", True), ("\n  - a", True),
    ],
)  # fmt: skip
def test_a_rule_with_paths_waits(world: World, paths: str, waits: bool) -> None:
    """A rule for certain paths is on demand; one for all paths, or for none, is always there."""
    found = _find(world, {".claude/rules/r.md": f"---\npaths: {paths}\n---\nrule @../../i.md", "i.md": "i"})
    assert (_names(found, Load.ON_DEMAND) == [".claude/rules/r.md"]) is waits
    assert "i.md" in _names(found)  # what it imports does not wait


def test_rules_behind_links(world: World, tmp_path: Path) -> None:
    """A link inside the project shows where it leads; one that leads out needs leave in 2.1.329, not in 2.1.197."""
    write(tmp_path / "shared", {"s.md": "s"})
    write(world.cwd, {"docs/d.md": "d", ".claude/rules/x.txt": "no"})
    rules = world.cwd / ".claude" / "rules"
    (rules / "d.md").symlink_to(world.cwd / "docs" / "d.md")
    (rules / "shared").symlink_to(tmp_path / "shared")
    (rules / "loop").symlink_to(rules)
    found = _find(world, {})
    assert _names(found) == ["docs/d.md"]
    assert ".claude/rules/shared/s.md: leads out of the project" in found.warnings[0]
    assert sorted(_names(_find(world, {}, OLD))) == [str(tmp_path / "shared/s.md"), "docs/d.md"]


def test_one_file_under_several_names_is_sent_once(world: World) -> None:
    """CLAUDE.local.md as a link to CLAUDE.md adds nothing."""
    (world.cwd / "CLAUDE.local.md").symlink_to("CLAUDE.md")
    assert _names(_find(world, {"CLAUDE.md": "x"})) == ["CLAUDE.md"]


def test_excluded_files_are_left_out(world: World) -> None:
    """`claudeMdExcludes` of all settings covers instructions, rules and imports, but never managed ones."""
    files = {"CLAUDE.md": "@i.md", "i.md": "i", ".claude/rules/r.md": "r", "CLAUDE.local.md": "l", "!CLAUDE.md": "m"}
    settings = json.dumps({"claudeMdExcludes": ["**/rules/**", "**/i.md", "**/CLAUDE.local.md"]})
    found = _find(world, {**files, ".claude/settings.json": settings, "!x": ""})
    assert _names(found) == [f"{world.managed_dir}/CLAUDE.md", "CLAUDE.md"]


def test_subfolders_wait(world: World) -> None:
    """A CLAUDE.md below the project is on demand."""
    found = _find(world, {"pkg/CLAUDE.md": "---\na: b\n---\nnested"})
    assert [(unit.name, unit.load, unit.text) for unit in found.units] == [
        ("pkg/CLAUDE.md", Load.ON_DEMAND, "nested"),
    ]  # fmt: skip


def _slug(path: Path) -> str:
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in str(path))


def test_auto_memory_is_cut_at_200_lines(world: World) -> None:
    """The index of the client's own notes comes last, its first 200 lines; a warning says that more is there."""
    name = f"~/.claude/projects/{_slug(world.cwd)}/memory/MEMORY.md"
    found = _find(
        world, {name: "".join(f"line {index} @x.md\n" for index in range(300)), "x.md": "x", "CLAUDE.md": "y"}
    )
    assert _names(found) == ["CLAUDE.md", name]
    text = found.units[1].text
    assert text.startswith(
        f"Contents of {world.home}/{name[2:]} (user's auto-memory, persists across conversations):\n\n"
    )
    assert text.endswith("line 199 @x.md\n")
    assert "first" in found.warnings[0]


@pytest.mark.parametrize(("line", "kept"), [("a" * 400 + "\n", 62 * 401 - 1), ("a" * 40_000 + "\n", 25_000)])
def test_auto_memory_is_cut_at_25000_characters(world: World, line: str, kept: int) -> None:
    """The cut is at a line's end, or inside the first line where that alone is too long."""
    found = _find(world, {f"~/.claude/projects/{_slug(world.cwd)}/memory/MEMORY.md": line * 100})
    assert len(found.units[0].text.partition("\n\n")[2]) == kept + 1


def test_auto_memory_belongs_to_the_main_work_tree(world: World) -> None:
    """In a linked work tree, and in a subfolder, the notes are those of the main work tree."""
    main = write(world.cwd / "main", {".git/worktrees/side/HEAD": ""})
    side = write(world.cwd / "side", {".git": f"gitdir: {main}/.git/worktrees/side\n", "sub/x": ""})
    name = f".claude/projects/{_slug(main)}/memory/MEMORY.md"
    write(world.home, {name: "notes"})
    for folder in (main, side, side / "sub"):
        assert _names(_find(world, {}, folder=str(folder))) == [f"~/{name}"]


def test_auto_memory_of_a_long_path_is_found_by_its_beginning(world: World) -> None:
    """The client cuts a long name and appends a hash."""
    folder = world.cwd / ("x" * 150) / ("y" * 150)
    write(world.home, {f".claude/projects/{_slug(folder)[:200]}-abc123/memory/MEMORY.md": "notes"})
    assert len(_names(_find(world, {}, folder=str(folder)))) == 1


@pytest.mark.parametrize(
    ("settings", "env", "text"),
    [
        ({"autoMemoryEnabled": False}, {}, None),
        ({}, {"CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1"}, None),
        ({}, {"CLAUDE_CODE_DISABLE_AUTO_MEMORY": "0"}, "notes"),
        ({"autoMemoryDirectory": "~/own"}, {}, "own notes"),
        ({"env": {"CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1"}}, {}, None),
    ],
)
def test_auto_memory_obeys_settings(
    world: World, settings: dict[str, object], env: dict[str, str], text: str | None
) -> None:
    """It can be switched off by a setting or a variable, and moved."""
    world = World(env, world.home, world.cwd, world.cache_dir, world.managed_dir)
    files = {f"~/.claude/projects/{_slug(world.cwd)}/memory/MEMORY.md": "notes", "~/own/MEMORY.md": "own notes"}
    found = _find(world, {**files, ".claude/settings.json": json.dumps(settings)})
    assert [unit.text.partition("\n\n")[2].strip() for unit in found.units] == ([text] if text else [])


def test_what_cannot_be_read_is_a_warning(world: World) -> None:
    """A FIFO, a file over the limit and a folder of that name neither hang nor break anything."""
    (world.cwd / ".claude" / "rules").mkdir(parents=True)
    os.mkfifo(world.cwd / "CLAUDE.md")
    os.mkfifo(world.cwd / ".claude" / "rules" / "r.md")
    (world.cwd / "CLAUDE.local.md").mkdir()
    with (world.cwd / ".claude" / "CLAUDE.md").open("wb") as file:
        file.truncate(5 * 1024 * 1024)
    found = _find(world, {})
    assert found.units == []
    assert {warning.partition(":")[0].rpartition("/")[2] for warning in found.warnings} == {"CLAUDE.md", "r.md"}


def test_utf16_is_not_sent_as_text(world: World) -> None:
    """The client reads UTF-16 as UTF-8 and sends rubbish; the audit says so and counts nothing."""
    (world.cwd / "CLAUDE.md").write_bytes("hello".encode("utf-16"))
    found = _find(world, {})
    assert found.units == []
    assert "UTF-16" in found.warnings[0]
