"""A model card: one model that may answer, how to reach it, and what its weights were shown to hold. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hive_integration.wire.messages import Declared

Protocol = Literal["openai-chat", "anthropic-messages"]
Status = Literal["candidate", "active", "retired"]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Digests that the weights were shown to hold: digest -> the unit's name, empty where the file names none."""

    units: Mapping[str, str]

    def __contains__(self, digest: object) -> bool:
        return digest in self.units


@dataclass(frozen=True, slots=True)
class Prompt:
    """The minimal prompt. `system` is its text, read from its file where it has one."""

    system: str = ""
    tools: Declared = "full"
    """How tools that stand in the manifest are declared upstream; any other tool is declared in full."""


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens."""

    input: float = 0.0
    cached_input: float = 0.0
    output: float = 0.0


@dataclass(frozen=True, slots=True)
class Upstream:
    """How patient the gateway is with this model. Seconds."""

    connect_timeout: float = 5.0
    idle_timeout: float = 120.0
    """Without a byte for so long, an upstream is taken for dead."""
    retries: int = 2
    retry_budget: float = 10.0
    """All retries together, waiting included."""
    max_tokens_field: Literal["auto", "max_tokens", "max_completion_tokens"] = "auto"
    late_system: Literal["system", "user"] = "system"
    """The role of a system message in mid-conversation: some chat templates take one at the beginning only."""
    reasoning: bool = False
    """Whether the client's effort is passed on as `reasoning_effort`."""


@dataclass(frozen=True, slots=True)
class Card:
    """One model. `api_key_env` names the variable that holds its key; empty forwards the client's own credential."""

    id: str
    protocol: Protocol
    base_url: str
    model: str = ""
    """The name sent upstream; empty keeps the client's own."""
    api_key_env: str = ""
    tokenizer: str = "o200k_base"
    context_window: int = 200_000
    max_output_tokens: int = 64_000
    status: Status = "active"
    prompt: Prompt = Prompt()
    manifest: Manifest | None = None
    price: Price = Price()
    upstream: Upstream = Upstream()
    lineage: Mapping[str, str] = field(default_factory=dict)
