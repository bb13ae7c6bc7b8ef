"""What is sent to a model in place of what the client sent: stripped, without foreign thinking, in the card's protocol.

Pure but for the unit store's lookups, which are answered from memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

from hive_integration.gateway.exchange import Exchange
from hive_integration.gateway.headers import forwarded
from hive_integration.gateway.parts import Parts
from hive_integration.gateway.restore import tool_of
from hive_integration.gateway.strip import Stripped, strip
from hive_integration.providers.protocols import PROTOCOLS, address
from hive_integration.providers.upstream import Sent
from hive_integration.registry.cards import Card, Manifest
from hive_integration.registry.configuration import Profile
from hive_integration.wire import provenance
from hive_integration.wire.chat.names import names_back
from hive_integration.wire.chat.request import ChatOptions
from hive_integration.wire.messages import MessagesRequest, Tool, Turn

LengthField = Literal["max_tokens", "max_completion_tokens"]
_NOTHING = Manifest({})


@dataclass(frozen=True)
class Plan:
    """One request as one card will get it."""

    card: Card
    profile: Profile
    stripped: Stripped
    tools: Mapping[str, Tool] = field(repr=False)
    """The tools that the request declares, by name."""
    parts: Parts = field(repr=False)
    added: Sequence[Turn] = ()
    """Turns of ours after the client's: why the model is asked again, or how to go on."""
    paged_in: frozenset[str] = frozenset()
    """Tools whose whole specification is sent this time although the weights hold it."""

    @property
    def prompt(self) -> str:
        """The minimal prompt; the full profile has none beside the client's own."""
        return self.card.prompt.system if self.profile == "finetuned" else ""

    @property
    def names(self) -> Sequence[str]:
        """Every tool that may be called: declared, or listed by a client that defers its schemas."""
        return [*self.tools, *(name for name in self.stripped.listed if name not in self.tools)]

    def schema(self, name: str) -> Mapping[str, Any] | None:
        """The full schema of a callable tool: from the request, else from the unit store, else one that takes anything;
        None where there is no such tool."""
        tool = self.tools.get(name)
        if tool is not None:
            return tool.schema
        if name not in self.stripped.listed:
            return None
        stored = self.parts.store.tool(name)
        return stored.schema or {} if stored else {}

    @property
    def renamed(self) -> Mapping[str, str]:
        """The client's own name of tools whose name a chat upstream would refuse, by the one that it got."""
        return names_back(tuple(self.stripped.request.tools)) if self.card.protocol == "openai-chat" else {}

    def again(self, names: frozenset[str], turns: Sequence[Turn]) -> Plan:
        """The same, with the units of these tools paged in and `turns` at the end."""
        return replace(self, paged_in=names, added=turns)

    def body(self, *, stream: bool) -> bytes:
        """The upstream's request body. Raises HiveError for what this protocol cannot carry."""
        request, card = self._paged(), self.card
        if self.added:
            request = replace(request, turns=[*request.turns, *self.added])
        options = ChatOptions(
            model=card.model or request.model,
            system=self.prompt,
            known=self.stripped.known - self.paged_in,
            declared=card.prompt.tools,
            max_tokens_field=self._length_field(),
            max_output_tokens=card.max_output_tokens,
            stream=stream,
            late_system=card.upstream.late_system,
            reasoning=card.upstream.reasoning,
            claude=self.profile == "full",
        )
        return PROTOCOLS[card.protocol].render(request, options)

    def sent(self, ex: Exchange, *, stream: bool) -> Sent:
        """The whole upstream request."""
        query = ex.asked.query if self.card.protocol == "anthropic-messages" else ""
        headers = forwarded(
            ex.asked.headers, self.card, own_key=self.parts.key, key=key_of(self.parts, self.card),
            tuned=self.profile == "finetuned",
        )  # fmt: skip
        return Sent(address(self.card, query), headers, self.body(stream=stream))

    def _paged(self) -> MessagesRequest:
        """The stripped request, with tools that the client deferred declared where they are paged in."""
        request = self.stripped.request
        missing = [name for name in sorted(self.paged_in) if name not in self.tools]
        stored = [unit for name in missing if (unit := self.parts.store.tool(name))]
        return replace(request, tools=(*request.tools, *map(tool_of, stored))) if stored else request

    def _length_field(self) -> LengthField:
        wanted = self.card.upstream.max_tokens_field
        if wanted != "auto":
            return wanted
        learned = self.card.base_url + self.card.model in self.parts.learned
        return "max_completion_tokens" if learned else _usual_field(self.card.model)


def _usual_field(model: str) -> LengthField:
    """OpenAI's reasoning models refuse `max_tokens`; older and compatible servers know nothing else."""
    name = model.removeprefix("ft:").rpartition("/")[2]
    return "max_completion_tokens" if name.startswith(("o1", "o3", "o4", "gpt-5")) else "max_tokens"


def plan_for(parts: Parts, ex: Exchange, profile: Profile) -> Plan:
    """Decide what the card of `profile` gets. Raises HiveError where the body is not a request."""
    card = ex.config.card(profile) or ex.full
    request, tuned = ex.request, profile == "finetuned"
    stripped = strip(request, card.manifest if tuned and card.manifest else _NOTHING, parts.about)
    own = None if not tuned and card.protocol == "anthropic-messages" else card.id
    cleaned = provenance.for_model(stripped.request, own)
    if cleaned is not stripped.request:
        stripped = replace(stripped, request=cleaned)
    return Plan(card, profile, stripped, tools_by_name(tuple(request.tools)), parts)


@lru_cache(maxsize=16)
def tools_by_name(tools: tuple[Tool, ...]) -> Mapping[str, Tool]:
    """Remembered: a conversation declares the same tools at every turn."""
    return {tool.name: tool for tool in tools}


def key_of(parts: Parts, card: Card) -> str:
    """The value of the variable that holds a card's key; empty where the card names none or it is not set."""
    return parts.env.get(card.api_key_env, "") if card.api_key_env else ""
