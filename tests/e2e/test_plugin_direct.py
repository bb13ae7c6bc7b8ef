"""Facts about a direct session of the real client with the plugin: what the model gets, in either profile."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from hive_integration.providers.fake import Answer, Call, Recorded, reply, running
from hive_integration.units import digest_of
from tests.plugin.scene import (
    MODEL,
    PLUGIN,
    PROMPT,
    TUNED,
    Scene,
    hooks_text,
    main_requests,
    plain,
    scene,
    state_of,
    talking,
    texts,
    tokens,
    tokens_of,
    tools,
    units,
)

from .conftest import InitProject
from .screen import screen

pytestmark = pytest.mark.e2e

Body = dict[str, Any]
HARMLESS = re.compile(
    r"_(list|status|stats|metrics|health|info|quickref|capabilities|search|store|retrieve|create|summary|history|board"
    r"|active|categories|discover|analyze|detect-pii|is_safe|scan|explain|route|load|roster|peers)$"
)
OUTWARD = re.compile(
    "github|browser|managed_agent|ruvllm|terminal|transfer_|federation|business|metaharness|wasm_g|worker"
)


@pytest.fixture(scope="session")
def hive(claude_329: Path, claude_flow_3: InitProject, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(claude_329, tmp_path_factory.mktemp("hive"), claude_flow_3)


@pytest.fixture(scope="session")
def full(hive: Scene) -> Body:
    """The first request without the plugin: MCP tools deferred, their names listed."""
    return hive.first(plugin=False, **TUNED)


@pytest.fixture(scope="session")
def declared(hive: Scene) -> Body:
    """The same with every tool's specification in it."""
    return hive.first(plugin=False, ENABLE_TOOL_SEARCH="false", **TUNED)


@pytest.fixture(scope="session")
def everything(full: Body, declared: Body) -> dict[str, str]:
    """All units of both requests."""
    return units(declared) | units(full)


def full_state(everything: Mapping[str, str], **changes: Any) -> Callable[[str], Body]:
    return lambda base_url: state_of(base_url, everything, **changes)


@pytest.fixture(params=["2.1.329", "2.1.197"])
def either(request: pytest.FixtureRequest, claude_329: Path, claude_197: Path) -> Path:
    return {"2.1.329": claude_329, "2.1.197": claude_197}[request.param]


@pytest.mark.parametrize("state", ["none", "full"])
def test_the_full_profile_is_what_it_is_without_the_plugin(either: Path, state: str, tmp_path: Path) -> None:
    """Byte for byte, but for what differs between any two runs; so the plugin's idle cost is 0 tokens."""
    it = scene(either, tmp_path / "it")
    (it.project / "CLAUDE.md").write_text("# Rules\n\nUse tabs.\n")
    made = None if state == "none" else (lambda base_url: state_of(base_url, {}, profile="full"))
    without, again, with_plugin = it.first(plugin=False), it.first(plugin=False), it.first(state=made)
    assert plain(without) == plain(again)  # else nothing is shown by the next line
    assert plain(with_plugin) == plain(without)


def test_the_full_profile_of_a_hive_is_untouched(hive: Scene, everything: dict[str, str]) -> None:
    """With 353 MCP tools, 26 agents, 183 skills and hooks that talk; the manifest holds all, the profile is full."""
    with_plugin = hive.first(state=full_state(everything, profile="full"))
    assert plain(with_plugin) == plain(hive.first(plugin=False))


def test_a_manifest_of_everything_leaves_300_tokens(hive: Scene, full: Body, everything: dict[str, str]) -> None:
    """What stays is the minimal prompt, the environment, and what the client declares to find deferred tools.

    What the framework's hooks say anew in each session is theirs, and counted apart.
    """
    body = hive.first(state=full_state(everything), **TUNED)
    said = sum(tokens_of(hooks_text(body)))
    assert tokens(full) > 15_000
    assert tokens(body) - said <= 300
    assert [block["text"] for block in body["system"]][-1] == PROMPT
    assert set(tools(body)) == {"ToolSearch"}
    assert body["model"] == MODEL
    assert str(hive.project) in json.dumps(body["messages"])  # the environment stays


def test_tools_that_are_in_no_request_are_called(hive: Scene, declared: Body, everything: dict[str, str]) -> None:
    """Seventy MCP tools and one of the client's own, with valid arguments, each really executed."""
    specs = {n: t for n, t in tools(declared).items() if n.startswith("mcp__")}
    assert len(specs) == 353
    names = [name for name in specs if HARMLESS.search(name) and not OUTWARD.search(name)][:70]
    calls = [Call(name, filled(specs[name]["input_schema"]), f"call_{i}") for i, name in enumerate(names)]
    calls.append(Call("Bash", {"command": "echo hive-$((40+2))", "description": "count"}, f"call_{len(names)}"))
    results: dict[str, Body] = {}

    def script(request: Recorded) -> Answer:
        if request.protocol != "messages" or not request.json.get("tools"):
            return reply(request, "aside")
        found = [b for m in request.json["messages"] if isinstance(m["content"], list) for b in m["content"]]
        results.update({b["tool_use_id"]: b for b in found if b["type"] == "tool_result"})
        todo = calls[len(results) : len(results) + 24]
        return reply(request, "next" if todo else "ALL-DONE", todo)

    with running(script) as upstream:
        hive.write(full_state(everything)(upstream.base_url))
        done = hive.ask(upstream, "--allowedTools", "mcp__claude-flow,Bash", **TUNED)
        assert all(set(tools(body)) == {"ToolSearch"} for body in main_requests(upstream))
    assert done["result"] == "ALL-DONE"
    assert len(results) == len(calls) >= 51
    failed = {c.name: results[c.id] for c in calls if results[c.id].get("is_error") or "InputVal" in str(results[c.id])}
    assert failed == {}
    assert "hive-42" in str(results[calls[-1].id])


def filled(schema: Mapping[str, Any]) -> Any:
    """The least value that a schema takes."""
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return {key: filled(schema["properties"].get(key, {})) for key in schema.get("required", ())}
    kinds = {"number": 1, "integer": 1, "boolean": True, "array": [], "object": {}}
    return kinds.get(str(schema.get("type")), "hive")


def test_an_empty_manifest_strips_nothing(hive: Scene, full: Body) -> None:
    """The minimal prompt is put in front, and the billing header is left out, as the gateway leaves it out."""
    body = hive.first(state=full_state({}), **TUNED)
    system, prompt = body["system"], [block["text"] for block in full["system"][1:]]
    assert [block["text"] for block in system] == [*prompt[:-1], f"{PROMPT}\n\n{prompt[-1]}"]
    rest = {"system": [], "metadata": None}
    assert plain({**body, **rest}) == plain({**full, **rest})


def test_half_a_manifest_strips_exactly_that_half(hive: Scene, full: Body) -> None:
    """Every second unit of the full request: each of those is gone, each of the others is there.

    Out of a mod's reach are the block before the composed prompt, and ToolSearch, whose schema stays.
    """
    before = units(full)
    apart = {digest_of(block["text"]) for block in full["system"][:2]} | {digest_of(said) for said in hooks_text(full)}
    half = dict(sorted(before.items())[::2])
    body = hive.first(state=full_state(half), **TUNED)
    lines = bare("\n".join(text for where, text in texts(body) if where != "tool"))
    wrong = []
    for digest in before.keys() - apart:
        text = before[digest]
        name = json.loads(text)["name"] if text.startswith('{"') else ""
        there = name in tools(body) if name else bare(text) in lines
        if there == (digest in half) and name != "ToolSearch" and text != "# Environment\n":  # which stands there twice
            wrong.append(text[:100])
    assert wrong == []
    assert len(before.keys() - apart) > 580
    search = tools(full)["ToolSearch"]
    said = "" if digest_of(json.dumps(search)) in half else search["description"]
    assert tools(body)["ToolSearch"] == {**search, "description": said}


def bare(text: str) -> str:
    """A text's lines without the client's tags and the blanks around them, a line end before and after."""
    text = text.replace("<system-reminder>", "").replace("</system-reminder>", "\n")
    lines = (line.strip() for line in text.strip().split("\n"))
    return "\n".join(["", *lines, ""])


@pytest.mark.parametrize(
    ("changes", "env", "tuned"),
    [
        ({"profile": "full"}, {"USE_FINETUNED": "1"}, True),
        ({}, {"USE_FINETUNED": "0"}, False),
        ({}, {"USE_FINETUNED": ""}, False),
        ({}, {"ANTHROPIC_CUSTOM_HEADERS": "x-hive-key: k"}, False),
        ({"sources": [{"path": "/nowhere/hive.toml", "sha256": "0" * 64}]}, {}, False),
        ({"schema": "hive-ctx/state/9"}, {}, False),
    ],
)
def test_the_variable_beats_the_file_and_doubt_means_full(
    claude_329: Path, changes: Body, env: dict[str, str], tuned: bool, tmp_path: Path
) -> None:
    """Behind the gateway, with an old state or one of another schema, the plugin changes nothing."""
    it = scene(claude_329, tmp_path / "it")
    body = it.first(state=full_state({}, **changes), **env)
    assert body["system"][-1]["text"].startswith(PROMPT) is tuned
    assert (body["model"] == MODEL) is tuned


def test_a_torn_file_means_full(claude_329: Path, tmp_path: Path) -> None:
    """At every length, the file is no state unless it is whole."""
    it = scene(claude_329, tmp_path / "it")
    for share in (0.0, 0.5, 0.999):
        body = it.first(state=lambda base: (t := json.dumps(state_of(base, {})))[: int(len(t) * share)])  # noqa: B023
        assert body["model"] != MODEL
        assert not body["system"][-1]["text"].startswith(PROMPT)


def test_a_switch_in_a_running_session_holds_after_clear(claude_329: Path, tmp_path: Path) -> None:
    """Both ways; between switch and /clear model and prompt stay together as they were."""
    it = scene(claude_329, tmp_path / "it")
    with running(lambda request: reply(request, "done")) as upstream:
        it.write(state_of(upstream.base_url, {}, profile="full"))
        with talking(it, upstream) as say:
            for profile in ("finetuned", "full"):
                say("one")
                it.write(state_of(upstream.base_url, {}, profile=profile))
                say("two")
                say("/clear")
            say("three")
    seen = [(b["model"] == MODEL, b["system"][-1]["text"].startswith(PROMPT)) for b in main_requests(upstream)]
    assert seen == [(False, False)] * 2 + [(True, True)] * 2 + [(False, False)]
    with_header = [b["system"][0]["text"].startswith("x-anthropic") for b in main_requests(upstream)]
    assert with_header == [True, True, False, False, True]


@pytest.mark.timeout(240)
def test_the_status_line_tells_of_a_switch(claude_329: Path, tmp_path: Path) -> None:
    """On a terminal: profile and model, what /clear will change, and then the other profile."""
    it = scene(claude_329, tmp_path / "it")
    with running(lambda request: reply(request, "THE-ANSWER")) as upstream:
        it.write(state_of(upstream.base_url, {}))
        command = [str(it.client), "--plugin-dir", str(PLUGIN)]
        with screen(command, it.env(upstream, TERM="xterm-256color"), it.project) as shown:
            shown.wait_for("hive:", "finetuned", MODEL, seconds=90)
            it.write(state_of(upstream.base_url, {}, profile="full"))
            shown.type("say one")
            shown.wait_for("THE-ANSWER", "/clear)")
            shown.type("/clear")
            shown.type("say two")
            end = time.monotonic() + 60
            while len(main_requests(upstream)) < 2:
                assert time.monotonic() < end, shown.text[-2000:]
                time.sleep(0.05)
    bodies = main_requests(upstream)
    assert [body["model"] == MODEL for body in bodies] == [True, False]


@pytest.mark.timeout(240)
def test_an_older_client_says_that_it_has_no_mods(claude_197: Path, tmp_path: Path) -> None:
    """A direct fine-tuned session of 2.1.197: the person is told, the request is what it is without the plugin."""
    it = scene(claude_197, tmp_path / "it")
    with running(lambda request: reply(request, "done")) as upstream:
        it.write(state_of(upstream.base_url, {}))
        command = [str(it.client), "--plugin-dir", str(PLUGIN)]
        with screen(command, it.env(upstream, TERM="xterm-256color"), it.project) as shown:
            shown.wait_for("mods", "gateway", seconds=90)
    without = it.first(plugin=False)
    assert plain(it.first(state=full_state({}))) == plain(without)
