"""The unit store: full texts and schemas by digest, and the last full prompt of each model.

It serves the request path, so it answers from memory and hands what is to be written to a thread. It holds what a
project says: the file is its user's alone. Where there can be no file, it forgets when the process ends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from hive_integration.registry.stored import StoredPrompt, StoredUnit
from hive_integration.registry.unit_file import MAX_PROMPTS, UnitFile

__all__ = ["Store", "StoredUnit"]

FILE = "units.sqlite3"
MAX_TEXT = 4_000_000
"""Characters of a unit or a prompt; a longer one is not kept."""
MEMORY = 8192
"""Units of this process, and units read from the file, that are held in memory."""
FRESH = 86_400.0
"""Seconds in which a unit that comes again is not written again."""


class Store:
    """For any thread; nothing here raises. `close` writes what waits."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._own: dict[str, StoredUnit] = {}
        self._own_tools: dict[str, StoredUnit] = {}
        self._waiting: set[str] = set()
        self._read: dict[str, StoredUnit] = {}
        self._read_tools: dict[str, StoredUnit | None] = {}
        self._prompts: dict[tuple[str, str], StoredPrompt] = {}
        self._unwritten: set[tuple[str, str]] = set()
        self._writer = ThreadPoolExecutor(1, "unit-store")
        self._file = UnitFile(path)
        self._refresh()

    def put(self, units: Iterable[StoredUnit]) -> None:
        """Keep units with their texts. One that came before, within a day, costs a look-up."""
        with self._lock:
            new = [unit for unit in units if not self._came_before(unit) and len(unit.text) <= MAX_TEXT]
            for unit in new:
                self._own.pop(unit.digest, None)
                self._own[unit.digest] = unit
                self._waiting.add(unit.digest)
                if unit.is_tool:
                    self._own_tools[unit.name] = unit
            while len(self._own) > MEMORY:
                self._forget(next(iter(self._own.values())))
        if new:
            self._submit()

    def get(self, digest: str) -> StoredUnit | None:
        """The unit of a digest."""
        with self._lock:
            self._refresh()
            if (unit := self._own.get(digest) or self._read.get(digest)) is None:
                unit = self._file.unit(digest)
                if unit is not None:
                    self._read[digest] = unit
            return unit

    def tool(self, name: str) -> StoredUnit | None:
        """The tool of that name that was seen last."""
        with self._lock:
            self._refresh()
            return self._tool(name)

    def tools(self, names: Iterable[str]) -> dict[str, StoredUnit]:
        """The tools of those names, each as it was seen last; a name that nobody knows is left out."""
        with self._lock:
            self._refresh()
            return {name: unit for name in names if (unit := self._tool(name)) is not None}

    def remember_prompt(
        self, model: str, system: Sequence[Mapping[str, Any]], tools: Sequence[StoredUnit] = (), *, client: str = ""
    ) -> None:
        """Keep a model's full system blocks and tools, as a request carried them. The same again costs a comparison."""
        digests, old = tuple(tool.digest for tool in tools), self._prompts.get((model, client))
        if old is not None and old.tools == digests and list(old.system) == list(system):
            return
        if sum(len(str(block.get("text", ""))) for block in system) > MAX_TEXT:
            return
        self.put(tools)
        with self._lock:
            self._keep(StoredPrompt(model, client, list(system), digests))
            self._unwritten.add((model, client))
        self._submit()

    def prompt(self, model: str, client: str = "") -> Sequence[Mapping[str, Any]] | None:
        """The last full system blocks of a model: of that client, or, where none is named, of any."""
        found = self._prompt(model, client)
        return None if found is None else found.system

    def tools_of(self, model: str, client: str = "") -> Sequence[StoredUnit]:
        """The tools that came with that prompt, in their order, as far as they are still known."""
        found = self._prompt(model, client)
        return [unit for digest in (found.tools if found else ()) if (unit := self.get(digest)) is not None]

    def flush(self) -> None:
        """Wait until what was handed over is written, or could not be."""
        with suppress(RuntimeError):
            self._writer.submit(int).result()

    def close(self) -> None:
        """Write what waits and let go of the file."""
        self._writer.shutdown()
        with self._lock:
            self._file.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Under the lock.

    def _came_before(self, unit: StoredUnit) -> bool:
        """Whether it needs no writing: it is no news, and among the tools of its name the latest."""
        old = self._own.get(unit.digest)
        if old is None or (unit.seen_at - old.seen_at).total_seconds() > FRESH:
            return False
        return not unit.is_tool or self._own_tools.get(unit.name) is old

    def _forget(self, unit: StoredUnit) -> None:
        del self._own[unit.digest]
        self._waiting.discard(unit.digest)
        if self._own_tools.get(unit.name) is unit:
            del self._own_tools[unit.name]

    def _tool(self, name: str) -> StoredUnit | None:
        if name not in self._read_tools:
            self._read_tools[name] = self._file.tool(name)
        own, read = self._own_tools.get(name), self._read_tools[name]
        return own if read is None or (own is not None and own.seen_at >= read.seen_at) else read

    def _prompt(self, model: str, client: str) -> StoredPrompt | None:
        with self._lock:
            self._refresh()
            fitting = (p for p in self._prompts.values() if p.model == model and client in {"", p.client})
            return max(fitting, key=lambda prompt: prompt.seen_at, default=None)

    def _keep(self, prompt: StoredPrompt) -> None:
        self._prompts.pop((prompt.model, prompt.client), None)
        self._prompts[prompt.model, prompt.client] = prompt
        while len(self._prompts) > MAX_PROMPTS:
            self._unwritten.discard(oldest := next(iter(self._prompts)))
            del self._prompts[oldest]

    def _refresh(self) -> None:
        """Forget what was read from the file where it was written since, and where that has become too much."""
        if self._file.changed():
            for prompt in self._file.prompts():
                if (prompt.model, prompt.client) not in self._unwritten:
                    self._keep(prompt)
        elif len(self._read) + len(self._read_tools) <= MEMORY:
            return
        self._read.clear()
        self._read_tools.clear()

    # The writing thread.

    def _submit(self) -> None:
        with suppress(RuntimeError):  # after `close` all stays in memory
            self._writer.submit(self._write)

    def _write(self) -> None:
        with self._lock:
            units = [self._own[digest] for digest in self._waiting]
            prompts = [self._prompts[key] for key in self._unwritten]
        if not (units or prompts) or not self._file.save(units, prompts):
            return
        with self._lock:
            self._file.open()
            self._waiting -= {unit.digest for unit in units if self._own.get(unit.digest) is unit}
            self._unwritten -= {(p.model, p.client) for p in prompts if self._prompts.get((p.model, p.client)) is p}
