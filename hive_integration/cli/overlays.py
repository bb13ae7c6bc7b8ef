"""What `hive-ctx install --list-overlays` shows: each overlay, what it was measured to save, and what is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hive_integration.install.overlay import Overlay
from hive_integration.install.overlays import BASE, load_overlays


def overlays(form: str) -> str:
    """The list, as text or JSON, with its last line end."""
    known = {name: overlay for name, overlay in load_overlays().items() if name != BASE}
    if form == "json":
        shown = [_fields(overlay) for overlay in known.values()]
        return json.dumps({"schema": "hive-ctx/overlays/1", "overlays": shown}, indent=2) + "\n"
    return "".join(f"{line}\n" for overlay in known.values() for line in _lines(overlay))


def _lines(overlay: Overlay) -> Iterator[str]:
    argument = overlay.argument
    yield f"{overlay.id}{f'={argument.default}' if argument else ''}"
    yield f"  {overlay.summary}"
    yield f"  lost: {overlay.lost}"
    if argument:
        yield f"  argument: {argument.means}"
    limits = [*(["kinds: " + ", ".join(overlay.applies.kinds)] if "any" not in overlay.applies.kinds else [])]
    limits += [f"client {overlay.applies.client}"] if overlay.applies.client else []
    if limits:
        yield f"  for {'; '.join(limits)}"
    for figures in _saved(overlay):
        yield (f"  saves {figures['direct']:,} of {figures['direct_before']:,} tokens, behind a gateway "
               f"{figures['gateway']:,} of {figures['gateway_before']:,} ({figures['project']}, "
               f"Claude Code {figures['client']})")  # fmt: skip


def _saved(overlay: Overlay) -> Iterator[Mapping[str, Any]]:
    for client, projects in overlay.measured.clients.items() if overlay.measured else ():
        for project, figures in projects.items():
            yield {
                "client": client, "project": project, "direct": figures.saved, "direct_before": figures.direct[0],
                "gateway": figures.saved_by_gateway, "gateway_before": figures.gateway[0],
            }  # fmt: skip


def _fields(overlay: Overlay) -> Mapping[str, Any]:
    return {
        "id": overlay.id, "summary": overlay.summary, "lost": overlay.lost,
        "argument": overlay.argument.default if overlay.argument else None,
        "kinds": list(overlay.applies.kinds), "client": overlay.applies.client, "saved": list(_saved(overlay)),
    }  # fmt: skip
