"""Obligations: what is always to be done. Pure."""

from __future__ import annotations

from hive_integration.knowledge.behaviours.reading import Found, Reading
from hive_integration.knowledge.behaviours.said import said
from hive_integration.units.behaviour import BehaviourKind


def find(reading: Reading) -> Found:
    """One behaviour a sentence that says so."""
    yield from said(reading, BehaviourKind.MUST)
