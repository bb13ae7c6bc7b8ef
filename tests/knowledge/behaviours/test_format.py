"""Facts about forms."""

from __future__ import annotations

import pytest

from hive_integration.units.behaviour import BehaviourKind as K
from hive_integration.units.check import Check, CheckKind
from tests.knowledge.samples import a_body, found


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Always respond with valid JSON.", "json"),
        ("Write the summary as bullet points.", "bullets"),
        ("Return a numbered list of steps.", "numbered"),
        ("Answer in one sentence only.", "one line"),
        ("Keep answers concise and calm.", "short"),
        ("Report in JSON or as bullets.", ""),
        ("Do not print JSON to the user.", None),
    ],
)
def test_a_sentence_asks_for_one_form(text: str, form: str | None) -> None:
    """One form is checked, two are not; what must not be is a prohibition."""
    forms = found(a_body(text), K.FORMAT)
    if form is None:
        assert forms == []
    else:
        assert [list(b.checks) for b in forms] == [[Check(CheckKind.FORMAT, format=form)] if form else []]


@pytest.mark.parametrize(
    ("template", "form"),
    [("# Review\n## Findings\n- a\n## Verdict\n", "headings"), ('{"ok": true}', "json"),
     ("1. a\n2. b\n", "numbered"), ("x\n", "")],
)  # fmt: skip
def test_a_template_shows_the_form(template: str, form: str) -> None:
    """Under a heading `Output format`; its headings are named."""
    [one] = found(a_body(f"# Agent\n\n## Output Format\n\n```\n{template}```\n", name="reviewer"), K.FORMAT)
    assert one.statement.startswith("reviewer answers in the form of its Output Format")
    assert list(one.checks) == ([Check(CheckKind.FORMAT, format=form)] if form else [])
    assert ("Findings" in one.statement) == (form == "headings")


def test_an_empty_template_is_none() -> None:
    """A heading alone shows nothing."""
    assert found(a_body("## Output Format\n\nSee there.\n"), K.FORMAT) == []
