"""A stream never falls silent, and the byte-exact one is left alone."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

from hive_integration.gateway import pulse
from hive_integration.gateway.sink import PULSE
from hive_integration.providers.fake import (
    SILENT,
    Answer,
    Call,
    chat_body,
    chat_stream,
    messages_body,
    messages_error,
    messages_stream,
    whole,
)
from tests.gateway.live import BASH, asked, live
from tests.wire.legal import assert_legal, assert_sdk_agrees

FULL = {"x-hive-use-finetuned": "0"}
LS = {"command": "ls"}
SHORT = {"upstream": {"idle_timeout": 0.3, "retries": 0}}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "SILENCE", 0.05)
    monkeypatch.setattr(pulse, "LOOK", 0.01)


async def test_a_model_that_is_silent_first_is_bridged(tmp_path: Path) -> None:
    """Comments come, at their pace, and then the answer: legal, and the same."""
    async with live(tmp_path, tuned=chat_stream("Here.").after(0.4)) as gateway:
        got = await gateway.ask()
    message = assert_sdk_agrees(got.body)
    assert got.body.startswith(PULSE)
    assert message.text == "Here."
    assert 3 <= message.comments <= 9


async def test_silence_between_words_and_while_a_call_is_held_is_bridged(tmp_path: Path) -> None:
    """Comments stand between events, never inside of one."""
    call = Call("Bash", LS, size=2)
    slow = chat_stream(["One ", "two."], [call]).slowly(0.06)
    async with live(tmp_path, tuned=slow) as gateway:
        message = assert_sdk_agrees((await gateway.ask(tools=[BASH])).body)
    assert (message.text, message.calls) == ("One two.", [("Bash", LS)])
    assert message.comments >= 5


async def test_no_comment_on_the_byte_exact_way(tmp_path: Path) -> None:
    """Claude's silence is Claude's: nothing is added, in the full profile or after a fallback."""
    claude = messages_stream("Here.").slowly(0.12)
    async with live(tmp_path, claude=claude.after(0.2), tuned_card=SHORT) as gateway:
        for headers in (FULL, {}):
            gateway.tuned.script = Answer(status=0, ends="cut")
            got = await gateway.ask(headers=headers)
            assert sha256(got.body).digest() == sha256(claude.body).digest()
    assert got.marks["fallback"].startswith("connection")


async def test_a_fallback_may_follow_a_comment(tmp_path: Path) -> None:
    """The head has left and no message_start yet: Claude's bytes follow the comments, none among them."""
    claude = messages_stream("Here.")
    async with live(tmp_path, tuned=SILENT, claude=claude.dripped(40, 0.02).after(0.3), tuned_card=SHORT) as gateway:
        got = await gateway.ask()
        rows = await gateway.settled(2)
    comments = got.body[: got.body.index(b"event:")]
    assert comments.count(PULSE) >= 4
    assert comments.replace(PULSE, b"") == b""
    assert got.body.removeprefix(comments) == claude.body
    assert [(row.card, row.status) for row in rows] == [("tuned", 504), ("claude", 200)]
    assert got.marks["profile"] == "finetuned"  # it was said before anybody knew


@pytest.mark.parametrize(
    ("claude", "kind"),
    [(messages_error(400, "invalid_request_error", "no"), "invalid_request_error"),
     (messages_body("not a stream"), "api_error"), (SILENT, "timeout_error"),
     (whole({}, 302).with_headers(location="/"), "api_error"), (messages_stream("x" * 99).cut(500), "api_error")],
)  # fmt: skip
async def test_what_follows_a_comment_and_fails_is_an_event(tmp_path: Path, claude: Answer, kind: str) -> None:
    """The status has left, so the failure comes in the stream, which ends legally."""
    async with live(tmp_path, tuned=SILENT, claude=claude, tuned_card=SHORT, claude_card=SHORT) as gateway:
        got = await gateway.ask()
        row = (await gateway.settled(2))[1]
    message = assert_legal(got.body)
    assert (message.error or {})["type"] == kind
    assert row.status >= 400


async def test_an_error_after_a_comment_is_an_event_too(tmp_path: Path) -> None:
    """Without fallback, the fine-tuned model's own failure."""
    async with live(tmp_path, tuned=SILENT, tuned_card=SHORT, switch={"fallback": False}) as gateway:
        message = (await gateway.ask()).message
    assert (message.error or {})["type"] == "timeout_error"


async def test_a_body_has_no_comments(tmp_path: Path) -> None:
    """A client that wants no stream gets JSON alone."""
    async with live(tmp_path, tuned=chat_body("Here.").after(0.2)) as gateway:
        got = await gateway.ask(stream=False)
    assert got.json["content"] == [{"type": "text", "text": "Here."}]


async def test_a_client_that_does_not_read_holds_up_nobody(tmp_path: Path) -> None:
    """One stream is full to the brim; the others still get their comments."""
    flood = chat_stream(["x" * 100_000] * 300)

    async with live(tmp_path, tuned=flood) as gateway:
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.server.port, limit=1024)
        writer.write(gateway.post(asked()))
        await asyncio.sleep(0.3)
        gateway.tuned.script = chat_stream("Here.").after(0.4)
        message = (await gateway.ask()).message
        writer.transport.abort()
        await gateway.settled(2)
    assert message.comments >= 3
