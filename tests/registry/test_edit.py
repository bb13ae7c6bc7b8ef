"""Facts about writing the switch into hive.toml."""

from __future__ import annotations

import shutil
import threading
import tomllib
from pathlib import Path

import pytest

from hive_integration import files
from hive_integration.errors import HiveError
from hive_integration.registry import places
from hive_integration.registry.configuration import Profile
from hive_integration.registry.edit import switch_to, with_default
from hive_integration.registry.load import load
from tests.registry.folder import HIVE, edit, write

ROOT = Path(files.__file__).parent.parent
NOWHERE = Path("hive.toml")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[switch]\ndefault = "full"   # what\nfull = "x"\n', '[switch]\ndefault = "finetuned"   # what\nfull = "x"\n'),
        ("[switch]\r\n\tdefault='full'#c\r\nfull='x'\r\n", "[switch]\r\n\tdefault=\"finetuned\"#c\r\nfull='x'\r\n"),
        ('[switch] # s\nfull = "x"', '[switch] # s\ndefault = "finetuned"\nfull = "x"'),
        ("[ switch ]", '[ switch ]\ndefault = "finetuned"'),
        ('[switch]\r\nfull = "x"\r\n', '[switch]\r\ndefault = "finetuned"\r\nfull = "x"\r\n'),
        ('switch.full = "x"\n[listen]\n', 'switch.default = "finetuned"\nswitch.full = "x"\n[listen]\n'),
        ('switch = { full = "x", default = "full" } # c', 'switch = { full = "x", default = "finetuned" } # c'),
        ('"switch"."default" = "full"\n', '"switch"."default" = "finetuned"\n'),
        ("[listen]\nport = 1", '[listen]\nport = 1\n\n[switch]\ndefault = "finetuned"\n'),
        ("# only words\n", '# only words\n\n[switch]\ndefault = "finetuned"\n'),
        ("", '[switch]\ndefault = "finetuned"\n'),
        ('[a]\nb = """\n[switch]\ndefault = "full"\n"""\n[switch]\ndefault = "full"\n',
         '[a]\nb = """\n[switch]\ndefault = "full"\n"""\n[switch]\ndefault = "finetuned"\n'),
        ('[switch]\nfull = "default = \'x\'"\ndefault = "full"',
         '[switch]\nfull = "default = \'x\'"\ndefault = "finetuned"'),
    ],
)  # fmt: skip
def test_one_value_changes_and_all_else_stays(before: str, after: str) -> None:
    """Comments, spaces, line ends, order; a missing key or table is added."""
    assert with_default(before, "finetuned", NOWHERE) == after
    assert with_default(after, "finetuned", NOWHERE) == after
    back = tomllib.loads(with_default(after, "full", NOWHERE))
    assert back["switch"]["default"] == "full"


@pytest.mark.parametrize(
    "text",
    ['switch = { full = "x" }', "switch = 3", "[[switch]]", '[switch]\ndefault = """full"""', "[switch.default]",
     "switch = { full = \"default = 'y'\", default = \"full\" }", "[switch", "[switch]\n[switch]", "a = " + "[" * 3000],
)  # fmt: skip
def test_what_cannot_be_changed_alone_is_refused(text: str) -> None:
    """With what to write by hand."""
    with pytest.raises(HiveError, match=r"hive\.toml") as caught:
        with_default(text, "finetuned", NOWHERE)
    assert "nothing was changed" in caught.value.hint


def test_the_file_is_switched_and_says_what_holds(folder: Path) -> None:
    """There and back is the file as it was."""
    hive = folder / "hive.toml"
    configuration, file, changed = switch_to(folder, "finetuned")
    assert (configuration.switch.default, file, changed) == ("finetuned", hive, True)
    assert load(folder) == configuration
    configuration, file, changed = switch_to(folder, "finetuned")
    assert not changed
    assert switch_to(folder, "full")[2]
    assert hive.read_text() == HIVE


def test_mode_mark_and_link_stay(folder: Path, tmp_path: Path) -> None:
    """A private file stays private; a link is written through, not over."""
    hive, real = folder / "hive.toml", tmp_path / "dotfiles/hive.toml"
    write(real, "\ufeff" + HIVE)
    real.chmod(0o600)
    hive.unlink()
    hive.symlink_to(real)
    switch_to(folder, "finetuned")
    assert hive.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    assert real.read_text() == "\ufeff" + HIVE.replace('"full" ', '"finetuned" ')


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [("hive.toml", '"tuned"', '""'), ("hive.toml", '"claude"', '"gone"'), ("models/tuned.toml", "http:", "ftp:"),
     ("hive.toml", "[listen]", "[listen")],
)  # fmt: skip
def test_what_would_not_load_is_not_written(folder: Path, file: str, old: str, new: str) -> None:
    """The file stays as it is, byte for byte."""
    edit(folder / file, old, new)
    before = (folder / "hive.toml").read_bytes()
    with pytest.raises(HiveError):
        switch_to(folder, "finetuned")
    assert (folder / "hive.toml").read_bytes() == before


def test_a_switch_back_mends_a_default_that_cannot_be(folder: Path) -> None:
    """Somebody took the card out."""
    edit(folder / "hive.toml", '"full" ', '"finetuned" ')
    edit(folder / "hive.toml", '"tuned"', '""')
    with pytest.raises(HiveError):
        load(folder)
    assert switch_to(folder, "full")[0].switch.default == "full"


@pytest.mark.parametrize("profile", ["full", "finetuned"])
def test_the_first_switch_makes_the_users_folder(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shipped files are copied into it, so that there is something to edit; they themselves are never written."""
    shipped = tmp_path / "site/configs"
    shutil.copytree(ROOT / "configs", shipped)
    shutil.copytree(ROOT / "models", shipped.parent / "models")
    monkeypatch.setattr(places, "bundled", lambda name: shipped / name)
    edit(shipped / "hive.toml", 'finetuned = ""', 'finetuned = "claude"')
    before = (shipped / "hive.toml").read_bytes()
    folder = tmp_path / "home/.config/hive-ctx"
    configuration, file, changed = switch_to(folder, profile)
    assert (configuration.switch.default, file, changed) == (profile, folder / "hive.toml", True)
    assert (folder / "models/claude.toml").read_text() == (ROOT / "models/claude.toml").read_text()
    assert (shipped / "hive.toml").read_bytes() == before


def test_whoever_reads_meanwhile_has_a_whole_file(folder: Path) -> None:
    """Fifty switches, and no load in between fails."""
    failures: list[HiveError] = []
    ending = threading.Event()

    def read() -> None:
        while not ending.is_set():
            try:
                load(folder)
            except HiveError as error:
                failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(50):
        switch_to(folder, "full" if i % 2 else "finetuned")
    ending.set()
    reader.join()
    assert failures == []
    assert sorted(path.name for path in folder.iterdir()) == ["hive.toml", "models", "prompts"]
