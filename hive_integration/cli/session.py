"""What a client is given so that it asks the gateway, and nothing else changes for it: variables, settings, remarks.

Works out values and starts nothing. The client's own settings files beat the shell, and an organisation's beat all:
what must hold is pinned in a settings file of the session where that is possible, and refused where it is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hive_integration.audit.session.probe import EMPTIED
from hive_integration.audit.setup import Scope, Setup
from hive_integration.audit.sources.json_file import mapping, read_object
from hive_integration.audit.sources.scopes import STATE_LIMIT
from hive_integration.errors import HiveError
from hive_integration.registry.cards import Card
from hive_integration.registry.configuration import VARIABLE, truth

KEY_HEADER = "x-hive-key"
SWITCH_HEADER = "x-hive-use-finetuned"
ELSEWHERE = [name for name in EMPTIED if name.startswith("CLAUDE_CODE_USE_") or name == "ANTHROPIC_UNIX_SOCKET"]
"""Variables that send Claude Code past any base URL, to another provider."""
CREDENTIALS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN")
_PROXIES = [name for word in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY") for name in (word, word.lower())]
_NEAR = "127.0.0.1,localhost,::1"


@dataclass(frozen=True, slots=True)
class Given:
    """`changed`: variables to set in the child's environment, None: to take out. `pinned`: those that its settings must
    repeat. `remarks`: sentences for the user."""

    changed: Mapping[str, str | None] = field(repr=False)
    pinned: Mapping[str, str] = field(repr=False)
    remarks: Sequence[str] = ()


def give(setup: Setup, full: Card, base_url: str, key: str) -> Given:
    """What a session in `setup` is given. Raises HiveError where it would not ask the gateway, or would give a
    credential to a server that it is not for."""
    _refuse_detour(setup, base_url)
    _refuse_leak(setup, full, base_url)
    changed: dict[str, str | None] = {
        "ANTHROPIC_BASE_URL": base_url,
        "ANTHROPIC_CUSTOM_HEADERS": headers(setup.variable("ANTHROPIC_CUSTOM_HEADERS"), _ours(setup, key)),
    }
    if not setup.variable("ENABLE_TOOL_SEARCH"):
        changed["ENABLE_TOOL_SEARCH"] = "true"  # behind a base URL some versions send every tool in full: 3.5 times
    if full.api_key_env or not has_credential(setup):
        changed["ANTHROPIC_AUTH_TOKEN"] = key
    if any(setup.variable(name) for name in _PROXIES):
        without = setup.variable("NO_PROXY") or setup.variable("no_proxy")
        changed["NO_PROXY"] = changed["no_proxy"] = f"{without},{_NEAR}" if without else _NEAR
    pinned = {name: value for name, value in changed.items() if value is not None}
    remarks = []
    for name in ELSEWHERE:
        if setup.variable(name):
            remarks.append(f"{name} is set aside: this session asks the gateway")
            changed[name] = None
            pinned[name] = ""
    return Given(changed, pinned, remarks)


def headers(lines: str, ours: Mapping[str, str]) -> str:
    """The user's own header lines, and ours in place of those of the same name."""
    kept = [line for line in lines.splitlines() if line.strip() and line.partition(":")[0].strip().lower() not in ours]
    return "\n".join([*kept, *(f"{name}: {value}" for name, value in ours.items())])


def has_credential(setup: Setup) -> bool:
    """Whether the client has one of its own: in a variable, by a helper, or from a login."""
    if _has_key(setup):
        return True
    world = setup.world
    login = mapping(read_object(world.claude_dir / ".credentials.json").values)
    state = mapping(read_object(world.claude_json, limit=STATE_LIMIT).values)
    return bool(login or state.get("oauthAccount") or state.get("primaryApiKey"))


def _has_key(setup: Setup) -> bool:
    """Whether there is one that belongs to whatever ANTHROPIC_BASE_URL names; a login is Anthropic's own."""
    return any(setup.variable(name) for name in CREDENTIALS) or bool(setup.settings.get("apiKeyHelper"))


def settings_of(command: Sequence[str], given: Given, cwd: Path) -> tuple[Sequence[str], Mapping[str, Any]] | None:
    """(the command without its own `--settings`, all settings of the session); None where those cannot be read."""
    rest, own = _without_settings(command)
    values = {} if own is None else _read_settings(own, cwd)
    if values is None:
        return None
    return rest, {**values, "env": {**mapping(values.get("env")), **given.pinned}}


def _ours(setup: Setup, key: str) -> Mapping[str, str]:
    switch = setup.world.env.get(VARIABLE)
    ours = {KEY_HEADER: key}
    return ours if switch is None else {**ours, SWITCH_HEADER: "1" if truth(switch) else "0"}


def _without_settings(command: Sequence[str]) -> tuple[Sequence[str], str | None]:
    rest: list[str] = []
    own: str | None = None
    words = iter(command)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--settings":
            own = next(words, None)
        elif word.startswith("--settings="):
            own = word.partition("=")[2]
        else:
            rest.append(word)
    return rest, own


def _read_settings(own: str, cwd: Path) -> Mapping[str, Any] | None:
    """`--settings` takes a file's path or JSON."""
    if not own.strip().startswith("{"):
        return read_object(cwd / own).values
    try:
        value = json.loads(own)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse_detour(setup: Setup, base_url: str) -> None:
    for path, name, value in _managed(setup):
        if (name == "ANTHROPIC_BASE_URL" and value.rstrip("/") != base_url) or name in ELSEWHERE:
            raise HiveError(
                f"{path} sets {name}, and no session can override an organisation's settings",
                hint="ask who manages them to name the gateway there; without it, start the client itself",
            )


def _managed(setup: Setup) -> Iterator[tuple[Path, str, str]]:
    for layer in setup.layers:
        if layer.scope is Scope.MANAGED:
            env = mapping(layer.values.get("env"))
            yield from ((layer.path, name, str(value)) for name, value in env.items() if value)


def _refuse_leak(setup: Setup, full: Card, base_url: str) -> None:
    """A credential that was made for one server must not reach another because we stepped between them."""
    theirs = setup.variable("ANTHROPIC_BASE_URL")
    expected = _server(full.base_url)
    forwarded = not full.api_key_env and _has_key(setup)
    if not theirs or not forwarded or _server(theirs) in {expected, _server(base_url)}:
        return
    raise HiveError(
        f"ANTHROPIC_BASE_URL is {theirs}, but card {full.id} would send your credential to {expected[0]}",
        hint=f'name that address in models/{full.id}.toml (base_url = "{theirs}"), or unset ANTHROPIC_BASE_URL',
    )


def _server(url: str) -> tuple[str, int | None]:
    """Host and port: on this machine each port is a server of its own."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
        return (parts.hostname or "").lower(), port
    except ValueError:
        return "", None
