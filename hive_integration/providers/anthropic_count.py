"""Counting by Anthropic's own `count_tokens`: it speaks HTTP, needs a key, costs nothing, and sends the texts away.

All texts go in one call, less one call for an empty frame; asking for each text alone would add the frame, and for
tools the tool-use preamble, once for each. The total is thus the API's; an offline counter shares it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from hive_integration.errors import HiveError
from hive_integration.tokens import Counter, apportion

BASE_URL = "https://api.anthropic.com"
OFFLINE = "or count offline with --tokenizer claude-4.8"

_LITTLE = "x"  # the API refuses an empty message


@dataclass(slots=True)
class AnthropicCounter:
    """Counts as `model` does, by the API. Remembers what it asked: a text counted once is never sent again."""

    model: str
    api_key: str = field(repr=False)
    offline: Counter
    """Shares a batch's total out over its texts."""
    base_url: str = BASE_URL
    timeout: float = 60.0
    """Seconds for one call."""
    retries: int = 2
    _known: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    _baseline: int | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """As it is chosen: `anthropic-api:MODEL`."""
        return f"anthropic-api:{self.model}"

    @property
    def exact(self) -> bool:
        """The total always is; the shares are as good as the offline counter."""
        return self.offline.exact

    @property
    def note(self) -> str:
        """Whose total, whose shares."""
        return f"total by Anthropic's count_tokens for {self.model}, shared out by {self.offline.name}"

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, in order. Raises HiveError when the API cannot be reached or refuses."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        # The API refuses blank blocks; there is little in them to ask about.
        spoken = [text for text in new if text.strip()]
        counts = dict(zip(new, self.offline.count(new), strict=True))
        if spoken:
            shares = apportion(self._total(spoken), [counts[text] for text in spoken])
            counts |= dict(zip(spoken, shares, strict=True))
        self._known |= counts
        return [self._known[text] for text in texts]

    def split(self, text: str, cuts: Sequence[int]) -> list[int]:
        """Tokens of each piece between the character offsets `cuts`, shared out by the offline counter."""
        return apportion(self.count([text])[0], self.offline.split(text, cuts))

    def _total(self, texts: Sequence[str]) -> int:
        if self._baseline is None:
            self._baseline = self._ask([_LITTLE]) - self.offline.count([_LITTLE])[0]
        return max(self._ask(texts) - self._baseline, 0)

    def _ask(self, texts: Sequence[str]) -> int:
        with _errors(self.model, self.base_url, self.timeout):
            from anthropic import Anthropic
            from anthropic.types import MessageParam

            clean = [text.encode("utf-8", "replace").decode() for text in texts]
            message: MessageParam = {"role": "user", "content": [{"type": "text", "text": one} for one in clean]}
            with Anthropic(
                api_key=self.api_key, base_url=self.base_url, timeout=self.timeout, max_retries=self.retries
            ) as client:
                answer = client.messages.count_tokens(model=self.model, messages=[message])
            # The SDK does not check what it is given: a proxy's page or another service's answer has no such number.
            tokens: object = getattr(answer, "input_tokens", None)
            if not isinstance(tokens, int):
                raise ValueError("no input_tokens")
            return tokens


@contextmanager
def _errors(model: str, base_url: str, timeout: float) -> Iterator[None]:
    """The SDK's exceptions as ours: what is, and what to do. Never the key, never a text."""
    import anthropic

    try:
        yield
    except anthropic.AuthenticationError as error:
        raise HiveError("the API refused the key", hint=f"check ANTHROPIC_API_KEY, {OFFLINE}") from error
    except anthropic.NotFoundError as error:
        raise HiveError(f"the API does not know the model {model!r}", hint="name a current Claude model") from error
    except anthropic.RateLimitError as error:
        raise HiveError("the API's rate limit is reached", hint=f"wait a minute, {OFFLINE}") from error
    except anthropic.APITimeoutError as error:
        raise HiveError(f"{base_url} did not answer in {timeout:g} s", hint=f"try again, {OFFLINE}") from error
    except anthropic.APIConnectionError as error:
        raise HiveError(f"{base_url} cannot be reached", hint=f"check the network, {OFFLINE}") from error
    except anthropic.APIStatusError as error:
        raise HiveError(f"count_tokens failed with status {error.status_code}", hint=f"try again, {OFFLINE}") from error
    except ValueError as error:
        raise HiveError(f"{base_url} gave no count_tokens answer", hint=f"is that the API? {OFFLINE}") from error
    except anthropic.AnthropicError as error:
        reason = type(error).__name__
        raise HiveError(f"count_tokens failed ({reason})", hint=f"try again, {OFFLINE}") from error
