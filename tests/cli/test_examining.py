"""Facts about how an examination is composed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hive_integration.cli.examining import examine
from hive_integration.install.journal import JOURNAL, Journal
from hive_integration.install.ledger import ledger_of, save
from hive_integration.install.place import Place, place_of
from hive_integration.install.plan import undone
from tests.install.standin import asked
from tests.install.tree import snapshot

from .site import Site, site_in


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Site:
    return site_in(tmp_path, monkeypatch, capsys)


def place(site: Site) -> Place:
    return place_of(site.root, site.world.data_dir)


def test_what_was_interrupted_is_finished(site: Site) -> None:
    """An uninstallation that was killed as soon as it was written down ends as if it had not been."""
    before = snapshot(site.root)
    site.run("install")
    plan, there = undone(place(site)), place(site)
    journal = Journal(
        "hive-ctx/journal/1", tuple(plan.steps), (), tuple(plan.make), tuple(plan.leave), plan.past, plan.head
    )
    save(there.folder / JOURNAL, journal)
    examined = examine(there, site.world)
    assert examined.mended[0] == "what was interrupted is finished"
    assert examined.ledger is None
    assert snapshot(site.root) == before


def test_an_installation_without_the_client_stays_so(site: Site) -> None:
    """`--no-client` is remembered; only the version is asked."""
    site.run("install", "--no-client")
    examined = examine(place(site), site.world)
    assert asked(site.bin) == ["--version"]
    assert (examined.version, examined.mended) == ((2, 1, 329), [])


def test_mending_remembers_what_was_chosen(site: Site) -> None:
    """Overlays and the like are as before."""
    site.run("install", "--overlay", "tool-search", "--no-patches")
    facts = ledger_of(place(site))
    (site.root / "hive-integration/install.sh").unlink()
    assert examine(place(site), site.world).mended == ["hive-integration/install.sh was missing and is back"]
    assert ledger_of(place(site)) == facts


def test_patches_alone_are_no_installation_to_complete(site: Site) -> None:
    """Nothing is added to a target that only has a patch."""
    from hive_integration.install.change import Put
    from hive_integration.install.journal import perform
    from hive_integration.install.plan import planned

    perform(place(site), planned(place(site), [Put("x.txt", b"x")]))
    before = snapshot(site.root)
    assert examine(place(site), site.world).mended == []
    assert snapshot(site.root) == before
