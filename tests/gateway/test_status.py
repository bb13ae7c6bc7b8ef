"""Facts about the status."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from hive_integration.gateway.ledger import Totals
from hive_integration.gateway.status import MOST_DRIFT, MOST_UNITS, Reload, Removed, Snapshot, status
from hive_integration.registry.cards import Card, Manifest
from hive_integration.registry.configuration import Configuration, Listen, Switch

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLAUDE = Card("claude", "anthropic-messages", "https://api.anthropic.com")
TUNED = Card(
    "tuned", "openai-chat", "https://user:pass-word@models.example:8443/v1/key-in-path?key=in-query", model="ft:x",
    api_key_env="TUNED_KEY", manifest=Manifest({"sha256:a": "Bash", "sha256:b": ""}),
)  # fmt: skip
SNAPSHOT = Snapshot(
    version="1.2.3",
    configuration=Configuration("0123456789ab", Switch("full", "claude", "tuned"), Listen(), {"t": TUNED, "c": CLAUDE}),
    reload=Reload(AT),
    totals=Totals(requests=3, arms=4, retries=0, fallbacks=1, input=10, stripped=500, cost_usd=0.25, saved_usd=0.1),
    started=AT - timedelta(minutes=2),
    now=AT,
    effective="finetuned",
)


def test_it_says_how_the_gateway_stands() -> None:
    """Schema, versions, profile, counters and savings."""
    value = status(SNAPSHOT)
    assert value["schema"] == "hive-ctx/status/1"
    assert (value["version"], value["config"], value["uptime_seconds"]) == ("1.2.3", "0123456789ab", 120.0)
    assert value["profile"] == {
        "default": "full", "effective": "finetuned", "full": "claude", "finetuned": "tuned", "fallback": True,
    }  # fmt: skip
    assert value["reload"] == {"at": AT.isoformat(), "ok": True, "error": ""}
    assert value["counters"]["fallbacks"] == 1
    assert value["tokens_saved"] == 500
    assert value["usd"] == {"spent": 0.25, "saved": 0.1}


def test_each_card_is_shown_with_its_state() -> None:
    """Sorted by id: protocol, host, model, units in the manifest, circuit, whether its key is set."""
    cards = status(replace(SNAPSHOT, breakers={"tuned": "open"}))["cards"]
    assert [card["id"] for card in cards] == ["claude", "tuned"]
    assert cards[0] | {"host": "api.anthropic.com", "units": 0, "breaker": "closed", "key": "the client's"} == cards[0]
    assert cards[1] | {"host": "models.example:8443", "units": 2, "breaker": "open", "key": "missing"} == cards[1]
    assert status(replace(SNAPSHOT, variables={"TUNED_KEY"}))["cards"][1]["key"] == "set"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://127.0.0.1:9100/v1", "127.0.0.1:9100"),
        ("http://[::1]:9100", "[::1]:9100"),
        ("https://a:b@c.example", "c.example"),
        ("http://[broken", ""),
        ("http://x:99999", ""),
        ("", ""),
    ],
)
def test_of_an_address_only_the_host_is_shown(address: str, host: str) -> None:
    """A path, a query or a user's name in it may be a key."""
    configuration = replace(SNAPSHOT.configuration, cards={"c": replace(CLAUDE, base_url=address)})
    assert status(replace(SNAPSHOT, configuration=configuration))["cards"][0]["host"] == host


def test_it_holds_no_secret() -> None:
    """Neither an address' parts nor a key that stands in an error, a name or another part's values."""
    key = "sk-ant-api03-abcdefghijklmnop"
    value = status(
        replace(
            SNAPSHOT,
            reload=Reload(AT, f"tuned.toml:4: api_key_env is {key!r}, expected the name of a variable"),
            removed=[Removed("sha256:a", f"tool {key}", 1, 2)],
            drift=[{"name": key, "more": {"list": [f"authorization: Bearer {key}"]}}],
            calibration={"note": key},
        )
    )
    text = json.dumps(value)
    assert not any(secret in text for secret in (key, "pass-word", "key-in-path", "in-query", "user"))
    assert value["reload"]["ok"] is False
    assert "expected the name of a variable" in value["reload"]["error"]


def test_the_dearest_units_come_first_and_have_a_number() -> None:
    """By all the tokens that were not sent because of them."""
    removed = [Removed(f"sha256:{number:04}", f"unit {number}", number, 10) for number in range(200)]
    shown = status(replace(SNAPSHOT, removed=removed))["removed"]
    assert len(shown) == MOST_UNITS
    assert shown[0] == {"name": "unit 199", "digest": "sha256:0199", "times": 199, "tokens": 10}
    assert shown[-1]["times"] == 150


def test_the_latest_drift_is_shown() -> None:
    """At most so many, in the order given; the latest stands last."""
    drift = [{"name": str(number)} for number in range(MOST_DRIFT + 5)]
    shown = status(replace(SNAPSHOT, drift=drift))["drift"]
    assert len(shown) == MOST_DRIFT
    assert shown[-1] == {"name": str(MOST_DRIFT + 4)}


def test_it_is_json_whatever_the_parts_hand_over() -> None:
    """Huge sums, odd values and deep nests too."""
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"deeper": deep}
    odd = {"when": AT, "pair": (1, 2.5), "none": None, "yes": True, "deep": deep, "half": "\ud800"}
    value = status(replace(SNAPSHOT, totals=Totals(input=10**30), calibration=odd))
    assert msgspec.json.decode(msgspec.json.encode(value)) == json.loads(json.dumps(value))
    assert value["counters"]["input"] == 2**53 - 1
    assert value["calibration"]["pair"] == [1, 2.5]
