"""A gateway from its start to its end: signals, saved files, logs."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hive_integration import logs, tasks
from hive_integration.errors import HiveError
from hive_integration.gateway.breaker import IN_A_ROW
from hive_integration.gateway.presence import find
from hive_integration.gateway.run import Wanted, run
from hive_integration.providers.fake import DROPPED, Upstream, chat_stream, messages_stream
from hive_integration.settings import World
from tests.gateway.live import CLAUDE_KEY, KEY, TUNED_KEY, Live, asked, card_of, configure, live

WAIT = 5.0


@asynccontextmanager
async def started(
    base: Path, *, url: str = "http://127.0.0.1:9", linger: float | None = None, **more: str
) -> AsyncIterator[int]:
    """`run` itself, until the block ends it with a signal; gives its port. `more` are variables."""
    configure(base / "config", tuned=card_of(url), claude=card_of(url, "anthropic-messages"))
    env = {"HIVE_DATA_DIR": str(base / "data"), "HIVE_GATEWAY_KEY": KEY, "TUNED_KEY": TUNED_KEY, **more}
    world = World(env=env, home=base, cwd=base, cache_dir=base / "cache")
    at: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    wanted = Wanted(base / "config", "127.0.0.1", 0, linger)
    task = tasks.spawn(run(world, wanted, lambda _, port: at.set_result(port)))
    async with asyncio.timeout(WAIT):
        await asyncio.wait([task, at], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield at.result()
        if not task.done() and linger is None:
            os.kill(os.getpid(), signal.SIGTERM)
        await task


async def _until(condition: object) -> None:
    async with asyncio.timeout(WAIT):
        while not condition():  # type: ignore[operator]  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_it_says_where_it_is_and_takes_that_back(tmp_path: Path) -> None:
    """While it runs its presence is found; after SIGTERM there is none, and no file is left open."""
    folder = tmp_path / "data" / "gateways"
    async with started(tmp_path) as port:
        here = await asyncio.to_thread(find, folder, tmp_path / "config")
        assert here is not None
        assert (here.port, here.pid, here.host) == (port, os.getpid(), "127.0.0.1")
    assert list(folder.iterdir()) == []


async def test_an_answer_under_way_ends_after_the_signal(tmp_path: Path) -> None:
    """SIGTERM takes no word away; a lease that is held holds nothing up."""
    async with Upstream(chat_stream(["One ", "two."]).slowly(0.15)) as upstream:
        async with started(tmp_path, url=upstream.base_url) as port:
            head = f"HTTP/1.1\r\nhost: 127.0.0.1\r\nx-hive-key: {KEY}\r\nconnection: close\r\n"
            lease, keep = await asyncio.open_connection("127.0.0.1", port)
            keep.write(f"GET /hive/lease {head}\r\n".encode())
            await lease.readuntil(b"held\n")
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            body = asked()
            writer.write(f"POST /v1/messages {head}content-length: {len(body)}\r\n\r\n".encode() + body)
            begun = await reader.readuntil(b"One")
            os.kill(os.getpid(), signal.SIGTERM)
            rest = await reader.read()
            for each in (writer, keep):
                each.close()
        assert b"message_stop" in begun + rest


async def test_it_ends_when_nobody_needs_it_any_more(tmp_path: Path) -> None:
    """With `linger`, so many seconds after the last lease."""
    async with started(tmp_path, linger=0.2) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /hive/lease HTTP/1.1\r\nhost: 127.0.0.1\r\nx-hive-key: {KEY}\r\n\r\n".encode())
        await reader.readuntil(b"held\n")
        await asyncio.sleep(0.4)
        assert list((tmp_path / "data" / "gateways").iterdir())
        writer.close()


async def test_nonsense_in_its_own_variable_is_said_at_the_start(tmp_path: Path) -> None:
    """Not at each request."""
    folder = configure(tmp_path / "config", tuned=card_of("http://127.0.0.1:9"), claude=card_of("http://127.0.0.1:9"))
    env = {"HIVE_DATA_DIR": str(tmp_path / "data"), "USE_FINETUNED": "perhaps"}
    world = World(env=env, home=tmp_path, cwd=tmp_path, cache_dir=tmp_path / "cache")
    with pytest.raises(HiveError, match="USE_FINETUNED is 'perhaps'"):
        await run(world, Wanted(folder, port=0), lambda *_: None)


async def _status(gateway: Live) -> dict[str, dict[str, object]]:
    return dict((await gateway.send("GET", "/hive/status")).json)


async def test_a_saved_file_changes_who_answers(tmp_path: Path) -> None:
    """Without a restart; what is under way keeps the configuration with which it began."""
    async with live(tmp_path, follows=True, tuned=chat_stream(["One ", "two."]).slowly(0.3)) as gateway:
        old = gateway.parts.config.version
        under_way = tasks.spawn(gateway.ask())
        await _until(lambda: gateway.tuned.requests)
        configure(gateway.folder, switch={"default": "full"})
        await _until(lambda: gateway.parts.config.version != old)
        after = await gateway.ask()
        before = await under_way
    assert (before.message.text, before.marks["profile"], before.marks["config"]) == ("One two.", "finetuned", old)
    assert (after.message.text, after.marks["profile"]) == ("ok", "full")
    assert after.marks["config"] == gateway.parts.config.version != old


async def test_another_port_is_said_to_hold_from_the_next_start_on(tmp_path: Path) -> None:
    """Where it listens is what clients were told; the rest of the file counts at once."""
    async with live(tmp_path, follows=True) as gateway:
        hive = gateway.folder / "hive.toml"
        with capture_logs() as said:
            hive.write_text(hive.read_text() + "[listen]\nport = 1\n")
            await _until(lambda: [each for each in said if each["event"].startswith("host and port hold")])
        assert gateway.parts.config.listen.port == 1
        assert (await gateway.ask()).message.text == "ok"


async def test_a_bad_file_changes_nothing_and_is_shown(tmp_path: Path) -> None:
    """The status names file, line and reason; the next good one is taken."""
    async with live(tmp_path, follows=True) as gateway:
        version = gateway.parts.config.version
        good = (gateway.folder / "hive.toml").read_text()
        (gateway.folder / "hive.toml").write_text(good.replace('"finetuned"', '"finetund"', 1))
        await _until(lambda: gateway.parts.reloader.last_error)
        assert (await gateway.ask()).marks["config"] == version
        reload = (await _status(gateway))["reload"]
        assert reload["ok"] is False
        assert "hive.toml:2" in str(reload["error"])
        (gateway.folder / "hive.toml").write_text(good)
        await _until(lambda: not gateway.parts.reloader.last_error)
        assert (await _status(gateway))["reload"]["ok"] is True
        assert 'hive_reloads_total{result="error"}' in (await gateway.send("GET", "/metrics")).body.decode()


async def test_a_card_that_changes_has_a_clean_record(tmp_path: Path) -> None:
    """Its circuit was open; the new address is tried at once. Other cards keep theirs."""
    async with live(tmp_path, follows=True, tuned=DROPPED, tuned_card={"upstream": {"retries": 0}}) as gateway:
        for _ in range(IN_A_ROW):
            await gateway.ask()
        gateway.parts.breaker("claude").failed()
        assert gateway.parts.breaker("tuned").state == "open"
        async with Upstream(chat_stream("Back.")) as other:
            configure(gateway.folder, tuned=card_of(other.base_url))
            await _until(lambda: "tuned" not in gateway.parts.breakers)
            assert (await gateway.ask()).message.text == "Back."
        assert "claude" in gateway.parts.breakers


async def test_no_log_holds_a_secret_or_a_word_of_a_conversation(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Through answers, fallbacks, refusals and reloads, in JSON as for people."""
    logs.configure(level=logging.INFO, json=True)
    secrets = [KEY, TUNED_KEY, CLAUDE_KEY, "garden", "buzz"]
    answers = [chat_stream("buzz buzz"), DROPPED, chat_stream("buzz").cut(300)]
    async with live(tmp_path, follows=True, tuned=answers, tuned_card={"upstream": {"retries": 0}}) as gateway:
        for _ in answers:
            await gateway.ask("a secret garden")
        await gateway.ask("a secret garden", headers={"x-api-key": "sk-ant-other", "x-hive-key": "garden"})
        await gateway.send("POST", "/v1/messages", b'{"garden": ')
        old = gateway.parts.config.version
        configure(gateway.folder, switch={"default": "full"})
        await _until(lambda: gateway.parts.config.version != old)
    said = capfd.readouterr().err
    assert "falls back" in said
    assert [secret for secret in secrets if secret in said] == []
    assert [json.loads(line)["part"] for line in said.splitlines()]


async def test_many_at_once_through_reloads(tmp_path: Path) -> None:
    """Each answer is whole and of one configuration."""
    async with live(
        tmp_path, tuned=chat_stream("t").slowly(0.002), claude=messages_stream("c").slowly(0.002)
    ) as gateway:

        async def one(_: int) -> str:
            got = await gateway.ask()
            return f"{got.marks['profile']} {got.message.text}"

        async def reload() -> None:
            for i in range(10):
                configure(gateway.folder, switch={"default": "full" if i % 2 else "finetuned"})
                gateway.parts.reloader.reload()
                await asyncio.sleep(0.01)

        _, *said = await asyncio.gather(reload(), *map(one, range(60)))
    assert set(said) <= {"finetuned t", "full c"}


async def test_the_state_file_follows_what_is_saved(tmp_path: Path) -> None:
    """Sessions past the gateway read it: it is there from the start, and says the new profile after a save."""
    hive = tmp_path / "config" / "hive.toml"
    env = {"HIVE_CONFIG_DIR": str(tmp_path / "config")}
    async with started(tmp_path, **env):
        state = tmp_path / "data" / "state.json"
        before = json.loads(state.read_text())
        text = hive.read_text()
        old, new = ("full", "finetuned") if before["profile"] == "full" else ("finetuned", "full")
        hive.write_text(text.replace(f'default = "{old}"', f'default = "{new}"'))
        await _until(lambda: json.loads(state.read_text())["profile"] == new)
