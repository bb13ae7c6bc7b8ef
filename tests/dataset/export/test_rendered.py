"""The round trip: rendered through real chat templates and read back by other code, it is what it was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from hive_integration.dataset.example import Declared
from hive_integration.dataset.export.chat_template import ChatTemplate
from hive_integration.dataset.export.manner import SILENT, dressed, manner_of
from hive_integration.dataset.export.rendered import Rendered, rendered
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Call, Message
from tests.dataset import read_back
from tests.dataset.read_back import Parser, Read
from tests.dataset.talks import TOOLS, talks
from tests.dataset.templates import AXOLOTL, TRL, Wheel, template

SCAFFOLD = ("<think>\n\n</think>\n\n", "\n</think>\n\n", "\n<think></think>", "<|channel|>final<|message|>")
MAIN = {
    "qwen2_5": (TRL, read_back.chatml_json),
    "qwen3": (TRL, read_back.chatml_json),
    "llama3_1": (TRL, read_back.llama),
    "mistral_v2v3": (AXOLOTL, read_back.mistral),
}
"""The four families that the compiler promises: each has all conversations."""
MORE = {
    "qwen3_instruct_2507": (TRL, read_back.chatml_json),
    "qwen3_training": (TRL, read_back.chatml_json),
    "qwen3_6": (TRL, read_back.chatml_xml),
    "llama3_2": (TRL, read_back.llama),
    "mistral_v3_tekken": (AXOLOTL, read_back.mistral),
    "glm4moe": (TRL, read_back.glm),
    "gptoss": (TRL, read_back.harmony),
}
CONVERSATIONS = 2_000
MORE_CONVERSATIONS = 250
TAGGED = ("qwen2_5_training", "qwen3_training", "qwen3_instruct_2507_training", "qwen3_6_training", "lfm2_2_5_v2")
"""Templates that say themselves, by `{% generation %}`, what the assistant's part is."""
OPENED = ("", "<think>", "<think>\n\n</think>")
"""What the prompt itself has begun already, and the template tags all the same."""
PARTS = {
    "<|im_end|>": Message("user", "What does <|im_end|> do?"),
    "<tool_call>": Message("assistant", "", (Call("c", "f", {"text": "a <tool_call> b"}),)),
    "</tool_response>": Message("tool", "x</tool_response>y", answers="c"),
}


def wrong(done: Rendered, parser: Parser) -> str:
    """What is not as it was; empty where all is."""
    expected = done.messages
    prompted = expected[0].role == "system"  # without a system prompt a template brings its own
    read = [each for each in parser(done.text, TOOLS) if prompted or each.role != "system"]
    said = [(m.role, m.text, tuple((c.name, dict(c.arguments)) for c in m.calls)) for m in expected]
    if said != [(r.role, r.text, r.calls) for r in read]:
        return next(
            (f"{a} != {b}" for a, b in zip(said, read, strict=False) if a != (b.role, b.text, b.calls)), "length"
        )
    learned = [r for r, m in zip(read, expected, strict=True) if m.role == "assistant" and m.learn]
    return _mask(done, learned)


def _mask(done: Rendered, learned: Sequence[Read]) -> str:
    if len(learned) != len(done.spans):
        return f"{len(done.spans)} spans, expected {len(learned)}"
    for (start, end), read in zip(done.spans, learned, strict=True):
        before = done.text[start : read.start]
        if end != read.end or start > read.start or (before.strip() and not _scaffold(before)):
            return f"{done.text[start:end]!r}, expected {done.text[read.start : read.end]!r}"
    return ""


def _scaffold(text: str) -> bool:
    """What a model itself writes before its words: an empty thought, the channel, the tool that it turns to."""
    return text.strip() in {each.strip() for each in SCAFFOLD} or text.startswith((" to=functions.", "<think>"))


def survey(name: str, wheel: Wheel, parser: Parser, count: int, tools: Sequence[Declared] = ()) -> Counter[str]:
    """What became of so many conversations."""
    chosen = template(name, wheel)
    manner = manner_of(chosen)
    found: Counter[str] = Counter()
    for messages in talks(count):
        try:
            done = rendered(messages, tools, chosen, manner)
        except HiveError as error:
            found[f"refused: {error}"] += 1
            continue
        fault = wrong(done, parser)
        assert not fault, f"{name}: {fault}\n{done.text}"
        found["equal"] += 1
    return found


@pytest.mark.parametrize("name", MAIN)
def test_every_conversation_comes_back_from_the_main_families(name: str) -> None:
    """Qwen, Hermes' style, Llama, Mistral: same texts, same tools, same arguments, the mask that was meant; all."""
    assert survey(name, *MAIN[name], CONVERSATIONS) == {"equal": CONVERSATIONS}


@pytest.mark.parametrize("name", MORE)
def test_every_conversation_comes_back_from_more_families(name: str) -> None:
    """Also where arguments are tags or channels, and from revisions."""
    assert survey(name, *MORE[name], MORE_CONVERSATIONS) == {"equal": MORE_CONVERSATIONS}


def test_what_the_real_deepseek_template_cannot_say_twice_is_refused() -> None:
    """It begins only one list of calls in a conversation: the others come out broken. What is not refused is equal."""
    found = survey("deepseekv3", TRL, read_back.deepseek, MORE_CONVERSATIONS)
    assert found["equal"] > 50
    assert {reason.partition(":")[0] for reason in found} == {"equal", "refused"}


def test_declared_tools_change_nothing_of_the_conversation() -> None:
    """They come before it, or into the first words; calls, results and mask stay what they were."""
    tools = [Declared(name, f"Does {name}.", schema) for name, schema in TOOLS.items()]
    for name, (wheel, parser) in MAIN.items():
        chosen = template(name, wheel)
        for messages in talks(60, seed=1):
            done = rendered(messages, tools, chosen, manner_of(chosen))
            read = [each for each in parser(done.text, TOOLS) if each.role == "assistant"]
            said = [
                (m.text, [(c.name, dict(c.arguments)) for c in m.calls]) for m in done.messages if m.role == "assistant"
            ]
            assert [(each.text, list(each.calls)) for each in read] == said
            assert len(done.spans) == sum(m.role == "assistant" and m.learn for m in done.messages)
            assert '"list_all"' in done.text.partition(done.messages[-1].text)[0]


@pytest.mark.parametrize("name", TAGGED)
def test_the_mask_is_the_one_that_training_templates_tag(name: str) -> None:
    """Up to white space at its ends, for conversations of which everything is learned."""
    chosen = template(name)
    begins, ends = (re.compile(rf"\{{%(-?) *{word} *(-?)%\}}") for word in ("generation", "endgeneration"))
    source = begins.sub(lambda m: f"{{%{m[1]} if true {m[2]}%}}{{{{- '\ue000' -}}}}", chosen.source)
    source = ends.sub(lambda m: f"{{{{- '\ue001' -}}}}{{%{m[1]} endif {m[2]}%}}", source)
    tagged = replace(chosen, source=source)
    for messages in talks(100, seed=2):
        learned = [replace(m, learn=True) for m in messages]
        try:
            done = rendered(learned, (), chosen, manner_of(chosen))
        except HiveError:
            assert name.startswith("lfm2")  # it writes lists as Python does, and no quotes in a text
            continue
        marked = tagged.render(dressed(done.messages, manner_of(chosen)), ())
        expected = [each.strip() for each in re.findall("\ue000(.*?)\ue001", marked, re.DOTALL)]
        for (start, end), said in zip(done.spans, expected, strict=True):
            assert said.endswith(done.text[start:end].strip())
            assert said.removesuffix(done.text[start:end].strip()).strip() in OPENED


@pytest.mark.parametrize("mark", PARTS)
def test_a_text_that_holds_a_mark_of_the_template_is_refused(mark: str) -> None:
    """As text it would end a turn or open a call: it is not escaped, for the model must not learn the escape either."""
    call = Message("assistant", "", (Call("c", "f", {}),))
    before = [Message("user", "Go.")] if mark != "<|im_end|>" else []
    before += [call] if mark == "</tool_response>" else []
    chosen = template("qwen3")
    with pytest.raises(HiveError, match="holds a mark of the template") as caught:
        rendered([*before, PARTS[mark]], (), chosen, manner_of(chosen))
    assert mark in str(caught.value)


def test_what_looks_like_a_template_is_only_text() -> None:
    """Jinja in a message comes out as it went in."""
    chosen = template("llama3_1")
    said = "{{ messages[0].content }} {% for x in y %}{# no #}"
    done = rendered([Message("user", said), Message("assistant", said)], (), chosen, manner_of(chosen))
    assert done.text.count(said) == 2
    assert [done.text[a:b] for a, b in done.spans] == [f"{said}<|eot_id|>"]


def test_what_a_template_drops_is_named() -> None:
    """Llama has no words beside a call: they go, and are counted. What cannot go is refused with its message."""
    chosen = template("llama3_1")
    call = Message("assistant", "I will look.", (Call("c", "f", {"a": 1}),))
    done = rendered([Message("user", "Go."), call], (), chosen, manner_of(chosen))
    assert "I will look" not in done.text
    assert SILENT in done.changes
    mute = ChatTemplate("mute", "{% for m in messages if m.role != 'user' %}[{{ m.role }}]{{ m.content }}{% endfor %}")
    with pytest.raises(HiveError, match="loses what a message says: message 1, user"):
        rendered([Message("user", "Go."), Message("assistant", "Gone.")], (), mute, manner_of(mute))
