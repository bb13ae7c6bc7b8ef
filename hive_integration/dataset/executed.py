"""What real results make of a conversation whose results were invented: true ones, or a failure and its recovery. Pure.

A later call or answer may use what an invented result said. Where the real one says it under the same name, the real
value takes its place; what cannot be replaced is not said at all. After a real failure the conversation ends with the
agent telling it.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hive_integration.dataset.example import Example
from hive_integration.dataset.offline.languages import LANGUAGES
from hive_integration.dataset.swap import Swap
from hive_integration.units.dialogue import Call, Message, calls_of
from hive_integration.wire.lenient import read

LONGEST = 4_000
"""Characters of a result; what is longer is cut, and says so."""
DESTRUCTIVE = frozenset([
    "bash", "browser", "cancel", "clear", "command", "connect", "delete", "deploy", "destroy", "download", "drop",
    "email", "erase", "exec", "execute", "fetch", "format", "http", "install", "join", "kill", "login", "merge",
    "navigate", "notify", "pay", "publish", "purge", "push", "remove", "reset", "restart", "restore", "revoke",
    "rollback", "run", "send", "shell", "shutdown", "spawn", "stop", "terminal", "terminate", "transfer", "uninstall",
    "upgrade", "upload", "webhook", "wipe", "write",
])  # fmt: skip
"""Words in a tool's name for which it is never called for real: it may destroy, or reach others than its server."""
_FACTS = 3
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call really came to. `failed`: the tool says that it is an error."""

    text: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One call as it was made, and its outcome."""

    id: str
    arguments: Mapping[str, Any]
    outcome: Outcome


def is_destructive(tool: str) -> bool:
    """Whether a tool's own name says that it may destroy, or reach out. Its server's name does not count."""
    own = tool.rpartition("__")[2] if tool.startswith("mcp__") else tool
    return not DESTRUCTIVE.isdisjoint(words_in(own))


def words_in(name: str) -> Sequence[str]:
    """The words of a name, in lower case: `memoryDelete_all` has three."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def to_run(example: Example, tools: Mapping[str, object]) -> Sequence[Call]:
    """The calls of an example that are made for real: all, or none where one of them cannot be.

    A failure that was invented stays: it shows what a server that works would not.
    """
    calls = calls_of(example.messages)
    fit = not example.error_case and not example.negative and calls
    if not fit or any(call.name not in tools or is_destructive(call.name) for call in calls):
        return ()
    known = LANGUAGES.keys() | {"en"}
    return calls if example.language in known else ()


def bound(call: Call, example: Example, runs: Sequence[Run]) -> Mapping[str, Any]:
    """A call's arguments, with what earlier real results say in the place of what the invented ones said."""
    swap = Swap()
    for run in runs:
        swap.learn(_invented(example, run.id), run.outcome.text)
    arguments = swap.value(call.arguments)
    return arguments if isinstance(arguments, Mapping) else call.arguments


def replayed(example: Example, runs: Sequence[Run]) -> Example:
    """The example with its real results. It must have been run up to its end, or up to the first failure."""
    by_id, swap = {run.id: run for run in runs}, Swap()
    rng = random.Random(f"{example.key}\0executed")  # noqa: S311 - variety, not secrecy
    made: list[Message] = []
    fresh: list[Run] = []
    for message in example.messages:
        if message.role == "tool":
            run = by_id[message.answers]
            swap.learn(message.text, run.outcome.text)
            made.append(replace(message, text=run.outcome.text))
            fresh.append(run)
            if run.outcome.failed:
                return _failed(example, _answered(made, by_id), run, rng)
        elif message.calls:
            calls = [replace(call, arguments=by_id[call.id].arguments) for call in message.calls if call.id in by_id]
            made.append(replace(message, text=swap.text(message.text) or "", calls=tuple(calls)))
        elif message.role == "user":
            said = swap.text(message.text)
            if said is None:
                break
            made.append(replace(message, text=said))
        elif message.role == "assistant" and fresh:
            made.append(replace(message, text=swap.text(message.text) or closing(fresh, example.language, rng)))
            fresh = []
        else:
            made.append(message)
    if made[-1].role != "assistant":
        made.append(Message("assistant", closing(fresh, example.language, rng)))
    return replace(example, messages=tuple(made), generator=f"{example.generator}+executed", rejected=())


def closing(runs: Sequence[Run], language: str, rng: random.Random) -> str:
    """The agent, after calls that went well: what the last of them says."""
    facts = list(_facts(runs[-1].outcome.text))[:_FACTS] if runs else []
    listed = ", ".join(f"{label}: {shown}" for label, shown in facts)
    if language != "en":
        lead = {"ja": "：", "zh": "：", "fr": " : "}.get(language, ": ")
        return rng.choice(LANGUAGES[language].done).format(facts=f"{lead}{listed}" if listed else "")
    said = rng.choice(_DONE)
    return f"{said} {rng.choice(_SAYS).format(facts=listed)}" if listed else said


def telling(outcome: Outcome, language: str, rng: random.Random) -> str:
    """The agent, after a failure: what went wrong, in the tool's own words, and nothing else claimed."""
    error = _error(outcome.text)
    if language != "en":
        return rng.choice(LANGUAGES[language].failed).format(error=error)
    return f"{rng.choice(_FAILED).format(error=error)} {rng.choice(_THEN)}"


_DONE = ("Done.", "That worked.", "It went through.", "All set.", "Here is what came back.", "The tool answered.",
         "That is in place.", "Finished.", "Got it.", "Looked at it.")  # fmt: skip
_SAYS = ("It says {facts}.", "The result: {facts}.", "For the record, {facts}.", "What matters: {facts}.", "({facts})",
         "It reports {facts}.", "Key points: {facts}.")  # fmt: skip
_FAILED = ("That did not work: {error}.", 'The tool refused it: "{error}".', 'It failed with "{error}".',
           "I got an error: {error}.", 'The call came back with "{error}", so there is no result.',
           "No luck: {error}.")  # fmt: skip
_THEN = ("How do you want to go on?", "I have changed nothing else.", "Shall I try it another way?",
         "Tell me what to change and I try again.", "Can you check that?", "I won't guess around it.")  # fmt: skip


def _failed(example: Example, made: Sequence[Message], run: Run, rng: random.Random) -> Example:
    said = Message("assistant", telling(run.outcome, example.language, rng))
    return replace(
        example, messages=(*made, said), error_case=True, generator=f"{example.generator}+executed", rejected=()
    )


def _answered(made: Sequence[Message], runs: Mapping[str, Run]) -> Sequence[Message]:
    """Up to the failed result, the calls beside it that were not made any more taken away."""
    given = {message.answers for message in made if message.role == "tool"}
    at = max(i for i, message in enumerate(made) if message.calls)
    calls = tuple(call for call in made[at].calls if call.id in given)
    return [*made[:at], replace(made[at], calls=calls), *made[at + 1 :]]


def _invented(example: Example, call: str) -> str:
    return next((message.text for message in example.messages if message.answers == call), "")


def _facts(text: str) -> Iterator[tuple[str, str]]:
    """Short things that a result says, for an answer: names and values of its top, else its first line."""
    value = read(text).value
    if isinstance(value, Mapping):
        for name, each in value.items():
            if isinstance(each, str | int | float) and 0 < len(str(each)) <= _SHORT and "\n" not in str(each):
                shown = {True: "yes", False: "no"}.get(each, str(each)) if isinstance(each, bool) else str(each)
                yield (
                    " ".join(words_in(name)) or name,
                    f"`{shown}`" if isinstance(each, str) and "`" not in shown else shown,
                )
            elif isinstance(each, list):
                yield " ".join(words_in(name)) or name, str(len(each))
    elif line := next((each.strip() for each in text.splitlines() if each.strip()), ""):
        yield "result", line[:_SHORT]


def _error(text: str) -> str:
    """The error in a line, as the tool words it."""
    value = read(text).value
    for name in ("error", "message", "reason", "detail"):
        found = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(found, Mapping):
            found = found.get("message")
        if isinstance(found, str) and found.strip():
            text = found
            break
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= 160 else f"{line[:159]}…"


def outcome_of(text: str, *, failed: bool, places: Mapping[str, str] | None = None) -> Outcome:
    """A server's answer as data has it: printable, no longer than LONGEST. `places`: folders, and what stands for them.

    Many servers tell a failure in words only: a JSON object that says so counts as one.
    """
    for place, name in sorted((places or {}).items(), key=lambda each: -len(each[0])):
        text = text.replace(place, name) if len(place) > 1 else text
    text = _UNFIT.sub("", _ANSI.sub("", text)).strip()
    text, wrapped = _unwrapped(text)
    failed = failed or wrapped or _says_no(text)
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}\n[cut: {len(text):,} characters]"
    return Outcome(text or ("error" if failed else "ok"), failed)


def _unwrapped(text: str) -> tuple[str, bool]:
    """The text of a result that a server wrapped once more, and whether that says that it failed."""
    value = read(text).value if text[:1] == "{" else None
    if not isinstance(value, Mapping) or not value.keys() <= {"content", "isError"}:
        return text, False
    blocks = value.get("content")
    if not isinstance(blocks, list) or not all(isinstance(each, Mapping) for each in blocks):
        return text, False
    return "\n".join(str(each.get("text", "")) for each in blocks), value.get("isError") is True


def _says_no(text: str) -> bool:
    value = read(text).value if text[:1] == "{" else None
    if not isinstance(value, Mapping):
        return False
    no = any(value.get(name) is False for name in ("success", "ok"))
    return no or (bool(value.get("error")) and value.get("success") is not True)


_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def as_json(runs: Sequence[Run]) -> Sequence[Sequence[Any]]:
    """Runs as a file keeps them."""
    return [[run.id, run.arguments, run.outcome.text, run.outcome.failed] for run in runs]


def from_json(rows: Sequence[Sequence[Any]]) -> Sequence[Run]:
    """And back. Raises ValueError, TypeError for what is none."""
    return [Run(id_, json.loads(json.dumps(arguments)), Outcome(text, failed)) for id_, arguments, text, failed in rows]
