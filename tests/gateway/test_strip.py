"""Facts about stripping. Requests have the form of the client's; their prose is made up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.gateway import strip as module
from hive_integration.gateway.strip import Stripped, Stripper, strip
from hive_integration.registry.cards import Manifest
from hive_integration.units import Component, digest_of
from hive_integration.units.cut import cut_context, cut_system, is_reminder, servers_of
from hive_integration.units.markers import REMINDER
from hive_integration.wire.messages import MessagesRequest, decode_messages, encode_messages
from tests.gateway import idle
from tests.gateway.idle import CACHED, WORDS, audited, body, request, text, tool

RAW = body()
ALL = audited(RAW)


def texts(stripped: Stripped) -> list[str]:
    blocks = [*stripped.request.system, *(block for turn in stripped.request.turns for block in turn.blocks)]
    return [block["text"] for block in blocks]


def without(manifest: Manifest, *names: str) -> Manifest:
    return Manifest({digest: name for digest, name in manifest.units.items() if name not in names})


def test_what_the_audit_finds_is_what_goes() -> None:
    """With all of the audit's digests only the user's words and the environment stay: one code, one identity."""
    stripped = strip(decode_messages(RAW), ALL)
    assert [part.strip() for part in texts(stripped)] == [
        "# Environment\nYou have been invoked in the following garden: \n - Shed: /srv/shed\n\n"
        "gitStatus: This is the git status.\n\nCurrent branch: main",
        WORDS,
        f"<system-reminder>\n{idle.PLACE.strip()}\n</system-reminder>\n\n"
        f"<system-reminder>\n{idle.DATE.strip()}\n</system-reminder>",
    ]
    kept = {"Environment", "environment", "gitStatus", "date"}
    assert {unit.name for unit in stripped.removed} == set(ALL.units.values()) - kept
    assert all(digest_of(unit.text) == unit.digest for unit in stripped.removed)


def test_the_static_lines_of_an_environment_section_go() -> None:
    """In the prompt and in a reminder; one that changed has drifted, a value that changed has not."""
    place = "# Environment\nYou have been invoked in the following garden: \n - Shed: /srv/shed\n"
    rule = " - Bees and all their friends are to be minded.\n"
    system = [text(f"Hi\n\n{place}{rule}\n# Tone\nshort\n")]
    said = [{"role": "user", "content": [text(f"<system-reminder>\n{place}{rule}</system-reminder>"), text(WORDS)]}]
    manifest = audited(body(said, system=system, tools=[]))
    assert texts(strip(request(said, system=system, tools=[]), manifest)) == [
        place,
        f"<system-reminder>\n{place}</system-reminder>",
        WORDS,
    ]
    other = [text(f"Hi\n\n{place}{rule}".replace("/srv/shed", "/srv/barn").replace("minded", "fed"))]
    stripped = strip(request([{"role": "user", "content": WORDS}], system=other, tools=[]), manifest)
    assert [drift.name for drift in stripped.drifted] == ["environment: Bees and all their friends"]
    assert "fed" in texts(stripped)[0]


def test_tools_stay_and_the_known_ones_are_named() -> None:
    """The audit's digests of tools are found again, with a cache marker or deferral on them, too."""
    marked = [tool("Bash", text="Runs.", **CACHED), tool("Read", defer_loading=True), tool("other")]
    stripped = strip(request(tools=marked), ALL)
    assert stripped.known == {"Bash", "Read"}
    assert [each.name for each in stripped.request.tools] == ["Bash", "Read", "other"]
    assert {unit.name for unit in stripped.removed if unit.kind == "tool"} == {"Bash", "Read"}


def test_listed_tools_are_callable_whether_their_lines_go_or_not() -> None:
    """Each name is a unit of its own."""
    listed = {"CronCreate", "mcp__shed__dig", "mcp__shed__water"}
    assert strip(request(), ALL).listed == listed
    assert strip(request(), Manifest({})).listed == listed
    only = strip(request(), Manifest({digest_of("CronCreate"): "CronCreate"}))
    assert [unit.name for unit in only.removed] == ["CronCreate"]
    assert "now available:\nmcp__shed__dig\nmcp__shed__water\n" in "".join(texts(only))


def test_only_what_the_manifest_holds_goes() -> None:
    """With a unit missing in the manifest, that unit stays, and nothing else does."""
    stripped = strip(request(), without(ALL, "scout", "Tone and style"))
    assert "# Tone and style\nBe short." in texts(stripped)[0]
    assert "<system-reminder>\n- scout: Looks around.\nEverywhere. (Tools: *)\n</system-reminder>" in texts(stripped)[2]
    assert "smith" not in "".join(texts(stripped))


def test_an_empty_manifest_changes_nothing() -> None:
    """The request is the same object, so its bytes are the same."""
    whole = request()
    stripped = strip(whole, Manifest({digest_of("something else"): "x"}))
    assert stripped.request is whole
    assert (stripped.removed, stripped.drifted, stripped.known) == ((), (), frozenset())


def test_a_turn_that_is_not_touched_keeps_its_bytes() -> None:
    """Only what changed is written anew; a body that comes again is stripped to the same bytes."""
    turns = [*idle.FIRST, {"role": "assistant", "content": "done"}, {"role": "user", "content": "thanks"}]
    stripped = strip(request(turns), ALL).request
    assert [turn.raw is not None for turn in stripped.turns] == [False, False, True, True]
    assert encode_messages(stripped) == encode_messages(strip(request(turns), ALL).request)


def test_a_reminder_in_a_later_turn_is_cut_by_the_same_rules() -> None:
    """After answers and beside results, and whether its role is user or system."""
    late = f"<system-reminder>\n{idle.SKILLS.strip()}\n</system-reminder>"
    result = {"type": "tool_result", "tool_use_id": "t", "content": [text(late)]}
    turns = [*idle.FIRST, {"role": "assistant", "content": late}, {"role": "user", "content": [result, text(late)]},
             {"role": "system", "content": late}]  # fmt: skip
    stripped = strip(request(turns), ALL)
    assert [turn.content for turn in stripped.request.turns[2:]] == [late, [result]]


def test_the_users_words_stay_whatever_is_in_them() -> None:
    """A block with words of the user's around or between reminders stays whole, and so does a quoted listing."""
    reminder = f"<system-reminder>\n{idle.SKILLS.strip()}\n</system-reminder>"
    for words in (f"look: {reminder}", f"{reminder} why?", f"{reminder}\nand\n{reminder}", idle.SKILLS, idle.DATE):
        whole = request([{"role": "user", "content": [text(words)]}])
        assert strip(whole, ALL).request.turns is whole.turns


def test_unknown_text_stays_though_its_digest_is_listed() -> None:
    """Nobody can have trained on what nobody can name."""
    news = "<system-reminder>\nSomething new.\n</system-reminder>"
    turns = [*idle.FIRST, {"role": "system", "content": news}]
    assert "unrecognised text" in audited(body(turns)).units.values()
    assert texts(strip(request(turns), audited(body(turns))))[-1] == news


def test_cache_markers_survive() -> None:
    """Those of blocks that go stand on the block before, in the system prompt and in the turns."""
    turns = [{"role": "user", "content": WORDS}, {"role": "system", "content": [text(idle.AGENTS, **CACHED)]}]
    stripped = strip(request(turns, system=[text(idle.PLACE), text(idle.IDENTITY, **CACHED)]), ALL).request
    assert stripped.system == [text(idle.PLACE, **CACHED)]
    assert [turn.content for turn in stripped.turns] == [[text(WORDS, **CACHED)]]


def test_a_request_of_reminders_alone_is_left_whole() -> None:
    """There would be nothing to ask; the system prompt goes all the same, and only that is reported."""
    turns = [{"role": "user", "content": idle.MEMORY}]
    whole = request(turns)
    stripped = strip(whole, audited(body(turns)))
    assert stripped.request.turns is whole.turns
    assert Component.MEMORY not in {unit.component for unit in stripped.removed}
    assert "Tone and style" in {unit.name for unit in stripped.removed}


def test_a_changed_unit_is_sent_and_reported() -> None:
    """In the prompt, in a listing, in a file, and among the tools; what changes every day is no drift."""
    tools = [tool("Bash", text="Runs!"), *idle.TOOLS[1:]]
    prompt = idle.PROMPT.replace("Be short.", "Be brief.").replace("Current branch: main", "Current branch: dev")
    context = idle.CONTEXT.replace("Looks around", "Looks").replace("gate is open", "gate is shut")
    turns = [{"role": "user", "content": [text(idle.MEMORY.replace("late", "soon")), text(WORDS)]},
             {"role": "system", "content": context.replace("mcp__shed__water", "mcp__shed__mow")}]  # fmt: skip
    system = [text(idle.BILLING.replace("abc", "xyz")), text(prompt)]
    stripped = strip(request(turns, system=system, tools=tools), ALL)
    assert {(drift.component, drift.name) for drift in stripped.drifted} == {
        (Component.BUILTIN_TOOLS, "Bash"),
        (Component.SYSTEM_PROMPT, "Tone and style"),
        (Component.AGENTS, "scout"),
        (Component.MEMORY, "/srv/shed/CLAUDE.md"),
    }
    assert all(drift.expected in ALL and drift.seen not in ALL for drift in stripped.drifted)


def test_servers_are_told_by_the_tools() -> None:
    """The same instructions fall into other pieces where the tools name other servers, and both are remembered."""
    turns = [{"role": "user", "content": WORDS}, {"role": "system", "content": idle.SERVERS}]
    apart, whole = request(turns), request(turns, tools=[tool("mcp__barn__feed")])
    manifest = audited(body(turns))
    assert len(strip(apart, manifest).request.turns) == 1
    assert len(strip(whole, manifest).request.turns) == 2
    assert len(strip(apart, manifest).request.turns) == 1


def test_work_is_remembered(monkeypatch: Any) -> None:
    """What was cut once is not cut again, and neither are tools; another manifest is another matter."""
    stripper = Stripper(ALL)
    first = stripper.strip(request())
    monkeypatch.setattr(module, "cut_system", None)
    monkeypatch.setattr(module, "cut_context", None)
    monkeypatch.setattr(module, "tool_digest", None)
    again = stripper.strip(request())
    assert encode_messages(again.request) == encode_messages(first.request)
    assert again.removed is first.removed


def test_a_text_beyond_reason_is_left_whole() -> None:
    """Cutting it would hold up everybody else's answers."""
    turns = [{"role": "user", "content": WORDS}, {"role": "system", "content": idle.AGENTS + "x" * module.LARGEST}]
    assert len(strip(request(turns), audited(body(turns))).request.turns) == 2


# Laws.

REMINDERS = [f"<system-reminder>\n{section.strip()}\n</system-reminder>\n" for section in idle.SECTIONS]
ODD = ["<system-reminder>\n", "\n</system-reminder>\n", "- x: y\n", "## s\n", "# claudeMd\n", "\n", " ", "```\n"]
pieces = st.sampled_from([*REMINDERS, *idle.SECTIONS, *ODD, "# Tone\nBe.\n", "gitStatus: x\n"]) | st.text(max_size=12)
prose = st.lists(pieces, min_size=1, max_size=6).map("".join)
result = st.builds(lambda words: {"type": "tool_result", "tool_use_id": "t", "content": words}, prose)
block = (
    st.builds(text, prose | st.sampled_from(REMINDERS))
    | st.builds(lambda b: b | CACHED, st.builds(text, prose))
    | result
)
turn = st.builds(
    lambda role, content: {"role": role, "content": content},
    st.sampled_from(["user", "system", "assistant"]),
    prose | st.lists(block, min_size=1, max_size=3),
)
conversations = st.lists(turn, max_size=5).map(lambda turns: [{"role": "user", "content": WORDS}, *turns])
prompts = st.lists(st.builds(text, prose), max_size=2)


def digests(whole: MessagesRequest) -> list[str]:
    """Of every piece of every text, whoever wrote it: the worst manifest that can be."""
    servers = servers_of(each.name for each in whole.tools)
    cuts = [cut_system(each["text"]) for each in whole.system]
    for one in whole.turns:
        cuts += [cut_context(each["text"], servers) for each in one.blocks if "text" in each]
    return sorted({digest_of(words) for cut in cuts for _, words in cut.slices()})


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]], Manifest]:
    turns, system = draw(conversations), draw(prompts)
    known = digests(request(turns, system=system))
    chosen = draw(st.just(known) | st.lists(st.sampled_from(known), max_size=len(known)))
    return turns, system, Manifest(dict.fromkeys(chosen, ""))


def plain(whole: MessagesRequest) -> list[tuple[str, Any]]:
    """The turns without cache markers, and a text as the one block that it is."""
    return [
        (one.role, [{key: part for key, part in each.items() if key != "cache_control"} for each in one.blocks])
        for one in whole.turns
    ]


@settings(deadline=None)
@given(cases())
def test_stripping_twice_is_stripping_once(case: tuple[Any, Any, Manifest]) -> None:
    """There is nothing left to take."""
    turns, system, manifest = case
    once = strip(request(turns, system=system), manifest).request
    again = strip(once, manifest)
    assert again.request is once


@settings(deadline=None)
@given(cases())
def test_a_longer_conversation_begins_as_the_shorter_one(case: tuple[Any, Any, Manifest]) -> None:
    """Cache markers aside: what was sent at one turn is sent again at the next."""
    turns, system, manifest = case
    sent = [plain(strip(request(turns[: n + 1], system=system), manifest).request) for n in range(len(turns))]
    for shorter, longer in pairwise(sent):
        assert longer[: len(shorter)] == shorter


@settings(deadline=None)
@given(cases())
def test_nobody_elses_words_are_touched(case: tuple[Any, Any, Manifest]) -> None:
    """Answers, results, and the user's blocks that are not wholly reminders are all there, in order, unchanged."""
    turns, system, manifest = case
    whole = request(turns, system=system)

    theirs = [
        words_of(each)
        for one in whole.turns
        for each in one.blocks
        if one.role == "assistant" or each["type"] != "text" or (one.role == "user" and not is_reminder(each["text"]))
    ]
    left = iter([words_of(each) for one in strip(whole, manifest).request.turns for each in one.blocks])
    assert all(words in left for words in theirs)  # in order: `in` reads the iterator on


def words_of(one: Mapping[str, Any]) -> Any:
    return one.get("text", one.get("content"))


@settings(deadline=None)
@given(cases())
def test_what_went_and_what_stays_make_the_whole(case: tuple[Any, Any, Manifest]) -> None:
    """Tags aside, no letter of a system prompt is lost or doubled; and the environment stays."""
    _, system, manifest = case
    stripped = strip(request([{"role": "user", "content": WORDS}], system=system, tools=[]), manifest)
    left = [REMINDER.sub("", each["text"]) for each in stripped.request.system]
    whole = [REMINDER.sub("", each["text"]) for each in system]
    assert letters([*left, *(unit.text for unit in stripped.removed)]) == letters(whole)
    for each in system:
        for piece, words in cut_system(each["text"]).slices():
            if piece.component is Component.ENVIRONMENT and words.strip():
                assert any(words in part for part in left)


def letters(parts: Sequence[str]) -> list[str]:
    return sorted("".join("".join(parts).split()))


def test_the_body_stays_a_request() -> None:
    """What is written after stripping is read back as the same."""
    stripped = strip(request(), ALL).request
    again = decode_messages(encode_messages(stripped))
    assert json.loads(encode_messages(again)) == json.loads(encode_messages(stripped))
