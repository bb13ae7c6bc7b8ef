"""Facts about routes."""

from __future__ import annotations

import pytest

from hive_integration.knowledge.route import SECRET, route
from hive_integration.units import Component, KnowledgeUnit, Load, unit_of

from .samples import a_body, a_tool

TABLE = "| symbol | meaning |\n|---|---|\n" + "".join(f"| s{i} | meaning number {i} |\n" for i in range(20))
CODE = "# Guide\n\nShort words.\n\n```js\n" + "call(something, with, arguments);\n" * 500 + "```\n"


@pytest.mark.parametrize(
    ("unit", "to", "because"),
    [
        (a_body("Always run the tests before a commit."), "weights", "every day"),
        (a_tool("store", "Store 1.2.3 in /home/ada/x"), "weights", "a tool's name"),
        (unit_of("SessionStart", Component.HOOKS, Load.ALWAYS, "hello"), "stay", "output of a hook"),
        (unit_of("date", Component.ENVIRONMENT, Load.ALWAYS, "hello"), "stay", "the machine, the day"),
        (unit_of("x", Component.SYSTEM_PROMPT, Load.ALWAYS, "cc_version=2.1.329"), "stay", "100% of its lines"),
        (a_body("Contents of /a/CLAUDE.md (x):\n\n@core/RULES.md\n@core/FLAGS.md\n"), "stay", "only imports"),
        (a_body("# Notes\n\nWrite.\nKeep them in `/home/ada/.claude/memory`.\n\nAlways.\nBriefly."), "stay", "path"),
        (a_body(TABLE), "pointer", "table of facts"),
        (a_body(CODE, Component.SKILLS), "pointer", "looked up"),
        (a_body(CODE[:2000], Component.SKILLS), "weights", "every day"),
    ],
)  # fmt: skip
def test_each_unit_has_a_route_and_a_reason(unit: KnowledgeUnit, to: str, because: str) -> None:
    """Decisions go into weights, what changes stays, what is looked up is pointed to."""
    routed = route(unit)
    assert (routed.route, because in routed.reason) == (to, True), routed


def test_a_few_volatile_lines_are_left_out_not_the_unit() -> None:
    """The reason says how much of the unit cannot be learned."""
    routed = route(a_body("One rule.\n" * 9 + "Released 2026-01-02.\n", Component.SKILLS))
    assert routed.route == "weights"
    assert "10% of its lines, which are left out (a date)" in routed.reason


def test_a_secret_keeps_a_unit_out() -> None:
    """Of a tool, too; the reason begins so that the caller can warn, and does not repeat the secret."""
    key = "ghp_" + "a1B2c3D4e5" * 4
    for unit in (a_body(f"Use {key} for the registry."), a_tool("push", f"Push with {key}")):
        routed = route(unit)
        assert routed.route == "stay"
        assert routed.reason.startswith(SECRET)
        assert key not in routed.reason


def test_the_clients_label_is_no_volatile_line() -> None:
    """The client names the file by its path; that says nothing about the file."""
    unit = a_body("Contents of /home/ada/p/CLAUDE.md (project instructions):\n\nAlways test.\n")
    assert route(unit).route == "weights"
