"""What a careful user should know about a target and a client, beside the installation itself. Reads, changes nothing.

A repository that is cloned brings files that decide where requests go and with which credential. They are named, never
followed and never mended: whether they are meant is for the user to say. A credential's value is never shown.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hive_integration.files import read_text
from hive_integration.install import secrets
from hive_integration.install.client import MODS_SINCE
from hive_integration.install.contents import SHADOWS
from hive_integration.install.target import Target, read_object
from hive_integration.registry.load import is_loopback
from hive_integration.registry.places import INTEGRATION
from hive_integration.registry.reading import is_card
from hive_integration.settings import World

OFFICIAL = "api.anthropic.com"
_SECRET_NAME = re.compile(r"(?i)(api_?key|auth_?token|oauth_?token|access_?token|secret|password|authorization)$")
_BASE_URL = re.compile(r"(?i)^[A-Z_]*(BASE_URL|API_URL|ENDPOINT)$")
_MOST_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to look at: in which file (from the target's root) or of which program, what, and what to do."""

    path: str
    what: str
    what_to_do: str


def of_target(target: Target) -> list[Caution]:
    """What the target's own files bring: addresses for requests, programs that give credentials, credentials."""
    found: list[Caution] = []
    committed = [".mcp.json"] if target.kind == "user" else [".claude/settings.json", ".mcp.json"]
    for path in committed:
        found += _addresses(path, read_object(target.root / path))
    for path in dict.fromkeys((*committed, target.settings)):
        found += _secrets(path, read_object(target.root / path), ())
    found += [Caution(path, "is read in place of what was installed: it says where requests go",
                      "move it away unless you put it there")
              for path in SHADOWS if os.path.lexists(target.root / path)]  # fmt: skip
    models = target.root / INTEGRATION / "models"
    if models.is_dir():
        for card in sorted(filter(is_card, models.iterdir())):
            found += _card(f"{INTEGRATION}/models/{card.name}", _toml(read_text(card).text))
    return found


def of_client(version: tuple[int, ...], world: World) -> list[Caution]:
    """What the client at hand will not do for the plugin; `version` is empty where it is not known."""
    return [*_old(version), *(Caution(path, _GUARDED, _BY_GATEWAY) for path in _managed(world))]


_GUARDED = "holds an organisation's settings: its guard may keep a mod from changing the system prompt"
_BY_GATEWAY = "start sessions with `hive-ctx run -- claude`: the gateway strips instead"


def _old(version: tuple[int, ...]) -> Iterator[Caution]:
    if version and version < MODS_SINCE:
        shown, since = ".".join(map(str, version)), ".".join(map(str, MODS_SINCE))
        said = f"is version {shown}; mods exist since {since}, so a direct session strips nothing"
        yield Caution("claude", said, f"{_BY_GATEWAY}; or update the client")


def _managed(world: World) -> Iterator[str]:
    named = world.managed_dir / "managed-settings.json"
    if named.is_file():
        yield str(named)
    folder = world.managed_dir / "managed-settings.d"
    if folder.is_dir():
        yield from (str(path) for path in sorted(folder.glob("*.json")))


def _addresses(path: str, values: Mapping[str, Any]) -> Iterator[Caution]:
    """Base URLs in the `env` of settings and of servers, and the program that settings name for a credential."""
    if values.get("apiKeyHelper"):
        yield Caution(path, "apiKeyHelper: this repository names a program that gives the client its credential",
                      "read that program before you trust this folder")  # fmt: skip
    servers = values.get("mcpServers")
    holders = [("", values), *(servers.items() if isinstance(servers, dict) else ())]
    for server, holder in holders:
        env = holder.get("env") if isinstance(holder, dict) else None
        for name, value in env.items() if isinstance(env, dict) else ():
            if _BASE_URL.match(str(name)) and value:
                where = f"{server}: {name}" if server else str(name)
                yield Caution(path, f"{where}: this repository says where requests go: {_host(str(value))}",
                              "take it out unless you know that server: your credential may be sent there")  # fmt: skip


def _card(path: str, card: Mapping[str, Any]) -> Iterator[Caution]:
    host = _host(str(card.get("base_url", "")))
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    if host and name != OFFICIAL and not is_loopback(name.strip("[]")):
        key = f", with the value of {card['api_key_env']}" if card.get("api_key_env") else ""
        yield Caution(path, f"base_url: requests for this model go to {host}{key}",
                      "check that this is a server you trust")  # fmt: skip
    yield from _secrets(path, card, ())


def _secrets(path: str, value: object, keys: tuple[str, ...]) -> Iterator[Caution]:
    """Every string that is a credential by its key's name or by its looks; `${VARIABLE}` is none."""
    if len(keys) > _MOST_DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _secrets(path, inner, (*keys, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(path, inner, keys)
    elif isinstance(value, str) and keys and _secret(keys[-1], value):
        yield Caution(path, f"{'.'.join(keys)}: holds a credential",
                      "take it out, and out of the history; name a variable instead")  # fmt: skip


def _secret(name: str, value: str) -> bool:
    text = value.removeprefix("Bearer ").strip()
    named = _SECRET_NAME.search(name) and len(text) >= 8 and not text.startswith("$") and " " not in text
    return bool(secrets.VALUE.search(text) or named)


def _host(url: str) -> str:
    """Host and port of a URL, without a user's name or password in it."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}
