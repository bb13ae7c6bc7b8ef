"""Facts about `hive-ctx uninstall` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.install.standin import asked
from tests.install.tree import snapshot

from .site import Site, site_in


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Site:
    return site_in(tmp_path, monkeypatch, capsys)


def test_it_takes_everything_back_and_says_so(site: Site) -> None:
    """The plan on standard error, one sentence on standard output; nothing is remembered."""
    before = snapshot(site.root)
    site.run("install")
    code, out, err = site.run("uninstall")
    assert code == 0
    assert "edit     .claude/settings.local.json  (as it was before)" in err
    assert out == f"{site.root}: hive-ctx is gone, what was there before is back\n"
    assert snapshot(site.root) == before
    assert not list((site.base / "data/installs").iterdir())


def test_where_nothing_is_installed_there_is_nothing_to_do(site: Site) -> None:
    """Exit code 0: it is as was asked; a folder that is none is wrong usage."""
    before = snapshot(site.base)
    code, out, _ = site.run("uninstall")
    assert (code, out) == (0, f"{site.root}: nothing is installed there\n")
    assert site.json("uninstall")["changed"] is False
    assert site.run("uninstall", "nowhere")[0] == 2
    assert snapshot(site.base) == before


def test_a_dry_run_takes_nothing_back(site: Site) -> None:
    """It prints the diff the other way round."""
    site.run("install")
    asked(site.bin)
    before = snapshot(site.base)
    code, out, _ = site.run("uninstall", "--dry-run")
    assert code == 0
    assert "--- a/hive-integration/configs/hive.toml\n+++ /dev/null" in out
    assert (snapshot(site.base), asked(site.bin)) == (before, [])


def test_it_is_found_from_within(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a TARGET, the nearest installation above the working directory."""
    before = snapshot(site.root)
    site.run("install")
    monkeypatch.chdir(site.root / "src")
    assert site.json("uninstall")["target"] == str(site.root)
    assert snapshot(site.root) == before


def test_what_stays_is_named(site: Site) -> None:
    """In the report, too."""
    site.run("install")
    (site.root / "hive-integration/configs/hive.toml").write_text("# mine\n")
    (site.root / "hive-integration/models/mine.toml").write_text("# mine\n")
    shown = site.json("uninstall")
    assert any("hive.toml was changed since" in each for each in shown["kept"])
    assert any("models/mine.toml is not ours" in each for each in shown["kept"])
    assert (site.root / "hive-integration/configs/hive.toml").read_text() == "# mine\n"
    assert sorted(path.name for path in (site.root / "hive-integration").iterdir()) == ["configs", "models"]


def test_the_client_forgets_or_the_user_is_told_how(site: Site) -> None:
    """Where it is not to be started, the command stands there."""
    site.run("install")
    asked(site.bin)
    site.run("uninstall")
    assert [words.split()[1:3] for words in asked(site.bin)] == [
        ["uninstall", "hive@hive-ctx"], ["marketplace", "remove"],
    ]  # fmt: skip
    site.run("install")
    asked(site.bin)
    _, _, err = site.run("uninstall", "--no-client")
    assert "`claude plugin marketplace remove hive-ctx` does it by hand" in err
    assert asked(site.bin) == []
