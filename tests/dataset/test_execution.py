"""Facts about running what examples call: in order, kept, and never half."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hive_integration.dataset.example import Example, Refusal
from hive_integration.dataset.executed import Outcome
from hive_integration.dataset.execution import Bench, Executing, Execution, Tally, read_results, run_tasks
from hive_integration.dataset.parts import Part
from tests.dataset.tiny import Tiny, book_of

BOOK = book_of("mcp__t__a", "mcp__t__b")
BEHAVIOUR = next(iter(BOOK.behaviours.values()))
TASKS = list(Part(BEHAVIOUR, 0).tasks(0, 40))
INNER = Tiny(faults=10**9)
CALLED: list[Mapping[str, Any]] = []


async def use(tool: str, arguments: Mapping[str, Any]) -> Outcome | None:
    """Some calls have no outcome, some fail."""
    CALLED.append(arguments)
    if arguments["times"] >= 7:
        return None
    return Outcome(f"real {arguments['times']}", failed=arguments["times"] == 3)


def bench(folder: Path) -> Bench:
    """A bench with one tool."""
    return Bench({BEHAVIOUR.subject: 1}, use, folder, Tally())


async def test_real_results_take_the_place_of_invented_ones(tmp_path: Path) -> None:
    """Those of errors stay; what nobody knows the result of is refused; all is counted."""
    await run_tasks(TASKS, BOOK, INNER, made := bench(tmp_path))
    generator = Executing(INNER, Execution(tmp_path, "s"))
    assert generator.name == "tiny+executed"
    assert generator.cannot(BEHAVIOUR, BOOK) == ""
    kinds = {"real": 0, "refused": 0, "left": 0}
    for task in TASKS:
        outcome = generator.make(task, BOOK)
        if isinstance(outcome, Refusal):
            kinds["refused"] += 1
        elif outcome.generator.endswith("+executed"):
            kinds["real"] += 1
            assert outcome.messages[3].text.startswith("real ")
        else:
            kinds["left"] += 1
            assert task.error_case
    assert all(kinds.values())
    assert (kinds["real"] + kinds["refused"], kinds["refused"]) == (made.tally.examples, made.tally.dropped)
    assert made.tally.failed


async def test_what_was_run_is_not_run_again(tmp_path: Path) -> None:
    """Also when more tasks come to it."""
    await run_tasks(TASKS[:20], BOOK, INNER, bench(tmp_path))
    before = len(CALLED)
    await run_tasks(TASKS[:20], BOOK, INNER, bench(tmp_path))
    assert len(CALLED) == before
    await run_tasks(TASKS, BOOK, INNER, bench(tmp_path))
    assert len(read_results(tmp_path, BEHAVIOUR)) == sum(not task.error_case for task in TASKS)


async def test_without_results_an_example_stays_as_it_is(tmp_path: Path) -> None:
    """A damaged file holds none; damaged results are refused."""
    generator = Executing(INNER, Execution(tmp_path, "s"))
    assert isinstance(generator.make(TASKS[0], BOOK), Example)
    path = tmp_path / f"{BEHAVIOUR.id}.json"
    path.write_text("[")
    assert read_results(tmp_path, BEHAVIOUR) == {}
    path.write_text(f'{{"{TASKS[0].key}": [[1]]}}')
    found = Executing(INNER, Execution(tmp_path, "s")).make(TASKS[0], BOOK)
    assert isinstance(found, Refusal)
    assert "damaged" in found.reason
