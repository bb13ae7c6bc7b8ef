"""Facts about what the files may hold, and how it is said what is wrong."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.registry import forms
from hive_integration.registry.cards import Card, Price, Prompt, Upstream
from hive_integration.registry.configuration import Listen, Switch
from hive_integration.registry.forms import CardForm, HiveForm, given, read_form
from tests.registry.folder import CLAUDE, HIVE, TUNED


def refused(form: type[HiveForm] | type[CardForm], text: str) -> str:
    with pytest.raises(HiveError) as caught:
        read_form(form, text, Path("f.toml"))
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    return str(caught.value)


@pytest.mark.parametrize(
    ("form", "value", "beside"),
    [
        (forms.SwitchForm, Switch, set()), (forms.ListenForm, Listen, set()), (forms.PriceForm, Price, set()),
        (forms.PromptForm, Prompt, set()), (forms.UpstreamForm, Upstream, set()),
        (forms.CardForm, Card, {"knowledge", "manifest"}),
    ],
)  # fmt: skip
def test_a_form_and_its_value_have_the_same_fields(form, value, beside: set[str]) -> None:
    """What can be written can be held. A manifest is named in a file and read into the value."""
    assert set(form.model_fields) ^ {field.name for field in fields(value)} == beside


def test_what_is_left_out_stays_out() -> None:
    """The values' own defaults fill it in, so that they stand in one place."""
    form = read_form(CardForm, CLAUDE, Path("f"))
    assert set(given(form)) == {"id", "protocol", "base_url", "tokenizer"}
    assert given(form.price) == {}
    assert given(read_form(HiveForm, "", Path("f")).switch) == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("default =", "defualt =", "f.toml:3: unknown key 'defualt' in [switch]; did you mean 'default'?"),
        ("[listen]", "[listne]", "f.toml:8: unknown key 'listne'; did you mean 'listen'?"),
        ("port =", "zzz =", "f.toml:10: unknown key 'zzz' in [listen]; known: host, port, require_key"),
        ('"full" ', '"fast" ', "f.toml:3: 'default' in [switch] is 'fast': expected 'full' or 'finetuned'"),
        ("8787", "65536", "f.toml:10: 'port' in [listen] is 65536: expected less than or equal to 65535"),
        ("8787", "-1", "f.toml:10: 'port' in [listen] is -1: expected"),
        ("8787", '"8787"', "f.toml:10: 'port' in [listen]: expected a valid integer"),
        ("8787", "8787.0", "f.toml:10: 'port' in [listen] is 8787.0: expected a valid integer"),
        ("8787", "true", "f.toml:10: 'port' in [listen] is True: expected a valid integer"),
        ("true", "1", "f.toml:6: 'fallback' in [switch] is 1: expected a valid boolean"),
        ("true", '"true"', "f.toml:6: 'fallback' in [switch]: expected a valid boolean"),
        ('"claude"', '"a b"', "f.toml:4: 'full' in [switch]: expected letters, digits"),
        ('"127.0.0.1"', '"http://x"', "f.toml:9: 'host' in [listen]: expected a host name or an address"),
        ("[listen]", "listen = 3\n[more]", "f.toml:8: unknown key 'listen' in [switch]; it belongs above the first"),
    ],
)
def test_a_fault_in_hive_toml_is_one_line_that_says_where(old: str, new: str, said: str) -> None:
    """File, line, key, what was expected."""
    assert old in HIVE
    assert refused(HiveForm, HIVE.replace(old, new, 1)).startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("protocol =", "protocl =", "unknown key 'protocl'; did you mean 'protocol'?"),
        ("base_url =", "baseurl =", "f.toml:3: unknown key 'baseurl'; did you mean 'base_url'? (and 1 more)"),
        ("base_url =", "#", "f.toml:1: 'base_url' is missing"),
        ("[price]", "[price]\nstatus = 1", "f.toml:18: unknown key 'status' in [price]; it belongs above the first"),
        (
            '"openai-chat"',
            '"openai"',
            "f.toml:2: 'protocol' is 'openai': expected 'openai-chat' or 'anthropic-messages'",
        ),
        ('"active"', '"live"', "f.toml:8: 'status' is 'live': expected 'candidate', 'active' or 'retired'"),
        ('"names"', '"some"', "f.toml:12: 'tools' in [prompt] is 'some': expected 'full', 'slim', 'names' or 'none'"),
        ("{ file =", "{ fiel =", "f.toml:11: 'system' in [prompt]: expected a string, or { file = "),
        ("{ file =", "{ a = 1, file =", "f.toml:11: 'system' in [prompt]: expected a string"),
        ("0.8", "-0.1", "f.toml:18: 'input' in [price] is -0.1: expected greater than or equal to 0"),
        ("0.8", "nan", "f.toml:18: 'input' in [price] is nan: expected a finite number"),
        ("0.8", "inf", "f.toml:18: 'input' in [price] is inf: expected a finite number"),
        ("128000", "0", "f.toml:6: 'context_window' is 0: expected greater than 0"),
        ("retries = 1", "retries = 1.5", "f.toml:23: 'retries' in [upstream] is 1.5: expected a valid integer"),
        ("retries = 1", "idle_timeout = 0", "f.toml:23: 'idle_timeout' in [upstream] is 0: expected greater than 0"),
        ('"gpt-4.1-mini"', "4", "f.toml:26: 'base' in [lineage] is 4: expected a valid string"),
        ('"tuned"', '"../x"', "f.toml:1: 'id': expected letters, digits"),
        ("acme::abc", "a\\nb", "f.toml:4: 'model': expected 256 printable ASCII characters at most"),
    ],
)
def test_a_fault_in_a_card_is_one_line_that_says_where(old: str, new: str, said: str) -> None:
    """The same for cards."""
    assert old in TUNED
    assert said in refused(CardForm, TUNED.replace(old, new, 1))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://x/v1", "expected an http or https address"), ("http://", "expected an http"),
        ("127.0.0.1:9100", "expected an http"), ("", "expected an http"), ("http://x:99999/v1", "expected an http"),
        ("http://x:0/v1", "expected an http"), ("http://a b/v1", "expected an http"), ("http://[::1/v1", "expected an"),
        ("file:///etc/passwd", "expected an http"), ("http://user:hunter2@x/v1", "holds a name or a password"),
        ("http://hunter2@x/v1", "holds a name"), ("http://x/v1?key=hunter2", "has a query"),
        ("http://x/v1#a", "or a fragment"),
        ("http://x/\\u0000", "expected an http"), ("http://exämple/v1", "expected an http"),
    ],
)  # fmt: skip
def test_an_address_is_http_and_holds_no_secret(url: str, said: str) -> None:
    """And what it holds is not repeated."""
    message = refused(CardForm, TUNED.replace("http://127.0.0.1:9100/v1/", url))
    assert message.startswith("f.toml:3: 'base_url': ")
    assert said in message
    assert "hunter2" not in message


def test_an_address_is_kept_without_its_last_slash() -> None:
    """So that a path can be put behind it."""
    assert read_form(CardForm, TUNED, Path("f")).base_url == "http://127.0.0.1:9100/v1"


@pytest.mark.parametrize(
    "line", ['api_key_env = "sk-ant-secret"', 'api_key = "sk-ant-secret"', 'key = "sk-ant-secret"']
)
def test_a_key_in_the_wrong_place_is_not_repeated(line: str) -> None:
    """It would stand in the log and in /hive/status."""
    message = refused(CardForm, TUNED.replace('api_key_env = "ACME_API_KEY"', line))
    assert message.startswith("f.toml:5: ")
    assert "secret" not in message


def test_of_several_faults_the_first_is_told_and_the_others_are_counted() -> None:
    """In the order of the file."""
    text = HIVE.replace("8787", "-1").replace('"full" ', '"x" ').replace("fallback", "fallbak")
    assert refused(HiveForm, text) == (
        "f.toml:3: 'default' in [switch] is 'x': expected 'full' or 'finetuned' (and 2 more)"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = \n", 1), ("[switch]\ndefault = 'full\n", 2), ("[switch\n", 1), ("a = 1\na = 2\n", 2), ("x = [1,\n2", 2),
        ("\ufeff[switch]", 1), ("a = " + "[" * 5000, 1), ("a = " + "9" * 5000, 1), ("a = 1\nb = \x00\n", 2),
    ],
)  # fmt: skip
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    """As the parser gives it; at an end that came too early, the last line."""
    assert refused(HiveForm, text).startswith(f"f.toml:{line}: is not TOML: ")


def test_the_folder_of_these_tests_is_sound() -> None:
    """A fault that is found above is the one that was put in."""
    for form, text in ((HiveForm, HIVE), (CardForm, CLAUDE), (CardForm, TUNED)):
        read_form(form, text, Path("f"))
        assert tomllib.loads(text)
