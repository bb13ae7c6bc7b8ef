"""Facts about what a machine can see of a behaviour."""

from __future__ import annotations

import pytest

from hive_integration.units.check import FORMATS, Check, CheckKind, failure
from hive_integration.units.dialogue import Call, Message


def talk(*steps: str | Call) -> list[Message]:
    """An assistant's messages: a text, or a call and its result."""
    messages = [Message("user", "please")]
    for step in steps:
        if isinstance(step, str):
            messages.append(Message("assistant", step))
        else:
            messages += [Message("assistant", "", (step,)), Message("tool", "ok", answers=step.id)]
    return messages


READ = Call("1", "read", {"path": "src/a.py", "tags": ["x", {"deep": 2}]})
WRITE = Call("2", "write", {"path": "b"})


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (Check(CheckKind.CALLED, ("read", "write")), talk(READ, WRITE), talk(READ)),
        (Check(CheckKind.NOT_CALLED, ("write",)), talk(READ), talk(READ, WRITE)),
        (Check(CheckKind.NOT_CALLED), talk("No tool fits."), talk(READ)),
        (Check(CheckKind.ORDER, ("read", "write")), talk(READ, WRITE), talk(WRITE, READ)),
        (Check(CheckKind.ORDER, ("read", "write")), talk(READ, READ, WRITE), talk(READ)),
        (Check(CheckKind.ARGUMENT, ("read",), "path", r"^src/"), talk(READ), talk(WRITE)),
        (Check(CheckKind.ARGUMENT, ("read",), "tags.1.deep", "2"), talk(READ), talk(Call("1", "read"))),
        (Check(CheckKind.ARGUMENT, ("read",), "path", "^lib"), talk(Call("1", "read", {"path": "lib/x"})), talk(READ)),
        (Check(CheckKind.SAYS, pattern="tests? pass"), talk("All TESTS pass."), talk("Done.")),
        (Check(CheckKind.SAYS_NOT, pattern=r"\bBMAD\b"), talk("First, the parts."), talk("By bmad I go on.")),
        (Check(CheckKind.SAYS_IN_ORDER, pattern="one\ntwo"), talk("one", READ, "and two"), talk("two, one")),
        (Check(CheckKind.FORMAT, format="json"), talk("words", '{"a": 1}'), talk("a: 1")),
    ],
)  # fmt: skip
def test_a_check_tells_right_from_wrong(check: Check, good: list[Message], bad: list[Message]) -> None:
    """The right conversation has no failure; the wrong one has one, in words."""
    assert failure(check, good) == ""
    assert failure(check, bad)


def test_every_kind_is_in_the_table() -> None:
    """A kind that nobody can check would let everything pass."""
    for kind in CheckKind:
        assert isinstance(failure(Check(kind, ("t",), "a", "x", "json"), talk("")), str)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("json", "[1]", "7"), ("bullets", "- a\n- b", "- a"), ("numbered", "1. a\n2. b", "1. a"),
        ("headings", "## A\ntext", "text"), ("code", "```\nx\n```", "x"), ("one line", "x", "x\ny"),
        ("short", "a few words", "word " * 61),
    ],
)  # fmt: skip
def test_a_format_tells_right_from_wrong(name: str, good: str, bad: str) -> None:
    """Every form of the table has a text that is, and one that is not."""
    assert FORMATS[name](good)
    assert not FORMATS[name](bad)
    assert len(FORMATS) == 7
