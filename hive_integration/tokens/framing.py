"""What a provider adds around the text: role marks, the reply's primer, the tool-use preamble. Pure; a model, no count.

OpenAI: each message costs 3 tokens and the reply 3 (cookbook, "How to count tokens with tiktoken"); with tools, each
adds 7 (10 before GPT-4o) and all together 12 (the same notebook, `num_tokens_for_tools`). The notebook's figures for
each property replace the JSON around it; here that JSON is counted as it stands, so tools come out on the high side.

Claude: a message's frame is what `ctok` measured on `count_tokens` (Claude 3: 7, 4.7: 11, 4.8 and later: 6), and every
further message is charged the same, which is an upper bound. The API adds a tool-use system prompt once when any tool
is declared: figures of the pricing page (2026-11) and, for Claude 3, of the former tool-use page. System blocks are
joined by the API and have no frame that anybody has measured: they are counted as 0.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from hive_integration.tokens.models import NEWEST_CLAUDE, claude_tier, claude_tokenizer, claude_version, tokenizer_of

CLAUDE_MESSAGE = {"claude-3": 7, "claude-4.7": 11, "claude-4.8": 6}
OPENAI_MESSAGE, OPENAI_REPLY, OPENAI_TOOLS = 3, 3, 12
OPENAI_TOOL = {"o200k_base": 7, "cl100k_base": 10}


class Preamble(NamedTuple):
    """The tool-use system prompt of one Claude model, with `tool_choice` auto."""

    tier: str
    version: tuple[int, int]
    tokens: int

    @property
    def model(self) -> str:
        """As people write it: `Opus 4.8`."""
        major, minor = self.version
        return f"{self.tier.capitalize()} {major}.{minor}" if minor else f"{self.tier.capitalize()} {major}"


PREAMBLES = (
    Preamble("opus", (5, 0), 286),
    Preamble("sonnet", (5, 0), 354),
    Preamble("opus", (4, 8), 290),
    Preamble("opus", (4, 7), 675),
    Preamble("opus", (4, 6), 497),
    Preamble("sonnet", (4, 6), 497),
    Preamble("haiku", (4, 5), 496),
    Preamble("opus", (3, 0), 530),
    Preamble("sonnet", (3, 0), 159),
    Preamble("haiku", (3, 0), 264),
)


def framing(tokenizer_name: str, model: str, *, messages: int, tools: int, system_blocks: int) -> int:
    """Tokens around a request's text for so many messages, declared tools and system blocks.

    The model says by whose rules, or the tokenizer where the model's name says nothing. A Claude model that is not in
    the table takes the preamble of the nearest one: see `framing_note`.
    """
    family = _family(tokenizer_name, model)
    if family in CLAUDE_MESSAGE:
        return messages * CLAUDE_MESSAGE[family] + (preamble_of(model).tokens if tools else 0)
    # A chat request carries the system prompt as one message of its own.
    spoken = messages + (1 if system_blocks else 0)
    declared = tools * OPENAI_TOOL[family] + OPENAI_TOOLS if tools else 0
    return spoken * OPENAI_MESSAGE + (OPENAI_REPLY if spoken else 0) + declared


def framing_note(tokenizer_name: str, model: str) -> str:
    """How `framing` reckons for this model, in one sentence."""
    family = _family(tokenizer_name, model)
    if family not in CLAUDE_MESSAGE:
        return (
            f"framing after OpenAI's cookbook: {OPENAI_MESSAGE} tokens a message, {OPENAI_REPLY} for the reply, "
            f"{OPENAI_TOOL[family]} a tool and {OPENAI_TOOLS} for all tools"
        )
    preamble = preamble_of(model)
    known = (preamble.tier, preamble.version) == (claude_tier(model), claude_version(model))
    nearest = "" if known else f" (nearest known to {model or 'an unnamed model'})"
    return (
        f"framing after Anthropic's documentation: {preamble.tokens} tokens once when tools are declared, "
        f"as for {preamble.model}{nearest}, and {CLAUDE_MESSAGE[family]} a message"
    )


@lru_cache(maxsize=256)
def preamble_of(model: str) -> Preamble:
    """The tool-use preamble of `model`, or of the nearest: of the same tokenizer, then tier, then nearest version."""
    tier, version = claude_tier(model), claude_version(model) or NEWEST_CLAUDE
    family = claude_tokenizer(version)
    return min(
        PREAMBLES,
        key=lambda p: (claude_tokenizer(p.version) != family, p.tier != tier, _distance(p.version, version)),
    )


@lru_cache(maxsize=256)
def _family(tokenizer_name: str, model: str) -> str:
    for name in (tokenizer_of(model), tokenizer_name, tokenizer_of(tokenizer_name.partition(":")[2])):
        if name in CLAUDE_MESSAGE or name in OPENAI_TOOL:
            return name
    return "o200k_base"


def _distance(a: tuple[int, int], b: tuple[int, int]) -> int:
    return abs(a[0] * 10 + a[1] - b[0] * 10 - b[1])
