"""Ways to break what was whole: bytes, JSON values and folders. All chance comes from the `Random` that is given."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

TOKENS: tuple[bytes, ...] = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[2J\x1b]0;x\x07", "\u202e".encode(), b"\xed\xa0\x80", b"\xf0\x9f",
    b"\r\n", b"\r", b"\n\n\n", b"---\n", b"---", b"```\n", b"~~~\n", b"# ", b"- ", b"- a: b\n", b"@CLAUDE.md ", b"@",
    b"@~x/y.md ", b"<!--", b"-->", b"${A:-${A}}", b"{", b"}", b"[", b"]", b'"', b"\\", b"\\ud800", b"\\u0000", b":",
    b": ", b",", b"null", b"true", b"1e999", b"-0", b"9" * 400, b"*a", b"&a ", b"!!python/object:os.system ", b"? ",
    b"<system-reminder>\n", b"</system-reminder>", b"Contents of /x (y):\n", b"# MCP Server Instructions\n## a\n",
    b"SessionStart hook x:", b"The following skills are available", b"mcp__a__b\n", b"%s%n", b"{{7*7}}", b"<script>",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 2**63, 10**30, "", "x", "\x00", "\x1b[2J", "\ud800", "\u202e", "../..",
    "/dev/zero", "~", "${A}", "*", "a" * 5000, [], [[]], [None], ["x", 5], {}, {"a": {}}, {"": ""}, {"name": 5},
    {"type": "text"}, {"source": "directory", "path": 7}, [{"type": "text", "text": "\udc80"}],
)  # fmt: skip
NAMES = ("\x1b[31m", "a\nb", "\udcff", "\u202e", "x" * 200, "README", "SKILL", "CLAUDE", "-", "..x", "*", "a:b", "é👍")


def bytes_of(data: bytes, rng: Random) -> bytes:
    """`data` after one to four changes of its bytes."""
    for _ in range(rng.randint(1, 4)):
        data = rng.choice(_BYTES)(data, rng)
    return data


def _flipped(data: bytes, rng: Random) -> bytes:
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _truncated(data: bytes, rng: Random) -> bytes:
    return data[: rng.randint(0, len(data))]


def _cut(data: bytes, rng: Random) -> bytes:
    start, end = sorted(rng.randint(0, len(data)) for _ in range(2))
    return data[:start] + data[end:]


def _repeated(data: bytes, rng: Random) -> bytes:
    start = rng.randint(0, len(data))
    return data[:start] + data[start : start + rng.randint(1, 60)] * rng.choice((2, 3, 200)) + data[start:]


def _inserted(data: bytes, rng: Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(TOKENS) * rng.choice((1, 1, 1, 2, 300)) + data[at:]


def _recoded(data: bytes, rng: Random) -> bytes:
    return data.decode("utf-8", errors="replace").encode(rng.choice(("utf-16", "utf-16-be", "utf-8-sig", "utf-7")))


_BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flipped, _flipped, _truncated, _cut, _repeated, _inserted, _inserted, _inserted, _recoded,
)  # fmt: skip


def value_of(value: object, rng: Random) -> object:
    """A JSON value in which one to three places hold something else, twice, or nothing."""
    changed: Any = copy.deepcopy(value)
    for _ in range(rng.randint(1, 3)):
        holder, key = rng.choice(list(_places(changed)) or [([changed], 0)])
        if rng.random() < 0.15 and isinstance(holder, dict):
            del holder[key]
        elif rng.random() < 0.15 and isinstance(holder, dict):
            holder[rng.choice(NAMES)] = holder.pop(key)
        elif rng.random() < 0.1:
            holder[key] = [holder[key]] * rng.choice((1, 2, 50))
        elif rng.random() < 0.1:
            holder[key] = nested(rng.choice((5, 63, 65, 400)))
        else:
            holder[key] = copy.deepcopy(rng.choice(VALUES))
    return changed


def nested(depth: int) -> object:
    """A list in a list in a list …"""
    value: object = "x"
    for _ in range(depth):
        value = [value]
    return value


def _places(value: object) -> list[tuple[Any, Any]]:
    """Each place that holds a value: (its mapping or list, its key or index)."""
    found: list[tuple[Any, Any]] = []
    pending = [value]
    while pending:
        holder = pending.pop()
        pairs = list(holder.items() if isinstance(holder, dict) else enumerate(holder))
        found += [(holder, key) for key, _ in pairs]
        pending += [item for _, item in pairs if isinstance(item, dict | list)]
    return found


def tree(root: Path, rng: Random) -> None:
    """Break one to three files below `root`: their bytes, names, places, or what kind of file they are."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    for path in rng.sample(files, min(len(files), rng.randint(1, 3))):
        if path.is_file():
            rng.choice(_FILES)(path, rng, files)


def _rewrite(path: Path, rng: Random, files: list[Path]) -> None:
    path.write_bytes(bytes_of(path.read_bytes(), rng))


def _swap(path: Path, rng: Random, files: list[Path]) -> None:
    other = rng.choice(files)
    if other.is_file():
        path.write_bytes(other.read_bytes())


def _rename(path: Path, rng: Random, files: list[Path]) -> None:
    os.replace(path, path.with_name(rng.choice(NAMES) + path.suffix))


def _duplicate(path: Path, rng: Random, files: list[Path]) -> None:
    path.with_name(f"{rng.choice(NAMES)}{path.name}").write_bytes(bytes_of(path.read_bytes(), rng))


def _become_a_folder(path: Path, rng: Random, files: list[Path]) -> None:
    data = path.read_bytes()
    path.unlink()
    path.mkdir()
    (path / path.name).write_bytes(data)


def _become_a_link(path: Path, rng: Random, files: list[Path]) -> None:
    path.unlink()
    path.symlink_to(rng.choice((path, path.parent, rng.choice(files), Path("/dev/null"), Path("gone"))))


def _become_a_fifo(path: Path, rng: Random, files: list[Path]) -> None:
    path.unlink()
    os.mkfifo(path)


_FILES: tuple[Callable[[Path, Random, list[Path]], None], ...] = (
    _rewrite, _rewrite, _rewrite, _rewrite, _swap, _rename, _duplicate, _become_a_folder, _become_a_link, _become_a_fifo
)  # fmt: skip
