"""Facts about where the configuration is looked for."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration import files
from hive_integration.errors import HiveError, UsageError
from hive_integration.files import bundled
from hive_integration.registry import places
from hive_integration.registry.load import load
from hive_integration.registry.places import config_dir, locate
from hive_integration.registry.reading import Reading
from hive_integration.settings import World
from tests.registry.folder import CLAUDE, HIVE, make, write

ROOT = Path(files.__file__).parent.parent


def test_the_first_that_is_named_wins(world: World, tmp_path: Path) -> None:
    """`--config`, then the variable, then the checkout."""
    named = world.cwd / "named"
    named.mkdir()
    variable = replace(world, env={"HIVE_CONFIG_DIR": "from/variable"})
    assert config_dir(variable, Path("named")) == named
    assert config_dir(variable, Path("x/../named")) == named
    assert config_dir(variable) == world.cwd / "from/variable"
    assert config_dir(world) == ROOT / "configs"


def test_a_folder_that_is_named_must_be_there(world: World) -> None:
    """A name with a slip in it must not run the defaults. A file is no folder either."""
    write(world.cwd / "hive.toml", HIVE)
    for name in ("gone", "hive.toml"):
        with pytest.raises(UsageError, match=f"no folder {name}") as caught:
            config_dir(world, Path(name))
        assert "the folder that holds hive.toml" in caught.value.hint


def test_installed_without_a_checkout_it_is_the_users_own_folder(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The defaults that came with the package are read until there is something in it."""
    package = tmp_path / "site/hive_integration"
    shutil.copytree(ROOT / "configs", package / "configs")
    shutil.copytree(ROOT / "models", package / "models")
    monkeypatch.setattr(places, "bundled", lambda name: package / "configs" / name)
    folder = config_dir(world)
    assert folder == world.user_config_dir
    found = locate(folder, Reading())
    assert (found.shipped, found.hive, found.models) == (True, package / "configs/hive.toml", package / "models")
    assert load(folder).switch.default == "full"
    make(folder)
    assert not locate(folder, Reading()).shipped
    assert load(folder).switch.finetuned == "tuned"


@pytest.mark.parametrize(
    ("named", "hive", "models"),
    [
        (".", "hive.toml", "models"),
        (".", "configs/hive.toml", "models"),
        (".", "configs/hive.toml", "configs/models"),
        ("configs", "configs/hive.toml", "models"),
        ("configs", "configs/hive.toml", "configs/models"),
    ],
)
def test_every_layout_is_read(tmp_path: Path, named: str, hive: str, models: str) -> None:
    """The cards lie beside hive.toml, or beside its `configs/`."""
    write(tmp_path / hive, HIVE.replace('"tuned"', '""'))
    write(tmp_path / models / "claude.toml", CLAUDE)
    folder = tmp_path / named
    assert locate(folder, Reading()).models == tmp_path / models
    assert set(load(folder).cards) == {"claude"}


def test_a_folder_above_is_looked_into_from_configs_only(tmp_path: Path) -> None:
    """Somebody else's models/ is not read by surprise."""
    write(tmp_path / "mine/hive.toml", HIVE)
    write(tmp_path / "models/claude.toml", CLAUDE)
    assert locate(tmp_path / "mine", Reading()).models == tmp_path / "mine/models"


def test_cards_without_a_switch_are_an_error_that_says_what_was_looked_for(folder: Path) -> None:
    """To run the shipped defaults beside them would be a surprise."""
    (folder / "hive.toml").unlink()
    with pytest.raises(HiveError, match=r"no hive\.toml: looked for .*hive/hive\.toml and .*configs/hive\.toml"):
        load(folder)


def test_the_shipped_configuration_runs_out_of_the_box() -> None:
    """Claude with its full prompt, no key, the client's own credential and model."""
    configuration = load(bundled("hive.toml").parent)
    card = configuration.card("full")
    assert card is not None
    assert (configuration.switch.default, configuration.switch.finetuned) == ("full", "")
    assert (card.protocol, card.base_url, card.model, card.api_key_env, card.tokenizer) == (
        "anthropic-messages", "https://api.anthropic.com", "", "", "claude-4.8",
    )  # fmt: skip
    assert (configuration.listen.host, configuration.listen.require_key) == ("127.0.0.1", True)


def test_the_example_card_of_the_readme_is_sound(tmp_path: Path) -> None:
    """Copied as it stands, with its manifest and prompt."""
    text = (ROOT / "models/README.md").read_text()
    blocks = {block.partition("\n")[0]: block.partition("\n")[2] for block in text.split("```")[1::2]}
    make(tmp_path)
    (tmp_path / "models/tuned.toml").unlink()
    write(tmp_path / "models/acme-hive-7b.toml", blocks["toml"])
    write(tmp_path / "models/acme-hive-7b.manifest.json", blocks["json"])
    (tmp_path / "hive.toml").write_text(HIVE.replace('"tuned"', '"acme-hive-7b"'))
    card = load(tmp_path).card("finetuned")
    assert card is not None
    assert card.manifest is not None
    assert len(card.manifest.units) == 2


def test_inside_an_installation_its_folder_is_the_one(world: World, tmp_path: Path) -> None:
    """From any folder below the target; and the user's own installation where there is no nearer one."""
    data = tmp_path / "data"
    inside = replace(world, env={"HIVE_DATA_DIR": str(data)})
    target, below = world.cwd, world.cwd / "a/b"
    below.mkdir(parents=True)
    (target / "hive-integration").mkdir()
    write(places.memory_of(data, target) / "ledger.json", "{}")
    assert config_dir(replace(inside, cwd=below)) == target / "hive-integration"
    own = world.home / ".claude/hive-integration"
    own.mkdir(parents=True)
    write(places.memory_of(data, own.parent) / "ledger.json", "{}")
    assert config_dir(replace(inside, cwd=below)) == target / "hive-integration"
    assert config_dir(replace(inside, cwd=world.home)) == own


def test_a_cloned_folder_of_that_name_is_nobodys_installation(world: World) -> None:
    """It could name any server: only what this user installed here counts."""
    make(world.cwd / "hive-integration")
    assert places.installed(world, world.cwd) is None
    assert config_dir(world) == ROOT / "configs"
