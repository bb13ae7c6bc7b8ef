"""What of an instruction file is sent, and what it imports. Every case was seen on the wire of a real client."""

from __future__ import annotations

import time

import pytest

from hive_integration.audit.sources.markdown import MAX_PARSED, imports, without_comments


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a\n<!-- x -->\nb\n", "a\nb\n"),
        ("a\n\n<!-- y\nz -->\n\n\nc <!-- inline --> d\n", "a\n\nc <!-- inline --> d\n"),
        ("<!-- w --> tail\n\n<!-- m --><!-- n -->\n\nend", " tail\n\nend"),
        ("<!-- a --> x <!-- b -->\ny", " x \ny"),
        ("- li\n  <!-- in a list -->\n- l2", "- li\n  <!-- in a list -->\n- l2"),
        ("p\n\n    <!-- code -->\n", "p\n\n    <!-- code -->\n"),
        ("```\n<!-- code -->\n```\n", "```\n<!-- code -->\n```\n"),
        ("> <!-- quoted -->\n", "> <!-- quoted -->\n"),
        ("<div>\n<!-- inside -->\n</div>\n", "<div>\n<!-- inside -->\n</div>\n"),
        ("<!-- unclosed\n\nmore\n", "<!-- unclosed\n\nmore\n"),
        ("<!--> z\n\nq", "<!--> z\n\nq"),
        ("a\r\n<!-- c -->\r\nd\r\n", "a\nd\n"),
        ("a\r\nb\r\n", "a\r\nb\r\n"),
        ("# t\n\n[x]: y\n\n<!-- c -->\nz", "# t\n\nz"),
        ("# t\n\n[x]: y\n\nz", "# t\n\n[x]: y\n\nz"),
    ],
)
def test_comments_go_only_as_blocks_of_their_own(text: str, sent: str) -> None:
    """A comment is cut with the blank lines after it; inside a paragraph, list, code, quote or HTML it stays."""
    assert without_comments(text) == sent


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@a.md and\n@b.md", ["a.md", "b.md"]),
        ("**@a.md** _@b.md_ [x @c.md](u)", ["a.md", "b.md", "c.md"]),
        ("# @a.md\n\n> @b.md\n\n- @c.md\n\n| @d.md |\n|---|\n", ["a.md", "b.md", "c.md", "d.md"]),
        ("`@a.md`\n\n```\n@b.md\n```\n\n    @c.md\n", []),
        ("<div>\n@a.md\n</div>\n\n<!-- @b.md -->\n", []),
        ("<!-- x --> @a.md\n", ["a.md"]),
        ("~~@a.md~~ mail@b.md (@c.md) @@d.md", ["@d.md"]),
        ("@a.md#part @a.md", ["a.md"]),
        ("@with\\ space.md @~/b.md @/c.md @./d.md", ["with space.md", "~/b.md", "/c.md", "./d.md"]),
        ("@a.md, @b.md.", ["a.md,", "b.md."]),
        ("[x]: @a.md\n", []),
        ("no sign", []),
    ],
)
def test_imports_count_in_running_text(text: str, found: list[str]) -> None:
    """`@path` at the start of a word is an import, not in code, HTML, brackets or struck text."""
    assert imports(text) == found


def test_what_is_too_long_to_parse_keeps_its_comments() -> None:
    """Above the limit nothing is cut, and every `@` counts."""
    text = "`@a.md` \n<!-- c -->\n" + "x\n" * MAX_PARSED
    assert without_comments(text) == text
    assert imports(" @a.md\n" + text) == ["a.md"]


@pytest.mark.parametrize(
    "text",
    ["<!--\n" * 50_000, "<!-- " * 50_000, "<?" * 100_000, ">" * 100_000, "[" * 100_000, "*a_ " * 50_000, "\0\r" * 9],
)
def test_no_text_takes_long(text: str) -> None:
    """Texts made to hurt a parser are done within seconds."""
    begin = time.perf_counter()
    without_comments(text)
    imports(text + " @a.md")
    assert time.perf_counter() - begin < 10
