"""Facts about what an installation is made of."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest

from hive_integration.install.change import Edit, Put
from hive_integration.install.contents import SETTLED, Chosen, contents
from hive_integration.install.overlays import Choice, load_overlays
from hive_integration.install.patch_series import SERIES
from hive_integration.install.target import Target

ROOT = Path("/srv/target")
CHOSEN = Chosen(Path("/srv/data/state.json"), "/srv/bin/hive-ctx")


def puts(target: Target, chosen: Chosen = CHOSEN) -> dict[str, Put]:
    return {each.path: each for each in contents(target, chosen) if isinstance(each, Put)}


def wants(target: Target, path: str, chosen: Chosen = CHOSEN) -> dict[tuple[str, ...], object]:
    (edit,) = (each for each in contents(target, chosen) if isinstance(each, Edit) and each.path == path)
    return {want.keys: want.value for want in edit.wants}


def test_a_project_gets_the_layout_that_is_promised() -> None:
    """`hive-integration/` with models, configs, patches, install.sh, and the plugin in it."""
    files = puts(Target(ROOT, "project"))
    assert {
        "hive-integration/README.md", "hive-integration/install.sh", "hive-integration/configs/hive.toml",
        "hive-integration/models/claude.toml", "hive-integration/patches/README.md",
        "hive-integration/plugin/.claude-plugin/plugin.json", "hive-integration/plugin/.claude-plugin/marketplace.json",
    } <= files.keys()  # fmt: skip
    assert files["hive-integration/install.sh"].mode == 0o755
    assert files["hive-integration/configs/hive.toml"].mode == 0o644
    assert all(name.startswith("hive-integration/") and each.why for name, each in files.items())


def test_the_settings_name_the_installation_and_switch_the_plugin_on() -> None:
    """Five keys, none of which changes a request; a user's own lie in settings.json."""
    for target in (Target(ROOT, "project"), Target(ROOT, "user")):
        assert wants(target, target.settings) == {
            ("env", "HIVE_CONFIG_DIR"): "/srv/target/hive-integration",
            ("env", "HIVE_STATE"): "/srv/data/state.json",
            ("env", "HIVE_CTX"): "/srv/bin/hive-ctx",
            ("extraKnownMarketplaces", "hive-ctx"): {
                "source": {"source": "directory", "path": "/srv/target/hive-integration/plugin"}
            },
            ("enabledPlugins", "hive@hive-ctx"): True,
        }


def test_a_marketplace_gets_the_plugin_among_its_own_and_an_entry() -> None:
    """With the name and the words of the plugin's manifest, and nothing of this machine."""
    target = Target(ROOT, "marketplace")
    assert "plugins/hive/.claude-plugin/plugin.json" in puts(target)
    assert not any("hive-integration/plugin" in name for name in puts(target))
    ((entry,),) = wants(target, ".claude-plugin/marketplace.json").values()
    assert (entry["name"], entry["source"]) == ("hive", "./plugins/hive")
    assert str(ROOT) not in json.dumps(entry)


def test_overlays_and_patches_come_with_their_files() -> None:
    """An overlay's data beside its keys; the patches that concern the target."""
    chosen = Chosen(CHOSEN.state, CHOSEN.program, overlays=[Choice(load_overlays()["tool-search"])],
                    patched=[Put("lib/x.js", b"x", before="0" * 64)], carried=[SERIES])  # fmt: skip
    target = Target(ROOT, "hive")
    files = puts(target, chosen)
    assert "hive-integration/configs/overlays/tool-search.toml" in files
    assert "hive-integration/patches/series" in files
    assert files["lib/x.js"].data == b"x"
    assert ("env", "ENABLE_TOOL_SEARCH") in wants(target, target.settings, chosen)


def test_the_configuration_of_an_earlier_installation_is_kept() -> None:
    """Its switch and its card are the user's."""
    chosen = Chosen(CHOSEN.state, CHOSEN.program, settled=dict.fromkeys(SETTLED, b"theirs"))
    assert {path for path, each in puts(Target(ROOT, "project"), chosen).items() if each.data == b"theirs"} == set(
        SETTLED
    )


def test_what_is_for_the_plugins_developers_stays_behind() -> None:
    """Its tests, and the declarations that the client's own test command writes beside it."""
    inside = [name.split("/") for name in puts(Target(ROOT, "project"))]
    assert not any({"tests", "types", "tsconfig.json", "__pycache__"} & set(parts) for parts in inside)


def test_every_file_that_is_put_is_in_the_wheel() -> None:
    """What an installation copies is what pyproject.toml ships."""
    root = Path(__file__).parent.parent.parent
    shipped = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    folders = [Path(name) for name in shipped["force-include"]]
    plugin = [Path("plugin", each.path.partition("/plugin/")[2]) for each in puts(Target(ROOT, "project")).values()
              if "/plugin/" in each.path]  # fmt: skip
    assert [path for path in plugin if not any(path.is_relative_to(folder) for folder in folders)] == []


def test_two_installations_of_one_version_are_equal() -> None:
    """No date, no random name."""
    assert contents(Target(ROOT, "marketplace"), CHOSEN) == contents(Target(ROOT, "marketplace"), CHOSEN)


@pytest.mark.skipif(os.name == "nt", reason="a POSIX script")
def test_nothing_that_is_put_names_this_machine() -> None:
    """Absolute paths stand in the local settings alone."""
    here = str(Path(__file__).parent.parent.parent)
    assert [name for name, each in puts(Target(ROOT, "project")).items() if here.encode() in each.data] == []
