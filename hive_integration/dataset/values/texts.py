"""A text for each kind of property, fitting to the scene. Pure; a table of makers."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from hive_integration.dataset.values import words
from hive_integration.dataset.values.kinds import words_of
from hive_integration.dataset.values.scene import Scene, slug

Maker = Callable[[random.Random, Scene, str], str]
"""(random numbers, the scene, the property's name) -> a text."""
EDGE_SHARE = 0.06
"""Of running texts, how many are edge cases."""


def text_for(kind: str, rng: random.Random, scene: Scene, key: str) -> str:
    """A text of that kind."""
    return MAKERS.get(kind, _word)(rng, scene, key)


def short_id(rng: random.Random) -> str:
    """Some letters and digits, as ids have."""
    return "".join(rng.choice("0123456789abcdefghjkmnpqrstvwxyz") for _ in range(rng.choice((4, 5, 6, 8))))


def identity(rng: random.Random, scene: Scene, key: str) -> str:
    """An id whose prefix says what it is of: `task-7f3ka`."""
    own = [word for word in words_of(key).split() if word not in {"id", "ids", "uuid", "identifier", "ref", "the"}]
    head = "-".join(own[-2:]) or rng.choice(("item", "ref", slug(scene.thing)))
    form = rng.randrange(5)
    if form == 0:
        return f"{head}-{rng.randrange(1, 4000)}"
    if form == 1:
        return f"{head}_{short_id(rng)}"
    if form == 2:
        return f"{head}-{slug(scene.thing)}-{rng.randrange(1, 30)}"
    if form == 3:
        return f"{head}-{rng.choice(words.ADJECTIVES)}-{rng.choice(words.ANIMALS)}"
    return f"{head}-{short_id(rng)}"


def day(rng: random.Random) -> str:
    """A date of 2026."""
    return f"2026-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"


def instant(rng: random.Random) -> str:
    """A date and time of 2026, in UTC."""
    return f"{day(rng)}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}Z"


def chore(rng: random.Random, scene: Scene) -> str:
    """Something to do."""
    return scene.fill(rng.choice(words.CHORES))


def note(rng: random.Random, scene: Scene) -> str:
    """Something to keep or to tell."""
    return scene.fill(rng.choice(words.NOTES))


def file(rng: random.Random, scene: Scene, key: str) -> str:
    """A file of the project; where the name says so, one of another kind."""
    told = words_of(key)
    stem = scene.slug if rng.random() < 0.6 else f"{scene.area}-{day(rng)}"
    if told.startswith(("output", "out", "dest", "export")):
        return f"{rng.choice(('out', 'build', 'exports', 'reports'))}/{stem}.{rng.choice(('json', 'csv', 'txt'))}"
    if told.startswith(("input", "in ", "source", "import", "baseline", "current", "anchor", "config")):
        return f"{rng.choice(('data', 'fixtures', 'backups'))}/{stem}.json"
    if "rvf" in told or told.startswith(("base", "branch", "memory")):
        return f".memory/{stem}.rvf"
    if "key" in told:
        return f"keys/{scene.project}.pem"
    where = rng.randrange(6)
    other = f"{scene.directory}/{rng.choice(words.VERBS_IN_CODE)}_{slug(scene.aspect).replace('-', '_')}"
    ending = words.LANGUAGES[scene.language][0]
    return (scene.file, scene.file, scene.test, f"{other}.{ending}", f"docs/{scene.slug}.md", scene.file)[where]


def _directory(rng: random.Random, scene: Scene, key: str) -> str:
    return rng.choice((
        scene.directory, f"~/projects/{scene.project}", f"packages/{scene.project}", ".", f"services/{scene.area}",
        f"./{rng.choice(words.ANIMALS)}-{rng.choice(words.PROJECT_ENDS)}", f"/srv/{scene.project}",
    ))  # fmt: skip


def _url(rng: random.Random, scene: Scene, key: str) -> str:
    told = words_of(key)
    host = rng.choice(
        (f"{scene.area}.example.com", f"{scene.project}.example.org", "localhost:8080", "staging.example.net")
    )
    if "ws" in told.split() or "relay" in told:
        return f"wss://{host}/relay"
    path = rng.choice(("", f"/{slug(scene.thing)}", f"/api/{slug(scene.thing)}/{rng.randrange(1, 900)}", "/login",
                       f"/docs?q={slug(scene.aspect)}", "/health"))  # fmt: skip
    return f"{'http' if host.startswith('localhost') else 'https'}://{host}{path}"


def _code(rng: random.Random, scene: Scene, key: str) -> str:
    n = rng.randrange(2, 90)
    return rng.choice((
        f"var {scene.area} = {n};", f"function {scene.symbol}(a) {{ return a + {n}; }}", "document.title",
        f"def {scene.symbol}(x):\n    return x * {n}", f"console.log('{slug(scene.thing)}');",
        f"{scene.symbol}.retry({n})",
        f"const {scene.area} = require('./{scene.module}');", f"items.filter(x => x.size > {n})",
    ))  # fmt: skip


def _secret(rng: random.Random, scene: Scene, key: str) -> str:
    """What a secret's place is filled with in examples: plainly none."""
    return f"{rng.choice(words.ADJECTIVES)}-{rng.choice(words.ANIMALS)}-example-{slug(words_of(key)) or 'token'}"


def _title(rng: random.Random, scene: Scene, key: str) -> str:
    return rng.choice((chore(rng, scene), f"{scene.thing}: {scene.aspect}", f"The {scene.thing} {scene.symptom}"))


def _name(rng: random.Random, scene: Scene, key: str) -> str:
    return rng.choice((
        scene.slug, scene.project, f"{rng.choice(words.ADJECTIVES)}-{rng.choice(words.ANIMALS)}",
        f"{scene.area}-{slug(scene.aspect)}", f"{slug(scene.thing)}-v{rng.randrange(1, 9)}",
        f"before-{slug(scene.aspect)}",
    ))  # fmt: skip


def _text(rng: random.Random, scene: Scene, key: str) -> str:
    chance = rng.random()
    if chance < EDGE_SHARE:
        return rng.choice(words.EDGES)
    if chance < EDGE_SHARE + 0.08:
        return f"{note(rng, scene)}; {note(rng, scene)}; and {note(rng, scene)}"
    return note(rng, scene)


def _key(rng: random.Random, scene: Scene, key: str) -> str:
    thing, aspect = slug(scene.thing), slug(scene.aspect)
    return rng.choice((scene.slug, f"{scene.area}/{thing}", f"{thing}.{aspect.replace('-', '_')}",
    f"{scene.area}:{aspect}",
                       f"{aspect}-{rng.randrange(1, 40)}", f"decision-{thing}",
                       f"{scene.module}_{rng.randrange(1, 9)}"))  # fmt: skip


def _namespace(rng: random.Random, scene: Scene, key: str) -> str:
    return rng.choice(("default", "patterns", "decisions", scene.area, scene.project, f"{scene.area}-notes",
                       f"team-{rng.choice(words.ANIMALS)}", slug(scene.thing)))  # fmt: skip


def _word(rng: random.Random, scene: Scene, key: str) -> str:
    return rng.choice((slug(scene.thing), scene.area, slug(scene.aspect), rng.choice(words.ADJECTIVES), scene.slug))


def _branch(rng: random.Random, scene: Scene, key: str) -> str:
    return rng.choice(("main", f"fix/{scene.slug}", f"feature/{slug(scene.thing)}", f"release/{rng.randrange(1, 9)}.x",
                       f"{scene.person.lower()}/{slug(scene.aspect)}"))  # fmt: skip


def _host(rng: random.Random, scene: Scene, key: str) -> str:
    return rng.choice(("127.0.0.1", "localhost", f"{scene.area}.example.com", f"192.0.2.{rng.randrange(1, 250)}"))


def _of(table: tuple[str, ...]) -> Maker:
    return lambda rng, scene, key: scene.fill(rng.choice(table).replace("{n}", str(rng.randrange(1, 20))))


MAKERS: Mapping[str, Maker] = {
    "email": lambda rng, scene, key: f"{rng.choice((scene.person.lower(), scene.area, 'team'))}@example.com",
    "glob": lambda rng, scene, key: f"{scene.directory}/**/*.{words.LANGUAGES[scene.language][0]}",
    "hash": lambda rng, scene, key: f"{rng.getrandbits(28):07x}",
    "directory": _directory, "file": file, "url": _url, "secret": _secret, "command": _of(words.COMMANDS),
    "selector": _of(words.SELECTORS), "code": _code, "branch": _branch,
    "repo": lambda rng, scene, key: f"{rng.choice(words.ANIMALS)}-labs/{scene.project}",
    "version": lambda rng, scene, key: f"{rng.randrange(0, 9)}.{rng.randrange(0, 30)}.{rng.randrange(0, 12)}",
    "period": _of(words.PERIODS),
    "date": lambda rng, scene, key: rng.choice((day(rng), instant(rng))),
    "namespace": _namespace, "id": identity, "query": _of(words.QUERIES), "key": _key, "reason": _of(words.REASONS),
    "title": _title, "role": _of(words.ROLES), "model": _of(words.MODELS), "tag": _of(words.TAGS), "name": _name,
    "person": lambda rng, scene, key: rng.choice((scene.person.lower(), f"{scene.area}-team")),
    "task": lambda rng, scene, key: chore(rng, scene), "topology": _of(words.TOPOLOGIES),
    "strategy": _of(words.STRATEGIES), "status": _of(words.STATUSES), "priority": _of(words.PRIORITIES),
    "format": _of(words.FORMATS), "language": lambda rng, scene, key: scene.language, "metric": _of(words.METRICS),
    "host": _host, "domain": _of(words.DOMAINS), "text": _text, "any": _text, "word": _word,
}  # fmt: skip
