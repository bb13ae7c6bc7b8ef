"""Which category and level a section of a system prompt belongs to, by its heading. Pure; a table of rules.

The finer sorting of every unit, with its reason, is the compiler's; the audit needs no more than this.
"""

from __future__ import annotations

import re

from hive_integration.units.unit import Category, Level

RULES: tuple[tuple[re.Pattern[str], Category, Level], ...] = (
    (re.compile(r"tone|style|text output|format|communicat", re.I), Category.COMMUNICATION_PATTERNS, Level.CORE),
    (re.compile(r"method|workflow|process|plan", re.I), Category.METHODOLOGIES, Level.METHODOLOGIES),
    (re.compile(r"tool|task|action|memory|commit|rule|git|guidance", re.I), Category.OPERATIONAL_RULES, Level.CORE),
)
"""The first rule whose pattern is found in the heading decides."""


def classify_section(heading: str) -> tuple[Category, Level]:
    """Category and level of a system prompt's section; a heading that no rule knows is core."""
    for pattern, category, level in RULES:
        if pattern.search(heading):
            return category, level
    return Category.SYSTEM_PROMPTS, Level.CORE
