"""The lines by which the client lists skills, commands and agents: wording, order, and what a budget leaves. Pure.

Every rule here was found by running the real client on files made for it (`docs/reference/listings.md`). Lengths are
counted as the client counts them: in UTF-16 units.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hive_integration.audit.sources.sanitise import sanitised
from hive_integration.units import Component

MAX_DESCRIPTION = 1536
"""An entry's description is cut here unless `skillListingMaxDescChars` says otherwise."""
MAX_FIRST_LINE = 100
"""A description that is taken from the body is cut here."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A skill or command as the listing would show it. `source` is `path:line`."""

    name: str
    description: str
    component: Component
    source: str
    body: str = ""
    shown_as: str = ""
    """The name in the front matter, where the listing adds it in brackets."""
    listed: bool = True
    plain: bool = False
    """Listed by name alone, because a setting says so."""

    @property
    def head(self) -> str:
        """What stands before the description."""
        return f"{self.name} ({self.shown_as})" if self.shown_as and not self.plain else self.name


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a client version writes its listings."""

    sanitises: bool
    """Control characters become spaces, angle brackets entities; a name that would change is not listed."""
    unique: bool
    """Of entries with one name only the first is listed."""
    shows_names: bool
    """A skill's front matter name stands in brackets where it differs from its folder's."""
    lenient_flags: bool
    """`yes`, `on` and `1` switch a flag on, too."""


OLD = Dialect(sanitises=False, unique=False, shows_names=False, lenient_flags=False)
NEW = Dialect(sanitises=True, unique=True, shows_names=True, lenient_flags=True)
_BETWEEN = (2, 1, 263)


def dialect(version: str) -> Dialect:
    """2.1.197 writes the old one, 2.1.329 the new one; of versions between them the nearer one is taken."""
    return OLD if tuple(int(part) for part in re.findall(r"\d{1,9}", version)[:3]) < _BETWEEN else NEW


# Words.


def description_of(text: str, when: str, *, limit: int, style: Dialect) -> str:
    """What stands behind an entry's name: description and occasion, sanitised, then cut."""
    joined = f"{text} - {when}" if when else text
    if style.sanitises:
        joined = sanitised(joined)
    return _whole(joined if length(joined) <= limit else cut(joined, limit - 1) + "…")


_HEADING = re.compile(r"#+\s+(.+)")


def first_line(body: str) -> str:
    """The first line that is not blank, without heading marks: what describes a file that says nothing itself."""
    line = next((stripped for line in body.split("\n") if (stripped := line.strip())), "")
    heading = _HEADING.fullmatch(line)
    line = heading[1] if heading else line
    return line if length(line) <= MAX_FIRST_LINE else cut(line, MAX_FIRST_LINE - 3) + "..."


def nameable(name: str, style: Dialect) -> bool:
    """Whether the listing takes this name."""
    return not style.sanitises or (name == name.strip() and "\xa0" not in name and sanitised(name) == name)


def length(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def cut(text: str, units: int) -> str:
    """The first UTF-16 units of a text, maybe with half a pair at its end."""
    if text.isascii():
        return text[:units]
    return text.encode("utf-16-le", errors="surrogatepass")[: 2 * units].decode("utf-16-le", errors="surrogatepass")


def _whole(text: str) -> str:
    """`text` with U+FFFD for half a pair, as on the wire."""
    return text.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="replace")


# Order.

_PUNCTUATION = "\t\n _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"


def collation(name: str) -> tuple[tuple[int, ...], str]:
    """A sort key as the client's: punctuation, digits, letters without regard to case; small letters first at a tie."""
    letters = unicodedata.normalize("NFD", name.lower())
    return tuple(_rank(char) for char in letters if not unicodedata.combining(char)), name.swapcase()


def _rank(char: str) -> int:
    at = _PUNCTUATION.find(char)
    return at if at >= 0 else 0x100 + ord(char)


def settled(entries: Iterable[Entry], style: Dialect) -> list[Entry]:
    """The entries that the listing knows, in its order: the first of a name wins where names are unique."""
    seen: set[str] = set()
    kept = []
    for entry in entries:
        if not nameable(entry.name, style) or (style.unique and entry.name in seen):
            continue
        seen.add(entry.name)
        kept.append(entry)
    return kept


# Budget.

BUILT_IN_PROMPTS = ("init", "review", "security-review")
"""Of the client's own entries these lose their descriptions like anybody's; all others keep them."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The listing's lines, one an entry, and how many characters of each of the client's own lines remain."""

    lines: Sequence[str]
    bundled: dict[str, int]


def fit(
    entries: Sequence[Entry], bundled: Mapping[str, int], budget: int, uses: Callable[[str], float] = lambda name: 0.0
) -> Fitted:
    """Give each entry its line; descriptions go where the budget ends.

    All names stay. Descriptions are granted one by one while they fit: by how much a skill was used, then in the
    listing's order, the client's own prompts last; one that is too long is passed over, not the end. `bundled` holds
    the characters of the client's own lines, line end included; `budget` is in characters.
    """
    own = {name: len(f"- {name}") for name in BUILT_IN_PROMPTS if bundled.get(name, 0) > len(f"- {name}\n")}
    names = [length(f"- {entry.head}") for entry in entries]
    costs = [0 if entry.plain else length(f": {entry.description}") for entry in entries]
    left = budget + 2 + 1 - sum(names) - len(entries)
    left -= sum(own[name] + 1 if name in own else chars for name, chars in bundled.items())
    wanted = [(-uses(entry.name), i, cost) for i, (entry, cost) in enumerate(zip(entries, costs, strict=True))]
    wanted += [(-uses(name), len(entries) + i, bundled[name] - 1 - own[name]) for i, name in enumerate(own)]
    granted = set()
    for _, index, cost in sorted(wanted):
        if cost <= left:
            granted.add(index)
            left -= cost
    lines = [_line(entry, full=i in granted) for i, entry in enumerate(entries)]
    lost = {name: own[name] + 1 for i, name in enumerate(own) if len(entries) + i not in granted}
    return Fitted(lines, {**bundled, **lost})


def _line(entry: Entry, *, full: bool) -> str:
    return f"- {entry.head}: {entry.description}\n" if full and not entry.plain else f"- {entry.head}\n"
