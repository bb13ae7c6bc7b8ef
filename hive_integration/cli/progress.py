"""Say on standard error that something is under way: a spinner on a terminal, one plain line elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show `what` while the block runs."""
    if not sys.stderr.isatty():
        click.echo(f"{what} …", err=True)
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …"):
        yield
