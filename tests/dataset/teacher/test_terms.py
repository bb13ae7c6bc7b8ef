"""Facts about who may teach: both the model's terms and the service's, and what lifts a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from hive_integration.dataset.teacher.terms import leave, permission_of, service_at
from hive_integration.errors import UsageError

LOCAL = "http://127.0.0.1:8000/v1"


@pytest.mark.parametrize(
    ("base_url", "model"),
    [
        ("https://api.anthropic.com", "claude-opus-5-5"),
        ("https://api.openai.com/v1", "gpt-6.1-sol"),
        ("https://acme.openai.azure.com/v1", "my-deployment"),
        ("https://api.openai.com/v1", "qwen3-8b"),
        ("https://openrouter.ai/api/v1", "anthropic/claude-sonnet-5"),
        (LOCAL, "claude-opus-5-5"),
        ("https://generativelanguage.googleapis.com/v1beta/openai", "gemma"),
    ],
)
def test_forbidden_terms_bind_whatever_the_user_says(base_url: str, model: str) -> None:
    """The model's, wherever it answers; the service's, whatever answers there. A permission lifts both."""
    for licence in ("", "MIT"):
        with pytest.raises(UsageError, match="may not train") as caught:
            leave(base_url, model, licence)
        assert "--permission" in caught.value.hint
    allowed = leave(base_url, model, permission="ab" * 32)
    assert allowed.permission == "ab" * 32
    assert allowed.licence == f"permission sha256:{'ab' * 32}"


def test_open_weights_on_this_machine_have_their_own_licence() -> None:
    """Elsewhere the host may ask for more, so the user must say."""
    assert leave(LOCAL, "Qwen/Qwen3-32B").licence == "Apache-2.0"
    assert leave("http://localhost:1/v1", "deepseek-r1").licence == "MIT"
    with pytest.raises(UsageError, match=r"together\.example may ask for more"):
        leave("https://together.example/v1", "Qwen/Qwen3-32B")
    assert leave("https://together.example/v1", "Qwen/Qwen3-32B", "Apache-2.0").licence == "Apache-2.0"


def test_of_a_teacher_that_is_not_known_the_users_word_is_needed_and_kept() -> None:
    """As the licence of each example, and as the hash that lifted the gate."""
    with pytest.raises(UsageError, match="nothing is known") as caught:
        leave(LOCAL, "somebody-7b")
    assert "--licence" in caught.value.hint
    allowed = leave(LOCAL, "somebody-7b", "CC-BY-4.0")
    assert allowed.licence == "CC-BY-4.0"
    assert len(allowed.permission) == 64


def test_batches_of_a_known_service_cost_half() -> None:
    """Of any other there is nothing to say."""
    service = service_at("https://api.anthropic.com")
    assert service is not None
    assert service.batch == 0.5
    assert service_at("https://api.anthropic.com.evil.example") is None


def test_a_permission_is_a_file_with_something_in_it(tmp_path: Path) -> None:
    """Its sha256 stands for it."""
    (tmp_path / "p").write_text("yes")
    assert len(permission_of(tmp_path / "p")) == 64
    (tmp_path / "e").write_text("")
    for name in ("e", "missing"):
        with pytest.raises(UsageError):
            permission_of(tmp_path / name)
