"""Two audits side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.audit.compare import Comparison, Kind, compare, load
from hive_integration.audit.report import Report
from hive_integration.errors import HiveError
from hive_integration.units import Component, Load
from tests.audit.sample import finding, hostile, report_of, sample


def between(old: Report, new: Report) -> Comparison:
    """Compare by way of the JSON text, as a file would be."""
    return compare(json.loads(json.dumps(old.to_json())), new)


def test_each_kind_of_change_is_told() -> None:
    """A unit came, went, grew, shrank, or was reworded at the same length; one that is the same is not named."""
    old = report_of(
        finding("went", Component.AGENTS, 5),
        finding("grew", Component.AGENTS, 5),
        finding("shrank", Component.AGENTS, 5),
        finding("reworded", Component.AGENTS, 5, text="one"),
        finding("same", Component.AGENTS, 5),
    )
    new = report_of(
        finding("came", Component.AGENTS, 7),
        finding("grew", Component.AGENTS, 9),
        finding("shrank", Component.AGENTS, 2),
        finding("reworded", Component.AGENTS, 5, text="two"),
        finding("same", Component.AGENTS, 5),
    )
    comparison = between(old, new)
    assert {change.kind.value: (change.name, change.delta) for change in comparison.changes} == {
        "came": ("came", 7),
        "went": ("went", -5),
        "grew": ("grew", 4),
        "shrank": ("shrank", -3),
        "reworded": ("reworded", 0),
    }
    assert comparison.unchanged == 1
    assert comparison.delta == 3


def test_a_report_compared_with_itself_is_unchanged() -> None:
    """Nothing differs between a report and itself, whatever its names hold."""
    for report in (sample(), hostile()):
        comparison = between(report, report)
        assert (comparison.changes, comparison.delta, comparison.warnings) == ([], 0, [])
        assert comparison.unchanged == sum(1 for f in report.findings if f.attributed)


TOKENS = st.integers(0, 500)
FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from("abc"),
        st.sampled_from([Component.AGENTS, Component.SKILLS]),
        TOKENS,
        source=st.sampled_from(["x", "y"]),
        load=st.sampled_from(list(Load)),
        text=st.sampled_from(["t", "u"]),
    ),
    max_size=12,
)


@given(FINDINGS, FINDINGS)
def test_the_changes_add_up(old: list[Any], new: list[Any]) -> None:
    """The idle changes and the categories add up to the difference of the totals; every unit is accounted for."""
    comparison = between(report_of(*old), report_of(*new))
    assert sum(change.delta for change in comparison.changes if change.idle) == comparison.delta
    assert sum(after - before for _, before, after in comparison.categories) == comparison.delta
    changed = [change.kind for change in comparison.changes]
    both = len(changed) - changed.count(Kind.CAME) - changed.count(Kind.WENT) + comparison.unchanged
    assert both + changed.count(Kind.WENT) == len(old)
    assert both + changed.count(Kind.CAME) == len(new)


@given(FINDINGS, FINDINGS)
def test_comparing_the_other_way_mirrors_it(old: list[Any], new: list[Any]) -> None:
    """What came one way went the other; the difference changes its sign."""
    forth, back = between(report_of(*old), report_of(*new)), between(report_of(*new), report_of(*old))
    assert forth.delta == -back.delta
    assert len(forth.of(Kind.CAME)) == len(back.of(Kind.WENT))


def test_equal_names_are_told_apart_by_source() -> None:
    """Of two units of one name, the one whose source is the same is the same unit."""
    old = report_of(*(finding("review", Component.AGENTS, n, source=s) for n, s in ((10, "user"), (20, "project"))))
    new = report_of(*(finding("review", Component.AGENTS, n, source=s) for n, s in ((20, "project"), (11, "user"))))
    changes = between(old, new).changes
    assert [(change.source, change.before, change.after) for change in changes] == [("user", 10, 11)]


def test_a_moved_unit_is_the_same_unit() -> None:
    """A unit whose file was moved (or whose client was updated) has not come and gone."""
    old = report_of(finding("Bash", Component.BUILTIN_TOOLS, 100, source="claude-code@2.1.197/tools/Bash"))
    new = report_of(finding("Bash", Component.BUILTIN_TOOLS, 90, source="claude-code@2.1.329/tools/Bash"))
    assert [change.kind for change in between(old, new).changes] == [Kind.SHRANK]


def test_a_tool_that_is_no_longer_deferred_grew() -> None:
    """With tool search off a tool's name becomes its specification: it grew, and the deferred one went."""
    comparison = between(sample(), sample(tool_search=False))
    assert len(comparison.of(Kind.GREW)) == 353
    assert comparison.of(Kind.CAME) == []
    assert all(not change.idle for change in comparison.changes if change.kind is Kind.WENT)


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"tokenizer": "claude-4.8"}, "tokenizers differ"), ({"method": "static"}, "methods differ")],
)
def test_what_cannot_be_compared_is_said(changes: Mapping[str, str], word: str) -> None:
    """Another tokenizer or method is compared all the same, with a warning."""
    old = sample().to_json() | changes
    assert any(word in warning for warning in compare(old, sample()).warnings)


BROKEN: list[dict[str, Any]] = [
    {},
    {"schema": "hive-ctx/audit/2"},
    {"schema": ["hive-ctx/audit/1"]},
    {"schema": "hive-ctx/audit/1"},
    sample().to_json() | {"units": None},
    sample().to_json() | {"units": [{}]},
    sample().to_json() | {"units": [{**sample().to_json()["units"][0], "load": "sideways"}]},
    sample().to_json() | {"units": [{**sample().to_json()["units"][0], "tokens": "1e9"}]},
    sample().to_json() | {"total_tokens": True},
    sample().to_json() | {"categories": {"agents": 1}},
    sample().to_json() | {"client": "claude"},
]


@pytest.mark.parametrize("old", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_report_is_one_clear_error(old: dict[str, Any]) -> None:
    """A report of another schema, or with a part missing or of another kind, is refused with what to do."""
    with pytest.raises(HiveError) as caught:
        compare(old, sample())
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "[" * 100_000, "\x00", '{"a": 1' + "0" * 5_000 + "}"])
def test_a_file_that_is_no_report_is_one_clear_error(tmp_path: Path, text: str) -> None:
    """Whatever stands in the file, reading it never hangs and never leaves another error."""
    path = tmp_path / "old.json"
    path.write_text(text)
    with pytest.raises(HiveError) as caught:
        compare(load(path), sample())
    assert caught.value.hint


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    """A file that is not there is named, with how to make one."""
    with pytest.raises(HiveError, match="cannot be read") as caught:
        load(tmp_path / "none.json")
    assert "--format json" in caught.value.hint


def test_a_written_report_is_read_back(tmp_path: Path) -> None:
    """What `--format json` writes is what `--compare` reads."""
    from hive_integration.audit.render.json import render

    path = tmp_path / "old.json"
    path.write_text(render(hostile()))
    assert compare(load(path), hostile()).changes == []


def test_many_units_of_one_name_take_linear_time() -> None:
    """Twenty thousand units that share a name are paired at once, not each with each."""
    units = [finding("same", Component.SKILLS, 1, source=str(i)) for i in range(20_000)]
    comparison = compare(report_of(*units).to_json(), report_of(*reversed(units)))
    assert comparison.unchanged == 20_000
