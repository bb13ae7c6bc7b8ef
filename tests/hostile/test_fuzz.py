"""Thousands of inputs that were broken at random: every one gives a report whose sums hold, or one clear line.

`HIVE_FUZZ=100000` runs that many instead; `HIVE_FUZZ_SEED=7` draws others. A failure names the seed of its input.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from hive_integration.audit.live import read_request, request_report
from hive_integration.audit.render import FORMS, render
from hive_integration.audit.report import Report
from hive_integration.audit.sources.frontmatter import parse
from hive_integration.audit.sources.inventory import take_inventory
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.audit.static import conditions_of, static_report
from hive_integration.errors import HiveError
from hive_integration.settings import World, now
from tests.hostile import mutate
from tests.hostile.bodies import BODIES
from tests.hostile.projects import write
from tests.hostile.run import STEERS, assert_sums

EXAMPLE = Path(__file__).parents[2] / "examples" / "hive"
TOTAL = int(os.environ.get("HIVE_FUZZ", "5600"))
SEED = os.environ.get("HIVE_FUZZ_SEED", "1")
SECONDS = 10
"""The longest that any single input may take."""

pytestmark = pytest.mark.timeout(300 + TOTAL // 10)


@dataclass(frozen=True, slots=True)
class Characters:
    """Counts characters: cheap, exact, and no two pieces share one."""

    name: str = "o200k_base"
    exact: bool = True
    note: str = "characters"

    def count(self, texts: Sequence[str]) -> list[int]:
        """Characters of each text."""
        return [len(text) for text in texts]

    def split(self, text: str, cuts: Sequence[int]) -> list[int]:
        """Characters of each piece."""
        return [end - start for start, end in pairwise([0, *cuts, len(text)])]


def fuzz(kind: str, share: float, attempt: Callable[[Random], None]) -> None:
    """Make the attempts; each has a `Random` of its own, so that it can be made again alone."""
    done = 0
    for number in range(round(TOTAL * share)):
        seed, begin = f"{SEED}-{kind}-{number}", time.monotonic()
        try:
            attempt(Random(seed))
        except Exception as error:
            raise AssertionError(f"the input of Random({seed!r}) is not survived: {error!r}") from error
        assert time.monotonic() - begin < SECONDS, seed
        done += 1
    assert done == round(TOTAL * share) > 0


def hold(report: Report, rng: Random) -> None:
    """The sums hold and, of every tenth report, all forms can be made and steer no terminal."""
    assert_sums(report.to_json())
    if rng.random() < 0.1:
        for form in FORMS:
            text = render(report, form)
            assert not STEERS.search(text)
            text.encode()


def one_line(error: HiveError) -> None:
    """An expected failure says something."""
    assert str(error).strip()
    assert error.exit_code in {1, 2}


# Projects.


def around(world: World, home: Path) -> None:
    """A user's own configuration, so that there is more than a project to break."""
    market = {"plugins": [{"name": "p", "source": "./p", "description": "d"}], "name": "m", "owner": {"name": "o"}}
    write(home / "market/.claude-plugin/marketplace.json", market)
    write(home / "market/p/.claude-plugin/plugin.json", {"name": "p", "agents": ["./a.md"], "skills": "./more"})
    write(home / "market/p/a.md", "---\nname: a\ndescription: from a plugin\n---\nbody\n")
    write(home / "market/p/more/s/SKILL.md", "---\nname: s\ndescription: from a plugin\n---\nbody\n")
    write(
        home / "market/p/hooks/hooks.json",
        {"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "x"}]}]}},
    )
    write(home / ".claude/CLAUDE.md", "Be kind. @notes.md\n")
    write(home / ".claude/notes.md", "<!-- a -->\nNotes. `@no` @more/notes.md\n")
    write(home / ".claude/output-styles/brief.md", "---\nname: Brief\ndescription: d\n---\nBe brief.\n")
    write(home / ".claude/settings.json", SETTINGS | {"extraKnownMarketplaces": {"m": _market(home)}})
    write(
        home / ".claude/plugins/known_marketplaces.json",
        {"m": _market(home) | {"installLocation": str(home / "market")}},
    )
    state = {"hasTrustDialogAccepted": True, "mcpServers": SERVERS, "disabledMcpServers": ["z"]}
    usage = {"slice-work": {"usageCount": 4, "lastUsedAt": 1_790_000_000_000}}
    write(home / ".claude.json", {"projects": {str(world.cwd): state}, "mcpServers": SERVERS, "skillUsage": usage})


def _market(home: Path) -> dict[str, object]:
    return {"source": {"source": "directory", "path": str(home / "market")}}


SERVERS = {
    "a": {"command": "${A:-a}", "args": ["${HOME}", "b"], "env": {"K": "${A}"}, "cwd": "."},
    "b": {"type": "http", "url": "https://x/${A}", "headers": {"h": "v"}, "alwaysLoad": True},
}
SETTINGS: dict[str, object] = {
    "model": "sonnet[1m]",
    "outputStyle": "Brief",
    "env": {
        "ENABLE_TOOL_SEARCH": "true",
        "ANTHROPIC_MODEL": "claude-opus-5-5",
        "SLASH_COMMAND_TOOL_CHAR_BUDGET": "9000",
    },
    "permissions": {"deny": ["Skill(a)", "Agent(b)", "Read(./x)"], "additionalDirectories": ["../x"]},
    "hooks": {"SessionStart": [{"matcher": "startup", "hooks": [{"type": "command", "command": "x", "timeout": 5}]}]},
    "enabledPlugins": {"p@m": True},
    "skillOverrides": {"slice-work": "name-only"},
    "claudeMdExcludes": ["**/vendor/{a,b}/*.md"],
    "skillListingBudgetFraction": 0.01,
    "skillListingMaxDescChars": 1000,
    "enabledMcpjsonServers": ["board"],
    "disabledMcpjsonServers": ["z"],
    "deniedMcpServers": [{"serverName": "n"}, {"serverCommand": ["a", "b"]}, {"serverUrl": "https://*.y"}],
    "allowedMcpServers": [{"serverName": "a"}],
    "autoMemoryDirectory": "~/memory",
    "autoMemoryEnabled": True,
    "disableAllHooks": False,
    "disableBundledSkills": False,
    "statusLine": {"type": "command", "command": "x"},
}


def audited(world: World, rng: Random) -> None:
    """A static audit of the world's folder, under one of the clients."""
    try:
        setup = find_setup(world.cwd, world)
        conditions = conditions_of(setup, version=rng.choice(("", "2.1.197", "2.1.329", "3.0.0")))
        inventory = take_inventory(setup, conditions, now())
        hold(static_report(inventory, Characters()), rng)
    except HiveError as error:
        one_line(error)


@pytest.fixture
def hive(world: World) -> World:
    """The example in a world with a user."""
    shutil.copytree(EXAMPLE, world.cwd, dirs_exist_ok=True, ignore=shutil.ignore_patterns("board"))
    around(world, world.home)
    return world


def test_broken_projects(hive: World, tmp_path: Path) -> None:
    """Files cut, swapped, renamed, doubled, made folders, links or FIFOs: the audit takes what is left."""

    def attempt(rng: Random) -> None:
        broken = tmp_path / "broken"
        shutil.copytree(hive.cwd, broken / "project")
        shutil.copytree(hive.home, broken / "home")
        mutate.tree(broken, rng)
        audited(World(hive.env, broken / "home", broken / "project", hive.cache_dir, hive.managed_dir), rng)
        shutil.rmtree(broken)

    fuzz("project", 0.12, attempt)


def test_broken_settings(hive: World) -> None:
    """Values of any kind at any key of the settings, of `.mcp.json`, of a manifest, of the client's own file."""
    files = [hive.cwd / ".claude/settings.json", hive.cwd / ".mcp.json", hive.home / ".claude/settings.json",
             hive.home / "market/p/.claude-plugin/plugin.json", hive.home / "market/.claude-plugin/marketplace.json",
             hive.home / ".claude/plugins/known_marketplaces.json", hive.home / ".claude.json",
             hive.home / "market/p/hooks/hooks.json"]  # fmt: skip
    write(files[0], SETTINGS)
    whole = {path: json.loads(path.read_bytes()) for path in files}

    def attempt(rng: Random) -> None:
        for path in rng.sample(files, 2):
            write(path, mutate.value_of(whole[path], rng))
        audited(hive, rng)
        for path in files:
            write(path, whole[path])

    fuzz("settings", 0.2, attempt)


def test_broken_front_matter() -> None:
    """Front matter of any shape is taken apart in time, and what is kept of it is text, number or flat."""
    sources = [path.read_bytes() for path in sorted(EXAMPLE.rglob("*.md"))]

    def attempt(rng: Random) -> None:
        text = mutate.bytes_of(rng.choice(sources), rng).decode("utf-8", errors="replace")
        document = parse(text)
        assert document.body in text
        assert all(isinstance(document.text(key), str) for key in document.fields)
        assert document.marked or not document.fields

    fuzz("front matter", 0.1, attempt)


# Requests.


def asked(body: bytes, rng: Random) -> None:
    """A report of one body: each character of its idle texts and tools is counted once."""
    try:
        seen = read_request(body)
    except HiveError as error:
        one_line(error)
        return
    report = request_report("body", body, Characters())
    hold(report, rng)
    tools = sum(len(tool.raw) for tool in seen.cut.tools if not tool.deferred)
    assert report.total_tokens == sum(len(text.text) for text in seen.cut.texts) + tools
    for text in seen.cut.texts:
        assert [piece.end for piece in text.pieces[:-1]] == [piece.start for piece in text.pieces[1:]]
        assert (text.pieces[0].start, text.pieces[-1].end) == (0, len(text.text))


def test_broken_requests() -> None:
    """Bodies with odd bytes, and bodies with any value at any key."""

    def attempt(rng: Random) -> None:
        body = rng.choice(BODIES)
        if rng.random() < 0.5:
            asked(
                mutate.bytes_of(json.dumps(body, ensure_ascii=rng.random() < 0.5).encode(errors="surrogatepass"), rng),
                rng,
            )
        else:
            asked(json.dumps(mutate.value_of(body, rng)).encode(), rng)

    fuzz("request", 0.58, attempt)


def test_requests_cut_at_every_byte() -> None:
    """Only the whole body is a request; every beginning of it is refused in one line."""
    rng = Random(SEED)
    for body in BODIES:
        raw = json.dumps(body).encode()
        asked(raw, rng)
        for end in range(len(raw)):
            with pytest.raises(HiveError, match="the request"):
                read_request(raw[:end])


def test_the_fuzzing_is_worth_its_name() -> None:
    """At least five thousand inputs, unless someone asked for another number; most of them are not refused at once."""
    assert TOTAL >= 5000 or "HIVE_FUZZ" in os.environ
    rng, kept = Random(SEED), 0
    for _ in range(200):
        with suppress(HiveError):
            kept += bool(read_request(json.dumps(mutate.value_of(rng.choice(BODIES), rng)).encode()).cut.texts)
    assert kept > 120
