"""The gateway's own key: from `HIVE_GATEWAY_KEY`, else from a file that only its owner can read, made at first use.

Processes that start at once end with the same key: the file appears whole or not at all, and the first one stays. A
file that another could have read or put there is refused, never repaired: its key may be known already.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from hive_integration.errors import HiveError

VARIABLE = "HIVE_GATEWAY_KEY"
FILE = "gateway.key"
"""The file's name in hive-ctx's data folder."""
PREFIX = "hive-"
_USABLE = re.compile(r"[!-~]{1,512}")
"""What a header can carry without quoting: visible ASCII."""
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def gateway_key(env: Mapping[str, str], path: Path) -> str:
    """The key of this machine's gateway; `path` is made where there is none. Raises HiveError where it is not safe."""
    if given := env.get(VARIABLE, "").strip():
        if not _USABLE.fullmatch(given):
            raise HiveError(
                f"{VARIABLE} is not a key: expected at most 512 letters, digits and marks, without spaces",
                hint="python3 -c 'import secrets; print(secrets.token_urlsafe(32))' makes one",
            )
        return given
    key = _read(path)
    if key is None:
        _create(path)
        key = _read(path)
    if key is None:
        raise HiveError(f"{path} vanished while it was made", hint=f"try again, or set {VARIABLE}")
    return key


def _read(path: Path) -> str | None:
    """The stored key; None where there is no file."""
    try:
        handle = os.open(path, _OPEN)
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        raise _refused(path, "cannot be read (not a directory)", _ELSEWHERE) from error
    except OSError as error:
        reason = "is a link" if error.errno == errno.ELOOP else f"cannot be read ({(error.strerror or '?').lower()})"
        raise _refused(path, f"{reason}, expected a file of your own", _REMOVE.format(path)) from error
    try:
        _check(path, os.fstat(handle))
        text = os.read(handle, 1024).decode("ascii", errors="replace").strip()
    finally:
        os.close(handle)
    if not _USABLE.fullmatch(text):
        raise _refused(path, "holds no key", _REMOVE.format(path))
    return text


def _check(path: Path, info: os.stat_result) -> None:
    if not stat.S_ISREG(info.st_mode):
        raise _refused(path, "is not a regular file", _REMOVE.format(path))
    if not hasattr(os, "geteuid"):
        return  # Windows: access lists guard the user's folder, the mode bits say nothing
    if info.st_uid != os.geteuid():
        raise _refused(path, f"belongs to user {info.st_uid}, expected {os.geteuid()}", _REMOVE.format(path))
    if info.st_mode & 0o077:
        mode = stat.S_IMODE(info.st_mode)
        hint = f"chmod 600 {path} (or, where others may have read it: rm {path}, which makes a new key)"
        raise _refused(path, f"can be read or changed by others (mode {mode:04o}, expected 0600)", hint)


def _create(path: Path) -> None:
    """Put a new key there unless another process was first."""
    temporary = ""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{PREFIX}{secrets.token_urlsafe(32)}\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            # A link, not a rename: a rename would replace the key that another process already uses.
            path.hardlink_to(temporary)
    except OSError as error:
        raise _refused(path, f"cannot be made ({(error.strerror or '?').lower()})", _ELSEWHERE) from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


_ELSEWHERE = "set HIVE_DATA_DIR to a writable folder"
_REMOVE = "remove it, and the next start makes a new one: rm {}"


def _refused(path: Path, what: str, hint: str) -> HiveError:
    return HiveError(f"the gateway's key file {path} {what}", hint=f"{hint}; or set {VARIABLE}")
