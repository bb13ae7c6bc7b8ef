"""Compose what a compilation needs beside the offline generator: a teacher, its terms and price, and real results."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import click

from hive_integration.cli.executing import CALL, Servers, ready
from hive_integration.dataset.compile import Options, Planned
from hive_integration.dataset.folder import PARTS
from hive_integration.dataset.generators import GENERATORS
from hive_integration.dataset.parts import Part
from hive_integration.dataset.rounds import SPARE
from hive_integration.dataset.task import Task, share
from hive_integration.dataset.teacher.answers import Ledger
from hive_integration.dataset.teacher.batching import Batching
from hive_integration.dataset.teacher.bill import Bill
from hive_integration.dataset.teacher.budget import DOLLAR, Estimate, Purse, dollars, estimate, price_of, rates_of
from hive_integration.dataset.teacher.course import Asks, Course, Taught, forget
from hive_integration.dataset.teacher.lessons import Lessons, worst_of
from hive_integration.dataset.teacher.parse import Hand
from hive_integration.dataset.teacher.prompt import USUAL_TOKENS
from hive_integration.dataset.teacher.terms import leave, permission_of, service_at
from hive_integration.errors import UsageError
from hive_integration.files import identity
from hive_integration.providers.batches import POLL, Batches
from hive_integration.providers.teaching import Pace, Teacher
from hive_integration.providers.upstream import Upstreams
from hive_integration.registry.cards import Card
from hive_integration.registry.load import load
from hive_integration.registry.places import config_dir
from hive_integration.settings import World
from hive_integration.tasks import run as run_async
from hive_integration.tokens.choose import counter_for

SAMPLED = 200
"""Tasks whose questions are counted for the estimate."""
TOLD = 100
"""Answers between two lines that say how far it is."""
ABREAST = 1_000
"""Tasks whose questions are held at once; in batches ten times as many."""
_OWN_KEYS = {"anthropic.com": "ANTHROPIC_API_KEY", "openai.com": "OPENAI_API_KEY"}
OTHER_KEY = "HIVE_TEACHER_KEY"
"""The variable with the key of a teacher that is named by its address, where it is no vendor's own."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The options of `hive-ctx compile` that say how examples come about, as given."""

    teacher: str = ""
    licence: str = ""
    permission: Path | None = None
    max_cost: float | None = None
    batch: bool = False
    parallel: int = 8
    execute: bool = False
    project: Path | None = None
    call_timeout: float = CALL
    poll: float = POLL
    yes: bool = False


@dataclass(slots=True)
class Prepared:
    """A compilation made ready. Plan with `options`, call `begin`, compile with `ahead`, show `sentences`."""

    options: Options
    ways: Ways
    world: World
    out: Path
    bill: Bill | None = None
    servers: Servers | None = None
    plan: Planned | None = None
    _pace: Pace = field(default_factory=Pace)
    _hundreds: int = 0

    def begin(self, plan: Planned) -> None:
        """The plan stands: say what it will cost, and ask where somebody is there."""
        self.plan = plan
        if self.bill is None or self.course is None:
            return
        forget(self.out / PARTS)
        click.echo(f"teacher {self.course.hand.teacher}: {self.estimate(plan).sentence()}", err=True)
        if self.bill.rates is None and self.ways.max_cost is not None:
            raise UsageError(
                f"--max-cost cannot be kept: no price is known for {self.course.card.model}",
                hint="give its card a [price] in USD per million tokens, or leave --max-cost out",
            )
        asks = not self.ways.yes and sys.stdin.isatty() and sys.stderr.isatty()
        if asks and not click.confirm("Ask the teacher?", default=True, err=True):
            raise click.Abort

    def ahead(self, tasks: Sequence[Task]) -> None:
        """Fetch what these tasks need: the teacher's answers first, then the real results."""
        if self.plan is None:
            return
        book, settings = self.plan.book, replace(self.options.settings, execution=None)
        inner = GENERATORS[self.options.generator](settings)
        if self.bill is not None:
            step = ABREAST * (10 if self.ways.batch else 1)
            for start in range(0, len(tasks), step):
                if not self.bill.stopped:
                    run_async(self._asked(tasks[start : start + step]))
        if self.servers is not None and self.options.settings.execution is not None:
            self.servers.ahead(tasks, book, inner, self.options.settings.execution.folder)

    async def _asked(self, tasks: Sequence[Task]) -> None:
        if self.course is None or self.bill is None or self.plan is None:
            return
        upstreams, key = Upstreams(), key_of(self.course.card, self.world)
        taught, ledger = Taught(self.course), self.ledger
        try:
            if self.ways.batch:
                batches = Batches(upstreams, self.course.card, key, self.ways.poll)
                await Batching(taught, ledger, self.bill, batches).ahead(tasks, self.plan.book, self._told)
            else:
                teacher = Teacher(upstreams, self.course.card, key, self._pace)
                lessons = Lessons(taught, ledger, self.bill, teacher.ask, self.ways.parallel)
                await lessons.ahead(tasks, self.plan.book, self._told)
        finally:
            await upstreams.close()

    def _told(self, done: int, of: int) -> None:
        """A line at every hundredth answer."""
        if done // TOLD > self._hundreds:
            self._hundreds = done // TOLD
            spent = f", {dollars(self.bill.purse.spent)} so far" if self.bill and self.bill.rates else ""
            click.echo(f"the teacher has answered {done:,} of {of:,}{spent}", err=True)

    @property
    def course(self) -> Course | None:
        """The teacher's."""
        return self.options.settings.course

    @property
    def ledger(self) -> Ledger:
        """What this dataset's questions have cost."""
        return Ledger(self.world.cache_dir / "teacher" / "ledgers" / f"{identity(self.out)}.txt")

    def sentences(self) -> Iterator[str]:
        """What came of it, for a person."""
        if self.bill is not None:
            yield from self.bill.sentences()
            if self._pace.met:
                yield f"a rate limit was met {self._pace.met:,} times"
        if self.servers is not None:
            tally = self.servers.tally
            yield (
                f"{tally.calls:,} calls of {tally.examples:,} examples were run for real; {tally.failed:,} failed and "
                f"are error cases, {tally.dropped:,} examples were dropped for want of an answer"
            )

    def estimate(self, plan: Planned) -> Estimate:
        """From a sample of the tasks, spread over the behaviours."""
        course = self.course
        if course is None or self.bill is None:
            raise UsageError("no teacher is named")
        taught, counter = Taught(course), counter_for(course.card.tokenizer)
        each = share(plan.options.total, len(plan.chosen))
        step = max(1, -(-len(plan.chosen) * each // SAMPLED))
        tasks = [task for b in plan.chosen for task in Part(b, plan.options.seed).tasks(0, min(each, 256))][::step]
        sizes = []
        for task in tasks:
            state = taught.state(task, plan.book)
            if isinstance(state, Asks):
                tokens = sum(counter.count([state.question.shared, *state.question.turns]))
                sizes.append((tokens, USUAL_TOKENS[task.complexity], worst_of(state, taught, self.bill)))
        total = round(plan.options.total * (1 + SPARE))
        scale = total / max(len(tasks), 1)
        many = [(round(a * scale), round(b * scale), round(c * scale)) for a, b, c in sizes]
        found = estimate(many, 0, self.bill.rates, price_of(course.card)[1])
        asked = round(len(sizes) * scale)
        return replace(found, questions=total, known=total - asked)


def prepared(options: Options, out: Path, ways: Ways, world: World) -> Prepared:
    """Make ready what the options ask for. Raises UsageError for a teacher that may not be used or is not known."""
    made = Prepared(options, ways, world, out)
    if ways.permission is not None and not ways.teacher:
        raise UsageError("--permission is of no use without --teacher")
    if ways.teacher:
        _teach(made)
    elif ways.max_cost is not None or ways.batch or ways.licence:
        raise UsageError("--max-cost, --batch and --licence are a teacher's", hint="name one with --teacher")
    if ways.execute:
        made.servers = ready(ways.project, world, yes=ways.yes, call=ways.call_timeout)
        settings = replace(made.options.settings, execution=made.servers.execution(out / PARTS))
        made.options = replace(made.options, settings=settings)
    return made


def _teach(made: Prepared) -> None:
    ways, world = made.ways, made.world
    card = card_of(ways.teacher, world)
    permission = permission_of(world.cwd / ways.permission) if ways.permission else ""
    allowed = leave(card.base_url, card.model, ways.licence, permission)
    key_of(card, world)
    limits = replace(made.options.limits, permission=allowed.permission)
    hand = Hand(made.options.settings.system, card.model, allowed.licence)
    course = Course(card, world.cache_dir / "teacher", hand, limits)
    price, _ = price_of(card)
    service = service_at(card.base_url)
    rates = rates_of(price, service.batch if ways.batch and service else 1.0)
    spent, lost = made.ledger.total(Taught(course).answers)
    limit = None if ways.max_cost is None else round(ways.max_cost * DOLLAR)
    made.bill = Bill(Purse(limit, spent, lost), rates, spent)
    made._pace = Pace(ways.parallel)
    settings = replace(made.options.settings, course=course)
    made.options = replace(made.options, generator="teacher", settings=settings, limits=limits)


def card_of(teacher: str, world: World) -> Card:
    """The card of that id, or one made from `URL#MODEL`. Raises UsageError where it is neither."""
    base_url, sign, model = teacher.rpartition("#")
    if sign and "://" in base_url:
        host = urlsplit(base_url).hostname or ""
        vendor = next((each for each in _OWN_KEYS if host == each or host.endswith(f".{each}")), "")
        return Card(
            id=host, protocol="anthropic-messages" if vendor == "anthropic.com" else "openai-chat",
            base_url=base_url, model=model, api_key_env=_OWN_KEYS.get(vendor, OTHER_KEY),
        )  # fmt: skip
    cards = load(config_dir(world)).cards
    if teacher not in cards:
        known = ", ".join(sorted(cards)) or "none"
        raise UsageError(f"no card {teacher!r}; known: {known}", hint="or name an address: --teacher URL#MODEL")
    card = cards[teacher]
    if not card.model:
        raise UsageError(f"card {teacher} names no model", hint="a teacher's card needs `model`")
    return card


def key_of(card: Card, world: World) -> str:
    """The card's key. Raises UsageError where its variable is not set; `HIVE_TEACHER_KEY` need not be."""
    if not card.api_key_env:
        return ""
    key = world.env.get(card.api_key_env, "")
    if not key and card.api_key_env != OTHER_KEY:
        raise UsageError(f"{card.api_key_env} is not set", hint=f"it holds the key of {card.id}")
    return key
