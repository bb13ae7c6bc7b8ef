"""The careful write: one file goes from what it was to what it will be in one step, and nobody's write is lost.

Others write these files, too, and take no lock. So the new file is written beside the old one and synced, and then
the kernel exchanges the two: what came out tells if it is what we had read. If somebody wrote in between, our change is
worked into theirs, and that is exchanged in turn. The file is whole at every instant, and what lies beside it has names
that we know: whoever finds it later can end what a killed process began (`settle`).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import functools
import hashlib
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec

from hive_integration.errors import HiveError

_FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC

Again = Callable[["Content"], "Content"]
"""What is to stand where somebody wrote meanwhile. Raises `HiveError` where theirs has to stay, at least for now."""


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file holds, and its mode bits."""

    data: bytes
    mode: int

    @property
    def sha256(self) -> str:
        """The hash of the bytes, as hex digits."""
        return hashlib.sha256(self.data).hexdigest()


def read(path: Path) -> Content | None:
    """A regular file; None where there is nothing. Raises `HiveError` for anything else."""
    try:
        handle = os.open(path, _READ)
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            os.close(handle)
            raise HiveError(f"{path} is not a regular file", hint="move it away; a file is needed there")
        with os.fdopen(handle, "rb") as file:
            return Content(file.read(), stat.S_IMODE(info.st_mode))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HiveError(f"{path} cannot be read: {(error.strerror or '?').lower()}", hint="is it yours?") from error


def same(one: Content | None, other: Content | None) -> bool:
    """Whether both hold the same bytes, or neither is there. Modes do not count: not every file system keeps them."""
    return one is other or (one is not None and other is not None and one.data == other.data)


def temporaries(path: Path) -> tuple[Path, Path]:
    """Beside `path`: the whole file that is to be exchanged with it, and the one that is not whole yet."""
    return path.with_name(f".{path.name}.hive-ctx"), path.with_name(f".{path.name}.hive-ctx~")


def sync(path: Path) -> None:
    """Make what a file holds, or the names in a folder, last."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def swap(path: Path, was: Content | None, will: Content | None, again: Again) -> bool:
    """Let `will` stand where `was` stands (None: no file); where somebody wrote in between, what `again` makes of that.

    False where theirs stands as it is. What a killed `swap` left has to be settled before. Raises `OSError`; then `was`
    stands, or theirs.
    """
    try:
        if was is not None and will is not None:
            return _exchanged(path, was, will, again)
        return _created(path, will) if will is not None else was is None or _removed(path, was)
    except (FileExistsError, FileNotFoundError):
        if not path.parent.is_dir():
            raise
        return False


def settle(path: Path, was: Content | None, will: Content | None) -> None:
    """End a `swap`, also one that was killed: what it took out of theirs goes back, and nothing stays beside."""
    fresh, draft = temporaries(path)
    if (out := read(fresh)) is not None:
        if not same(out, will) and same(read(path), will):
            _kept_theirs(path, was, will)
        with suppress(FileNotFoundError):
            fresh.unlink()
    with suppress(FileNotFoundError):
        draft.unlink()


def _exchanged(path: Path, was: Content, will: Content, again: Again) -> bool:
    """Exchange, and look at what came out. What is newer than `was` is worked in, until what comes out was ours.

    Nobody has read a file that we put in and took out again: it is held back until it is known which one stands, and
    whoever waited for it reads the one that does.
    """
    fresh, put = temporaries(path)[0], will
    try:
        with ExitStack() as files:
            mine = [files.enter_context(_held_back(_written(path, put)))]
            if not _exchange(fresh, path):
                return _replaced(path, was)
            theirs = read(fresh)
            as_planned = same(theirs, was)
            while theirs is not None and not as_planned:
                put = again(theirs)
                mine.append(files.enter_context(_held_back(_written(path, put))))
                _exchange(fresh, path)
                theirs = None if _is(fresh, mine[-2]) else read(fresh)
            for handle in mine[:-1]:
                os.ftruncate(handle, 0)
                os.pwrite(handle, put.data, 0)
        sync(path.parent)
        # Who had opened the old file before it came out has written by now: once more, before it is deleted.
        return not as_planned or _kept_theirs(path, was, will)
    except HiveError:
        return False
    finally:
        settle(path, was, put)


def _created(path: Path, will: Content) -> bool:
    try:
        os.close(_written(path, will))
        _rename(temporaries(path)[0], path)
        sync(path.parent)
        return True
    finally:
        settle(path, None, will)


def _removed(path: Path, was: Content) -> bool:
    try:
        if not same(read(path), was):
            return False
        _rename(path, temporaries(path)[0])
        sync(path.parent)
        return _kept_theirs(path, was, None)
    finally:
        settle(path, was, None)


def _replaced(path: Path, was: Content) -> bool:
    """For a system that cannot exchange: look, then replace."""
    if same(read(path), was):
        os.replace(temporaries(path)[0], path)  # noqa: PTH105
    return not temporaries(path)[0].exists()


def _kept_theirs(path: Path, was: Content | None, will: Content | None) -> bool:
    """Look at what came out for `will`. What is not `was` is newer, and goes back in: then `will` must come out."""
    fresh, put, expected = temporaries(path)[0], will, was
    while (out := read(fresh)) is not None and not same(out, expected):
        if will is None:
            with suppress(FileExistsError):  # then there is an even newer one
                _rename(fresh, path)
            return False
        _exchange(fresh, path)
        put, expected = out, put
    return put is will


def _is(path: Path, handle: int) -> bool:
    return os.path.samestat(path.stat(), os.fstat(handle))


@contextmanager
def _held_back(handle: int) -> Iterator[int]:
    """An open file, closed at the end; who opens it meanwhile waits, where the kernel grants a lease (Linux)."""
    with suppress(OSError, AttributeError):
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)  # its own signal would end us; this one is ignored
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    try:
        yield handle
    finally:
        os.close(handle)


def _written(path: Path, content: Content) -> int:
    """The file to be exchanged with `path`, open: with the mode that it shall have and the present one's owner."""
    fresh, draft = temporaries(path)
    handle = os.open(draft, _FRESH, 0o600)
    try:
        with suppress(OSError):
            owner = path.stat()
            if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(handle, owner.st_uid, owner.st_gid)
        os.fchmod(handle, content.mode)
        left = memoryview(content.data)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
        os.replace(draft, fresh)  # noqa: PTH105
    except BaseException:
        os.close(handle)
        raise
    return handle


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two files. False where this system or this file system cannot."""
    return _in_kernel(one, other, exchange=True)


def _rename(one: Path, other: Path) -> None:
    """Rename to a name that nothing has; raises `FileExistsError` where something has it."""
    if not _in_kernel(one, other, exchange=False):
        if os.path.lexists(other):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(other))
        os.rename(one, other)  # noqa: PTH104


def _in_kernel(one: Path, other: Path, *, exchange: bool) -> bool:
    """Whether the kernel did it in one step. False where this system or this file system cannot."""
    call = _system_call()
    if call is None:
        return False
    code = call(os.fsencode(one), os.fsencode(other), exchange)
    if code in {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}:
        return False
    if code:
        raise OSError(code, os.strerror(code), str(one), None, str(other))
    return True


@functools.cache
def _system_call() -> Callable[[bytes, bytes, bool], int] | None:
    """A rename that exchanges, or else never overwrites: an errno, 0 where it is done. renameat2(2), renamex_np(2)."""
    library = ctypes.CDLL(None, use_errno=True)
    here = ctypes.c_int(-100)  # AT_FDCWD
    try:
        if sys.platform == "darwin":
            mac = library.renamex_np
            return lambda one, other, exchange: ctypes.get_errno() if mac(one, other, 2 if exchange else 4) else 0
        linux = library.renameat2
    except AttributeError:
        return None
    return lambda one, other, exchange: ctypes.get_errno() if linux(here, one, here, other, 2 if exchange else 1) else 0
