"""Facts about other clients of the Messages API: Anthropic's own SDK, and opencode."""

from __future__ import annotations

import json
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest

from hive_integration.providers.fake import Call, Recorded, reply, running

from .gateways import KEY, PYTHON, Place, Play, place, serving

pytestmark = pytest.mark.e2e

TOOL = {
    "name": "weather",
    "description": "The weather of a place.",
    "input_schema": {
        "type": "object",
        "properties": {"place": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["place"],
    },
}
PARIS = Call("weather", {"place": "Paris, “là-bas” 🌧", "days": 3}, "call_p")
LYON = Call("weather", {"place": "Lyon"}, "call_l")


def scripted(request: Recorded) -> Any:
    """Text and two calls at once; after their results, a word."""
    text = request.body.decode()
    done = '"tool_result"' in text or '"role":"tool"' in text.replace(" ", "")
    return reply(request, "It rains – là-bas. 🌧") if done else reply(request, "Let me see. 🌧", [PARIS, LYON])


@pytest.mark.parametrize("profile", ["full", "finetuned"])
def test_the_sdks_accumulated_stream_is_the_whole_answer(profile: str, tmp_path: Path) -> None:
    """Streamed or not: the same content, stop reason and usage; and its results go back by the same ids."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import anthropic
    with running(scripted, strict=True) as upstream:
        it = place(tmp_path / "it", upstream, profile)
        with serving(it) as base_url, anthropic.Anthropic(base_url=base_url, api_key=KEY, max_retries=0) as sdk:
            said: list[Any] = [{"role": "user", "content": "How is the weather?"}]
            ask: dict[str, Any] = {"model": "claude-sonnet-5", "max_tokens": 500, "tools": [TOOL], "messages": said}
            whole = sdk.messages.create(**ask)
            with sdk.messages.stream(**ask) as stream:
                streamed = stream.get_final_message()
            assert plain(streamed) == plain(whole)
            assert [block.type for block in streamed.content] == ["text", "tool_use", "tool_use"]
            assert streamed.stop_reason == "tool_use"
            calls = [block for block in streamed.content if block.type == "tool_use"]
            assert [call.input for call in calls] == [PARIS.arguments, LYON.arguments]
            said.append({"role": "assistant", "content": [block.to_dict() for block in streamed.content]})
            results = [{"type": "tool_result", "tool_use_id": call.id, "content": "rain"} for call in calls]
            said.append({"role": "user", "content": results})
            with sdk.messages.stream(**ask) as stream:
                assert stream.get_final_text() == "It rains – là-bas. 🌧"
            assert sdk.messages.count_tokens(model="claude-sonnet-5", messages=said, tools=[TOOL]).input_tokens > 50
    assert upstream.refused == []
    assert {request.protocol for request in upstream.requests} - {"count_tokens"} == {
        "messages" if profile == "full" else "chat"
    }


def plain(message: Any) -> dict[str, Any]:
    """A message without what is another's in every answer."""
    value = message.to_dict()
    content = [{k: v for k, v in block.items() if k not in {"id", "caller"}} for block in value["content"]]
    return {**{k: value[k] for k in ("role", "stop_reason", "stop_sequence", "usage", "type")}, "content": content}


def opencode_project(it: Place, base_url: str) -> dict[str, str]:
    config = {
        "autoupdate": False, "share": "disabled", "model": "anthropic/claude-sonnet-4-5",
        "small_model": "anthropic/claude-sonnet-4-5", "permission": {"bash": "allow", "edit": "allow"},
        "provider": {"anthropic": {"options": {"baseURL": f"{base_url}/v1", "apiKey": KEY}}},
    }  # fmt: skip
    (it.project / "opencode.json").write_text(json.dumps(config))
    off = ("AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD", "DEFAULT_PLUGINS")
    return it.env(**{f"OPENCODE_DISABLE_{name}": "1" for name in off})


@pytest.mark.parametrize("profile", ["full", "finetuned"])
def test_opencode_works_through_the_gateway(opencode: Path, profile: str, tmp_path: Path) -> None:
    """Another vendor's client: a command runs, a file is read, and the last word arrives."""
    play = Play({})
    with running(play, strict=True) as upstream:
        it = place(tmp_path / "it", upstream, profile)
        play.turns = {
            "TURN-ONE": [
                Call("bash", {"command": "echo made by opencode > made.txt", "description": "make"}, "call_1"),
                Call("read", {"filePath": str(it.project / "made.txt")}, "call_2"),
                "OPENCODE-DONE",
            ]
        }
        with serving(it) as base_url:
            done = subprocess.run(
                [str(opencode), "run", "please do TURN-ONE"], cwd=it.project, env=opencode_project(it, base_url),
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "OPENCODE-DONE" in done.stdout
    assert (it.project / "made.txt").read_text() == "made by opencode\n"
    assert "made by opencode" in play.results[-1]
    assert play.protocols() == ["messages" if profile == "full" else "chat"]
    assert upstream.refused == []


def test_a_program_that_uses_the_sdk_runs_by_the_launcher(tmp_path: Path) -> None:
    """`hive-ctx run -- python agent.py`: address, key and switch come by the variables that the SDK reads."""
    code = (
        "import warnings; warnings.simplefilter('ignore'); import anthropic\n"
        "with anthropic.Anthropic(max_retries=0) as sdk:\n"
        "    said = [{'role': 'user', 'content': 'hi'}]\n"
        "    print(sdk.messages.create(model='claude-sonnet-5', max_tokens=9, messages=said).content[0].text)"
    )
    with running(lambda request: reply(request, f"by {request.protocol}")) as upstream:
        it = place(tmp_path / "it", upstream)
        (it.project / "agent.py").write_text(code)
        for env, said in (({}, "by messages"), ({"USE_FINETUNED": "1"}, "by chat")):
            done = subprocess.run(
                [*PYTHON, "run", "--", PYTHON[0], "agent.py"], cwd=it.project,
                env=it.env(ANTHROPIC_API_KEY="sk-ant-of-the-user", **env), stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            assert (done.returncode, done.stdout) == (0, f"{said}\n"), done.stderr
    forwarded, other = (json.dumps(upstream.requests[i].headers) for i in (0, -1))
    assert "sk-ant-of-the-user" in forwarded
    assert "sk-ant-of-the-user" not in other  # the tuned model's server is not whom it was made for
