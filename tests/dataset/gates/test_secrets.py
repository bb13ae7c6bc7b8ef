"""Facts about what is private: it is found in every place of an example, and what is nobody's passes."""

from __future__ import annotations

import random
import time

import pytest

from hive_integration.dataset.gates.limits import Limits
from hive_integration.dataset.gates.secrets import check
from hive_integration.units.dialogue import Message
from tests.dataset.gates.made import BOOK, but, calling, with_text
from tests.planted import HARMLESS, PERSONAL, SECRETS


@pytest.mark.parametrize("kind", [*SECRETS, *PERSONAL])
def test_it_is_found_wherever_it_stands(kind: str) -> None:
    """In what the user says, in an argument, in a result, in the answer, in the wrong way."""
    make = {**SECRETS, **PERSONAL}[kind]
    rng = random.Random(kind)
    for _ in range(20):
        text = f"Here it is: {make(rng)}"
        for example in (
            *(with_text(text, role) for role in ("user", "tool", "assistant")),
            calling({"text": text}),
            but(rejected=(Message("assistant", text),)),
        ):
            assert check(example, BOOK, Limits()).startswith("holds "), text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_nobodys_passes(text: str) -> None:
    """Kept for examples, made up, or no such thing at all."""
    assert check(with_text(f"Look at {text}, please."), BOOK, Limits()) == ""
    assert check(calling({"text": text}), BOOK, Limits()) == ""


def test_the_reason_keeps_it_private() -> None:
    """Only the kind is said."""
    assert check(with_text("Ask " + PERSONAL["e-mail"](random.Random(1))), BOOK, Limits()) == "holds an e-mail address"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit", ["a@", "a.", "@a.b", "+1 ", "+1", "(123) ", "123-", "1.", "/home", "C:\\Users\\", "1234 ", "a-@b-."]
)
def test_looking_is_linear(unit: str) -> None:
    """A million characters of what nearly is one."""
    start = time.monotonic()
    check(with_text(unit * (1_000_000 // len(unit))), BOOK, Limits())
    assert time.monotonic() - start < 12
