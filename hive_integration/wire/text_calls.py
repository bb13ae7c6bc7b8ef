"""Tool calls that a model writes in its text: `<tool_call>{"name": …, "arguments": {…}}</tool_call>`. Pure, linear.

Text flows on at once, except what may be the beginning of the tag. A call counts wherever it stands, in a code fence
too: a model that was taught this protocol means it. What is not valid inside the tags is handed on as it is, for the
gate to judge; nothing is dropped. A closing tag that stands in a string of the arguments closes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec

from hive_integration.wire.events import Event, Text, ToolEnd, ToolPart, ToolStart
from hive_integration.wire.foreign import NOT_JSON

OPEN, CLOSE = "<tool_call>", "</tool_call>"
_PORTION = 4096
"""Characters of a call that are looked at in one go: what follows the call is not copied for each."""
_NAME = re.compile(r'"name"\s*:\s*"([^"\\]{0,200})"')
_ARGUMENTS = re.compile(r'"(?:arguments|parameters)"\s*:\s*')
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_JSON = json.JSONDecoder()


class TextCalls:
    """Takes text split anywhere. `keys` numbers the calls; `count` is how many there were."""

    __slots__ = ("_held", "_inside", "_keys", "_scan", "count")

    def __init__(self, keys: Iterator[int]) -> None:
        self._keys, self.count = keys, 0
        self._inside, self._held, self._scan = False, "", _Scan()

    def feed(self, text: str) -> list[Event]:
        """The events that are certain with this text."""
        events: list[Event] = []
        waiting = [(text, 0)]
        while waiting:
            text, at = waiting.pop()
            while at < len(text):
                if not self._inside:
                    if self._held:
                        text, at, self._held = self._held + text[at:], 0, ""
                    at = self._outside(text, at, events)
                    continue
                piece = text[at : at + _PORTION]
                at += len(piece)
                if (rest := self._scan.take(piece)) is not None:
                    self._end(self._scan.whole[: self._scan.end], events)
                    waiting.append((text, at))
                    text, at = rest, 0
        return events

    def close(self) -> list[Event]:
        """The text is complete: what was held."""
        events: list[Event] = []
        while self._inside:
            rest = self._scan.give_up()
            self._end(self._scan.whole[: self._scan.end], events)
            events += self.feed(rest)
        if self._held:
            events.append(Text(self._held))
            self._held = ""
        return events

    def _outside(self, text: str, at: int, events: list[Event]) -> int:
        found = text.find(OPEN, at)
        end = found if found >= 0 else len(text) - beginning(text, OPEN)
        if end > at:
            events.append(Text(text[at:end]))
        if found < 0:
            self._held = text[end:] if end >= at else ""
            return len(text)
        self._inside, self._scan = True, _Scan()
        return found + len(OPEN)

    def _end(self, call: str, events: list[Event]) -> None:
        name, arguments = _parts(call)
        key, self._inside = next(self._keys), False
        self.count += 1
        events.append(ToolStart(key, "", name))
        if arguments:
            events.append(ToolPart(key, arguments))
        events.append(ToolEnd(key))


class _Scan:
    """Looks for the end of one call. `whole[:end]` is what stands between its tags."""

    __slots__ = ("_base", "_first", "_odd", "_pieces", "_window", "end", "whole")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._window, self._base = "", 0  # what was not yet looked at, and where it begins
        self._odd = False  # whether a string is open there
        self._first = -1  # where the first closing tag in a string stands
        self.whole, self.end = "", 0

    def take(self, piece: str) -> str | None:
        """More of the call; what follows it, if it ends here."""
        self._pieces.append(piece)
        window, at = self._window + piece, 0
        while (tag := window.find(CLOSE, at)) >= 0:
            self._odd ^= _quotes(window[at:tag])
            end, at = self._base + tag, tag + len(CLOSE)
            if not self._odd:
                self.whole = "".join(self._pieces)
                # A string that no quote closes swallows the tags: then the first of them was the end.
                self.end = end if self._first < 0 or _is_object(self.whole[:end]) else self._first
                return self.whole[self.end + len(CLOSE) :]
            if self._first < 0:
                self._first = end
        # Neither a tag nor an escape may be cut in two.
        keep = max(at, len(window) - len(CLOSE) + 1)
        keep -= (keep - at - len(window[at:keep].rstrip("\\"))) % 2
        self._odd ^= _quotes(window[at:keep])
        self._window, self._base = window[keep:], self._base + keep
        return None

    def give_up(self) -> str:
        """There is no more: what follows the call, as far as it can be told."""
        self.whole = "".join(self._pieces)
        self.end = self._first if self._first >= 0 else len(self.whole) - beginning(self.whole, CLOSE)
        return self.whole[self.end + len(CLOSE) :]


def beginning(text: str, tag: str) -> int:
    """How many characters at the end of `text` may be the beginning of `tag`."""
    for size in range(min(len(tag) - 1, len(text)), 0, -1):
        if text.endswith(tag[:size]):
            return size
    return 0


def _quotes(text: str) -> bool:
    """Whether an odd number of quotes that are not escaped stand in it."""
    return _ESCAPE.sub("", text).count('"') % 2 == 1


def _is_object(text: str) -> bool:
    try:
        msgspec.json.decode(text, type=dict)
    except NOT_JSON:
        return False
    return True


class _Call(msgspec.Struct):
    name: str
    arguments: msgspec.Raw = msgspec.Raw()
    parameters: msgspec.Raw = msgspec.Raw()


_CALL = msgspec.json.Decoder(_Call)


def _parts(call: str) -> tuple[str, str]:
    """Name and JSON text of the arguments; what is not JSON is taken apart as far as it is sure, else it is all given
    for arguments, with the name empty where it is not known."""
    try:
        found = _CALL.decode(call)
    except NOT_JSON:
        return _torn(call)
    raw = bytes(found.arguments) or bytes(found.parameters)
    return found.name, _text(msgspec.json.decode(raw), raw.decode()) if raw else ""


def _torn(call: str) -> tuple[str, str]:
    name, start = _NAME.search(call), _ARGUMENTS.search(call)
    if name is None or (start is not None and start.start() < name.start()):
        return "", call
    if start is None:
        return name[1], call
    rest = call[start.end() :].rstrip()
    try:
        value, end = _JSON.raw_decode(rest)
    except (ValueError, RecursionError):
        return name[1], rest
    # Too many brackets or too few, but the arguments themselves are whole.
    return name[1], _text(value, rest[:end]) if not rest[end:].strip("}] \t\r\n") else rest


def _text(value: object, json_text: str) -> str:
    """Arguments that were written as a string of JSON are that JSON; null is none."""
    return value if isinstance(value, str) else "" if value is None else json_text
