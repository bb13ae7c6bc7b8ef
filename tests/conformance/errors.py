"""Errors: bad requests, and an upstream that refuses, breaks off, falls silent or lies.

Where the upstream fails, a gateway may fail over to another model, or try again; else the client gets an error of the
Messages API. What must never happen: a hang, half an answer that looks whole, or an error that looks like a success.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from typing import Any

from hive_integration.providers.fake import (
    DROPPED,
    SILENT,
    STREAM,
    Answer,
    Call,
    Counts,
    chat_error,
    chat_stream,
    chunk,
    stream,
    whole,
)
from hive_integration.providers.fake.chat import usage
from tests.conformance import legal
from tests.conformance.client import Reply, calls, said
from tests.conformance.expect import Failed, among, equal, holds, short, true
from tests.conformance.scenario import Scenario
from tests.conformance.stage import FALLBACK, TOOLS, VERSION, Stage

BEGIN = [chunk({"role": "assistant", "content": ""}), chunk({"content": "The first half."})]
HALF = "The first half."


def clean(value: Any, where: str) -> dict[str, Any]:
    """The `error` of an error object, with its message. Fails where it is none."""
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("message"), str) or not error["message"]:
        raise Failed(f"{where} says no error: {short(value, 240)}")
    return error


def in_form(answer: Reply) -> None:
    """The error is as the Messages API has it: clients branch on its type."""
    error = clean(answer.json, f"status {answer.status}")
    equal(answer.json.get("type"), "error", "type beside the error")
    among(error.get("type"), legal.ERRORS, "error type")


def refused(answer: Reply, statuses: Collection[int]) -> dict[str, Any]:
    """The error of an answer with one of these statuses."""
    true(not answer.broken, f"{answer.broken} after {answer.seconds:.1f} s")
    among(answer.status, statuses, "status")
    return clean(answer.json, f"status {answer.status}")


SERVER = {408, 500, 502, 503, 504, 529, 429}


def failed_cleanly(stage: Stage, answer: Reply, statuses: Collection[int] = SERVER) -> dict[str, Any] | None:
    """Either another model's or another try's whole answer (None), or a clean error, in the head or in the stream."""
    true(answer.broken != "no end", f"no end after {answer.seconds:.0f} s")
    if answer.status != 200:
        return refused(answer, statuses)
    if answer.streamed:
        true(not answer.broken, f"{answer.broken}, after {short(answer.body)}")
        told = answer.told()
        if told.error is not None:
            true(not told.problems, "; ".join(told.problems))
            return clean(told.error, "the error event")
    message = stage.message(answer)
    true(FALLBACK in said(message), f"an upstream that failed became this success: {short(message)}")
    return None


def _fails(stage: Stage, answer: Answer, statuses: Collection[int] = SERVER, within: float = 30, **fields: Any) -> None:
    for streamed in (True, None):
        stage.chat(answer)
        failed_cleanly(stage, stage.ask(stream=streamed, within=within, **fields), statuses)


# Bad requests


def bad_json(stage: Stage) -> None:
    refused(stage.post(stage.gateway.chat, b'{"model": "x", "messages": ['), {400})


def not_an_object(stage: Stage) -> None:
    refused(stage.post(stage.gateway.chat, b"[]"), {400})


def no_messages(stage: Stage) -> None:
    body = stage.body(stage.gateway.chat, messages=None)
    refused(stage.post(stage.gateway.chat, body), {400, 422})


def wrong_types(stage: Stage) -> None:
    body = stage.body(stage.gateway.chat, messages=[{"role": "user", "content": 5}, "no message"])
    refused(stage.post(stage.gateway.chat, body), {400, 422})


def deep_json(stage: Stage) -> None:
    deep = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
    body = json.dumps(stage.body(stage.gateway.chat, metadata="DEEP")).encode().replace(b'"DEEP"', deep)
    answer = stage.post(stage.gateway.chat, body)
    true(not answer.broken and answer.status < 500, f"status {answer.status} {answer.broken}")
    stage.chat(chat_stream("still here"))
    equal(said(stage.message(stage.ask())), "still here", "the next answer")


# An upstream that refuses


def upstream_400(stage: Stage) -> None:
    stage.chat(chat_error(400, "this prompt is too long by a parsec"))
    for streamed in (True, None):
        error = failed_cleanly(stage, stage.ask(stream=streamed), {400})
        holds(error["message"] if error else "a parsec", "a parsec", "the upstream's words")


def upstream_form(stage: Stage) -> None:
    for status, kind in ((400, "invalid_request_error"), (429, "rate_limit_exceeded"), (500, "server_error")):
        stage.chat(chat_error(status, "no", kind))
        answer = stage.ask()
        if answer.status != 200:
            in_form(answer)


def upstream_401(stage: Stage) -> None:
    _fails(stage, chat_error(401, "incorrect API key", "authentication_error"), {401, 403, *SERVER})


def upstream_429(stage: Stage) -> None:
    stage.chat(chat_error(429, "slow down", "rate_limit_exceeded").with_headers(retry_after="7"))
    answer = stage.ask()
    if failed_cleanly(stage, answer, {429, 529}) is not None:
        equal(answer.headers.get("retry-after"), "7", "retry-after")


def upstream_500(stage: Stage) -> None:
    _fails(stage, chat_error(500, "it broke", "server_error"))


def upstream_503(stage: Stage) -> None:
    _fails(stage, chat_error(503, "overloaded", "server_error"))


def upstream_html(stage: Stage) -> None:
    _fails(stage, Answer((b"<html><h1>502 Bad Gateway</h1></html>",), 502, {"content-type": "text/html"}))


def upstream_garbage(stage: Stage) -> None:
    _fails(stage, Answer((b"\x00\xff garbage",), 200, {"content-type": "application/json"}))


def upstream_error_as_200(stage: Stage) -> None:
    _fails(stage, whole({"error": {"message": "it broke", "type": "server_error", "code": 500}}))


def upstream_dropped(stage: Stage) -> None:
    _fails(stage, DROPPED)


# An upstream that fails in mid-stream


def error_event(stage: Stage) -> None:
    error = b'data: {"error": {"message": "it broke", "type": "server_error", "code": 500}}\n\n'
    _fails_midstream(stage, stream(*BEGIN, 0.1, error))


def error_choice(stage: Stage) -> None:
    error = chunk({}, "error", error={"message": "provider disconnected", "code": 502})
    _fails_midstream(stage, stream(*BEGIN, 0.1, error, chunk(usage=usage(Counts()))))


def cut(stage: Stage) -> None:
    _fails_midstream(stage, stream(*BEGIN, 0.1, b"data: {").cut(10_000))


def cut_quietly(stage: Stage) -> None:
    _fails_midstream(stage, stream(*BEGIN))


def broken_chunk(stage: Stage) -> None:
    _fails_midstream(stage, stream(*BEGIN, b'data: {"choices":[{"ind\n\n', b"data: garbage\n\n").cut(10_000))


def _fails_midstream(stage: Stage, answer: Answer) -> None:
    stage.chat(answer)
    got = stage.ask()
    if got.broken and got.broken != "no end":
        return  # the client sees a broken connection: it knows
    failed_cleanly(stage, got)


def cut_in_call(stage: Stage) -> None:
    pieces = chat_stream(calls=[Call("Bash", {"command": "rm -rf build"}, size=4)]).pieces
    stage.chat(stream(*pieces[:5]).cut(10_000))
    got = stage.ask(tools=TOOLS)
    if got.broken and got.broken != "no end":
        return
    if failed_cleanly(stage, got) is None:
        true(not calls(stage.message(got)), "a call that was cut off looks complete")


# An upstream that falls silent


def silent(stage: Stage) -> None:
    _ends(stage, SILENT)


def silent_head(stage: Stage) -> None:
    _ends(stage, Answer(headers=STREAM, ends="hang"))


def silent_midstream(stage: Stage) -> None:
    _ends(stage, stream(*BEGIN).hang())


def _ends(stage: Stage, answer: Answer) -> None:
    limit = stage.gateway.upstream_timeout
    stage.chat(answer)
    got = stage.ask(within=limit * 1.4 + 5)
    if got.broken and got.broken != "no end":
        return
    failed_cleanly(stage, got)


def silent_after_finish(stage: Stage) -> None:
    stage.chat(chat_stream("All of it.").hang())
    got = stage.ask(within=stage.gateway.upstream_timeout - 5)
    equal(said(stage.message(got)), "All of it.", "text")
    true(got.seconds < 8, f"the end came {got.seconds:.0f} s after the upstream's [DONE]")
    stage.chat(chat_stream("The next."))
    then = stage.ask(within=8)
    equal(said(stage.message(then)), "The next.", "the next answer on the same connection")


def not_silent(stage: Stage) -> None:
    stage.chat(stream(*BEGIN, 21.0, *chat_stream(" And the second.").pieces))
    _heard(stage, HALF + " And the second.")


def not_silent_in_call(stage: Stage) -> None:
    command = {"command": "x" * 40}
    stage.chat(chat_stream("I write.", [Call("Bash", command, size=4)]).slowly(1.7))
    _heard(stage, "I write.", [("Bash", command)])


def _heard(stage: Stage, text: str, made: Any = ()) -> None:
    got = stage.ask(tools=TOOLS, within=60)
    message = stage.message(got)
    equal((said(message), calls(message)), (text, list(made)), "text and calls")
    true(got.longest_silence() < 20, f"nothing was heard for {got.longest_silence():.0f} s; the client gives up at 20")


def not_only_pings(stage: Stage) -> None:
    """A ping says that the model is at work; a gateway that makes them up hides a dead upstream from the client."""
    stage.chat(stream(*BEGIN).hang())
    got = stage.ask(within=stage.gateway.upstream_timeout * 1.4 + 5)
    made_up = [event for event in legal.events(got.body)[0] if event.name == "ping"]
    true(len(made_up) <= 1, f"{len(made_up)} ping events while the upstream was dead")
    true(got.broken != "no end", "the client was never told")


def recovers(stage: Stage) -> None:
    """Whatever the upstream did before: once it is well it is asked again."""
    stage.chat(chat_stream("I am well."))
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        answer = stage.ask()
        if answer.status == 200 and said(stage.message(answer)) == "I am well.":
            return
        time.sleep(0.5)
    raise Failed("40 s after the upstream had become well it is still not asked")


def own_form(stage: Stage) -> None:
    in_form(stage.post(stage.gateway.chat, b'{"model": "x", "messages": ['))


def unknown_path(stage: Stage) -> None:
    answer = stage.send("POST", "/v1/no-such-thing", stage.gateway.chat, b"{}", headers=VERSION)
    true(400 <= answer.status < 500 and not answer.broken, f"status {answer.status} {answer.broken}")


API, PAGE = "Messages API, errors", "Automatic retry and error forwarding"
SCENARIOS = (
    Scenario("error-bad-json", "a body that is no JSON is refused with 400", bad_json, (), API),
    Scenario("error-form", "its own refusals have the form of the Messages API", own_form, (), API),
    Scenario("error-no-object", "a body that is no object is refused with 400", not_an_object, (), API),
    Scenario("error-no-messages", "a request without messages is refused", no_messages, (), API),
    Scenario("error-wrong-types", "messages of wrong types are refused", wrong_types, (), API),
    Scenario(
        "error-deep-json", "20,000 nested objects neither crash nor hang it", deep_json, (), "RFC 8259, section 9"
    ),
    Scenario("error-unknown-path", "an unknown path is refused", unknown_path, (), API),
    Scenario("upstream-400", "a refusal arrives as 400 with the upstream's words", upstream_400, (47,), PAGE, "faults"),
    Scenario(
        "upstream-form", "an error has the form and a type of the Messages API", upstream_form, (47,), API, "faults"
    ),
    Scenario("upstream-401", "a refused upstream key is a clean error", upstream_401, (47,), API, "faults"),
    Scenario(
        "upstream-429", "429 keeps its status and retry-after, or is failed over", upstream_429, (43,), API, "faults"
    ),
    Scenario("upstream-500", "500 is failed over or a clean error", upstream_500, (43, 47), API, "faults"),
    Scenario("upstream-503", "503 is failed over or a clean error", upstream_503, (43,), API, "faults"),
    Scenario("upstream-html", "an error page becomes a clean error", upstream_html, (47,), API, "faults"),
    Scenario("upstream-garbage", "200 with garbage is not a success", upstream_garbage, (47,), API, "faults"),
    Scenario(
        "upstream-error-200", "200 with an error body is not a success", upstream_error_as_200, (43, 47), API, "faults"
    ),
    Scenario(
        "upstream-dropped",
        "a connection closed before the head is a clean error",
        upstream_dropped,
        (47,),
        API,
        "faults",
    ),
    Scenario(
        "midstream-error",
        "an error in mid-stream reaches the client, or is failed over",
        error_event,
        (43,),
        "",
        "faults",
    ),
    Scenario(
        "midstream-finish-error", "finish_reason error is not a success", error_choice, (43,), "OpenRouter", "faults"
    ),
    Scenario(
        "midstream-cut", "half an answer does not look whole when the connection breaks", cut, (43,), "", "faults"
    ),
    Scenario("midstream-end", "nor when the stream just ends, without finish", cut_quietly, (43,), "", "faults"),
    Scenario("midstream-broken-chunk", "nor when a chunk is broken", broken_chunk, (6, 43), "", "faults"),
    Scenario("midstream-cut-call", "a call that is cut off is never handed over", cut_in_call, (6, 43), "", "faults"),
    Scenario("silent-upstream", "an upstream that never answers ends in an error", silent, (47,), "", "slow"),
    Scenario("silent-head", "an upstream that sends a head only ends in an error", silent_head, (47,), "", "slow"),
    Scenario(
        "silent-midstream",
        "an upstream that dies in mid-stream ends in an error",
        silent_midstream,
        (44, 47),
        "",
        "slow",
    ),
    Scenario(
        "silent-after-done",
        "after [DONE] the end comes though the connection stays open",
        silent_after_finish,
        (7,),
        "",
        "slow",
    ),
    Scenario("silence-heard", "the client is never left without a byte for 20 s", not_silent, (44,), "", "slow"),
    Scenario("silence-heard-call", "nor while a call is being written", not_silent_in_call, (44,), "", "slow"),
    Scenario("silence-no-pings", "no ping events are made up for a dead upstream", not_only_pings, (44,), "", "slow"),
    Scenario("recovers", "an upstream that is well again is asked again", recovers, (21, 43), "", "faults"),
)
