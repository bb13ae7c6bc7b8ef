"""Any Markdown, read line by line: sections by their headings, and in them items, sentences, tables, code. Pure.

Not a parser of Markdown: it knows only what knowledge is found by, never fails, and takes time linear in the text. Code
is kept apart, so that nothing in it is taken for words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property

LONGEST = 4_000
"""Characters of a line that are looked at; no sentence is longer."""


class Form(Enum):
    """What a line is."""

    TEXT = auto()
    BULLET = auto()
    NUMBERED = auto()
    TABLE = auto()
    CODE = auto()
    BLANK = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number, its form, its words without the marker. `depth`: blanks before it."""

    number: int
    form: Form
    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and the line on which it begins. Emphasis and links are taken off, code marks are not."""

    text: str
    line: int
    title: str = ""
    """The heading above it."""
    label: str = ""
    """The line that introduces the list in which it stands (`Will not:`), without the colon."""
    item: bool = False
    """Whether it begins an item of a list."""


@dataclass(slots=True)
class Section:
    """A heading and the lines under it, up to the next heading of any level."""

    title: str
    level: int
    line: int
    parents: Sequence[str] = ()
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """A text, taken apart. The first section has no title where the text does not begin with a heading."""

    text: str
    sections: Sequence[Section]

    @cached_property
    def titles(self) -> Sequence[str]:
        """All headings."""
        return [section.title for section in self.sections if section.title]

    @cached_property
    def sentences(self) -> Sequence[Sentence]:
        """All sentences outside code and tables, in order."""
        return [sentence for section in self.sections for sentence in _sentences(section)]

    def lines(self, form: Form) -> Sequence[str]:
        """All lines of one form, without their markers."""
        return [line.text for section in self.sections for line in section.lines if line.form is form]

    def share(self, form: Form) -> float:
        """The share of all characters that stands in lines of this form."""
        lengths = [(line.form is form, len(line.text)) for section in self.sections for line in section.lines]
        total = sum(length for _, length in lengths)
        return sum(length for same, length in lengths if same) / total if total else 0.0


def page(text: str, first: int = 1) -> Page:
    """Take a text apart. `first`: the number of its first line in the file that it comes from."""
    sections = [Section("", 0, first)]
    fence = ""
    parents: list[str] = []
    for number, raw in enumerate(text.replace("\r", "").split("\n"), first):
        line = raw[:LONGEST]
        if fence or _FENCE.match(line):
            fence = _after(line, fence)
            sections[-1].lines.append(Line(number, Form.CODE, line))
        elif match := _HEADING.match(line):
            level, title = len(match[1]), plain(match[2]).strip(" :#")
            parents = [*(parents + [""] * level)[: level - 1], title]
            sections.append(Section(title, level, number, tuple(filter(None, parents[:-1]))))
        else:
            sections[-1].lines.append(_line(number, line))
    if not sections[0].lines or all(line.form is Form.BLANK for line in sections[0].lines):
        sections = sections[1:] or sections
    return Page(text, sections)


_FENCE = re.compile(r" {0,9}(```+|~~~+)")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_BULLET = re.compile(r"([ \t]*)(?:[-*+•]|☐|✅|❌|✓|✗)[ \t]+(?:\[[ xX]\][ \t]+)?(\S.*)")
_NUMBERED = re.compile(r"([ \t]*)(?:\d{1,3}|[a-z])[.)][ \t]+(\S.*)")


def _after(line: str, fence: str) -> str:
    """The fence that is open after a line; `fence` was before it."""
    mark = match[1] if (match := _FENCE.match(line)) else ""
    if not fence:
        return mark
    return "" if mark.startswith(fence) and not line.strip().strip(mark[0]) else fence


def _line(number: int, line: str) -> Line:
    if not line.strip():
        return Line(number, Form.BLANK, "")
    for form, pattern in ((Form.BULLET, _BULLET), (Form.NUMBERED, _NUMBERED)):
        if match := pattern.match(line):
            return Line(number, form, match[2], len(match[1].expandtabs()))
    words = line.strip()
    depth = len(line.expandtabs()) - len(line.expandtabs().lstrip())
    if words.startswith("|") or (words.count("|") > 2 and words.endswith("|")):
        return Line(number, Form.TABLE, words)
    return Line(number, Form.TEXT, words.lstrip("> "), depth)


# Sentences.

_END = re.compile(r"(?<=[.!?])[\"')*_]{0,3}\s+(?=[\"'(*_`]{0,3}[A-Z\d]|[^\w\s])|(?<=[.!?:])\s{2,}")
_NOT_AN_END = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|Dr|Mr|Ms|No|incl|max|min)\.|\.\.\.|^\d+\.)$")


def _sentences(section: Section) -> Iterator[Sentence]:
    label = ""
    for line, text in _paragraphs(section.lines):
        item = line.form is not Form.TEXT
        if not item:
            label = ""
        for offset, words in split(text):
            if cleaned := plain(words):
                at = line.number + text.count("\n", 0, offset)
                yield Sentence(cleaned, at, section.title, label, item and not offset)
        if not item and text.rstrip("*_ ").endswith(":"):
            label = plain(text.rpartition("\n")[2]).rstrip(": ")


def _paragraphs(lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    """(first line, text) of each item and stretch of text; a line under an item that is set in goes on with it."""
    first, held = None, ""
    for line in lines:
        goes_on = line.form is Form.TEXT and first is not None and len(held) < LONGEST and not _is_label(held)
        if not goes_on and first is not None:
            yield first, held
            first = None
        if line.form in {Form.TEXT, Form.BULLET, Form.NUMBERED}:
            first, held = (first, f"{held}\n{line.text}") if goes_on and first else (line, line.text)
    if first is not None:
        yield first, held


def _is_label(text: str) -> bool:
    return len(text) < 80 and text.rstrip("*_ ").endswith(":")


def split(text: str) -> Iterator[tuple[int, str]]:
    """(offset, sentence) of a paragraph's sentences."""
    start = 0
    for match in _END.finditer(text):
        if not _NOT_AN_END.search(text, max(start, match.start() - 8), match.start()):
            yield start, text[start : match.start()]
            start = match.end()
    if text[start:].strip():
        yield start, text[start:]


_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\([^)\s]{0,500}\)")
_EMPHASIS = re.compile(r"\*\*\*?|(?<!\w)__|__(?!\w)|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])")
_ORNAMENT = re.compile(
    r"^[^\w`\"'(<{\[/@$&-]+|</?(?:a|b|br|center|code|details|div|em|h\d|i|img|p|span|strong|su[bp]"
    r"|summary)\b[^>\n]{0,200}>"
)


def plain(text: str) -> str:
    """Words on one line without emphasis, links, tags and ornaments at the front."""
    text = _EMPHASIS.sub("", _LINK.sub(r"\1", " ".join(text.split())))
    return _ORNAMENT.sub("", text).strip()
