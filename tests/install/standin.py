"""A program in the client's place: its own record of plugins, and settings rewritten as a whole in its own style."""

from __future__ import annotations

import sys
from pathlib import Path

PROGRAM = """#!{python}
import json, os, sys
from pathlib import Path

home = Path(os.environ.get("CLAUDE_CONFIG_DIR") or Path(os.environ["HOME"], ".claude"))
words = sys.argv[1:]
with open({log!r}, "a") as log:
    log.write(" ".join(words) + chr(10))
if words == ["--version"]:
    print("{version} (Claude Code)")
    sys.exit()
if {fail!r} in words:
    print("it does not work")
    sys.exit(1)

def change(path, key, value, inner=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.loads(path.read_text("utf-8-sig")) if path.exists() else dict()
    holder = data if inner is None else data.setdefault(inner, dict())
    holder.pop(key, None) if value is None else holder.update({{key: value}})
    path.write_text(json.dumps(data, indent=2) + chr(10))

known, plugins = home / "plugins/known_marketplaces.json", home / "plugins/installed_plugins.json"
local = words[-1] == "local"
settings = Path(".claude/settings.local.json") if local else home / "settings.json"
verb = words[1:3] if words[1] == "marketplace" else words[1:2]
if verb == ["marketplace", "add"]:
    change(known, "hive-ctx", dict(source=dict(source="directory", path=words[3])))
    change(settings, "hive-ctx", dict(source=dict(source="directory", path=words[3])), "extraKnownMarketplaces")
elif verb == ["marketplace", "remove"]:
    change(known, "hive-ctx", None)
elif verb == ["install"]:
    change(settings, words[2], True, "enabledPlugins")
    change(plugins, words[2], [dict(scope=words[-1], projectPath=os.getcwd())], "plugins")
elif verb == ["uninstall"]:
    change(settings, words[2], None, "enabledPlugins")
    change(plugins, words[2], None, "plugins")
"""


def standin(folder: Path, *, version: str = "2.1.329", fail: str = "-") -> Path:
    """Put a `claude` into the folder. What it was asked is in `asked(folder)`; the word `fail` makes it fail."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "claude"
    program.write_text(PROGRAM.format(python=sys.executable, log=str(folder / "log"), version=version, fail=fail))
    program.chmod(0o755)
    return program


def asked(folder: Path) -> list[str]:
    """What it was asked to do since the last time, in order."""
    log = folder / "log"
    words = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return words
