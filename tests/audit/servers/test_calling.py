"""Facts about calling a server's tools: its answers, its failures, its end; and nothing of ours in its environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from hive_integration.audit.servers.calling import calling
from hive_integration.audit.sources.mcp_config import ServerConfig
from hive_integration.errors import HiveError
from tests.cli.test_executing import SERVER

MORE = """
import os as _os, sys as _sys
if len(_sys.argv) > 1 and _sys.argv[1] == "dead": _sys.exit(3)
if len(_sys.argv) > 1 and _sys.argv[1] == "mute": time.sleep(600)
"""


def config(folder: Path, *args: str) -> ServerConfig:
    """The tests' own server."""
    (folder / "s.py").write_text(SERVER.replace("seen = 0", f"{MORE}\nseen = 0"))
    return ServerConfig("t", command=sys.executable, args=[str(folder / "s.py"), *args])


async def test_a_call_brings_text_or_a_failure(tmp_path: Path) -> None:
    """In the folder and with the variables that were given, and no others."""
    env = {"HOME": "/nowhere", "PATH": os.environ["PATH"]}
    async with calling(config(tmp_path), env, str(tmp_path), 20) as caller:
        assert [tool.name for tool in caller.tools] == ["alpha", "beta", "gamma_delete", "slow"]
        good = await caller.call("alpha", {"text": "x"}, 10)
        assert good is not None
        assert (f'"place": "{tmp_path}"' in good.text, '"home": "/nowhere"' in good.text) == (True, True)
        assert '"key": "none"' in good.text
        assert not good.failed
        bad = await caller.call("beta", {"text": "x"}, 10)
        assert bad is not None
        assert (bad.text, bad.failed) == ("disk is full", True)
        assert caller.alive


async def test_silence_is_no_answer_and_ends_the_trust(tmp_path: Path) -> None:
    """What such a server says later would be taken for another call's."""
    async with calling(config(tmp_path), {"PATH": os.environ["PATH"]}, str(tmp_path), 20) as caller:
        assert await caller.call("slow", {"text": "x"}, 0.2) is None
        assert not caller.alive


@pytest.mark.parametrize("how", ["dead", "mute"])
async def test_a_server_that_does_not_start_is_told(tmp_path: Path, how: str) -> None:
    """In one line, within its time."""
    with pytest.raises(HiveError, match=r"^t: "):
        async with calling(config(tmp_path, how), {"PATH": os.environ["PATH"]}, str(tmp_path), 1):
            raise AssertionError


async def test_a_server_elsewhere_is_not_called(tmp_path: Path) -> None:
    """Nor a command that is not there."""
    for odd in (ServerConfig("t", transport="http", url="http://x"), ServerConfig("t", command="/no/such/thing")):
        with pytest.raises(HiveError, match=r"^t: "):
            async with calling(odd, {}, str(tmp_path), 1):
                raise AssertionError
