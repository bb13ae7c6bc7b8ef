"""Rows that must not pass, made from a seed: secrets and personal data as makers form them. None is anybody's."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Mapping

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
URLSAFE = LETTERS + "-_"


def drawn(rng: random.Random, letters: str, length: int) -> str:
    """Random characters, a digit and a letter among them."""
    return "".join(rng.choices(letters, k=length - 2)) + rng.choice(string.digits) + rng.choice("abcdef")


def _token(rng: random.Random) -> str:
    """A JSON Web Token."""
    claims = ({"alg": "HS256", "typ": "JWT"}, {"sub": rng.randrange(10**9), "iat": rng.randrange(10**9)})
    parts = [base64.urlsafe_b64encode(json.dumps(claim).encode()).decode().rstrip("=") for claim in claims]
    return ".".join((*parts, drawn(rng, URLSAFE, 43)))


def _pem(rng: random.Random, kind: str) -> str:
    name = f"{kind}PRIVATE {'KEY'}-----"
    return f"-----BEGIN {name}\n{drawn(rng, LETTERS + '+/', 64)}\n-----END {name}"


Maker = Callable[[random.Random], str]
SECRETS: Mapping[str, Maker] = {
    "anthropic": lambda r: f"sk-{'ant'}-api03-{drawn(r, URLSAFE, 93)}AA",
    "openai": lambda r: f"sk-{'proj'}-{drawn(r, URLSAFE, 120)}",
    "openai, old": lambda r: f"sk-{drawn(r, LETTERS, 48)}",
    "openrouter": lambda r: f"sk-{'or'}-v1-{drawn(r, HEX, 64)}",
    "deepseek": lambda r: f"sk-{drawn(r, HEX, 32)}",
    "aws": lambda r: f"AKIA{drawn(r, string.ascii_uppercase, 16).upper()}",
    "aws secret": lambda r: f"aws_secret_access_key = {drawn(r, LETTERS + '+/', 40)}",
    "google": lambda r: f"AIza{drawn(r, URLSAFE, 35)}",
    "google oauth": lambda r: f"GOCSPX-{drawn(r, URLSAFE, 28)}",
    "github": lambda r: f"ghp_{drawn(r, LETTERS, 36)}",
    "github app": lambda r: f"ghs_{drawn(r, LETTERS, 36)}",
    "github fine": lambda r: f"github_pat_{drawn(r, LETTERS + '_', 82)}",
    "gitlab": lambda r: f"glpat-{drawn(r, URLSAFE, 20)}",
    "slack": lambda r: f"xoxb-{r.randrange(10**11, 10**12)}-{drawn(r, LETTERS, 24)}",
    "slack hook": lambda r: f"https://hooks.slack.com/services/T{drawn(r, string.ascii_uppercase, 8).upper()}"
                            f"/B{drawn(r, string.ascii_uppercase, 8).upper()}/{drawn(r, LETTERS, 24)}",
    "stripe": lambda r: f"{'sk'}_live_{drawn(r, LETTERS, 24)}",
    "stripe hook": lambda r: f"whsec_{drawn(r, LETTERS, 32)}",
    "hugging face": lambda r: f"hf_{drawn(r, LETTERS, 34)}",
    "groq": lambda r: f"gsk_{drawn(r, LETTERS, 52)}",
    "xai": lambda r: f"xai-{drawn(r, LETTERS, 80)}",
    "perplexity": lambda r: f"pplx-{drawn(r, LETTERS, 48)}",
    "npm": lambda r: f"npm_{drawn(r, LETTERS, 36)}",
    "pypi": lambda r: f"pypi-AgEIcHlwaS5vcmc{drawn(r, URLSAFE, 120)}",
    "databricks": lambda r: f"dapi{drawn(r, HEX, 32)}",
    "digitalocean": lambda r: f"dop_v1_{drawn(r, HEX, 64)}",
    "sendgrid": lambda r: f"SG.{drawn(r, URLSAFE, 22)}.{drawn(r, URLSAFE, 43)}",
    "vault": lambda r: f"hvs.{drawn(r, URLSAFE, 90)}",
    "shopify": lambda r: f"shpat_{drawn(r, HEX, 32)}",
    "jwt": _token,
    "rsa key": lambda r: _pem(r, "RSA "),
    "private key": lambda r: _pem(r, ""),
    "openssh key": lambda r: _pem(r, "OPENSSH "),
    "address": lambda r: f"postgres://app:{drawn(r, LETTERS, 16)}@db.acme.dev:5432/app",
    "bearer": lambda r: f"curl -H 'Authorization: Bearer {drawn(r, URLSAFE, 40)}' https://api.acme.dev",
    "password": lambda r: f"DB_PASSWORD={drawn(r, LETTERS + '!#%^&*', 18)}",
    "json": lambda r: json.dumps({"apiKey": drawn(r, LETTERS, 32)}),
    "yaml": lambda r: f"client_secret: '{drawn(r, LETTERS, 32)}'",
    "variable": lambda r: f"export SESSION_SALT={drawn(r, LETTERS, 48)}",
    "auth token": lambda r: f"auth_token = \"{drawn(r, HEX, 40)}\"",
}  # fmt: skip
"""What makers give out, and how people write secrets down."""

_FIRST = ("maria", "jonas", "priya", "wei", "olga", "kofi", "lucia", "tomasz", "amina", "erik")
_LAST = ("keller", "okafor", "novak", "silva", "tanaka", "larsen", "rossi", "haddad", "meyer", "petrov")
_HOSTS = (
    "gmail.com",
    "outlook.de",
    "proton.me",
    "uni-koeln.de",
    "acme-robotics.io",
    "mail.ru",
    "163.com",
    "sub.corp.co.uk",
)


def _mail(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST)}{rng.choice(('.', '_', '', '+news.'))}{rng.choice(_LAST)}@{rng.choice(_HOSTS)}"


def _phone(rng: random.Random) -> str:
    def n(count: int) -> str:
        return "".join(rng.choices("23467890", k=count - 1)) + rng.choice("2346789")

    return rng.choice((
        f"+49 {n(3)} {n(7)}", f"+1 ({n(3)}) {n(3)}-{n(4)}", f"+44 {n(4)} {n(6)}", f"({n(3)}) {n(3)}-{n(4)}",
        f"{n(3)}-{n(3)}-{n(4)}", f"+33 {n(1)} {n(2)} {n(2)} {n(2)} {n(2)}", f"+86 {n(3)} {n(4)} {n(4)}", f"+4930{n(8)}",
    ))  # fmt: skip


def _home(rng: random.Random) -> str:
    user = f"{rng.choice(_FIRST)}{rng.choice(('', '.', '-'))}{rng.choice(_LAST)}"
    return rng.choice((f"/{'home'}/{user}/project/main.py", f"/{'Users'}/{user}/code", f"C:\\Users\\{user}\\repo"))


def _card(rng: random.Random) -> str:
    digits = "4" + "".join(rng.choices(string.digits, k=14))
    odd = [sum(divmod(2 * int(each), 10)) for each in digits[::2]]
    check = -(sum(odd) + sum(map(int, digits[1::2]))) % 10
    return " ".join((digits + str(check))[i : i + 4] for i in range(0, 16, 4))


PERSONAL: Mapping[str, Maker] = {"e-mail": _mail, "phone": _phone, "home folder": _home, "card": _card}
"""What is somebody's."""

HARMLESS = (
    "Set ANTHROPIC_API_KEY=sk-ant-... in your shell.", "export OPENAI_API_KEY=sk-your-key-here",
    "AKIAIOSFODNN7EXAMPLE", "api_key: ${API_KEY}", "password = os.environ['DB_PASSWORD']",
    "token: process.env.GITHUB_TOKEN", "max_tokens: 100000", "write to user@example.com or admin@mail.example.org",
    "Co-Authored-By: Claude <noreply@anthropic.com>", "git@github.com:acme/shop.git",
    "npm install claude-flow@3.43.0 @scope/pkg@alpha", "call 555-0123 or +1 415 555 0199",
    "/home/user/project and /Users/alice/code and C:\\Users\\dev", "the build took 1700000000123 ms",
    "2026-11-25T10:00:00Z", "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "id 123e4567-e89b-12d3-a456-426614174000", "task-1732500000-a1b2c3",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "key: session-cache-entry-42",
    "namespace=patterns key=auth/jwt-rotation-notes", "postgres://user:password@localhost:5432/app",
    "redis://:@localhost", "versions 3.11.4-3.12.9", "192.168.100.200 port 8080", "swarm_1732500000_k3j2h1",
    "token budget: 200000", "SHA=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "See RFC 6750, Bearer tokens", "@app.route('/login')", "the secret is that nobody knows",
    "password: correct-horse", "secret: your-secret-goes-here", "4 of 4: 1234 5678 9012 3456",
    "credentials: stored-in-vault", "access_token: <token>", "DATABASE_URL=sqlite:///data/app.db", "$HOME/.config",
    "~/projects/shop", "api_key=test-key-for-ci", "pi is 3.14159265358979", "+100 -20 lines in 12 files",
    "ISBN 978-3-16-148410-0", "x@y",
)  # fmt: skip
"""What looks like it and is none."""
