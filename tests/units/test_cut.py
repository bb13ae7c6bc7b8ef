"""Facts about cutting a request. The texts are made up; only the openings are the client's."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hive_integration.units import Component, Load
from hive_integration.units.cut import (
    Cut,
    cut_context,
    cut_request,
    cut_system,
    in_environment,
    is_reminder,
    servers_of,
)
from hive_integration.wire import decode_request

AGENTS = (
    "Available agent types for the Agent tool:\n- scout: Looks around.\nEverywhere. (Tools: All tools)\n"
    "- smith: Makes: things (Tools: Read)\n\nWhen you launch multiple agents, do."
)
SKILLS = "The following skills are available for use:\n\n- break: Parts a task.\n- hive:debug: Finds it.\n- bare"
DEFERRED = "The following deferred tools are now available\nCronCreate\nmcp__board__add-task\nmcp__board__list"


def request(*context: str, system: str = "", user: str = "do it", tools: list[dict[str, Any]] | None = None) -> bytes:
    messages = [
        {"role": "user", "content": [{"type": "text", "text": user}]},
        *({"role": "system", "content": text} for text in context),
    ]
    return json.dumps({"model": "m", "system": system, "messages": messages, "tools": tools or []}).encode()


def cut(*context: str, user: str = "do it", system: str = "", tools: list[dict[str, Any]] | None = None) -> Cut:
    return cut_request(decode_request(request(*context, user=user, system=system, tools=tools)))


def names(result: Cut, component: Component, load: Load = Load.LISTED) -> list[str]:
    return [p.name for text in result.texts for p in text.pieces if p.component is component and p.load is load]


def test_each_line_of_the_listings_is_a_piece() -> None:
    """Agents, skills and deferred tools fall into entries, also over several lines and with colons in names."""
    result = cut("\n\n".join([DEFERRED, AGENTS, SKILLS]))
    assert names(result, Component.AGENTS) == ["scout", "smith"]
    assert names(result, Component.SKILLS) == ["break", "hive:debug", "bare"]
    assert names(result, Component.MCP_TOOLS) == ["mcp__board__add-task", "mcp__board__list"]
    assert names(result, Component.BUILTIN_TOOLS) == ["CronCreate"]
    assert result.tool_search


def test_reminder_tags_do_not_enter_a_unit() -> None:
    """With and without tags around it, a section has the same text, so the same digest."""
    tagged = cut(f"<system-reminder>\n{SKILLS}\n</system-reminder>\n\n<system-reminder>\n{AGENTS}\n</system-reminder>")
    plain = cut(f"{SKILLS}\n\n{AGENTS}")
    texts = [[words.strip() for text in result.texts for _, words in text.slices()] for result in (tagged, plain)]
    assert texts[0] == texts[1]


def test_instruction_files_are_cut_at_their_paths() -> None:
    """Each CLAUDE.md is a piece of its own, named by its path, headings inside it notwithstanding."""
    user = (
        "<system-reminder>\nAs you answer the user's questions, you can use the following context:\n# claudeMd\n"
        "Contents of /p/CLAUDE.md (project instructions):\n\n# Environment\nBe kind.\n\n"
        "Contents of /p/a (1).md (project instructions (x), y):\n\nMore.\n# currentDate\nToday's date is 2030-01-01.\n"
        "</system-reminder>\n"
    )
    result = cut(user=user)
    pieces = {p.name: words for text in result.texts for p, words in text.slices()}
    assert pieces["/p/CLAUDE.md"].endswith("# Environment\nBe kind.\n\n")
    assert pieces["/p/a (1).md"].endswith("More.\n")
    assert "currentDate" in pieces


def test_the_users_own_words_are_left_out() -> None:
    """Text of the user outside reminders is not idle context; nor is anything from the first answer on."""
    wire = json.loads(request("Today's date is 2030-01-01.", user="please fix the bug"))
    wire["messages"] += [{"role": "assistant", "content": "sure"}, {"role": "user", "content": "thanks"}]
    result = cut_request(decode_request(json.dumps(wire).encode()))
    assert [text.text for text in result.texts] == ["Today's date is 2030-01-01."]


def test_the_probes_words_are_left_out_wherever_they_stand() -> None:
    """The exact prompt is known to the probe, and is never counted."""
    messages = [{"role": "system", "content": "probe words"}, {"role": "user", "content": "probe words"}]
    wire = json.dumps({"model": "m", "system": "s", "messages": messages}).encode()
    assert [text.text for text in cut_request(decode_request(wire), user_words="probe words").texts] == ["s"]


def test_a_system_prompt_is_cut_at_its_top_headings_only() -> None:
    """Second-level headings and `#` lines in fenced code stay inside their section."""
    system = "Hello\nyou\n\n# Tone\nshort\n## More\n```sh\n# comment\n```\n# Environment\nlinux\n"
    result = cut(system=system)
    assert [(p.name, p.component) for p in result.texts[0].pieces] == [
        ("introduction", Component.SYSTEM_PROMPT),
        ("Tone", Component.SYSTEM_PROMPT),
        ("Environment", Component.ENVIRONMENT),
    ]


def test_an_environment_section_is_cut_into_static_lines_and_the_rest() -> None:
    """In the system prompt and in a reminder; a static line is the client's own text, known by its first words."""
    lines = "You have been invoked in the garden: \n - Platform: moss\n - Mind the bees.\n - In `rain`, wait.\n"
    cuts = (
        cut_system(f"Hi\n\n# Environment\n{lines}\n# Tone\nshort\n"),
        cut_context(
            f"<system-reminder>\n# Environment\n{lines}</system-reminder>\n\n"
            "<system-reminder>\nToday's date is 2030-01-01.\n</system-reminder>",
            frozenset(),
        ),
    )
    for one, own in zip(cuts, ("Environment", "environment"), strict=True):
        found = {piece.name: (piece, words.strip()) for piece, words in one.slices() if in_environment(piece)}
        assert list(found)[:3] == [own, "environment: Mind the bees", "environment: In `rain`, wait"]
        assert found[own][0].component is Component.ENVIRONMENT
        piece, words = found["environment: In `rain`, wait"]
        assert (piece.component, piece.known, piece.from_client) == (Component.SYSTEM_PROMPT, True, True)
        assert words == "- In `rain`, wait."
    assert [piece.name for piece in cuts[0].pieces if not in_environment(piece)] == ["introduction", "Tone"]


def test_server_instructions_are_cut_only_at_known_servers() -> None:
    """A heading inside a server's text is not taken for another server where the tools name the servers."""
    text = "# MCP Server Instructions\n\nIntro\n\n## my board\nUse it.\n## Rules\nAlways.\n"
    tools = [{"name": "mcp__my_board__add", "input_schema": {}}]
    assert names(cut(text, tools=tools), Component.MCP_TOOLS, Load.ALWAYS) == ["mcp instructions", "my board"]


def test_hook_output_is_told_by_its_event() -> None:
    """Each hook's output is a piece of the hook's event."""
    result = cut("SessionStart:startup hook success: one\n\nSessionStart hook additional context: two\n\n" + AGENTS)
    assert names(result, Component.HOOKS, Load.ALWAYS) == ["SessionStart:startup", "SessionStart"]


def test_unknown_text_is_reported_as_unknown() -> None:
    """What no rule knows is counted, and marked."""
    result = cut("Something new that nobody has seen.\n\n" + AGENTS)
    assert [p.known for p in result.texts[0].pieces][:2] == [False, True]


def test_the_git_state_at_the_end_of_a_system_prompt_is_its_own_piece() -> None:
    """2.1.197 writes it after the last section: it is environment, and the section's digest does not change with it."""
    cut = cut_system("Hi\n\n# Tasks\nwell\n\ngitStatus: This is the git status.\n\nStatus:\n M a.py\n")
    assert [(p.name, p.component) for p in cut.pieces][1:] == [
        ("Tasks", Component.SYSTEM_PROMPT),
        ("gitStatus", Component.ENVIRONMENT),
    ]
    assert cut_system("# Notes\n```\ngitStatus: no\n```\n").pieces[-1].name == "Notes"


def test_a_reminder_that_nobody_knows_is_not_part_of_the_one_before() -> None:
    """A known section keeps its digest whatever reminder follows."""
    known, news = "Today's date is 2030-01-01.", "<system-reminder>\nSomething new.\n</system-reminder>\n"
    cut = cut_context(f"<system-reminder>\n{known}\n</system-reminder>\n\n{news}{news}", frozenset())
    assert [(piece.known, words.strip()) for piece, words in cut.slices()] == [
        (True, known),
        (False, "Something new."),
        (False, "Something new."),
    ]


def test_an_opening_tag_belongs_to_what_it_opens() -> None:
    """Also with blank lines after it."""
    cut = cut_context(f"{DEFERRED}\n</system-reminder>\n<system-reminder>\n\n{AGENTS}", frozenset())
    agents = next(piece for piece in cut.pieces if piece.name == "agents")
    assert cut.text[agents.start :].startswith("<system-reminder>\n\nAvailable")


def test_a_reminder_is_told_from_the_users_words() -> None:
    """A block is the client's where nothing but blanks is around and between its reminders."""
    one = "<system-reminder>\nx\n</system-reminder>"
    assert is_reminder(one)
    assert is_reminder(f"\n {one}\n\n{one}\n")
    for mixed in ("", "hello", f"hello {one}", f"{one} hello", f"{one} and {one}", "<system-reminder>\nx", one[:-1]):
        assert not is_reminder(mixed)


def test_a_servers_instructions_are_a_unit_by_that_name() -> None:
    """The unit is named as the audit names it; other pieces are named as they are."""
    cut = cut_context("# MCP Server Instructions\n\n## board\nUse it.\n", servers_of(["mcp__board__add", "Bash"]))
    assert [piece.unit_name for piece in cut.pieces] == ["mcp instructions", "board instructions"]


parts = st.lists(
    st.sampled_from([AGENTS, SKILLS, DEFERRED, "<system-reminder>\n", "</system-reminder>", "# claudeMd\n", "- x: y\n",
                     "Contents of /a (b):\n", "## s\n", "\n\n", " ", "# Environment\nYou have been invoked", "```",
                     " - Platform: x\n", " - Mind the bees.\n", "# Environment\n"])
    | st.text(max_size=30),
    max_size=12,
).map("".join)  # fmt: skip


@given(parts, st.sampled_from(["user", "system", "prompt"]))
def test_pieces_always_partition_their_text(text: str, role: str) -> None:
    """Every character belongs to exactly one piece, whatever the text: nothing is lost, nothing counted twice."""
    result = {
        "user": lambda: cut(user=f"<system-reminder>{text}</system-reminder>"),
        "system": lambda: cut(text),
        "prompt": lambda: cut(system=text),
    }[role]()
    for one in result.texts:
        assert "".join(one.text[p.start : p.end] for p in one.pieces) == one.text
        assert all(p.start <= p.end for p in one.pieces)
