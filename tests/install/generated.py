"""JSON files as people and programs write them, values, and what a user does to a file: generated for properties."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

WORDS = ("env", "X", "permissions", "deny", "a", "b", "", "é", "hive@hive-ctx", 'q"\\', "a.b", "__proto__")
TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
KEY = st.sampled_from(WORDS) | TEXT
NUMBER = st.sampled_from(["0", "-0", "1.50", "1E2", "1e-07", "12345678901234567890", "0.1"])


@dataclass(frozen=True, slots=True)
class Raw:
    """A JSON scalar as somebody wrote it."""

    text: str


def quoted(text: str, escape: bool) -> str:
    """A JSON string, with escapes for all but ASCII (and for slashes) or without."""
    return json.dumps(text).replace("/", "\\/") if escape else json.dumps(text, ensure_ascii=False)


FEW = st.sampled_from(["null", "true", "false", "1", "1.0", '"mcp__a"', '"mcp__\\u0061"', '"Bash(*)"'])
SCALAR = st.builds(Raw, FEW | NUMBER | st.builds(quoted, KEY, st.booleans()))
TREE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(KEY, inner), max_size=3).map(tuple),
    max_leaves=5,
)
"""JSON as it may be written: an object is a tuple of pairs, in which a key may come twice."""
SETTINGS = st.builds(
    lambda *parts: tuple(pair for part in parts for pair in part),
    st.lists(st.tuples(KEY, TREE), max_size=2),
    st.lists(
        st.tuples(
            st.just("env"), st.lists(st.tuples(st.sampled_from(["X", "Y"]) | KEY, SCALAR), max_size=3).map(tuple)
        ),
        max_size=1,
    ),
    st.lists(st.tuples(KEY, TREE), max_size=1),
    st.lists(
        st.tuples(
            st.just("permissions"),
            st.lists(st.tuples(st.just("deny"), st.lists(TREE, max_size=3)), max_size=1).map(tuple),
        ),
        max_size=1,
    ),
)
BLANKS = st.text(" \t\r\n", max_size=4)


def pretty(tree: Any, unit: str, line: str, colon: str, begin: str = "") -> str:
    """One member or item a line."""
    if isinstance(tree, Raw) or not tree:
        return written(tree)
    inner = begin + unit
    if isinstance(tree, tuple):
        parts = [f"{inner}{quoted(key, False)}{colon}{pretty(each, unit, line, colon, inner)}" for key, each in tree]
    else:
        parts = [f"{inner}{pretty(each, unit, line, colon, inner)}" for each in tree]
    opening, closing = "{}" if isinstance(tree, tuple) else "[]"
    return f"{opening}{line}{f',{line}'.join(parts)}{line}{begin}{closing}"


def written(tree: Any, blank: Callable[[], str] = lambda: "", comma: str = ",", colon: str = ":") -> str:
    """All in one line, or with any blanks wherever JSON allows them."""
    if isinstance(tree, Raw):
        return tree.text
    if isinstance(tree, tuple):
        parts = [
            f"{quoted(key, False)}{blank()}{colon}{blank()}{written(each, blank, comma, colon)}" for key, each in tree
        ]
    else:
        parts = [written(each, blank, comma, colon) for each in tree]
    opening, closing = "{}" if isinstance(tree, tuple) else "[]"
    inside = comma.join(f"{blank()}{part}{blank()}" for part in parts) if parts else blank()
    return opening + inside + closing


@st.composite
def texts(draw: st.DrawFn, trees: st.SearchStrategy[Any] = SETTINGS) -> str:
    """The text of a settings file, in any formatting that people and programs use, and in some that nobody does."""
    tree = draw(trees)
    way = draw(st.sampled_from(["pretty", "pretty", "line", "compact", "wild"]))
    if way == "pretty":
        line = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
        text = pretty(tree, draw(st.sampled_from(["  ", "    ", "\t", ""])), line, draw(st.sampled_from([": ", ":"])))
    elif way == "wild":
        blanks = draw(st.lists(BLANKS, min_size=1, max_size=7))
        state = iter(range(1 << 20))
        text = written(tree, lambda: blanks[next(state) % len(blanks)])
    else:
        text = written(tree, comma=", ", colon=": ") if way == "line" else written(tree)
    mark, before, after = draw(
        st.sampled_from([("", "", ""), ("", "", "\n"), ("", "", "\r\n"), ("\ufeff", "", "\n"), ("\ufeff", " ", "")])
    )
    return mark + before + text + after


def value_of(text: str) -> Any:
    """What `JSON.parse` makes of it."""
    return json.loads(text.removeprefix("\ufeff"))


VALUES = TREE.map(lambda tree: value_of(written(tree)))
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([1.0, 0.5, "mcp__a", "Bash(*)"]) | KEY


def at(value: Any, keys: Sequence[str]) -> Any:
    """The value at the keys; `...` where there is none."""
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return ...
        value = value[key]
    return value


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["set", "set", "delete", "item", "less", "turn", "clear"]),
        st.sampled_from(
            [
                ("env", "X"),
                ("env", "HIVE_STATE"),
                ("env", "Z"),
                ("env",),
                ("permissions", "deny"),
                ("permissions",),
                ("a", "b", "c"),
                ("a", "b"),
                ("a", "d"),
                ("b",),
                ("plugins",),
                ("enabledPlugins", "hive@hive-ctx"),
                ("new",),
            ]
        ),
        SCALARS | VALUES,
        st.integers(0, 3),
    ),
    max_size=5,
)


def edited(value: Any, edits: Sequence[tuple[str, tuple[str, ...], Any, int]]) -> Any:
    """What a user made of it: values changed, members and items removed or added, members turned round, all deleted."""
    value = copy.deepcopy(value)
    for what, keys, new, index in edits:
        parent, target = at(value, keys[:-1]), at(value, keys)
        if what == "clear" and index == 0:
            value = {}
        elif what == "turn" and isinstance(parent, dict):
            turned = dict(reversed(parent.items()))
            parent.clear()
            parent.update(turned)
        elif what == "set" and isinstance(parent, dict):
            parent[keys[-1]] = new
        elif what == "delete" and target is not ...:
            del parent[keys[-1]]
        elif what == "item" and isinstance(target, list):
            target.insert(index, new)
        elif what == "less" and isinstance(target, list) and target:
            del target[index % len(target)]
    return value


def tree(value: Any) -> Any:
    """A value as something to be written in any formatting."""
    if isinstance(value, dict):
        return tuple((key, tree(each)) for key, each in value.items())
    return [tree(each) for each in value] if isinstance(value, list) else Raw(json.dumps(value, ensure_ascii=False))
