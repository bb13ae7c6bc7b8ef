"""Facts about what a tool is for, in words."""

from __future__ import annotations

import random

from hive_integration.dataset.offline.purpose import needs_in, purpose_of, shortened


def test_a_description_that_begins_with_a_verb_gives_the_acts() -> None:
    """In the tool's own words and with other verbs; shortened, so that no long run repeats."""
    purpose = purpose_of("mcp__shed__bed_plant", "Creates a raised bed. Use when you need a bed filled early.")
    assert purpose.acts[0] == "create a raised bed"
    assert "set up a raised bed" in purpose.acts
    assert purpose.needs == ("I need a bed filled early",)


def test_a_name_is_enough() -> None:
    """Verb and object are read from it; what names a state stays in the object."""
    assert purpose_of("mcp__x__soil_status", "").acts[0] == "get the soil status"
    assert purpose_of("memory_search_unified", "").object == "unified memory"
    assert purpose_of("list_files", "").concept.name == "list"
    assert purpose_of("analyze_diff", "").object == "diff"


def test_no_act_says_the_name_as_it_is_written() -> None:
    """A request that names the tool teaches nothing."""
    purpose = purpose_of("mcp__x__bed_plant", "Run bed_plant for a bed.")
    rng = random.Random(1)
    for _ in range(40):
        assert "bed_plant" not in purpose.act(rng, ("our", "the shed's"))


def test_shortened_texts_do_not_dangle() -> None:
    """They end with a word that can end a phrase."""
    assert shortened("state of the bed with a fence", 5) == "state of the bed"
    assert needs_in("Nothing of the kind.") == ()
