"""Facts about one overlay: how its data is read, where it applies, and what it wants once it is filled in."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from hive_integration.errors import UsageError
from hive_integration.install.merge import Want
from hive_integration.install.overlay import Figures, Overlay

FACTS = {"config_dir": "/t/hive-integration", "state": "/d/state.json", "program": "/bin/hive-ctx", "invocable": []}
BUDGET = {"kind": "share", "default": "0.001", "means": "a share"}
NAMES = {"kind": "names", "default": "memory,swarm", "means": "names"}


def overlay(*wants: dict[str, Any], **rest: object) -> Overlay:
    """An overlay as its file would say it."""
    data = {"id": "x", "summary": "s", "lost": "l", "want": list(wants) or [{"keys": ["a"], "value": 1}], **rest}
    return msgspec.convert(data, Overlay)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("1", "1"),
        (False, False),
        (0.5, 0.5),
        (60, 60),
        ("{state}", "/d/state.json"),
        ("{program} run", "/bin/hive-ctx run"),
    ],
)
def test_a_value_is_what_the_file_says_with_the_facts_filled_in(value: object, wanted: object) -> None:
    """Texts are filled in; numbers and truth keep their kind."""
    [want] = overlay({"keys": ["env", "X"], "value": value}).wants(FACTS)
    assert want == Want(("env", "X"), wanted, source="x")
    assert type(want.value) is type(wanted)


def test_an_argument_replaces_the_default() -> None:
    """`hive-tools=agent` wants that; without `=` it wants what the file proposes. In a text names are joined."""
    tools = overlay({"keys": ["env", "T"], "value": "{argument}"}, argument=NAMES)
    assert [want.value for want in tools.wants(FACTS)] == ["memory,swarm"]
    assert [want.value for want in tools.wants(FACTS, "agent, hive-mind")] == ["agent,hive-mind"]


def test_names_in_a_list_are_its_items() -> None:
    """As items the argument is a list, and the want a set's members."""
    deny = overlay({"keys": ["permissions", "deny"], "items": "{argument}"}, argument=NAMES)
    assert list(deny.wants(FACTS, "Workflow,mcp__claude-flow__*")) == [
        Want(("permissions", "deny"), ["Workflow", "mcp__claude-flow__*"], items=True, source="x")
    ]


def test_numbers_stay_numbers() -> None:
    """A count is an integer, a share a fraction, as the client expects them."""
    share = overlay({"keys": ["b"], "value": "{argument}"}, argument=BUDGET)
    count = overlay({"keys": ["b"], "value": "{argument}"}, argument={"kind": "count", "default": "60", "means": "m"})
    assert [want.value for want in (*share.wants(FACTS), *count.wants(FACTS, "7"))] == [0.001, 7]


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("names", ["Bash(rm *)", "a,,b", "a b", ",", "-x", "{state}", "a\nb"]),
        ("count", ["0", "-1", "1.5", "x", "٣", "1e3", "9999999999"]),
        ("share", ["0", "0.0", "1.1", "nan", "-0.1", "1e-3", "inf", "x"]),
    ],
)
def test_an_argument_of_the_wrong_kind_is_refused_with_an_example(kind: str, refused: list[str]) -> None:
    """The message names the overlay and what was expected, the hint shows one that would do."""
    default = {"names": "a,b", "count": "60", "share": "0.01"}[kind]
    taking = overlay({"keys": ["a"], "value": "{argument}"}, argument={"kind": kind, "default": default, "means": "m"})
    for text in refused:
        with pytest.raises(UsageError, match=r"^overlay x: .* expected ") as caught:
            taking.wants(FACTS, text)
        assert caught.value.hint == f"m: --overlay x={default}"


def test_what_takes_no_argument_says_so() -> None:
    """`tool-search=1` is a mistake, not an overlay with a silent part."""
    with pytest.raises(UsageError, match="overlay x takes no argument, got '1'"):
        overlay().wants(FACTS, "1")


def test_each_skill_gets_a_want() -> None:
    """One key stands for all names; without any nothing is wanted."""
    off = overlay({"keys": ["skillOverrides", "{invocable}"], "value": "name-only"})
    wants = off.wants({**FACTS, "invocable": ["a", "sparc:b"]})
    assert [(want.keys, want.value) for want in wants] == [
        (("skillOverrides", "a"), "name-only"), (("skillOverrides", "sparc:b"), "name-only"),
    ]  # fmt: skip
    assert off.wants(FACTS) == []


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ({"summry": "x"}, "unknown field `summry`"),
        ({"lost": 3}, "Expected `str`, got `int`"),
        ({"want": [{"keys": ["a"]}]}, "either value or items"),
        ({"want": [{"keys": [], "value": 1}]}, "expected keys"),
        ({"want": [{"keys": ["a"], "value": 1, "items": ["b"]}]}, "either value or items"),
        ({"want": [{"keys": ["a"], "value": "{home}"}]}, r"unknown \{home\}; known: argument, config_dir"),
        ({"want": [{"keys": ["a"], "value": "{invocable}"}]}, r"unknown \{invocable\}"),
        ({"want": [{"keys": ["a"], "items": "b"}]}, "items is a text"),
        ({"applies": {"client": "2.1.x"}}, "expected bounds such as"),
        ({"applies": {"kinds": ["fork"]}}, "Invalid enum value 'fork'"),
        ({"argument": {**BUDGET, "default": "2"}}, "'2' is no share"),
        ({"measured": {"date": "today", "clients": {}}}, "Invalid RFC3339"),
    ],
)
def test_data_that_is_not_quite_an_overlay_is_refused(rest: dict[str, Any], reason: str) -> None:
    """Unknown keys, wrong kinds and placeholders that nobody fills never pass."""
    with pytest.raises(msgspec.ValidationError, match=reason):
        overlay(**{"want": [{"keys": ["a"], "value": 1}], **rest})


def test_it_says_where_it_does_nothing() -> None:
    """The kind of the target and the client's version decide; an unknown version is given the benefit of the doubt."""
    hive = overlay(applies={"kinds": ["hive", "user"], "client": ">=2.1.287,<2.2.0"})
    assert hive.unfit("hive") == hive.unfit("user", (2, 1, 329)) == hive.unfit("hive", (2, 1, 287)) == ""
    assert hive.unfit("project") == "is for a hive or user, and this is a project"
    assert hive.unfit("hive", (2, 1, 197)) == "is for Claude Code >=2.1.287,<2.2.0, and this is 2.1.197"
    assert hive.unfit("hive", (2, 2, 0)) == "is for Claude Code >=2.1.287,<2.2.0, and this is 2.2.0"
    assert overlay().unfit("marketplace", (1, 0, 0)) == ""


def test_a_saving_is_before_less_after_each_way() -> None:
    """It is negative where an overlay costs tokens."""
    data = {"date": date(2026, 11, 25), "clients": {"2.1.329": {"empty": {"direct": [10, 12], "gateway": [90, 30]}}}}
    measured = overlay(measured=data).measured
    assert measured is not None
    figures = measured.clients["2.1.329"]["empty"]
    assert figures == Figures((10, 12), (90, 30))
    assert (figures.saved, figures.saved_by_gateway) == (-2, 60)
