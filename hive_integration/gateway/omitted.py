"""What a chat upstream has no word for and no table knows: shown in the log once, and counted for `/hive/status`.

Each turn is looked at when it is the newest, so a long conversation costs no more than a short one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from hive_integration import logs
from hive_integration.wire.chat.left_out import left_out
from hive_integration.wire.messages import MessagesRequest

MOST = 200
"""Places that are told apart."""
NEWEST = 2
"""Turns that a request can bring new: the last answer, and what follows it."""
_NUMBER = re.compile(r"\.\d+")


class Omitted:
    """How often something was left out, by its place."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()

    def see(self, request: MessagesRequest) -> None:
        """Take in what one request has that is not passed on."""
        for place in left_out(replace(request, turns=request.turns[-NEWEST:])):
            name = _NUMBER.sub(".*", place)
            if name not in self._times:
                if len(self._times) >= MOST:
                    continue
                logs.get("gateway").warning("left out: a chat model has no word for it", place=name)
            self._times[name] += 1

    def state(self) -> dict[str, int]:
        """Place -> how often."""
        return dict(self._times)
