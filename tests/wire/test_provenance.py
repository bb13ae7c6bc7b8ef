"""Facts about what the gateway knows for its own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.wire.messages import MessagesRequest, encode_messages
from hive_integration.wire.provenance import MARKS, card_of, for_model, is_ours, mint_tool_id, original, signed
from tests.wire.asked import asked, assistant, call, result, text, user

OURS = mint_tool_id("card", "call_0", "msg_1")


def _thinking(signature: str | None, words: str = "hm") -> dict[str, Any]:
    block = {"type": "thinking", "thinking": words}
    return block if signature is None else {**block, "signature": signature}


CLAUDES, MINE, OTHERS = _thinking("EqQBCkYI"), _thinking(signed("my.card-7b", "sig")), _thinking(signed("other", ""))
REDACTED = {"type": "redacted_thinking", "data": "x"}


def _written(request: MessagesRequest) -> list[Any]:
    return [{"role": turn.role, "content": turn.content} for turn in request.turns]


@given(st.text(), st.text(), st.text())
def test_an_id_fits_everywhere_and_is_known(card: str, given: str, salt: str) -> None:
    """At most 40 characters of those that every API takes; the same for the same call."""
    minted = mint_tool_id(card, given, salt)
    assert re.fullmatch("[a-zA-Z0-9_-]{1,40}", minted)
    assert is_ours(minted)
    assert minted == mint_tool_id(card, given, salt)
    assert minted != mint_tool_id(card, given, salt + "x")


@given(st.text(min_size=1), st.text())
def test_a_signature_says_whose_it_is(card: str, signature: str) -> None:
    """Whatever the card's id holds, dots too."""
    ours = signed(card, signature)
    assert (card_of(ours), original(ours)) == (card, signature)


def test_claudes_signature_is_nobodys() -> None:
    """It is left as it is, and so is an id that is not ours."""
    assert (card_of("EqQB.x"), original("EqQB.x"), is_ours("toolu_01abc")) == (None, "EqQB.x", False)


def test_a_body_of_ours_is_known_by_its_bytes() -> None:
    """Without decoding it: a call, or thinking."""
    ours = [asked(assistant(call(OURS))), asked(assistant(MINE))]
    foreign = asked(assistant(CLAUDES, call("toolu_01")), user("its id is hive1.x, or toolu_01"))
    assert [any(mark in encode_messages(request) for mark in MARKS) for request in (*ours, foreign)] == [1, 1, 0]


def test_a_card_gets_its_own_thinking_under_its_first_signature() -> None:
    """Everyone else's goes, Claude's too; a turn of nothing else says so."""
    request = asked(user("x"), assistant(MINE, CLAUDES, OTHERS, REDACTED, text("y")), assistant(CLAUDES), user("z"))
    assert _written(for_model(request, "my.card-7b")) == [
        user("x"),
        assistant(_thinking("sig"), text("y")),
        {"role": "assistant", "content": (text("(no answer)"),)},
        user("z"),
    ]


def test_claude_gets_its_own_thinking_byte_for_byte() -> None:
    """Ours goes, and what has no signature; turns without it keep their bytes."""
    request = asked(
        user("x"), assistant(CLAUDES, REDACTED, call("a")), user(result("a")),
        assistant(MINE, _thinking(None), _thinking(""), text("y")), user("z"),
    )  # fmt: skip
    cleaned = for_model(request, None)
    assert _written(cleaned)[3] == assistant(text("y"))
    assert [a is b for a, b in zip(cleaned.turns, request.turns, strict=True)] == [True, True, True, False, True]


def test_what_needs_no_change_is_the_very_same() -> None:
    """For Claude and for a card: so a caller sees that the bytes may go as they came."""
    for request in (asked(user("x"), assistant(CLAUDES, call(OURS)), user(result(OURS))), asked()):
        assert for_model(request, None) is request
    plain = asked(user("x"), assistant("y"))
    assert for_model(plain, "my.card-7b") is plain


def test_a_last_turn_of_thinking_alone_goes() -> None:
    """The answer would go on from anything that stood in its place."""
    assert _written(for_model(asked(user("x"), assistant(MINE)), None)) == [user("x")]


def test_thinking_behind_our_words_goes_too() -> None:
    """Two models made that turn, and Claude refuses thinking that is not first."""
    request = asked(user("x"), assistant(MINE, text("y"), CLAUDES, text("z")), user("a"))
    assert _written(for_model(request, None))[1] == assistant(text("y"), text("z"))


ENABLED = {"type": "enabled", "budget_tokens": 1024}
CLEAR = {"type": "clear_thinking_20251015", "keep": "all"}
TOOLS = {"type": "clear_tool_uses_20250919"}


def _loop(*made: Any, **fields: Any) -> MessagesRequest:
    id = made[-1]["id"]
    return for_model(asked(user("x"), assistant(*made), user(result(id)), **fields), None)


def test_claude_is_not_asked_to_think_in_a_loop_that_another_model_began() -> None:
    """It would refuse; the edits that need thinking go along, others stay."""
    sent = _loop(MINE, call(OURS), thinking=ENABLED, context_management={"edits": [CLEAR, TOOLS], "x": 1})
    assert ("thinking" in sent.fields, sent.value("context_management")) == (False, {"edits": [TOOLS], "x": 1})
    sent = _loop(call(OURS), thinking=ENABLED, context_management={"edits": [CLEAR]})
    assert set(sent.fields) == {"model", "max_tokens"}
    assert set(_loop(call(OURS), thinking=ENABLED).fields) == {"model", "max_tokens"}


def test_claude_is_not_asked_to_think_later_in_such_a_loop() -> None:
    """Where it went on without thinking, its own message is the last, and holds none."""
    loop = [user("x"), assistant(call(OURS)), user(result(OURS)), assistant(call("toolu_1")), user(result("toolu_1"))]
    assert "thinking" not in for_model(asked(*loop, thinking=ENABLED), None).fields
    begun_by_claude = [user("x"), assistant(CLAUDES, call("toolu_0")), user(result("toolu_0")), *loop[1:]]
    assert "thinking" not in for_model(asked(*begun_by_claude, thinking=ENABLED), None).fields
    assert "thinking" in for_model(asked(*loop, user("z"), thinking=ENABLED), None).fields


@pytest.mark.parametrize(
    ("messages", "thinking"),
    [
        ([user("x"), assistant(call(OURS)), user(result(OURS))], {"type": "adaptive"}),
        ([user("x"), assistant(call(OURS)), user(result(OURS))], None),
        ([user("x"), assistant(call("toolu_01")), user(result("toolu_01"))], ENABLED),
        ([user("x"), assistant(CLAUDES, call(OURS)), user(result(OURS))], ENABLED),
        ([user("x"), assistant(call(OURS)), user(result(OURS)), assistant("y"), user("z")], ENABLED),
        ([user("x"), assistant(call(OURS)), user("never mind")], ENABLED),
        ([user("x")], ENABLED),
    ],
)
def test_else_claude_thinks_as_it_was_asked(messages: Any, thinking: Any) -> None:
    """Adaptive thinking has no such rule; a loop of Claude's own is the client's affair; else there is no loop."""
    request = asked(*messages, thinking=thinking, context_management={"edits": [CLEAR]})
    assert for_model(request, None) is request
