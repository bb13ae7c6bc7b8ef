"""Reading what strangers wrote and writing what must not be half-written.

Reads never follow a FIFO or a device, never take more than a limit, and never raise on odd bytes: they return the text
with a list of what was odd. Writes go to a temporary file beside the target, are synced, and then replace it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hive_integration.errors import HiveError

MAX_BYTES = 4 * 1024 * 1024
"""Claude Code itself skips an instruction file over 4 MiB (its documentation, page "memory")."""


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text and what was odd about it. `text` is empty where it could not be read; `warning` says why."""

    path: Path
    text: str = ""
    size: int = 0
    warning: str = ""
    readable: bool = True
    encoding: str = "utf-8"


def read_text(path: Path, *, limit: int = MAX_BYTES) -> Text:
    """Read a text file without hanging, without exploding, and without raising."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        return Text(path, warning=f"{path}: cannot be read ({_reason(error)})", readable=False)
    try:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            return Text(path, warning=f"{path}: is not a regular file, skipped", readable=False)
        if info.st_size > limit:
            message = f"{path}: {info.st_size / 1e6:.1f} MB, over the limit of {limit / 1e6:.1f} MB, skipped"
            return Text(path, size=info.st_size, warning=message, readable=False)
        with os.fdopen(os.dup(handle), "rb") as file:
            raw = file.read(limit + 1)[:limit]
    except OSError as error:
        return Text(path, warning=f"{path}: cannot be read ({_reason(error)})", readable=False)
    finally:
        os.close(handle)
    return _decoded(path, raw)


def _decoded(path: Path, raw: bytes) -> Text:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", errors="replace")
        return Text(path, text, len(raw), f"{path}: is UTF-16, expected UTF-8; read as UTF-16", encoding="utf-16")
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    try:
        return Text(path, raw.decode("utf-8"), len(raw))
    except UnicodeDecodeError as error:
        message = f"{path}: is not UTF-8 at byte {error.start}; odd bytes were replaced"
        return Text(path, raw.decode("utf-8", errors="replace"), len(raw), message)


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return "no file can have this name"
    return (error.strerror or type(error).__name__).lower()


def atomic_write(path: Path, data: str | bytes, *, mode: int = 0o644) -> None:
    """Write a whole file or nothing: a temporary file beside it, synced, then renamed over it."""
    raw = data.encode("utf-8") if isinstance(data, str) else data
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise HiveError(
            f"cannot write {path}: {_reason(error)}", hint="choose a folder that exists and is writable"
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - this is the door
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise HiveError(f"cannot write {path}: {_reason(error)}", hint="is the disk full?") from error


def sha256_of(path: Path) -> str:
    """The sha256 of a regular file's bytes, as hex digits; empty where it cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError):
        return ""
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return ""
        return hashlib.file_digest(file, "sha256").hexdigest()


def identity(path: Path) -> str:
    """16 hex digits that stand for a folder or file, however its path is written."""
    return hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:16]


def bundled(name: str, folder: str = "configs") -> Path:
    """What comes with hive-ctx (`prices.toml`): from the wheel, else from the checkout's own `folder`."""
    package = Path(__file__).parent
    inside = package / folder / name
    return inside if inside.exists() else package.parent / folder / name
