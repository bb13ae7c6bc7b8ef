"""Facts about the table of generators."""

from __future__ import annotations

import pytest

from hive_integration.dataset.generators import GENERATORS, SYSTEM, Settings
from hive_integration.errors import UsageError


def test_the_default_needs_nothing() -> None:
    """Its name goes into provenance."""
    assert GENERATORS["offline"](Settings()).name == "offline"


def test_a_teacher_must_be_named() -> None:
    """Without one the message says how."""
    with pytest.raises(UsageError) as caught:
        GENERATORS["teacher"](Settings())
    assert "--teacher" in str(caught.value.hint)


def test_other_settings_have_another_identity() -> None:
    """So a part that follows from other settings is another part."""
    assert Settings().system == SYSTEM
    assert Settings().identity == Settings().identity != Settings(system="Be brief.").identity
