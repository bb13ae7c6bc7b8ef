"""Logs go to standard error, never to standard output, and never carry a body or a secret.

Every event passes `scrub` before it is shown: what is called like a secret, looks like one, or was handed to `hide` is
replaced; texts are cut to a length. So do the records of libraries that use Python's own `logging`.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Literal, TextIO

import structlog

from hive_integration.errors import HiveError

VARIABLE = "HIVE_LOG_FORMAT"
SECRET = "[secret]"  # noqa: S105 - what is shown in its place
LONGEST = 8_000
"""Characters of one value: enough for a traceback, too little for a body."""
_DEEPEST = 6
_MARGIN = 1_024
"""Longer than a secret: of a text that is cut, so much more is looked at, so that no half of one is left."""
_NAMED_SECRET = re.compile(
    r"(?i)(?:.*[-_])?(?:authorization|(?:api|hive|gateway|own|private)[-_]?key|cookie|password|passwd|secret|credential"
    r"|(?:access|auth|bearer|id|refresh)[-_]token)s?"
)
_BODIES = frozenset({"body", "request_body", "response_body", "messages", "prompt", "content", "arguments"})
_LOOKS_SECRET = re.compile(
    r"""\b(?:
        sk-[\w-]{8,} | hive-[\w-]{40,} | gh[opsu]_\w{20,} | xox[abpr]-[\w-]{10,} | AKIA[A-Z0-9]{16} | AIza[\w-]{30,}
        | eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*
    )""",
    re.VERBOSE,
)
_FOLLOWS = re.compile(
    r"""(?i)(\b(?:[\w-]{0,40}api[-_]?key|(?:proxy-)?authorization|x-hive-key)(?:["']?\s*[:=]|["']\s*,)\s*(?:b?["'])?)"""
    r"""((?:bearer|basic)\s+)?[^\s"',;]+"""
)
_COOKIE = re.compile(r"""(?i)(\bcookie["']?\s*[:=]\s*(?:b?["'])?)[^\r\n"']+""")
_BEARER = re.compile(r"(?i)\b(bearer|basic)(\s+)[\w.~+/=-]{8,}")
_IN_ADDRESS = re.compile(r"(://)[^/\s@]+@")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_hidden: list[str] = []


def configure(*, verbose: bool = False, json: bool = False, level: int = logging.WARNING) -> None:
    """Set structlog up once, from `cli`: warnings by default, from `level` on, everything when `verbose`."""
    level = logging.DEBUG if verbose else level
    shown: Any = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,  # as text: a traceback with the values of variables would show bodies
            _scrubbed,
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(_Stream(sys.stderr)),  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    if not any(isinstance(handler, _Bridge) for handler in root.handlers):
        root.addHandler(_Bridge(logging.WARNING))


def get(name: str) -> Any:  # noqa: ANN401 - structlog's own type is Any
    """A logger bound to the part of the house that speaks; quiet until `configure` says otherwise."""
    if not structlog.is_configured():
        configure()
    return structlog.get_logger(part=name)


def wants_json(env: Mapping[str, str]) -> bool:
    """Whether `HIVE_LOG_FORMAT` asks for JSON. Raises HiveError for a format that there is not."""
    wanted = env.get(VARIABLE, "").strip().lower()
    if wanted not in {"", "console", "json"}:
        raise HiveError(f"unknown log format {wanted!r} in {VARIABLE}; known: console, json", hint=f"unset {VARIABLE}")
    return wanted == "json"


def hide(*secrets: str) -> None:
    """Never show these texts: keys that have no form by which they could be known. Short ones are left out."""
    _hidden.extend(secret for secret in secrets if len(secret) >= 8 and secret not in _hidden)
    _hidden.sort(key=len, reverse=True)  # one may be a part of another


def scrub(text: str) -> str:
    """A text without what looks like a secret, without control or half characters, at most LONGEST characters."""
    size = len(text)
    text = text[: LONGEST + _MARGIN]
    for secret in _hidden:
        text = text.replace(secret, SECRET)
    text = _LOOKS_SECRET.sub(SECRET, text)
    text = _FOLLOWS.sub(rf"\1\2{SECRET}", text)
    text = _COOKIE.sub(rf"\1{SECRET}", text)
    text = _BEARER.sub(rf"\1\2{SECRET}", text)
    text = _IN_ADDRESS.sub(rf"\1{SECRET}@", text)
    if size > LONGEST:
        text = f"{text[: max(0, len(text) - _MARGIN)][:LONGEST]}… ({size} characters)"
    return text if text.isprintable() else _CONTROL.sub("?", text)


def _scrubbed(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The processor: every name and value of an event."""
    return {key: _value(key, value) for key, value in event.items()}


def _value(name: str, value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - any value can be logged
    if value is None or isinstance(value, bool | int | float):
        return value
    if _NAMED_SECRET.fullmatch(name):
        return SECRET
    if isinstance(value, bytes | bytearray) or (name in _BODIES and hasattr(value, "__len__")):
        return f"[{len(value)} {'bytes' if isinstance(value, bytes | bytearray) else 'long'}]"
    if isinstance(value, str):
        return scrub(value)
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {scrub(str(key)): _value(str(key), each, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        pair = list(value) if isinstance(value, tuple) and len(value) == 2 else []
        if pair and isinstance(pair[0], str):  # a header
            return [scrub(pair[0]), _value(pair[0], pair[1], depth + 1)]
        return [_value("", each, depth + 1) for each in value]
    return scrub(str(value))


class _Stream:
    """Standard error as far as it is there: a terminal that was closed must not fail the request that logs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


class _Bridge(logging.Handler):
    """Libraries' own records, as events of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        level: Literal["error", "warning"] = "error" if record.levelno >= logging.ERROR else "warning"
        say = getattr(get(record.name), level)
        say("a library says", message=record.getMessage(), exc_info=record.exc_info or None)
