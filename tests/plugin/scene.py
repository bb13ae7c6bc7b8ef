"""What the plugin's end-to-end tests stand on: direct sessions of the real client, and states made from requests."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_integration.providers.fake import Answer, Recorded, Upstream, reply, running
from hive_integration.tokens.choose import counter_for
from hive_integration.units import Component, digest_of
from hive_integration.units.cut import cut_request
from hive_integration.wire import decode_request
from tests.e2e.conftest import _clean_env

PLUGIN = Path(__file__).parents[2] / "plugin"
PROMPT = "You are a coding agent."
MODEL = "ft:acme"
TUNED = {"ANTHROPIC_MODEL": MODEL}
"""A direct session names its model itself: the client words tools otherwise for a model that is not Claude's."""
Script = Callable[[Recorded], Answer]


@dataclass(frozen=True)
class Scene:
    """A client, a home that knows the project, a project."""

    client: Path
    home: Path
    project: Path

    @property
    def state(self) -> Path:
        """Where the session looks for its state."""
        return self.home / "state.json"

    def env(self, upstream: Upstream, **more: str) -> dict[str, str]:
        """The whole environment of a direct session at `upstream`."""
        port = int(upstream.base_url.rpartition(":")[2])
        return {**_clean_env(self.home, port), "HIVE_STATE": str(self.state), **more}

    def ask(self, upstream: Upstream, *words: str, plugin: bool = True, **env: str) -> dict[str, Any]:
        """One `claude -p`; its JSON result."""
        loaded = ["--plugin-dir", str(PLUGIN)] if plugin else []
        done = subprocess.run(
            [str(self.client), *loaded, "-p", "say hi", "--output-format", "json", *words],
            cwd=self.project, env=self.env(upstream, **env), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)

    def first(self, *, plugin: bool = True, state: Callable[[str], Any] | None = None, **env: str) -> dict[str, Any]:
        """The first request of a session. `state(base_url)`: the state to write before it, as JSON or text."""
        with running(lambda request: reply(request, "done")) as upstream:
            self.state.unlink(missing_ok=True)
            if state is not None:
                self.write(state(upstream.base_url))
            self.ask(upstream, plugin=plugin, **env)
            return main_requests(upstream)[0]

    def write(self, state: Any) -> None:
        """Save a state, whole."""
        new = self.state.with_suffix(".new")
        new.write_text(state if isinstance(state, str) else json.dumps(state))
        new.rename(self.state)


def scene(client: Path, base: Path, make: Callable[[Path], Path] | None = None) -> Scene:
    """A new scene below `base`; the project is what `make` makes, else an empty folder."""
    project, home = base / "project", base / "home"
    for folder in (project, home):
        folder.mkdir(parents=True)
    if make:
        make(project)
    accepted = {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}
    known = {"hasCompletedOnboarding": True, "theme": "dark", "projects": {str(project): accepted}}
    (home / ".claude.json").write_text(json.dumps(known))
    return Scene(client, home, project)


def main_requests(upstream: Upstream) -> list[dict[str, Any]]:
    """The requests of the conversation itself, without the client's side requests."""
    return [r.json for r in upstream.requests if r.protocol == "messages" and r.json.get("tools")]


# Units.


def units(body: Mapping[str, Any]) -> dict[str, str]:
    """Digest and text of each unit of a request that may go: not environment, not what no rule knows."""
    cut = cut_request(decode_request(json.dumps(body).encode()))
    pieces = [(piece, words) for text in cut.texts for piece, words in text.slices()]
    told = {digest_of(w): w for p, w in pieces if p.known and p.component is not Component.ENVIRONMENT and w.strip()}
    return told | {digest_of(json.dumps(tool)): json.dumps(tool) for tool in tools(body).values()}


def tools(body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The tools that a request declares, without the client's placeholder."""
    return {tool["name"]: tool for tool in body["tools"] if not tool["name"].startswith("Deferred")}


def hooks_text(body: Mapping[str, Any]) -> list[str]:
    """What the framework's own hooks said."""
    cut = cut_request(decode_request(json.dumps(body).encode()))
    return [w for text in cut.texts for p, w in text.slices() if p.component is Component.HOOKS]


def state_of(base_url: str, manifest: Mapping[str, str], **changes: Any) -> dict[str, Any]:
    """A state whose manifest holds these units (digest and text), as hive-ctx would write it."""
    counts = dict(zip(manifest, tokens_of(list(manifest.values())), strict=True))
    known = {}
    for digest, text in manifest.items():
        if text.startswith('{"') and "input_schema" in (tool := json.loads(text)):
            described = hashlib.sha256(tool.get("description", "").encode()).hexdigest()
            known[tool["name"]] = {"description": described, "tokens": counts[digest]}
    card = {"id": "acme", "protocol": "anthropic-messages", "base_url": base_url, "model": MODEL, "system": PROMPT}
    return {
        "schema": "hive-ctx/state/1", "hive_ctx": "0", "profile": "finetuned", "config": "1", "config_dir": "/",
        "sources": [], "card": {**card, "tools": "names"}, "tools": known, "watched": [], "program": "/hive-ctx",
        "units": {digest.removeprefix("sha256:"): count for digest, count in counts.items()}, **changes,
    }  # fmt: skip


# What the model reads.


def texts(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(where, text) of all that the model reads, the user's own words left out."""
    yield from (("system", block["text"]) for block in body["system"])
    yield from (("tool", json.dumps(tool)) for tool in body["tools"])
    for message in body["messages"]:
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        yield from ((message["role"], b["text"]) for b in blocks if b["type"] == "text" and b["text"] != "say hi")


def tokens_of(parts: Sequence[str]) -> list[int]:
    """o200k tokens of each text."""
    return list(counter_for("o200k_base", "").count(list(parts)))


def tokens(body: Mapping[str, Any]) -> int:
    """o200k tokens of all that the model reads beside the user's words."""
    return sum(tokens_of([text for _, text in texts(body)]))


def plain(body: Mapping[str, Any]) -> str:
    """A body without what differs between any two runs: ids, a hook's clock, a draw of the client's."""
    text = json.dumps({**body, "metadata": None}, sort_keys=True)
    text = re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|session-\d{13}|toolu_\w+", "ID", text)
    return re.sub(r"<total_tokens>\d+|cc_version=[\w.]+", "N", text)


@contextmanager
def talking(it: Scene, upstream: Upstream, *words: str, **env: str) -> Iterator[Callable[[str], dict[str, Any]]]:
    """One process of the client, spoken to in lines of JSON; `say(text)` gives what the turn ended with."""
    command = [str(it.client), "--plugin-dir", str(PLUGIN), "-p", "--input-format", "stream-json", "--output-format",
               "stream-json", "--verbose", *words]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=it.project, env=it.env(upstream, **env), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip

    def say(text: str) -> dict[str, Any]:
        assert process.stdin
        assert process.stdout
        message = {"type": "user", "message": {"role": "user", "content": [{"type": "text", "text": text}]}}
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            event: dict[str, Any] = json.loads(line)
            if event.get("type") == "result":
                return event
        raise AssertionError(f"the client ended with {process.wait()}")

    try:
        yield say
        process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
