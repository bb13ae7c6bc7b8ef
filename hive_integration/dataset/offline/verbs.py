"""What tools do, in words: concepts, and the verbs by which names and descriptions say them. Data only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that can be done. `shape`: what comes of it, as `results` knows it."""

    name: str
    shape: str
    verbs: Sequence[str]
    """Ways to ask for it, in the base form, before an object."""
    done: str
    """What is said once it is done, before an object."""
    names: Sequence[str]
    """Words of tool names that mean it."""


def _row(name: str, shape: str, verbs: str, done: str, names: str) -> Concept:
    return Concept(name, shape, tuple(verbs.split(", ")), done, tuple(names.split()))


CONCEPTS: Mapping[str, Concept] = {
    each.name: each
    for each in (
        _row("store", "item", "store, save, keep, record, put away, write down, remember, file", "Stored",
             "store save put persist freeze remember record write capture keep log"),
        _row("get", "state", "get, fetch, pull up, look up, show me, give me, read out, bring up", "Here is",
             "get retrieve fetch read load show view info inspect describe status stats metrics health summary detail"
             " details quickref progress insights capabilities current active identity config settings position usage"),
        _row("list", "list", "list, show me, enumerate, go through, print out, name", "Found",
             "list enumerate browse ls walk poll categories history peers roster registry events gaps board logs all"),
        _row("search", "list", "search, look through, dig through, go through, comb through", "Found",
             "search find query lookup recall grep filter discover match"),
        _row("create", "item", "create, set up, make, add, open, prepare, put together", "Created",
             "create new make add init fork pin initialize register mint generate build provision compose define"
             " draft allocate"),
        _row("spawn", "item", "start, spin up, launch, bring up, kick off", "Started",
             "spawn start begin launch boot open enable resume activate serve join record-start"),
        _row("update", "item", "update, change, adjust, set, modify, edit", "Updated",
             "update set change configure modify edit patch adjust rename tune apply adapt improve upsert mark"),
        _row("delete", "gone", "delete, remove, clear out, get rid of, drop, throw away", "Removed",
             "delete remove clear purge drop forget erase discard unregister prune cleanup clean revoke"),
        _row("stop", "gone", "stop, shut down, end, cancel, halt, wind down", "Stopped",
             "stop terminate shutdown kill end cancel disable close pause abort leave quit"),
        _row("run", "run", "run, execute, carry out, trigger, do, start", "Ran",
             "run execute trigger dispatch invoke orchestrate perform process exec evolve iterate step cycle tick"
             " chat"),
        _row("send", "item", "send, publish, post, pass on, deliver", "Sent",
             "send publish broadcast notify post emit push message announce report prompt reply"),
        _row("check", "state", "check, verify, look over, test, examine, inspect", "Checked",
             "check verify validate test scan audit detect assert lint probe evaluate is ping watch monitor safe"),
        _row("analyze", "state", "analyze, work out, evaluate, assess, measure, look into", "Looked into",
             "analyze analyse compute calculate predict score compare assess diff benchmark profile measure"
             " estimate similarity bottleneck"
             " explain trend genome classify rate suggest recommend attention speculate optimize"),
        _row("move", "item", "import, bring over, transfer, copy over, load", "Brought over",
             "import transfer migrate copy move sync ingest merge pull promote share replicate distill"),
        _row("export", "item", "export, dump, write out, back up", "Exported",
        "export backup dump archive snapshot save-as"),
        _row("assign", "item", "assign, hand, give, route, allot", "Assigned",
             "assign handoff route delegate allocate claim steal release grant admit accept vote rebalance invite"),
        _row("restore", "item", "restore, bring back, roll back, reset, recover", "Restored",
             "restore rollback reset recover undo revert reload retry reopen"),
        _row("learn", "run", "train, learn from, teach", "Trained", "train learn pretrain fit distil"),
        _row("compress", "run", "compact, compress, shrink", "Compacted",
        "compress compact shrink quantize consolidate"),
        _row("go", "state", "go to, open, visit, navigate to", "Opened", "navigate goto visit back forward"),
        _row("enter", "item", "enter, fill in, type in", "Entered",
        "fill type select enter press click hover uncheck tap"),
    )
}  # fmt: skip
BY_NAME: Mapping[str, str] = {
    word: concept.name for concept in reversed(tuple(CONCEPTS.values())) for word in concept.names
}
"""Concepts by words of tool names; where two claim a word, the first row has it."""
SYNONYMS: Mapping[str, Sequence[str]] = {
    verb: tuple(each for each in group.split(", ") if each != verb)
    for group in (
        "get, fetch, pull up, look up, show me, give me", "list, show me, enumerate, print out, go through",
        "retrieve, get, fetch, pull up, bring up", "search, look through, dig through, comb through",
        "create, set up, make, put together", "initialize, set up, get ready, prepare",
        "spawn, start, spin up, launch, bring up",
        "start, launch, kick off, get going", "store, save, keep, record, put away", "save, keep, store, put away",
        "record, note down, log, track", "delete, remove, drop, get rid of, throw away",
        "remove, delete, take out, drop, get rid of", "terminate, stop, shut down, end", "stop, shut down, end, halt",
        "shutdown, shut down, stop, wind down", "cancel, call off, abort, stop", "end, close, finish, wrap up",
        "run, execute, carry out, kick off", "execute, run, carry out", "perform, carry out, run",
        "trigger, kick off, set off, start", "dispatch, send off, start, put to work", "send, pass on, deliver",
        "publish, post, send out, put out", "broadcast, send out, announce", "check, verify, look over, test",
        "verify, check, confirm, double-check", "validate, check, verify", "inspect, look at, examine, check",
        "analyze, look into, examine, study", "compute, work out, calculate, determine", "compare, contrast, match up",
        "predict, foresee, guess, work out", "suggest, come up with, propose", "explain, spell out, walk me through",
        "update, change, adjust, edit", "set, change, define, put in", "mutate, change, edit, adjust",
        "configure, set up, adjust", "import, bring in, load", "export, dump, write out, save",
        "transfer, move over, carry over",
        "assign, give, hand, allot", "restore, bring back, recover", "reset, clear, start over with",
        "pause, hold, suspend",
        "resume, continue, pick up again", "read, look at, open, go over", "return, give me, show me, fetch",
        "show, display, bring up, let me see", "view, look at, see, bring up", "report, show me, give me",
        "enable, turn on, switch on",
        "disable, turn off, switch off", "train, teach", "generate, produce, make, write",
        "build, make, put together, assemble",
        "navigate, go, move", "take, grab, make", "find, look for, locate, track down", "discover, find, look for",
        "load, open, bring in", "manage, look after, handle, take care of", "optimize, tune, improve, speed up",
        "detect, spot, find, look for", "prune, trim, clear out", "evaluate, judge, assess, rate",
        "fetch, get, pull, download",
    )
    for verb in [group.partition(",")[0]]
}  # fmt: skip
"""Other verbs that take the same object, by verb."""
PHRASAL: Mapping[str, str] = {
    "cleanup": "clean up", "shutdown": "shut down", "rollback": "roll back", "handoff": "hand over",
    "lookup": "look up",
    "upsert": "put in", "init": "initialize", "ls": "list", "exec": "execute", "goto": "go to", "kill": "end",
}  # fmt: skip
"""Verbs as they are spoken, by how names write them."""
STATE_VERBS = ("get", "fetch", "pull up", "show me", "check", "look up", "give me", "read out", "tell me")
READS = frozenset({"get", "list", "search", "check", "analyze"})
"""Concepts that change nothing."""
IRREGULAR = {"get": "getting", "put": "putting", "set": "setting", "run": "running", "stop": "stopping",
    "shut": "shutting",
             "spin": "spinning", "begin": "beginning", "drop": "dropping", "cut": "cutting", "plan": "planning",
             "comb": "combing", "dig": "digging", "map": "mapping", "allot": "allotting", "roll": "rolling",
             "tap": "tapping", "skip": "skipping", "log": "logging", "let": "letting", "split": "splitting",
             "submit": "submitting", "sum": "summing", "prep": "prepping", "wrap": "wrapping", "ship": "shipping",
             "throw": "throwing", "be": "being", "see": "seeing", "tie": "tying", "scan": "scanning",
             "prune": "pruning"}  # fmt: skip


def gerund(act: str) -> str:
    """`storing the note` of `store the note`."""
    verb, _, rest = act.partition(" ")
    lower = verb.lower()
    if lower in IRREGULAR:
        made = IRREGULAR[lower]
    elif lower.endswith("ie"):
        made = f"{verb[:-2]}ying"
    elif lower.endswith("e") and not lower.endswith(("ee", "oe", "ye")):
        made = f"{verb[:-1]}ing"
    else:
        made = f"{verb}ing"
    return f"{made} {rest}".rstrip()


def base_form(verb: str) -> str:
    """`create` of `Creates`; a word that is no known verb's is returned as it is."""
    word = verb.lower()
    if word in BY_NAME:
        return word
    for cut in (1, 2):
        if word.endswith("s") and word[:-cut] in BY_NAME:
            return word[:-cut]
    return word
