"""A dataset folder, read: strictly, one example at a time, its bytes held against the manifest first. Reads files.

A folder without `manifest.json` is unfinished, and one whose bytes are not what the manifest says is not that dataset:
neither is read. `checking` looks at such a folder all the same and says what is wrong, line by line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_integration.dataset.example import COMPLEXITIES, Declared, Example
from hive_integration.dataset.folder import FILES, MANIFEST, SCHEMA
from hive_integration.dataset.openai_format import declared_in, from_chat, value_of
from hive_integration.errors import HiveError
from hive_integration.files import read_text, sha256_of

SPLITS = ("train", "eval")
PROVENANCE = "provenance.jsonl"
OPTIONAL = ("preferences.jsonl",)
"""Files that are there only where there is something in them."""
LONGEST = 64 * 1024 * 1024
"""Bytes of one line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One example and where it stands: `line` counts from 1 within its split."""

    split: str
    line: int
    example: Example
    declared: Sequence[Declared] = ()
    """Tools that the line itself declares."""


def manifest_of(folder: Path) -> Mapping[str, Any]:
    """The manifest. Raises `HiveError` where there is none: the folder is unfinished."""
    if not folder.is_dir():
        raise HiveError(f"no folder {folder}", hint="`hive-ctx compile UNITS --out DIR` makes a dataset")
    path = folder / MANIFEST
    if not path.exists():
        raise HiveError(
            f"{folder}: has no {MANIFEST}, so it is unfinished",
            hint="`hive-ctx compile … --resume` goes on where it stopped",
        )
    text = read_text(path, limit=LONGEST)
    try:
        value = value_of(text.text) if text.readable else None
    except ValueError as error:
        raise HiveError(f"{path}: is not JSON ({error})") from error
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise HiveError(f"{path}: is not a dataset's, expected schema {SCHEMA}", hint=text.warning)
    return value


def changed(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each file that is not what the manifest says."""
    hashes = manifest.get("hashes")
    if not isinstance(hashes, dict):
        yield f"{MANIFEST}: has no hashes"
        return
    for name in FILES:
        if name not in hashes:
            if name not in OPTIONAL:
                yield f"{MANIFEST}: has no hash of {name}"
            elif (folder / name).exists():
                yield f"{name}: is not in the manifest"
        elif not (actual := sha256_of(folder / name)):
            yield f"{name}: is missing"
        elif str(hashes[name]).removeprefix("sha256:") != actual:
            yield f"{name}: is not what the manifest says (sha256 {actual[:12]}…, expected {_short(hashes[name])}…)"


def verified(folder: Path) -> Mapping[str, Any]:
    """The manifest of a folder whose files are what it says. Raises `HiveError`."""
    manifest = manifest_of(folder)
    if wrong := next(changed(folder, manifest), ""):
        raise HiveError(f"{folder}/{wrong}", hint="compile it again; `hive-ctx dataset check` says all that is wrong")
    return manifest


def rows(folder: Path) -> Iterator[Row]:
    """Every example, train first, as the files have them. Raises `HiveError` with file and line."""
    told = lines(folder / PROVENANCE)
    at = 0
    for split in SPLITS:
        name = f"{split}.jsonl"
        for number, line in lines(folder / name):
            at, row = next(told, (at + 1, ""))
            yield parsed(split, number, line, row, f"{folder / name}:{number}", f"{folder / PROVENANCE}:{at}")
    if left := next(told, None):
        raise HiveError(f"{folder / PROVENANCE}:{left[0]}: tells of an example that is not there")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file with their numbers. Raises `HiveError` where it cannot be read, or one is no UTF-8."""
    try:
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(LONGEST):
                number += 1
                if not raw.endswith(b"\n"):
                    raise HiveError(f"{path}:{number}: does not end with a line end", hint="the file was cut off")
                yield number, raw[:-1].decode("utf-8")
    except UnicodeDecodeError as error:
        raise HiveError(f"{path}:{number}: is not UTF-8 (byte {error.start})") from error
    except OSError as error:
        raise HiveError(f"{path}: cannot be read ({(error.strerror or 'error').lower()})") from error


def parsed(split: str, number: int, line: str, told: str, where: str, where_told: str) -> Row:
    """One example from its line and its provenance. Raises `HiveError`, which names `where` or `where_told`."""
    try:
        value = value_of(line)
        if not isinstance(value, dict):
            raise HiveError("is not an object")
        if unknown := sorted(value.keys() - {"messages", "tools"}):
            raise HiveError(f"has an unknown key {unknown[0]!r}")
        messages, declared = from_chat(value), declared_in(value)
    except (HiveError, ValueError) as error:
        raise HiveError(f"{where}: {_said(error)}") from error
    try:
        known = _provenance(told)
        if (known["split"], known["line"]) != (split, number):
            raise HiveError(f"is of {known['split']}, line {known['line']}; expected {split}, line {number}")
        rejected = known.get("rejected")
        wrong = from_chat({"messages": rejected}) if rejected else ()
    except (HiveError, ValueError) as error:
        raise HiveError(f"{where_told}: {_said(error)}") from error
    return Row(split, number, _example(messages, known, wrong), declared)


_TEXTS = ("split", "family", "generator", "licence")
_LISTS = ("behaviours", "units")


def _provenance(line: str) -> Mapping[str, Any]:
    if not line:
        raise HiveError("is missing: this example has no provenance")
    value = value_of(line)
    if not isinstance(value, dict):
        raise HiveError("is not an object")
    for key in _TEXTS:
        if not isinstance(value.get(key), str) or not value[key]:
            raise HiveError(f"{key} is not a text")
    for key in (*_LISTS, *(("tools",) if "tools" in value else ())):
        if not isinstance(value.get(key), list) or not all(isinstance(each, str) for each in value[key]):
            raise HiveError(f"{key} is not a list of texts")
    if not isinstance(value.get("line"), int) or not isinstance(value.get("error_case"), bool):
        raise HiveError("line or error_case is missing")
    if value.get("complexity") not in COMPLEXITIES:
        raise HiveError(f"complexity is {value.get('complexity')!r}, expected one of {', '.join(COMPLEXITIES)}")
    if not isinstance(value.get("teacher"), str | None):
        raise HiveError("teacher is not a text or null")
    return value


def _example(messages: Sequence[Any], known: Mapping[str, Any], rejected: Sequence[Any]) -> Example:
    return Example(
        key=str(known.get("key", "")),
        messages=tuple(messages),
        tools=tuple(known.get("tools", ())),
        behaviours=tuple(known["behaviours"]),
        units=tuple(known["units"]),
        complexity=known["complexity"],
        error_case=known["error_case"],
        family=known["family"],
        negative=bool(known.get("negative")),
        language=str(known.get("language", "en")),
        generator=known["generator"],
        teacher=known.get("teacher"),
        licence=known["licence"],
        rejected=tuple(rejected),
    )


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, HiveError) else f"is not JSON ({error})"


def _short(value: object) -> str:
    return str(value).removeprefix("sha256:")[:12]
