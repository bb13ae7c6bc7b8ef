"""No wrong tool call reaches the client: calls are held until the answer is complete, then checked and repaired.

All or none: one broken call keeps back the others and the `Finish`, so that the caller can ask again as if nothing had
been called. Everything else flows on at once; text that followed a call therefore precedes it. Whole calls end an
answer with `tool_use`, whatever the upstream said. A call that the token limit or the context window cut counts as
broken, also where its brackets could be closed: what is missing may have been an argument. A refusal drops its calls.
"""

from __future__ import annotations

import difflib
import io
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hive_integration.wire.calls import mend
from hive_integration.wire.events import Event, Failure, Finish, ToolCall, ToolEnd, ToolPart, ToolStart
from hive_integration.wire.problem import Problem, one_line
from hive_integration.wire.valid import fault

MAX_HELD = 8 * 1024 * 1024
"""Characters of all calls of one answer."""
CALL_COST = 256
"""What a call without arguments counts of MAX_HELD."""
SHOWN = 200
SAID = 8
"""Calls, and problems of a call, that the model is told of at once."""
TOOL_NAME = "tool_name"
"""The kind of repair that gives a call the name that the client knows."""
_HANDLED = {ToolStart, ToolPart, ToolEnd, ToolCall, Finish, Failure}
_CUT = {"max_tokens", "model_context_window_exceeded"}
_LOST_ITS_END = {"cut_short", "empty"}


@dataclass(frozen=True, slots=True)
class Broken:
    """A call that may not reach the client. `reason` is one line; `arguments` are cut to SHOWN characters."""

    name: str
    arguments: str
    reason: str
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Held:
    id: str
    name: str
    json: io.StringIO = field(default_factory=io.StringIO)


class Gate:
    """The calls of one answer. Its counters are read when the answer is over."""

    def __init__(
        self,
        schema_of: Callable[[str], Mapping[str, Any] | None],
        mint: Callable[[str], str],
        *,
        names: Collection[str] = (),
    ) -> None:
        """`schema_of`: a tool's full schema, None for a name that is no tool. `mint`: the client's id for an
        upstream's (which may be empty), another one for each. `names`: every tool, to repair a name and for hints."""
        self._schema_of, self._mint, self._names = schema_of, mint, names
        self._calls: dict[int, _Held] = {}
        self._size = 0
        self.repairs: Counter[str] = Counter()
        """Repairs by kind: the keys of `calls.REPAIRS`, and TOOL_NAME."""
        self.repaired = 0
        """Calls that needed repair and got it."""
        self.broken: tuple[Broken, ...] = ()
        """The calls because of which `Finish` was withheld."""
        self.unchecked: tuple[str, ...] = ()
        """`tool: reason` for calls whose schema is not valid itself; they pass unchecked."""

    def pass_on(self, events: Sequence[Event]) -> list[Event]:
        """The events that may go on now."""
        passed: list[Event] = []
        for event in events:
            if type(event) not in _HANDLED:
                passed.append(event)
                continue
            match event:
                case ToolPart():
                    self._write(event.key, event.json)
                case ToolStart():
                    self._start(event.key, event.id, event.name)
                case ToolEnd():
                    pass  # an answer's end is its calls' end, too
                case ToolCall():
                    self._start(key := -1 - len(self._calls), event.id, event.name)
                    self._write(key, event.arguments)
                case Finish():
                    passed += self._finish(event)
                case Failure():
                    self._calls = {}
                    passed.append(event)
        return passed

    def _start(self, key: int, id: str, name: str) -> None:
        """Upstreams repeat a start, with an empty name or id: what was said first holds."""
        call = self._calls.get(key)
        if call is not None:
            call.id, call.name = call.id or id, call.name or name
        elif self._size <= MAX_HELD:
            self._size += CALL_COST + len(id) + len(name)
            self._calls[key] = _Held(id, name)

    def _write(self, key: int, json: str) -> None:
        if key not in self._calls:
            self._start(key, "", "")
        self._size += len(json)
        if self._size <= MAX_HELD:
            self._calls[key].json.write(json)

    def _finish(self, finish: Finish) -> list[Event]:
        if finish.reason == "refusal":
            self._calls = {}
        calls, self._calls = list(self._calls.values()), {}
        if not calls:
            if finish.reason != "tool_use":
                return [finish]
            self.broken = (Broken("", "", "the answer ends for a tool call but has none"),)
            return []
        if self._size > MAX_HELD:
            self.broken = (_broken(calls[-1], f"the calls of one answer have over {MAX_HELD} characters"),)
            return []
        checked = [self._check(call, cut=finish.reason in _CUT) for call in calls]
        self.broken = tuple(each for each in checked if isinstance(each, Broken))
        if self.broken:
            return []
        return [*self._minted([each for each in checked if isinstance(each, ToolCall)]), Finish("tool_use")]

    def _check(self, call: _Held, *, cut: bool) -> ToolCall | Broken:
        name = self._known(call.name)
        schema = self._schema_of(name) if name else None
        if schema is None:
            return _broken(call, self._unknown(call.name))
        mended = mend(call.json.getvalue(), schema)
        if mended.problems:
            return _broken(call, str(mended.problems[0]), name, mended.problems)
        if cut and _LOST_ITS_END & set(mended.repairs):
            return _broken(call, "it was cut when the answer reached its greatest length", name)
        if why := fault(schema):
            self.unchecked += (f"{name}: its schema {why}",)
        kinds = mended.repairs if name == call.name else (TOOL_NAME, *mended.repairs)
        if kinds:
            self.repairs.update(kinds)
            self.repaired += 1
        return ToolCall(call.id, name, mended.arguments)

    def _minted(self, calls: Sequence[ToolCall]) -> list[Event]:
        """With ids that differ, also where the upstream's are empty or repeated."""
        used: set[str] = set()
        out: list[Event] = []
        for call in calls:
            id, n = self._mint(call.id), 1
            while id in used:
                n += 1
                id = self._mint(f"{call.id}_{n}")
            used.add(id)
            out.append(ToolCall(id, call.name, call.arguments))
        return out

    def _known(self, name: str) -> str:
        """The tool that is surely meant; empty where none is, or more than one."""
        if self._schema_of(name) is not None:
            return name
        bare = name.strip().removeprefix("functions.")
        if not bare:
            return ""
        if self._schema_of(bare) is not None:
            return bare
        meant = [each for each in self._names if each.startswith("mcp__") and each.split("__", 2)[2:] == [bare]]
        return meant[0] if len(meant) == 1 else ""

    def _unknown(self, name: str) -> str:
        if not name.strip():
            return "the call names no tool"
        near = difflib.get_close_matches(name[:64], self._names, n=3, cutoff=0.5)
        return "there is no tool of this name" + (f"; the nearest are {', '.join(near)}" if near else "")


def _broken(call: _Held, reason: str, name: str = "", problems: tuple[Problem, ...] = ()) -> Broken:
    call.json.seek(0)
    return Broken(one_line(name or call.name), one_line(call.json.read(SHOWN)), reason, problems)


def feedback(broken: Sequence[Broken]) -> str:
    """The words with which the model is asked again: tool, what is wrong, what was expected."""
    lines = ["No tool was called: this call was not valid." if len(broken) == 1 else "No tool was called, because:"]
    for call in broken[:SAID]:
        lines.append(f"- {call.name or 'a call'} with {call.arguments or 'no arguments'}")
        lines += [f"  - {problem}" for problem in call.problems[:SAID]] or [f"  - {call.reason}"]
    lines.append("Make every call of that answer again, corrected, and repeat nothing that was said before.")
    return "\n".join(lines)
