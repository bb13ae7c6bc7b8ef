"""Agents are found and listed as the client lists them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hive_integration.audit.setup import Conditions, Place, Scope
from hive_integration.audit.sources.agents import agent_order, find
from hive_integration.audit.sources.listing import NEW as NEW_STYLE
from hive_integration.audit.sources.listing import OLD as OLD_STYLE
from hive_integration.settings import World
from hive_integration.units import Component, Load
from tests.audit.tree import NEW, OLD, lines, plugin, setup_of, skill


def listed(world: World, text: str, conditions: Conditions = NEW) -> list[str]:
    """The lines for one project agent."""
    return lines(find(setup_of(world, {".claude/agents/x.md": text}), conditions))


def test_an_agent_is_one_line_and_one_body(world: World) -> None:
    """Its line is listed, its body comes on demand; both name the file."""
    setup = setup_of(world, {".claude/agents/deep/x.md": skill(name="reviewer", description="Reviews.", model="haiku")})
    assert [(u.name, u.component, u.load, u.source, u.text) for u in find(setup, NEW).units] == [
        (
            "reviewer",
            Component.AGENTS,
            Load.LISTED,
            ".claude/agents/deep/x.md:1",
            "- reviewer: Reviews. (Tools: All tools)\n",
        ),
        ("reviewer", Component.AGENTS, Load.ON_DEMAND, ".claude/agents/deep/x.md:1", "Body.\n"),
    ]


@pytest.mark.parametrize(
    ("fields", "tools"),
    [
        ({}, "All tools"),
        ({"tools": "Read,Grep,  Bash(git add, git push)"}, "Read, Grep, Bash(git add, git push)"),
        ({"tools": "[Read, 'Grep Glob', 5]"}, "Read, Grep, Glob"),
        ({"tools": "'*'"}, "All tools"),
        ({"tools": "Read, *"}, "All tools"),
        ({"tools": "[]"}, "All tools"),
        ({"tools": "{a: b}"}, "All tools"),
        ({"disallowedTools": "Bash, Edit"}, "All tools except Bash, Edit"),
        ({"disallowedTools": "'*'"}, "All tools"),
        ({"tools": "Read, Bash", "disallowedTools": "Bash"}, "Read"),
        ({"tools": "Read", "disallowedTools": "Read"}, "None"),
        ({"tools": "Bash(ls)", "disallowedTools": "Bash"}, "Bash(ls)"),
        ({"tools": "Grep, Edit", "memory": "project"}, "Grep, Edit, Write, Read"),
        ({"tools": "Grep", "memory": "maybe"}, "Grep"),
        ({"memory": "user"}, "All tools"),
    ],
)
def test_tools_in_brackets(world: World, fields: dict[str, str], tools: str) -> None:
    """What is granted less what is refused; a memory brings the tools that it needs."""
    assert listed(world, skill(name="x", description="d", **fields)) == [f"- x: d (Tools: {tools})"]


def test_descriptions_are_sent_whole(world: World) -> None:
    """No limit, no budget, no entities; a written `\\n` is a line end, and a block keeps its own."""
    assert listed(world, skill(name="x", description="y" * 50_000))[0] == f"- x: {'y' * 50_000} (Tools: All tools)"
    assert listed(world, skill(name="x", description="'<b> a\\nb '")) == ["- x: <b> a\nb  (Tools: All tools)"]
    assert listed(world, skill(name="x", description="|\n  a\n  b")) == ["- x: a\nb\n (Tools: All tools)"]


@pytest.mark.parametrize(
    "text",
    [
        skill(name="x"),
        skill(description="d"),
        skill(name="123", description="d"),
        skill(name="x", description="5"),
        skill(name="x", description="[a]"),
        skill(name="'-x'", description="d"),
        skill(name="''", description="d"),
        "# Just text\n",
        "\n" + skill(name="x", description="d"),
        skill(name="x", description='"open'),
    ],
)
def test_what_the_client_does_not_accept_is_not_listed(world: World, text: str) -> None:
    """Name and description must both be texts, in front matter that opens the file and is YAML."""
    assert listed(world, text) == []


def test_ignored_agents_are_named(world: World) -> None:
    """A file that wants to be an agent and is none is a warning; a README is not."""
    setup = setup_of(
        world,
        {
            ".claude/agents/x.md": skill(name="x"),
            ".claude/agents/y.md": skill(description="y"),
            ".claude/agents/z.md": '---\na: "b\n---\n',
            ".claude/agents/README.md": "# Hi\n",
        },
    )
    assert sorted(find(setup, NEW).warnings) == [
        ".claude/agents/x.md:1: lacks a description; the client ignores this agent",
        ".claude/agents/y.md:1: lacks a usable name; the client ignores this agent",
        ".claude/agents/z.md:1: the front matter is not valid YAML; the client ignores it",
    ]


def test_a_colon_belongs_to_plugins(world: World) -> None:
    """Newer clients ignore an own agent with a colon in its name, older ones list it."""
    text = skill(name="'a:b'", description="d")
    assert listed(world, text, NEW) == []
    assert listed(world, text, OLD) == ["- a:b: d (Tools: All tools)"]


def test_the_nearest_of_a_name_wins(world: World) -> None:
    """The organisation's agent beats the project's, a nearer folder's the farther's, the project's the user's."""
    agents = {
        name: skill(name="x", description=name)
        for name in ("~/.claude/agents/a.md", ".claude/agents/a.md", "far/agents/a.md")
    }
    setup = setup_of(world, agents)
    assert lines(find(setup, NEW)) == ["- x: .claude/agents/a.md (Tools: All tools)"]
    farther = Place(Scope.PROJECT, world.cwd / "far")
    assert "- x: .claude" in lines(find(setup_of(world, {}, farther), NEW))[0]
    managed = Place(Scope.MANAGED, world.cwd / "far")
    assert lines(find(setup_of(world, {}, managed), NEW)) == ["- x: far/agents/a.md (Tools: All tools)"]


def test_plugins_agents_carry_its_name(world: World, tmp_path: Path) -> None:
    """`plugin:folder:name`; what is missing is made up, numbers are text, a colon is no obstacle."""
    place = plugin(
        tmp_path / "p",
        {
            "agents/one.md": skill(name="one", description="|\n  a\\nb"),
            "agents/in/two.md": skill(name="5", description="6"),
            "agents/three.md": "text",
            "agents/four.md": skill(name="'a:b'", description="[x]"),
        },
    )
    assert lines(find(setup_of(world, {}, place), NEW)) == [
        "- plug:a:b: Agent from plug plugin (Tools: All tools)",
        "- plug:in:5: 6 (Tools: All tools)",
        "- plug:one: a\\nb (Tools: All tools)",
        "- plug:three: Agent from plug plugin (Tools: All tools)",
    ]


def test_a_manifest_may_name_the_files(world: World, tmp_path: Path) -> None:
    """Then the default folder does not count."""
    files = {"agents/a.md": skill(name="a", description="d"), "ag/b.md": skill(name="b", description="d")}
    place = plugin(tmp_path / "p", files, agents=[tmp_path / "p/ag/b.md"])
    assert lines(find(setup_of(world, {}, place), NEW)) == ["- plug:b: d (Tools: All tools)"]


def test_denied_agents_are_gone(world: World) -> None:
    """`Agent(name)` or `Task(name)` takes one away, the tool's bare name all."""
    files = {f".claude/agents/{name}.md": skill(name=name, description="d") for name in "abc"}
    setup = setup_of(world, files, permissions={"deny": ["Agent(a)", "Task(b)"]})
    assert lines(find(setup, NEW)) == ["- c: d (Tools: All tools)"]
    assert find(setup_of(world, files, permissions={"deny": ["Agent"]}), NEW).units == []


def test_names_that_are_not_ascii_come_last_in_newer_clients() -> None:
    """Older clients sort them among the others."""
    names = ["xy", "É", "b"]
    assert sorted(names, key=lambda name: agent_order(name, NEW_STYLE)) == ["b", "xy", "É"]
    assert sorted(names, key=lambda name: agent_order(name, OLD_STYLE)) == ["b", "É", "xy"]
