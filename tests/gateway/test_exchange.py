"""What is known of a request before a model is asked."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.registry.configuration import Profile
from tests.gateway.live import asked
from tests.gateway.made import exchange, furniture


@pytest.mark.parametrize("profile", ["full", "finetuned"])
async def test_a_peek_sees_model_and_stream(tmp_path: Path, profile: Profile) -> None:
    """In either profile; of what is no request nothing, and that raises nothing."""
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path)
        peek = exchange(parts, asked(stream=True), profile).peek
        assert (peek.model, peek.stream) == ("claude-x", True)
        for odd in (b"", b"{", b"[]", b'{"model":1}', b'{"stream":"yes","messages":[]}', b"\xff", b"[" * 100_000):
            peek = exchange(parts, odd, profile).peek
            assert (peek.model, peek.stream) == ("", False)
        with pytest.raises(HiveError):
            _ = exchange(parts, b"{").request


async def test_marks_say_who_answers(tmp_path: Path) -> None:
    """The profile that was chosen, and the full one with its reason after a fallback."""
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path)
        ex = exchange(parts)
        assert dict(ex.marks(parts.config.cards["tuned"])) == {
            "x-hive-profile": "finetuned", "x-hive-model": "tuned", "x-hive-config": parts.config.version,
        }  # fmt: skip
        ex.fallback = "api_error: a\nb\u00e9"
        assert dict(ex.marks(ex.full))["x-hive-fallback"] == "api_error: a b?"
        assert dict(ex.marks(ex.full))["x-hive-profile"] == "full"


async def test_a_request_is_pinned_to_its_configuration(tmp_path: Path) -> None:
    """A reload does not reach it."""
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path)
        ex = exchange(parts)
        card = ex.full
        file = tmp_path / "config" / "models" / "claude.toml"
        file.write_text(file.read_text().replace(":9", ":10"))
        assert parts.reloader.reload()
        assert ex.full is card is not parts.config.card("full")
