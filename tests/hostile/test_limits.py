"""Facts about limits: the documented ones are the real ones; what lies beyond is cut, warned about or refused."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from hive_integration.audit.render.visible import LONGEST
from hive_integration.audit.sources import memory, nested, walk
from hive_integration.audit.sources.frontmatter import MAX_CHARS, parse
from hive_integration.audit.sources.globs import matches
from hive_integration.audit.sources.json_file import MAX_DEPTH, read_object
from hive_integration.audit.sources.markdown import MAX_PARSED, imports
from hive_integration.files import MAX_BYTES, read_text
from tests.hostile.projects import write
from tests.hostile.run import audit, run, warned

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "limits.md"
ROW = re.compile(r"^\| (.+?) \| ([\d,]+) \| .+ \| `([\w.]+)` \|$", re.MULTILINE)


def test_the_documented_limits_are_the_real_ones() -> None:
    """Each row of `docs/reference/limits.md` names a constant and its value."""
    rows = ROW.findall(DOCUMENT.read_text())
    assert len(rows) > 20
    for what, number, name in rows:
        module, _, constant = name.rpartition(".")
        value = getattr(import_module(f"hive_integration.{module}"), constant)
        assert value == int(number.replace(",", "")), what


def test_a_file_may_have_four_mebibytes(tmp_path: Path) -> None:
    """One byte more and it is not read."""
    assert len(read_text(write(tmp_path / "a", b"x" * MAX_BYTES)).text) == MAX_BYTES
    over = read_text(write(tmp_path / "a", b"x" * (MAX_BYTES + 1)))
    assert (over.text, over.readable, "over the limit" in over.warning) == ("", False, True)


def test_settings_may_be_nested_sixty_four_deep(tmp_path: Path) -> None:
    """One deeper and the file is ignored."""
    for depth, usable in ((MAX_DEPTH - 2, True), (MAX_DEPTH + 1, False)):
        file = read_object(write(tmp_path / "a.json", '{"a":' + "[" * depth + "]" * depth + "}"))
        assert (file.values is not None, bool(file.warning)) == (usable, not usable)


def test_front_matter_has_a_length_and_a_depth() -> None:
    """Beyond them it is broken: nothing of it counts, the body does."""
    for inner, broken in (
        (f"a: {'x' * (MAX_CHARS - 100)}\n", False),
        (f"a: {'x' * MAX_CHARS}\n", True),
        (f"a:\n  {'- ' * 60}x\n", False),
        (f"a:\n  {'- ' * 70}x\n", True),
    ):
        document = parse(f"---\n{inner}---\nbody\n")
        assert (document.broken, document.body) == (broken, "body\n")


def test_aliases_repeat_at_most_as_much_as_front_matter_may_hold() -> None:
    """A text of a thousand characters two hundred times, not three hundred times."""
    for times, kept in ((200, 200), (300, 0)):
        listed = f"---\na: &a {'x' * 1000}\nb:\n" + "- *a\n" * times + "---\n"
        value = parse(listed).fields.get("b")
        assert (len(value) if isinstance(value, tuple) else 0) == kept


@pytest.mark.parametrize("module", [walk, nested])
def test_a_walk_ends(module: object, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many entries the rest is not looked at, and the report says so."""
    monkeypatch.setattr(module, "MAX_ENTRIES", 20)
    for i in range(30):
        write(project / f".claude/agents/a{i}.md", f"---\nname: a{i}\ndescription: d\n---\n")
        write(project / f"src/{i}/CLAUDE.md", "x")
    report = audit(project)
    assert warned(report, "more than 20 files")
    assert report["total_tokens"] > 0


def test_imports_are_followed_four_times(project: Path) -> None:
    """The fifth file in a row is not loaded."""
    write(project / "CLAUDE.md", "@a0.md\n")
    for i in range(8):
        write(project / f"a{i}.md", f"number {i} @a{i + 1}.md\n")
    loaded = [unit["name"] for unit in audit(project)["units"] if unit["component"] == "memory"]
    assert [name for name in loaded if name.startswith("a")] == ["a0.md", "a1.md", "a2.md", "a3.md"]


def test_instructions_have_a_length_in_all(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files beyond it are counted with their comments, and what they import is not looked for."""
    monkeypatch.setattr(memory, "MAX_LENGTH", 300)
    for i in range(4):
        write(project / f".claude/rules/{i}.md", f"<!-- comment -->\n{'x' * 100}\n")
    report = audit(project)
    rules = {unit["bytes"] for unit in report["units"] if unit["name"].startswith(".claude/rules")}
    assert len(rules) > 1
    assert warned(report, "instructions of over 300 characters in all")


def test_long_instructions_are_not_parsed() -> None:
    """In a text too long to parse, an import counts even in code."""
    code = "`@a.md` and\n\n    @b.md\n"
    assert imports(code) == []
    assert imports(code + "x" * MAX_PARSED) == ["b.md"]


def test_a_path_pattern_has_a_length_and_a_number_of_alternatives() -> None:
    """Beyond them it matches nothing; within, it does."""
    assert matches("/a", "/" + "{a,b}" * 5 + "a") is False
    assert matches("/aaaaa", "/" + "{a,b}" * 5)
    assert not matches("/" + "a" * 1000, "/" + "a" * 1000)
    assert not matches("/" + "a" * 20, "/" + "{a,b}" * 20)


def test_a_body_and_an_older_report_have_a_size(tmp_path: Path, project: Path) -> None:
    """Beyond 64 MB both are refused in one line, the report before it is read."""
    for option in ("--request", "--compare"):
        with write(tmp_path / "large", "{").open("r+b") as file:
            file.truncate(64 * 2**20 + 1)
        outcome = run("audit", str(project), option, str(tmp_path / "large"))
        assert (outcome.code, "67" in outcome.err) == (1, True)


def test_a_long_name_and_many_warnings_are_cut_for_people_only(project: Path) -> None:
    """The text shows fifty warnings and a thousand characters of a name; the JSON report has all."""
    write(project / ".mcp.json", {"mcpServers": {"n" * 5000: {"command": "x"}}})
    for i in range(80):
        write(project / f".claude/agents/a{i}.md", "---\nname: [\n---\n")
    report = audit(project)
    assert len(report["warnings"]) > 80
    assert warned(report, "n" * 5000)
    text = run("audit", str(project), "--method", "static").out
    assert f"and {len(report['warnings']) - 50} more" in text
    assert "n" * LONGEST not in "".join(text.split())
