"""Facts about chat templates: read from where models keep them, run as trainers run them, in a sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hive_integration.dataset.export.chat_template import ChatTemplate, read_template
from hive_integration.errors import HiveError, UsageError
from tests.dataset.templates import template

TALK = [{"role": "user", "content": "Hi <b> ü"}]


def test_a_models_folder_says_everything(tmp_path: Path) -> None:
    """The template, its special tokens in either form, and further ones, which are marks, too."""
    config = {
        "chat_template": "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}",
        "bos_token": "<s>", "eos_token": {"content": "</s>"},
        "added_tokens_decoder": {"7": {"content": "<|tool|>"}, "8": {"content": ""}},
    }  # fmt: skip
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    found = read_template(tmp_path, {})
    assert found.render(TALK, ()) == "<s>Hi <b> ü</s>"
    assert found.marks.search("a <|tool|> b")
    assert read_template(tmp_path, {"eos_token": "<end>"}).render(TALK, ()).endswith("<end>")


def test_a_template_may_lie_beside_its_configuration(tmp_path: Path) -> None:
    """`chat_template.jinja` beats tokenizer_config.json, as in transformers; of several by name, the one for tools."""
    named = [{"name": "default", "template": "plain"}, {"name": "tool_use", "template": "with tools"}]
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": named}))
    assert read_template(tmp_path, {}).render(TALK, ()) == "with tools"
    (tmp_path / "chat_template.jinja").write_text("from the file")
    assert read_template(tmp_path, {}).render(TALK, ()) == "from the file"


def test_what_is_no_template_is_said(tmp_path: Path) -> None:
    """No file, no template in the folder, broken JSON, broken Jinja."""
    with pytest.raises(HiveError, match="cannot be read"):
        read_template(tmp_path / "none.jinja", {})
    with pytest.raises(HiveError, match="has no chat template"):
        read_template(tmp_path, {})
    (tmp_path / "tokenizer_config.json").write_text("{")
    with pytest.raises(HiveError, match="is not JSON"):
        read_template(tmp_path, {})
    with pytest.raises(HiveError, match="is not a chat template"):
        ChatTemplate("x", "{% if %}").render(TALK, ())


def test_a_token_that_nobody_names_is_asked_for(tmp_path: Path) -> None:
    """Left out, the end of a turn would be no text at all, and no model would learn to stop."""
    path = tmp_path / "t.jinja"
    path.write_text("{{ messages[0].content + eos_token }}")
    with pytest.raises(UsageError, match="eos_token") as caught:
        read_template(path, {})
    assert "--eos" in caught.value.hint
    assert read_template(path, {"eos_token": ""}).render(TALK, ()) == "Hi <b> ü"


def test_it_has_the_functions_that_transformers_gives() -> None:
    """JSON without HTML escapes, a date that is always the same, an exception, loops that end early."""
    source = (
        "{{ messages | tojson }}{{ strftime_now('%d %b %Y') }}"
        "{% for m in [1, 2] %}{% if m == 2 %}{% break %}{% endif %}{{ m }}{% endfor %}"
    )
    assert ChatTemplate("x", source).render(TALK, ()) == '[{"role": "user", "content": "Hi <b> ü"}]01 Jan 20261'
    with pytest.raises(HiveError, match="no roles"):
        ChatTemplate("x", "{{ raise_exception('no roles') }}").render(TALK, ())


@pytest.mark.parametrize(
    "source",
    ["{{ messages.__class__.__mro__ }}", "{{ messages.append(1) }}", "{{ ''.__class__.__subclasses__() }}",
     "{{ messages[0].update({}) }}", "{{ cycler.__init__.__globals__.os.environ }}", "{{ 1 / 0 }}",
     "{{ messages[9].x.y }}", "{% for i in range(10**9) %}{% endfor %}"],
)  # fmt: skip
def test_a_stranger_s_program_sees_values_only(source: str) -> None:
    """Neither the interpreter nor the conversation can be reached, and what it raises is our error."""
    with pytest.raises(HiveError, match="the template x refuses it"):
        ChatTemplate("x", source).render(TALK, ())


def test_no_tools_are_none() -> None:
    """Llama's template writes about tools for an empty list, so there is none."""
    assert ChatTemplate("x", "{{ tools is none }}").render(TALK, ()) == "True"


def test_marks_are_those_of_the_real_templates() -> None:
    """What parts a conversation; words in pointed brackets that no template writes are none."""
    marks = {"qwen3": "<|im_end|>", "llama3_1": "<|eot_id|>", "deepseekv3": "<｜User｜>", "glm4moe": "<arg_key>",
             "qwen3_6": "<parameter="}  # fmt: skip
    for name, mark in marks.items():
        assert template(name).marks.fullmatch(mark)
        assert template(name).marks.search("a <div> b < c > [x] <|unknown|>") is None
