"""What of a Markdown instruction file reaches the model, and which files it imports. Pure.

The client parses the file: a comment counts as one only as a block of its own, and `@path` only in running text, not in
code or HTML. Seen on the wire with 2.1.197 and 2.1.329; `docs/reference/loading.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_PARSED = 256 * 1024
"""Longer texts (characters) are not parsed: their comments stay, and an import counts wherever it stands."""
_MAX_OPENINGS = 2000
"""The parser looks for the end of each `<!` and `<?` through the whole text; more of them count as too long, too."""
_COMMENT_BLOCK = re.compile(r"^ {0,3}<!--", re.MULTILINE)
_IMPORT = re.compile(r"(?:^|(?<=\s))@((?:[^\s\\]|\\ )+)")


def without_comments(text: str) -> str:
    """The text without its comment blocks and the blank lines after them. Line ends become `\\n` where one is cut."""
    if not _COMMENT_BLOCK.search(text) or not _parsable(text):
        return text
    lines = re.findall(r"[^\n]*\n|[^\n]+", re.sub(r"\r\n?", "\n", text))
    kept, position = [], 0
    for token in _parser().parse("".join(lines)):
        if token.level or not token.map or token.map[0] < position:
            continue
        kept += _up_to(lines, position, token.map[0])
        position = max(position, token.map[1])
        if token.type == "html_block" and lines[token.map[0]].lstrip().startswith("<!--"):
            position = _after_blank(lines, position)
            block = "".join(lines[token.map[0] : position])
            rest = _cut(block)
            kept.append(rest if rest.strip() else "")
        else:
            kept += lines[token.map[0] : position]
    return "".join([*kept, *_up_to(lines, position, len(lines))])


def _up_to(lines: list[str], start: int, end: int) -> list[str]:
    """What lies between two blocks: blank lines, which stay, or link definitions, which go with the comments."""
    gap = lines[start:end]
    return gap if not "".join(gap).strip() else gap[: _after_blank(gap, 0)]


def _cut(text: str) -> str:
    """Without `<!-- … -->`; what opens and does not end stays."""
    kept, position = [], 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[position:start])
        position = end + 3
    return "".join([*kept, text[position:]])


def _parsable(text: str) -> bool:
    return len(text) <= MAX_PARSED and text.count("<!") + text.count("<?") <= _MAX_OPENINGS


def _after_blank(lines: list[str], index: int) -> int:
    while index < len(lines) and not lines[index].strip():
        index += 1
    return index


def imports(text: str) -> list[str]:
    """The paths that running text imports, in order, each once."""
    if "@" not in text:
        return []
    leaves = (leaf for token in _parser().parse(text) for leaf in _leaves(token)) if _parsable(text) else iter((text,))
    return list(dict.fromkeys(_path(found) for leaf in leaves for found in _IMPORT.findall(leaf)))


def _path(found: str) -> str:
    return found.partition("#")[0].replace("\\ ", " ")


def _leaves(token: Token) -> Iterator[str]:
    """The running text of a block: not its code, not its HTML, not what is struck out."""
    if token.type == "html_block" and not token.level and token.content.lstrip().startswith("<!--"):
        rest = _cut(token.content)
        yield rest if rest != token.content else ""
    struck = 0
    for inner in token.children or ():
        struck += inner.nesting if inner.tag == "s" else 0
        if inner.type == "text" and not struck:
            yield inner.content


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("entity")
