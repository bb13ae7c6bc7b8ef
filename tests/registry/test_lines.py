"""Facts about where things stand in a TOML text."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.registry.lines import line_of, statements

TEXT = '''\
# a comment with [brackets] and "quotes

top = 1
[prompt]  # a header
text = """
key = "not a key"
[also.no.table]
"""
"quoted.key" = 'a # b'
list = [
  1,  # one
  2,
]
[a.b]
c.d = { e = 1, f = [ { g = 2 } ] }
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("top",), 3), (("prompt",), 4), (("prompt", "text"), 5), (("prompt", "quoted.key"), 9),
        (("prompt", "list"), 10), (("a", "b"), 14), (("a", "b", "c", "d", "e"), 15), (("a", "b", "c", "d", "f"), 15),
    ],
)  # fmt: skip
def test_a_key_is_found_on_its_line(keys: tuple[str, ...], line: int) -> None:
    """Also behind text that only looks like keys."""
    assert line_of(TEXT, keys) == line


@pytest.mark.parametrize(
    ("keys", "line"), [(("prompt", "gone"), 4), (("prompt", "list", 1), 10), (("a", "x"), 14), (("gone",), 1)]
)
def test_a_missing_key_is_on_the_line_of_what_is_around_it(keys: tuple[str | int, ...], line: int) -> None:
    """Its table's; without one, the first."""
    assert line_of(TEXT, keys) == line


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_statements_are_cut_whole(end: str) -> None:
    """Each parses by itself, and none holds the end of its line."""
    text = TEXT.replace("\n", end)
    pieces = [text[each.start : each.end] for each in statements(text)]
    assert len(pieces) == 7
    assert all(tomllib.loads(piece) and not piece.endswith(("\n", "\r")) for piece in pieces)


VALUES = st.sampled_from(["1", '"x"', "'#'", '"""\n[x]\n"""', "[\n1,\n2]", "{ a = 1 }", "true # [no]", '"\\""'])


@given(st.lists(st.tuples(st.sampled_from(["", "# c", "[t{}]"]), VALUES), max_size=12), st.booleans())
def test_any_order_of_values_comments_and_tables_is_followed(parts: list[tuple[str, str]], ended: bool) -> None:
    """Every key is found on the line that it was written on."""
    lines: list[str] = []
    table: tuple[str, ...] = ()
    expected = {}
    for i, (before, value) in enumerate(parts):
        if before:
            lines.append(before.format(i))
        if before.startswith("["):
            table = (f"t{i}",)
        expected[*table, f"k{i}"] = len("\n".join(lines).split("\n")) + 1 if lines else 1
        lines.append(f"k{i} = {value}")
    text = "\n".join(lines) + "\n" * ended
    tomllib.loads(text)
    assert {keys: line_of(text, keys) for keys in expected} == expected
