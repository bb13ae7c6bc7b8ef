"""The names behind a manifest's digests: a unit that comes under a known name with another text has drifted.

A manifest names its digests, or the unit store does. One name may mean several units (an agent and a skill), so the
component counts where it is known.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hive_integration.registry.cards import Manifest
from hive_integration.units import Component, digest_of

About = Callable[[str], tuple[str, str]]
"""Component and name of a digest, as the unit store knows them; each empty where it does not."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A unit that is sent again because it changed."""

    component: Component
    name: str
    seen: str
    """The digest of what came."""
    expected: str
    """The manifest's digest of that name; one of them where it has several."""


def nothing_about(digest: str) -> tuple[str, str]:
    """What one knows who has no unit store."""
    return "", ""


class Names:
    """Which digests a manifest has for a name."""

    def __init__(self, manifest: Manifest, about: About = nothing_about) -> None:
        self._digests: dict[str, list[tuple[str, str]]] = {}
        for digest, own in manifest.units.items():
            component, name = about(digest)
            if name := own or name:
                self._digests.setdefault(name, []).append((_KIN.get(component, component), digest))

    def drift(self, component: Component, name: str, seen: str) -> Drift | None:
        """The drift of a unit whose digest the manifest does not hold; None where it does not know the name either."""
        known = self._known(component, name)
        line = digest_of(name) if known else ""
        for of, digest in known:
            # A line that only names a tool has the tool's name too; its text cannot change.
            if of in {"", _KIN.get(component, component)} and digest != line:
                return Drift(component, name, seen, digest)
        return None

    def real(self, drifted: Iterable[Drift], matching: Container[str]) -> tuple[Drift, ...]:
        """Those of one request without the ones of whose name it also holds a unit that the manifest knows: another
        unit of the same name. `matching`: digests that the request and the manifest share."""
        return tuple(
            drift
            for drift in drifted
            if not any(digest in matching for _, digest in self._known(drift.component, drift.name))
        )

    def _known(self, component: Component, name: str) -> Sequence[tuple[str, str]]:
        """What the manifest has for the name. The audit calls a file of instructions by its end: `CLAUDE.md`,
        `~/.claude/CLAUDE.md`; on the wire it has its whole path."""
        if component is not Component.MEMORY:
            return self._digests.get(name, ())
        parts = name.split("/")
        ends = ("/".join(parts[i:]) for i in range(len(parts)))
        return next((found for end in ends for of in ("", "~/") if (found := self._digests.get(of + end))), ())


_KIN: Mapping[str, str] = {Component.COMMANDS: Component.SKILLS}
"""Skills and commands share one listing on the wire, where they look alike."""
