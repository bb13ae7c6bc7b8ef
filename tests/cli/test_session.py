"""Facts about what a client is given so that it asks the gateway and nothing else changes for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hive_integration.audit.sources.scopes import find_setup
from hive_integration.cli.session import ELSEWHERE, Given, give, has_credential, headers, settings_of
from hive_integration.errors import HiveError
from hive_integration.registry.cards import Card
from hive_integration.settings import World

URL = "http://127.0.0.1:8787"
FULL = Card("claude", "anthropic-messages", "https://api.anthropic.com")
OWN_KEY = replace(FULL, api_key_env="CORP_KEY")


def write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def given(world: World, card: Card = FULL, **env: str) -> Given:
    world = replace(world, env={**world.env, **env})
    return give(find_setup(world.cwd, world), card, URL, "k")


def test_a_client_without_a_login_gets_all_that_it_needs(world: World) -> None:
    """Address, key, tool search; and the key as its credential, so that it starts."""
    assert given(world).changed == {
        "ANTHROPIC_BASE_URL": URL,
        "ANTHROPIC_CUSTOM_HEADERS": "x-hive-key: k",
        "ANTHROPIC_AUTH_TOKEN": "k",
        "ENABLE_TOOL_SEARCH": "true",
    }


@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"])
def test_a_credential_of_the_users_stays(world: World, name: str) -> None:
    """The full card forwards it; the gateway knows the session by its own header."""
    assert "ANTHROPIC_AUTH_TOKEN" not in given(world, **{name: "secret"}).changed
    write(world.claude_dir / "settings.json", {"env": {name: "secret"}})
    assert "ANTHROPIC_AUTH_TOKEN" not in given(world).changed


@pytest.mark.parametrize(
    ("file", "value"),
    [
        (".claude/settings.json", {"apiKeyHelper": "pass show key"}),
        (".claude/.credentials.json", {"claudeAiOauth": {"accessToken": "secret"}}),
        (".claude.json", {"oauthAccount": {"emailAddress": "a@example.org"}}),
        (".claude.json", {"primaryApiKey": "secret"}),
    ],
)
def test_a_login_or_a_helper_is_a_credential(world: World, file: str, value: object) -> None:
    """Wherever the client keeps it."""
    assert not has_credential(find_setup(world.cwd, world))
    write(world.home / file, value)
    assert has_credential(find_setup(world.cwd, world))


def test_where_the_card_has_its_own_key_the_client_needs_none(world: World) -> None:
    """The user's credential does not even reach the gateway."""
    assert given(world, OWN_KEY, ANTHROPIC_AUTH_TOKEN="secret").changed["ANTHROPIC_AUTH_TOKEN"] == "k"


@pytest.mark.parametrize("value", ["false", "auto", "auto:5", "true"])
def test_tool_search_stays_as_the_user_set_it(world: World, value: str) -> None:
    """In the shell, or in a settings file."""
    assert "ENABLE_TOOL_SEARCH" not in given(world, ENABLE_TOOL_SEARCH=value).changed
    write(world.claude_dir / "settings.json", {"env": {"ENABLE_TOOL_SEARCH": value}})
    assert "ENABLE_TOOL_SEARCH" not in given(world).changed


@pytest.mark.parametrize(("said", "sent"), [("1", "1"), ("Yes", "1"), ("on", "1"), ("0", "0"), ("off", "0"), ("", "0")])
def test_the_switch_travels_by_header(world: World, said: str, sent: str) -> None:
    """As the contract reads USE_FINETUNED."""
    lines = given(world, USE_FINETUNED=said).changed["ANTHROPIC_CUSTOM_HEADERS"]
    assert lines == f"x-hive-key: k\nx-hive-use-finetuned: {sent}"


def test_a_switch_that_says_neither_is_refused(world: World) -> None:
    """Nothing is guessed."""
    with pytest.raises(HiveError, match="USE_FINETUNED is 'maybe'"):
        given(world, USE_FINETUNED="maybe")


def test_the_users_own_headers_stay() -> None:
    """Ours replace only lines of the same name, however it is written; a session in a session has each once."""
    old = "X-Team: blue\n\nX-HIVE-KEY: old\nx-hive-use-finetuned: 1"
    assert headers(old, {"x-hive-key": "k"}) == "X-Team: blue\nx-hive-use-finetuned: 1\nx-hive-key: k"
    once = headers(old, {"x-hive-key": "k", "x-hive-use-finetuned": "0"})
    assert headers(once, {"x-hive-key": "k", "x-hive-use-finetuned": "0"}) == once


def test_headers_of_a_settings_file_stay_too(world: World) -> None:
    """It would beat the shell, so its lines are taken into what is pinned."""
    write(world.claude_dir / "settings.json", {"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-Team: blue"}})
    assert given(world).pinned["ANTHROPIC_CUSTOM_HEADERS"] == "X-Team: blue\nx-hive-key: k"


def test_a_proxy_is_not_asked_for_the_gateway(world: World) -> None:
    """The user's exceptions stay, the loopback joins them; without a proxy nothing changes."""
    assert "NO_PROXY" not in given(world, NO_PROXY="corp").changed
    changed = given(world, https_proxy="http://proxy:3128", no_proxy="corp").changed
    assert changed["NO_PROXY"] == changed["no_proxy"] == "corp,127.0.0.1,localhost,::1"


@pytest.mark.parametrize("name", ELSEWHERE)
def test_another_provider_is_set_aside_and_said(world: World, name: str) -> None:
    """Bedrock and its like go past any base URL: the session would not ask the gateway at all."""
    gave = given(world, **{name: "1"})
    assert gave.changed[name] is None
    assert gave.pinned[name] == ""
    assert name in gave.remarks[0]


@pytest.mark.parametrize("name", ["ANTHROPIC_BASE_URL", "CLAUDE_CODE_USE_BEDROCK"])
def test_what_an_organisation_sends_elsewhere_is_refused(world: World, name: str) -> None:
    """Nothing can override it, so nothing pretends to."""
    write(world.managed_dir / "managed-settings.json", {"env": {name: "https://corp.example"}})
    with pytest.raises(HiveError, match=f"managed-settings.json sets {name}"):
        given(world)


def test_an_organisation_that_names_the_gateway_is_fine(world: World) -> None:
    """It says what we say."""
    write(world.managed_dir / "managed-settings.json", {"env": {"ANTHROPIC_BASE_URL": f"{URL}/"}})
    assert given(world).changed["ANTHROPIC_BASE_URL"] == URL


def test_a_credential_does_not_reach_another_server_than_its_own(world: World) -> None:
    """A base URL with a token, and a card that would forward it elsewhere: refused, with the line to write."""
    theirs = {"ANTHROPIC_BASE_URL": "https://llm.corp.example", "ANTHROPIC_AUTH_TOKEN": "secret"}
    with pytest.raises(HiveError, match=r"would send your credential to api\.anthropic\.com") as caught:
        given(world, **theirs)
    assert 'base_url = "https://llm.corp.example"' in caught.value.hint
    with pytest.raises(HiveError):
        given(world, **{**theirs, "ANTHROPIC_BASE_URL": "https://127.example.org"})
    assert given(world, replace(FULL, base_url="https://llm.corp.example/v1"), **theirs)
    assert given(world, OWN_KEY, **theirs)
    assert given(world, ANTHROPIC_BASE_URL="https://llm.corp.example")
    with pytest.raises(HiveError):  # another server on this machine, with a key of its own
        given(world, **{**theirs, "ANTHROPIC_BASE_URL": "http://127.0.0.1:4000"})
    assert given(world, **{**theirs, "ANTHROPIC_BASE_URL": URL})  # a session within a session
    write(world.claude_dir / "settings.json", {"apiKeyHelper": "pass show corp"})
    with pytest.raises(HiveError, match="would send your credential"):
        given(world, ANTHROPIC_BASE_URL="https://llm.corp.example")


# The settings of the session.


def settings(world: World, *command: str) -> tuple[list[str], dict[str, Any]]:
    found = settings_of(command, given(world), world.cwd)
    assert found is not None
    return list(found[0]), dict(found[1])


def test_what_must_hold_stands_in_the_sessions_settings(world: World) -> None:
    """The command itself is as it was."""
    rest, values = settings(world, "-p", "hi", "--model", "opus")
    assert rest == ["-p", "hi", "--model", "opus"]
    assert values["env"] == given(world).pinned


@pytest.mark.parametrize("form", ["path", "json", "equals"])
def test_the_users_own_settings_of_the_session_are_joined(world: World, form: str) -> None:
    """A client reads one `--settings`: theirs with ours in it, and ours wins where both speak."""
    own = {"model": "opus", "env": {"ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "MINE": "1"}}
    write(world.cwd / "own.json", own)
    words = {
        "path": ["--settings", "own.json"],
        "json": ["--settings", json.dumps(own)],
        "equals": ["--settings=own.json"],
    }
    rest, values = settings(world, "-p", *words[form], "hi")
    assert rest == ["-p", "hi"]
    assert values["model"] == "opus"
    assert values["env"] == {"MINE": "1", **given(world).pinned}


@pytest.mark.parametrize("own", ["missing.json", "{", "[]", "{]"])
def test_settings_that_cannot_be_read_are_left_to_the_client(world: World, own: str) -> None:
    """It has its own words for them."""
    assert settings_of(("--settings", own), given(world), world.cwd) is None


def test_words_after_two_dashes_are_no_options(world: World) -> None:
    """They are the user's prompt."""
    assert settings(world, "-p", "--", "--settings", "x")[0] == ["-p", "--", "--settings", "x"]


def test_the_key_is_not_shown() -> None:
    """Not in what a traceback or a log would print."""
    assert "secret" not in repr(Given({"ANTHROPIC_AUTH_TOKEN": "secret"}, {"A": "secret"}))
