"""Facts about reading Markdown."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.knowledge.markdown import Form, page, plain, split

TEXT = """intro line

# Title
Some **bold** text. And a [link](http://x/y)! It goes
on here.

## Rules
**Never:**
- push to main
- skip tests
  because of time

```js
# no heading
- no item
```
| a | b |
|---|---|

1. first
2. second
"""


def test_sections_follow_headings() -> None:
    """Each heading opens a section that knows those above it; a heading in code is none."""
    assert [(s.title, s.level, s.parents) for s in page(TEXT).sections] == [
        ("", 0, ()),
        ("Title", 1, ()),
        ("Rules", 2, ("Title",)),
    ]


def test_sentences_know_their_line_and_their_label() -> None:
    """A sentence has the line on which it begins, its heading, and the words that introduce its list."""
    sentences = page(TEXT).sentences
    assert [(s.text, s.line) for s in sentences[:4]] == [
        ("intro line", 1),
        ("Some bold text.", 4),
        ("And a link!", 4),
        ("It goes on here.", 4),
    ]
    item = next(s for s in sentences if s.text.startswith("skip"))
    assert (item.text, item.line, item.title, item.label, item.item) == (
        "skip tests because of time",
        10,
        "Rules",
        "Never",
        True,
    )


def test_lines_can_be_numbered_from_elsewhere() -> None:
    """A body that begins on line 7 of its file has its lines numbered from there."""
    assert page("# T\n\nwords here", 7).sentences[0].line == 9


def test_code_and_tables_are_kept_apart() -> None:
    """What stands in them is no sentence, and their share is known."""
    body = page(TEXT)
    assert "# no heading" in body.lines(Form.CODE)
    assert body.lines(Form.TABLE) == ["| a | b |", "|---|---|"]
    assert not any("no item" in s.text for s in body.sentences)
    assert 0 < body.share(Form.CODE) < 1
    assert page("").share(Form.CODE) == 0.0


@pytest.mark.parametrize("fence", ["```", "````", "~~~"])
def test_a_fence_ends_only_with_its_own(fence: str) -> None:
    """A shorter or other fence inside does not end the block."""
    text = f"{fence}md\n``\n# inside\n{fence}\n# outside"
    assert page(text).titles == ["outside"]


def test_abbreviations_end_no_sentence() -> None:
    """`e.g.` and `etc.` do not; a number's point does not."""
    assert len(list(split("Use tools, e.g. Grep, for it. Then stop."))) == 2
    assert len(list(split("Version 1.2 is old. New is 2.0."))) == 2


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("**Do** *this* now", "Do this now"),
        ("✅ Right: `a_b` and snake_case", "Right: `a_b` and snake_case"),
        ("<strong>x</strong> `{a.<name>}`", "x `{a.<name>}`"),
        ("![image](a.png) [t](u)", "image t"),
    ],
)
def test_plain_words(raw: str, words: str) -> None:
    """Emphasis, links, tags and ornaments go; code marks and placeholders stay."""
    assert plain(raw) == words


@given(st.text(alphabet=st.sampled_from("#-*`~|1.) \n\tabc:!?✅\r\u2028<>[]()"), max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """Nothing raises, and no line number is outside the text."""
    body = page(text)
    assert all(1 <= s.line <= text.count("\n") + 1 for s in body.sentences)


@pytest.mark.parametrize("piece", ["- a\n", "a ", "# a\n", "```\n", "1. a\n   b\n", "*" * 7, "[", "a. B", "`"])
def test_time_is_linear(piece: str) -> None:
    """Ten times the text takes at most some twenty times as long, whatever is repeated."""

    def seconds(times: int) -> float:
        text = piece * times
        best = 9.0
        for _ in range(3):
            begun = time.perf_counter()
            _ = page(text).sentences
            best = min(best, time.perf_counter() - begun)
        return best

    assert seconds(20_000) < 20 * seconds(2_000) + 0.05
