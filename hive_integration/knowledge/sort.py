"""Which category and level a unit belongs to, and why. Pure; `signs.py` holds the table of what is looked for.

What the client says of a unit decides where it can: a tool is a tool, a file in `agents/` is an agent. A skill, a
command and an instruction file may be anything, so each sign found in them gives weight to one category, and the
heaviest wins. The line that lists a skill is sorted with the body that it announces. Where two categories weigh nearly
the same, or none weighs anything, the reason says so: `ambiguous: …`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hive_integration.knowledge.domain import domain_of
from hive_integration.knowledge.markdown import Form, page
from hive_integration.knowledge.signs import SIGNS, Sign, Where
from hive_integration.units import Category, Component, KnowledgeUnit, Level, Load
from hive_integration.units.classify import classify_section
from hive_integration.units.lines import AMBIGUOUS

MARGIN = 1.0
"""Two categories whose weights are closer than this are not told apart for certain."""
OPENING = 600
"""Characters from the beginning of a text that count as its opening."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Where a unit belongs. `reason`: which rule said so, and what it saw."""

    category: Category
    level: Level
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What one file brings in: the line that the client lists, and the body that it reads later."""

    line: str = ""
    body: str = ""


def sort(unit: KnowledgeUnit, entry: Entry | None = None) -> Sorted:
    """Sort a unit. `entry`: all that its file brings in, so that a line and its body are sorted alike."""
    if unit.component in (Component.SKILLS, Component.COMMANDS):
        if unit.load is Load.ALWAYS:
            return Sorted(
                Category.TOOL_SPECIFICATIONS, Level.TOOLS, "heading of a listing: it names what can be called"
            )
        return _by_signs(unit, entry or _alone(unit), _DEFAULT[unit.component])
    if unit.component is Component.MEMORY:
        return _by_signs(unit, Entry(body=unit.text), _DEFAULT[unit.component])
    if unit.component is Component.SYSTEM_PROMPT:
        category, level = classify_section(unit.name)
        return Sorted(category, level, f"section of a system prompt: its heading {unit.name[:60]!r}")
    category, level, why = _GIVEN[unit.component]
    return Sorted(category, level, why)


def entries(units: Iterable[KnowledgeUnit]) -> Mapping[tuple[Component, str], Entry]:
    """What each file brings in, by `file_of` its units."""
    found: dict[tuple[Component, str], Entry] = {}
    for unit in units:
        old = found.get(file := file_of(unit), Entry())
        if unit.load is Load.LISTED:
            found[file] = Entry(unit.text, old.body)
        elif unit.load is Load.ON_DEMAND:
            found[file] = Entry(old.line, unit.text)
    return found


def file_of(unit: KnowledgeUnit) -> tuple[Component, str]:
    """(component, file) of a unit: its source without the line."""
    path, _, line = unit.source.rpartition(":")
    return unit.component, path if line.isdigit() and path else unit.source


def _alone(unit: KnowledgeUnit) -> Entry:
    return Entry(line=unit.text) if unit.load is Load.LISTED else Entry(body=unit.text)


_GIVEN: Mapping[Component, tuple[Category, Level, str]] = {
    Component.BUILTIN_TOOLS: (Category.TOOL_SPECIFICATIONS, Level.TOOLS, "component: a tool of the client"),
    Component.MCP_TOOLS: (Category.TOOL_SPECIFICATIONS, Level.TOOLS, "component: what an MCP server offers"),
    Component.AGENTS: (Category.AGENT_PERSONAS, Level.AGENTS, "component: an agent, its line or its prompt"),
    Component.HOOKS: (Category.OPERATIONAL_RULES, Level.DOMAIN, "component: what a hook said"),
    Component.ENVIRONMENT: (Category.SYSTEM_PROMPTS, Level.DOMAIN, "component: the here and now"),
    Component.OTHER: (Category.SYSTEM_PROMPTS, Level.CORE, AMBIGUOUS + "text that no rule recognised"),
}
_DEFAULT: Mapping[Component, Category] = {
    Component.SKILLS: Category.METHODOLOGIES,
    Component.COMMANDS: Category.METHODOLOGIES,
    Component.MEMORY: Category.OPERATIONAL_RULES,
}


# By signs.


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign that was found: how often it counts, and the first words that it was found in."""

    sign: Sign
    times: int
    words: str

    @property
    def weight(self) -> float:
        """What it gives its category."""
        return self.sign.weight * self.times


def _by_signs(unit: KnowledgeUnit, entry: Entry, default: Category) -> Sorted:
    seen = find_signs(unit, entry)
    weights = dict.fromkeys(Category, 0.0)
    for each in seen:
        weights[each.sign.category] += each.weight
    weights[default] += MARGIN  # it wins where nothing else is said
    best, second = sorted(weights, key=lambda category: -weights[category])[:2]
    level, where = _level(unit, entry, best)
    if not seen:
        words = len(f"{entry.line} {entry.body}".split())
        why = f"component: {unit.component} of {words} words, in which nothing says otherwise{where}"
        return Sorted(best, level, why if words <= _FEW else AMBIGUOUS + why)
    why = f"{_told(seen, best) or f'component: {unit.component}'}{where}"
    if weights[best] - weights[second] < MARGIN and weights[second] > 0:
        return Sorted(best, level, f"{AMBIGUOUS}{why}; but {_told(seen, second) or second}")
    return Sorted(best, level, why)


_FEW = 60
"""Words of a text too short to hold signs: its component decides."""


def find_signs(unit: KnowledgeUnit, entry: Entry) -> Sequence[Seen]:
    """The signs of all categories that a file shows, those that weigh most first."""
    body = page(_without_label(entry.body))
    places = {
        Where.NAME: [f"{unit.name} {unit.source}"],
        Where.LINE: [entry.line, *body.titles[:1]],
        Where.OPENING: [body.text[:OPENING]],
        Where.HEADING: body.titles,
        Where.SENTENCE: [sentence.text for sentence in body.sentences],
        Where.CODE: body.lines(Form.CODE),
        Where.TABLE: body.lines(Form.TABLE),
    }
    found = [_look(sign, places[sign.where]) for sign in SIGNS]
    return sorted((seen for seen in found if seen), key=lambda seen: -seen.weight)


def _look(sign: Sign, texts: Sequence[str]) -> Seen | None:
    hits = [match[0].strip() for text in texts if (match := sign.pattern.search(text))]
    if sign.share and len(hits) < sign.share * len(texts):
        return None
    times = min(len(hits), sign.most) if not sign.share else 1
    return Seen(sign, times, hits[0][:40]) if hits and len(hits) >= sign.least else None


def _told(seen: Sequence[Seen], category: Category) -> str:
    """`rule ('words', 3×), rule ('words')` of the signs that speak for a category."""
    mine = [each for each in seen if each.sign.category is category][:3]
    return ", ".join(f"{s.sign.name} ({s.words!r}{f', {s.times}×' if s.times > 1 else ''})" for s in mine)


def _without_label(text: str) -> str:
    """Without the client's line that names the file."""
    return text.partition("\n\n")[2] if text.startswith("Contents of ") else text


# Level.


def _level(unit: KnowledgeUnit, entry: Entry, category: Category) -> tuple[Level, str]:
    """The level of a skill, command or instruction file, and what to add to the reason."""
    if category in _LEVEL_OF:
        return _LEVEL_OF[category], ""
    if domain := domain_of(unit, entry.line, entry.body):
        return Level.DOMAIN, f"; domain: {domain}"
    return (Level.METHODOLOGIES if category is Category.METHODOLOGIES else Level.CORE), ""


_LEVEL_OF = {
    Category.TOOL_SPECIFICATIONS: Level.TOOLS,
    Category.AGENT_PERSONAS: Level.AGENTS,
    Category.COMMUNICATION_PATTERNS: Level.CORE,
    Category.SYSTEM_PROMPTS: Level.CORE,
}
