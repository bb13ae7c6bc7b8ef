"""What an installation wants of a target, as values: files that are ours as a whole, and keys in files of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hive_integration.install.merge import Want


@dataclass(frozen=True, slots=True)
class Put:
    """A file that is ours as a whole or, with `before`, a known file in another version (a patch).

    `path` is relative to the target's root, with `/`. `before` is the sha256 (hex) that the present file must have;
    None: no file of somebody else's may be there (one that equals `data` is fine, and stays theirs).
    """

    path: str
    data: bytes
    mode: int = 0o644
    before: str | None = None
    why: str = ""
    """One line for the plan."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Some keys of a JSON file that others own, too."""

    path: str
    wants: Sequence[Want]
    why: str = ""


Change = Put | Edit
