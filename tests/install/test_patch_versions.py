"""Facts about judging released versions: fetched once, checked, and judged from the cache without a network."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import sys
import tarfile
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.install.patch_apply import Tools
from hive_integration.install.patch_series import read_series
from hive_integration.install.patch_versions import Registry, table

from .patch_folder import NEW, OLD, make_series

TOOLS = Tools.on({"PATH": os.environ["PATH"]})
NPM = """#!{python}
import json, os, shutil, sys
here = os.path.dirname(os.path.abspath(sys.argv[0]))
open(os.path.join(here, "asked"), "a").write(" ".join(sys.argv[1:3]) + "\\n")
if os.path.exists(os.path.join(here, "offline")):
    sys.exit("npm error code ENOTFOUND\\nnpm error network request failed")
known = json.load(open(os.path.join(here, "known.json")))
verb, spec = sys.argv[1:3]
if verb == "view":
    print(json.dumps(known[spec]["integrity"] if sys.argv[3] == "dist.integrity" else known["versions"][spec]))
else:
    shutil.copy(known[spec]["tarball"], os.path.join(sys.argv[sys.argv.index("--pack-destination") + 1], "x.tgz"))
"""
RELEASES = {
    ("@toy/cli", "1.0.0"): {"dist/main.js": OLD},
    ("@toy/cli", "2.0.0"): {"dist/main.js": OLD + b"// more\n"},
    ("@toy/cli", "3.0.0"): {"dist/main.js": b"main = 'better';\n"},
    ("toy", "2.0.0"): {"packages/cli/dist/main.js": NEW, "README.md": b"x" * 100},
    ("toy", "2.1.0"): {"README.md": b"nothing else"},
}


@pytest.fixture
def npm(tmp_path: Path) -> Path:
    """A folder with an npm that knows those releases, and writes down what it is asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    known: dict[str, object] = {"versions": {}}
    for (package, version), files in RELEASES.items():
        path = tmp_path / f"{package.replace('/', '-')}-{version}.tgz"
        with tarfile.open(path, "w:gz") as archive:
            for name, data in files.items():
                member = tarfile.TarInfo(f"package/{name}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
        known[f"{package}@{version}"] = {"tarball": str(path), "integrity": f"sha512-{digest}"}
        known["versions"].setdefault(package, []).append(version)  # type: ignore[attr-defined]
    (folder / "known.json").write_text(json.dumps(known))
    (folder / "npm").write_text(NPM.format(python=sys.executable))
    (folder / "npm").chmod(0o755)
    return folder


@pytest.fixture
def registry(npm: Path, tmp_path: Path) -> Registry:
    return Registry(tmp_path / "cache", {"PATH": str(npm)})


def states(registry: Registry, tmp_path: Path, count: int = 8) -> tuple[list[tuple[str, str, str]], list[str]]:
    """The table in short, and what was told."""
    folder = tmp_path / "patches"
    series = read_series(folder if folder.exists() else make_series(folder))
    told: list[str] = []
    rows = table(series, registry, TOOLS, count, told.append)
    return [(row.package, row.version, row.verdicts["better-word"].state) for row in rows], told


def test_released_versions_are_judged_newest_first(registry: Registry, tmp_path: Path) -> None:
    """Each package, each release, by its files alone."""
    rows, told = states(registry, tmp_path)
    assert told == []
    assert rows == [
        ("@toy/cli", "3.0.0", "upstream"),
        ("@toy/cli", "2.0.0", "drifted"),
        ("@toy/cli", "1.0.0", "appliable"),
        ("toy", "2.1.0", "absent"),
        ("toy", "2.0.0", "applied"),
    ]
    assert states(registry, tmp_path, 1)[0] == [rows[0], rows[3]]


def test_a_release_is_fetched_once_and_little_of_it_is_kept(registry: Registry, npm: Path, tmp_path: Path) -> None:
    """A second time npm is asked for the list of versions only."""
    first = states(registry, tmp_path)
    (npm / "asked").unlink()
    assert states(registry, tmp_path) == first
    assert (npm / "asked").read_text().splitlines() == ["view @toy/cli", "view toy"]
    kept = sum(path.stat().st_size for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert kept < 3000


def test_without_a_network_the_cache_answers_and_says_so(registry: Registry, npm: Path, tmp_path: Path) -> None:
    """What was fetched before; nothing of it where nothing was, and one clear line then."""
    (npm / "offline").touch()
    with pytest.raises(HiveError, match=r"gives no @toy/cli \(ENOTFOUND\)") as caught:
        states(registry, tmp_path)
    assert "network" in caught.value.hint
    (npm / "offline").unlink()
    rows, _ = states(registry, tmp_path, 1)
    (npm / "offline").touch()
    assert states(registry, tmp_path) == (
        rows,
        [
            "npm does not answer: @toy/cli in the 1 releases that were fetched before",
            "npm does not answer: toy in the 1 releases that were fetched before",
        ],
    )


def test_a_tarball_that_is_not_the_registry_s_is_refused(registry: Registry, npm: Path, tmp_path: Path) -> None:
    """Its hash tells; nothing of it is kept."""
    known = json.loads((npm / "known.json").read_text())
    Path(known["toy@2.1.0"]["tarball"]).write_bytes(Path(known["toy@2.0.0"]["tarball"]).read_bytes())
    with pytest.raises(HiveError, match=r"toy@2\.1\.0 has integrity sha512-"):
        registry.files("toy", "2.1.0", ["packages/cli/dist/main.js"])
    assert not list((tmp_path / "cache").rglob("*"))


def test_a_file_that_was_not_asked_for_before_is_fetched(registry: Registry) -> None:
    """A new patch may look at another file of a release that is in the cache."""
    assert registry.files("toy", "2.1.0", ["none"]) == {"none": None}
    assert registry.files("toy", "2.1.0", ["README.md"]) == {"README.md": b"nothing else"}
    assert registry.files("toy", "2.1.0", ["none", "README.md"]) == {"none": None, "README.md": b"nothing else"}


def test_without_npm_there_is_one_clear_line(tmp_path: Path) -> None:
    """What is missing, what it is for, what to do."""
    with pytest.raises(HiveError, match="no program npm") as caught:
        Registry(tmp_path / "cache", {"PATH": "/nonexistent"}).versions("toy")
    assert caught.value.hint == "install Node.js 20"
