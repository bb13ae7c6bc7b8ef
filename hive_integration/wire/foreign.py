"""What an upstream sends, read without a fall: odd bytes, halves of characters, numbers that are none. Pure."""

from __future__ import annotations

import json
from typing import Any

import msgspec

NOT_JSON = (msgspec.MsgspecError, UnicodeError, RecursionError)
"""What msgspec raises for bytes that it does not accept; some of them are JSON to more patient readers."""
LARGEST = 10**9
"""No answer counts more tokens than this: a greater number is a mistake."""


def decode(data: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The value of JSON text. Odd bytes become U+FFFD, halves of surrogate pairs stay. Raises ValueError."""
    try:
        return msgspec.json.decode(data)
    except NOT_JSON:
        pass
    try:
        return json.loads(data.decode("utf-8", errors="replace"))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def encode(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """JSON text of a value, always valid UTF-8. Raises ValueError for one that is nested too deeply."""
    try:
        try:
            return msgspec.json.encode(value)
        except UnicodeError:
            return msgspec.json.encode(_mended(value))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _mended(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, dict):
        return {whole(key): _mended(each) for key, each in value.items()}
    return [_mended(each) for each in value] if isinstance(value, list) else value


def whole(text: str) -> str:
    """Text that UTF-8 can carry: halves of a surrogate pair that stand together are joined, lone ones become U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def count(value: object) -> int | None:
    """A number of tokens; None for what cannot be one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST else None


def line(text: str, limit: int = 500) -> str:
    """Text as one printable line of at most `limit` characters."""
    words = " ".join(whole(text[: 4 * limit]).split())
    shown = "".join(each if each.isprintable() else "\ufffd" for each in words)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
