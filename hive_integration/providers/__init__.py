"""Upstreams, one a file: the only users of HTTP out."""

from hive_integration.providers.anthropic_count import AnthropicCounter

__all__ = ["AnthropicCounter"]
