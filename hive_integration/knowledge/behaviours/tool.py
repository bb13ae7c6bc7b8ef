"""Which tool for what, and with which arguments; and which skill is called when. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hive_integration.knowledge.behaviours.calls import uses
from hive_integration.knowledge.behaviours.reading import Found, Reading
from hive_integration.knowledge.behaviours.words import MOST, usable
from hive_integration.knowledge.context import purpose
from hive_integration.knowledge.markdown import Form, Sentence
from hive_integration.units import Category, Component, Load
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.check import Check, CheckKind

MOST_ARGUMENTS = 6
"""Arguments of one tool that get a behaviour of their own."""
MOST_VALUES = 24
_BEGUN = re.compile(
    r"\b(?:Use|Call|Invoke) (?:this |it |only )?(?:tool )?(?:when|if|for|to|before|after|whenever)\b", re.I
)
_PAIRED = re.compile(r"\bPair (?:it )?with (.{3,160})", re.I)
_FIRST = re.compile(r"\b(?:first|before(?:hand)?|at (?:task|session) start|prior)\b", re.I)
_BETTER = re.compile(r"\b(?:is|are) (?:wrong|not enough|insufficient) (?:because|for|when)\b", re.I)


def find(reading: Reading) -> Found:
    """A tool: its purpose, when it is used, its arguments. A skill: when it is called. A program: its command."""
    if reading.unit.schema is not None:
        yield from _of_tool(reading, reading.unit.schema)
    elif reading.unit.load is Load.LISTED and reading.unit.component in (Component.SKILLS, Component.COMMANDS):
        yield from _of_skill(reading)
    elif reading.unit.category is Category.TOOL_SPECIFICATIONS and reading.unit.load is Load.ON_DEMAND:
        yield from _of_program(reading)
    elif reading.unit.load is Load.ON_DEMAND:
        yield from uses(reading, _does(reading))


def _of_tool(reading: Reading, schema: Mapping[str, Any]) -> Found:
    name = reading.unit.name
    line = reading.context.listed.get(name, "")
    listed = [line] if line else []
    does = reading.context.purposes.get(name, "") or own_words(name)
    required = _required(schema)
    yield reading.behaviour(
        BehaviourKind.TOOL, f"Call {name} for this: {does}.", units=listed,
        checks=[Check(CheckKind.CALLED, (name,)), *(Check(CheckKind.ARGUMENT, (name,), key) for key in required)],
    )  # fmt: skip
    for sentence in reading.sentences:
        if _BEGUN.search(sentence.text):
            kind = BehaviourKind.PREFER if _BETTER.search(sentence.text) else BehaviourKind.TOOL
            yield reading.behaviour(kind, sentence.text, checks=[Check(CheckKind.CALLED, (name,))])
        elif paired := _paired(reading, sentence):
            yield reading.behaviour(
                BehaviourKind.METHOD, sentence.text, steps=paired, checks=[Check(CheckKind.ORDER, paired)]
            )
    yield from _arguments(reading, schema)


def own_words(name: str) -> str:
    """`memory store` of `mcp__claude-flow__memory_store`: a tool without a description is named after its purpose."""
    return re.sub(r"[_-]+", " ", name.rpartition("__")[2]).strip() or name


def _required(schema: Mapping[str, Any]) -> list[str]:
    required = schema.get("required")
    names = [key for key in required if isinstance(key, str) and key] if isinstance(required, list) else []
    return [key for key in names if "." not in key][:MOST_ARGUMENTS]


def _paired(reading: Reading, sentence: Sentence) -> tuple[str, ...]:
    """(before, after) where a description says which one other tool is called before or after this one."""
    match = _PAIRED.search(sentence.text)
    others = [tool for tool in reading.context.named(match[1]) if tool != reading.unit.name] if match else []
    if match is None or len(others) != 1:
        return ()
    name = reading.unit.name
    return (others[0], name) if _FIRST.search(match[1]) else (name, others[0]) if "after" in match[1] else ()


# Arguments.


def _arguments(reading: Reading, schema: Mapping[str, Any]) -> Found:
    properties = schema.get("properties")
    rows = [(k, v) for k, v in properties.items() if isinstance(v, Mapping)] if isinstance(properties, Mapping) else []
    told = 0
    for key, value in rows:
        if told < MOST_ARGUMENTS and "." not in key and (behaviour := _argument(reading, key, value)):
            told += 1
            yield from behaviour


def _argument(reading: Reading, key: str, value: Mapping[str, Any]) -> list[Any]:
    name, found = reading.unit.name, []
    values = value.get("enum")
    if isinstance(values, list) and 1 < len(values) <= MOST_VALUES and all(_plain(each) for each in values):
        pattern = f"^(?:{'|'.join(re.escape(each) for each in values)})$"
        found = [reading.behaviour(
            BehaviourKind.TOOL, f"The argument {key} of {name} is one of: {', '.join(values)}.", subject=name,
            checks=[Check(CheckKind.CALLED, (name,)), Check(CheckKind.ARGUMENT, (name,), key, pattern)],
        )]  # fmt: skip
    elif (default := _default(value)) is not None:
        found = [reading.behaviour(
            BehaviourKind.TOOL, f"The argument {key} of {name} is {default} unless something else is asked for.",
            subject=name, checks=[Check(CheckKind.CALLED, (name,))],
        )]  # fmt: skip
    return [each for each in found if len(each.statement) <= MOST]


def _plain(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 60 and "\n" not in value


_SAID_DEFAULT = re.compile(
    r"\bdefaults?(?: is| to|:|=)? [\"'`]?((?!(?:to|is|value|when|if|for|in)\b)[\w./-]{1,40})[\"'`]?", re.IGNORECASE
)


def _default(value: Mapping[str, Any]) -> str | None:
    default = value.get("default")
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, int | float) or (isinstance(default, str) and _plain(default)):
        return str(default)
    match = _SAID_DEFAULT.search(str(value.get("description", ""))[:400])
    return match[1].rstrip(".") if match else None


# Skills.

_ASKED = re.compile(r"\b(?:use|invoke|call|trigger)\w* (?:this |it |the |skill |command )*(?:when|if|for|to|whenever)\b"
                    r"|\bwhen the user (?:says|asks|wants|requests|mentions)\b", re.I)  # fmt: skip


_SAYS_LITTLE = 4
"""Words of a description; a shorter one repeats the name, and the body's first sentence says more."""


def _of_skill(reading: Reading) -> Iterator[Any]:
    """When a skill is called: its description, and each sentence that says when."""
    name = reading.unit.name
    said = reading.unit.text.partition(": ")[2].strip() or own_words(name)
    if len(said.split()) < _SAYS_LITTLE:
        said = reading.context.openings.get(name, said)
    check = Check(CheckKind.ARGUMENT, ("Skill",), "skill", f"^/?{re.escape(name)}$")
    yield reading.behaviour(BehaviourKind.TOOL, f"Call the skill {name} for this: {purpose(said)}.", subject="Skill",
                            checks=[check])  # fmt: skip
    for sentence in _when(reading, said):
        yield reading.behaviour(BehaviourKind.TOOL, f"{name}: {sentence}", subject="Skill", checks=[check])


def _when(reading: Reading, said: str) -> Sequence[str]:
    first = purpose(said)
    texts = [sentence.text for sentence in reading.page.sentences if _ASKED.search(sentence.text)]
    return [
        text for text in texts if usable(text) and not text.startswith(f"{reading.unit.name}:") and first not in text
    ]


# Programs that a page documents.

_COMMAND = re.compile(
    r"^\s{0,8}(?:\$ )?((?:npx|uvx|\./[\w.-]+|gh|claude-flow|docker|git|npm|uv)(?: (?!-)[\w@./:-]+){1,5})"
)
_STUB = re.compile(r"^Command documentation for ", re.IGNORECASE)
MOST_COMMANDS = 8


def _of_program(reading: Reading) -> Found:
    """The commands that a page shows, and the MCP tool that it documents; the first stands for what the page is for."""
    does = _does(reading)
    tools = reading.context.named(" ".join(sentence.text for sentence in reading.page.sentences[:8]))
    if len(tools) == 1:
        yield reading.behaviour(BehaviourKind.TOOL, f"Call {tools[0]} for this: {does}.", subject=tools[0],
                                checks=[Check(CheckKind.CALLED, tuple(tools))])  # fmt: skip
    for command in _commands(reading)[:MOST_COMMANDS]:
        check = Check(CheckKind.ARGUMENT, ("Bash",), "command", re.escape(command))
        yield reading.behaviour(
            BehaviourKind.TOOL, f"Run `{command}` for this: {does}.", subject="Bash", line=reading.first_line,
            checks=[check],
        )  # fmt: skip


def _does(reading: Reading) -> str:
    """What a page is about: its first sentence, or its name."""
    texts = (sentence.text for sentence in reading.page.sentences)
    said = next((text for text in texts if usable(text) and not _STUB.match(text)), "")
    return purpose(said) or own_words(reading.unit.name.rpartition(":")[2])


def _commands(reading: Reading) -> list[str]:
    """The commands in code blocks, without options and values, each once."""
    found = (match[1] for line in reading.page.lines(Form.CODE) if (match := _COMMAND.match(line)))
    return list(dict.fromkeys(found))
