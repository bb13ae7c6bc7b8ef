"""Facts about real results in a conversation: true to the tool, legal as a chat, consistent with what was said."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from hive_integration.dataset.example import Example
from hive_integration.dataset.executed import (
    LONGEST,
    Outcome,
    Run,
    as_json,
    bound,
    closing,
    from_json,
    is_destructive,
    outcome_of,
    replayed,
    telling,
    to_run,
)
from hive_integration.dataset.offline.languages import LANGUAGES
from hive_integration.units.dialogue import Call, Message

EXAMPLE = Example(
    key="a" * 24,
    messages=(
        Message("system", "You are a coding agent."),
        Message("user", "make a task, then show it"),
        Message("assistant", "I make it.", (Call("c1", "mcp__t__make", {"name": "x"}),)),
        Message("tool", '{"taskId": "task-77", "state": "queued"}', answers="c1"),
        Message("assistant", "Now task-77.", (Call("c2", "mcp__t__show", {"id": "task-77"}),)),
        Message("tool", '{"id": "task-77", "owner": "mira"}', answers="c2"),
        Message("assistant", "`task-77` belongs to mira."),
    ),
    tools=("mcp__t__make", "mcp__t__show"), behaviours=("b-1",), units=("sha256:1",), complexity="moderate",
    error_case=False, family="f",
)  # fmt: skip
TOOLS = dict.fromkeys(EXAMPLE.tools, 1)


def runs(*texts: tuple[str, bool]) -> list[Run]:
    """Its calls with these outcomes."""
    made: list[Run] = []
    for call, (text, failed) in zip(to_run(EXAMPLE, TOOLS), texts, strict=False):
        made.append(Run(call.id, bound(call, EXAMPLE, made), Outcome(text, failed)))
    return made


def test_later_calls_and_answers_use_the_real_values() -> None:
    """The id that the first result really gave is what the second call asks for, and what is said."""
    example = replayed(
        EXAMPLE, runs(('{"taskId": "t-1", "state": "queued"}', False), ('{"id": "t-1", "owner": "kim"}', False))
    )
    assert example.messages[4].calls[0].arguments == {"id": "t-1"}
    assert example.messages[4].text == "Now t-1."
    assert example.messages[-1].text == "`t-1` belongs to kim."
    assert example.generator == "offline+executed"
    assert not example.error_case


def test_an_answer_that_cannot_be_true_is_written_anew() -> None:
    """From what the real result says."""
    example = replayed(EXAMPLE, runs(('{"taskId": "t-1"}', False), ('{"rows": [1, 2]}', False)))
    assert "mira" not in example.messages[-1].text
    assert "rows: 2" in example.messages[-1].text


def test_a_failure_ends_the_conversation_with_the_tools_words() -> None:
    """It is an error case now; the calls after it are not there."""
    example = replayed(EXAMPLE, runs(('{"error": "store is locked"}', True)))
    assert [message.role for message in example.messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert example.error_case
    assert "store is locked" in example.messages[-1].text


def test_of_calls_side_by_side_those_after_a_failure_are_taken_away() -> None:
    """So that each call has its result."""
    calls = (Call("c1", "mcp__t__make", {}), Call("c2", "mcp__t__show", {}))
    side = replace(EXAMPLE, messages=(
        *EXAMPLE.messages[:2], Message("assistant", "", calls), Message("tool", "a", answers="c1"),
        Message("tool", "b", answers="c2"), Message("assistant", "ok"),
    ))  # fmt: skip
    example = replayed(side, [Run("c1", {}, Outcome("no", failed=True))])
    assert [call.id for call in example.messages[2].calls] == ["c1"]


def test_a_user_who_speaks_of_what_never_was_ends_the_conversation_before() -> None:
    """Its last word is then the agent's."""
    more = replace(EXAMPLE, messages=(*EXAMPLE.messages, Message("user", "tell mira"), Message("assistant", "Done.")))
    example = replayed(more, runs(('{"taskId": "t-1"}', False), ('{"x": 1}', False)))
    assert example.messages[-1].role == "assistant"
    assert "mira" not in str(example.messages)


@pytest.mark.parametrize(
    "other",
    [
        {"error_case": True}, {"negative": True}, {"language": "xx"},
        {"messages": (*EXAMPLE.messages[:2], Message("assistant", "No."))},
    ],
)  # fmt: skip
def test_what_is_not_run(other: dict[str, Any]) -> None:
    """Invented failures, negatives, conversations without calls; nor one call alone of several."""
    assert to_run(replace(EXAMPLE, **other), TOOLS) == ()
    assert to_run(EXAMPLE, {"mcp__t__make": 1}) == ()
    assert len(to_run(EXAMPLE, TOOLS)) == 2


@pytest.mark.parametrize(
    "tool", ["mcp__flow__memory_delete", "mcp__flow__terminal_execute", "http_fetch", "resetAll", "DROP_TABLE", "run"]
)
def test_a_destructive_name_is_known(tool: str) -> None:
    """In any way of writing it."""
    assert is_destructive(tool)


def test_a_harmless_name_is_let_pass() -> None:
    """The server's own name does not count, nor does a word that only begins alike."""
    assert not any(map(is_destructive, ("mcp__shell-server__memory_list", "runtime_status", "deletion_log", "get")))


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_every_language_has_words_for_both_ends(language: str) -> None:
    """With the result's own values, in one paragraph."""
    rng = random.Random(0)
    said = closing([Run("c", {}, Outcome('{"noteId": "n-1", "nested": {"a": 1}}'))], language, rng)
    assert "n-1" in said
    assert "{" not in said
    assert closing([], language, rng)
    assert "no room" in telling(Outcome('{"error": {"message": "no room."}}', failed=True), language, rng)


def test_a_result_is_made_fit_for_data() -> None:
    """Without this machine's folders, colours and control characters, and not longer than it may be."""
    places = {"/tmp/s": "/scratch", "/tmp/s/project": "/workspace"}
    outcome = outcome_of("\x1b[31m/tmp/s/project/a\x1b[0m\0 /tmp/s/x", failed=False, places=places)
    assert outcome == Outcome("/workspace/a /scratch/x")
    assert len(outcome_of("x" * 10_000, failed=False).text) < LONGEST + 50
    assert outcome_of("", failed=False).text == "ok"


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ('{"success": false}', True), ('{"error": "x"}', True), ('{"ok": false}', True),
        ('{"success": true, "error": ""}', False), ('{"errors": 0}', False), ("error-free", False),
        ('{"content": [{"type": "text", "text": "{\\"error\\": 1}"}], "isError": true}', True),
    ],
)  # fmt: skip
def test_a_failure_in_words_is_one(text: str, failed: bool) -> None:
    """Many servers do not set the flag; some wrap their answer twice."""
    assert outcome_of(text, failed=False).failed is failed


def test_runs_come_back_from_a_file() -> None:
    """As they were."""
    made = runs(("a", False), ("b", True))
    assert from_json(json.loads(json.dumps(as_json(made)))) == made
