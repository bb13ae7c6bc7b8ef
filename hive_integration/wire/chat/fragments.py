"""Which call a fragment of a tool call belongs to, whatever its upstream does with index, id and name. Pure.

The protocol says: the index tells calls apart, id and name stand in the first fragment, the arguments are joined.
Upstreams leave the index out or send 0 for all, repeat or change ids, repeat or split names. A fragment begins a new
call where it brings another id or name and the call before it has its arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from hive_integration.wire.chat.chunk import Fragment
from hive_integration.wire.foreign import NOT_JSON


@dataclass(slots=True)
class Call:
    """A call as far as it has come. `started`: its name is settled and its arguments flow."""

    key: int
    id: str = ""
    name: str = ""
    parts: list[str] = field(default_factory=list)
    started: bool = False

    @property
    def complete(self) -> bool:
        """Whether the arguments so far are a whole JSON object, so that nothing more can belong to them."""
        if not self.parts or not self.parts[-1].rstrip().endswith("}"):
            return False
        try:
            msgspec.json.decode("".join(self.parts), type=dict)
        except NOT_JSON:
            return False
        return True


class Calls:
    """The calls of one answer, in the order in which they began. `keys` gives each its own."""

    __slots__ = ("_by_id", "_keys", "_latest", "_slots", "all")

    def __init__(self, keys: Iterator[int]) -> None:
        self.all: list[Call] = []
        self._keys = keys
        self._slots: dict[int, Call] = {}
        self._by_id: dict[str, Call] = {}
        self._latest = 0

    def place(self, fragment: Fragment, position: int | None = None) -> Call:
        """The call to which `fragment` belongs, with its id and name taken over, but not its arguments.

        `position`: the fragment's place among several of one chunk, which counts where it has no index."""
        id, function, index = fragment.id or "", fragment.function, fragment.index
        name, arguments = (function.name or "", function.arguments or "") if function else ("", "")
        slot = index if index is not None else self._latest if position is None else position
        call = self._slots.get(slot)
        if call is None and id and not name:
            call = self._by_id.get(id)
        if call is None or ((id or name) and _another(call, id, name, arguments, indexed=index is not None)):
            call = Call(next(self._keys))
            self.all.append(call)
        self._slots[slot], self._latest = call, slot
        if id and not call.id:
            call.id = id
            self._by_id[id] = call
        if name and not call.started:
            call.name = name if not call.name or name.startswith(call.name) else call.name + name
        return call


def _another(call: Call, id: str, name: str, arguments: str, *, indexed: bool) -> bool:
    """Whether a fragment with this id or name begins a new call instead of going on with `call`."""
    whole = arguments.lstrip().startswith("{")  # an upstream that sends whole calls
    if id and call.id and id != call.id:
        if not name:
            return whole and call.complete
        # The same name with ever new ids goes on with its arguments; a call begins with none or with a bracket.
        return name != call.name or not call.parts or not arguments or whole or call.complete
    if not name or not call.name:
        return False
    if name == call.name:
        return whole and call.complete
    return bool(call.parts) or not indexed
