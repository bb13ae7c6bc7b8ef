"""Facts about kept answers: there for good, and a ledger that no kill makes wrong in our favour."""

from __future__ import annotations

from pathlib import Path

from hive_integration.dataset.teacher.answers import Answers, Kept, Ledger
from hive_integration.wire.events import Usage

KEY, OTHER = "a" * 64, "b" * 64
KEPT = Kept("ü text", Usage(1, 2, None, 4), 700, True)


def test_an_answer_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    """Usage, cost and cut too; it is for its owner's eyes."""
    answers = Answers(tmp_path)
    assert answers.get(KEY) is None
    answers.put(KEY, KEPT)
    assert answers.get(KEY) == KEPT
    [path] = tmp_path.rglob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_damaged_answer_is_none(tmp_path: Path) -> None:
    """It is asked again, never trusted."""
    answers = Answers(tmp_path)
    answers.put(KEY, KEPT)
    [path] = tmp_path.rglob("*.json")
    for text in ("", "{}", '{"schema": "hive-ctx/teacher-answer/1"}', "[]", path.read_text()[:40]):
        path.write_text(text)
        assert answers.get(KEY) is None


def test_a_ledger_counts_each_call_once(tmp_path: Path) -> None:
    """A call that ended at its cost, one that nobody saw end at its most, one whose answer is there at its own."""
    ledger, answers = Ledger(tmp_path / "l"), Answers(tmp_path)
    assert ledger.total(answers) == (0, 0)
    ledger.asked(KEY, 1000)
    ledger.cost(KEY, 300)
    assert ledger.total(answers) == (300, 0)
    ledger.asked(OTHER, 1000)
    assert ledger.total(answers) == (1300, 1000)
    ledger.asked(OTHER, 1000)
    assert ledger.total(answers) == (2300, 1000)
    answers.put(OTHER, KEPT)
    assert ledger.total(answers) == (300 + 1000 + 700, 0)
    ledger.cost(OTHER, 700)
    assert ledger.total(answers) == (2000, 0)


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    """It belongs to a question that never left."""
    (tmp_path / "l").write_text(f"? {KEY} 5\n= {KEY} 3\n? {OTHER}")
    assert Ledger(tmp_path / "l").total(Answers(tmp_path)) == (3, 0)
