"""Facts about time: what matches strangers' text stays linear, however the text was made."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from hive_integration.audit.render.markdown import escaped
from hive_integration.audit.sources.frontmatter import parse
from hive_integration.audit.sources.globs import matches
from hive_integration.audit.sources.markdown import imports, without_comments
from hive_integration.audit.sources.sanitise import sanitised
from hive_integration.tokens.openai import OpenAICounter
from hive_integration.units.cut import cut_request
from hive_integration.units.markers import MARKERS
from hive_integration.wire import Block, Message, Request, decode_request

LARGE = 1_000_000
SECONDS = 12
"""A quadratic pattern takes hours over a text of this size; a linear one less than two seconds."""
CONTEXT = ("\n", " \n", "\t", "Contents of ", "Contents of a (x ", " (", "(x) ", "- a", "- a:b", "- a: b\n", "## a\n",
           "SessionStart:a", "SessionStart hook ", "mcp__a__b\n", "a.:@-", "<system-reminder>", "\n</system-reminder>",
           *(marker.pattern.replace("\\n", "\n") + "\n" for marker in MARKERS))  # fmt: skip
FRONT = (
    "\n",
    " ",
    "- ",
    "---",
    "--- ",
    "[",
    "{",
    "? ",
    "*a ",
    "&a ",
    "\r",
    "a:\n",
    "'",
    '"',
    "|\n",
    "#",
    "!",
    "a: b\n",
)
WORDS = (":", ":a", ":@", "a@", "@", "\\", "[", "#", "w.", "-", " ", "<", "_*")


def request(context: str = "", system: str = "") -> Request:
    """A request that holds one reminder and one system text."""
    blocks = [Block("text", f"<system-reminder>\n{context}\n</system-reminder>")]
    return Request("anthropic-messages", "m", [system] if system else [], [], [Message("user", blocks)])


def in_time(work: Callable[[], object], seconds: float = SECONDS) -> None:
    """Do the work; the limit is far above what it takes and far below what a blow-up would."""
    begin = time.monotonic()
    work()
    assert time.monotonic() - begin < seconds


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", CONTEXT)
def test_cutting_is_linear(unit: str) -> None:
    """A million characters of what nearly opens a section, in one line and in many."""
    text = unit * (LARGE // len(unit))
    in_time(lambda: cut_request(request(text)))
    in_time(lambda: cut_request(request("Contents of " + text.replace("\n", ""))))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", ["# a\n", "```\n", "# ", "\n", "# Environment\n"])
def test_cutting_a_system_prompt_is_linear(unit: str) -> None:
    """A quarter of a million headings, or fences."""
    in_time(lambda: cut_request(request("x", unit * (LARGE // len(unit)))))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", FRONT)
@pytest.mark.parametrize("head", ["---\n", "---\na:"])
@pytest.mark.parametrize("tail", ["", "\n---\n", "x\rx\n---\n"])
def test_front_matter_is_linear(unit: str, head: str, tail: str) -> None:
    """As much of one thing as front matter may be long."""
    in_time(lambda: parse(head + unit * (250_000 // len(unit)) + tail))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", WORDS)
def test_escaping_is_linear(unit: str) -> None:
    """Text for a pull request, and a description for the listing."""
    in_time(lambda: escaped(unit * (LARGE // len(unit))))
    in_time(lambda: sanitised(unit * (LARGE // len(unit)) + "\x1b[" * 100_000))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", ["![", "[a](", "* a\n", "a|b\n-|-\n", "> ", "``a`", "**a *b", "<!--a", "<?", "@a "])
def test_instructions_are_parsed_in_time(unit: str) -> None:
    """The longest text that is parsed at all, of what a Markdown parser likes least."""
    text = "@x " + unit * (256 * 1024 // len(unit))
    in_time(lambda: imports(text), 30)
    in_time(lambda: without_comments(f"<!-- a -->\n{text}"), 30)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit", ["a", "A", " ", "\n", " \n", "\t", "1", "-", "'", "日", "\u0301", "\ufffd", "\0", "_a"]
)
def test_counting_is_linear(unit: str) -> None:
    """A million characters without a seam for the tokenizer to part them at."""
    in_time(lambda: OpenAICounter("o200k_base").count([unit * (LARGE // len(unit))]))


@pytest.mark.timeout(60)
def test_path_patterns_are_linear() -> None:
    """Stars upon stars, and braces in braces."""
    for pattern in ("*a" * 450 + "b", "**/" * 300 + "b", "{a,b}" * 190, "{" * 900, "[" * 900):
        in_time(lambda pattern=pattern: matches("/" + "a" * 2000 + "/a" * 500, pattern))


@pytest.mark.timeout(60)
def test_mending_a_request_is_linear() -> None:
    """Backslashes and halves of pairs, 16 MB of them."""
    for unit in (rb"\\", rb"\ud800", rb"\udc00", rb"\ud83d\udc1d", b"\xff"):
        body = b'{"messages": [], "system": "' + unit * (16_000_000 // len(unit)) + b'\xff"}'
        in_time(lambda body=body: decode_request(body), 30)
