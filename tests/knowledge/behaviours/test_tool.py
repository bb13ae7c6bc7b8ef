"""Facts about the use of tools, skills and programs."""

from __future__ import annotations

from hive_integration.knowledge.behaviours.tool import MOST_ARGUMENTS, own_words
from hive_integration.units import Category, Component, Load, unit_of
from hive_integration.units.behaviour import BehaviourKind as K
from hive_integration.units.check import Check, CheckKind
from tests.knowledge.samples import a_body, a_line, a_name, a_tool, found

SCHEMA = {
    "type": "object",
    "properties": {
        "key": {"type": "string"},
        "mode": {"type": "string", "enum": ["fast", "safe"]},
        "limit": {"type": "integer", "default": 10},
        "place": {"type": "string", "description": "Where (default: local)"},
        "odd": {"enum": [1, 2]},
    },
    "required": ["key"],
}
NAME = "mcp__hive__store_it"


def test_a_tool_is_called_for_its_purpose_with_what_it_requires() -> None:
    """The first behaviour; it cites the line that lists the tool, too."""
    tool, line = a_tool("store_it", "Store a value. Returns it.", SCHEMA), a_name(NAME)
    first = found(tool, K.TOOL, line)[0]
    assert first.statement == f"Call {NAME} for this: Store a value."
    assert first.units == (tool.digest, line.digest)
    assert list(first.checks) == [Check(CheckKind.CALLED, (NAME,)), Check(CheckKind.ARGUMENT, (NAME,), "key")]


def test_arguments_have_their_values() -> None:
    """An enumeration is checked; a default of the schema or of its words is told."""
    said = {b.statement: b.checks for b in found(a_tool("store_it", "", SCHEMA), K.TOOL)}
    mode = f"The argument mode of {NAME} is one of: fast, safe."
    assert Check(CheckKind.ARGUMENT, (NAME,), "mode", "^(?:fast|safe)$") in said[mode]
    assert f"The argument limit of {NAME} is 10 unless something else is asked for." in said
    assert f"The argument place of {NAME} is local unless something else is asked for." in said
    assert len(said) == 4


def test_a_tool_without_words_is_named_after_its_purpose() -> None:
    """A server that describes nothing still has tools."""
    assert found(a_tool("store_it"), K.TOOL)[0].statement.endswith("store it.")
    assert own_words("mcp__a__b-c") == "b c"


def test_a_description_says_when() -> None:
    """`Use when` is a use; where it calls another way wrong it is a preference; `Pair with` is an order."""
    text = (
        "Store it. Use when it must last. Use when native Write is wrong because it forgets. Pair with init_it first."
    )
    tool = a_tool("store_it", text)
    assert [b.statement for b in found(tool, K.TOOL)][1:] == ["Use when it must last."]
    assert [b.statement for b in found(tool, K.PREFER)] == ["Use when native Write is wrong because it forgets."]
    [pair] = found(tool, K.METHOD, a_tool("init_it"))
    assert pair.checks == (Check(CheckKind.ORDER, ("mcp__hive__init_it", NAME)),)


def test_large_schemas_have_a_limit() -> None:
    """A hundred enumerations are no hundred behaviours; odd schemas have none."""
    many = {"properties": {f"a{i}": {"enum": ["x", "y"]} for i in range(100)}}
    assert len(found(a_tool("big", "", many), K.TOOL)) == 1 + MOST_ARGUMENTS
    for odd in ({"properties": []}, {"properties": {"a": 1}}, {"required": "key"}, {"required": [1]}, {}):
        assert len(found(a_tool("odd", "", odd), K.TOOL)) == 1


def test_a_skill_is_called_by_its_name() -> None:
    """By its line, and for each sentence that says when."""
    line = a_line("release", "Ship a version. Use when the user asks to ship.")
    first, second = found(line, K.TOOL)
    assert first.statement == "Call the skill release for this: Ship a version."
    assert second.statement == "release: Use when the user asks to ship."
    assert list(first.checks) == [Check(CheckKind.ARGUMENT, ("Skill",), "skill", "^/?release$")]


def test_a_line_that_only_repeats_the_name_is_explained_by_its_body() -> None:
    """The first sentence of the body says more."""
    line = a_line("swarm-init", "swarm-init", Component.COMMANDS)
    body = a_body("# swarm-init\n\nBegin a new swarm of agents.\n", Component.COMMANDS, "swarm-init")
    assert found(line, K.TOOL, body)[0].statement == "Call the skill swarm-init for this: Begin a new swarm of agents."


def test_a_documented_program_is_run() -> None:
    """Its command, without options and values, as the argument of the shell's tool."""
    text = "# init\n\nBegin a new swarm of agents.\n\n```bash\nnpx hive swarm init --mesh\n$ npx hive swarm init\n```\n"
    page = unit_of(
        "init", Component.COMMANDS, Load.ON_DEMAND, text, source="c.md:1", category=Category.TOOL_SPECIFICATIONS
    )
    [run] = found(page, K.TOOL)
    assert run.statement == "Run `npx hive swarm init` for this: Begin a new swarm of agents."
    assert list(run.checks) == [Check(CheckKind.ARGUMENT, ("Bash",), "command", r"npx\ hive\ swarm\ init")]
