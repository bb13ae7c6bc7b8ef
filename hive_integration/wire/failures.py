"""Errors of an upstream in the words of the Messages API, and back. Pure.

Claude Code repairs itself by what it reads: where a prompt was too long for the model it must read so in Anthropic's
words, or it never compacts; so that message is translated. Every other one stays the upstream's own, on one line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import msgspec

from hive_integration.wire.events import Failure
from hive_integration.wire.foreign import decode, line

KINDS: Mapping[int, str] = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
    404: "not_found_error", 408: "timeout_error", 413: "request_too_large", 429: "rate_limit_error", 500: "api_error",
    503: "overloaded_error", 504: "timeout_error", 529: "overloaded_error",
}  # fmt: skip
"""Status to error type, from platform.claude.com/docs/en/api/errors."""
_STATUS = {kind: status for status, kind in KINDS.items() if status not in {408, 503}}
_WORDS: Mapping[str, str] = {
    "insufficient_quota": "billing_error", "rate_limit_exceeded": "rate_limit_error", "server_error": "api_error",
    "overloaded": "overloaded_error", "server_overloaded": "overloaded_error", "timeout": "timeout_error",
    "invalid_api_key": "authentication_error", "invalid_request": "invalid_request_error",
    "badrequesterror": "invalid_request_error",
    "internalservererror": "api_error", "unavailable": "overloaded_error",
    "exceed_context_size_error": "invalid_request_error",
}  # fmt: skip
"""What upstreams put in `type` or `code`, where no status tells more."""
_LONGEST_WAIT = 24 * 3600.0


def read_failure(status: int, retry_after: str | None, body: bytes, *, now: float | None = None) -> Failure:
    """What an answer with an error status says. `now`: seconds since the epoch, without which a date in `retry-after`
    counts for nothing."""
    try:
        value = decode(body[:1_000_000])
    except ValueError:
        value = None
    said = _said(value)
    if not said.message:
        said = said._replace(message=_shown(status, body if value is None else b""))
    failure = _failure(said, status)
    return msgspec.structs.replace(failure, retry_after=_seconds(retry_after, now))


def read_error(error: Any) -> Failure:  # noqa: ANN401 - any JSON value
    """What an error inside of a stream or of a body with status 200 says."""
    said = _said(error)
    return _failure(said if said.message else said._replace(message="the upstream sent an error that says nothing"), 0)


def error_body(failure: Failure) -> bytes:
    """The body with which the Messages API says this."""
    return msgspec.json.encode(
        {"type": "error", "error": {"type": line(failure.kind), "message": line(failure.message)}}
    )


def error_event(failure: Failure) -> bytes:
    """The event with which a Messages stream says this, and ends."""
    return b"event: error\ndata: " + error_body(failure) + b"\n\n"


def status_of(failure: Failure) -> int:
    """The HTTP status to answer with."""
    return failure.status if failure.status >= 400 else _STATUS.get(failure.kind, 500)


def upstream_fault(failure: Failure) -> bool:
    """Whether the upstream is to blame, not the request, the key or how often it was asked."""
    return failure.kind in {"api_error", "overloaded_error", "timeout_error"}


def retryable(failure: Failure) -> bool:
    """Whether the same request may succeed a little later."""
    return upstream_fault(failure) or failure.kind == "rate_limit_error"


class _Said(NamedTuple):
    """What an error names. `own`: the kind, where it came in Anthropic's own form."""

    message: str = ""
    words: tuple[str, ...] = ()
    status: int = 0
    own: str = ""
    numbers: tuple[int | None, int | None] = (None, None)


def _said(value: Any) -> _Said:  # noqa: ANN401 - any JSON value
    """Of an error object, of what holds one (`{"error": …}`, a list of one, `{"detail": …}`), or of a text."""
    own = ""
    for _ in range(4):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict) and isinstance(value.get("error"), dict | str) and value["error"]:
            own = "error" if value.get("type") == "error" else own
            value = value["error"]
        elif isinstance(value, dict) and not value.get("message") and value.get("detail"):
            value = value["detail"]
    if isinstance(value, str):
        return _Said(value)
    if not isinstance(value, dict):
        return _Said()
    message = next((value[key] for key in ("message", "msg", "error") if isinstance(value.get(key), str)), "")
    words = tuple(each for key in ("code", "type") if isinstance(each := value.get(key), str))
    code = next((each for key in ("code", "status") if type(each := value.get(key)) is int), 0)
    tokens = tuple(each if type(each := value.get(key)) is int else None for key in ("n_prompt_tokens", "n_ctx"))
    kind = value.get("type")
    return _Said(message, words, code, kind if own and isinstance(kind, str) else "", tokens)  # type: ignore[arg-type]


def _failure(said: _Said, status: int) -> Failure:
    if too_long := _too_long(said):
        return Failure("invalid_request_error", line(too_long), 400 if status else 0)
    return Failure(_kind(said, status), line(said.message), status)


def _kind(said: _Said, status: int) -> str:
    if said.own.endswith(("_error", "_too_large")):
        return said.own
    if "insufficient_quota" in said.words:  # OpenAI says it with 429, but waiting does not help
        return "billing_error"
    if not status:
        for word in said.words:
            if word in _STATUS:
                return word
            if word.lower() in _WORDS:
                return _WORDS[word.lower()]
        status = said.status
    return KINDS.get(status) or ("invalid_request_error" if 400 <= status < 500 else "api_error")


_NUMBER = r"(\d{1,9})"
_MAXIMUM = re.compile(
    r"(?:maximum context length (?:is|of)|context length is only|maximum model length of|available context size \("
    rf"|context length \(|context window of|must be <=) ?{_NUMBER}"
)
_PROMPT = re.compile(
    rf"{_NUMBER} (?:input tokens|tokens from the input|in the messages|in your prompt|in the prompt|`inputs`)"
    rf"|(?:messages resulted in|input \(|request \(|\(length|\(total length|You passed|Given:) ?{_NUMBER}"
)
_ANSWER = re.compile(
    rf"{_NUMBER} (?:in the completion|output tokens|tokens for the completion|`max_new_tokens`)"
    rf"|max_(?:completion_)?tokens'?:? (?:is too large: |=)?{_NUMBER}"
)
_ALL = re.compile(rf"(?:requested|request has|total of) {_NUMBER}")
_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error", "prompt_too_long"})
_OWN_WORDS = ("prompt is too long", "exceed context limit")


def _too_long(said: _Said) -> str:
    """Anthropic's words where the prompt, alone or with the answer, is longer than the context; else nothing.

    The forms are those of OpenAI, vLLM (three generations), SGLang, TGI and llama.cpp."""
    text = said.message[:4000].replace(",", "")
    if any(words in text for words in _OWN_WORDS):
        return said.message
    maximum = said.numbers[1] or _first(_MAXIMUM, text)
    if maximum is None and not _CODES.intersection(said.words):
        return ""
    prompt, answer = said.numbers[0] or _first(_PROMPT, text), _first(_ANSWER, text)
    if maximum and prompt and answer and prompt < maximum:
        return (
            f"input length and `max_tokens` exceed context limit: {prompt} + {answer} > {maximum}, "
            "decrease input length or `max_tokens` and try again"
        )
    asked = prompt or _first(_ALL, text)
    if maximum and asked:
        return f"prompt is too long: {asked} tokens > {maximum} maximum"
    return f"prompt is too long: {said.message}"


def _first(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return next((int(each) for each in found.groups() if each), None) if found else None


def _seconds(retry_after: str | None, now: float | None) -> float | None:
    """How long to wait: seconds, or a date; None for what is neither."""
    if not retry_after:
        return None
    try:
        wait = float(retry_after)
    except ValueError:
        if now is None:
            return None
        try:
            wait = parsedate_to_datetime(retry_after).timestamp() - now
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(wait, 0.0), _LONGEST_WAIT) if math.isfinite(wait) else None


def _shown(status: int, body: bytes) -> str:
    text = line(body[:2000].decode("utf-8", errors="replace"), 200)
    return f"the upstream answered with status {status}" + (f": {text}" if text else " and said nothing more")
