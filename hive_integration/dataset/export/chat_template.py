"""A model's chat template, as its trainers and servers run it: Jinja in a sandbox, with the functions they give it.

A template is a stranger's program: it sees values only, and what it raises becomes our error. Reads the files of a
model's folder (`tokenizer_config.json`, `chat_template.jinja`) or one template; fetches nothing. What it may use:
transformers' documentation, "Writing a chat template".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Never

from jinja2 import TemplateError
from jinja2.ext import Extension
from jinja2.nodes import Node
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hive_integration.errors import HiveError, UsageError
from hive_integration.files import read_text

SPECIAL = ("bos_token", "eos_token", "pad_token", "unk_token")
"""The special tokens that a template may name."""
TODAY = date(2026, 1, 1)
"""The day that a template is told, where it asks: always the same one, so that an export is the same on any day."""
_MARKS = (
    re.compile(r"<[|｜][^<>|｜\s]{1,48}[|｜]>"),  # <|im_end|>, <｜User｜>
    re.compile(r"<\|?[a-z_]{2,24}\|?>"),  # <tool_call>, <|tool_response>, <eos>
    re.compile(r"</[a-z_]{2,24}>"),
    re.compile(r"<[a-z_]{2,24}="),  # <function=name>
    re.compile(r"\[/?[A-Z][A-Z_]{2,24}\]"),  # [INST], [/TOOL_RESULTS]
)
"""How the marks look by which templates part a conversation; those in a template's source are its own."""


@dataclass(frozen=True)
class ChatTemplate:
    """A template and the tokens that it names. `tokens`: further special tokens of its tokenizer."""

    name: str
    source: str = field(repr=False)
    special: Mapping[str, str] = field(default_factory=dict)
    tokens: Sequence[str] = field(default=(), repr=False)
    today: date = TODAY

    def render(
        self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]], *, prompt: bool = False
    ) -> str:
        """The conversation as text; with `prompt`, what the assistant then goes on from. Raises `HiveError`."""
        try:
            return str(
                self._compiled.render(
                    messages=list(messages), tools=list(tools) or None, add_generation_prompt=prompt, **self.special
                )
            )
        except (TemplateError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as error:
            raise HiveError(f"the template {self.name} refuses it: {' '.join(str(error).split())[:160]}") from error

    @cached_property
    def marks(self) -> re.Pattern[str]:
        """What no text of a conversation may hold: it would be read as the template's own."""
        found = {match[0] for mark in _MARKS for match in mark.finditer(self.source)}
        found |= {token for token in (*self.special.values(), *self.tokens) if len(token.strip()) > 1}
        return re.compile("|".join(re.escape(each) for each in sorted(found, key=lambda t: (-len(t), t))) or r"(?!)")

    @cached_property
    def _compiled(self) -> Any:  # noqa: ANN401 - jinja2.Template, whose render takes anything
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", _Generation]
        )
        environment.filters["tojson"] = _tojson
        environment.globals["raise_exception"] = _raise
        environment.globals["strftime_now"] = self.today.strftime
        try:
            return environment.from_string(self.source)
        except TemplateError as error:
            raise HiveError(f"{self.name} is not a chat template: {error}") from error


def read_template(path: Path, special: Mapping[str, str]) -> ChatTemplate:
    """The template of a model's folder, or of one file; `special` beats what the folder says."""
    configured = _json(path / "tokenizer_config.json") if path.is_dir() else {}
    source = _source(path, configured)
    tokens = {name: _token(configured.get(name)) for name in SPECIAL} | dict(special)
    known = {name: token for name, token in tokens.items() if token or name in special}
    for name in ("bos_token", "eos_token"):
        if re.search(rf"\b{name}\b", source) and name not in known:
            raise UsageError(
                f"{path.name} writes {name}, and nothing says what that is",
                hint=f"give the model's folder, or --{name[:3]} TEXT (--{name[:3]} '' where it has none)",
            )
    added = configured.get("added_tokens_decoder", {})
    more = [_token(each) for each in added.values()] if isinstance(added, dict) else []
    return ChatTemplate(path.name, source, known, [token for token in more if token])


def _source(path: Path, configured: Mapping[str, Any]) -> str:
    beside = path / "chat_template.jinja"
    file = beside if path.is_dir() and beside.exists() else path
    if not file.is_dir():
        text = read_text(file)
        if not text.readable:
            raise HiveError(text.warning, hint="--template takes a Jinja file or a model's folder")
        return text.text
    source = configured.get("chat_template")
    if isinstance(source, list):  # several by name: the one for tools, else the first
        named = {each.get("name"): each.get("template") for each in source if isinstance(each, dict)}
        source = named.get("tool_use") or named.get("default")
    if not isinstance(source, str):
        raise HiveError(
            f"{path}: has no chat template", hint="expected chat_template.jinja, or one in tokenizer_config.json"
        )
    return source


def _json(path: Path) -> Mapping[str, Any]:
    text = read_text(path, limit=64 * 1024 * 1024)
    try:
        value = json.loads(text.text) if text.readable else {}
    except (ValueError, RecursionError) as error:
        raise HiveError(f"{path}: is not JSON ({error})") from error
    return value if isinstance(value, dict) else {}


def _token(value: object) -> str:
    """A special token as tokenizer_config.json has it: a text, or an object with its content."""
    found = value.get("content") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""


def _tojson(
    value: object,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """JSON without HTML escapes, as transformers' filter: Jinja's own writes `<` as `\\u003c`."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise(message: str) -> Never:
    raise TemplateError(message)


class _Generation(Extension):
    """`{% generation %}` of training templates: what is in it is rendered as it is."""

    tags = {"generation"}  # noqa: RUF012 - as jinja2 declares it

    def parse(self, parser: Parser) -> Node | list[Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)
