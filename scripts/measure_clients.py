"""Measure what Claude Code brings along itself, version by version, and write `configs/clients.json`.

    .venv/bin/python scripts/measure_clients.py PATH_OF_CLAUDE [PATH_OF_CLAUDE ...]

Runs each client in an empty folder, with an empty configuration, against the loopback recorder: for each model class,
each as `claude -p` and interactive, with tool search on and off, with and without an MCP server and agent teams. Keeps
names, sizes, digests and counts, no text.
Versions already in the table are kept unless they are measured again.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path

from hive_integration.audit.attribute import Origins, attribute
from hive_integration.audit.clients import SCHEMA
from hive_integration.audit.report import Client, Finding
from hive_integration.audit.session.probe import WORDS, Probe, client_version, record
from hive_integration.files import atomic_write, bundled
from hive_integration.settings import World, now
from hive_integration.tokens.choose import counter_for
from hive_integration.units import Load
from hive_integration.units.cut import cut_request
from hive_integration.wire import decode_request

MODELS = ("", "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-2", "claude-opus-4-8",
          "claude-sonnet-5", "claude-sonnet-4-6", "claude-haiku-4-5", "some-other-model")  # fmt: skip
ALIASES = ("opus", "sonnet", "haiku", "fable", "default")
TOKENIZERS = ("o200k_base", "cl100k_base", "claude-4.8", "claude-4.7", "claude-3")
SERVER = """
import json, sys
for line in sys.stdin:
    call = json.loads(line)
    if "id" not in call: continue
    result = {"tools": []} if call["method"] == "tools/list" else {}
    if call["method"] == "initialize":
        result = {"protocolVersion": call["params"]["protocolVersion"], "capabilities": {"tools": {}, "resources": {}},
                  "serverInfo": {"name": "probe", "version": "1"}, "instructions": "probe"}
    if call["method"] == "tools/list":
        result = {"tools": [{"name": "t", "description": "d", "inputSchema": {"type": "object"}}]}
    print(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}), flush=True)
"""


def main(paths: list[str]) -> None:
    target = bundled("clients.json")
    old = json.loads(target.read_text()) if target.exists() else {"clients": {}, "rows": []}
    rows: list[list[object]] = list(old["rows"])
    clients = dict(old["clients"])
    scratch = Path(tempfile.gettempdir()) / "hive-ctx-measure"  # a fixed name: paths are part of what is measured
    for path in paths:
        shutil.rmtree(scratch, ignore_errors=True)
        version, entry = measure(Path(path), scratch, rows)
        clients[version] = entry
    shutil.rmtree(scratch, ignore_errors=True)
    rows, clients = compacted(rows, clients)
    table = {"schema": SCHEMA, "measured": now().date().isoformat(), "tokenizers": TOKENIZERS,
             "row": ["component", "name", "load", "digest", "bytes", "chars", "tokens"]}  # fmt: skip
    text = json.dumps(table, indent=1)[:-2]
    text += ',\n "clients": ' + json.dumps(clients) + ',\n "rows": [\n'
    text += ",\n".join(json.dumps(row) for row in rows) + "\n]}\n"
    atomic_write(target, text)


def measure(client: Path, scratch: Path, rows: list[list[object]]) -> tuple[str, dict[str, object]]:
    world = World(env={"PATH": os.environ["PATH"], "HOME": str(scratch / "home"), "TERM": "xterm"},
                  home=scratch / "home", cwd=scratch, cache_dir=scratch / "cache")  # fmt: skip
    world.home.mkdir(parents=True)
    (scratch / "server.py").write_text(SERVER)
    version = client_version(client, world)
    models: dict[str, dict[str, list[int]]] = {}
    default = ""
    for model in MODELS:
        seen = model_of(client, world, scratch, model)
        default = default or seen
        if (model and model != seen) or seen in models:
            continue
        models[seen] = {}
        for search in ("on", "off"):
            for extra in product(("", "+mcp"), ("", "+teams"), ("", "+tty")):
                state = search + "".join(extra)
                findings = run(client, world, scratch, seen, state)
                models[seen][state] = [index_of(row_of(finding), rows) for finding in findings]
                print(version, seen, state, sum(f[0].tokens for f in findings if f[0].idle), file=sys.stderr)
    aliases = {alias: model_of(client, world, scratch, alias) for alias in ALIASES}
    return version, {"default_model": default, "aliases": aliases, "models": models}


def project_in(scratch: Path, state: str) -> Path:
    project = scratch / "project"
    shutil.rmtree(project, ignore_errors=True)
    (project / ".claude").mkdir(parents=True)
    if "+mcp" in state:
        server = {"command": sys.executable, "args": [str(scratch / "server.py")]}
        (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"probe": server}}))
    env = {"CLAUDE_CODE_EXPERIMENTAL_AGENT_TEAMS": "1"} if "+teams" in state else {}
    (project / ".claude" / "settings.json").write_text(json.dumps({"env": env, "enableAllProjectMcpServers": True}))
    return project


def body_of(client: Path, world: World, scratch: Path, model: str, state: str) -> bytes:
    probe = Probe(client, project_in(scratch, state), model=model, interactive=state.endswith("+tty"))
    return record(probe, world, tool_search="true" if state.startswith("on") else "false").body


def model_of(client: Path, world: World, scratch: Path, model: str) -> str:
    return decode_request(body_of(client, world, scratch, model, "on")).model


def run(client: Path, world: World, scratch: Path, model: str, state: str) -> list[tuple[Finding, list[int]]]:
    """Findings of the client's own units, each with its counts by every tokenizer."""
    request = decode_request(body_of(client, world, scratch, model, state))
    cut = cut_request(request, user_words=WORDS)
    by_tokenizer = []
    for tokenizer in TOKENIZERS:
        counter = counter_for(tokenizer, cache_dir=Path(tempfile.gettempdir()) / "hive-ctx-measure-cache")
        by_tokenizer.append(attribute(cut, counter, Origins(Client("claude-code", ""))))
    not_its_own = ("mcp__", "probe instructions")
    own = [group for group in zip(*by_tokenizer, strict=True) if not group[0].unit.name.startswith(not_its_own)]
    return [(group[0], [finding.tokens for finding in group]) for group in own]


def row_of(found: tuple[Finding, list[int]]) -> list[object]:
    finding, counts = found
    unit = finding.unit
    load = Load.DEFERRED if unit.load is Load.DEFERRED else unit.load
    return [unit.component, unit.name, load, unit.digest, finding.bytes, len(unit.text), counts]


def index_of(row: list[object], rows: list[list[object]]) -> int:
    if row not in rows:
        rows.append(row)
    return rows.index(row)


def compacted(rows: list[list[object]], clients: dict[str, dict]) -> tuple[list[list[object]], dict[str, dict]]:
    """Drop the rows that no client uses any more."""
    lists = [ids for client in clients.values() for states in client["models"].values() for ids in states.values()]
    used = sorted({index for ids in lists for index in ids})
    new = {old: index for index, old in enumerate(used)}
    for client in clients.values():
        for states in client["models"].values():
            for state, ids in states.items():
                states[state] = [new[index] for index in ids]
    return [rows[index] for index in used], clients


if __name__ == "__main__":
    main(sys.argv[1:])
