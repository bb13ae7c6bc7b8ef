"""Facts about the page: one file, no script, nothing of a stranger's is markup."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

from hive_integration.dataset.render.html import render
from tests.dataset.render.sample import EVIL, sample


class Page(HTMLParser):
    """The tags of a page, and whether each that opens is closed."""

    VOID = ("meta", "rect", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Note a tag."""
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Note a tag."""
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note a tag."""
        assert self.open.pop() == tag


def test_it_is_one_file_that_runs_and_loads_nothing(tmp_path: Path) -> None:
    """No script, no reference, and a policy that allows exactly its own style."""
    page = render(sample(tmp_path))
    found = Page(page)
    assert found.open == []
    assert "script" not in found.tags
    assert not re.search(r"(?:src|href)=|url\(|@import|https?://", page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert style is not None
    assert policy is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"sha256-{digest}" in policy[1].replace("&#39;", "'").replace("&#43;", "+")
    assert "default-src" in policy[1]


def test_names_of_strangers_are_text(tmp_path: Path) -> None:
    """In tables and plots alike."""
    page = render(sample(tmp_path, hostile=True))
    assert EVIL not in page
    assert "&lt;script&gt;" in page
    assert "script" not in Page(page).tags


def test_it_shows_plots_and_tables(tmp_path: Path) -> None:
    """Coverage, families, ways of asking, languages, costs, lengths, yield; without units, too."""
    page = render(sample(tmp_path))
    assert page.count("<svg") == 8
    for head in ("Coverage", "Diversity", "Tokens and costs", "Conversations", "Yield"):
        assert f"<h2>{head}</h2>" in page
    assert "mcp__t__other" in page
    assert Page(render(sample(tmp_path, known=False))).open == []
