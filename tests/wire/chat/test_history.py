"""Facts about turns as chat messages."""

from __future__ import annotations

from typing import Any

import pytest

from hive_integration.errors import HiveError
from tests.wire.asked import PNG, SHOWN, assistant, call, result, said, text, user

SYSTEM = {"role": "system", "content": "rules"}


def _called(id: str, arguments: str = "{}", name: str = "Bash") -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def _told(id: str, content: str = "out") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": id, "content": content}


CALLS = assistant(call("a"), call("b", "Read"))
BOTH = {"role": "assistant", "content": None, "tool_calls": [_called("a"), _called("b", name="Read")]}
CASES: dict[str, tuple[list[Any], list[Any]]] = {
    "words": ([user("x"), assistant("y"), user(text("z"))], [user("x"), assistant("y"), user("z")]),
    "blank edges": ([user(" x \n"), assistant(text("y "))], [user(" x \n"), assistant("y ")]),
    "nothing": ([user(), assistant()], [user(""), assistant("")]),
    "two users": ([user("x"), user("y")], [user("x"), user("y")]),
    "an image": ([user(text("x"), PNG)], [{"role": "user", "content": [text("x"), SHOWN]}]),
    "a system message between": ([user("x"), SYSTEM, assistant("y")], [user("x"), SYSTEM, assistant("y")]),
    "thinking": (
        [
            user("x"),
            assistant({"type": "thinking", "thinking": "t"}, {"type": "redacted_thinking", "data": "d"}),
            user("y"),
        ],
        [user("x"), assistant(""), user("y")],
    ),
    "one text in pieces": ([assistant(text("The "), text("sky.", citations=[{}]))], [assistant("The sky.")]),
    "a call with words": (
        [assistant(text("Now:"), call("a", command="ls é"), text("Then.")), user(result("a"))],
        [
            {"role": "assistant", "content": "Now:\n\nThen.", "tool_calls": [_called("a", '{"command":"ls é"}')]},
            _told("a"),
        ],
    ),
    "calls side by side": (
        [CALLS, user(result("b", "two"), result("a", "one"), text("go on"))],
        [BOTH, _told("b", "two"), _told("a", "one"), user("go on")],
    ),
    "an error": (
        [CALLS, user(result("a", "no", is_error=True), result("b", "Error!", is_error=True))],
        [BOTH, _told("a", "Error: no"), _told("b", "Error!")],
    ),
    "an empty result": (
        [CALLS, user(result("a", ""), result("b", [], is_error=True))],
        [BOTH, _told("a", "(no output)"), _told("b", "Error: (no output)")],
    ),
    "a result in blocks": (
        [CALLS, user(result("a", [text("x"), text("y")]), result("b", None))],
        [BOTH, _told("a", "x\n\ny"), _told("b", "(no output)")],
    ),
    "images in results": (
        [CALLS, user(result("a", [PNG]), result("b", [text("x"), PNG]), text("go on"))],
        [
            BOTH,
            _told("a", "(in the message that follows)"),
            _told("b", "x"),
            {
                "role": "user",
                "content": [
                    text("From the result of Bash (a):"), SHOWN,
                    text("From the result of Read (b):"), SHOWN,
                    text("go on"),
                ],
            },
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_conversation_in_the_words_of_the_chat_api(name: str) -> None:
    """Tool messages stand right behind the calls that they answer; nothing else changes its place."""
    came, wanted = CASES[name]
    assert said(*came) == wanted


def test_an_id_that_is_too_long_is_the_same_in_both_places() -> None:
    """In the call and in its result."""
    long = "toolu_" + "x" * 60
    messages = said(assistant(call(long)), user(result(long)))
    assert messages[0]["tool_calls"][0]["id"] == messages[1]["tool_call_id"]
    assert len(messages[1]["tool_call_id"]) <= 40


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (user(text("x"), {"type": "xyz"}), "messages.0.content.1: a block of type 'xyz' cannot be given"),
        (
            user({"type": "thinking", "thinking": "t"}),
            "messages.0.content.0: a block of type 'thinking' cannot be given",
        ),
        (assistant(PNG), "messages.0.content.0: a block of type 'image' in an assistant's message cannot"),
        (assistant({"type": "server_tool_use"}), "messages.0.content.0: a block of type 'server_tool_use'"),
        (user(result("a", [text("x"), {"type": "xyz"}])), "messages.0.content.0.content.1: a block of type 'xyz'"),
        ({"role": "system", "content": [PNG]}, "messages.0.content.0: a block of type 'image' in a system prompt"),
        ({"role": "ctx", "content": "x"}, "messages.0.role: expected user, assistant or system, found 'ctx'"),
        (user(text("x"), {"type": "text"}), "messages.0.content.1: text.text: expected a string, found nothing"),
    ],
)
def test_what_cannot_be_said_is_refused_by_its_place(message: Any, reason: str) -> None:
    """Never dropped in silence."""
    with pytest.raises(HiveError) as caught:
        said(message)
    assert str(caught.value).startswith(reason)
