"""Facts about what a property's name and description tell."""

from __future__ import annotations

import pytest

from hive_integration.dataset.values.kinds import KINDS, kind_of, options_in, words_of


@pytest.mark.parametrize(
    ("key", "kind"),
    [("filePath", "file"), ("outputDir", "directory"), ("gatewayUrl", "url"), ("namespace", "namespace"), ("agentId",
    "id"),
     ("query", "query"), ("key", "key"), ("reason", "reason"), ("branch", "branch"), ("repo", "repo"), ("command",
     "command"),
     ("hiveToken", "secret"), ("message", "text"), ("description", "text"), ("task", "task"), ("tags", "tag"), ("foo",
     "word")],
)  # fmt: skip
def test_names_tell_the_kind(key: str, kind: str) -> None:
    """Split into words, whatever way they are joined."""
    assert kind_of(key) == kind
    assert kind in KINDS


def test_a_description_tells_where_a_name_does_not() -> None:
    """And only then."""
    assert kind_of("foo", "Path to the file") == "file"
    assert kind_of("namespace", "Path to the file") == "namespace"
    assert words_of("rvf_pathName") == "rvf path name"


def test_descriptions_list_values_in_three_ways() -> None:
    """In brackets, between bars, in quotation marks; prose is no list."""
    assert options_in("Shape of it (mesh, star, ring)") == ("mesh", "star", "ring")
    assert options_in("global|user") == ("global", "user")
    assert options_in('Either "fast" or "safe"') == ("fast", "safe")
    assert options_in("The id of the agent to stop") == ()
