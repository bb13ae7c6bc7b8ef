"""Under what may this teacher's output train a model? Decided before the first question is asked, and fail-closed.

A model's name has terms, and the service that answers has its own: both must allow it. Both tables are in
`configs/teachers.toml`. A written permission lifts either; the user's word lifts only that nothing is known.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from hive_integration.dataset.gates.licence import UNKNOWN, Terms, terms_of
from hive_integration.errors import HiveError, UsageError
from hive_integration.files import bundled, read_text, sha256_of

OWN_BATCH = 1.0
"""What a batch costs of the usual price where no service says so."""


@dataclass(frozen=True, slots=True)
class Service:
    """Who answers at an address, and its own terms. `batch`: what a batch costs of the usual price."""

    hosts: Sequence[str]
    maker: str
    training: bool
    why: str
    source: str
    batch: float = OWN_BATCH


@dataclass(frozen=True, slots=True)
class Leave:
    """Under what a teacher's output may train. `permission`: sha256 of what lifted a refusal; empty where none was."""

    licence: str
    permission: str = ""


def leave(base_url: str, model: str, licence: str = "", permission: str = "") -> Leave:
    """What allows it. `licence` is the user's word, `permission` a file's sha256. Raises UsageError for nothing."""
    service, terms = service_at(base_url), terms_of(model)
    if permission:
        return Leave(licence or f"permission sha256:{permission}", permission)
    if service is not None and not service.training:
        raise _forbidden(model, service.maker, service.why, service.source)
    known = terms is not UNKNOWN
    if known and not terms.training:
        raise _forbidden(model, terms.maker, terms.why, terms.source)
    if known and (service is not None or _here(base_url)):
        return Leave(licence or terms.licence)
    if licence:
        return Leave(licence, "" if known else _word(licence))
    raise _unknown(base_url, model, terms)


def _forbidden(model: str, maker: str, why: str, source: str) -> UsageError:
    return UsageError(
        f"what {model} writes may not train a model: {why} ({maker}; {source})",
        hint="--permission FILE points to the maker's written permission; the offline generator needs none",
    )


def _unknown(base_url: str, model: str, terms: Terms) -> UsageError:
    host = urlsplit(base_url).hostname
    what = f"{model} is {terms.licence}, but {host} may ask for more" if terms is not UNKNOWN else (
        f"nothing is known of the terms of {model}"
    )  # fmt: skip
    return UsageError(
        f"may the output of this teacher train a model? {what}",
        hint='say under what licence its output may be used: --licence "Apache-2.0"; or --permission FILE',
    )


def service_at(base_url: str) -> Service | None:
    """The service of an address; None for one that is not in the table."""
    host = (urlsplit(base_url).hostname or "").lower()
    return next((each for each in _services() if any(host == h or host.endswith(f".{h}") for h in each.hosts)), None)


def permission_of(path: Path) -> str:
    """The sha256 of a permission. Raises UsageError where the file cannot be read or is empty."""
    text = read_text(path)
    if not text.size:
        raise UsageError(f"{path}: {text.warning or 'is empty'}", hint="--permission FILE is the maker's written word")
    return sha256_of(path)


def _word(licence: str) -> str:
    return hashlib.sha256(licence.encode()).hexdigest()


def _here(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@cache
def _services() -> Sequence[Service]:
    path = bundled("teachers.toml")
    try:
        return [Service(**row) for row in tomllib.loads(read_text(path).text)["service"]]
    except (ValueError, KeyError, TypeError) as error:
        raise HiveError(f"{path}: has no table of services ({error!r})", hint="install hive-ctx again") from error
