"""Facts about teachers: who is not known to allow it may not teach."""

from __future__ import annotations

import pytest

from hive_integration.dataset.gates.licence import UNKNOWN, check, refuse, terms_of
from hive_integration.dataset.gates.limits import Limits
from hive_integration.errors import HiveError
from tests.dataset.gates.made import BOOK, GOOD, but

FORBIDDEN = (
    "claude-opus-5-5", "anthropic/claude-sonnet-4", "us.anthropic.claude-3-haiku", "gpt-4.1", "openai/gpt-5-mini",
    "ft:gpt-4.1-mini:acme::x", "o3", "o4-mini", "chatgpt-4o-latest", "gemini-3.5-flash", "google/gemini-2.5-pro",
    "meta-llama/Llama-3.3-70B-Instruct", "deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "qwen3-max", "somebody-7b", "",
)  # fmt: skip
ALLOWED = ("gpt-oss-120b", "openai/gpt-oss-20b", "Qwen/Qwen3-32B", "openrouter/qwen/qwen3-8b", "deepseek-r1", "phi-4",
           "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "allenai/OLMo-2-1124-13B-Instruct")  # fmt: skip


def test_what_no_model_wrote_passes() -> None:
    """The offline generator has no teacher."""
    assert check(GOOD, BOOK, Limits()) == ""


@pytest.mark.parametrize("teacher", FORBIDDEN)
def test_a_teacher_who_does_not_allow_it_is_refused(teacher: str) -> None:
    """Forbidden by its maker's terms, or not known: neither trains, whoever serves it."""
    assert check(but(teacher=teacher), BOOK, Limits()).startswith("its teacher may not train: ")
    with pytest.raises(HiveError, match="may not train") as caught:
        refuse(teacher, "")
    assert "--permission" in caught.value.hint


@pytest.mark.parametrize("teacher", ALLOWED)
def test_open_weights_may_teach(teacher: str) -> None:
    """Their licence is known, and where it was read."""
    assert check(but(teacher=teacher), BOOK, Limits()) == ""
    assert terms_of(teacher).licence in {"Apache-2.0", "MIT"}
    assert terms_of(teacher).source
    refuse(teacher, "")


def test_a_written_permission_lifts_it() -> None:
    """With the hash of a permission every teacher passes."""
    assert check(but(teacher="claude-opus-5-5"), BOOK, Limits(permission="0" * 64)) == ""
    refuse("claude-opus-5-5", "0" * 64)


def test_nothing_passes_without_a_licence() -> None:
    """Not even what no model wrote."""
    assert check(but(licence=" "), BOOK, Limits()) == "has no licence"


def test_who_is_not_in_the_table_is_unknown() -> None:
    """The table is closed."""
    assert terms_of("somebody-7b") is UNKNOWN
