"""A conformance suite for gateways that take Anthropic's Messages API. It knows no gateway.

Each scenario scripts an upstream, sends what Claude Code would send, and looks at what the client got and what the
upstream got. `python -m tests.conformance --help` says how to run it; `docs/conformance.md` holds the results.
"""
