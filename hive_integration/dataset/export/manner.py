"""What a chat template can show, found by trying, and a conversation made to fit it. Pure but for rendering.

Templates disagree and say nothing: arguments as an object or as a text, one call or several, a system prompt or none,
words beside calls or silence. Whatever is changed so that a conversation fits is named, so that it can be counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hive_integration.dataset.export.chat_template import ChatTemplate
from hive_integration.dataset.openai_format import text_of
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Call, Message

STRIPPED = "white space at the ends of a text"
JOINED = "the system prompt, put before the first user's words"
PARTED = "calls of one message, made one after the other"
SILENT = "words beside a call, left out"


@dataclass(frozen=True, slots=True)
class Manner:
    """What a template can show."""

    system: bool = True
    calls: bool = True
    several: bool = True
    """Calls in one message."""
    objects: bool = True
    """Arguments are given as objects; else as a JSON text."""
    short_ids: bool = False
    """Calls have ids of nine letters or digits (Mistral's)."""
    bare_quotes: bool = False
    """Texts of arguments stand between single quotes, and such a quote in one ends it (LFM2's)."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A conversation that fits, and what was changed for it."""

    messages: Sequence[Message]
    changes: frozenset[str]


_WORD = 'a "b" \\ c'
"""A value that shows whether it is escaped once or twice."""


def manner_of(template: ChatTemplate) -> Manner:
    """Try the template out."""
    manner = Manner(system=_shows(template, Manner(), _talk("Sys-tem."), ("Sys-tem.",)))
    for objects in (True, False):
        for short in (False, True):
            tried = replace(manner, objects=objects, short_ids=short)
            if _shows(template, tried, _use("tool_one"), ("tool_one", _WORD)):
                several = _shows(template, tried, _use("tool_one", "tool_two"), ("tool_one", "tool_two"))
                bare = _shows(template, tried, _use("tool_one", word="it's"), ("='it's'",))
                return replace(tried, several=several, bare_quotes=bare)
    return replace(manner, calls=False, several=False)


def fitted(messages: Sequence[Message], manner: Manner, *, silent: bool = False) -> Fitted:
    """The conversation as the template can show it. Raises `HiveError` where it cannot be shown at all."""
    if not manner.calls and any(message.calls or message.role == "tool" for message in messages):
        raise HiveError("the template shows no tool calls")
    steps = [_stripped]
    if not manner.system:
        steps.append(_joined)
    if not manner.several:
        steps.append(_parted)
    if silent:
        steps.append(_silent)
    changes = set()
    for step in steps:
        changed, name = step(messages)
        if list(changed) != list(messages):
            changes.add(name)
        messages = changed
    return Fitted(_renumbered(messages) if manner.short_ids else messages, frozenset(changes))


def dressed(messages: Sequence[Message], manner: Manner) -> Sequence[Mapping[str, Any]]:
    """The messages as a template takes them."""
    names = {call.id: call.name for message in messages for call in message.calls}
    return [_dressed(message, manner, names) for message in messages]


def shown(value: str, text: str) -> bool:
    """Whether a text holds a value, as it is or escaped once, as in JSON."""
    return value in text or any(json.dumps(value, ensure_ascii=a)[1:-1] in text for a in (False, True))


def texts_of(message: Message) -> Iterator[str]:
    """All that a message says: its text, its calls' names, keys and values, however deep."""
    yield message.text
    for call in message.calls:
        yield call.name
        yield from leaves(call.arguments)


def leaves(value: Any) -> Iterator[str]:  # noqa: ANN401 - a JSON value
    """Keys, texts and numbers, as JSON has them. Truth values and null have other words in some templates."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield str(key)
            yield from leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield repr(value)


def _dressed(message: Message, manner: Manner, names: Mapping[str, str]) -> Mapping[str, Any]:
    made: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.calls:
        made["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {
                    "name": call.name,
                    "arguments": dict(call.arguments) if manner.objects else text_of(call.arguments),
                },
            }
            for call in message.calls
        ]
    if message.role == "tool":
        made |= {"tool_call_id": message.answers, "name": names.get(message.answers, "")}
    return made


# Trying.


def _talk(system: str) -> Sequence[Message]:
    return [Message("system", system), Message("user", "Hello."), Message("assistant", "Hi.")]


def _use(*names: str, word: str = _WORD) -> Sequence[Message]:
    calls = [Call(f"call_{i}", name, {"word": word}) for i, name in enumerate(names)]
    results = [Message("tool", "Done.", answers=call.id) for call in calls]
    return [Message("user", "Hello."), Message("assistant", "", calls), *results, Message("assistant", "Well.")]


def _shows(template: ChatTemplate, manner: Manner, messages: Sequence[Message], values: Sequence[str]) -> bool:
    if manner.short_ids:
        messages = _renumbered(messages)
    try:
        text = template.render(dressed(messages, manner), ())
    except HiveError:
        return False
    return all(shown(value, text) for value in values)


# Fitting: each step gives the messages, and the name of what it changes.

_Step = tuple[Sequence[Message], str]


def _stripped(messages: Sequence[Message]) -> _Step:
    return [m if m.text == m.text.strip() else replace(m, text=m.text.strip()) for m in messages], STRIPPED


def _joined(messages: Sequence[Message]) -> _Step:
    system = "\n\n".join(m.text for m in messages if m.role == "system" and m.text)
    others = [m for m in messages if m.role != "system"]
    if not system or not others:
        return messages, JOINED
    return [replace(others[0], text=f"{system}\n\n{others[0].text}"), *others[1:]], JOINED


def _parted(messages: Sequence[Message]) -> _Step:
    """Each call in a message of its own, its result after it."""
    made: list[Message] = []
    i = 0
    while i < len(messages):
        message = messages[i]
        i += 1
        if len(message.calls) < 2:
            made.append(message)
            continue
        results: dict[str, Message] = {}
        while i < len(messages) and messages[i].role == "tool":
            results[messages[i].answers] = messages[i]
            i += 1
        for at, call in enumerate(message.calls):
            made.append(replace(message, text="" if at else message.text, calls=(call,)))
            made += [results[call.id]] if call.id in results else []
    return made, PARTED


def _silent(messages: Sequence[Message]) -> _Step:
    return [replace(m, text="") if m.calls and m.text else m for m in messages], SILENT


def _renumbered(messages: Sequence[Message]) -> Sequence[Message]:
    """Ids of nine digits, in the order of the calls."""
    ids = {call.id: f"{i:09d}" for i, call in enumerate((c for m in messages for c in m.calls), 1)}
    return [
        replace(m, calls=tuple(replace(c, id=ids[c.id]) for c in m.calls), answers=ids.get(m.answers, m.answers))
        for m in messages
    ]
