"""The active output style, as it was seen on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from hive_integration.audit.sources import styles
from hive_integration.audit.sources.found import Found
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.settings import World
from hive_integration.units import Component, Load
from tests.audit.tree import NEW, write


def _find(world: World, chosen: str, files: Mapping[str, str], plugin: Path | None = None) -> Found:
    for name, text in files.items():
        base = world.home if name.startswith("~/") else world.cwd
        write(base, {".claude/output-styles/" + name.removeprefix("~/"): text})
    write(world.cwd, {".claude/settings.json": json.dumps({"outputStyle": chosen})})
    return styles.find(find_setup(world.cwd, world, plugin_dirs=[plugin] if plugin else []), NEW)


def test_the_chosen_style_is_a_section_of_the_system_prompt(world: World) -> None:
    """Its heading names it, its body is sent whole, comments too, without front matter and blank edges."""
    found = _find(world, "My Style", {"a.md": "---\nname: My Style\n---\n\nBe brief.\n<!-- c -->\n\n", "b.md": "other"})
    (unit,) = found.units
    assert unit.text == "# Output Style: My Style\nBe brief.\n<!-- c -->\n\n"
    assert (unit.name, unit.component, unit.load) == ("Output Style: My Style", Component.SYSTEM_PROMPT, Load.ALWAYS)
    assert unit.source == ".claude/output-styles/a.md:1"


@pytest.mark.parametrize(
    ("name", "text", "chosen", "found"),
    [
        ("o.md", "x", "o", True),
        ("sub/o.md", "x", "o", True),
        ("sub/o.md", "x", "sub:o", False),
        ("o.md", "---\nname: other\n---\nx", "o", False),
        ("o.md", "x", "O", False),
        ("o.md", "---\nname: [\n---\nx", "o", False),
        ("o.md", "---\nname: o\n---\n", "o", True),
    ],
)
def test_a_style_is_named_by_its_front_matter_or_file(
    world: World, name: str, text: str, chosen: str, found: bool
) -> None:
    """The name is exact; subfolders do not show in it."""
    assert bool(_find(world, chosen, {name: text}).units) is found


def test_the_project_beats_the_user(world: World) -> None:
    """Of two styles with one name the project's counts, the nearest folder's first."""
    assert "mine" in _find(world, "o", {"o.md": "mine", "~/o.md": "theirs"}).units[0].text


def test_styles_of_plugins_have_their_prefix(world: World, tmp_path: Path) -> None:
    """`plugin:style` names one, and one that forces itself beats the setting."""
    root = write(tmp_path / "plug", {"output-styles/a.md": "one", "output-styles/b.md": "two"})
    assert _find(world, "plug:a", {}, root).units[0].text == "# Output Style: plug:a\none\n\n"
    assert _find(world, "a", {}, root).units == ()
    write(root, {"output-styles/b.md": "---\nforce-for-plugin: true\n---\ntwo"})
    assert _find(world, "plug:a", {}, root).units[0].name == "Output Style: plug:b"


@pytest.mark.parametrize(
    ("chosen", "why"), [("default", ""), ("Explanatory", "not counted"), ("none", "in no output-styles folder")]
)
def test_a_style_without_a_file(world: World, chosen: str, why: str) -> None:
    """The default adds nothing; a built-in style is said not to be counted; an unknown one is named."""
    found = _find(world, chosen, {"other.md": "x"})
    assert found.units == ()
    assert [why in warning for warning in found.warnings] == ([True] if why else [])


def test_a_file_may_take_the_place_of_a_built_in_style(world: World) -> None:
    """A style called Explanatory is the file's."""
    assert (
        _find(world, "Explanatory", {"Explanatory.md": "mine"}).units[0].text == "# Output Style: Explanatory\nmine\n\n"
    )
