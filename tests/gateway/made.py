"""Exchanges and furniture without a server, for the tests of the steps between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from hive_integration.gateway.choice import Choice
from hive_integration.gateway.exchange import Exchange
from hive_integration.gateway.parts import Parts
from hive_integration.gateway.run import make_parts
from hive_integration.gateway.server import Asked
from hive_integration.registry.configuration import Profile
from hive_integration.settings import World
from tests.gateway.live import KEY, asked, card_of, configure
from tests.gateway.test_sink import Paper

NOWHERE = "http://127.0.0.1:9"


def furniture(stack: AsyncExitStack, base: Path, *, switch: Mapping[str, Any] | None = None, **tuned: Any) -> Parts:
    """Parts with the card `claude` and a card `tuned` with these fields; `stack` closes them."""
    cards = {"tuned": card_of(NOWHERE, **tuned), "claude": card_of(NOWHERE, "anthropic-messages")}
    folder = configure(base / "config", switch=switch, **cards)
    env = {"HIVE_DATA_DIR": str(base / "data"), "HIVE_GATEWAY_KEY": KEY, "TUNED_KEY": "sk-tuned"}
    world = World(env=env, home=base, cwd=base, cache_dir=base / "cache")
    return make_parts(world, folder, stack)


def exchange(
    parts: Parts, body: bytes = asked(), profile: Profile = "finetuned", headers: Sequence[tuple[str, str]] = ()
) -> Exchange:
    """A request that has just come in."""
    it = Asked("POST", "/v1/messages", "beta=true", headers, body, 8787)
    return Exchange("r1", it, Paper(), parts.config, Choice(profile, "file"), parts.clock())
