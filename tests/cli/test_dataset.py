"""Facts about `hive-ctx dataset` as a user meets it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.cli.main import main
from hive_integration.units.dialogue import Message
from tests.dataset.folders import change, good, write
from tests.dataset.gates.made import BOOK
from tests.dataset.templates import TRL, folder
from tests.dataset.tiny import units_text


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A dataset of forty examples beside its units."""
    (tmp_path / "units.jsonl").write_text(units_text(BOOK))
    return write(tmp_path / "data", [good(i) for i in range(40)], [good(90, "sealed.1")])


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["dataset", *map(str, args)])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_a_good_dataset_is_said_to_be_good(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And what was not looked at for want of units."""
    code, out, _ = run(capsys, "check", data, "--floor", 7, "--units", data.parent / "units.jsonl")
    assert (code, out) == (0, f"{data}: 41 examples, nothing wrong\n")
    assert "--units" in run(capsys, "check", data, "--floor", 7)[1]


def test_each_fault_is_a_line_and_the_exit_code_is_four(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten of a kind are shown, the others counted."""
    for line in range(1, 15):
        change(data, "train.jsonl", line, messages=[])
    code, out, err = run(capsys, "check", data, "--floor", 0)
    assert code == 4
    assert out.splitlines()[0] == "train.jsonl:1: has no messages"
    assert out.count("has no messages") == 11
    assert "… and 4 more: has no messages" in out
    assert "15 findings in 41 examples" in err
    assert "compile it again" in err


def test_too_few_families_alone_ask_for_more_examples(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing else is wrong then."""
    code, out, err = run(capsys, "check", data, "--units", data.parent / "units.jsonl")
    assert code == 4
    assert out == "train.jsonl: has fewer than 60 families of phrasing: mcp__t__note, 8\n"
    assert "more examples" in err


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_statistics_come_in_each_form(data: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    """On standard output alone, or in a file."""
    code, out, err = run(capsys, "stats", data, "--units", data.parent / "units.jsonl", "--format", form)
    assert (code, err) == (0, "")
    assert {"text": "41 examples", "json": '"schema": "hive-ctx/dataset-stats/1"', "html": "<!doctype html>"}[
        form
    ] in out
    run(capsys, "stats", data, "--units", data.parent / "units.jsonl", "--format", form, "--out", data.parent / "out")
    assert (data.parent / "out").read_text() == out


def test_a_stranger_s_name_does_not_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither in statistics nor in findings."""
    evil = good(1, "x\x1b[31m.1", language="\x1b]0;x\x07", licence="a\nb")
    folder = write(tmp_path / "data", [evil, good(2)], [good(3, "x\x1b[31m.1")])
    for command in (("stats", folder), ("check", folder)):
        _, out, _ = run(capsys, *command)
        assert "\x1b" not in out
        assert "\\x1b" in out


def test_an_export_says_what_it_wrote_and_what_it_did_not(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files with their lines, refusals and changes with their numbers."""
    odd = replace(good(2), messages=(*good(2).messages[:4], Message("assistant", "</s>")))
    folder_ = write(data, [good(1), odd])
    code, out, _ = run(capsys, "export", folder_, "--to", "trl", "--out", data.parent / "out")
    assert code == 0
    assert f"1  {data.parent / 'out/train.jsonl'}" in out
    assert "1  refused: train.jsonl: holds a mark of chat templates" in out
    template = folder(TRL) / "llama3_1.jinja"
    code, out, _ = run(capsys, "export", folder_, "--to", "template", "--template", template, "--bos", "", "--out",
                       data.parent / "text")  # fmt: skip
    assert code == 0
    assert "changed: words beside a call, left out" in out


def test_tools_are_declared_from_units(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without units that is wrong usage, and nothing is written."""
    args = ("export", data, "--to", "openai", "--out", data.parent / "out", "--tools", "1")
    code, _, err = run(capsys, *args)
    assert code == 2
    assert "--units" in err
    assert not (data.parent / "out").exists()
    code, _, _ = run(capsys, *args, "--units", data.parent / "units.jsonl")
    assert code == 0
    line = json.loads((data.parent / "out/train.jsonl").read_text().splitlines()[0])
    assert len(line["tools"]) == 2


@pytest.mark.parametrize("command", ["check", "stats", "export"])
def test_what_is_no_dataset_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """Exit code 1, and how to get one."""
    more = ("--to", "openai", "--out", tmp_path / "out") if command == "export" else ()
    code, _, err = run(capsys, command, tmp_path, *more)
    assert code == 1
    assert "unfinished" in err
    assert "hint:" in err


def test_a_large_dataset_says_how_far_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line at every tenth, on standard error."""
    folder_ = write(tmp_path / "data", [good(i) for i in range(20)])
    manifest = json.loads((folder_ / "manifest.json").read_text())
    manifest["counts"]["examples"] = 10_000
    (folder_ / "manifest.json").write_text(json.dumps(manifest))
    assert run(capsys, "export", folder_, "--to", "openai", "--out", tmp_path / "a")[2] == ""
    manifest["counts"]["examples"] = 20
    (folder_ / "manifest.json").write_text(json.dumps(manifest))
    assert run(capsys, "export", folder_, "--to", "openai", "--out", tmp_path / "b")[2] == ""


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """For the group and each of its commands."""
    for command in ((), ("check",), ("stats",), ("export",)):
        code, out, _ = run(capsys, *command, "--help")
        assert code == 0
        assert "xample" in out
