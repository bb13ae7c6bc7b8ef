"""The suite itself: what it covers, and that a gateway which does everything right passes."""

from __future__ import annotations

import re

import pytest

from hive_integration.providers.fake import chat_stream, whole
from tests.conformance import claude, streams
from tests.conformance.__main__ import main
from tests.conformance.complaints import COMPLAINTS, UNTESTABLE
from tests.conformance.expect import NotApplicable
from tests.conformance.scenario import Scenario
from tests.conformance.stage import Arm, Gateway, Stage
from tests.conformance.suite import SCENARIOS, perform, run, scripted


def test_there_are_many_scenarios_with_ids_of_their_own() -> None:
    """At least 60; an id is short, plain, and used once; each says what must hold and where that comes from."""
    ids = [scenario.id for scenario in SCENARIOS]
    assert len(ids) == len(set(ids)) >= 60
    assert all(re.fullmatch(r"[a-z0-9-]{4,28}", each) for each in ids)
    assert [each.id for each in SCENARIOS if not each.must or not (each.complaints or each.page)] == []


def test_every_complaint_is_covered_or_said_to_be_untestable() -> None:
    """All 47 of them."""
    covered = {number for scenario in SCENARIOS for number in scenario.complaints}
    assert covered | UNTESTABLE.keys() == COMPLAINTS.keys() == set(range(1, 48))
    assert not covered & UNTESTABLE.keys()


def test_no_gateway_at_all_is_a_perfect_way_to_claude() -> None:
    """The scripted upstream, asked directly, passes every scenario of the way to Claude: they can all be met."""
    with scripted() as (theatre, url):
        arm = Arm("claude-opus-4-8")
        results = run(Gateway(url, "any", arm, arm), theatre, claude.SCENARIOS)
    assert [result for result in results if result.outcome != "pass"] == []


def test_a_gateway_that_translates_nothing_fails() -> None:
    """The upstream's answers in its own protocol are not taken for the client's."""
    with scripted() as (theatre, url):
        gateway = Gateway(f"{url}/v1/chat/completions?", "any", Arm("gpt-4.1"))
        results = run(gateway, theatre, streams.SCENARIOS[:1])
    assert [result.outcome for result in results] == ["fail"]


def test_what_is_not_there_does_not_apply() -> None:
    """Without an Anthropic upstream its scenarios are n/a; any scenario may say so."""

    def never(_: Stage) -> None:
        raise NotApplicable("not ours")

    with scripted() as (theatre, url):
        gateway = Gateway(url, "any", Arm("m"))
        found = [
            perform(each, Stage(each.id, gateway, theatre)) for each in (claude.SCENARIOS[0], Scenario("x", "y", never))
        ]
    assert [(result.outcome, result.why) for result in found] == [
        ("n/a", "it has no Anthropic upstream"),
        ("n/a", "not ours"),
    ]


def test_a_bug_of_the_suite_is_no_result() -> None:
    """Only what a scenario says itself counts; any other exception is raised."""
    with scripted() as (theatre, url), pytest.raises(ZeroDivisionError):
        perform(Scenario("x", "y", lambda _: 1 / 0), Stage("x", Gateway(url, "any", Arm("m")), theatre))  # type: ignore[arg-type]


def test_each_stage_gets_its_own_script() -> None:
    """Two scenarios at once are told apart by the mark in the user's words; what has no mark is answered plainly."""
    with scripted() as (theatre, url):
        stages = [Stage(name, Gateway(url, "any", Arm("gpt-4.1")), theatre) for name in ("one", "two")]
        for stage in stages:
            stage.chat(chat_stream(stage.name))
        for stage in stages:
            answer = stage.send("POST", "/v1/chat/completions", stage.gateway.chat, _plain(stage))
            assert f'"content": "{stage.name}"' in answer.body.decode()
            assert len(stage.received) == 1
            stage.close()


def test_an_upstream_refuses_and_the_stage_remembers() -> None:
    """A request that a strict upstream refuses is not answered from the script."""
    with scripted() as (theatre, url):
        stage = Stage("one", Gateway(url, "any", Arm("gpt-4.1")), theatre)
        stage.chat(whole({}))
        answer = stage.send("POST", "/v1/chat/completions", stage.gateway.chat, {**_plain(stage), "top_k": 1})
        stage.close()
    assert answer.status == 400
    assert stage.refused == ["unrecognized request argument: top_k"]


def _plain(stage: Stage) -> dict[str, object]:
    return {"model": "gpt-4.1", "messages": [stage.user()], "stream": True}


def test_the_command_lists_and_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """`--list` names all scenarios; a run without a gateway fails and says how many hold."""
    assert main(["--list"]) == 0
    assert capsys.readouterr().out.count("\n") == len(SCENARIOS)
    assert main(["--base-url", "http://127.0.0.1:9", "--upstream-port", "0", "--only", "stream-text"]) == 1
    assert "0 hold, 1 do not" in capsys.readouterr().out
