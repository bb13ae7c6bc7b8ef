"""Facts about secrets in what frameworks write: the real ones are found, and their examples are none."""

from __future__ import annotations

import random
import string

import pytest

from hive_integration.units.secrets import secret_in


def _random(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    rng = random.Random(length)
    return "".join(rng.choice(alphabet) for _ in range(length))


REAL = [
    f"export OPENAI_API_KEY=sk-proj-{_random(40)}",
    f"token: ghp_{_random(36)}",
    f"AWS: AKIA{_random(16, string.ascii_uppercase + string.digits)}",
    f"db_password = '{_random(18)}'",
    f"postgres://app:{_random(16)}@db.internal/app",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
    f"eyJ{_random(30)}.eyJ{_random(60)}.{_random(40)}",
    f"npm_{_random(36)}",
    f"glpat-{_random(20)}",
]


@pytest.mark.parametrize("text", REAL)
def test_a_secret_is_found(text: str) -> None:
    """Keys, tokens, passwords, private keys; what kind is said, the secret is not."""
    what = secret_in(f"Some words.\n{text}\nMore words.")
    assert what
    assert text[-8:] not in what


@pytest.mark.parametrize(
    "text",
    [
        "Never commit an api_key or a password.",
        "export ANTHROPIC_API_KEY=sk-ant-...",
        "api_key: YOUR_API_KEY_HERE",
        "password: 'SecurePass123!'",
        "const key = process.env.API_KEY_PRODUCTION",
        "postgres://user:pass@localhost/db",
        "secret: ${{ secrets.DEPLOY_TOKEN_1 }}",
        "token_budget = 20000000000000",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "password: correct-horse-battery",
        "sk-your-key-goes-here-please",
        "",
    ],
)
def test_an_example_is_none(text: str) -> None:
    """Placeholders, variables, rules about secrets and plain hashes."""
    assert secret_in(text) == ""
