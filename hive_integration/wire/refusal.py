"""What cannot be given to a model is refused by its place and name: `messages.3.content.1: …`. Pure.

Whoever finds such a block knows the block; only who holds the request knows its place, and looks for it when needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hive_integration.errors import HiveError
from hive_integration.wire.messages import Block, MessagesRequest


class BlockRefused(HiveError):
    """A content block that cannot be passed on. `placed` makes it an error that names where the block stands."""

    def __init__(self, block: Block, reason: str, *, hint: str = "") -> None:
        super().__init__(reason, hint=hint)
        self.block = block

    def placed(self, request: MessagesRequest) -> HiveError:
        """The same, with the block's place in front; a block that was made on the way has none."""
        for place, block in _places(request):
            if block is self.block:
                return HiveError(f"{place}: {self}", hint=self.hint)
        return HiveError(f"messages: {self}", hint=self.hint)


def _places(request: MessagesRequest) -> Iterator[tuple[str, Block]]:
    yield from _within(request.system, "system")
    for i, turn in enumerate(request.turns):
        if not isinstance(turn.content, str):
            yield from _within(turn.content, f"messages.{i}.content")


def _within(blocks: Sequence[Block], where: str) -> Iterator[tuple[str, Block]]:
    for i, block in enumerate(blocks):
        yield f"{where}.{i}", block
        inner = block.get("content")
        if isinstance(inner, list):
            yield from ((f"{where}.{i}.content.{j}", each) for j, each in enumerate(inner))
