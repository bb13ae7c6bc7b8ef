"""A JSON object that a stranger wrote: read whole or not at all, never with an exception."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hive_integration.files import MAX_BYTES, read_text

MAX_DEPTH = 64
"""What is nested deeper is refused, so that nobody who walks through the values runs out of stack."""


@dataclass(frozen=True, slots=True)
class JsonFile:
    """`values` is None where there is no usable object; `warning` says why, and is empty where there is no file."""

    path: Path
    values: Mapping[str, Any] | None = field(default=None, repr=False)
    warning: str = ""


def read_object(path: Path, *, limit: int = MAX_BYTES) -> JsonFile:
    """Read one JSON object. A file that is not there is no reason for a warning; an empty one is."""
    if not _is_there(path):
        return JsonFile(path)
    text = read_text(path, limit=limit)
    if not text.readable:
        return JsonFile(path, warning=text.warning)
    try:
        value = json.loads(text.text)
        deep = _deep(value)
    except RecursionError:
        deep, value = True, None
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        return JsonFile(path, warning=f"{path}: is not valid JSON{where}, ignored as a whole")
    if deep:
        return JsonFile(path, warning=f"{path}: is nested more than {MAX_DEPTH} deep, ignored")
    if not isinstance(value, dict):
        return JsonFile(path, warning=f"{path}: holds a {type(value).__name__}, expected an object; ignored")
    return JsonFile(path, value, text.warning)


def _deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for item in level for inner in _inner(item)]
    return bool(level)


def _inner(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True


def mapping(value: object) -> Mapping[str, Any]:
    """`value` where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def strings(value: object) -> list[str]:
    """The texts of a list; a text alone is a list of one."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []
