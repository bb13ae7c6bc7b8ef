"""Facts about loading: all files to one value, or one error."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.registry import load as loading
from hive_integration.registry.cards import Card, Price, Prompt, Upstream
from hive_integration.registry.configuration import Listen, Switch
from hive_integration.registry.load import is_loopback, load
from hive_integration.registry.reading import Reading
from tests.registry.folder import CLAUDE, DIGEST, MANIFEST, TUNED, edit, write

FILES = ("hive.toml", "models/claude.toml", "models/tuned.toml", "models/tuned.manifest.json", "prompts/minimal.md")


def refused(folder: Path) -> HiveError:
    with pytest.raises(HiveError) as caught:
        load(folder)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    return caught.value


def test_all_files_become_one_value(folder: Path) -> None:
    """What they leave out is the values' own default."""
    found = load(folder)
    assert found.switch == Switch("full", "claude", "tuned", True)
    assert found.listen == Listen()
    assert found.cards["claude"] == Card(
        "claude", "anthropic-messages", "https://api.anthropic.com", tokenizer="claude-4.8"
    )
    tuned = found.cards["tuned"]
    assert tuned.prompt == Prompt("You are a coding agent.\n", "names")
    assert (tuned.price, tuned.upstream) == (Price(0.8, 0.2, 3), Upstream(retries=1))
    assert tuned.manifest is not None
    assert DIGEST in tuned.manifest
    assert (tuned.base_url, tuned.lineage) == ("http://127.0.0.1:9100/v1", {"base": "gpt-4.1-mini"})


def test_the_version_is_that_of_every_file(folder: Path) -> None:
    """A byte anywhere is another version; the same bytes elsewhere are the same one."""
    versions = [load(folder).version]
    for name in (
        "hive.toml",
        "models/claude.toml",
        "models/tuned.toml",
        "models/tuned.manifest.json",
        "prompts/minimal.md",
    ):
        with (folder / name).open("a") as file:
            file.write("\n")
        versions.append(load(folder).version)
    assert len(set(versions)) == 6
    shutil.copytree(folder, folder.parent / "copy")
    assert load(folder.parent / "copy").version == versions[-1]


def test_what_was_looked_at_is_told_on_success_and_on_failure(folder: Path) -> None:
    """So that a file which mends the fault is noticed, also one that was not there."""
    reading = Reading()
    load(folder, reading)
    assert {folder / name for name in FILES} | {folder / "models"} <= reading.stamps.keys()
    (folder / "models/tuned.manifest.json").unlink()
    reading = Reading()
    with pytest.raises(HiveError):
        load(folder, reading)
    assert reading.stamps[folder / "models/tuned.manifest.json"] is None
    assert reading.stamps[folder / "tuned.manifest.json"] is None


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("hive.toml", '"claude"', '"cluade"', "hive.toml:4: 'full' in [switch] names no card: 'cluade'; known: claude, "
         "tuned; did you mean 'claude'?"),
        ("hive.toml", '"tuned"', '"zzzz"', "hive.toml:5: 'finetuned' in [switch] names no card: 'zzzz'; known: claude, "
         "tuned"),
        ("models/tuned.toml", '"active"', '"retired"', "hive.toml:5: 'finetuned' in [switch] names 'tuned', which is "
         "retired"),
        ("models/tuned.toml", '"tuned"', '"claude"', "tuned.toml:1: 'id' is 'claude', as in "),
        ("models/tuned.toml", "prompts/minimal.md", "prompts/gone.md", "tuned.toml:11: 'system' in [prompt] names no "
         "file: 'prompts/gone.md' is not in "),
        ("models/tuned.toml", "tuned.manifest.json", "gone.json", "tuned.toml:15: 'manifest' in [knowledge] names no "),
        ("models/tuned.toml", 'model = "', 'tokenizer = "o300k"\nmodel = "', "tuned.toml:4: 'tokenizer' is not known: "
         "unknown tokenizer 'o300k'"),
        ("models/tuned.toml", "16000", "160000", "tuned.toml:7: 'max_output_tokens' is over the context window of 128"),
        ("hive.toml", '"127.0.0.1"', '"0.0.0.0"\nrequire_key = false', "hive.toml:10: 'require_key' in [listen] is "
         "false, but 0.0.0.0 is reached from other machines"),
        ("models/tuned.manifest.json", "tuned", "other", "tuned.manifest.json:3: is the manifest of 'other'"),
        ("models/tuned.toml", "[price", "[price\n", "tuned.toml:17: is not TOML"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_one_line_that_says_where(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    """In the file that can mend it."""
    edit(folder / file, old, new)
    assert said in str(refused(folder))


def test_finetuned_needs_a_card_to_be_the_default(folder: Path) -> None:
    """Otherwise every request would fail."""
    edit(folder / "hive.toml", 'default = "full"', 'default = "finetuned"')
    assert load(folder).card("finetuned") is not None
    edit(folder / "hive.toml", '"tuned"', '""')
    error = refused(folder)
    assert "hive.toml:3: 'default' in [switch] is 'finetuned', but no card is set for it" in str(error)
    assert str(folder / "models") in error.hint


def test_without_cards_it_is_said_where_they_belong(folder: Path) -> None:
    """And not that the name is wrong."""
    shutil.rmtree(folder / "models")
    assert f"there are no cards in {folder / 'models'}" in str(refused(folder))


def test_an_empty_switch_file_is_no_configuration(folder: Path) -> None:
    """An editor that has only begun to write must not switch to the defaults; a file without [switch] means them."""
    (folder / "hive.toml").write_text(" \n")
    assert "hive.toml:1: is empty" in str(refused(folder))
    (folder / "hive.toml").write_text("# all as it comes\n")
    assert load(folder).switch == Switch()


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("LOCALHOST", True),
     ("0.0.0.0", False), ("::", False), ("192.168.0.1", False), ("example.org", False)],
)  # fmt: skip
def test_only_this_machine_may_come_without_a_key(folder: Path, host: str, own: bool) -> None:
    """Loopback addresses and their name."""
    assert is_loopback(host) is own
    edit(folder / "hive.toml", '"127.0.0.1"', f'"{host}"')
    assert load(folder).listen.host == host
    edit(folder / "hive.toml", "port", "require_key = false\nport")
    if own:
        assert not load(folder).listen.require_key
    else:
        assert "reached from other machines" in str(refused(folder))


@pytest.mark.parametrize("place", ["models/prompts/minimal.md", "prompts/minimal.md"])
def test_files_are_looked_up_beside_the_card_and_then_in_the_folder(folder: Path, place: str) -> None:
    """The card's own folder goes first."""
    (folder / "prompts/minimal.md").unlink()
    write(folder / place, "Found.")
    assert load(folder).cards["tuned"].prompt.system == "Found."
    write(folder / "models/prompts/minimal.md", "First.")
    assert load(folder).cards["tuned"].prompt.system == "First."


def test_a_named_file_may_be_a_link_or_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    """It is the user's own; but it must be a regular file."""
    write(tmp_path / "elsewhere.md", "Elsewhere.")
    (folder / "prompts/minimal.md").unlink()
    (folder / "prompts/minimal.md").symlink_to(tmp_path / "elsewhere.md")
    assert load(folder).cards["tuned"].prompt.system == "Elsewhere."
    edit(folder / "models/tuned.toml", "prompts/minimal.md", str(tmp_path / "elsewhere.md"))
    assert load(folder).cards["tuned"].prompt.system == "Elsewhere."
    (tmp_path / "elsewhere.md").unlink()
    os.mkfifo(tmp_path / "elsewhere.md")
    assert "is not a regular file" in str(refused(folder))


def test_a_prompt_may_stand_in_the_card(folder: Path) -> None:
    """As text, over as many lines as it takes."""
    edit(folder / "models/tuned.toml", '{ file = "prompts/minimal.md" }', '"""\nBe brief.\nid = 3\n"""')
    assert load(folder).cards["tuned"].prompt.system == "Be brief.\nid = 3\n"


def test_too_much_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card over 1 MB, a prompt over 4 MiB, more cards than anybody has."""
    monkeypatch.setattr(loading, "MAX_CARDS", 2)
    load(folder)
    write(folder / "models/third.toml", CLAUDE.replace('"claude"', '"third"'))
    assert "3 cards, over the limit of 2" in str(refused(folder))
    (folder / "models/third.toml").unlink()
    write(folder / "prompts/minimal.md", "x" * (4 * 1024 * 1024 + 1))
    assert "minimal.md: 4.2 MB, over the limit of 4.2 MB" in str(refused(folder))
    write(folder / "models/tuned.toml", TUNED + "#" * 1_000_000)
    assert "tuned.toml: 1.0 MB, over the limit of 1.0 MB" in str(refused(folder))


def test_every_card_is_checked_though_nobody_uses_it(folder: Path) -> None:
    """A switch to it would otherwise be the moment to find out."""
    write(folder / "models/spare.toml", CLAUDE.replace('"claude"', '"spare"').replace("https", "ftp"))
    assert "spare.toml:3: 'base_url': expected an http" in str(refused(folder))


def test_many_cards_and_units_load_in_a_moment(folder: Path) -> None:
    """500 cards and a manifest of 20,000 units, in far less than the seconds that a person waits."""
    for i in range(500):
        write(folder / f"models/card{i}.toml", CLAUDE.replace('"claude"', f'"card{i}"'))
    units = [{"digest": f"sha256:{i:064x}", "name": f"unit {i}"} for i in range(20_000)]
    write(folder / "models/tuned.manifest.json", json.dumps(MANIFEST | {"units": units}))
    found = load(folder)
    assert len(found.cards) == 502
    assert len(found.cards["tuned"].manifest.units) == 20_000
