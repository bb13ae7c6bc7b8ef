"""Facts about what the assistant says in English."""

from __future__ import annotations

import random

from hive_integration.dataset.offline import replies
from hive_integration.dataset.offline.purpose import purpose_of
from hive_integration.dataset.offline.results import Fact, Result
from hive_integration.dataset.values.draw import Argument
from hive_integration.dataset.values.scene import scene_of

PURPOSE = purpose_of("soil_status", "Get the soil status.")
SCENE = scene_of(random.Random(1))


def test_about_half_of_all_calls_come_without_a_word() -> None:
    """The rest in many forms."""
    texts = [replies.before(PURPOSE, random.Random(seed), SCENE) for seed in range(400)]
    assert 140 < texts.count("") < 260
    assert len(set(texts)) > 20


def test_answers_use_what_came_back() -> None:
    """The values, or that there are none."""
    result = Result("{}", [Fact("status", "dry"), Fact("warnings", 3)])
    for seed in range(50):
        text = replies.after(PURPOSE, result, random.Random(seed), SCENE)
        assert "dry" in text
        assert "3" in text
    beds = purpose_of("bed_list", "List the beds.")
    assert "bed-7" in replies.after(beds, Result("", [Fact("beds", 1)], ["bed-7"]), random.Random(1), SCENE)
    empty = replies.after(beds, Result("", [Fact("beds", 0)]), random.Random(1), SCENE)
    assert "`" not in empty.partition(" ")[0]


def test_values_that_are_given_or_changed_are_said_whole() -> None:
    """By the user, or by the assistant that tries again; a failure is told with its error."""
    part = Argument("bedId", "bed-9", "id")
    for seed in range(30):
        rng = random.Random(seed)
        assert "bed-9" in replies.given(part, rng)
        assert "bed-9" in replies.change(part, rng)
        assert "bed id" in replies.question(part, rng, SCENE).lower()
        assert "no such bed" in replies.report(PURPOSE, "no such bed", rng, SCENE)
        assert isinstance(replies.again("busy", rng) + replies.mend(part, rng), str)
    assert replies.quoted(["a", "b"]) == "`a` and `b`"
    assert replies.quoted("two\nlines").startswith("```")
    assert replies.quoted(False) == "off"
    assert replies.quoted({"a": 1}) == '{"a": 1}'
