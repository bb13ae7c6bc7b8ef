"""Facts about the overlays that come with hive-ctx, how one is asked for, and the edit that they make together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hive_integration.errors import HiveError, UsageError
from hive_integration.install.merge import merged, unmerged
from hive_integration.install.overlays import BASE, chosen, edit_of, invocables, load_overlays
from hive_integration.install.target import Target

FACTS = {"config_dir": "/t/hive-integration", "state": "/d/state.json", "program": "/bin/hive-ctx"}
CLIENTS = {"2.1.329", "2.1.197"}
PROJECTS = {"claude-flow 3.43.0", "empty"}
EXCLUSIVE = {"skills-hidden"}
FILE = 'id = "{}"\nsummary = "s"\nlost = "l"\n[[want]]\nkeys = ["env", "X"]\nvalue = "1"\n'


@pytest.fixture
def hive(tmp_path: Path) -> Target:
    """A Hive's folder with two skills, three commands, and files that are neither."""
    for path in (
        "skills/browser/SKILL.md", "skills/README.md", "skills/draft/notes.md", "commands/help.md",
        "commands/sparc/architect.md", "commands/a/b/c.md", "commands/sparc/data.json", "skills/swarm/SKILL.md",
    ):  # fmt: skip
        (tmp_path / ".claude" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / ".claude" / path).touch()
    return Target(tmp_path, "hive")


def test_every_shipped_overlay_is_whole_and_measured() -> None:
    """The issue's levers are all there, each with figures for both clients on both projects, but for no promise."""
    overlays = load_overlays()
    assert {
        "base", "hive-tools", "tool-search", "skill-budget", "skill-descriptions", "skills-name-only", "skills-hidden",
        "deny-tools", "no-attribution-header", "simple-prompt",
    } <= set(overlays)  # fmt: skip
    for overlay in overlays.values():
        assert overlay.measured is not None, overlay.id
        assert set(overlay.measured.clients) == CLIENTS
        assert all(set(projects) == PROJECTS for projects in overlay.measured.clients.values())


def test_each_but_the_base_saves_something_somewhere() -> None:
    """What helps nowhere is no lever; and none costs tokens anywhere, beyond the noise of a count."""
    for overlay in load_overlays().values():
        assert overlay.measured is not None
        ways = [
            saved
            for projects in overlay.measured.clients.values()
            for figures in projects.values()
            for saved in (figures.saved, figures.saved_by_gateway)
        ]
        assert min(ways) >= -5, overlay.id
        assert (max(ways) > 20) == (overlay.id != BASE), overlay.id


def test_the_base_overlay_sets_only_variables_of_ours() -> None:
    """Nothing that a request could show: three variables that the plugin reads."""
    wants = load_overlays()[BASE].wants(FACTS)
    assert {want.keys: want.value for want in wants} == {
        ("env", "HIVE_CONFIG_DIR"): "/t/hive-integration",
        ("env", "HIVE_STATE"): "/d/state.json",
        ("env", "HIVE_CTX"): "/bin/hive-ctx",
    }


def test_all_overlays_go_together_and_come_out_again(hive: Target) -> None:
    """Every one at once, but one of two that exclude each other: merged, merged again, unmerged to the same bytes."""
    known = load_overlays()
    edit = edit_of(chosen([name for name in known if name not in EXCLUSIVE], known), hive, FACTS)
    before = '{\n\t"permissions": {"deny": ["Read(./.env)", "Workflow"]},\n\t"env": {"A": "1"}\n}\n'
    after, owned = merged(before, edit.wants)
    settings = json.loads(after)
    assert settings["permissions"]["deny"][:2] == ["Read(./.env)", "Workflow"]
    assert settings["env"]["CLAUDE_FLOW_MCP_TOOLS"] == "hive-mind,memory,swarm,agent,task,hooks"
    assert settings["skillOverrides"] == dict.fromkeys(invocables(hive), "name-only")
    assert merged(after, edit.wants, owned)[0] == after
    assert unmerged(after, owned)[0] == before


def test_two_that_exclude_each_other_are_refused(hive: Target) -> None:
    """The error names both."""
    known = load_overlays()
    edit = edit_of(chosen(["skills-hidden", "skills-name-only"], known), hive, FACTS)
    with pytest.raises(HiveError, match=r"skills-hidden.*skills-name-only|skills-name-only.*skills-hidden"):
        merged("", edit.wants)


def test_skills_are_named_as_the_client_names_them(hive: Target) -> None:
    """A skill by its folder, a command by its path; files that are neither do not count."""
    assert invocables(hive) == ["a:b:c", "browser", "help", "sparc:architect", "swarm"]
    assert invocables(Target(hive.root / ".claude", "user")) == invocables(hive)
    assert invocables(Target(hive.root / "nowhere", "project")) == []


def test_an_edit_is_of_the_targets_settings_and_says_why(hive: Target) -> None:
    """The file is the target's to name; the plan gets the overlays as they were asked for."""
    edit = edit_of(chosen(["tool-search", "hive-tools=memory"], load_overlays()), hive, FACTS)
    assert edit.path == ".claude/settings.local.json"
    assert edit.why == "overlays: tool-search, hive-tools=memory"
    assert {want.source for want in edit.wants} == {"tool-search", "hive-tools"}


def test_asking_twice_for_the_same_is_asking_once() -> None:
    """Twice with another argument is a mistake."""
    known = load_overlays()
    assert len(chosen(["tool-search", "tool-search"], known)) == 1
    with pytest.raises(UsageError, match="overlay hive-tools was asked for twice, differently"):
        chosen(["hive-tools=memory", "hive-tools"], known)


@pytest.mark.parametrize(("asked", "hint"), [("tool-serch", "did you mean tool-search?"), ("zzz", "known: base, ")])
def test_an_unknown_name_is_refused_with_the_nearest(asked: str, hint: str) -> None:
    """Or with all that there are."""
    with pytest.raises(UsageError, match=f"unknown overlay '{asked}'") as caught:
        chosen([asked], load_overlays())
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id = ", r"x\.toml:1: is not TOML"),
        (FILE.format("x").replace("keys", "kyes"), r"x\.toml: want\[0\]: object contains unknown field `kyes`"),
        (FILE.format("x") + '[measured]\ndate = "soon"', r"x\.toml: measured\.date: "),
        (FILE.format("y"), r"x\.toml: id is 'y', expected the file's name"),
        (FILE.format("x").replace('summary = "s"\n', ""), r"x\.toml: object missing required field `summary`"),
        ("\udcff", r"x\.toml: is not UTF-8"),
    ],
)
def test_a_bad_file_is_one_clear_line(tmp_path: Path, text: str, said: str) -> None:
    """It names the file, the place and the reason; nothing is loaded then."""
    (tmp_path / "x.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(HiveError, match=said) as caught:
        load_overlays(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_folder_of_ones_own_is_read_by_the_files_names(tmp_path: Path) -> None:
    """What is not a `.toml` is not looked at."""
    (tmp_path / "mine.toml").write_text(FILE.format("mine"))
    (tmp_path / "README.md").write_text("notes")
    assert list(load_overlays(tmp_path)) == ["mine"]
