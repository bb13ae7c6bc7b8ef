"""The series of patches as values: what each is for, which file of which package, and the hashes it was tested with.

`patches/series` names them in order, a folder each: `patch.toml` and the diffs. Reads those files; the client itself is
never patched, and a series that names it is refused.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from hive_integration.errors import HiveError
from hive_integration.files import bundled

SERIES = "series"
PATCH = "patch.toml"
_CLIENT = "@anthropic-ai/claude-code"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
_RANGE = re.compile(r"(>=|<)(\S+)")
_WORD = 1 << 62
"""Where a word of a pre-release stands among its numbers: behind them all."""


@dataclass(frozen=True, slots=True)
class Tested:
    """One content of the file that the diff was tested with: sha256 before and after, and the releases that have it."""

    before: str
    after: str
    releases: Mapping[str, Sequence[str]]

    def __str__(self) -> str:
        package, versions = list(self.releases.items())[-1]
        more = sum(map(len, self.releases.values())) - 1
        return f"{package} {versions[-1]}" + (f" and {more} more releases" if more else "")


@dataclass(frozen=True, slots=True)
class Form:
    """A patch for one line of releases. `files`: package -> the file in it; `copies`: where a project has a copy of it;
    `upstream`: what the file says where the program does it itself; `suffix`: how node is to read it."""

    diff: bytes
    name: str
    versions: str
    files: Mapping[str, str]
    copies: Sequence[str]
    upstream: re.Pattern[str]
    suffix: str
    tested: Sequence[Tested]

    def covers(self, version: str) -> bool:
        """Whether the release lies in the range `versions`."""
        return all(
            (_order(version) >= _order(bound)) is (sign == ">=") for sign, bound in _RANGE.findall(self.versions)
        )

    def before(self, digest: str) -> Tested | None:
        """The tested content with this sha256."""
        return next((tested for tested in self.tested if tested.before == digest), None)

    def after(self, digest: str) -> Tested | None:
        """The tested content that has become one with this sha256."""
        return next((tested for tested in self.tested if tested.after == digest), None)


@dataclass(frozen=True, slots=True)
class Patch:
    """`unnecessary`: in words, what makes it so; `test`: the command that runs the patched program."""

    id: str
    purpose: str
    unnecessary: str
    test: str
    forms: Sequence[Form]

    @property
    def packages(self) -> Sequence[str]:
        """The packages that have a file of it."""
        return sorted({package for form in self.forms for package in form.files})

    @property
    def carried(self) -> Sequence[str]:
        """Its files, from the series' folder."""
        return [f"{self.id}/{name}" for name in (PATCH, *(form.name for form in self.forms))]


def shipped() -> Path:
    """The folder of the series that comes with hive-ctx."""
    return bundled("", "patches")


def read_series(folder: Path) -> Sequence[Patch]:
    """The patches that `folder/series` names, in its order. Raises `HiveError`: which file, what is wrong."""
    text = _read(folder / SERIES).decode()
    names = [line for raw in text.splitlines() if (line := raw.partition("#")[0].strip())]
    return [_patch(folder / name, name) for name in names]


def _patch(folder: Path, name: str) -> Patch:
    path = folder / PATCH
    try:
        table = tomllib.loads(_read(path).decode())
        if not _NAME.fullmatch(name) or table["id"] != name:
            raise ValueError(f"its id is {table['id']!r}, but {SERIES} names {name!r}")
        forms = [_form(folder, form, table.get("tested", [])) for form in table["form"]]
        return Patch(name, table["purpose"], table["unnecessary"], table["test"], forms)
    except KeyError as error:
        raise HiveError(f"{path}: {error} is missing", hint="patches/README.md says what belongs there") from error
    except (ValueError, TypeError, AttributeError, re.error) as error:
        raise HiveError(f"{path}: {error}", hint="patches/README.md says what belongs there") from error


def _form(folder: Path, table: Mapping[str, Any], tested: Sequence[Mapping[str, Any]]) -> Form:
    files = {str(package): _inside(file) for package, file in table["files"].items()}
    if _CLIENT in files:
        raise ValueError(f"{_CLIENT} is never patched")
    if table["suffix"] not in {".mjs", ".cjs"}:
        raise ValueError(f"suffix is {table['suffix']!r}, expected '.mjs' or '.cjs'")
    if not _RANGE.fullmatch(str(table["versions"]).split()[0]):
        raise ValueError(f"versions is {table['versions']!r}, expected such as '>=3.5.0 <4'")
    of_it = [each for each in tested if each["diff"] == table["diff"]]
    return Form(
        diff=_read(folder / _inside(table["diff"])),
        name=table["diff"],
        versions=table["versions"],
        files=files,
        copies=[_inside(copy) for copy in table.get("copies", [])],
        upstream=re.compile(table["upstream"]),
        suffix=table["suffix"],
        tested=[Tested(_digest(each["before"]), _digest(each["after"]), each["releases"]) for each in of_it],
    )


def _inside(text: str) -> str:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"{text!r} is no path inside the folder")
    return str(path)


def _digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise ValueError(f"{text!r} is no sha256")
    return text


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        hint = "the patches come with hive-ctx: install it anew"
        raise HiveError(f"{path}: cannot be read ({(error.strerror or '').lower()})", hint=hint) from error


def _order(version: str) -> tuple[Sequence[int], bool, Sequence[tuple[int, str]]]:
    """What releases are compared by, as semver has it: a pre-release comes before its release."""
    number, _, pre = version.partition("+")[0].partition("-")
    digits = [int(part) if part.isdigit() else 0 for part in number.split(".")]
    words = [(int(word), "") if word.isdigit() else (_WORD, word) for word in pre.split(".")] if pre else []
    return [*digits, 0, 0, 0][:3], not pre, words
