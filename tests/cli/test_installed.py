"""Facts about what `hive-ctx status` says of an installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from hive_integration.cli.installed import installation, show

from .site import Site, site_in


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Site:
    return site_in(tmp_path, monkeypatch, capsys)


def test_where_nothing_is_installed_there_is_nothing_to_show(site: Site) -> None:
    """A clone that merely holds the files is no installation."""
    assert installation(site.world, site.root) is None
    assert show(None, color=False) == ""
    (site.root / "hive-integration").mkdir()
    assert installation(site.world, site.root) is None


def test_it_says_what_is_ours_and_where(site: Site) -> None:
    """Kind, version, files, keys, overlays, plugin, patches."""
    site.run("install", "--overlay", "tool-search")
    shown = installation(site.world, site.root / "src")
    assert shown is not None
    assert (shown["target"], shown["kind"], shown["scope"]) == (str(site.root), "project", "project")
    assert shown["overlays"] == ["tool-search"]
    assert "env.HIVE_STATE" in shown["settings"][".claude/settings.local.json"]
    assert shown["plugin"] == {"folder": f"{site.root}/hive-integration/plugin", "known": True}
    assert set(shown["patches"].values()) == {"absent"}
    assert (shown["changed"], shown["missing"]) == ([], [])
    text = show(shown, color=False)
    assert "Installed here" in text
    assert "the client knows it" in text
    assert "Patches" not in text


def test_what_changed_since_is_named(site: Site) -> None:
    """Files that were edited and files that are gone; a key of the user's own in the settings counts, too."""
    site.run("install")
    (site.root / "hive-integration/configs/hive.toml").write_text("# mine\n")
    (site.root / "hive-integration/README.md").unlink()
    shown = installation(site.world, site.root)
    assert shown is not None
    assert shown["changed"] == ["hive-integration/configs/hive.toml"]
    assert shown["missing"] == ["hive-integration/README.md"]
    text = show(shown, color=True)
    assert "Changed   hive-integration/configs/hive.toml" in text
    assert "Missing   hive-integration/README.md" in text


def test_many_changed_files_are_counted(site: Site) -> None:
    """A status is read at a glance."""
    site.run("install")
    shown = installation(site.world, site.root)
    assert shown is not None
    text = show({**shown, "changed": [f"f{n}" for n in range(30)]}, color=False)
    assert "and 20 more" in text


def test_the_status_command_takes_a_target(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """And goes by its configuration; a folder that is none is wrong usage."""
    site.run("install")
    monkeypatch.chdir(site.base)
    shown = site.json("status", "target")
    assert shown["config_dir"] == str(site.root / "hive-integration")
    assert shown["installation"]["target"] == str(site.root)
    assert site.json("status")["installation"] is None
    assert "Installed here" in site.run("status", "target")[1]
    assert site.run("status", "nowhere")[0] == 2


def test_a_line_of_the_switchs_file_that_the_user_wrote_is_a_change(site: Site) -> None:
    """It is theirs from then on."""
    site.run("install")
    hive = site.root / "hive-integration/configs/hive.toml"
    hive.write_text(hive.read_text().replace('default = "full" ', 'default = "full"  # mine'))
    assert site.json("status")["installation"]["changed"] == ["hive-integration/configs/hive.toml"]
