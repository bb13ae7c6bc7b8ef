"""Facts about the log of drift."""

from __future__ import annotations

from hive_integration.gateway.drift import LARGEST, DriftLog
from hive_integration.gateway.names import Drift
from hive_integration.gateway.strip import Removed, Stripped
from hive_integration.units import Component
from tests.gateway import idle

REQUEST = idle.request()


def seen(*drifted: Drift, removed: tuple[Removed, ...] = ()) -> Stripped:
    return Stripped(REQUEST, removed=removed, drifted=drifted)


def drift(name: str, digest: str = "sha256:new") -> Drift:
    return Drift(Component.AGENTS, name, digest, "sha256:old")


def test_each_unit_stands_there_once_the_latest_last() -> None:
    """As it was seen last."""
    log = DriftLog()
    log.see(seen(drift("scout"), drift("smith")))
    log.see(seen(drift("scout", "sha256:newer")))
    assert [(row["name"], row["seen"], row["expected"]) for row in log.state()] == [
        ("smith", "sha256:new", "sha256:old"),
        ("scout", "sha256:newer", "sha256:old"),
    ]
    assert log.state()[0]["component"] == "agents"


def test_a_unit_that_matches_again_is_no_longer_there() -> None:
    """The same name of another component stays."""
    log = DriftLog()
    log.see(seen(drift("scout"), Drift(Component.SKILLS, "scout", "sha256:new", "sha256:old")))
    log.see(seen(removed=(Removed("sha256:any", Component.AGENTS, "scout", "- scout"),)))
    assert [row["component"] for row in log.state()] == ["skills"]


def test_it_is_bounded() -> None:
    """The oldest go."""
    log = DriftLog()
    log.see(seen(*(drift(str(i)) for i in range(LARGEST + 5))))
    assert len(log) == LARGEST
    assert log.state()[0]["name"] == "5"
