"""Real chat templates of models, from pinned packages of PyPI, in the cache folder that outlives the tests.

Nothing of them is in the repository. trl and axolotl are under Apache-2.0; the templates are those that their models
ship. Files are fetched once, by hash, and only the templates are kept.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from hive_integration.dataset.export.chat_template import ChatTemplate, read_template
from tests.e2e.npm import CACHE as NPM

CACHE = NPM.parent / "templates"


@dataclass(frozen=True)
class Wheel:
    """A wheel that holds templates."""

    requirement: str
    sha256: str
    folder: str


TRL = Wheel(
    "trl==1.16.0",
    "c4726e139dd40e1a41661511c639c8a68416782b2e3e8c0befebd77bb7ba0396",
    "trl/chat_templates/",
)
AXOLOTL = Wheel(
    "axolotl==0.21.0",
    "5db0468897d1f3a80fa2becc80dd4409f378ce887dcb2c98854dc70b38196391",
    "axolotl/utils/chat_templates/templates/",
)


def template(name: str, wheel: Wheel = TRL) -> ChatTemplate:
    """A template of a wheel by its name."""
    return read_template(folder(wheel) / f"{name}.jinja", {"bos_token": "<s>", "eos_token": "</s>"})


def folder(wheel: Wheel) -> Path:
    """Where the templates of a wheel lie; fetched on the first call. RuntimeError where that cannot be done."""
    place = CACHE / wheel.requirement.replace("==", "-")
    if place.is_dir():
        return place
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f".{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            _fetch(wheel, place)
    return place


def _fetch(wheel: Wheel, place: Path) -> None:
    scratch = Path(tempfile.mkdtemp(dir=CACHE, prefix=f".{place.name}."))
    try:
        wanted = scratch / "wanted.txt"
        wanted.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n")
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:",
                   "--require-hashes", "--dest", str(scratch), "-r", str(wanted)]  # fmt: skip
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode:
            raise RuntimeError(f"pip could not fetch {wheel.requirement}: {done.stderr.strip()[-400:]}")
        made = scratch / "made"
        made.mkdir()
        with zipfile.ZipFile(next(scratch.glob("*.whl"))) as archive:
            for name in archive.namelist():
                if name.startswith(wheel.folder) and name.endswith(".jinja"):
                    (made / Path(name).name).write_bytes(archive.read(name))
        made.rename(place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
