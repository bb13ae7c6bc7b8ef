"""Reads a manifest: which units a model's weights were shown to hold. These are stripped, so it is read strictly."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from hive_integration.errors import HiveError
from hive_integration.registry.cards import Manifest
from hive_integration.registry.forms import HINT
from hive_integration.registry.reading import Reading

MAX_MANIFEST = 64_000_000
"""Bytes."""

_DIGEST = r"^sha256:[0-9a-f]{64}\Z"
_PERHAPS = r"^(sha256:[0-9a-f]{64})?\Z"
Digest = Annotated[str, msgspec.Meta(pattern=_DIGEST)]


class _Unit(msgspec.Struct, forbid_unknown_fields=True):
    digest: Digest
    name: str = ""
    evaluation: Annotated[str, msgspec.Meta(pattern=_PERHAPS)] = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    schema: Literal["hive-ctx/manifest/1"]
    units: list[Digest | _Unit]
    card: str = ""


_DECODER = msgspec.json.Decoder(_File)


def read_manifest(path: Path, card: str, reading: Reading) -> Manifest:
    """The manifest of the card with that id. Raises `HiveError` with file, line and reason, also if it is another's."""
    text = reading.text(path, MAX_MANIFEST)
    try:
        file = _DECODER.decode(text)
    except msgspec.ValidationError as error:
        raise HiveError(f"{path}:{_line_of(text, str(error))}: {_reason(str(error))}", hint=HINT) from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise HiveError(f"{path}:{_syntax_line(text)}: is not JSON: {error}", hint=HINT) from error
    if file.card not in {"", card}:
        line = _line_at(text, text.find('"card"'))
        raise HiveError(
            f"{path}:{line}: is the manifest of {file.card!r}, not of {card!r}",
            hint="what one model holds says nothing about another's weights",
        )
    pairs = (unit if isinstance(unit, _Unit) else _Unit(unit) for unit in file.units)
    return Manifest({unit.digest: unit.name for unit in pairs})


def _reason(message: str) -> str:
    """msgspec's words, with the pattern's meaning in its place."""
    return re.sub(r"matching regex '\S+'", "of the form sha256: and 64 hex digits", message)


def _line_of(text: str, message: str) -> int:
    """The line of the unit that msgspec names (`$.units[3]…`), else of the field, else 1."""
    place = re.search(r"`\$(?:\.(\w+))?(?:\[(\d+)\])?", message)
    if place is None or place[1] is None:
        field = re.search(r"field `([^`]+)`", message)
        return _line_at(text, text.find(f'"{field[1]}"')) if field else 1
    at = text.find(f'"{place[1]}"')
    if place[2] is not None:
        at = _item_at(text, text.find("[", at), int(place[2]))
    return _line_at(text, at)


def _item_at(text: str, at: int, index: int) -> int:
    """The offset of an item of the JSON array that begins at `at`."""
    decoder = json.JSONDecoder()
    for _ in range(index + 1):
        at = _skip(text, at + 1)
        start, at = at, _skip(text, decoder.raw_decode(text, at)[1])
    return start


def _skip(text: str, at: int) -> int:
    return next((i for i in range(at, len(text)) if not text[i].isspace()), at)


def _syntax_line(text: str) -> int:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno
    except (ValueError, RecursionError):
        pass
    return 1


def _line_at(text: str, offset: int) -> int:
    return text.count("\n", 0, max(offset, 0)) + 1
