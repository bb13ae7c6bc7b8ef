"""A small invented book for tests of datasets: a garden's tools, an agent, a skill, rules of every kind of check."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hive_integration.dataset.book import Book
from hive_integration.units import Component, KnowledgeUnit, Load
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import Check, CheckKind
from hive_integration.units.lines import Extracted, to_line
from hive_integration.units.unit import unit_of

TEXT = {"type": "string"}


def schema_of(*required: str, **properties: Mapping[str, Any]) -> dict[str, Any]:
    """An object's schema."""
    return {"type": "object", "properties": dict(properties), "required": list(required)}


TOOLS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "mcp__shed__bed_plant": (
        "Plant a crop in a bed. Use when you need a bed filled before the frost.",
        schema_of(
            "bedId",
            "crop",
            bedId={"type": "string", "description": "Bed to plant in"},
            crop={"type": "string", "enum": ["beans", "kale", "leek"]},
            depth={"type": "number", "description": "Depth in cm (1-10)", "default": 3},
            tags={"type": "array", "items": TEXT},
        ),
    ),
    "mcp__shed__bed_list": ("List all beds of the garden.", schema_of(limit={"type": "integer", "minimum": 1})),
    "mcp__shed__bed_remove": (
        "Remove a bed and its plants.",
        schema_of("bedId", bedId=TEXT, force={"type": "boolean"}),
    ),
    "mcp__shed__soil_status": (
        "Get the soil status of a bed.",
        schema_of("bedId", bedId=TEXT, detailed={"type": "boolean"}),
    ),
    "mcp__shed__note_store": (
        "Store a note under a key. For a single line, plain Write is fine.",
        schema_of(
            "key",
            "value",
            key={"type": "string", "description": "Key of the note"},
            value={},
            namespace={"type": "string", "default": "garden"},
            weight={"type": "number", "minimum": 0, "maximum": 1},
        ),
    ),
    "mcp__shed__note_search": ("Search notes by meaning.", schema_of("query", query=TEXT, topK={"type": "number"})),
    "mcp__shed__water_run": (
        "Run the water for some beds.",
        schema_of(
            "beds",
            beds={
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"id": TEXT, "litres": {"type": "number"}},
                    "required": ["id"],
                },
                "minItems": 1,
            },
            pattern={"type": "string", "pattern": "^[a-z]{3}-[0-9]{2}$"},
            since={"type": "string", "format": "date-time"},
        ),
    ),
    "Agent": (
        "Start a helper.",
        schema_of("description", "prompt", "subagent_type", description=TEXT, prompt=TEXT, subagent_type=TEXT),
    ),
    "Skill": ("Load a skill.", schema_of("skill", skill=TEXT, args=TEXT)),
    "Bash": ("Run a program.", schema_of("command", command=TEXT, description=TEXT)),
}
"""Descriptions and schemas by name. None of it is anybody else's."""


def tool_unit(name: str) -> KnowledgeUnit:
    """The unit of one of the tools."""
    description, schema = TOOLS[name]
    text = json.dumps({"name": name, "description": description, "input_schema": schema})
    component = Component.MCP_TOOLS if name.startswith("mcp__") else Component.BUILTIN_TOOLS
    source = f"shed/{name.rpartition('__')[2]}"
    return unit_of(name, component, Load.DEFERRED, text, source=source, schema=schema)


RULES = unit_of(
    "rules", Component.MEMORY, Load.ALWAYS, "# Garden rules\n\nAs the gardeners agreed.", source="CLAUDE.md:1"
)
PLANT, LIST, REMOVE, SOIL, STORE, SEARCH, WATER = (name for name in TOOLS if name.startswith("mcp__"))


def _called(name: str, *keys: str) -> tuple[Check, ...]:
    return Check(CheckKind.CALLED, (name,)), *(Check(CheckKind.ARGUMENT, (name,), key) for key in keys)


def _of_tools() -> Mapping[str, Sequence[tuple[BehaviourKind, str, tuple[Check, ...]]]]:
    tool, none, fails = BehaviourKind.TOOL, BehaviourKind.NO_TOOL, BehaviourKind.RECOVERY
    found: dict[str, list[tuple[BehaviourKind, str, tuple[Check, ...]]]] = {
        name: [
            (tool, f"Call {name} for this: {TOOLS[name][0].partition('.')[0]}.",
            _called(name, *TOOLS[name][1]["required"])),
            (fails, f"When {name} answers with an error, mend its arguments or say what failed.", _called(name)),
        ]
        for name in TOOLS if name.startswith("mcp__")
    }  # fmt: skip
    found[PLANT].append((tool, f"The argument crop of {PLANT} is one of: beans, kale, leek.",
                         (*_called(PLANT), Check(CheckKind.ARGUMENT, (PLANT,), "crop",
                         "^(?:beans|kale|leek)$"))))  # fmt: skip
    found[PLANT].append(
        (tool, f"The argument depth of {PLANT} is 3 unless something else is asked for.", _called(PLANT))
    )
    found[STORE].append((none, "For a single line, plain Write is fine.", (Check(CheckKind.NOT_CALLED, (STORE,)),)))
    found[REMOVE].append((none, f"For this, call {LIST} and not {REMOVE}: list all beds.",
                          (Check(CheckKind.NOT_CALLED, (REMOVE,)), Check(CheckKind.CALLED, (LIST,)))))  # fmt: skip
    found["Agent"] = [(BehaviourKind.ROLE, "Give weeder this: Weed removal specialist.",
                       (Check(CheckKind.ARGUMENT, ("Agent",), "subagent_type", "^weeder$"),))]  # fmt: skip
    found["Skill"] = [(tool, "Call the skill compost:turn for this: Turn the compost heap.",
                       (Check(CheckKind.ARGUMENT, ("Skill",), "skill", r"^/?compost:turn$"),))]  # fmt: skip
    found["Bash"] = [(tool, "Run `shed count --all` for this: Count the tools in the shed.",
                      (Check(CheckKind.ARGUMENT, ("Bash",), "command", r"shed\ count\ \-\-all"),))]  # fmt: skip
    return found


def _of_rules() -> Sequence[Behaviour]:
    kind, steps = BehaviourKind, ("Look at the bed", "Loosen the soil", "Sow the seed")
    rows: list[tuple[BehaviourKind, str, str, tuple[str, ...], tuple[Check, ...]]] = [
        (kind.METHOD, "SPADE: look, loosen, sow.", "SPADE", steps,
         (Check(CheckKind.SAYS_IN_ORDER, pattern=r"\blook" "\n" r"\bloos" "\n" r"\bsow"),)),
        (kind.METHOD, "Pair with bed_list first.", PLANT, (LIST, PLANT), (Check(CheckKind.ORDER, (LIST, PLANT)),)),
        (kind.MUST, 'Begin every answer with "Green:".', "", (), (Check(CheckKind.SAYS, pattern="Green:"),)),
        (kind.NEVER, 'Never say "weedkiller".', "", (), (Check(CheckKind.SAYS_NOT, pattern="weedkiller"),)),
        (kind.NEVER, "Never use bed_remove.", REMOVE, (), (Check(CheckKind.NOT_CALLED, (REMOVE,)),)),
        (kind.PREFER, "Use note_search instead of bed_list.", SEARCH, (),
         (Check(CheckKind.CALLED, (SEARCH,)), Check(CheckKind.NOT_CALLED, (LIST,)))),
        (kind.MUST, "Be kind to worms.", "", (), ()),
        *((kind.FORMAT, f"Answers are {form}.", "", (), (Check(CheckKind.FORMAT, format=form),))
          for form in ("json", "bullets", "numbered", "headings", "code", "one line", "short")),
    ]  # fmt: skip
    return [
        Behaviour(k, said, (RULES.digest,), "CLAUDE.md:3", about or "rules", row, checks)
        for k, said, about, row, checks in rows
    ]


def entries() -> Sequence[Extracted]:
    """The book's lines: the tools in their order, then the rules."""
    of_tools = _of_tools()
    found = []
    for name in TOOLS:
        unit = tool_unit(name)
        behaviours = [
            Behaviour(kind, said, (unit.digest,), unit.source, name, (), checks)
            for kind, said, checks in of_tools[name]
        ]
        found.append(Extracted(unit, {"o200k_base": 9}, "a tool", "weights", "holds", tuple(behaviours)))
    return [*found, Extracted(RULES, {"o200k_base": 9}, "rules", "weights", "holds", tuple(_of_rules()))]


def book() -> Book:
    """The book itself."""
    return Book(entries())


def units_text() -> str:
    """Its `units.jsonl`."""
    return "".join(f"{to_line(entry)}\n" for entry in entries())


def behaviour_of(within: Book, kind: BehaviourKind, contains: str = "") -> Behaviour:
    """The first behaviour of a kind whose statement contains some words."""
    return next(each for each in within.behaviours.values() if each.kind is kind and contains in each.statement)
