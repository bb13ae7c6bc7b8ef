"""Facts about logs."""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from hive_integration import logs
from hive_integration.errors import HiveError

KEY = "hive-0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, hidden = logging.getLogger(), list(logs._hidden)
    handlers = list(root.handlers)
    yield
    root.handlers[:] = handlers
    logs._hidden[:] = hidden
    structlog.reset_defaults()


def said(capsys: pytest.CaptureFixture[str], **values: Any) -> dict[str, Any]:
    """How an event with these values is shown, as JSON."""
    logs.configure(verbose=True, json=True)
    logs.get("gateway").info("event", **values)
    shown: dict[str, Any] = json.loads(capsys.readouterr().err)
    return shown


def test_logs_go_to_standard_error_as_json_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output belongs to reports alone."""
    logs.configure(verbose=True, json=True)
    logs.get("audit").info("seen", count=3)
    out, err = capsys.readouterr()
    assert out == ""
    assert {"event": "seen", "count": 3, "part": "audit", "level": "info"}.items() <= json.loads(err).items()


def test_without_verbose_only_warnings_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    """An ordinary run is quiet."""
    logs.configure()
    logs.get("audit").info("quiet")
    logs.get("audit").warning("loud")
    err = capsys.readouterr().err
    assert "loud" in err
    assert "quiet" not in err


def test_a_level_may_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """A gateway says what it does; `verbose` says everything."""
    logs.configure(level=logging.INFO)
    logs.get("gateway").info("heard")
    logs.get("gateway").debug("unheard")
    logs.configure(level=logging.INFO, verbose=True)
    logs.get("gateway").debug("whispered")
    err = capsys.readouterr().err
    assert "heard" in err
    assert "whispered" in err
    assert "unheard" not in err


def test_a_library_user_hears_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Without the command line's set-up a logger is quiet, and never writes to standard output."""
    structlog.reset_defaults()
    logs.get("audit").info("seen")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("value", "json_wanted"), [("", False), ("console", False), ("json", True), (" JSON\n", True), (None, False)]
)
def test_the_environment_may_ask_for_json(value: str | None, json_wanted: bool) -> None:
    """HIVE_LOG_FORMAT: json or console."""
    assert logs.wants_json({} if value is None else {"HIVE_LOG_FORMAT": value}) == json_wanted


def test_an_unknown_format_is_refused() -> None:
    """By name, with those that there are."""
    with pytest.raises(HiveError, match="'xml' in HIVE_LOG_FORMAT; known: console, json"):
        logs.wants_json({"HIVE_LOG_FORMAT": "xml"})


@pytest.mark.parametrize(
    "name",
    [
        "authorization", "Authorization", "proxy-authorization", "x-api-key", "X_API_KEY", "apikey", "api_keys",
        "x-hive-key", "gateway_key", "cookie", "Set-Cookie", "password", "client_secret", "access_token",
        "x-auth-token", "credentials",
    ],
)  # fmt: skip
def test_what_is_called_a_secret_is_not_shown(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """As a value, in a mapping, as a header's pair, at any depth."""
    shown = said(capsys, **{name: "mellon"}, deep=[{"a": {name: "mellon"}}], headers=[(name, "mellon"), ("x", "y")])
    assert "mellon" not in json.dumps(shown)
    assert shown[name] == logs.SECRET
    assert shown["headers"] == [[name, logs.SECRET], ["x", "y"]]


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        "sk-ant-api03-mellon_mellon",
        "sk-proj-mellonmellon",
        "Bearer mellonmellon",
        "authorization: Bearer mellon.mellon",
        "Authorization: mellon",
        "{'authorization': 'Bearer mellon'}",
        "[('x-api-key', 'mellon')]",
        "(b'X-Api-Key', b'mellon')",
        '{"api_key": "mellon"}',
        "ACME_API_KEY=mellon",
        "cookie: session=mellon; other=mellon",
        "https://user:mellon@example.com/v1",
        "https://mellon@example.com",
        "ghp_mellonmellonmellonmellon",
        "eyJhbGciOi.eyJtZWxsb24.mellon",
        "AKIAMELLONMELLON1234",
    ],
)
def test_what_looks_like_a_secret_is_not_shown(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """In a value, in a nested one, in the text of an exception, in an object's."""
    shown = json.dumps(said(capsys, why=f"it said {text} to me", deep=({"a": [text]},), error=ValueError(text)))
    assert "mellon" not in shown.lower()
    assert KEY not in shown
    assert "it said " in shown


@pytest.mark.parametrize(
    "text",
    [
        "sha256:0123456789abcdef0123456789abcdef0123456789abcdef",
        "api_key_env names a variable",
        "hive-ctx/0.1.0 on 127.0.0.1:8787",
        "https://api.anthropic.com/v1/messages",
        "the task-force and the disk-usage of a sk-8 board",
        "claude-opus-5-5-20261001",
        "grüße – 日本語",
        "input_tokens=12 output_tokens=34",
    ],
)
def test_what_is_no_secret_is_shown(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Digests, addresses, names, counts."""
    shown = said(capsys, text=text, tokens=5, key_present=True, nothing=None, pair=(1, 2.5))
    assert {"text": text, "tokens": 5, "key_present": True, "nothing": None, "pair": [1, 2.5]}.items() <= shown.items()


def test_a_key_without_a_form_is_hidden_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """The gateway hands over what it must never show; a short text would hide every word that holds it."""
    logs.hide("correct horse", "correct horse battery", "", "a", "short")
    shown = said(capsys, why="the correct horse battery and the correct horse are a short story")
    assert shown["why"] == f"the {logs.SECRET} and the {logs.SECRET} are a short story"


@pytest.mark.parametrize("name", ["body", "messages", "prompt", "content", "arguments"])
def test_a_body_is_not_shown(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Only its size; bytes are never shown, whatever they are called."""
    shown = said(capsys, **{name: "my diary"}, raw=b"my diary", deep={name: ["my diary"]})
    assert "diary" not in json.dumps(shown)
    assert shown["raw"] == "[8 bytes]"


def test_a_long_text_is_cut_and_no_half_of_a_secret_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever in the text the secret stands."""
    assert len(said(capsys, text="x" * 10**6)["text"]) < logs.LONGEST + 50
    for before in range(logs.LONGEST - 60, logs.LONGEST + 5, 7):
        assert KEY[:12] not in logs.scrub("x" * before + " " + KEY + " " + "y" * 5000)


def test_a_traceback_is_shown_without_its_variables(capsys: pytest.CaptureFixture[str]) -> None:
    """In both formats: the lines of code, the error scrubbed, no values."""
    for as_json in (True, False):
        logs.configure(json=as_json)
        diary = "my" + "diary"
        try:
            raise ValueError(f"bad header authorization: Bearer {'mellon'}" if diary else "")
        except ValueError:
            logs.get("gateway").exception("a bug")
        err = capsys.readouterr().err
        assert "Traceback" in err
        assert "bad header" in err
        assert "Bearer [secret]" in err
        assert "mydiary" not in err


def test_nobody_can_forge_a_line_or_move_the_terminals_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters of strangers do not reach the terminal."""
    logs.configure()
    logs.get("gateway").warning("refused", host="evil\n2026 [error] forged", path="\x1b[2J\x9b1m")
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "\x1b" not in err
    assert "\x9b" not in err


def test_libraries_speak_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    """What they log with `logging` is scrubbed and has our form; what is below a warning is left out; said once."""
    logs.configure(json=True)
    logs.configure(json=True)
    logging.getLogger("aiohttp.server").error("bad header x-api-key: %s", "mellon\nforged")
    logging.getLogger("aiohttp.server").info("unheard")
    (line,) = capsys.readouterr().err.splitlines()
    shown = json.loads(line)
    assert shown["part"] == "aiohttp.server"
    assert shown["level"] == "error"
    assert shown["message"].startswith("bad header x-api-key: [secret]")


class _Broken(io.StringIO):
    def write(self, text: str, /) -> int:
        raise BrokenPipeError


def test_a_closed_terminal_fails_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that nobody reads is not an error."""
    closed = io.StringIO()
    closed.close()
    for gone in (_Broken(), closed):
        monkeypatch.setattr(sys, "stderr", gone)
        logs.configure()
        logs.get("gateway").warning("unheard")


@pytest.mark.parametrize(
    "text", ["a-" * 6000, "x-api-key" * 1000, "eyJaaaaaaaa." * 1000, "authorization:" + " " * 9000]
)
def test_no_text_makes_the_log_slow(text: str) -> None:
    """Patterns are linear in what they look at, and that has an end."""
    began = time.perf_counter()
    logs.scrub(text * 50)
    assert time.perf_counter() - began < 0.5


@given(st.text(), st.text())
def test_a_key_is_never_shown_whatever_stands_around_it(before: str, after: str) -> None:
    """The generated form is known anywhere but in the middle of a longer word, and a hidden one there too."""
    logs.hide(KEY)
    assert KEY not in logs.scrub(before + KEY + after)
