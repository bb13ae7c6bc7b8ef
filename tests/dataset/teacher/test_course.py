"""Facts about a teacher as a generator: it asks nobody, repairs once, and its gates are everybody's."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

from hive_integration.dataset.example import Example, Refusal
from hive_integration.dataset.gates import Limits, refused
from hive_integration.dataset.parts import Part, make_part, read_part
from hive_integration.dataset.teacher.answers import Kept
from hive_integration.dataset.teacher.course import Asks, Course, Taught, forget
from hive_integration.registry.cards import Card
from hive_integration.wire.events import Usage
from tests.dataset.teacher.sample import BOOK, HAND, turn, written
from tests.dataset.teacher.test_prompt import method_book

CARD = Card(id="t", protocol="openai-chat", base_url="http://127.0.0.1:1/v1", model="qwen3-8b")
PART = Part(next(iter(BOOK.behaviours.values())), 0)


def taught(folder: Path) -> Taught:
    """A teacher whose answers lie in a folder."""
    return Taught(Course(CARD, folder, HAND))


def test_a_task_asks_then_repairs_then_is_settled(tmp_path: Path) -> None:
    """Two questions at most; the second holds the first answer and what was wrong with it."""
    teacher = taught(tmp_path)
    [task] = PART.tasks(0, 1)
    first = teacher.state(task, BOOK)
    assert isinstance(first, Asks)
    assert not first.again
    teacher.answers.put(first.key, Kept("no JSON {", Usage()))
    second = teacher.state(task, BOOK)
    assert isinstance(second, Asks)
    assert second.again
    assert second.question.turns[1] == "no JSON {"
    teacher.answers.put(second.key, Kept("again none {", Usage(), cut=True))
    settled = teacher.make(task, BOOK)
    assert isinstance(settled, Refusal)
    assert "is not JSON" in settled.reason
    assert "cut" in settled.reason
    teacher.answers.put(second.key, Kept(written(first.question.turns[0]), Usage()))
    assert isinstance(teacher.make(task, BOOK), Example)


def test_a_teacher_that_names_the_method_is_told_so_and_then_refused(tmp_path: Path) -> None:
    """By the gate that all examples pass; its reason is the repair's."""
    book = method_book()
    teacher = taught(tmp_path)
    [task] = Part(next(iter(book.behaviours.values())), 0).tasks(0, 1)
    said = [turn("user", "Fix it."), turn("assistant", "Following BMAD: first I break it down, then I make it.")]
    if task.error_case:
        said[1:1] = []
    for _ in range(2):
        state = teacher.state(task, book)
        if not isinstance(state, Asks):
            break
        if state.again:
            assert "names the method that it shows: BMAD" in state.question.turns[-1] or task.error_case
        teacher.answers.put(state.key, Kept(json.dumps({"turns": said}), Usage()))
    made = teacher.make(task, book)
    assert isinstance(made, Refusal) or "BMAD" in refused(made, book, Limits())


def test_what_has_no_answer_is_a_refusal_that_another_run_forgets(tmp_path: Path) -> None:
    """Its part is made anew; one without such a refusal stays."""
    teacher, parts = taught(tmp_path / "answers"), tmp_path / "parts"
    parts.mkdir()
    make_part(PART, 2, BOOK, teacher, Limits(), parts / "a.jsonl.gz")
    [first, _] = list(read_part(parts / "a.jsonl.gz", 2))
    assert first.reason == "generator: the teacher gave no answer"
    (parts / "b.jsonl.gz").write_bytes(gzip.compress(b'{"tools":{}}\n'))
    forget(parts)
    assert [path.name for path in parts.iterdir()] == ["b.jsonl.gz"]
    forget(tmp_path / "missing")


def test_identity_follows_from_teacher_licence_prompt_and_permission(tmp_path: Path) -> None:
    """Not from where answers are kept, nor from the card's id."""
    course = Course(CARD, tmp_path, HAND)
    others = {
        replace(course, card=replace(CARD, model="x")).identity,
        replace(course, hand=replace(HAND, licence="MIT")).identity,
        replace(course, hand=replace(HAND, system="x")).identity,
        replace(course, limits=Limits(permission="ab")).identity,
    }
    assert len(others | {course.identity}) == 5
    assert replace(course, folder=tmp_path / "x", card=replace(CARD, id="y")).identity == course.identity


def test_a_teacher_can_try_every_behaviour(tmp_path: Path) -> None:
    """Also one that no machine can check."""
    assert taught(tmp_path).cannot(PART.behaviour, BOOK) == ""
