"""Facts about what a tuned model gets through the gateway on a claude-flow project: how little, and that all works."""

from __future__ import annotations

import http.client
import json
import re
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from hive_integration.providers.fake import Answer, Recorded, Upstream, reply, running
from hive_integration.tokens.openai import OpenAICounter
from hive_integration.units import digest_of
from hive_integration.units.cut import BILLING, cut_request
from hive_integration.units.markers import REMINDER
from hive_integration.units.unit import canonical_json
from hive_integration.wire import decode_request

from .conftest import InitProject
from .gateways import Passed, Place, claude, digests, place, relaying, serving, status, where

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("gateway-budget")]

BUDGET = 300
PROMPT = "You are a coding agent."
WORDS = "please do TURN-ONE"
SERVER = "mcp__claude-flow__"
TOOLS = 353
READS = re.compile(r"_(list|status|stats|info|metrics|health|history|get|patterns|summary|config|capabilities)$")
ELSEWHERE = re.compile(r"github|managed_agent")
"""Tools that ask other machines."""
RESULT = re.compile(r'<tool_result name="([^"]+)"( error="true")?>')
Called = tuple[str, Mapping[str, Any]]


@dataclass
class Model:
    """It makes its calls at once, as text, and says a word when it has their results."""

    calls: Sequence[Called] = ()
    asked: list[Recorded] = field(default_factory=list)
    """The requests of the conversation itself: a side request of the client says nothing of the turn."""

    def __call__(self, request: Recorded) -> Answer:
        """The answer to one request."""
        if request.protocol == "count_tokens" or not where(request.json)[0]:
            return reply(request, "aside")
        self.asked.append(request)
        answered = len(self.asked) > 1 or not self.calls
        return reply(request, "ALL-DONE" if answered else "\n".join(map(as_text, self.calls)))


def as_text(call: Called) -> str:
    return f"<tool_call>{json.dumps({'name': call[0], 'arguments': call[1]})}</tool_call>"


@dataclass
class Scene:
    """One client in its project, with a gateway that has seen it send everything."""

    version: str
    client: Path
    it: Place
    upstream: Upstream
    base_url: str
    everything: list[str] = field(default_factory=list)
    tools: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The schema of each of the server's tools."""

    def session(self, model: Model, **env: str) -> tuple[Passed, dict[str, Any]]:
        """One `claude -p`: what it sent first, and how it ended."""
        self.upstream.script = model
        options = ["--mcp-config", str(self.it.project / ".mcp.json"), "--strict-mcp-config"]
        with relaying(self.base_url) as relay:
            result = claude(
                self.client, self.it, self.it.direct(relay.base_url) | env, "-p", WORDS, "--output-format", "json",
                "--allowedTools", SERVER.rstrip("_"), *options,
            )  # fmt: skip
        return relay.messages()[0], result

    def tune(self, manifest: Collection[str], *, tools: str, protocol: str = "openai-chat") -> None:
        """Switch to a new card with this manifest, which may be empty, and wait until the gateway has seen it."""
        config, path = self.it.config, "/v1" if protocol == "openai-chat" else ""
        card = f"tuned-{len(list(config.glob('models/*.toml')))}"
        holds = {"schema": "hive-ctx/manifest/1", "card": card, "units": sorted(manifest)}
        (config / f"models/{card}.manifest.json").write_text(json.dumps(holds))
        (config / f"models/{card}.toml").write_text(
            f'id = "{card}"\nprotocol = "{protocol}"\nbase_url = "{self.upstream.base_url}{path}"\nmodel = "ft:tuned"\n'
            f'[prompt]\nsystem = "{PROMPT}"\ntools = "{tools}"\n[knowledge]\nmanifest = "{card}.manifest.json"\n'
        )
        (config / "hive.toml").write_text(f'[switch]\ndefault = "finetuned"\nfull = "claude"\nfinetuned = "{card}"\n')
        end = time.monotonic() + 10
        while status(self.it)["profile"]["finetuned"] != card:
            assert time.monotonic() < end, "the gateway did not see the card"


@pytest.fixture(scope="module", params=["2.1.329", "2.1.197"])
def scene(
    request: pytest.FixtureRequest, claude_329: Path, claude_197: Path, claude_flow_3: InitProject,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:  # fmt: skip
    """Two sessions in the full profile: as the client is, and with every tool in full, which the gateway remembers."""
    client = {"2.1.329": claude_329, "2.1.197": claude_197}[request.param]
    with running(Model(), strict=True) as upstream:
        it = place(tmp_path_factory.mktemp("budget") / "it", upstream)
        claude_flow_3(it.project)
        with serving(it) as base_url:
            scene = Scene(request.param, client, it, upstream, base_url)
            bodies = [scene.session(Model(), ENABLE_TOOL_SEARCH=search)[0].request for search in ("true", "false")]
            scene.everything = sorted({digest for body in bodies for digest in digests(it, body)})
            declared = {tool["name"]: tool["input_schema"] for tool in json.loads(bodies[1])["tools"]}
            scene.tools = {name: schema for name, schema in declared.items() if name.startswith(SERVER)}
            yield scene


def made_up(schema: Mapping[str, Any]) -> Any:
    """The least value that a schema takes."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        return {name: made_up(schema["properties"][name]) for name in schema.get("required", ())}
    if kind == "array":
        return [made_up(schema["items"])] * schema.get("minItems", 0)
    return {"string": "hive", "number": 1, "integer": 1, "boolean": False}[kind]


# What the model receives.


def test_with_everything_in_the_manifest_the_model_gets_little_and_calls_all(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    """At most 300 tokens: the card's prompt, the environment, and what hooks say. More than fifty of the server's tools
    are called by it, and what they answer comes back."""
    calls = [(n, made_up(s)) for n, s in scene.tools.items() if READS.search(n) and not ELSEWHERE.search(n)]
    scene.tune(scene.everything, tools="none")
    model = Model(calls)
    _, result = scene.session(model)
    first, second = model.asked
    texts = received(first.json)
    tokens = sum(OpenAICounter("o200k_base").count(texts))
    with capsys.disabled():
        sys.stdout.write(f"\n{scene.version}: {tokens} o200k tokens received, {len(calls)} tools called\n")
    assert PROMPT in texts[0]
    assert tokens <= BUDGET
    assert result["result"] == "ALL-DONE"
    results = dict(RESULT.findall("".join(texts_of(second.json))))
    assert len(results) == len(calls) > 50
    assert set(results) == {name for name, _ in calls}
    assert not [name for name, failed in results.items() if failed]
    assert scene.upstream.refused == []


def received(body: Mapping[str, Any]) -> list[str]:
    """All that a model reads in a chat request: texts without the user's own words, and declared tools."""
    texts = [text.replace(WORDS, "") for text in texts_of(body)]
    return [*texts, *map(canonical_json, body.get("tools", ()))]


def texts_of(body: Mapping[str, Any]) -> list[str]:
    """The texts of a request of either protocol, in order."""
    blocks = [*body.get("system", ()), *(message["content"] for message in body["messages"])]
    return [block if isinstance(block, str) else block["text"] for block in chain.from_iterable(map(_each, blocks))]


def _each(content: Any) -> Sequence[Any]:
    return content if isinstance(content, list) else [content]


def test_all_the_servers_tools_can_be_called(scene: Scene) -> None:
    """Valid calls of each pass although none is declared; one without a required argument is asked for once more, with
    the tool's schema, which only the unit store has."""
    assert len(scene.tools) == TOOLS
    scene.tune(scene.everything, tools="none")
    sent, _ = scene.session(Model())
    calls = [(name, made_up(schema)) for name, schema in scene.tools.items()]
    scene.upstream.script = Model(calls)
    assert called(replayed(scene, sent)) == calls
    name, schema = next((name, schema) for name, schema in scene.tools.items() if schema.get("required"))
    scene.upstream.script = model = Model([(name, {})])
    assert called(replayed(scene, sent)) == []
    assert len(model.asked) == 2
    for argument in schema["required"]:
        assert argument not in model.asked[0].body.decode()
        assert argument in "".join(texts_of(model.asked[1].json))


def replayed(scene: Scene, sent: Passed) -> bytes:
    """The gateway's answer to a request that the client once sent, byte for byte."""
    connection = http.client.HTTPConnection(scene.base_url.removeprefix("http://"), timeout=60)
    headers = {name: value for name, value in sent.headers if name.lower() not in {"host", "connection"}}
    connection.request(sent.method, sent.target, sent.request, headers)
    answer = connection.getresponse().read()
    connection.close()
    return answer


def called(stream: bytes) -> list[Called]:
    """The tool calls of a streamed answer."""
    names: dict[int, str] = {}
    parts: dict[int, str] = {}
    for line in stream.decode().splitlines():
        event = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
        if (block := event.get("content_block", {})).get("type") == "tool_use":
            names[event["index"]] = block["name"]
        if (delta := event.get("delta", {})).get("type") == "input_json_delta":
            parts[event["index"]] = parts.get(event["index"], "") + delta["partial_json"]
    return [(name, json.loads(parts.get(index) or "{}")) for index, name in names.items()]


@pytest.mark.parametrize("share", ["nothing", "half"])
def test_exactly_what_the_manifest_holds_is_missing(scene: Scene, share: str) -> None:
    """With an empty manifest nothing; with every second digest, those units, no letter more, and in the same order."""
    manifest = set(scene.everything[::2] if share == "half" else ())
    scene.tune(manifest, tools="names", protocol="anthropic-messages")
    model = Model()
    sent, _ = scene.session(model)
    got = model.asked[0].json
    cut = cut_request(decode_request(sent.request), user_words=WORDS)
    pieces = [(piece, words) for text in cut.texts for piece, words in text.slices() if piece.name != BILLING]
    gone = {digest_of(words) for piece, words in pieces if piece.known} & manifest
    stays = [words for piece, words in pieces if not piece.known or digest_of(words) not in manifest]
    assert texts_of(got)[0] == PROMPT
    assert letters(text for text in texts_of(got)[1:] if text != WORDS) == letters(stays)
    tools = [json.loads(tool.raw) for tool in cut.tools if not tool.deferred]  # the client's placeholder is deferred
    known = [digest_of(json.dumps(tool)) in manifest for tool in tools]
    assert got["tools"] == [named(tool) if held else tool for tool, held in zip(tools, known, strict=True)]
    assert (len(gone) > 100 and any(known) and not all(known)) if manifest else (not gone and not any(known))
    assert scene.upstream.refused == []


def letters(texts: Iterable[str]) -> str:
    """All but blanks and reminder tags."""
    return "".join("".join(REMINDER.sub("", text) for text in texts).split())


def named(tool: Mapping[str, Any]) -> dict[str, Any]:
    """What a card with `tools = "names"` declares of a tool that its weights hold."""
    return {"name": tool["name"], "input_schema": {"type": "object"}}
