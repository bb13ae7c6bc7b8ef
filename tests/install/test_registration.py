"""Facts about what the client is told, with a program in its place that rewrites settings as the real one does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hive_integration.install.client import Client, has, known
from hive_integration.install.contents import Chosen, contents
from hive_integration.install.journal import perform
from hive_integration.install.place import Place, place_of
from hive_integration.install.plan import planned, undone
from hive_integration.install.registration import Leaving, hand_over, introduce, leave
from hive_integration.install.target import Target

from .standin import asked, standin
from .tree import odd_project, snapshot


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """A client with a home of its own."""
    (tmp_path / "home").mkdir()
    return Client(str(standin(tmp_path / "bin")), tmp_path / "home/.claude", {"HOME": str(tmp_path / "home")})


def installed(root: Path) -> tuple[Target, Place]:
    """A target with an installation, of which no client knows."""
    target, place = Target(root, "project"), place_of(root, root.parent / "data")
    if not root.exists():
        odd_project(root)
    changes = contents(target, Chosen(place.folder / "state.json", "hive-ctx"))
    facts = {"plugin": str(root / target.plugin), "client_dir": str(root.parent / "home/.claude")}
    perform(place, planned(place, changes, facts))
    return target, place


def leaving(target: Target, place: Place) -> Leaving:
    return Leaving(place, target.scope, target.settings, target.root / target.plugin)


def test_the_client_is_told_and_the_settings_keep_their_form(tmp_path: Path, client: Client) -> None:
    """Although its command rewrites the file; a second time there is nothing to tell."""
    target, place = installed(tmp_path / "one")
    before = snapshot(target.root)
    assert introduce(client, target, place, renewed=True) == ""
    assert [words.split()[1:3] for words in asked(tmp_path / "bin")] == [
        ["marketplace", "add"], ["install", "hive@hive-ctx"],
    ]  # fmt: skip
    assert snapshot(target.root) == before
    assert known(client.config_dir) == target.root / target.plugin
    assert has(client.config_dir, target.root)
    assert introduce(client, target, place, renewed=False) == ""
    assert introduce(client, target, place, renewed=True) == ""
    assert asked(tmp_path / "bin") == []


def test_all_of_it_goes_again(tmp_path: Path, client: Client) -> None:
    """The record before the files, the name after them; the target is as it was before all this."""
    before = snapshot(odd_project(tmp_path / "one"))
    target, place = installed(tmp_path / "one")
    introduce(client, target, place, renewed=True)
    assert leave(client, leaving(target, place)) == ""
    assert not has(client.config_dir, target.root)
    perform(place, undone(place))
    assert hand_over(client, leaving(target, place)) == ""
    assert known(client.config_dir) is None
    assert snapshot(target.root) == before
    assert leave(client, leaving(target, place)) == hand_over(client, leaving(target, place)) == ""


def test_one_that_goes_hands_over_to_one_that_remains(tmp_path: Path, client: Client) -> None:
    """Whichever the client knew; a neighbour of another client's is no heir."""
    (first, its), (second, other) = installed(tmp_path / "one"), installed(tmp_path / "two")
    introduce(client, first, its, renewed=True)
    introduce(client, second, other, renewed=True)
    assert known(client.config_dir) == second.root / second.plugin
    leave(client, leaving(second, other))
    perform(other, undone(other))
    assert hand_over(client, leaving(second, other)) == ""
    assert known(client.config_dir) == first.root / first.plugin


def test_a_settings_file_that_changed_more_is_left_as_it_is(tmp_path: Path, client: Client) -> None:
    """Where somebody wrote while the client ran, theirs counts, and what is ours in it is still known."""
    target, place = installed(tmp_path / "one")
    program = Path(client.program)
    program.write_text(program.read_text() + "change(settings, 'theirs', True)\n")
    introduce(client, target, place, renewed=True)
    settings = target.root / target.settings
    assert json.loads(settings.read_text())["theirs"] is True
    perform(place, undone(place))
    assert json.loads(settings.read_text())["theirs"] is True
    assert "enabledPlugins" not in json.loads(settings.read_text())


@pytest.mark.parametrize("word", ["marketplace", "install"])
def test_what_does_not_work_is_said(tmp_path: Path, client: Client, word: str) -> None:
    """And the target is none the worse."""
    target, place = installed(tmp_path / "one")
    before = snapshot(target.root)
    standin(tmp_path / "bin", fail=word)
    assert introduce(client, target, place, renewed=True) == "it does not work"
    assert snapshot(target.root) == before
