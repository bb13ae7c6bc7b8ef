"""Write the table of overlays in `docs/reference/overlays.md` from what their files say. Starts no client.

    .venv/bin/python scripts/docs_overlays.py

The figures come from `benchmarks/overlays.py --write`, which measures with the real clients.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _page import put  # noqa: E402

from hive_integration.install.overlay import Figures, Overlay  # noqa: E402
from hive_integration.install.overlays import load_overlays  # noqa: E402

PAGE = ROOT / "docs/reference/overlays.md"


def main() -> int:
    overlays = load_overlays()
    put(PAGE, "overlays", "\n".join(meanings(overlays)))
    put(PAGE, "figures", "\n".join(figures(overlays)))
    return 0


def meanings(overlays: Mapping[str, Overlay]) -> Iterator[str]:
    yield "| overlay | what it does | what is lost |"
    yield "|---|---|---|"
    for overlay in overlays.values():
        argument = f" `={overlay.argument.default}` ({overlay.argument.means})" if overlay.argument else ""
        yield f"| `{overlay.id}`{argument} | {overlay.summary} | {overlay.lost} |"


def figures(overlays: Mapping[str, Overlay]) -> Iterator[str]:
    """A row an overlay, a column a client and project; the baseline is the same for all, so it stands in the head."""
    columns = {
        (version, project): each
        for overlay in overlays.values()
        if overlay.measured
        for version, projects in overlay.measured.clients.items()
        for project, each in projects.items()
    }
    heads = " | ".join(f"{version}, {project} ({before(each)})" for (version, project), each in columns.items())
    yield f"| overlay | {heads} | measured |"
    yield f"|---|{'--:|' * len(columns)}---|"
    for overlay in overlays.values():
        if overlay.measured:
            cells = " | ".join(saved(overlay.measured.clients[version][project]) for version, project in columns)
            yield f"| `{overlay.id}` | {cells} | {overlay.measured.date} |"


def before(each: Figures) -> str:
    direct, gateway = each.direct[0], each.gateway[0]
    return f"{direct:,}" if direct == gateway else f"{direct:,}; {gateway:,}"


def saved(each: Figures) -> str:
    """What it saves direct; after a semicolon what it saves behind a gateway, where that is another figure."""
    both = dict.fromkeys((each.saved, each.saved_by_gateway))
    return "; ".join(f"{figure:,}" for figure in both)


if __name__ == "__main__":
    sys.exit(main())
