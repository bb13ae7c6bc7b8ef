"""Facts about the plain report, and about the table of forms."""

from __future__ import annotations

import json
from pathlib import Path

from hive_integration.dataset.render import FORMS
from tests.dataset.render.sample import sample


def test_it_has_every_part(tmp_path: Path) -> None:
    """Each once, columns under their heads."""
    text = FORMS["text"](sample(tmp_path))
    for title in ("Coverage", "Tokens (o200k_base)", "Training, ", "Diversity", "Families of phrasing: ", "Languages: ",
                  "Ways of asking: ", "Of these: ", "Teachers: ", "Licences: ", "Refused"):  # fmt: skip
        assert text.count(f"\n{title}") == 1
    head, row = text.partition("\nCoverage\n")[2].splitlines()[:2]
    assert head.index("taught") + len("taught") == row.index(" 1 ") + 2
    assert text.endswith("\n")
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_json_is_what_the_statistics_say(tmp_path: Path) -> None:
    """One value, for scripts."""
    statistics = sample(tmp_path)
    assert json.loads(FORMS["json"](statistics)) == json.loads(json.dumps(statistics.to_json()))


def test_what_is_empty_is_left_out(tmp_path: Path) -> None:
    """No heads without rows."""
    statistics = sample(tmp_path)
    statistics.manifest = {}
    assert "Refused" not in FORMS["text"](statistics)
