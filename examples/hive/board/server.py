"""The hive's task board as an MCP server on stdio. Its tasks are one JSON file, written whole or not at all."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

State = Literal["todo", "doing", "review", "done"]
Number = Annotated[int, Field(description="The task's number, as `list_tasks` shows it.", ge=1)]
Role = Literal["breaker", "maker", "applier", "debugger"]
Task = dict[str, Any]

board = MCPServer(
    "board",
    instructions="The hive's shared memory. Look at the board before you start and write to it when you stop. "
    "One task, one owner. A task moves todo, doing, review, done; only the applier moves it to done.",
)
tasks_file = Path("board/tasks.json")


def _read() -> list[Task]:
    return list(json.loads(tasks_file.read_text(encoding="utf-8"))["tasks"]) if tasks_file.exists() else []


def _write(tasks: list[Task]) -> None:
    scratch = tasks_file.with_suffix(".new")
    with scratch.open("w", encoding="utf-8") as file:
        json.dump({"tasks": tasks}, file, indent=2, ensure_ascii=False)
        file.write("\n")
    scratch.replace(tasks_file)


def _find(tasks: list[Task], number: int) -> Task:
    for task in tasks:
        if task["number"] == number:
            return task
    known = ", ".join(str(task["number"]) for task in tasks) or "none"
    raise ToolError(f"there is no task {number}; the board has: {known}")


def _line(task: Task) -> str:
    blocked = f" (blocked: {task['blocked_by']})" if task.get("blocked_by") else ""
    return f"#{task['number']} [{task['state']}] {task.get('owner') or 'nobody'}: {task['title']}{blocked}"


def _lines(tasks: list[Task]) -> str:
    return "\n".join(map(_line, tasks)) or "no tasks"


@board.tool()
def add_task(
    title: Annotated[
        str, Field(description="What will be different for a user, in at most 80 characters.", min_length=3)
    ],
    done_when: Annotated[
        str, Field(description="How anyone can see that it is done: a command, a screen, a test's name.")
    ],
    left_out: Annotated[str, Field(description="What this task leaves out on purpose, so that nobody adds it.")] = "",
) -> str:
    """Add a task to the board, in the state `todo`, owned by nobody.

    Use it when work is broken down and when you notice something beside your own task. One task is what one agent can
    finish and show; if the title needs an "and", add two. Search the board first (`search_tasks`): a task that is
    there twice is done twice. Answers with the new task's line, which begins with its number.
    """
    tasks = _read()
    number = max((task["number"] for task in tasks), default=0) + 1
    task = {
        "number": number,
        "title": title,
        "done_when": done_when,
        "left_out": left_out,
        "state": "todo",
        "notes": [],
    }
    _write([*tasks, task])
    return _line(task)


@board.tool()
def list_tasks(
    state: Annotated[State | None, Field(description="Only tasks in this state; all states when left out.")] = None,
    owner: Annotated[Role | None, Field(description="Only tasks that this role owns.")] = None,
    with_blocked: Annotated[bool, Field(description="Whether blocked tasks are listed too.")] = True,
) -> str:
    """List the board's tasks, one line each: number, state, owner, title, and what blocks it.

    Look here before you start anything. The order is the order of work: take the first task in `todo` that nothing
    blocks and nobody owns. Notes and the sentence of being done are not listed; `show_task` has them.
    """
    wanted = [task for task in _read() if state in {None, task["state"]} and owner in {None, task.get("owner")}]
    return _lines([task for task in wanted if with_blocked or not task.get("blocked_by")])


@board.tool()
def show_task(number: Number) -> str:
    """Show one task whole: title, how to see that it is done, what it leaves out, state, owner, blocker and all
    notes.

    Read it to the end before you open a file. If `done_when` is empty or cannot be checked, the task is not ready:
    send it back to the breaker with a note instead of guessing.
    """
    return json.dumps(_find(_read(), number), indent=2, ensure_ascii=False)


@board.tool()
def assign_task(
    number: Number,
    role: Annotated[
        Role | None, Field(description="The role that takes the task; leave it out to give the task back.")
    ] = None,
) -> str:
    """Give a task to a role, or back to nobody.

    Take a task before you work on it, so that nobody else does. A task that another role owns is not taken over in
    silence: ask its owner to give it back, or write a note why you take it. Assigning does not change the state.
    """
    tasks = _read()
    task = _find(tasks, number)
    task["owner"] = role
    _write(tasks)
    return _line(task)


@board.tool()
def move_task(
    number: Number, state: Annotated[State, Field(description="The state that the task is in from now on.")]
) -> str:
    """Move a task to another state: `todo`, `doing`, `review` or `done`.

    A maker moves a task to `doing` when it begins and to `review` when its test is green and its report is written.
    Only the applier moves it to `done`, or back to `todo` with a note that says everything it found. A blocked task
    cannot be moved to `review` or `done`: clear the blocker first (`block_task` with an empty reason).
    """
    tasks = _read()
    task = _find(tasks, number)
    if task.get("blocked_by") and state in {"review", "done"}:
        raise ToolError(f"task {number} is blocked by: {task['blocked_by']}; clear that first")
    task["state"] = state
    _write(tasks)
    return _line(task)


@board.tool()
def block_task(
    number: Number,
    reason: Annotated[
        str, Field(description="What blocks it: a task (`#4`), a person, a missing fact. Empty clears it.")
    ],
) -> str:
    """Say what blocks a task, or clear its blocker with an empty reason.

    Block as soon as you would otherwise wait, then pick another task. Name something that can end: "the schema of #4"
    can, "unclear" cannot. Whoever removes the cause clears the blocker.
    """
    tasks = _read()
    task = _find(tasks, number)
    task["blocked_by"] = reason
    _write(tasks)
    return _line(task)


@board.tool()
def note_task(
    number: Number,
    note: Annotated[str, Field(description="Evidence, a decision, a question; at most a few sentences.", min_length=1)],
    author: Annotated[Role | None, Field(description="Who writes it.")] = None,
) -> str:
    """Write a note on a task: evidence, a decision with its reason, a question, or what you saw and left alone.

    Notes are the memory between sessions; the next agent knows only what stands here. Write facts with their source
    (the command and its last lines), not feelings about progress. Notes are never changed or removed.
    """
    tasks = _read()
    task = _find(tasks, number)
    task.setdefault("notes", []).append({"by": author or "nobody", "text": note})
    _write(tasks)
    return f"{_line(task)}: {len(task['notes'])} notes"


@board.tool()
def search_tasks(
    words: Annotated[
        str, Field(description="Words that must all occur, in any order, upper or lower case.", min_length=1)
    ],
) -> str:
    """Find tasks by words in their title, their sentence of being done, their blocker or their notes.

    Use it before adding a task, and when a failure looks familiar: the debugger before you may have written the cause
    down. All words must occur in the same task. Answers with one line a task, finished tasks included.
    """
    wanted = words.lower().split()
    return _lines(
        [task for task in _read() if all(word in json.dumps(task, ensure_ascii=False).lower() for word in wanted)]
    )


@board.tool()
def summarise_board() -> str:
    """Count the tasks by state and by owner, and name what is blocked.

    The quickest look: use it at the start of a session and in reports. It says how much is in review, which is where
    work waits longest, and lists each blocked task with its blocker.
    """
    tasks = _read()
    states = ", ".join(f"{sum(task['state'] == state for task in tasks)} {state}" for state in State.__args__)
    owners = ", ".join(f"{role}: {sum(task.get('owner') == role for task in tasks)}" for role in Role.__args__)
    return f"{states}\n{owners}\nblocked: {_lines([task for task in tasks if task.get('blocked_by')])}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=tasks_file, help="where the tasks are kept")
    tasks_file = parser.parse_args().file
    board.run("stdio")
