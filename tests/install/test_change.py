"""Facts about what an installation wants, as values."""

from __future__ import annotations

import dataclasses

import pytest

from hive_integration.install.change import Edit, Put
from hive_integration.install.merge import Want


def test_a_change_is_a_value() -> None:
    """Two equal ones are one, and none can be altered."""
    assert Put("a", b"x") == Put("a", b"x", 0o644, None, "")
    edit = Edit("b.json", [Want(("env", "A"), "1")])
    with pytest.raises(dataclasses.FrozenInstanceError):
        edit.path = "c"  # type: ignore[misc]
