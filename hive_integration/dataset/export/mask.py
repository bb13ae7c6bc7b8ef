"""Which characters of a rendered conversation are the assistant's own, and whether everything is in it. Pure.

A span begins where the model is asked to go on and ends with the mark that ends its turn. It is found by rendering the
conversation up to that place; a template that renders the beginning otherwise than the whole (Qwen3 keeps thoughts in
the last turn only) is met by the text just before the place. What cannot be found for certain is an error: a wrong
mask trains the wrong words, silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from hive_integration.dataset.export.manner import shown, texts_of
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Message

Render = Callable[[int, bool], str]
"""Renders the first n messages; true: with what the assistant goes on from."""
Span = tuple[int, int]
_TAILS = (512, 96, 48, 24)
"""Characters just before a place that are looked for, where the whole beginning is not found."""


def spans(text: str, messages: Sequence[Message], render: Render, marks: re.Pattern[str]) -> Mapping[int, Span]:
    """By the index of each assistant's message, where it stands in `text`; `marks` part it. Raises `HiveError`."""
    found: dict[int, Span] = {}
    after = 0
    for i, message in enumerate(messages):
        if message.role == "assistant":
            found[i] = _span(text, messages, i, after, render, marks)
            after = found[i][1]
    return found


def missing(text: str, messages: Sequence[Message], where: Mapping[int, Span]) -> Iterator[int]:
    """The indexes of the messages that are not in the text as they should be, each in its place."""
    after = 0
    for i, message in enumerate(messages):
        if i in where:
            start, end = where[i]
            if not all(shown(each, text[start:end]) for each in texts_of(message)):
                yield i
            after = end
            continue
        until = min((start for at, (start, _) in where.items() if at > i), default=len(text))
        if not shown(message.text, text[after:until]):
            yield i


def _span(text: str, messages: Sequence[Message], i: int, after: int, render: Render, marks: re.Pattern[str]) -> Span:
    start = _start(text, i, after, render, marks)
    tails = []
    for asking in (False, True):
        whole = render(i + 1, asking)
        if asking:
            whole = whole.removesuffix(_header(i, render))
        if text.startswith(whole) and len(whole) > start:
            return start, len(whole)
        tails.append(_tail(whole, messages[i]))
    ends = [at + len(tail) for tail in tails if tail and (at := text.find(tail, start)) >= 0]
    if not ends:
        raise HiveError(f"the template does not show where a message ends: message {i + 1}")
    return start, min(ends)


def _start(text: str, i: int, after: int, render: Render, marks: re.Pattern[str]) -> int:
    if text.startswith(asked := render(i, True)):
        return len(asked)
    at = _found(text, render(i, False), after)
    if at < 0:
        raise HiveError(f"the template does not show where a message begins: message {i + 1}")
    header = _header(i, render)
    shared = _alike(text[at : at + len(header)], header, marks)
    if header.strip() and not shared:
        raise HiveError(f"the template begins a message otherwise than it asks for it: message {i + 1}")
    return at + shared


def _header(i: int, render: Render) -> str:
    """What asks the assistant to go on, before message i."""
    before, asked = render(i, False), render(i, True)
    return asked[len(before) :] if asked.startswith(before) else ""


def _found(text: str, beginning: str, after: int) -> int:
    if text.startswith(beginning):
        return len(beginning)
    for length in _TAILS:
        tail = beginning[-length:]
        if len(tail) == length and (at := text.find(tail, after)) >= 0:
            return at + length
    return -1


def _tail(whole: str, message: Message) -> str:
    """From the message's own last words on: what comes before them may differ."""
    words = message.calls[-1].name if message.calls else message.text
    at = whole.rfind(words) if words else -1
    return whole[at:] if at >= 0 else ""


def _alike(text: str, header: str, marks: re.Pattern[str]) -> int:
    """How many characters both begin with, the last mark whole: `<think>` and `<tool_call>` share no mark."""
    shared = next(
        (i for i, (a, b) in enumerate(zip(text, header, strict=False)) if a != b), min(len(text), len(header))
    )
    return next((m.start() for m in marks.finditer(header) if m.start() < shared < m.end()), shared)
