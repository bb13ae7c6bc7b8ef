"""Facts about what examples show: each check holds, and no method is learned beside its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hive_integration.dataset.book import Book
from hive_integration.dataset.gates.behaviour import check, names_of
from hive_integration.dataset.gates.limits import Limits
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.dialogue import Message
from tests.dataset.gates.made import BOOK, GOOD, NOTE, but, saying, with_text

SYSTEM, USER, CALL, RESULT, LAST = GOOD.messages
STEPS = ("Specification", "Pseudocode", "Architecture", "Refinement")


def book_with(subject: str, steps: tuple[str, ...] = STEPS) -> tuple[Book, str]:
    """The book with a method, and the method's id."""
    method = Behaviour(BehaviourKind.METHOD, f"{subject}: steps.", (NOTE.unit.digest,), subject=subject, steps=steps)
    return Book([replace(NOTE, behaviours=(*NOTE.behaviours, method)), *BOOK.entries[1:]]), method.id


def test_a_shown_behaviour_passes() -> None:
    """The tool that is to be called is called."""
    assert check(GOOD, BOOK, Limits()) == ""


def test_a_behaviour_that_is_not_shown_is_refused() -> None:
    """Without the call, with the reason of the check."""
    reason = check(saying(SYSTEM, USER, LAST), BOOK, Limits())
    assert reason.startswith("does not show its behaviour: tool mcp__t__note, does not call mcp__t__note")


def test_what_is_named_must_be_there() -> None:
    """Behaviours and units that the book does not have are refused."""
    assert "behaviour that is not there" in check(but(behaviours=("b-0",)), BOOK, Limits())
    assert "unit that is not there" in check(but(units=("sha256:0",)), BOOK, Limits())


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("SPARC", "Let us do sparc here."),
        ("Follow SPARC", "SPARC it is."),
        ("London School TDD Methodology", "In the London-School TDD way."),
        ("London School TDD Methodology", "We do TDD."),
        ("Systematic Debugging", "I do systematic debugging now."),
    ],
)
@pytest.mark.parametrize("role", ["user", "assistant"])
def test_a_method_is_not_named(subject: str, said: str, role: str) -> None:
    """Neither by the user nor by the assistant, in whatever case."""
    book, method = book_with(subject)
    example = replace(with_text(said, role), behaviours=(method,))
    assert check(example, book, Limits()).startswith("names the method that it shows")


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("SPARC", "A sparcle of hope."),
        ("Planning Process", "The planning is done."),
        ("Best for", "This is best."),
        ("architecture", "The architecture is clear."),
        ("mcp__t__note", "note"),
        ("In Claude Code", "Some code."),
        ("How to Use MCP Services", "The MCP server answers."),
    ],
)
def test_common_words_are_no_names(subject: str, said: str) -> None:
    """What anybody would say of the steps may be said."""
    book, method = book_with(subject)
    example = replace(with_text(said, "assistant"), behaviours=(method,))
    assert check(example, book, Limits()) == ""


def test_results_may_name_anything() -> None:
    """What a tool returns is not ours."""
    book, method = book_with("SPARC")
    assert check(replace(with_text("SPARC mode", "tool"), behaviours=(method,)), book, Limits()) == ""


def test_a_step_is_no_name_of_its_method() -> None:
    """A title that is one of the steps cannot be avoided."""
    assert names_of("Code Quality Review", ("Functionality", "Code Quality Review")) == ()
    assert names_of("BMAD", ("Break", "Make", "Apply", "Debug")) == ("BMAD",)


def test_any_other_kind_may_name_its_subject() -> None:
    """An agent's role is asked for by the agent's name."""
    assert check(saying(SYSTEM, Message("user", "Use mcp__t__note."), CALL), BOOK, Limits()) == ""
