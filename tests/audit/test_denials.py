"""Permission rules that take something out of the first request."""

from __future__ import annotations

from hive_integration.audit.denials import EVERYTHING, denied


def test_names_in_brackets_are_denied_one_by_one() -> None:
    """A rule names a tool, and maybe one use of it; other tools' rules do not count."""
    settings = {"permissions": {"deny": ["Agent(a)", "Task(b c)", "Bash(rm *)", "Agent(", 5]}}
    assert denied(settings, ("Agent", "Task")) == {"a", "b c"}


def test_a_bare_rule_denies_everything() -> None:
    """A tool without brackets, or with a star in them, is denied whole."""
    assert denied({"permissions": {"deny": ["Skill"]}}, ("Skill",)) == {EVERYTHING}
    assert denied({"permissions": {"deny": ["Skill(*)"]}}, ("Skill",)) == {EVERYTHING}


def test_odd_settings_deny_nothing() -> None:
    """Settings of the wrong shape are nobody's rules."""
    for settings in ({}, {"permissions": []}, {"permissions": {"deny": "Agent"}}, {"permissions": None}):
        assert denied(settings, ("Agent",)) == frozenset()
