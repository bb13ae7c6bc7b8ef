"""Facts about where patched packages are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from hive_integration.errors import HiveError, UsageError
from hive_integration.install.patch_places import Spot, spots, target_root
from hive_integration.install.patch_series import Patch, read_series

from .patch_folder import OLD, install, make_series


@pytest.fixture
def series(tmp_path: Path) -> list[Patch]:
    return list(read_series(make_series(tmp_path / "patches")))


def seen(found: list[Spot]) -> list[tuple[str, str | None, str | None]]:
    """What matters of each."""
    return [(spot.path, spot.package, spot.version) for spot in found]


def test_packages_are_found_by_name_where_node_has_them(series: list[Patch], tmp_path: Path) -> None:
    """In the project, inside of another package, and in a scope; each once, and only those that are patched."""
    root = target_root(tmp_path)
    install(root / "node_modules", "toy", "2.0.0", packages__cli__dist__main_js=OLD)
    install(root / "node_modules" / "other" / "node_modules", "@toy/cli", "1.0.0")
    install(root / "node_modules" / "@some" / "thing" / "node_modules", "@toy/cli", "1.1.0")
    install(root / "node_modules", "unrelated", "1.0.0")
    assert seen(list(spots(series, root))) == [
        ("node_modules/toy/packages/cli/dist/main.js", "toy", "2.0.0"),
        ("node_modules/other/node_modules/@toy/cli/dist/main.js", "@toy/cli", "1.0.0"),
        ("node_modules/@some/thing/node_modules/@toy/cli/dist/main.js", "@toy/cli", "1.1.0"),
    ]


def test_a_checkout_and_a_named_prefix_are_targets_too(series: list[Patch], tmp_path: Path) -> None:
    """The package's own folder; a global prefix, because it was named; a node_modules folder itself."""
    store = tmp_path / "usr" / "lib" / "node_modules"
    package = install(store, "@toy/cli", "1.0.0", dist__main_js=OLD)
    assert seen(list(spots(series, target_root(package)))) == [("dist/main.js", "@toy/cli", "1.0.0")]
    for root, path in ((tmp_path / "usr", "lib/node_modules/@toy/cli"), (store, "@toy/cli")):
        assert seen(list(spots(series, target_root(root)))) == [(f"{path}/dist/main.js", "@toy/cli", "1.0.0")]


def test_a_copy_of_the_project_is_found(series: list[Patch], tmp_path: Path) -> None:
    """Of no package and no version; a link that leads out is none."""
    (tmp_path / "copied").mkdir()
    (tmp_path / "copied" / "main.js").write_bytes(OLD)
    assert seen(list(spots(series, target_root(tmp_path)))) == [("copied/main.js", None, None)]
    inner = tmp_path / "inner" / "copied"
    inner.mkdir(parents=True)
    (inner / "main.js").symlink_to(tmp_path / "copied" / "main.js")
    assert spots(series, target_root(inner.parent)) == []


def test_a_linked_package_is_found_inside_of_the_target_only(series: list[Patch], tmp_path: Path) -> None:
    """pnpm's links stay inside and lead to the file; `npm link` leads out, to a folder that is not the target's."""
    root = target_root(tmp_path) / "project"
    install(root / "node_modules" / ".pnpm" / "toy@2" / "node_modules", "toy", "2.0.0")
    (root / "node_modules" / "toy").symlink_to(".pnpm/toy@2/node_modules/toy")
    elsewhere = install(tmp_path / "elsewhere", "@toy/cli", "1.0.0")
    (root / "node_modules" / "@toy").mkdir()
    (root / "node_modules" / "@toy" / "cli").symlink_to(elsewhere)
    assert [spot.path for spot in spots(series, root)] == [
        "node_modules/.pnpm/toy@2/node_modules/toy/packages/cli/dist/main.js"
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"name": "toy"}', '{"name": "toy", "version": 2}', ""])
def test_an_odd_package_json_is_no_package(series: list[Patch], tmp_path: Path, text: str) -> None:
    """Nothing is guessed."""
    install(tmp_path / "node_modules", "toy", "2.0.0")
    (tmp_path / "node_modules" / "toy" / "package.json").write_text(text)
    assert spots(series, target_root(tmp_path)) == []


@pytest.mark.parametrize(("part", "owner"), [("_npx", "npx"), ("_cacache", "npm")])
def test_a_cache_is_no_target(tmp_path: Path, part: str, owner: str) -> None:
    """Also not by a link to it; what to do is said."""
    cache = tmp_path / ".npm" / part / "0abc"
    cache.mkdir(parents=True)
    (tmp_path / "link").symlink_to(cache)
    for folder in (cache, tmp_path / "link"):
        with pytest.raises(HiveError, match=f"a cache of {owner}'s") as caught:
            target_root(folder)
        assert "npm install" in caught.value.hint


def test_a_target_has_to_be_a_folder(tmp_path: Path) -> None:
    """A file or nothing is wrong usage."""
    with pytest.raises(UsageError, match="no such folder"):
        target_root(tmp_path / "none")
