"""Facts about a conversation while it is made."""

from __future__ import annotations

import json
import random

from hive_integration.dataset.offline.talk import Talk, as_text


def test_a_conversation_has_the_legal_order() -> None:
    """System, user, a call, its result, an answer; ids are its own."""
    talk = Talk("Be brief.", "ab12cd")
    talk.user(" Plant it. ")
    talk.use("", "plant", {"bed": 1}, "ok")
    talk.say("Done.")
    assert [message.role for message in talk.messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert talk.messages[3].answers == talk.messages[2].calls[0].id == "call_ab12cd01"
    assert talk.tools() == ["plant"]
    assert talk.last_user == 2


def test_results_are_written_in_several_ways() -> None:
    """Most of them JSON with the same value."""
    texts = {as_text({"id": "a-1", "n": 2}, random.Random(seed)) for seed in range(60)}
    assert len(texts) >= 4
    assert sum(json.loads(text) == {"id": "a-1", "n": 2} for text in texts if text.startswith("{")) >= 2
