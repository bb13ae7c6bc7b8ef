"""Facts about behaviours and their identity."""

from __future__ import annotations

from dataclasses import replace

from hive_integration.units.behaviour import Behaviour, BehaviourKind

RULE = Behaviour(BehaviourKind.MUST, "Run the tests before you commit.", ("sha256:b", "sha256:a"), "CLAUDE.md:3")


def test_its_id_follows_from_what_it_says_and_who_says_it() -> None:
    """Where it stands in a file and how it is checked is no part of it; nor is the order of its units."""
    assert RULE.id == replace(RULE, source="CLAUDE.md:9", units=("sha256:a", "sha256:b")).id
    others = [
        replace(RULE, statement="Run them."),
        replace(RULE, units=("sha256:c",)),
        replace(RULE, kind=BehaviourKind.NEVER),
        replace(RULE, subject="tests"),
        replace(RULE, steps=("a",)),
    ]
    assert len({RULE.id, *(other.id for other in others)}) == 6
    assert RULE.id.startswith("b-")
    assert len(RULE.id) == 18
