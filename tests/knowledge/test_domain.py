"""Facts about fields of their own."""

from __future__ import annotations

import pytest

from hive_integration.knowledge.domain import domain_of
from hive_integration.units import Component

from .samples import a_body, a_line


@pytest.mark.parametrize(
    ("name", "line", "body", "said"),
    [
        ("python-testing", "Tests.", "", "'python' in its name"),
        ("v3-cli-modernization", "The command line.", "", "one release"),
        ("agentdb-vectors", "Vectors.", "```sh\nnpx agentdb@latest init\n```", "'agentdb'"),
        ("flownexus-run", "Runs.", "mcp__flownexus__run()", "'flownexus'"),
        ("charting", "Make charts for a page. Then more.", "", "'charts' in its description"),
        ("code-review", "Review code. It knows Python, too.", "import os\nreact", ""),
        ("github-release", "Release.", "mcp__github__release()", ""),
    ],
)
def test_a_skill_names_its_field(name: str, line: str, body: str, said: str) -> None:
    """Its name, its first sentence, or the package that it is named after; a mention elsewhere is none."""
    unit = a_line(name, line)
    assert said in domain_of(unit, unit.text, body)
    assert bool(said) == bool(domain_of(unit, unit.text, body))


def test_instructions_about_this_projects_files_are_its_own() -> None:
    """A quarter of the lines is enough; general rules have no field."""
    own = "Run `pnpm test` first.\nThe API is in src/api/main.ts.\nBe kind.\nStop early.\n"
    unit = a_body(own)
    assert domain_of(unit, "", own) == "2 of 4 lines speak of this project's own files"
    assert domain_of(unit, "", "Be kind.\nStop early.\n") == ""


def test_rules_for_one_language_are_of_its_field() -> None:
    """A rules folder's name, or the file's title."""
    unit = a_body("# C# style\n\nUse records.", Component.MEMORY, ".claude/rules/csharp/style.md")
    assert "csharp" in domain_of(unit, "", unit.text)
    web = a_body("# Performance\n\nFast.", Component.MEMORY, ".claude/rules/web/performance.md")
    assert domain_of(web, "", web.text)
