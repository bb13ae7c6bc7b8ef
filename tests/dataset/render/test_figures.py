"""Facts about figures and plots."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from hive_integration.dataset.render.figures import bars, buckets, columns, number, percent, usd

EVIL = "</text><script>x</script>&\"'"


def test_figures_are_written_for_people() -> None:
    """Thousands apart, shares with one decimal, money with two, or four where it is little."""
    assert (number(27_149), number(0.5)) == ("27,149", "0.50")
    assert (percent(1, 3), percent(0, 0)) == ("33.3 %", "–")
    assert (usd(1234.5), usd(0.0123), usd(0)) == ("$1,234.50", "$0.0123", "$0.00")


def test_families_fall_into_ranges_of_which_the_floor_is_an_edge() -> None:
    """All ranges are there, in order, and every count in one."""
    found = buckets({"a": 1, "b": 9, "c": 10, "d": 59, "e": 60, "f": 1_000})
    assert found == {"1–9": 2, "10–29": 1, "30–59": 1, "60–89": 1, "90–149": 0, "150 and more": 1}


@pytest.mark.parametrize("plot", [bars, columns])
def test_a_plot_is_whole_markup_whatever_its_names(plot: object) -> None:
    """Names are a stranger's: as markup they would be the page's."""
    svg = plot({EVIL: 3, "b": 1, "": 0})  # type: ignore[operator]
    root = ET.fromstring(svg)
    assert [each.tag for each in root.iter("script")] == []
    assert len(list(root.iter("rect"))) == 3
    assert ET.fromstring(plot({})).tag == "svg"  # type: ignore[operator]


def test_bars_show_the_first_and_add_up_the_rest() -> None:
    """A long name is cut, and whole as a title."""
    svg = bars({**{f"tool {i}": 100 - i for i in range(30)}, "x" * 50: 1}, most=3)
    texts = ["".join(each.itertext()) for each in ET.fromstring(svg).iter("text")]
    assert texts[0] == "tool 0tool 0"
    assert "28 more" in texts[-2]
    assert "x" * 31 not in bars({"x" * 50: 1}).partition("<title>")[0]


def test_columns_before_a_mark_are_too_low() -> None:
    """They have a colour of their own."""
    root = ET.fromstring(columns({"a": 1, "b": 2, "c": 3}, mark="b"))
    assert [rect.get("class") for rect in root.iter("rect")] == ["low", None, None]
    assert all(rect.get("class") is None for rect in ET.fromstring(columns({"a": 1})).iter("rect"))
