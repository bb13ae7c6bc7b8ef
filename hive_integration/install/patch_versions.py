"""What the patches are to released versions of their packages: the files come from the npm registry, by `npm pack`.

Nothing is installed, and nothing of a package runs. Each tarball is checked against the registry's integrity hash, the
few files that a patch is for are kept in a cache, and the rest is thrown away: a release goes over the line once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_integration.errors import HiveError
from hive_integration.files import atomic_write, read_text
from hive_integration.install.patch_apply import Tools
from hive_integration.install.patch_series import Patch
from hive_integration.install.patch_states import Verdict, judged

_LIMIT = 120.0
"""Seconds for one run of npm: the largest release (77 MB) took 5."""
_LARGEST = 8 * 1024 * 1024
_RECORD = "release.json"
_LIST = "versions.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One release: what each patch is to it, by the patch's name."""

    package: str
    version: str
    verdicts: Mapping[str, Verdict]


@dataclass(frozen=True, slots=True)
class Registry:
    """The npm registry as the user's npm reaches it, and what was fetched from it before, in `cache`."""

    cache: Path
    env: Mapping[str, str]

    def versions(self, package: str) -> tuple[Sequence[str], bool]:
        """(every released version, oldest first; whether npm said so). Without a network: those in the cache."""
        path = self._folder(package) / _LIST
        try:
            listed = self._view(package, "versions")
        except HiveError:
            known = self._known(package, path)
            if not known:
                raise
            return known, False
        versions = [listed] if isinstance(listed, str) else [str(each) for each in listed]
        atomic_write(path, json.dumps({"versions": versions}))
        return versions, True

    def files(self, package: str, version: str, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """Those files of a release, None where it has none such; fetched where the cache does not have them."""
        folder = self._folder(package) / version
        record = _object(folder / _RECORD)
        if set(paths) - set(record.get("asked", [])):
            record = self._fetch(package, version, sorted({*paths, *record.get("asked", [])}), folder)
        return {path: self._kept(folder, record, path) for path in paths}

    def _kept(self, folder: Path, record: Mapping[str, Any], path: str) -> bytes | None:
        digest = record["files"].get(path)
        return None if digest is None else (folder / digest).read_bytes()

    def _folder(self, package: str) -> Path:
        return self.cache / package.replace("/", "+")

    def _known(self, package: str, path: Path) -> Sequence[str]:
        versions = _object(path).get("versions", [])
        return [version for version in versions if (self._folder(package) / version / _RECORD).is_file()]

    def _fetch(self, package: str, version: str, paths: Sequence[str], folder: Path) -> Mapping[str, Any]:
        spec = f"{package}@{version}"
        integrity = str(self._view(spec, "dist.integrity"))
        with tempfile.TemporaryDirectory(prefix="hive-ctx-npm-") as name:
            self._npm("pack", spec, "--ignore-scripts", "--pack-destination", name)
            tarball = next(Path(name).glob("*.tgz"))
            if (found := _integrity(tarball, integrity)) != integrity:
                hint = "the registry or what lies between changed it: nothing of it was kept"
                raise HiveError(f"{spec} has integrity {found}, the registry says {integrity}", hint=hint)
            found_files = _members(tarball, paths)
        kept = {path: hashlib.sha256(data).hexdigest() for path, data in found_files.items()}
        for path, data in found_files.items():
            atomic_write(folder / kept[path], data)
        record = {"integrity": integrity, "asked": list(paths), "files": kept}
        atomic_write(folder / _RECORD, json.dumps(record))
        return record

    def _view(self, spec: str, field: str) -> Any:  # noqa: ANN401 - whatever JSON npm prints
        return json.loads(self._npm("view", spec, field, "--json") or "null")

    def _npm(self, *words: str) -> str:
        npm = shutil.which("npm", path=self.env.get("PATH", os.defpath))
        if npm is None:
            raise HiveError("no program npm: released versions come by `npm pack`", hint="install Node.js 20")
        env = {**self.env, "npm_config_update_notifier": "false", "npm_config_fetch_retries": "1"}
        with tempfile.TemporaryDirectory(prefix="hive-ctx-npm-") as folder:  # no project's .npmrc is read there
            try:
                done = subprocess.run(
                    [npm, *words], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                    timeout=_LIMIT, check=False,
                )  # fmt: skip
            except (OSError, subprocess.TimeoutExpired) as error:
                raise HiveError(f"npm {words[0]} {words[1]}: {error}", hint="does npm run by hand?") from error
        if done.returncode:
            said = next((line for line in done.stderr.splitlines() if " code " in line), "npm error").split(" ")[-1]
            hint = "is there a network? Once fetched, a release is there without one"
            raise HiveError(f"the npm registry gives no {words[1]} ({said})", hint=hint)
        return done.stdout


def table(
    series: Sequence[Patch],
    registry: Registry,
    tools: Tools,
    count: int,
    tell: Callable[[str], None] = lambda _: None,
) -> Sequence[Row]:
    """A row for each of the newest `count` releases of every package, newest first. `tell` hears what is to be known:
    that there is no network, and so only what was fetched before."""
    rows: list[Row] = []
    for package in sorted({package for patch in series for package in patch.packages}):
        versions, answered = registry.versions(package)
        if not answered:
            tell(f"npm does not answer: {package} in the {min(count, len(versions))} releases that were fetched before")
        newest = reversed(versions[-count:])
        rows += [row(series, registry, tools, package, version) for version in newest]
    return rows


def row(series: Sequence[Patch], registry: Registry, tools: Tools, package: str, version: str) -> Row:
    """What each patch is to one release."""
    forms = {patch.id: [form for form in patch.forms if package in form.files] for patch in series}
    paths = sorted({form.files[package] for each in forms.values() for form in each})
    files = registry.files(package, version, paths)
    verdicts = {}
    for name, each in forms.items():
        form = next((form for form in each if form.covers(version)), each[-1] if each else None)
        if form is not None:
            verdicts[name] = judged(form, files[form.files[package]], version, tools)
    return Row(package, version, verdicts)


def _members(tarball: Path, paths: Sequence[str]) -> Mapping[str, bytes]:
    """Those files of a package's tarball, in which everything lies in one folder."""
    found = {}
    with tarfile.open(tarball) as archive:
        for member in archive:
            path = member.name.partition("/")[2]
            if path in paths and member.isfile() and member.size <= _LARGEST:
                file = archive.extractfile(member)
                found[path] = file.read() if file else b""
    return found


def _integrity(tarball: Path, wanted: str) -> str:
    """The hash of the file, as a subresource integrity of the same kind as `wanted`."""
    kind = wanted.partition("-")[0]
    digest = hashlib.new(kind if kind in {"sha512", "sha384", "sha256"} else "sha512", tarball.read_bytes()).digest()
    return f"{kind}-{base64.b64encode(digest).decode()}"


def _object(path: Path) -> Mapping[str, Any]:
    text = read_text(path)
    try:
        value = json.loads(text.text) if text.readable else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
