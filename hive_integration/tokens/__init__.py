"""Counting tokens: one `Counter` for each way to count, chosen by name."""

from hive_integration.tokens.counter import Counter, apportion

__all__ = ["Counter", "apportion"]
