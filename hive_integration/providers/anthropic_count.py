"""Counting by Anthropic's own `count_tokens`: it speaks HTTP, needs a key, costs nothing, and sends the texts away.

All texts go in one call, less one call for an empty frame; asking for each text alone would add the frame, and for
tools the tool-use preamble, once for each. The total is thus the API's; an offline counter shares it out.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from hive_integration.errors import HiveError
from hive_integration.tokens import Counter, apportion

BASE_URL = "https://api.anthropic.com"
OFFLINE = "or count offline with --tokenizer claude-4.8"

_LITTLE = "x"  # the API refuses an empty message
_AGAIN = {408, 429, *range(500, 600)}  # the same question may be answered a moment later
_LONGEST_PAUSE = 30  # seconds, whatever `retry-after` says


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
        import httpx2

        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        content = [{"type": "text", "text": text} for text in clean]
        body = {"model": self.model, "messages": [{"role": "user", "content": content}]}
        headers = {"x-api-key": self.api_key, "anthropic-version": "2023-06-01"}
        try:
            with httpx2.Client(base_url=self.base_url, headers=headers, timeout=self.timeout) as client:
                for left in range(self.retries, -1, -1):
                    answer = client.post("/v1/messages/count_tokens", json=body)
                    if not left or answer.status_code not in _AGAIN:
                        break
                    asked = answer.headers.get("retry-after", "")
                    time.sleep(min(int(asked), _LONGEST_PAUSE) if asked.isdigit() else 1)
        except httpx2.TimeoutException as error:
            raise _error(f"{self.base_url} did not answer in {self.timeout:g} s") from error
        except (UnicodeError, httpx2.LocalProtocolError) as error:  # a line end in it, or a letter that no header takes
            raise _error(*self._refusal(401)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise _error(f"{self.base_url} cannot be reached", "check the network") from error
        if not answer.is_success:
            raise _error(*self._refusal(answer.status_code))
        try:
            return int(answer.json()["input_tokens"])
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise _error(f"{self.base_url} gave no count_tokens answer", "is that the API?") from error

    def _refusal(self, status: int) -> tuple[str, str]:
        return {
            401: ("the API refused the key", "check ANTHROPIC_API_KEY"),
            404: (f"the API does not know the model {self.model!r}", "name a current Claude model"),
            429: ("the API's rate limit is reached", "wait a minute"),
        }.get(status, (f"count_tokens failed with status {status}", "try again"))


def _error(message: str, hint: str = "try again") -> HiveError:
    """What is, and what to do. Never the key, never a text."""
    return HiveError(message, hint=f"{hint}, {OFFLINE}")
