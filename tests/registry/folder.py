"""A configuration folder to test with: two cards, a manifest, a prompt, every table in use."""

from __future__ import annotations

import json
from pathlib import Path

HIVE = """\
# The switch.
[switch]
default = "full"   # what runs
full = "claude"
finetuned = "tuned"
fallback = true

[listen]
host = "127.0.0.1"
port = 8787
"""
CLAUDE = """\
id = "claude"
protocol = "anthropic-messages"
base_url = "https://api.anthropic.com"
tokenizer = "claude-4.8"
"""
TUNED = """\
id = "tuned"
protocol = "openai-chat"
base_url = "http://127.0.0.1:9100/v1/"
model = "ft:gpt-4.1-mini:acme::abc"
api_key_env = "ACME_API_KEY"
context_window = 128000
max_output_tokens = 16000
status = "active"

[prompt]
system = { file = "prompts/minimal.md" }
tools = "names"

[knowledge]
manifest = "tuned.manifest.json"

[price]
input = 0.8
cached_input = 0.2
output = 3

[upstream]
retries = 1

[lineage]
base = "gpt-4.1-mini"
"""
DIGEST = "sha256:" + "ab" * 32
MANIFEST = {
    "schema": "hive-ctx/manifest/1",
    "card": "tuned",
    "units": [DIGEST, {"digest": "sha256:" + "cd" * 32, "name": "Bash", "evaluation": "sha256:" + "ef" * 32}],
}


def make(folder: Path) -> Path:
    """Write it: hive.toml, models/, prompts/."""
    write(folder / "hive.toml", HIVE)
    write(folder / "models/claude.toml", CLAUDE)
    write(folder / "models/tuned.toml", TUNED)
    write(folder / "models/tuned.manifest.json", json.dumps(MANIFEST, indent=1))
    write(folder / "prompts/minimal.md", "You are a coding agent.\n")
    return folder


def write(path: Path, text: str) -> Path:
    """A file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def edit(path: Path, old: str, new: str) -> None:
    """Replace text that must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
