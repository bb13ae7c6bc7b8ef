"""A small series of patches for a made-up package, and projects that have it installed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

OLD = b"#!/usr/bin/env node\nfunction main() {\n  return 'old';\n}\nmain();\n"
NEW = b"#!/usr/bin/env node\n// hive-ctx: a better word\nfunction main() {\n  return 'new';\n}\nmain();\n"
DIFF = b"""--- a/main.js
+++ b/main.js
@@ -2,3 +2,4 @@
+// hive-ctx: a better word
 function main() {
-  return 'old';
+  return 'new';
 }
"""
PATCH = """id = "better-word"
purpose = "main says new."
unnecessary = "main says better by itself."
test = "python -m pytest"

[[form]]
diff = "main.diff"
versions = ">=1.0.0 <3"
suffix = ".cjs"
upstream = "better"
copies = ["copied/main.js"]

[form.files]
"@toy/cli" = "dist/main.js"
"toy" = "packages/cli/dist/main.js"
"""


def digest(data: bytes) -> str:
    """As patch.toml has it."""
    return hashlib.sha256(data).hexdigest()


def hashes(before: bytes = OLD, after: bytes = NEW) -> str:
    """The generated end of patch.toml."""
    return (
        f'\n[[tested]]\ndiff = "main.diff"\nbefore = "{digest(before)}"\nafter = "{digest(after)}"\n'
        '[tested.releases]\n"@toy/cli" = ["1.0.0", "1.1.0"]\n"toy" = ["2.0.0"]\n'
    )


def make_series(folder: Path, patch: str = PATCH + hashes(), diff: bytes = DIFF) -> Path:
    """A series of one patch."""
    (folder / "better-word").mkdir(parents=True)
    (folder / "series").write_text("# in order\nbetter-word  # the only one\n\n")
    (folder / "better-word" / "patch.toml").write_text(patch)
    (folder / "better-word" / "main.diff").write_bytes(diff)
    return folder


def install(store: Path, name: str, version: str, **files: bytes) -> Path:
    """A package in a node_modules folder; its files are given with `__` for `/` and `_` for `.` at the end."""
    folder = store / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"name": name, "version": version}))
    for key, data in files.items():
        path = folder / (key.replace("__", "/").removesuffix("_js") + ".js")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder
