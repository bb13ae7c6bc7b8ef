"""What each overlay saves: the real clients' first request without and with it, counted by the probe.

On claude-flow's project and on an empty one, by both pinned clients. Direct is what the client sends to Anthropic
itself, gateway what it sends behind a base URL with nothing said of tool search. It fails where the base overlay
changes a request, or where one saves less than its file says by over 5 % and 10 tokens.

    python benchmarks/overlays.py [--write] [OVERLAY ...]    --write puts the figures into configs/overlays and docs
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from _page import put  # noqa: E402
from _scene import FRAMEWORK  # noqa: E402

from hive_integration.files import atomic_write  # noqa: E402
from hive_integration.install.merge import merged  # noqa: E402
from hive_integration.install.overlay import Figures, Overlay  # noqa: E402
from hive_integration.install.overlays import BASE, chosen, edit_of, load_overlays  # noqa: E402
from hive_integration.install.target import Target  # noqa: E402
from hive_integration.settings import now  # noqa: E402
from tests.e2e.conftest import CLAUDE, PATH, _initialised  # noqa: E402
from tests.e2e.npm import binary  # noqa: E402

CLIENTS = ("2.1.329", "2.1.197")
HIVE, EMPTY = " ".join(FRAMEWORK), "empty"
CAREFUL = ("tool-search", "no-attribution-header", "hive-tools", "skill-descriptions", "deny-tools")
LEAN = (*CAREFUL, "skills-hidden", "no-git-instructions", "no-auto-memory", "no-bundled-skills", "no-explore-agents",
        "simple-prompt")  # fmt: skip
SETS: Mapping[str, Sequence[str]] = {"careful": CAREFUL, "lean": LEAN}
OVERLAYS, PAGE = ROOT / "configs/overlays", ROOT / "docs/reference/overlays.md"
Key = tuple[str, str, str]
"""Name of an overlay or a set, version of the client, project."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The folder where it all happens, always the same: paths are part of what is sent."""

    base: Path

    def probed(self, version: str, project: str, names: Sequence[str], known: Mapping[str, Overlay]) -> tuple[int, int]:
        """(direct, gateway) tokens of the first request in a fresh project with these overlays."""
        folder, home = self.base / "project", self.base / "home"
        for old in (folder, home):
            shutil.rmtree(old, ignore_errors=True)
        home.mkdir()
        shutil.copytree(self.base / "templates" / project, folder, symlinks=True)
        target = Target(folder, "hive" if project == HIVE else "project")
        facts = {"config_dir": f"{folder}/hive-integration", "state": f"{home}/state.json", "program": "/bin/hive-ctx"}
        if names:
            edit = edit_of(chosen(names, known), target, facts)
            atomic_write(folder / edit.path, merged("", edit.wants)[0])
        return self._audited(version, folder, home)

    def _audited(self, version: str, folder: Path, home: Path) -> tuple[int, int]:
        client = binary(CLAUDE, version, "claude")
        done = subprocess.run(
            [sys.executable, "-m", "hive_integration", "audit", str(folder), "--method", "probe", "--format", "json",
             "--yes", "--client", str(client)],
            env={"HOME": str(home), "PATH": PATH, "HIVE_CACHE_DIR": str(self.base / "cache"), "TERM": "dumb",
                 "HIVE_DATA_DIR": str(home / "data"), "PYTHONPATH": str(ROOT), "npm_config_offline": "true"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{folder}, {version}: {done.stderr.strip()[-300:]}")
        report = json.loads(done.stdout)
        return report["total_tokens"], report["notes"]["gateway_total_tokens"]


def main(arguments: Sequence[str]) -> int:
    known = load_overlays()
    asked = [name for name in arguments if name != "--write"]
    sets = {} if asked else SETS
    rows = {name: (name,) for name in asked or known} | sets
    base = Path(tempfile.gettempdir()) / "hive-ctx-overlays"
    shutil.rmtree(base, ignore_errors=True)
    try:
        made(base)
        found = dict(figures(Bench(base), rows, known))
    finally:
        shutil.rmtree(base, ignore_errors=True)
    page = "\n".join(table(found))
    print(page)
    wrong = list(faults(found, known))
    for line in wrong:
        print(f"WRONG: {line}")
    if "--write" in arguments:
        for name in set(rows) - set(sets):
            record(name, found)
        if sets:
            put(PAGE, "sets", "\n".join(set_table(found)))
    return 1 if wrong else 0


def made(base: Path) -> None:
    """The projects to copy: claude-flow's as `init` makes it, with its pinned server, and one with nothing."""
    (base / "first").mkdir(parents=True)
    (base / "templates" / EMPTY).mkdir(parents=True)
    project = _initialised(binary(*FRAMEWORK, FRAMEWORK[0]), base / "first")
    project.rename(base / "templates" / HIVE)


def figures(
    bench: Bench, rows: Mapping[str, Sequence[str]], known: Mapping[str, Overlay]
) -> Iterator[tuple[Key, Figures]]:
    """Every row's figures, by client and project."""
    for version in CLIENTS:
        for project in (HIVE, EMPTY):
            before = bench.probed(version, project, (), known)
            for name, names in rows.items():
                after = bench.probed(version, project, names, known)
                (direct, gateway) = zip(before, after, strict=True)
                yield (name, version, project), Figures(direct, gateway)
                print(name, version, project, direct, gateway, file=sys.stderr, flush=True)


def faults(found: Mapping[Key, Figures], known: Mapping[str, Overlay]) -> Iterator[str]:
    for (name, version, project), now_ in found.items():
        if name == BASE and (now_.saved, now_.saved_by_gateway) != (0, 0):
            yield f"{name} changes the request of {version}, {project}: {now_}"
        overlay = known.get(name)
        then = overlay.measured.clients.get(version, {}).get(project) if overlay and overlay.measured else None
        if then and now_.saved < 0.95 * then.saved - 10:
            yield f"{name}, {version}, {project}: saves {now_.saved:,}, its file says {then.saved:,}"


def record(name: str, found: Mapping[Key, Figures]) -> None:
    """Put the figures at the end of the overlay's file, in place of older ones."""
    path = OVERLAYS / f"{name}.toml"
    said = path.read_text("utf-8").partition("\n[measured]")[0].rstrip()
    lines = [said, "", "[measured]", f"date = {now().date()}"]
    for version in CLIENTS:
        lines += ["", f'[measured.clients."{version}"]']
        for project in (HIVE, EMPTY):
            each = found[name, version, project]
            pairs = f"direct = {list(each.direct)}, gateway = {list(each.gateway)}"
            lines.append(f'"{project}" = {{ {pairs} }}')
    atomic_write(path, "\n".join(lines) + "\n")


def table(found: Mapping[Key, Figures]) -> Iterator[str]:
    yield "| overlay | client | project | direct | | gateway | |"
    yield "|---|---|---|--:|--:|--:|--:|"
    for (name, version, project), each in found.items():
        ways = ((each.direct, each.saved), (each.gateway, each.saved_by_gateway))
        cells = " | ".join(f"{before:,} → {after:,} | {saved:,}" for (before, after), saved in ways)
        yield f"| {name} | {version} | {project} | {cells} |"


def set_table(found: Mapping[Key, Figures]) -> Iterator[str]:
    """The sets of several overlays together, for the page."""
    yield "| set | client | project | direct | behind a gateway |"
    yield "|---|---|---|--:|--:|"
    for (name, version, project), each in found.items():
        if name in SETS:
            cells = " | ".join(f"{before:,} → {after:,}" for before, after in (each.direct, each.gateway))
            yield f"| {name} | {version} | {project} | {cells} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
