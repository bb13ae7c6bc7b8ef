"""Facts about weighing."""

from __future__ import annotations

from hive_integration.gateway.scale import Scale, Weight, size_of, total
from hive_integration.wire.messages import Turn
from tests.gateway.idle import text


def test_what_was_counted_is_known_and_the_rest_goes_by_its_bytes() -> None:
    """What is missing is said, once for each time it stands there."""
    scale = Scale(tokens_per_byte=0.5)
    scale.learn(["known"], [3])
    missing: list[str] = []
    weight = scale.texts(["known", "new", "new"], missing)
    assert (weight, missing) == (Weight(3, 6), ["new", "new"])
    assert scale.knows("known")
    assert not scale.knows("new")


def test_the_tokens_a_byte_are_learned() -> None:
    """Slowly at first, and what was counted long ago fades."""
    scale = Scale(tokens_per_byte=0.25)
    assert scale.tokens(Weight(10, 400)) == 110
    scale.learn(["x" * 4_000_000], [4_000_000])
    assert 405 <= scale.tokens(Weight(10, 400)) <= 410
    for i in range(4):
        scale.learn([str(i) * 4_000_000], [0])
    assert scale.tokens(Weight(0, 400)) < 80


def test_a_message_is_remembered_by_its_bytes() -> None:
    """Once all of it is known; a provisional weight is enough for whoever does not want to count."""
    scale, turn = Scale(), Turn("user", [text("hello")], b"raw")
    assert scale.message(turn).said == Weight(0, 5)
    scale.learn(["hello"], [1])
    assert scale.message(turn).said == Weight(0, 5)
    assert scale.message(turn, []).said == Weight(1, 0)
    assert scale.message(Turn("user", "another", b"raw")).said == Weight(1, 0)
    assert scale.message(Turn("user", "another")).said == Weight(0, 7)


def test_a_message_weighs_what_is_in_it() -> None:
    """Images at once, thinking apart, and the tools that it shows by name."""
    scale = Scale()
    blocks = [
        {"type": "thinking", "thinking": "hm"},
        {"type": "image", "source": {"type": "url"}},
        {"type": "tool_result", "content": [{"type": "tool_reference", "tool_name": "dig"}]},
    ]
    message = scale.message(Turn("user", blocks))
    assert (message.said, message.thought, message.references) == (Weight(1_600), Weight(0, 2), ("dig",))


def test_a_group_is_looked_through_once() -> None:
    """Until everything in it is known it is looked through again for whoever wants to count."""
    scale, looks = Scale(), []

    def texts() -> list[str]:
        looks.append(1)
        return ["a", "b"]

    assert scale.group("tools", texts) == scale.group("tools", texts) == Weight(0, 2)
    scale.learn(["a", "b"], [1, 1])
    assert scale.group("tools", texts, []) == scale.group("tools", texts, []) == Weight(2, 0)
    assert len(looks) == 2


def test_sizes_are_bytes() -> None:
    """Of UTF-8, halves of surrogate pairs included."""
    assert [size_of(each) for each in ("abc", "äöü", "\ud800")] == [3, 6, 3]
    assert total([Weight(1, 2), Weight(3, 4)]) == Weight(4, 6)
