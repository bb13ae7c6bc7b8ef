"""Knowledge units: values and pure functions. No I/O here, no asyncio, no os, no pathlib."""

from hive_integration.units.unit import (
    IDLE,
    TOOLS,
    Category,
    Component,
    KnowledgeUnit,
    Level,
    Load,
    canonical_json,
    digest_of,
    unit_of,
)

__all__ = [
    "IDLE",
    "TOOLS",
    "Category",
    "Component",
    "KnowledgeUnit",
    "Level",
    "Load",
    "canonical_json",
    "digest_of",
    "unit_of",
]
