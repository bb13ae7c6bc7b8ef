"""Our own gateway as one more peer: started as a user would, with one fine-tuned model behind it."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from _peers import KEY, Peer, Route, _home, _started, free_port

from hive_integration import __version__

PROGRAM = str(Path(sys.executable).with_name("hive-ctx"))
_HIVE = """
[switch]
default = "finetuned"
full = "claude"
finetuned = "tuned"
"""
_CARD = """
id = "{id}"
protocol = "{protocol}"
base_url = "{base_url}"
model = "{model}"
[prompt]
system = "You are a coding agent."
tools = "{tools}"
[knowledge]
manifest = "{manifest}"
"""


@contextlib.contextmanager
def hive(route: Route, units: Sequence[str], tools: str = "names") -> Iterator[Peer]:
    """The gateway with all its features on. `units`: the digests that the model's weights are said to hold."""
    with _home() as home:
        config, port = home / "hive", free_port()
        (config / "models").mkdir(parents=True)
        (config / "hive.toml").write_text(_HIVE)
        manifest = {"schema": "hive-ctx/manifest/1", "card": "tuned", "units": sorted(set(units))}
        (config / "models/tuned.manifest.json").write_text(json.dumps(manifest))
        base_url = route.base_url + "/v1"
        for id, name, used in (("tuned", "tuned.manifest.json", base_url), ("claude", "", route.base_url)):
            protocol = route.protocol if id == "tuned" else "anthropic-messages"
            text = _CARD.format(id=id, protocol=protocol, base_url=used, model=route.model, tools=tools, manifest=name)
            (config / f"models/{id}.toml").write_text(text if name else text.replace('manifest = ""', ""))
        command = [PROGRAM, "serve", "--config", str(config), "--port", str(port)]
        env = {"HIVE_GATEWAY_KEY": KEY, "HIVE_DATA_DIR": str(home / "data"), "HIVE_CACHE_DIR": str(home / "cache")}
        with _started(command, home, env, f"http://127.0.0.1:{port}/healthz") as pid:
            yield Peer("hive-ctx", __version__, f"http://127.0.0.1:{port}", pid, {route.name: "claude-opus-4-8"})
