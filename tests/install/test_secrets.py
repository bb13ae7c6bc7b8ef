"""Facts about what is taken for a credential in a text that is shown."""

from __future__ import annotations

import pytest

from hive_integration.install.secrets import VALUE, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"API_KEY": "abc"}', '{"API_KEY": "…"}'),
        ('{"X": "sk-ant-abcdefghijklmnopqrst"}', '{"X": "…"}'),
        ('{"PAT": "ghp_abcdefghijklmnopqrstuvwx"}', '{"PAT": "…"}'),
        ('{"DB": "postgres://me:hunter2@host/db"}', '{"DB": "postgres://me:…@host/db"}'),
        ('{"URL": "http://127.0.0.1:8787/v1"}', '{"URL": "http://127.0.0.1:8787/v1"}'),
        ("plain text at 10:30, me@example.com", "plain text at 10:30, me@example.com"),
    ],
)
def test_a_credential_is_left_out_by_its_name_its_looks_or_its_place(text: str, shown: str) -> None:
    """The key's name, a known form, a password in a URL; whatever else is there stays."""
    assert masked(text) == shown


def test_a_known_form_is_found_anywhere() -> None:
    """Within a longer value, too."""
    assert VALUE.search("Bearer sk-ant-abcdefghijklmnopqrst")
    assert not VALUE.search("sk-short")
