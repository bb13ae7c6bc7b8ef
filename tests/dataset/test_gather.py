"""Facts about all parts together: shares, splits, and that what one lacks the others give, wherever it stands."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from hive_integration.dataset.gather import gathered
from hive_integration.dataset.openai_format import text_of, to_chat
from hive_integration.dataset.parts import Made
from hive_integration.units.dialogue import Message


@dataclass
class Rows:
    """Rows by behaviour, as `Trying` has them."""

    of: list[list[Made]]

    @property
    def behaviours(self) -> list[list[Made]]:
        """As many as there are."""
        return self.of

    def rows(self, i: int) -> Iterator[Made]:
        """Those of one behaviour."""
        yield from self.of[i]


@dataclass
class Kept:
    """What a dataset would get."""

    added: list[tuple[str, str]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, made: Made, split: str) -> None:
        """An example."""
        self.added.append((made.key, split))

    def refuse(self, made: Made, reason: str) -> None:
        """A reject."""
        self.reasons[reason] += 1


def row(i: int, n: int, family: str = "", text: str = "", reason: str = "") -> Made:
    """The n-th example of a behaviour."""
    key = f"{i:04x}{n:020x}"
    words = text or " ".join(hashlib.sha256(f"{key} {w}".encode()).hexdigest()[:7] for w in range(20))
    line = text_of(to_chat([Message("user", words), Message("assistant", f"done {key}")]))
    known: Mapping[str, str] = {"family": family or f"f{(i * 7 + n) % 50}"}
    return Made(key, reason, "" if reason else line, known)


def gather(of: list[list[Made]], total: int) -> Kept:
    """All of them together."""
    kept = Kept()
    gathered(Rows(of), total, 0, kept)  # type: ignore[arg-type]
    return kept


def test_every_behaviour_gives_the_same() -> None:
    """One up or down, and never more than asked for."""
    kept = gather([[row(i, n) for n in range(12)] for i in range(7)], 60)
    shares = Counter(key[:4] for key, _ in kept.added)
    assert sum(shares.values()) == 60
    assert set(shares.values()) == {8, 9}
    assert not kept.reasons


@pytest.mark.parametrize("poor", [0, 3, 6])
def test_what_one_lacks_the_others_give(poor: int) -> None:
    """Also where the poor one is the last."""
    kept = gather([[row(i, n) for n in range(2 if i == poor else 12)] for i in range(7)], 60)
    assert len(kept.added) == 60


def test_where_there_is_no_more_there_are_fewer() -> None:
    """It ends, and each is taken once."""
    kept = gather([[row(i, n) for n in range(5)] for i in range(7)], 60)
    assert len(set(kept.added)) == len(kept.added) == 35


def test_a_family_is_in_one_split() -> None:
    """In all behaviours alike; one in twenty, and at least one of two."""
    kept = gather([[row(i, n) for n in range(100)] for i in range(5)], 400)
    families: dict[str, set[str]] = {}
    for key, split in kept.added:
        families.setdefault(f"f{(int(key[:4], 16) * 7 + int(key[4:], 16)) % 50}", set()).add(split)
    assert all(len(splits) == 1 for splits in families.values())
    assert 1 <= sum(splits == {"eval"} for splits in families.values()) <= 6
    two = gather([[row(0, n, family="ab"[n % 2]) for n in range(20)]], 20)
    assert Counter(split for _, split in two.added) == {"train": 10, "eval": 10}
    one = gather([[row(0, n, family="a") for n in range(20)]], 20)
    assert {split for _, split in one.added} == {"train"}


def test_leaks_and_duplicates_are_refused_with_their_gate() -> None:
    """The training example that says what the evaluation says; the second one of two alike."""
    shared = "please move the blue crate from the dock to the shed before noon"
    rows = [[row(0, n, family="ab"[n % 2], text=shared if n < 2 else "") for n in range(8)]]
    kept = gather(rows, 8)
    assert kept.reasons == {"leakage: says what the evaluation says": 1}
    twice = [[row(0, 0, "a", shared + " " + "today " * 9), row(1, 1, "a", shared + " " + "today " * 9), row(0, 2, "b")]]
    twice[0][1] = Made("9" * 24, "", twice[0][0].line, twice[0][0].provenance)
    assert gather(twice, 3).reasons == {"duplicates: is told already": 1}
    assert gather([[row(0, 0, reason="schema: is wrong"), row(0, 1)]], 1).reasons == {"schema: is wrong": 1}
