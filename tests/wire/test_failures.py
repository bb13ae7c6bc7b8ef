"""Facts about errors of upstreams."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hive_integration.wire.events import Failure
from hive_integration.wire.failures import (
    KINDS,
    error_body,
    error_event,
    read_error,
    read_failure,
    retryable,
    status_of,
    upstream_fault,
)  # fmt: skip


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("status", "kind", "again"),
    [(400, "invalid_request_error", False), (401, "authentication_error", False), (402, "billing_error", False),
     (403, "permission_error", False), (404, "not_found_error", False), (408, "timeout_error", True),
     (413, "request_too_large", False), (422, "invalid_request_error", False), (429, "rate_limit_error", True),
     (500, "api_error", True), (502, "api_error", True), (503, "overloaded_error", True),
     (504, "timeout_error", True), (529, "overloaded_error", True), (302, "api_error", True)],
)  # fmt: skip
def test_a_status_has_one_kind(status: int, kind: str, again: bool) -> None:
    """By the table of the Messages API, and whether to ask again follows from it."""
    failure = read_failure(status, None, body({"error": {"message": "Oh no.", "type": "some_error", "code": None}}))
    assert failure == Failure(kind, "Oh no.", status)
    assert retryable(failure) == again
    assert upstream_fault(failure) == (again and kind != "rate_limit_error")


FORMS: dict[str, tuple[bytes, str]] = {
    "OpenAI": (body({"error": {"message": "Oh no.", "type": "invalid_request_error", "param": None}}), "Oh no."),
    "Anthropic": (body({"type": "error", "error": {"type": "invalid_request_error", "message": "Oh no."}}), "Oh no."),
    "vLLM before 0.10": (body({"object": "error", "message": "Oh no.", "type": "BadRequestError", "code": 400}),
     "Oh no."),
    "a text": (body({"error": "Oh no."}), "Oh no."),
    "FastAPI": (body({"detail": "Oh no."}), "Oh no."),
    "FastAPI, validation": (body({"detail": [{"loc": ["body"], "msg": "Oh no."}]}), "Oh no."),
    "Gemini": (body([{"error": {"code": 400, "message": "Oh no.", "status": "INVALID_ARGUMENT"}}]), "Oh no."),
    "several lines": (body({"error": {"message": "Oh\n\n no.\x1b[2J"}}), "Oh no.\ufffd[2J"),
    "a page": (b"<html>\n<h1>Oh no.</h1></html>",
               "the upstream answered with status 400: <html> <h1>Oh no.</h1></html>"),
    "nothing": (b"", "the upstream answered with status 400 and said nothing more"),
    "an empty object": (b"{}", "the upstream answered with status 400 and said nothing more"),
    "odd bytes": (b'{"error": {"message": "Oh \xff"}}', "Oh \ufffd"),
    "numbers": (body({"error": {"message": 5, "type": 7, "code": []}}),
                "the upstream answered with status 400 and said nothing more"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_the_upstreams_own_words_are_kept(name: str) -> None:
    """Whatever form an error has, its message is one line of the answer."""
    raw, message = FORMS[name]
    assert read_failure(400, None, raw) == Failure("invalid_request_error", message, 400)


def test_a_message_is_cut() -> None:
    """An upstream that repeats the prompt in its error does not fill the client's screen."""
    failure = read_failure(400, None, body({"error": {"message": "x" * 9999}}))
    assert len(failure.message) == 500
    assert len(read_failure(500, None, b"<p>" * 99_999).message) < 300


TOO_LONG: dict[str, tuple[Any, str]] = {
    "OpenAI": (
        {"message": "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 "
         "tokens. Please reduce the length of the messages.", "code": "context_length_exceeded"},
        "prompt is too long: 130001 tokens > 128000 maximum",
    ),
    "OpenAI, with the answer": (
        {"message": "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8500 in "
         "the messages, 500 in the completion).", "code": "context_length_exceeded"},
        "prompt is too long: 8500 tokens > 8192 maximum",
    ),
    "OpenAI, the answer only": (
        {"message": "This model's maximum context length is 8,192 tokens. However, you requested 12,000 tokens (4,000 "
         "in the messages, 8,000 in the completion)."},
        "input length and `max_tokens` exceed context limit: 4000 + 8000 > 8192, decrease input length or `max_tokens` "
        "and try again",
    ),
    "OpenAI, Responses": (
        {"message": "Your input exceeds the context window of this model.", "code": "context_length_exceeded"},
        "prompt is too long: Your input exceeds the context window of this model.",
    ),
    "vLLM, max_tokens": (
        {"message": "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length "
         "is 4096 tokens and your request has 3000 input tokens (32000 > 4096 - 3000)."},
        "input length and `max_tokens` exceed context limit: 3000 + 32000 > 4096, decrease input length or "
        "`max_tokens` and try again",
    ),
    "vLLM, prompt": (
        {"message": "The decoder prompt (length 5000) is longer than the maximum model length of 4096."},
        "prompt is too long: 5000 tokens > 4096 maximum",
    ),
    "vLLM, newer": (
        {"message": "You passed 5000 input tokens and requested 0 output tokens. However, the model's context length "
         "is only 4096 tokens, resulting in a maximum input length of 4096 tokens."},
        "prompt is too long: 5000 tokens > 4096 maximum",
    ),
    "llama.cpp": (
        {"code": 400, "message": "request (5000 tokens) exceeds the available context size (4096 tokens), try "
         "increasing it", "type": "exceed_context_size_error", "n_prompt_tokens": 5000, "n_ctx": 4096},
        "prompt is too long: 5000 tokens > 4096 maximum",
    ),
    "SGLang": (
        {"message": "The input (5000 tokens) is longer than the model's context length (4096 tokens)."},
        "prompt is too long: 5000 tokens > 4096 maximum",
    ),
    "SGLang, with the answer": (
        {"message": "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a "
         "total of 5000 tokens: 4500 tokens from the input messages and 500 tokens for the completion."},
        "prompt is too long: 4500 tokens > 4096 maximum",
    ),
    "TGI": (
        {"message": "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 20 "
         "`max_new_tokens`"}, "prompt is too long: 5000 tokens > 4096 maximum",
    ),
    "Anthropic": (
        {"message": "prompt is too long: 200001 tokens > 200000 maximum"},
        "prompt is too long: 200001 tokens > 200000 maximum",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_LONG)
def test_a_prompt_that_is_too_long_is_said_in_the_words_that_claude_code_knows(name: str) -> None:
    """So that it compacts, or asks for a shorter answer, whatever server it was."""
    error, message = TOO_LONG[name]
    for status in (400, 500):
        assert read_failure(status, None, body({"error": error})) == Failure("invalid_request_error", message, 400)
    assert read_error({"error": error}) == Failure("invalid_request_error", message)


@pytest.mark.parametrize("message", [
    "Read my notes on the context window of this model", "max_tokens is too large: 99999", "too many tools: 200 > 128",
])  # fmt: skip
def test_other_messages_are_not_taken_for_it(message: str) -> None:
    """What only sounds like it stays as it is."""
    assert read_failure(400, None, body({"error": {"message": message}})).message == message


@pytest.mark.parametrize(
    ("error", "kind"),
    [({"type": "overloaded_error"}, "overloaded_error"), ({"type": "server_error"}, "api_error"),
     ({"code": 429}, "rate_limit_error"), ({"code": "rate_limit_exceeded"}, "rate_limit_error"),
     ({"status": 503}, "overloaded_error"), ({"code": 404}, "not_found_error"),
     ({"type": "BadRequestError"}, "invalid_request_error"),
     ({"type": "insufficient_quota"}, "billing_error"), ({}, "api_error"), ("oops", "api_error"), (None, "api_error"),
     ([], "api_error"), ({"error": {"error": {"error": {"error": {}}}}}, "api_error")],
)  # fmt: skip
def test_an_error_without_a_status_tells_its_kind_by_type_or_code(error: Any, kind: str) -> None:
    """As in the middle of a stream; the failure then has no status, and one is found to answer with."""
    failure = read_error(error)
    assert (failure.kind, failure.status) == (kind, 0)
    assert failure.message
    assert status_of(failure) == {"overloaded_error": 529}.get(kind) or KINDS[status_of(failure)] == kind


def test_a_used_up_quota_is_not_waited_for() -> None:
    """OpenAI says it with the status of a rate limit."""
    failure = read_failure(429, None, body({"error": {"message": "x", "code": "insufficient_quota"}}))
    assert failure.kind == "billing_error"
    assert not retryable(failure)


def test_anthropics_own_kind_is_kept() -> None:
    """Also one that is not in the table."""
    new = {"type": "error", "error": {"type": "brand_new_error", "message": "x"}}
    assert read_failure(418, None, body(new)).kind == "brand_new_error"


@pytest.mark.parametrize(
    ("header", "now", "seconds"),
    [("5", None, 5.0), ("0.5", None, 0.5), ("-3", None, 0.0), ("soon", None, None), ("nan", None, None),
     ("", 0.0, None),
     (None, None, None), ("Thu, 01 Jan 1970 00:01:00 GMT", None, None), ("Thu, 01 Jan 1970 00:01:00 GMT", 50.0, 10.0),
     ("Thu, 01 Jan 1970 00:01:00 GMT", 90.0, 0.0), ("inf", None, None), ("1e9", None, 86400.0), ("soon", 5.0, None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header: str | None, now: float | None, seconds: float | None) -> None:
    """A date needs the time of day; nobody waits longer than a day."""
    assert read_failure(429, header, b"", now=now).retry_after == seconds


def test_a_failure_is_written_in_the_apis_form() -> None:
    """As a body and as an event, always valid JSON."""
    failure = Failure("overloaded_error", 'Busy "\ud800"\n', 503)
    value = json.loads(error_body(failure))
    assert value == {"type": "error", "error": {"type": "overloaded_error", "message": 'Busy "\ufffd"'}}
    assert error_event(failure) == b"event: error\ndata: " + error_body(failure) + b"\n\n"


@pytest.mark.parametrize(
    ("failure", "status"),
    [(Failure("api_error", "x"), 500), (Failure("overloaded_error", "x"), 529),
     (Failure("overloaded_error", "x", 503), 503),
     (Failure("timeout_error", "x"), 504), (Failure("x_error", "x"), 500), (Failure("api_error", "x", 302), 500),
     (Failure("rate_limit_error", "x"), 429), (Failure("billing_error", "x"), 402)],
)  # fmt: skip
def test_every_failure_has_a_status_to_answer_with(failure: Failure, status: int) -> None:
    """The upstream's own where it is one of an error, else that of the kind."""
    assert status_of(failure) == status
