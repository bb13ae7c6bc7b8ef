"""What other commands ask a gateway on this machine: is it well, how does it stand, and hold it awake. Blocking.

Plain HTTP over loopback by the standard library: no proxy of the environment, no redirect, no second library to load.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from hive_integration.errors import HiveError

PATIENCE = 5.0
"""Seconds for an answer over loopback."""
_LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Lease:
    """A gateway that ends when nobody needs it any more does not, as long as this connection is open."""

    _connection: http.client.HTTPConnection
    _socket: socket.socket

    def wait(self) -> None:
        """Return when the gateway has gone, or when `end` was called."""
        with suppress(OSError):
            while self._socket.recv(4096):
                pass

    def end(self) -> None:
        """Let go. The kernel does the same for a process that was killed."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # `wait` in another thread returns; a plain close would not wake it
        self._socket.close()
        self._connection.close()


def health(host: str, port: int, *, patience: float = PATIENCE) -> Mapping[str, Any] | None:
    """What `GET /healthz` says; None where nobody answers, or not as a gateway does."""
    try:
        with _asked(host, port, "/healthz", patience=patience) as answer:
            return _object(answer.read(_LARGEST)) if answer.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError):
        return None


def status(host: str, port: int, key: str) -> Mapping[str, Any]:
    """What `GET /hive/status` says. Raises HiveError where the gateway has gone or does not take the key."""
    where = f"the gateway on {host}:{port}"
    try:
        with _asked(host, port, "/hive/status", key=key) as answer:
            _taken(answer.status, where)
            return _object(answer.read(_LARGEST))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _lost(where, error) from error


def lease(host: str, port: int, key: str) -> Lease:
    """Take a lease. Raises HiveError where the gateway has gone or does not take the key."""
    where = f"the gateway on {host}:{port}"
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/hive/lease", headers={"x-hive-key": key})
        line = connection.sock
        answer = connection.getresponse()
        _taken(answer.status, where)
        line.settimeout(None)
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise _lost(where, error) from error
    except HiveError:
        connection.close()
        raise
    return Lease(connection, line)


@contextmanager
def _asked(
    host: str, port: int, path: str, *, key: str = "", patience: float = PATIENCE
) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(host, port, timeout=patience)
    try:
        connection.request("GET", path, headers={"x-hive-key": key} if key else {})
        yield connection.getresponse()
    finally:
        connection.close()


def _object(raw: bytes) -> Mapping[str, Any]:
    value = json.loads(raw)
    if not isinstance(value, dict):
        raise ValueError(f"a JSON {type(value).__name__}, expected an object")
    return value


def _taken(code: int, where: str) -> None:
    if code in {401, 403}:
        raise HiveError(
            f"{where} does not take the key",
            hint="it was started with another HIVE_GATEWAY_KEY: set the same one, or end that gateway",
        )
    if code != 200:
        raise HiveError(f"{where} answered {code}, expected 200", hint="is it a gateway of this version of hive-ctx?")


def _lost(where: str, error: Exception) -> HiveError:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return HiveError(f"{where} does not answer: {reason.lower()}", hint="`hive-ctx status` shows what runs")
