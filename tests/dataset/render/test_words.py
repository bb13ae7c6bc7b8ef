"""Facts about what the reports say."""

from __future__ import annotations

from pathlib import Path

from hive_integration.dataset.render import words
from tests.dataset.render.sample import sample


def test_coverage_is_grouped_by_level_and_category(tmp_path: Path) -> None:
    """How many units there are, how many are taught, and the examples of each cell."""
    table = words.coverage(sample(tmp_path))
    assert table.heads[:3] == ["units", "all", "taught"]
    assert table.rows == [["L2 tool specifications", "2", "1", "21", "0", "0", "0", "0", "0"]]
    assert words.coverage(sample(tmp_path, known=False)).rows[0][0] == "all units"


def test_costs_are_cheapest_first_with_their_dates(tmp_path: Path) -> None:
    """Each back end's source is said once."""
    statistics = sample(tmp_path)
    rows = words.costs(statistics).rows
    amounts = [float(row[1].strip("$").replace(",", "")) for row in rows]
    assert amounts == sorted(amounts)
    assert all(row[3].startswith("2026-") for row in rows)
    assert len(words.sources(statistics)) == len({cost.rate.backend for cost in statistics.costs})


def test_the_verdicts_say_what_is_lacking(tmp_path: Path) -> None:
    """Units without an example, families below the floor, yield; without units, that they would help."""
    said = " / ".join(words.verdicts(sample(tmp_path)))
    for part in ("21 examples", "1 units are taught, 1 are not", "1 of 1 tools and other behaviours have fewer than 60",
                 "50.0 % of what was made", "of the branches"):  # fmt: skip
        assert part in said
    assert "--units" in " ".join(words.verdicts(sample(tmp_path, known=False)))


def test_tables_have_a_cell_for_each_head(tmp_path: Path) -> None:
    """In every row."""
    statistics = sample(tmp_path)
    for make in (words.coverage, words.tokens, words.costs, words.diversity, words.rejects):
        table = make(statistics)
        assert {len(row) for row in table.rows} == {len(table.heads)}
