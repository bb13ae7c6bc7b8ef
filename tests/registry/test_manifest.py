"""Facts about reading manifests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.registry import manifest
from hive_integration.registry.manifest import read_manifest
from hive_integration.registry.reading import Reading
from tests.registry.folder import DIGEST, MANIFEST


def read(tmp_path: Path, text: str) -> object:
    (tmp_path / "m.json").write_text(text)
    return read_manifest(tmp_path / "m.json", "tuned", Reading())


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(HiveError) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    return str(caught.value).removeprefix(f"{tmp_path}/")


def test_units_are_digests_alone_or_with_their_name(tmp_path: Path) -> None:
    """What no name is given for has an empty one."""
    found = read(tmp_path, json.dumps(MANIFEST))
    assert found.units == {DIGEST: "", "sha256:" + "cd" * 32: "Bash"}
    assert DIGEST in found
    assert "sha256:" + "00" * 32 not in found


def test_it_may_be_empty_and_need_not_name_its_card(tmp_path: Path) -> None:
    """Then nothing is stripped."""
    assert read(tmp_path, '{"schema": "hive-ctx/manifest/1", "units": []}').units == {}


def test_that_of_another_card_is_refused(tmp_path: Path) -> None:
    """Stripping by it would take away what this model never learnt."""
    text = json.dumps(MANIFEST | {"card": "other"}, indent=1)
    assert refused(tmp_path, text) == "m.json:3: is the manifest of 'other', not of 'tuned'"


@pytest.mark.parametrize(
    "bad", ["ab" * 32, "sha256:" + "AB" * 32, "sha256:" + "ab" * 31, DIGEST + "0", DIGEST + "\n", "", "md5:" + "a" * 32]
)
def test_a_digest_that_is_none_is_refused_with_its_line(tmp_path: Path, bad: str) -> None:
    """Alone or in an object, by the line on which it stands."""
    text = json.dumps(MANIFEST | {"units": [DIGEST, DIGEST, bad]}, indent=1)
    assert refused(tmp_path, text).startswith("m.json:7: Expected `str` of the form sha256: and 64 hex digits")
    text = json.dumps(MANIFEST | {"units": [DIGEST, {"name": "[x", "digest": bad}]}, indent=1)
    assert refused(tmp_path, text).startswith("m.json:6: Expected `str` of the form sha256: and 64 hex digits")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n"schema": "hive-ctx/manifest/2",\n"units": []}', "m.json:2: Invalid enum value 'hive-ctx/manifest/2'"),
        ('{\n"schema": "hive-ctx/manifest/1"\n}', "m.json:1: Object missing required field `units`"),
        (
            '{\n"schema": "hive-ctx/manifest/1",\n"unit": [],\n"units": []}',
            "m.json:3: Object contains unknown field `unit`",
        ),
        ('{"schema": "hive-ctx/manifest/1",\n"units": {}}', "m.json:2: Expected `array`"),
        ('{"schema": "hive-ctx/manifest/1",\n"units": [\n\n3]}', "m.json:4: Expected"),
        ("[]", "m.json:1: Expected `object`"),
        ('{\n"schema": "hive-ctx/manifest/1",,\n}', "m.json:2: is not JSON"),
        ("", "m.json:1: is not JSON"),
        ("[" * 100_000, "m.json:1: "),
        ('{"schema": "\x00"}', "m.json:1: "),
    ],
)
def test_anything_else_is_one_line_that_says_where(tmp_path: Path, text: str, said: str) -> None:
    """Unknown fields, too: a slip in a name must not strip nothing in silence."""
    assert refused(tmp_path, text).startswith(said)


def test_a_manifest_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over 64 MB nothing is decoded."""
    monkeypatch.setattr(manifest, "MAX_MANIFEST", 100)
    assert "over the limit" in refused(tmp_path, json.dumps(MANIFEST))
