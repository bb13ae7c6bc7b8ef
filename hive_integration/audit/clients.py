"""What each measured client version brings along itself: figures only, from `configs/clients.json`.

`scripts/measure_clients.py` makes the table by running the real clients in an empty folder; it holds names, sizes and
digests, never a text. A version or model that was not measured gets the nearest one, and a warning that says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hive_integration.audit.report import Client, Finding
from hive_integration.audit.setup import Conditions
from hive_integration.errors import HiveError
from hive_integration.files import bundled, read_text
from hive_integration.units import Component, KnowledgeUnit, Load
from hive_integration.units.classify import classify_section
from hive_integration.units.unit import DEFAULTS

SCHEMA = "hive-ctx/clients/1"


@dataclass(frozen=True, slots=True)
class Baseline:
    """A client's own idle context: findings without texts, and what had to be approximated."""

    client: Client
    findings: Sequence[Finding]
    warnings: Sequence[str]


@cache
def table() -> Mapping[str, Any]:
    """The table as it is in the file."""
    path = bundled("clients.json")
    try:
        value = json.loads(read_text(path, limit=16 * 1024 * 1024).text)
    except ValueError as error:
        raise HiveError(f"{path} is broken: {error}", hint="install hive-ctx again") from error
    if value.get("schema") != SCHEMA:
        raise HiveError(
            f"{path} has schema {value.get('schema')!r}, expected {SCHEMA!r}", hint="install hive-ctx again"
        )
    return dict(value)


def known_versions() -> list[str]:
    """The measured versions, oldest first."""
    return sorted(table()["clients"], key=_version_key)


def default_model(version: str) -> str:
    """The model that a client uses when nothing names one."""
    return str(table()["clients"][nearest_version(version)]["default_model"])


def resolve_alias(version: str, model: str) -> str:
    """`sonnet` to the model that this client means by it; any other name as it is, without `[1m]` and date."""
    name = re.sub(r"-20\d{6}$", "", model.removesuffix("[1m]"))
    return str(table()["clients"][nearest_version(version)]["aliases"].get(name, name))


def nearest_version(version: str) -> str:
    """The measured version nearest to `version`; the newest where it is empty."""
    versions = known_versions()
    if version in versions or not version:
        return version or versions[-1]
    return min(versions, key=lambda known: _distance(known, version))


def baseline(conditions: Conditions, tokenizer: str, *, servers: bool, teams: bool) -> Baseline:
    """The client's own units under `conditions`. `servers`: an MCP server is configured."""
    version = nearest_version(conditions.version)
    states, model_note = _measured(conditions)
    warnings = [model_note] if model_note else []
    if version != conditions.version:
        asked = conditions.version or "an unknown version"
        warnings.append(f"client {asked} was never measured; the figures of {version} stand in for its own texts")
    column, note = _column(tokenizer)
    warnings += [note] if note else []
    state = _state(conditions, servers=servers, teams=teams)
    client = Client("claude-code", version, conditions.model)
    rows = _rows(states[state])
    findings = [_finding(row, column, client) for row in rows]
    if conditions.tool_search:
        findings += _deferred(_rows(states[state.replace("on", "off", 1)]), rows, column, client)
    return Baseline(client, findings, warnings)


def listed_chars(conditions: Conditions) -> Mapping[str, int]:
    """Characters of each of the client's own skill lines, line end included; they share the listing's budget."""
    states, _ = _measured(conditions)
    rows = _rows(states[_state(conditions)])
    return {row[1]: row[5] for row in rows if row[0] == Component.SKILLS and row[2] == Load.LISTED}


def tokens_of(digest: str, tokenizer: str) -> int | None:
    """What a measured text counts by another tokenizer; None where it was not measured by it."""
    if tokenizer not in table()["tokenizers"]:
        return None
    column = table()["tokenizers"].index(tokenizer)
    return next((row[6][column] for row in table()["rows"] if row[3] == digest), None)


def bundled_names(version: str) -> frozenset[str] | None:
    """Names in the client's own agent and skill listings; None where this very version was not measured."""
    if version not in table()["clients"]:
        return None
    models = table()["clients"][version]["models"].values()
    indexes = {index for states in models for rows in states.values() for index in rows}
    return frozenset(row[1] for row in _rows(sorted(indexes)) if row[2] == Load.LISTED)


def _measured(conditions: Conditions) -> tuple[Mapping[str, Sequence[int]], str]:
    """The rows of each measured state of the nearest model, and what to say where it is not the one asked for."""
    models = table()["clients"][nearest_version(conditions.version)]["models"]
    model, note = _nearest_model(conditions.model, list(models))
    return models[model], note


def _state(conditions: Conditions, *, servers: bool = False, teams: bool = False) -> str:
    """The key of a measured state, as `scripts/measure_clients.py` names it."""
    search = "on" if conditions.tool_search else "off"
    return search + "+mcp" * servers + "+teams" * teams + "+tty" * conditions.interactive


def _rows(indexes: Sequence[int]) -> list[Sequence[Any]]:
    return [table()["rows"][index] for index in indexes]


def _deferred(off: Sequence[Sequence[Any]], on: Sequence[Sequence[Any]], column: int, client: Client) -> list[Finding]:
    """The built-in tools that tool search keeps out of the window: declared without it, not declared with it."""
    declared = {row[1] for row in on if row[0] == Component.BUILTIN_TOOLS and row[2] == Load.ALWAYS}
    tools = [row for row in off if row[0] == Component.BUILTIN_TOOLS and row[1] not in declared]
    return [_finding([*row[:2], Load.DEFERRED, *row[3:]], column, client) for row in tools]


def _finding(row: Sequence[Any], column: int, client: Client) -> Finding:
    component, name, load, digest, size, _chars, counts = row
    category, level = DEFAULTS[Component(component)]
    if component == Component.SYSTEM_PROMPT:
        category, level = classify_section(name)
    where = {"builtin_tools": "tools/", "agents": "agents/", "skills": "skills/"}.get(component, "")
    source = f"claude-code@{client.version}/{where}{name}"
    unit = KnowledgeUnit(digest, name, Component(component), category, level, Load(load), source, "")
    return Finding(unit, counts[column], size=size)


def _nearest_model(model: str, measured: Sequence[str]) -> tuple[str, str]:
    if model in measured:
        return model, ""
    family = re.match(r"claude-(opus|sonnet|haiku|fable)", model)
    if family is None:
        other = next(name for name in measured if not name.startswith("claude-"))
        return other, ""  # a client treats every name it does not know alike
    same = [name for name in measured if name.startswith(family[0])] or list(measured)
    nearest = min(same, key=lambda name: _distance(_model_version(name), _model_version(model)))
    return nearest, f"model {model} was never measured with this client; the figures of {nearest} stand in"


def _column(tokenizer: str) -> tuple[int, str]:
    names: Sequence[str] = table()["tokenizers"]
    if tokenizer in names:
        return names.index(tokenizer), ""
    stand_in = "claude-4.8" if "claude" in tokenizer and "claude-4.8" in names else "o200k_base"
    return names.index(stand_in), f"the client's own texts were counted with {stand_in}, not with {tokenizer}"


def _model_version(name: str) -> str:
    return ".".join(re.findall(r"\d{1,9}", name)[:2])


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d{1,9}", version)[:3])


def _distance(one: str, other: str) -> tuple[int, ...]:
    a, b = _version_key(one), _version_key(other)
    return tuple(abs(x - y) for x, y in zip(a + (0,) * 3, b + (0,) * 3, strict=False))[:3]
