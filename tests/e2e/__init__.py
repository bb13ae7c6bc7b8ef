"""Tests against real clients and frameworks, fetched from the npm registry by name and pinned."""
