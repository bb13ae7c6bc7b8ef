"""Patches on a target: what each file of it is to them, and the changes that apply them. Reads, and tries on copies.

The changes are values for the transaction that makes every other change, too; what it has made it can take back, and so
a patch is reverted to the very bytes that were there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from hive_integration.errors import HiveError
from hive_integration.install.change import Put
from hive_integration.install.patch_apply import Tools, check_syntax, patched
from hive_integration.install.patch_places import Spot, spots
from hive_integration.install.patch_series import Patch
from hive_integration.install.patch_states import State, Verdict, judged, summed

_LARGEST = 8 * 1024 * 1024
"""Bytes: the largest file that is patched has 0.1 MB."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A file of the target as a patch sees it. `path` is empty where the target has none of the patch's packages."""

    patch: Patch
    verdict: Verdict
    spot: Spot | None = None

    @property
    def path(self) -> str:
        """The file, from the target."""
        return self.spot.path if self.spot else ""

    @property
    def program(self) -> str:
        """The package and its version; whose release a copy is."""
        if self.spot and self.spot.package:
            return f"{self.spot.package} {self.spot.version}"
        return f"a copy, as in {self.verdict.releases}" if self.verdict.releases else "a copy" if self.spot else ""


def look(series: Sequence[Patch], root: Path, tools: Tools) -> Sequence[Sight]:
    """What the target's files are to the patches, at least one sight each. `root`: from `target_root`."""
    seen = [Sight(spot.patch, _verdict(spot, root, tools), spot) for spot in spots(series, root)]
    found = {sight.patch.id for sight in seen}
    nowhere = {patch.id: f"no {' or '.join(patch.packages)} in node_modules" for patch in series}
    seen += [Sight(patch, Verdict("absent", nowhere[patch.id])) for patch in series if patch.id not in found]
    order = {patch.id: number for number, patch in enumerate(series)}
    return sorted(seen, key=lambda sight: order[sight.patch.id])


def state_of(patch: Patch, seen: Sequence[Sight]) -> State:
    """The state of the whole patch."""
    return summed([sight.verdict.state for sight in seen if sight.patch.id == patch.id])


def chosen(series: Sequence[Patch], ids: Collection[str]) -> Sequence[Patch]:
    """The patches of those names, all where none is named. Raises `HiveError` where one is unknown."""
    known = [patch.id for patch in series]
    if unknown := sorted(set(ids) - set(known)):
        raise HiveError(f"no patch {unknown[0]!r}", hint=f"known: {', '.join(known)}")
    return [patch for patch in series if not ids or patch.id in ids]


def changes(seen: Sequence[Sight], root: Path, tools: Tools) -> Sequence[Put]:
    """A change for each appliable file: hash known, applied to a copy, hash as it was tested, parsed by node.

    Raises `HiveError` where one of those fails; nothing has been written then.
    """
    return [_change(sight, sight.spot, root, tools) for sight in seen if sight.spot and _can(sight)]


def _can(sight: Sight) -> bool:
    return sight.verdict.state == "appliable"


def _change(sight: Sight, spot: Spot, root: Path, tools: Tools) -> Put:
    path = root / spot.path
    data = _read(path) or b""
    before = hashlib.sha256(data).hexdigest()
    tested = spot.form.before(before)
    after = patched(spot.form.diff, data, tools) if tested else None
    if tested is None or after is None or hashlib.sha256(after).hexdigest() != tested.after:
        hint = "nothing was written; `hive-ctx patches check` says what the file is"
        raise HiveError(f"{sight.patch.id}: {path} does not become what was tested", hint=hint)
    check_syntax(after, spot.form.suffix, tools)
    mode = path.stat().st_mode & 0o777
    return Put(spot.path, after, mode, before, why=f"patch {sight.patch.id}")


def _verdict(spot: Spot, root: Path, tools: Tools) -> Verdict:
    path = root / spot.path
    if not path.resolve().is_relative_to(root):
        return Verdict("drifted", f"it is a link to {path.resolve()}, outside of the target")
    return judged(spot.form, _read(path), spot.version, tools)


def _read(path: Path) -> bytes | None:
    """The file's bytes; None where there is no such file, or none of a size that a program has."""
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= _LARGEST else None
    except OSError:
        return None
