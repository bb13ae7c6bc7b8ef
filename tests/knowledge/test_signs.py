"""Facts about the table of signs."""

from __future__ import annotations

from hive_integration.knowledge.signs import SIGNS, Where
from hive_integration.units import Category


def test_every_sign_has_a_name_of_its_own() -> None:
    """The reason of a unit names its signs, so no two share a name."""
    assert len({sign.name for sign in SIGNS}) == len(SIGNS)


def test_every_category_but_the_clients_has_signs() -> None:
    """System prompts are known by where they stand; every other category is looked for."""
    assert {sign.category for sign in SIGNS} == set(Category) - {Category.SYSTEM_PROMPTS}


def test_every_place_is_looked_at() -> None:
    """No place is prepared in vain."""
    assert {sign.where for sign in SIGNS} == set(Where)


def test_no_sign_fits_everything() -> None:
    """An empty text shows none."""
    assert [sign.name for sign in SIGNS if sign.pattern.search("")] == []
