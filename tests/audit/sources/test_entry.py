"""From a file to its entry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hive_integration.audit.sources.entry import Reader
from hive_integration.audit.sources.listing import NEW, OLD, Dialect, Entry
from hive_integration.settings import World
from hive_integration.units import Component
from tests.audit.tree import setup_of, skill, write


@pytest.fixture
def read(world: World) -> Callable[..., Entry]:
    """Reads a text as the file of a skill, or of a command when its path is another."""

    def reading(
        text: str, *, style: Dialect = NEW, path: str = "s/SKILL.md", overrides: dict[str, str] | None = None
    ) -> Entry:
        write(world.cwd, {path: text})
        component = Component.SKILLS if path.endswith("SKILL.md") else Component.COMMANDS
        reader = Reader(setup_of(world, {}), style, overrides=overrides or {})
        entry = reader.own(world.cwd / path, "s", component)
        assert entry is not None
        return entry

    return reading


def test_front_matter_describes(read: Callable[..., Entry]) -> None:
    """Description and occasion come from the front matter; the body is what follows it."""
    entry = read(skill(description="' Does. '", when_to_use="[a, b]"))
    assert (entry.description, entry.body, entry.source) == ("Does. - a,b", "Body.\n", "s/SKILL.md:1")


def test_else_the_body_does(read: Callable[..., Entry]) -> None:
    """Without a usable description the first line stands in, and a word of the client's where there is none."""
    assert read(skill(description="[a]")).description == "Body."
    assert read("# Title\n").description == "Title"
    assert read("").description == "Skill"
    assert read("", path="c.md").description == "Custom command"


def test_a_broken_front_matter_is_a_warning(world: World) -> None:
    """It names the file, for the client says nothing."""
    write(world.cwd, {"c.md": '---\na: "b\n---\nText\n'})
    reader = Reader(setup_of(world, {}), NEW)
    entry = reader.own(world.cwd / "c.md", "c", Component.COMMANDS)
    assert entry is not None
    assert entry.description == "Text"
    assert reader.walker.warnings == ["c.md:1: the front matter is not valid YAML; the client ignores it"]


def test_another_name_is_shown_in_brackets(read: Callable[..., Entry]) -> None:
    """The newer client adds a skill's front matter name where it differs and is one word; no command's."""
    assert read(skill(name="other")).head == "s (other)"
    assert read(skill(name="s")).head == "s"
    assert read(skill(name="Two Words")).head == "s"
    assert read(skill(name="other"), style=OLD).head == "s"
    assert read(skill(name="other"), path="c.md").head == "s"


@pytest.mark.parametrize(
    ("flag", "new", "old"),
    [("true", 0, 0), ("TRUE", 0, 0), ("'true'", 0, 0), ("yes", 0, 1), ("1", 0, 1), ("y", 1, 1), ("false", 1, 1)],
)
def test_the_model_may_be_kept_out(read: Callable[..., Entry], flag: str, new: int, old: int) -> None:
    """`disable-model-invocation` hides an entry; the newer client takes more words for yes."""
    text = skill(description="d", disable__model__invocation=flag)
    assert (read(text).listed, read(text, style=OLD).listed) == (bool(new), bool(old))


@pytest.mark.parametrize(
    ("paths", "listed"),
    [
        ("src/**", 0),
        ("['a', 'b']", 0),
        ("'**/*'", 0),
        ("'**'", 1),
        ("'/**'", 1),
        ("''", 1),
        ("[]", 1),
        ("5", 1),
        ("' , '", 1),
    ],
)
def test_a_skill_for_certain_paths_waits(read: Callable[..., Entry], paths: str, listed: int) -> None:
    """A skill with paths is not in the first listing, unless they mean everything; commands do not wait."""
    assert read(skill(description="d", paths=paths)).listed == bool(listed)
    assert read(skill(description="d", paths=paths), path="c.md").listed


def test_settings_may_hide_or_shorten(read: Callable[..., Entry]) -> None:
    """`skillOverrides` goes by the name of the folder: off, for the user only, or the name alone."""
    text = skill(description="d", name="other")
    assert not read(text, overrides={"s": "off"}).listed
    assert not read(text, overrides={"s": "user-invocable-only"}).listed
    assert read(text, overrides={"s": "name-only"}).head == "s"
    assert read(text, overrides={"other": "off", "s": "on"}).listed


def test_an_unreadable_file_is_no_entry(world: World) -> None:
    """It is a warning instead."""
    reader = Reader(setup_of(world, {}), NEW)
    assert reader.own(Path("/nowhere.md"), "x", Component.COMMANDS) is None
    assert reader.plugins(Path("/nowhere.md"), "p", "x", Component.COMMANDS) is None
    assert len(reader.walker.warnings) == 2
