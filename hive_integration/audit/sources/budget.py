"""How many characters the listing of skills and commands may have. Pure, but for the table of models.

One per cent of the context window, at three characters a token for the models since Opus 4.7 and for names the client
does not know, at four for older ones. Seen on 2.1.197 and 2.1.329 (`docs/reference/listings.md`).
"""

from __future__ import annotations

import re

from hive_integration.audit.setup import Conditions, Setup
from hive_integration.audit.sources.listing import OLD, dialect

SHARE = 0.01
_MILLION, _SMALL = 1_000_000, 200_000
_FOURTH = re.compile(r"claude-(?P<family>opus|sonnet|haiku)-4(?:-(?P<minor>\d{1,2}))?(?!\d)")


def window_of(version: str, model: str) -> int:
    """The context window, in tokens, that a client assumes; `model` is the name as given, empty for its own choice."""
    if not model or model.endswith("[1m]"):
        return _MILLION
    return _SMALL if dialect(version) is OLD or is_older(model) else _MILLION


def is_older(model: str) -> bool:
    """Whether a model has the tokenizer from before Opus 4.7."""
    name = model.lower()
    match = _FOURTH.search(name)
    if match is None:
        return "claude-3" in name
    minor = int(match["minor"] or 0)
    return minor < 7 and (match["family"] != "opus" or minor > 1)  # Opus 4.0 and 4.1 are replaced by the newest Opus


def budget(setup: Setup, conditions: Conditions) -> int:
    """Characters for the listing: the variable, else the share of the window that the settings name."""
    try:
        asked = float(setup.variable("SLASH_COMMAND_TOOL_CHAR_BUDGET"))
        if asked and abs(asked) < 1e9:
            return int(asked)
    except ValueError:
        pass
    share = setup.settings.get("skillListingBudgetFraction")
    if not isinstance(share, int | float) or isinstance(share, bool) or not 0 < share <= 1:
        share = SHARE
    return int(conditions.window * (4 if is_older(conditions.model) else 3) * share)
