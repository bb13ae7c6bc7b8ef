"""Facts about what happens to one path: before us, as we left it, and now."""

from __future__ import annotations

import json

import pytest

from hive_integration.errors import HiveError
from hive_integration.install.change import Edit, Put
from hive_integration.install.ledger import Entry, Lost, stamp
from hive_integration.install.merge import Want
from hive_integration.install.steps import Original, Step, again, edit, handed, put, undo
from hive_integration.install.writes import Content

SETTINGS = '{\n  "env": {"MINE": "1"}\n}\n'
EDIT = Edit("s.json", [Want(("env", "OURS"), "1", source="o")])


def _of(text: str, mode: int = 0o644) -> Content:
    return Content(text.encode(), mode)


def _had(content: Content | None) -> Original:
    return lambda _: content


def _lost(_: Entry) -> Content | None:
    raise Lost("its original is lost")


def _installed(present: Content | None = None) -> tuple[Content, Entry]:
    """Settings after the first edit, and their entry."""
    step = edit(EDIT, present or _of(SETTINGS, 0o600), None, _lost).step
    assert step is not None
    assert step.will is not None
    assert step.entry is not None
    return step.will, step.entry


def test_a_new_file_is_ours() -> None:
    """And there was none before."""
    step = put(Put("a", b"x", 0o755), None, None).step
    assert step == Step("a", None, _of("x", 0o755), None, Entry(stamp(_of("x", 0o755)), None))


def test_a_file_that_is_there_already_stays_whose_it_is() -> None:
    """An equal one is nothing to do and not ours; another one is in the way."""
    assert put(Put("a", b"x"), _of("x", 0o600), None).step is None
    with pytest.raises(HiveError, match="not ours"):
        put(Put("a", b"x"), _of("y"), None)


def test_a_patch_replaces_the_file_that_it_knows() -> None:
    """Its bytes are kept; any other file is refused, also none at all."""
    was = _of("was", 0o755)
    done = put(Put("a", b"x", 0o755, was.sha256), was, None)
    assert done.step is not None
    assert done.step.entry == Entry(stamp(_of("x", 0o755)), stamp(was))
    assert done.keep == b"was"
    for present in (_of("other"), None):
        with pytest.raises(HiveError, match="expected the one with"):
            put(Put("a", b"x", before=was.sha256), present, None)


def test_an_upgrade_replaces_what_is_ours_and_keeps_the_first_original() -> None:
    """What the user changed stays, and is told; what is gone comes back."""
    past = Entry(stamp(_of("v1")), stamp(_of("was")))
    step = put(Put("a", b"v2"), _of("v1"), past).step
    assert step is not None
    assert step.entry == Entry(stamp(_of("v2")), past.had)
    changed = put(Put("a", b"v2"), _of("user's"), past)
    assert changed.step is None
    assert "stays" in changed.kept[0]
    assert put(Put("a", b"v2"), None, past).step is not None
    assert put(Put("a", b"v1"), _of("v1"), past).step is None


def test_a_mode_is_three_way_too() -> None:
    """An upgrade may change it, unless the user did."""
    past = Entry(stamp(_of("v1")), None)
    assert put(Put("a", b"v1", 0o755), _of("v1"), past).step is not None
    assert put(Put("a", b"v1", 0o755), _of("v1", 0o600), past).step is None
    back = undo("a", _of("ours", 0o600), Entry(stamp(_of("ours")), stamp(_of("was", 0o755))), _had(_of("was", 0o755)))
    assert back.step is not None
    assert back.step.will == _of("was", 0o600)


def test_an_edit_keeps_every_other_byte_and_the_mode() -> None:
    """And done twice it is done."""
    now, entry = _installed()
    assert now == _of('{\n  "env": {"MINE": "1", "OURS": "1"}\n}\n', 0o600)
    assert edit(EDIT, now, entry, _lost).step is None


def test_a_text_that_does_not_parse_is_refused_by_its_name() -> None:
    """Also one that is not UTF-8."""
    for data in (b'{"a": 1,}', b"{'a': 1}", b'{"a": "\xff"}', b"[]"):
        with pytest.raises(HiveError, match=r"^s\.json: "):
            edit(EDIT, Content(data, 0o644), None, _lost)


def test_what_we_left_becomes_what_was_byte_for_byte() -> None:
    """Also where there was nothing."""
    now, entry = _installed()
    back = undo("s.json", now, entry, _had(_of(SETTINGS, 0o600)))
    assert back.step is not None
    assert back.step.will == _of(SETTINGS, 0o600)
    step = edit(EDIT, None, None, _lost).step
    assert step is not None
    assert step.entry is not None
    gone = undo("s.json", step.will, step.entry, _had(None))
    assert gone.step is not None
    assert gone.step.will is None


def test_what_the_user_changed_since_stays() -> None:
    """Other keys silently, ours with a sentence; a file of ours as a whole."""
    now, entry = _installed()
    theirs = _of(now.data.decode().replace('"MINE": "1"', '"MINE": "2", "MORE": "3"'), 0o600)
    back = undo("s.json", theirs, entry, _lost)
    assert back.step is not None
    assert back.step.will == _of('{\n  "env": {"MINE": "2", "MORE": "3"}\n}\n', 0o600)
    assert back.kept == ()
    ours = undo("s.json", _of(now.data.decode().replace('"OURS": "1"', '"OURS": "2"')), entry, _lost)
    assert "env.OURS was changed" in ours.kept[0]
    whole = undo("a", _of("user's"), Entry(stamp(_of("ours")), None), _lost)
    assert whole.step is not None
    assert whole.step.will == _of("user's")
    assert "stays as it is" in whole.kept[0]


def test_what_the_user_took_back_is_nothing_to_do() -> None:
    """The original is there already: nothing is said."""
    back = undo("a", _of("was"), Entry(stamp(_of("ours")), stamp(_of("was"))), _lost)
    assert back.step is not None
    assert back.step.was == back.step.will
    assert back.kept == ()


def test_what_the_user_changed_between_two_installations_survives_the_second_one_too() -> None:
    """Or else the first original would come back over it."""
    now, entry = _installed()
    theirs = _of(now.data.decode().replace('"MINE": "1"', '"MINE": "2"'), 0o600)
    second = edit(Edit("s.json", [*EDIT.wants, Want(("on",), True)]), theirs, entry, _lost)
    assert second.step is not None
    assert second.step.entry is not None
    original = _of('{\n  "env": {"MINE": "2"}\n}\n', 0o600)
    assert second.step.entry.had == stamp(original)
    assert second.keep == original.data
    back = undo("s.json", second.step.will, second.step.entry, _had(original))
    assert back.step is not None
    assert back.step.will == original


def test_a_lost_original_is_no_dead_end() -> None:
    """A file of others is taken back key by key, and one of ours stays and is told."""
    now, entry = _installed()
    back = undo("s.json", now, entry, _lost)
    assert back.step is not None
    assert back.step.will == _of(SETTINGS, 0o600)
    whole = undo("a", _of("ours"), Entry(stamp(_of("ours")), stamp(_of("was"))), _lost)
    assert "lost" in whole.kept[0]


def test_what_a_program_of_ours_wrote_is_ours_where_it_found_ours() -> None:
    """Not where the user had changed the file before it came."""
    now, entry = _installed()
    found = Step("s.json", now, None, entry, None)
    assert handed(found, now) == entry
    after = handed(found, _of("{}"))
    assert after is not None
    assert after.left == stamp(_of("{}"))
    assert after.had == entry.had
    assert handed(Step("s.json", _of("user's"), None, entry, None), _of("{}")) == entry
    assert handed(Step("s.json", None, None, None, None), _of("{}")) == Entry(stamp(_of("{}")), None, (), True)


def test_the_style_of_a_program_of_ours_is_not_the_users() -> None:
    """What is equal to the original after taking back becomes the original's bytes, unless the user wrote it so."""
    now, entry = _installed()
    styled = json.dumps(json.loads(now.data) | {"later": 1}, indent=4)
    by_us = handed(Step("s.json", now, None, entry, None), _of(styled))
    assert by_us is not None
    later = _of(json.dumps(json.loads(now.data), indent=4), 0o600)
    back = undo("s.json", later, by_us, _had(_of(SETTINGS, 0o600)))
    assert back.step is not None
    assert back.step.will == _of(SETTINGS, 0o600)
    users = undo("s.json", later, entry, _had(_of(SETTINGS, 0o600)))
    assert users.step is not None
    assert users.step.will == _of(json.dumps({"env": {"MINE": "1"}}, indent=4), 0o600)


def test_a_step_is_planned_again_from_what_somebody_wrote() -> None:
    """Before it was done as well as after; a file of ours as a whole stays theirs then."""
    step = edit(EDIT, _of(SETTINGS), None, _lost).step
    assert step is not None
    fetch = _had(_of(SETTINGS))
    before = again(step, _of('{"theirs": 1}'), fetch).step
    assert before is not None
    assert before.will is not None
    assert json.loads(before.will.data) == {"theirs": 1, "env": {"OURS": "1"}}
    assert before.entry is not None
    assert before.entry.had == stamp(_of('{"theirs": 1}'))
    later = _of('{"env": {"OURS": "1"}, "theirs": 1}')
    after = again(step, later, fetch).step
    assert after is not None
    assert (after.was, after.will, after.entry) == (later, later, step.entry)
    ours = put(Put("a", b"x"), None, None).step
    assert ours is not None
    assert again(ours, _of("theirs"), fetch).step is None


def test_a_step_has_its_inverse() -> None:
    """Which leaves the ledger's entry as it was before, too."""
    step = put(Put("a", b"v2"), _of("v1"), Entry(stamp(_of("v1")), None)).step
    assert step is not None
    assert (step.back.was, step.back.will, step.back.entry) == (step.will, step.was, step.past)
