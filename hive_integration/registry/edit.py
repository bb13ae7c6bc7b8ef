"""Writes the switch into hive.toml: one value on one line, all else stays byte for byte, or it refuses.

Nothing is written before the result was loaded whole; then one file is replaced at once.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from hive_integration.errors import HiveError
from hive_integration.files import atomic_write
from hive_integration.registry.configuration import Configuration, Profile
from hive_integration.registry.forms import syntax
from hive_integration.registry.lines import statements
from hive_integration.registry.load import load
from hive_integration.registry.places import HIVE, Files, locate
from hive_integration.registry.reading import Reading

_KEYS = ("switch", "default")
_VALUE = re.compile(r"""(\bdefault["']?\s*=\s*)("(?:\\.|[^"\\\n])*"|'[^'\n]*')""")


def switch_to(folder: Path, profile: Profile) -> tuple[Configuration, Path, bool]:
    """Set `[switch] default` of a configuration folder: what holds now, its file, and whether that is a change.

    A folder that holds nothing yet gets the shipped defaults, also where `profile` is theirs. Raises `HiveError` where
    the result would not load.
    """
    reading = Reading()
    files = locate(folder, reading)
    old = reading.text(files.hive)
    new = with_default(old, profile, files.hive)
    configuration = load(folder, Reading(instead={files.hive: new}))
    if new == old and not files.shipped:
        return configuration, files.hive, False
    if files.shipped:
        files = _settled(folder, files, reading)
    _write(files.hive.resolve(), new)  # through a link, not over it
    return load(folder), files.hive, True


def with_default(text: str, profile: Profile, path: Path) -> str:
    """The text with that default. Raises `HiveError` where this cannot be done without touching more."""
    try:
        before = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise HiveError(syntax(error, text, path), hint="mend it first; nothing was changed") from error
    if isinstance(table := before.setdefault("switch", {}), dict) and table.get("default") == profile:
        return text
    new = _edited(text, profile)
    try:
        after = tomllib.loads(new)
    except ValueError:
        after = {}
    if not isinstance(table, dict) or after != before | {"switch": table | {"default": profile}}:
        raise HiveError(
            f"{path}: cannot change [switch] default and leave all else as it is",
            hint=f'write it by hand: default = "{profile}" under [switch]; nothing was changed',
        )
    return new


def _write(path: Path, text: str) -> None:
    mode, mark = 0o644, ""
    if path.exists():
        mode = path.stat().st_mode & 0o777
        with path.open("rb") as file:
            mark = "\ufeff" if file.read(3) == b"\xef\xbb\xbf" else ""
    atomic_write(path, mark + text, mode=mode)


def _edited(text: str, profile: Profile) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    line = f'default = "{profile}"'
    for each in statements(text):
        if _KEYS in each.keys:
            value = _VALUE.sub(rf'\g<1>"{profile}"', text[each.start : each.end], count=1)
            return text[: each.start] + value + text[each.end :]
    for each in statements(text):
        if each.header and each.keys[-1] == _KEYS[:1]:
            return f"{text[: each.end]}{end}{line}{text[each.end :]}"
        if not each.header and each.keys[0] == _KEYS[:1]:
            return f"{text[: each.start]}switch.{line}{end}{text[each.start :]}"
    gap = end if not text or text.endswith("\n") else end * 2
    return f"{text}{gap if text else ''}[switch]{end}{line}{end}"


def _settled(folder: Path, files: Files, reading: Reading) -> Files:
    """The user's folder with the shipped cards copied into it; hive.toml is written by the caller."""
    models = folder / "models"
    for card in reading.cards(files.models):
        atomic_write(models / card.name, reading.text(card))
    return Files(folder / HIVE, models, folder)
