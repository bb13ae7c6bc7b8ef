"""Facts about compiling with a teacher: what it costs, what it may, and that nothing is paid twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.cli.compiling import Ways, card_of, key_of
from hive_integration.dataset.teacher.budget import DOLLAR
from hive_integration.errors import UsageError
from hive_integration.providers.fake import Answer, Recorded, chat_error, reply, running
from hive_integration.providers.fake.batches import Desk
from hive_integration.settings import World
from tests.dataset.teacher.sample import MODEL, asked_of, compile_with, teach, units_in, written

CARD = """
id = "{id}"
protocol = "{protocol}"
base_url = "{url}"
model = "{model}"
{more}
"""
PRICE = "[price]\ninput = 1.0\ncached_input = 0.1\noutput = 10.0\n"
USUAL = 400 * 10**6 + 600 * 10**5 + 200 * 10**7
"""What one answer of the sample teacher costs at that price, in picodollars."""


def with_card(world: World, url: str, protocol: str = "openai-chat", model: str = MODEL, more: str = PRICE) -> World:
    """The world with a configuration that has one card, `t`."""
    folder = world.cwd / "config"
    (folder / "models").mkdir(parents=True, exist_ok=True)
    (folder / "hive.toml").write_text('[switch]\ndefault = "full"\nfull = "t"\nfinetuned = ""\n')
    where = f"{url}/v1" if protocol == "openai-chat" else url
    (folder / "models" / "t.toml").write_text(CARD.format(id="t", protocol=protocol, url=where, model=model, more=more))
    return replace(world, env={**world.env, "HIVE_CONFIG_DIR": str(folder)})


@pytest.mark.parametrize("protocol", ["openai-chat", "anthropic-messages"])
def test_a_teacher_fills_a_dataset_and_its_examples_say_whose_they_are(world: World, protocol: str) -> None:
    """Both protocols, accepted by the strict fake; teacher and licence stand in each line of provenance."""
    with running(teach, strict=True) as fake:
        world = with_card(world, fake.base_url, protocol)
        done, made = compile_with(world, world.cwd / "out", Ways(teacher="t"))
    assert not fake.refused
    rows = [json.loads(line) for line in (world.cwd / "out" / "provenance.jsonl").read_text().splitlines()]
    assert len(rows) == 12
    assert {(row["generator"], row["teacher"], row["licence"]) for row in rows} == {("teacher", MODEL, "Apache-2.0")}
    assert made.bill is not None
    assert made.bill.purse.spent == len(fake.requests) * USUAL
    assert done.manifest["options"]["generator"] == "teacher"
    first = fake.requests[0].json
    shared = first["system"][0]["text"] if protocol == "anthropic-messages" else first["messages"][0]["content"]
    assert "<material>" in shared  # the unit comes first, so that it is cached


def test_another_run_asks_nothing(world: World) -> None:
    """Answers are kept by content: the same dataset in another folder costs nothing and is the same."""
    with running(teach) as fake:
        world = with_card(world, fake.base_url)
        compile_with(world, world.cwd / "a", Ways(teacher="t"))
        before = len(fake.requests)
        _, made = compile_with(world, world.cwd / "b", Ways(teacher="t"))
        assert len(fake.requests) == before
    assert made.bill is not None
    assert made.bill.asked == 0
    assert (world.cwd / "a" / "train.jsonl").read_bytes() == (world.cwd / "b" / "train.jsonl").read_bytes()


def test_more_workers_make_the_same_bytes(world: World) -> None:
    """Making asks nobody, so it can be spread."""
    with running(teach) as fake:
        world = with_card(world, fake.base_url)
        compile_with(world, world.cwd / "a", Ways(teacher="t"))
        compile_with(world, world.cwd / "b", Ways(teacher="t"), workers=2)
    assert (world.cwd / "a" / "manifest.json").read_bytes() == (world.cwd / "b" / "manifest.json").read_bytes()


def test_a_cap_is_never_passed_and_what_was_made_is_kept(world: World) -> None:
    """It stops before the call that could pass it; a higher cap goes on where it stopped and pays nothing twice."""
    with running(teach) as fake:
        world = with_card(world, fake.base_url)
        out = world.cwd / "out"
        _, made = compile_with(world, out, Ways(teacher="t", max_cost=0.06, parallel=1), total=30)
        assert made.bill is not None
        assert made.bill.stopped.startswith("the next question may cost ")
        spent, few = made.bill.purse.spent, len(fake.requests)
        assert 0 < spent <= round(0.06 * DOLLAR)
        assert spent == few * USUAL
        kept = (out / "provenance.jsonl").read_text().count("\n")
        assert kept == few
        _, made = compile_with(world, out, Ways(teacher="t", max_cost=1.0), total=30)
        assert made.bill is not None
        assert made.bill.before == spent
        assert made.bill.purse.spent == len(fake.requests) * USUAL
        assert len(Counter(asked_of(request) for request in fake.requests)) == len(fake.requests)
    assert (out / "provenance.jsonl").read_text().count("\n") == 30


def test_a_storm_of_limits_is_waited_out(world: World) -> None:
    """Two of three requests are refused with 429: every answer comes all the same, and is paid once."""
    seen: Counter[str] = Counter()

    def script(request: Recorded) -> Answer:
        seen[asked_of(request)] += 1
        if seen[asked_of(request)] < 3:
            return chat_error(429, "slow down", "rate_limit_exceeded").with_headers(retry_after="0.01")
        return teach(request)

    with running(script) as fake:
        world = with_card(world, fake.base_url)
        _, made = compile_with(world, world.cwd / "out", Ways(teacher="t"))
    assert made.bill is not None
    assert made.bill.answered == len(seen)
    assert made.bill.purse.spent == len(seen) * USUAL
    assert any("a rate limit was met" in line for line in made.sentences())


def test_what_is_wrong_is_repaired_once_and_then_refused_with_its_reason(world: World) -> None:
    """Malformed JSON, an unknown tool, arguments of the wrong kind: asked again with the reason, then a reject."""
    bad = iter(["no JSON at all {", '{"turns": [}', *[""] * 1000])

    def script(request: Recorded) -> Answer:
        if len(request.json["messages"]) > 2:
            assert "This was refused: " in request.json["messages"][-1]["content"]
            return teach(request)
        return reply(request, next(bad) or written(asked_of(request)))

    with running(script) as fake:
        world = with_card(world, fake.base_url)
        _, made = compile_with(world, world.cwd / "out", Ways(teacher="t", parallel=1))
    assert made.bill is not None
    assert made.bill.repairs == 2
    with running(lambda request: reply(request, "never JSON")) as fake:
        world = with_card(world, fake.base_url)
        _, made = compile_with(world, world.cwd / "out2", Ways(teacher="t"))
    assert made.bill is not None
    assert made.bill.repairs == made.bill.asked / 2
    rejects = (world.cwd / "out2" / "rejects.jsonl").read_text()
    assert "the teacher's answer is not JSON" in rejects


def test_a_key_that_is_refused_stops_at_once(world: World) -> None:
    """What every question would meet is met once; nothing is spent, and the reason is told."""
    refuse = chat_error(401, "bad key", "invalid_api_key")
    with running(lambda request: refuse) as fake:
        world = with_card(world, fake.base_url)
        _, made = compile_with(world, world.cwd / "out", Ways(teacher="t", parallel=1))
        assert len(fake.requests) == 1
    assert made.bill is not None
    assert "bad key" in made.bill.stopped
    assert made.bill.purse.spent == 0


@pytest.mark.parametrize("protocol", ["openai-chat", "anthropic-messages"])
def test_a_batch_costs_as_much_as_the_service_says(world: World, protocol: str) -> None:
    """Questions and repairs go in batches; no single question is asked."""
    desk = Desk(teach)
    with running(teach, also=desk) as fake:
        world = with_card(world, fake.base_url, protocol)
        _, made = compile_with(world, world.cwd / "out", Ways(teacher="t", batch=True))
        assert {request.protocol for request in fake.requests} == {"other"}
    assert made.bill is not None
    assert made.bill.answered == desk.asked
    assert (world.cwd / "out" / "provenance.jsonl").read_text().count("\n") == 12


KILLED = """
import sys
from pathlib import Path
from hive_integration.cli.compiling import Ways
from hive_integration.settings import World
from tests.dataset.teacher.sample import compile_with
base = Path(sys.argv[1])
world = World({"PATH": "/usr/bin", "HIVE_CONFIG_DIR": sys.argv[2]}, base / "home", base / "project", base / "cache")
compile_with(world, base / "out", Ways(teacher="t", batch="batch" in sys.argv, parallel=4), total=40)
"""


def killed(world: World, base: Path, when: Callable[[], bool], *more: str) -> None:
    """A compilation in a process of its own, killed as soon as `when` holds."""
    command = [sys.executable, "-c", KILLED, str(base), world.env["HIVE_CONFIG_DIR"], *more]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not when() and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_killed_run_pays_for_nothing_twice(world: World, tmp_path: Path) -> None:
    """Killed three times in mid-run: no answered question is asked again, and what was under way is counted."""

    def script(request: Recorded) -> Answer:
        return teach(request).after(0.1)

    with running(script) as fake:
        world = with_card(world, fake.base_url)
        units_in(world.cwd)
        for upto in (6, 17, 30):
            killed(world, tmp_path, lambda upto=upto: len(fake.requests) >= upto)
        assert 30 <= len(fake.requests) < 40
        _, made = compile_with(world, tmp_path / "out", Ways(teacher="t"), total=40)
        times = Counter(asked_of(request) for request in fake.requests)
    assert made.bill is not None
    twice = sum(count - 1 for count in times.values())
    assert 0 < twice <= 3 * 4  # what was under way at each kill, and no more
    assert made.bill.purse.spent > len(times) * USUAL
    assert (tmp_path / "out" / "provenance.jsonl").read_text().count("\n") == 40


def test_a_killed_run_takes_up_its_batch(world: World, tmp_path: Path) -> None:
    """Killed while the batch is under way: the next run waits for that one, and hands in no other."""
    desk = Desk(teach, looks=1_000_000)
    with running(teach, also=desk) as fake:
        world = with_card(world, fake.base_url)
        units_in(world.cwd)
        killed(world, tmp_path, lambda: bool(desk.batches), "batch")
        killed(world, tmp_path, lambda: sum(each.method == "GET" for each in fake.requests) > 3, "batch")
        [first] = desk.batches.values()
        first["looks"] = desk.looks = 0
        compile_with(world, tmp_path / "out", Ways(teacher="t", batch=True), total=40)
    assert first["output"]
    names = [name for batch in desk.batches.values() for name, _ in batch["rows"]]
    assert desk.asked == len(names) == len(set(names))


def test_an_estimate_comes_before_and_says_what_is_not_known(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Tokens times the card's price, or that no price is known: then a cap cannot be kept, and is refused."""
    with running(teach) as fake:
        priced = with_card(world, fake.base_url)
        compile_with(priced, world.cwd / "a", Ways(teacher="t"))
        said = capsys.readouterr().err
        assert "12 questions to ask" in said
        assert "at the very most $" in said
        free = with_card(world, fake.base_url, model="qwen3-9b", more="")
        compile_with(free, world.cwd / "b", Ways(teacher="t"))
        assert "what that costs is not known" in capsys.readouterr().err
        with pytest.raises(UsageError, match="no price is known"):
            compile_with(free, world.cwd / "c", Ways(teacher="t", max_cost=1.0))


def test_a_teacher_is_a_card_or_an_address(world: World) -> None:
    """A vendor's key goes to its own host only; what is neither is said with what is known."""
    assert card_of("https://api.anthropic.com#claude-x", world).protocol == "anthropic-messages"
    assert card_of("https://api.openai.com/v1#gpt-x", world).api_key_env == "OPENAI_API_KEY"
    local = card_of("http://127.0.0.1:1/v1#qwen3-8b", replace(world, env={"OPENAI_API_KEY": "k"}))
    assert key_of(local, replace(world, env={"OPENAI_API_KEY": "k"})) == ""
    assert key_of(local, replace(world, env={"HIVE_TEACHER_KEY": "k"})) == "k"
    with pytest.raises(UsageError, match="OPENAI_API_KEY is not set"):
        key_of(card_of("https://api.openai.com/v1#gpt-x", world), world)
    with pytest.raises(UsageError, match="no card 'nobody'"):
        card_of("nobody", with_card(world, "http://127.0.0.1:1"))


def test_a_forbidden_teacher_needs_a_permission_and_is_asked_nothing_before(world: World) -> None:
    """Its sha256 goes into the manifest; a word of the user does not do."""
    with running(teach) as fake:
        world = with_card(world, fake.base_url, model="claude-opus-5-5")
        with pytest.raises(UsageError, match="may not train"):
            compile_with(world, world.cwd / "out", Ways(teacher="t", licence="MIT"))
        assert not fake.requests
        (world.cwd / "letter.txt").write_text("You may.")
        done, _ = compile_with(world, world.cwd / "out", Ways(teacher="t", permission=Path("letter.txt")))
    digest = done.manifest["permission"]
    assert digest.startswith("sha256:")
    row = json.loads((world.cwd / "out" / "provenance.jsonl").read_text().splitlines()[0])
    assert row["licence"] == f"permission {digest}"
