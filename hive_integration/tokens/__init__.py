"""Counting tokens: one `Counter` for each way to count, chosen by name."""

from hive_integration.tokens.choose import counter_for
from hive_integration.tokens.counter import Counter, apportion, split_by_share
from hive_integration.tokens.framing import framing, framing_note

__all__ = ["Counter", "apportion", "counter_for", "framing", "framing_note", "split_by_share"]
