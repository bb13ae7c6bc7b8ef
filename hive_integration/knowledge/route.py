"""Where a unit's knowledge belongs: in the weights, in the prompt, or in the prompt as a pointer; and why. Pure.

Fine-tuning learns how to act, and learns facts badly: new ones slowly, and once they are learned, the model makes up
others (arXiv 2405.05904). So decisions, formats, names and methods go into weights. What changes stays in the prompt.
Long reference text and tables of facts, which are looked up and not acted by, are pointed to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hive_integration.knowledge.markdown import Form, Page, page
from hive_integration.knowledge.volatile import PATH, share, volatile_in
from hive_integration.units import TOOLS, Component, KnowledgeUnit, Load
from hive_integration.units.lines import POINTER, STAY, WEIGHTS
from hive_integration.units.secrets import secret_in

SECRET = "never compiled: "  # noqa: S105 - the beginning of a sentence
"""How the reason of a unit begins that is kept out because of a secret: the caller warns of it."""
MOSTLY_VOLATILE = 0.3
"""Share of lines with a volatile fact, from which on the unit says little that holds tomorrow."""
LONG = 12_000
"""Characters, some 3,000 tokens, from which on code and tables are reference text."""
MOSTLY_REFERENCE = 0.6
MOSTLY_TABLE = 0.5
ROWS = 10


@dataclass(frozen=True, slots=True)
class Routed:
    """A route (`weights`, `stay`, `pointer`) and why."""

    route: str
    reason: str


def route(unit: KnowledgeUnit) -> Routed:
    """Route one unit."""
    if secret := secret_in(unit.text):
        return Routed(STAY, f"{SECRET}its text holds {secret}; take it out of there")
    if unit.component in _LIVE:
        return Routed(STAY, f"{_LIVE[unit.component]}: another one at the next start")
    words = _CLIENTS_LABEL.sub("", unit.text)
    if unit.component in TOOLS and unit.schema is not None:
        return Routed(WEIGHTS, "a tool's name, purpose and arguments hold until its server changes")
    if unit.component is Component.MEMORY and not _IMPORT.sub("", words).strip():
        return Routed(STAY, "only imports other files: their own units say what they say")
    lines = [line.strip() for line in words.split("\n") if line.strip()]
    part, what = share(lines)
    if part >= MOSTLY_VOLATILE:
        return Routed(STAY, f"{part:.0%} of its lines hold what changes ({what})")
    body = page(words)
    prose = "\n".join(line for form in _PROSE for line in body.lines(form))
    if unit.load is Load.ALWAYS and volatile_in(prose) == PATH:
        return Routed(STAY, f"holds {PATH}, which the model must see")
    return _reference(unit, body) or Routed(WEIGHTS, _stable(part, what))


def _reference(unit: KnowledgeUnit, body: Page) -> Routed | None:
    table, code = body.share(Form.TABLE), body.share(Form.CODE)
    if table >= MOSTLY_TABLE and len(body.lines(Form.TABLE)) >= ROWS:
        return Routed(POINTER, f"{table:.0%} of it is a table of facts, which weights hold badly")
    if len(unit.text) >= LONG and code + table >= MOSTLY_REFERENCE:
        return Routed(
            POINTER, f"{len(unit.text):,} characters, {code + table:.0%} code and tables: looked up when needed"
        )
    return None


def _stable(part: float, what: str) -> str:
    if not part:
        return "says the same every day"
    return f"says the same every day, but for {part:.0%} of its lines, which are left out ({what})"


_LIVE = {Component.HOOKS: "output of a hook", Component.ENVIRONMENT: "the machine, the day, the repository"}
_PROSE = (Form.TEXT, Form.BULLET, Form.NUMBERED)
_CLIENTS_LABEL = re.compile(r"\AContents of [^\n]{1,1000}:\n\n")
_IMPORT = re.compile(r"^\s*(?:[-*]\s*)?@[\w./~-]+\s*$", re.MULTILINE)
