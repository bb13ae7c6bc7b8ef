"""Plain text through a model's own chat template, with the characters that are learned. Pure but for the template.

A line is `{"text", "spans"}`: the spans are pairs of character offsets, exactly the assistant's messages that are
learned, each with the mark that ends its turn; in the shape `prompt` a line is one of them as `completion`, after all
that came before as `prompt`. A conversation that does not come out whole is refused with what is
lost; one that holds a mark of the template is refused, too: as text it would be read as the template's own.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hive_integration.dataset.example import Declared, Example
from hive_integration.dataset.export.chat_template import ChatTemplate, read_template
from hive_integration.dataset.export.form import Line, Options
from hive_integration.dataset.export.manner import Fitted, Manner, dressed, fitted, leaves, manner_of, texts_of
from hive_integration.dataset.export.mask import Span, missing, spans
from hive_integration.dataset.openai_format import declaration
from hive_integration.errors import HiveError, UsageError
from hive_integration.units.dialogue import Message


@dataclass(frozen=True, slots=True)
class Rendered:
    """A conversation as text. `messages` are what it shows; `spans` what is learned of it."""

    text: str
    spans: Sequence[Span]
    messages: Sequence[Message]
    changes: frozenset[str]


class TemplateForm:
    """Lines of rendered text."""

    def __init__(self, options: Options) -> None:
        if options.template is None:
            raise UsageError("no template", hint="--template FILE.jinja, or a model's folder")
        self.changes: Counter[str] = Counter()
        self._steps = options.shape == "prompt"
        self._template = read_template(options.template, options.special or {})
        self._manner = manner_of(self._template)

    def lines(self, example: Example, tools: Sequence[Declared]) -> Sequence[Line]:
        """One line an example, or one for each message that is learned."""
        done = rendered(example.messages, tools, self._template, self._manner)
        self.changes.update(done.changes)
        if self._steps:
            return [{"prompt": done.text[:start], "completion": done.text[start:end]} for start, end in done.spans]
        return [{"text": done.text, "spans": [list(span) for span in done.spans]}]

    def pairs(self, example: Example, tools: Sequence[Declared]) -> Sequence[Line]:
        """None: preferences are trained from messages."""
        return []

    def about(self) -> Mapping[str, Any]:
        """Which template, and what it can show."""
        manner = self._manner
        return {
            "shape": "prompt" if self._steps else "messages",
            "template": self._template.name,
            "template_sha256": hashlib.sha256(self._template.source.encode()).hexdigest(),
            "today": self._template.today.isoformat(),
            "special": dict(self._template.special),
            "shows": {"system": manner.system, "calls": manner.calls, "several_calls": manner.several,
                      "arguments": "objects" if manner.objects else "text"},
        }  # fmt: skip

    def beside(self, names: Sequence[str]) -> Mapping[str, str]:
        """Nothing beside."""
        return {}


def rendered(
    messages: Sequence[Message], tools: Sequence[Declared], template: ChatTemplate, manner: Manner
) -> Rendered:
    """The conversation as text, whole and with its mask, or `HiveError` with what the template does to it."""
    for i, message in enumerate(messages):
        if found := next((mark for text in texts_of(message) for mark in template.marks.finditer(text)), None):
            raise HiveError(f"holds a mark of the template: {found[0]}, message {i + 1}")
    if manner.bare_quotes and any(
        "'" in text for message in messages for c in message.calls for text in leaves(c.arguments)
    ):
        raise HiveError("the template does not escape the quotes of an argument")
    declared = [declaration(tool) for tool in tools]
    lost = -1
    for silent in (False, True):
        fit = fitted(messages, manner, silent=silent)
        done, lost = _rendered(fit, declared, template, manner)
        if lost < 0:
            return done
        if not fit.messages[lost].calls:
            break
    raise HiveError(f"the template loses what a message says: message {lost + 1}, {fit.messages[lost].role}")


def _rendered(
    fit: Fitted, tools: Sequence[Mapping[str, Any]], template: ChatTemplate, manner: Manner
) -> tuple[Rendered, int]:
    chat = dressed(fit.messages, manner)
    text = template.render(chat, tools)
    whole = (len(chat), False)
    render = cache(
        lambda upto, prompt: text if (upto, prompt) == whole else template.render(chat[:upto], tools, prompt=prompt)
    )
    found = spans(text, fit.messages, render, template.marks)
    learned = [span for i, span in found.items() if fit.messages[i].learn]
    return Rendered(text, learned, fit.messages, fit.changes), next(missing(text, fit.messages, found), -1)
