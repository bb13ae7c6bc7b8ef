"""Facts about the recorder's answers: legal JSON of each API, streamed and not. See `test_recorder` too."""

from __future__ import annotations

import json

import pytest

from hive_integration.audit.session.answers import PATHS, answer


@pytest.mark.parametrize("path", PATHS)
def test_a_plain_answer_names_the_model_that_was_asked(path: str) -> None:
    """One JSON object."""
    kind, body = answer(path, {"model": "m"})
    assert (kind, json.loads(body)["model"]) == ("application/json", "m")


@pytest.mark.parametrize("path", PATHS)
def test_a_streamed_answer_is_a_stream_of_json_events(path: str) -> None:
    """Every `data:` line holds one event, and the last one ends the turn."""
    kind, body = answer(path, {"model": "m", "stream": True})
    events = [json.loads(line[6:]) for line in body.decode().splitlines() if line.startswith("data: ")]
    assert kind == "text/event-stream"
    assert any(word in json.dumps(events[-1]) for word in ("message_stop", "finish_reason", "response.completed"))
