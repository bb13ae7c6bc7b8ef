"""One conversation, two models: the client's history goes from one to the other and back, and nobody refuses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hive_integration.providers.fake import Call, chat_stream, messages_stream
from tests.conformance.client import calls, said
from tests.conformance.expect import equal, holds, true
from tests.conformance.requests import assistant, result, text, user
from tests.conformance.scenario import Scenario
from tests.conformance.stage import TOOLS, Stage

ADAPTIVE: dict[str, Any] = {"thinking": {"type": "adaptive"}, "tools": TOOLS}
History = list[Mapping[str, Any]]


def _turn(history: History, message: Mapping[str, Any], words: str, stage: Stage) -> None:
    """Append what the client keeps of an answer, and the results of its calls."""
    content = [block for block in message["content"] if block.get("text") != ""]
    ids = [block["id"] for block in content if block["type"] == "tool_use"]
    history += [assistant(*content), stage.user(*(result("seen", each) for each in ids), text=words)]


def _chat_turn(stage: Stage, history: History, call_id: str = "call_abc123") -> None:
    stage.chat(chat_stream("I look.", [Call("Bash", {"command": "ls"}, call_id)], reasoning="Let me think."))
    message = stage.message(stage.ask(messages=history, **ADAPTIVE))
    equal((said(message), calls(message)), ("I look.", [("Bash", {"command": "ls"})]), "the chat model's turn")
    _turn(history, message, "Go on.", stage)


def _claude_turn(stage: Stage, history: History, call_id: str = "toolu_01ABC") -> None:
    stage.claude(messages_stream("I read.", [Call("Read", {"file_path": "a"}, call_id)], thinking="Deep thoughts."))
    message = stage.message(stage.ask_claude(messages=history, **ADAPTIVE))
    equal((said(message), calls(message)), ("I read.", [("Read", {"file_path": "a"})]), "Claude's turn")
    _turn(history, message, "Go on.", stage)


def _seen(stage: Stage, protocol: Any, words: Sequence[str]) -> None:
    for each in words:
        holds(stage.got(protocol).body.decode(), each, f"what the {protocol} upstream got")


def to_claude(stage: Stage) -> None:
    stage.claude_arm()
    history: History = [stage.user()]
    _chat_turn(stage, history)
    _claude_turn(stage, history)
    _seen(stage, "messages", ["I look.", "seen"])


def to_claude_odd_id(stage: Stage) -> None:
    stage.claude_arm()
    history: History = [stage.user()]
    _chat_turn(stage, history, "functions.Bash:0")
    _claude_turn(stage, history)


def from_claude(stage: Stage) -> None:
    stage.claude_arm()
    history: History = [stage.user()]
    _claude_turn(stage, history)
    _chat_turn(stage, history)
    _seen(stage, "chat", ["I read.", "seen"])


def and_back(stage: Stage) -> None:
    stage.claude_arm()
    history: History = [stage.user()]
    _claude_turn(stage, history, "toolu_01")
    kept = next((block for block in history[1]["content"] if block["type"] == "thinking"), None)
    true(kept, "Claude's thinking did not reach the client")
    _chat_turn(stage, history)
    _claude_turn(stage, history, "toolu_02")
    _seen(stage, "messages", ["I look.", "I read.", str((kept or {}).get("signature"))])


def many_turns(stage: Stage) -> None:
    stage.claude_arm()
    history: History = [stage.user()]
    for number in range(5):
        _chat_turn(stage, history, f"call_{number}")
        _claude_turn(stage, history, f"toolu_{number}")


def repeated_ids(stage: Stage) -> None:
    """Some model servers number the calls of each answer from 0: in a conversation their ids are not unique."""
    stage.claude_arm()
    history: History = [stage.user()]
    _chat_turn(stage, history, "call_0")
    _chat_turn(stage, history, "call_0")
    _claude_turn(stage, history)


def resumed(stage: Stage) -> None:
    """A session whose history an older gateway left: thinking without a signature."""
    turn = assistant({"type": "thinking", "thinking": "hm", "signature": ""}, text("I look."))
    stage.chat(chat_stream("done"))
    stage.message(stage.ask(messages=[user(text("Go.")), turn, stage.user()]))


SCENARIOS = (
    Scenario(
        "switch-to-claude",
        "what a chat model said, with reasoning and a call, is taken by Claude",
        to_claude,
        (25, 26, 27),
    ),
    Scenario("switch-odd-id", "so is a call whose id Claude would refuse", to_claude_odd_id, (26, 27)),
    Scenario("switch-from-claude", "what Claude said is taken by a strict chat model", from_claude, (26, 27)),
    Scenario(
        "switch-back", "Claude's own thinking comes back to it after a turn of another model", and_back, (25, 27, 28)
    ),
    Scenario("switch-every-turn", "ten turns, each by the other model, without a refusal", many_turns, (26, 27)),
    Scenario("switch-repeated-ids", "ids that a chat model uses again do not stop the session", repeated_ids, (27, 40)),
    Scenario(
        "switch-resumed", "thinking without a signature does no harm on the way to a chat model", resumed, (28, 29)
    ),
)
