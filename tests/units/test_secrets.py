"""Facts about secrets: each maker's form is seen wherever it stands, and what only shows the form is not."""

from __future__ import annotations

import random
import time

import pytest

from hive_integration.units.secrets import secret_in
from tests.planted import HARMLESS, SECRETS


@pytest.mark.parametrize("kind", SECRETS)
def test_every_form_is_seen(kind: str) -> None:
    """Of 200 drawn ones not one is missed: alone, in a sentence, quoted, in JSON."""
    rng = random.Random(kind)
    for _ in range(200):
        secret = SECRETS[kind](rng)
        for text in (secret, f"Use {secret} for it.", f"it says `{secret}`", f"a\n{secret}\nb"):
            assert secret_in(text), text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    """Examples, placeholders, references, hashes, names."""
    assert secret_in(text) == ""
    assert secret_in(f"Please look at {text} and say what it is.") == ""


def test_the_secret_is_not_repeated() -> None:
    """Only its kind is said."""
    rng = random.Random(1)
    for make in SECRETS.values():
        secret = make(rng)
        assert secret[-12:] not in secret_in(secret)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit",
    ["a", "=", "sk-", "=a1", "://:", "Bearer ", "Bearer a1", "eyJ", "token=", "A1_=", "password: ", "ghp_", "\\", "a:"],
)
def test_looking_is_linear(unit: str) -> None:
    """A million characters of what nearly is one."""
    start = time.monotonic()
    secret_in(unit * (1_000_000 // len(unit)))
    assert time.monotonic() - start < 12
