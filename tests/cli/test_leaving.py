"""Facts about how the end of an installation is composed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.cli.leaving import leave, place_to_leave
from hive_integration.errors import UsageError
from hive_integration.install.client import has, known
from hive_integration.install.ledger import ledger_of
from tests.install.standin import standin
from tests.install.tree import snapshot

from .site import Site, site_in


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Site:
    return site_in(tmp_path, monkeypatch, capsys)


def test_the_nearest_installation_above_is_the_one(site: Site) -> None:
    """A folder that was named is taken as it stands; the user's own goes by its scope."""
    site.run("install")
    inner = replace(site.world, cwd=site.root / "src")
    assert place_to_leave(None, "project", inner).root == site.root
    assert place_to_leave(Path(), "project", inner).root == site.root / "src"
    assert place_to_leave(None, "user", inner).root == site.claude_dir
    with pytest.raises(UsageError, match="no folder"):
        place_to_leave(Path("nowhere"), "project", inner)


def test_the_client_is_told_before_and_after(site: Site) -> None:
    """It has no record of the plugin then, nor of where it was; the target is as it was."""
    before = snapshot(site.root)
    site.run("install")
    place = place_to_leave(None, "project", site.world)
    ledger = ledger_of(place)
    assert ledger is not None
    assert has(site.claude_dir, site.root)
    assert leave(place, ledger, site.world, no_client=False, client_path=None) == []
    assert not has(site.claude_dir, site.root)
    assert known(site.claude_dir) is None
    assert snapshot(site.root) == before


def test_a_client_that_fails_keeps_nothing_from_going(site: Site) -> None:
    """What it still remembers is said, with the command that makes it forget."""
    before = snapshot(site.root)
    site.run("install")
    standin(site.bin, fail="remove")
    place = place_to_leave(None, "project", site.world)
    ledger = ledger_of(place)
    assert ledger is not None
    (said,) = leave(place, ledger, site.world, no_client=False, client_path=None)
    assert "it does not work; `claude plugin marketplace remove hive-ctx`" in said
    assert snapshot(site.root) == before


def test_an_installation_of_patches_alone_goes_too(site: Site) -> None:
    """Its ledger has no facts of ours."""
    from hive_integration.install.change import Put
    from hive_integration.install.journal import perform
    from hive_integration.install.place import place_of
    from hive_integration.install.plan import planned

    before = snapshot(site.root)
    place = place_of(site.root, site.world.data_dir)
    perform(place, planned(place, [Put("x.txt", b"x")]))
    ledger = ledger_of(place)
    assert ledger is not None
    assert leave(place, ledger, site.world, no_client=False, client_path=None) == []
    assert snapshot(site.root) == before
