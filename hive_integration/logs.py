"""Logs go to standard error, never to standard output, and never carry a body or a secret."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def configure(*, verbose: bool = False, json: bool = False) -> None:
    """Set structlog up once, from `cli`: warnings by default, everything when `verbose`."""
    renderer: Any = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def get(name: str) -> Any:  # noqa: ANN401 - structlog's own type is Any
    """A logger bound to the part of the house that speaks; quiet until `configure` says otherwise."""
    if not structlog.is_configured():
        configure()
    return structlog.get_logger(part=name)
