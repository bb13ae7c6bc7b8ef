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
    lines = re.sub(r"\r\n?", "\n", text).splitlines(keepends=True) if "\r" in text else _lines(text)
    kept, position = [], 0
    for token in _parser().parse("".join(lines)):
        if token.type != "html_block" or token.level or not token.map:
            continue
        first, end = token.map[0], _after_blank(lines, token.map[1])
        block = "".join(lines[first:end])
        rest = _cut(block)
        if block.lstrip().startswith("<!--") and rest != block:
            kept += [*lines[position:first], rest if rest.strip() else ""]
            position = end
    return "".join([*kept, *lines[position:]])


def _cut(text: str) -> str:
    """Without `<!-- … -->`; what opens and does not end stays."""
    kept, position = [], 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[position:start])
        position = end + 3
    return "".join([*kept, text[position:]])


def _parsable(text: str) -> bool:
    return len(text) <= MAX_PARSED and text.count("<!") + text.count("<?") <= _MAX_OPENINGS


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _after_blank(lines: list[str], index: int) -> int:
    while index < len(lines) and not lines[index].strip():
        index += 1
    return index


def mentions(text: str) -> list[str]:
    """What follows an `@` anywhere in the text, each once, as a path: the imports, if they exist and if it counts."""
    return list(dict.fromkeys(map(_path, _IMPORT.findall(text))))


def imports(text: str) -> list[str]:
    """The paths that running text imports, in order, each once."""
    if not _parsable(text):
        return mentions(text)
    leaves = (leaf for token in _parser().parse(text) for leaf in _leaves(token))
    return list(dict.fromkeys(_path(found) for leaf in leaves for found in _IMPORT.findall(leaf)))


def _path(found: str) -> str:
    return found.partition("#")[0].replace("\\ ", " ")


def _leaves(token: Token) -> Iterator[str]:
    for inner in token.children or ():
        if inner.type == "text":
            yield inner.content
        elif inner.children:
            yield from _leaves(inner)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("entity")
