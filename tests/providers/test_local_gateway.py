"""Facts about what is asked of a gateway on this machine."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.providers import local_gateway
from tests.gateway.standin import KEY, running


def nobody() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def until(condition, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(condition())


def test_health_needs_no_key_and_never_raises(tmp_path: Path) -> None:
    """None where nobody answers."""
    with running(tmp_path) as gateway:
        health = local_gateway.health("127.0.0.1", gateway.port)
        assert health is not None
        assert health["ok"] is True
    assert local_gateway.health("127.0.0.1", nobody()) is None


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]",
                                  b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
                                  b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"])  # fmt: skip
def test_another_program_on_the_port_is_no_gateway(said: bytes) -> None:
    """Whatever it says, or where it points to."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            other, _ = server.accept()
            with other:
                other.recv(4096)
                other.sendall(said)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        assert local_gateway.health("127.0.0.1", server.getsockname()[1]) is None
        thread.join()


def test_a_silent_program_on_the_port_costs_the_patience_only() -> None:
    """It accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        start = time.monotonic()
        assert local_gateway.health("127.0.0.1", server.getsockname()[1], patience=0.2) is None
        assert time.monotonic() - start < 2


def test_status_is_the_gateways_own_words(tmp_path: Path) -> None:
    """With the key; a wrong one, and nobody there, are errors that say what to do."""
    with running(tmp_path, status={"profile": "full"}) as gateway:
        assert local_gateway.status("127.0.0.1", gateway.port, KEY) == {"profile": "full"}
        with pytest.raises(HiveError, match="does not take the key") as caught:
            local_gateway.status("127.0.0.1", gateway.port, "wrong")
        assert "HIVE_GATEWAY_KEY" in caught.value.hint
    with pytest.raises(HiveError, match="does not answer: connection refused"):
        local_gateway.status("127.0.0.1", nobody(), KEY)


def test_a_lease_is_held_until_it_is_ended(tmp_path: Path) -> None:
    """The gateway sees each of them, and sees it go."""
    with running(tmp_path) as gateway:
        one = local_gateway.lease("127.0.0.1", gateway.port, KEY)
        two = local_gateway.lease("127.0.0.1", gateway.port, KEY)
        assert until(lambda: gateway.leases == 2)
        one.end()
        assert until(lambda: gateway.leases == 1)
        two.end()
        assert until(lambda: gateway.leases == 0)


def test_waiting_on_a_lease_ends_with_the_gateway_or_the_lease(tmp_path: Path) -> None:
    """From another thread, too."""
    with running(tmp_path) as gateway:
        lease = local_gateway.lease("127.0.0.1", gateway.port, KEY)
        waiting = threading.Thread(target=lease.wait)
        waiting.start()
        time.sleep(0.05)
        assert waiting.is_alive()
        lease.end()
        waiting.join(timeout=5)
        assert not waiting.is_alive()
        other = local_gateway.lease("127.0.0.1", gateway.port, KEY)
    other.wait()
    other.end()


def test_a_lease_that_is_refused_says_why(tmp_path: Path) -> None:
    """A wrong key, or nobody there."""
    with running(tmp_path) as gateway, pytest.raises(HiveError, match="does not take the key"):
        local_gateway.lease("127.0.0.1", gateway.port, "wrong")
    with pytest.raises(HiveError, match="does not answer"):
        local_gateway.lease("127.0.0.1", nobody(), KEY)
