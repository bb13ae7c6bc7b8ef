"""Try every patch on every released version of its packages: write the hashes into patch.toml, the table into the docs.

Fetches each release once by `npm pack`, 0.9 GB for all of them; what is kept has a few MB and lies in the cache. Run it
after a diff has changed, or when there is a new release: `.venv/bin/python scripts/docs_patches.py`.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hive_integration.errors import HiveError
from hive_integration.files import atomic_write
from hive_integration.install.patch_apply import Tools, check_syntax, patched
from hive_integration.install.patch_series import PATCH, Form, Patch, read_series
from hive_integration.install.patch_versions import Registry, Row, table
from hive_integration.settings import read_world

ROOT = Path(__file__).parent.parent
PATCHES = ROOT / "patches"
PAGE = ROOT / "docs" / "reference" / "patches.md"
MADE = "\n# What follows is made by scripts/docs_patches.py: what the diffs were tried with. Do not edit it.\n"
BEGIN, END = "<!-- begin: scripts/docs_patches.py -->\n", "<!-- end -->"
ALL = 10_000


def main() -> None:
    world = read_world()
    registry, tools = Registry(world.cache_dir / "patches", world.env), Tools.on(world.env)
    series = read_series(PATCHES)
    for patch in series:
        path = PATCHES / patch.id / PATCH
        tried = [line for form in patch.forms for line in _tried(form, series, registry, tools)]
        atomic_write(path, path.read_text().partition(MADE)[0] + MADE + "".join(tried))
    series = read_series(PATCHES)
    rows = table(series, registry, tools, ALL)
    before, _, rest = PAGE.read_text().partition(BEGIN)
    atomic_write(PAGE, before + BEGIN + _shown(series, rows) + END + rest.partition(END)[2])


def _tried(form: Form, series: Sequence[Patch], registry: Registry, tools: Tools) -> Iterator[str]:
    """A `[[tested]]` table for each content in the form's range that the diff applies to, and node parses then."""
    for data, releases in _contents(form, series, registry).items():
        after = patched(form.diff, data, tools)
        if after is None:
            print(f"{form.name} does not apply to {releases}", file=sys.stderr)
            continue
        check_syntax(after, form.suffix, tools)
        if form.upstream.search(data.decode(errors="replace")):
            raise HiveError(f"{form.name}: the condition `upstream` is true of {releases}, which the diff applies to")
        yield "\n".join(
            [
                "",
                "[[tested]]",
                f'diff = "{form.name}"',
                f'before = "{hashlib.sha256(data).hexdigest()}"',
                f'after = "{hashlib.sha256(after).hexdigest()}"',
                "[tested.releases]",
                *(f'"{package}" = {_listed(versions)}' for package, versions in releases.items()),
                "",
            ]
        )


def _contents(form: Form, series: Sequence[Patch], registry: Registry) -> Mapping[bytes, Mapping[str, list[str]]]:
    """Every content of the form's file in the releases of its range: content -> package -> releases, oldest first."""
    found: dict[bytes, dict[str, list[str]]] = {}
    for package, path in form.files.items():
        every = sorted({each.files[package] for patch in series for each in patch.forms if package in each.files})
        for version in registry.versions(package)[0]:
            if form.covers(version):
                print(f"{package} {version}", file=sys.stderr)
                data = registry.files(package, version, every)[path]
                if data is not None:
                    found.setdefault(data, {}).setdefault(package, []).append(version)
    return found


def _listed(versions: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{version}"' for version in versions) + "]"


def _shown(series: Sequence[Patch], rows: Sequence[Row]) -> str:
    """A Markdown table, a row for each release; `-`: the package has no file of the patch in any release."""
    names = [patch.id for patch in series]
    lines = ["| package | version | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names)]
    for row in rows:
        states = [row.verdicts[name].state if name in row.verdicts else "-" for name in names]
        lines.append(f"| {row.package} | {row.version} | " + " | ".join(states) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
