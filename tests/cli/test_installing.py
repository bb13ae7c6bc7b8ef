"""Facts about how an installation is composed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.cli.installing import Wanted, carry_out, prepare
from hive_integration.errors import HiveError, UsageError
from hive_integration.install.cautions import of_target
from hive_integration.install.target import recognised
from hive_integration.registry.state import read_state

from .site import Site, site_in

QUIET = ".claude/helpers/hook-handler.cjs"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Site:
    return site_in(tmp_path, monkeypatch, capsys)


def test_preparing_writes_nothing(site: Site) -> None:
    """Not even a folder to remember it in."""
    target = recognised(None, "project", site.world)
    prepared = prepare(Wanted(), target, site.world)
    assert prepared.changed
    assert prepared.renewed
    assert not (site.base / "data").exists()
    assert not (site.root / "hive-integration").exists()


def test_the_state_is_written_for_the_mod(site: Site) -> None:
    """Where the settings say, and by the target's own configuration."""
    target = recognised(None, "project", site.world)
    prepared = prepare(Wanted(client=False), target, site.world)
    assert carry_out(prepared, site.world) == []
    settings = json.loads((site.root / target.settings).read_text())
    state = read_state(Path(settings["env"]["HIVE_STATE"]))
    assert state["profile"] == "full"
    assert state["config_dir"] == str(site.root / "hive-integration") == settings["env"]["HIVE_CONFIG_DIR"]


def test_a_broken_configuration_is_said_and_stops_nothing(site: Site) -> None:
    """A session has the full profile then."""
    target = recognised(None, "project", site.world)
    carry_out(prepare(Wanted(client=False), target, site.world), site.world)
    (site.root / "hive-integration/configs/hive.toml").write_text("= broken")
    (site.root / "hive-integration/README.md").unlink()
    said = carry_out(prepare(Wanted(client=False), target, site.world), site.world)
    assert any("the configuration is broken" in each for each in said)
    assert (site.root / "hive-integration/README.md").exists()


def test_no_patches_is_remembered(site: Site) -> None:
    """Until they are asked for."""
    target = recognised(None, "project", site.world)
    carry_out(prepare(Wanted(patches=False, client=False), target, site.world), site.world)
    assert prepare(Wanted(), target, site.world).facts["patches"] is False
    assert prepare(Wanted(patches=True), target, site.world).facts["patches"] is True


def test_an_overlay_for_another_kind_is_refused(site: Site) -> None:
    """With the kind that it is for."""
    with pytest.raises(UsageError, match="is for a hive, and this is a project"):
        prepare(Wanted(overlays=["hive-tools"]), recognised(None, "project", site.world), site.world)


def test_without_a_client_on_path_there_is_none(site: Site) -> None:
    """And nobody is told."""
    target = recognised(None, "project", site.world)
    lonely = replace(site.world, env={"PATH": "/nonexistent"})
    assert prepare(Wanted(), target, lonely).client is None
    assert prepare(Wanted(client=False), target, site.world).client is None
    assert prepare(Wanted(), target, site.world).client is not None


@pytest.mark.parametrize("brought", ["hive.toml", "configs/models/claude.toml"])
def test_a_repository_cannot_have_its_own_switch_or_cards_read(site: Site, brought: str) -> None:
    """What lies there already in the place that is looked at first says where requests go: it is refused, or named."""
    target = recognised(None, "project", site.world)
    file = site.root / "hive-integration" / brought
    file.parent.mkdir(parents=True)
    file.write_text("")
    with pytest.raises(HiveError, match="read in place of what is installed") as caught:
        prepare(Wanted(), target, site.world)
    assert "where requests go" in caught.value.hint
    kept = file.rename(site.base / "kept")
    file.parent.rmdir()
    carry_out(prepare(Wanted(client=False), target, site.world), site.world)
    file.parent.mkdir(parents=True, exist_ok=True)
    kept.rename(file)
    assert prepare(Wanted(), target, site.world).target == target
    assert any("in place of what was installed" in each.what for each in of_target(target))


def test_the_memory_of_an_installation_is_an_absolute_path(site: Site) -> None:
    """Else the mod, and a command in another folder, would look elsewhere."""
    world = replace(site.world, env={**site.world.env, "HIVE_DATA_DIR": "rel/data"})
    with pytest.raises(UsageError, match="HIVE_DATA_DIR is 'rel/data'"):
        prepare(Wanted(), recognised(None, "project", world), world)
