"""A folder as a value, to compare before with after; and targets in the layouts that users have."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path


def snapshot(root: Path) -> Mapping[str, tuple[str, int, str]]:
    """Everything below `root`: path -> (kind, mode, the bytes' hash or the link's aim). Nothing is left out."""
    seen = {}
    for path in sorted(root.rglob("*")):
        info = path.lstat()
        kind, held = "other", ""
        if stat.S_ISLNK(info.st_mode):
            kind, held = "link", os.readlink(path)
        elif stat.S_ISDIR(info.st_mode):
            kind = "folder"
        elif stat.S_ISREG(info.st_mode):
            kind, held = "file", hashlib.sha256(path.read_bytes()).hexdigest()
        seen[path.relative_to(root).as_posix()] = (kind, stat.S_IMODE(info.st_mode), held)
    return seen


def put(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write those files below `root`."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def marketplace(root: Path) -> Path:
    """A checkout in the layout of the public claude-code repository."""
    names = ["code-tidy", "commit-words", "feature-steps", "hook-rules"]
    offered = [
        {"name": name, "description": f"Does {name}.", "source": f"./plugins/{name}", "category": "development"}
        for name in names
    ]
    market = {"$schema": "https://example.com/marketplace.schema.json", "name": "a-market", "version": "1.0.0",
              "owner": {"name": "Somebody"}, "plugins": offered}  # fmt: skip
    files = {
        ".claude-plugin/marketplace.json": json.dumps(market, indent=2) + "\n",
        ".claude/commands/triage.md": "---\ndescription: Sort an issue\n---\nSort it.\n",
        ".claude/commands/commit.md": "Commit.\n",
        ".devcontainer/devcontainer.json": '{"name": "box"}\n',
        ".github/workflows/close.yml": "on: issues\n",
        ".gitattributes": "*.sh text eol=lf\n",
        ".gitignore": "node_modules\n",
        "CHANGELOG.md": "# Changes\n\n" + "".join(f"## 2.1.{n}\n\n- Something.\n\n" for n in range(200)),
        "LICENSE.md": "All rights reserved by somebody.\n",
        "README.md": "# A market\n",
        "examples/settings/strict.json": '{"permissions": {}}\n',
        "scripts/close.sh": "#!/bin/sh\nexit 0\n",
    }
    for name in names:
        files[f"plugins/{name}/.claude-plugin/plugin.json"] = json.dumps({"name": name, "version": "1.0.0"}, indent=2)
        files[f"plugins/{name}/commands/{name}.md"] = f"---\ndescription: {name}\n---\nDo it.\n"
        files[f"plugins/{name}/README.md"] = f"# {name}\n"
    put(root, files)
    (root / "scripts/close.sh").chmod(0o755)
    (root / "docs.md").symlink_to("README.md")
    return root


def odd_project(root: Path) -> Path:
    """A project with hand-made settings: tabs, CRLF, words in other scripts, no line end, a mode of its own."""
    put(
        root,
        {
            ".claude/settings.local.json": '{\r\n\t"env":\t{ "GRÜSSE": "日本語 \\u00e9 🐝",\r\n\t\t"A":"b" },\r\n\t'
            '"permissions" : {"allow":["Bash(ls:*)" ,"Read"]},\r\n\t"x": [1,  2.50, 1e3, -0]\r\n}',
            ".claude/settings.json": '{"permissions":{"deny":[]}}',
            ".claude/agents/kind.md": "---\nname: kind\ndescription: is kind\n---\nBe kind.\n",
            "CLAUDE.md": "Be brief.\n",
            "src/größe.py": "x = 1\n",
        },
    )
    (root / ".claude/settings.local.json").chmod(0o600)
    (root / "src/run").symlink_to("größe.py")
    (root / "empty").mkdir()
    return root
