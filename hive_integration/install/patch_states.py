"""What a file is to a patch, told by its bytes alone. It judges; it changes nothing.

applied     it is what the patch makes of it
appliable   it is what the patch was tested with
upstream    the program does by itself what the patch is for
drifted     it is another one: never patched, and why is said
absent      there is no such file
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hive_integration.install.patch_apply import Tools, patched
from hive_integration.install.patch_series import Form

State = Literal["applied", "appliable", "upstream", "drifted", "absent"]
_OURS = b"// hive-ctx: "
"""How each comment in a diff begins."""
_ASIDE = "another one than was tested (sha256 {digest}…)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state, and the reason in a few words. `releases`: whose file it is, where that is known."""

    state: State
    detail: str = ""
    releases: str = ""


def judged(form: Form, data: bytes | None, version: str | None, tools: Tools) -> Verdict:
    """What the file `data` is to this form of a patch; `version` None: of no package, a copy. None: no file."""
    if data is None:
        return Verdict("absent", "the file is not there")
    digest = hashlib.sha256(data).hexdigest()
    if tested := form.after(digest):
        return Verdict("applied", releases=str(tested))
    if tested := form.before(digest):
        return Verdict("appliable", releases=str(tested))
    if _OURS in data:
        return Verdict("drifted", "it holds the patch of another hive-ctx: revert it, then apply this one")
    if form.upstream.search(data.decode(errors="replace")):
        return Verdict("upstream", "the program does it by itself")
    return Verdict("drifted", _why(form, data, digest, version, tools))


def _why(form: Form, data: bytes, digest: str, version: str | None, tools: Tools) -> str:
    if version is not None and not form.covers(version):
        return f"version {version} is outside {form.versions}"
    aside = _ASIDE.format(digest=digest[:12])
    if tools.git is None:
        return f"{aside}; whether the diff applies is unknown: there is no git"
    if patched(form.diff, data, tools) is None:
        return f"{aside}; the diff does not apply"
    return f"{aside}; the diff would apply, but what comes of it was never checked"


def summed(states: Sequence[State]) -> State:
    """The state of a patch that has several files: what most asks for attention."""
    order: Sequence[State] = ("drifted", "appliable", "applied", "upstream")
    return next((state for state in order if state in states), "absent")
