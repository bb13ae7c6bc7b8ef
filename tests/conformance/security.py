"""Who may use a gateway, and where its keys and the user's words may go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hive_integration.providers.fake import Answer, chat_stream, reply, running
from tests.conformance.client import Reply, said
from tests.conformance.errors import failed_cleanly, refused
from tests.conformance.expect import NotApplicable, among, equal, true
from tests.conformance.scenario import Scenario
from tests.conformance.stage import Stage

NO_KEY = {"x-api-key": "", "authorization": ""}


def _ask_without(stage: Stage, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return stage.ask(headers={**NO_KEY, **named})


def no_key(stage: Stage) -> None:
    answer = _ask_without(stage)
    true(400 <= answer.status < 500, f"status {answer.status}")
    equal(stage.received, [], "requests that reached the upstream")


def wrong_key(stage: Stage) -> None:
    for header in (
        {"x_api_key": "sk-wrong"},
        {"authorization": "Bearer sk-wrong"},
        {"x_api_key": stage.gateway.key[:-1]},
    ):
        answer = _ask_without(stage, **header)
        true(400 <= answer.status < 500, f"status {answer.status}")
    equal(stage.received, [], "requests that reached the upstream")


def says_so(stage: Stage) -> None:
    error = refused(_ask_without(stage, x_api_key="sk-wrong"), {401, 403})
    among(error.get("type"), {"authentication_error", "permission_error"}, "error type")


def either_header(stage: Stage) -> None:
    stage.chat(chat_stream("a"))
    key = stage.gateway.key
    for headers in (
        {"x_api_key": key},
        {"authorization": f"Bearer {key}"},
        {"x_api_key": key, "authorization": f"Bearer {key}"},
    ):
        stage.message(_ask_without(stage, **headers))


def key_stays(stage: Stage) -> None:
    stage.chat(chat_stream("a"))
    for headers in ({"x_api_key": stage.gateway.key}, {"authorization": f"Bearer {stage.gateway.key}"}):
        stage.message(_ask_without(stage, **headers))
    told = [name for request in stage.received for name, value in request.headers if stage.gateway.key in value]
    equal(told, [], "headers that carried the gateway's key upstream")


def web_page(stage: Stage) -> None:
    page = {"origin": "https://evil.example", "host": "evil.example"}
    answer = _ask_without(stage, **page)
    true(answer.status >= 400, f"status {answer.status} for another site's page, without a key")
    equal(stage.received, [], "requests that reached the upstream")


def preflight(stage: Stage) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST",
             "access-control-request-headers": "x-api-key,content-type"}  # fmt: skip
    answer = stage.send("OPTIONS", "/v1/messages", stage.gateway.chat, headers={**NO_KEY, **asked})
    allowed = answer.headers.get("access-control-allow-origin", "")
    true(allowed not in {"*", "https://evil.example"}, f"any web page may talk to it: allow-origin is {allowed!r}")


def other_host(stage: Stage) -> None:
    stage.chat(chat_stream("a"))
    answer = stage.ask(headers={"host": "evil.example"})
    if answer.status == 200:
        raise NotApplicable("it serves any Host; its key is what guards it")
    true(400 <= answer.status < 500, f"status {answer.status}")


def redirect(stage: Stage) -> None:
    answers = []
    with running(reply) as elsewhere:
        target = f"{elsewhere.base_url}/v1/chat/completions"
        for status in (302, 307):
            stage.chat(Answer((b"",), status, {"location": target}))
            answers.append(stage.ask())
        equal([request.method for request in elsewhere.requests], [], "requests that followed to another host")
    for answer in answers:
        failed_cleanly(stage, answer, {400, 401, 403, 404, 500, 502, 503, 504})


def side_by_side(stage: Stage) -> None:
    def echo(request: object) -> Answer:
        words = request.json["messages"][-1]["content"]  # type: ignore[attr-defined]
        text = words if isinstance(words, str) else words[-1]["text"]
        number = text.split()[0]
        return chat_stream([f"{number} "] * 30).slowly(0.01)

    stage.chat(echo)

    def one(number: int) -> None:
        message = stage.message(stage.ask(messages=[stage.user(text=f"{number} please")]))
        equal(said(message), f"{number} " * 30, f"the answer of request {number}")

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(one, range(100, 124)))


SCENARIOS = (
    Scenario("key-needed", "without a key nothing reaches the upstream", no_key, (), "Request headers"),
    Scenario("key-wrong", "nor with a wrong or a shortened one", wrong_key, (), "Request headers"),
    Scenario("key-says-so", "a wrong key is an authentication error of the API", says_so, (), "Messages API, errors"),
    Scenario(
        "key-either-header",
        "the key may come as bearer token, as x-api-key, or both",
        either_header,
        (),
        "Request headers",
    ),
    Scenario("key-stays", "the gateway's key is not passed on to the upstream", key_stays, (), "Request headers"),
    Scenario("web-page", "another site's page cannot use it without the key", web_page, (), "CVE-2026-48710"),
    Scenario("preflight", "it does not allow every web page to talk to it", preflight, (), "Fetch standard, CORS"),
    Scenario("other-host", "a request for another host is refused", other_host, (), "CVE-2026-48710"),
    Scenario(
        "redirect",
        "a redirect of the upstream is not followed to another host",
        redirect,
        (),
        "Model discovery",
        "faults",
    ),
    Scenario("side-by-side", "24 streams at once are not mixed up", side_by_side, (4,)),
)
