"""Facts about the plugin's cutting: piece by piece the same as hive-ctx's own, whatever the text."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from hive_integration.units import Component, digest_of
from hive_integration.units.cut import CutText, cut_context, cut_system
from hive_integration.units.remainder import remainder

pytestmark = pytest.mark.e2e

HERE = Path(__file__).parent
HOOKS = HERE.parents[1] / "plugin/hooks"
NAMES = ("mcp__a__b-c", "Bash", "Ünder_x.y:z", "-no", "a b", "9x")
OPENINGS = (
    "# Environment\n", "# Environment\nYou have been invoked in the following environment: \n", "# gitStatus\n",
    "# Tone\n", "gitStatus: clean\n", "# claudeMd\n", "```\n", "~~~sh\n", "You are powered by the model x.\n",
    "Today's date is 2026-01-01.\n", "SessionStart:startup hook success: hi\n", "UserPromptSubmit hook success: x\n",
    "Contents of /a/B (a (b) c):\n\nword\n",
    "As you answer the user's questions, you can use the following context:\n", "<total_tokens>9</total_tokens>\n",
    "  IMPORTANT: this context may or may not be relevant\n", "Attribution for git commits\n",
    "# Output Style: Loud\n", "Loud output style is active.\n", "The following deferred tools are now available x\n",
    "# MCP Server Instructions\n", "Available agent types for the Agent tool:\n",
    "The following skills are available\n\n", "When you launch multiple agents\n",
)  # fmt: skip
LINES = (
    "- coder: writes code\n", "- plain\n", "-x\n", " - Platform: linux\n", " - Working directory: /tmp/x\n",
    " - Say no lies.\n", "- Use `a` in /home/élan/x here.\n", " - The day is ２０２６-01-02.\n", "   goes on here.\n",
    "\n", "\n\n", "## server one\n", "\r\n", "a line with blanks \t \x1f\n", "\u2028sep\u2029\n", "\ufeff\n",
    "\x85\n", "# \n", "#no\n", "- a:b: c\n", "- : c\n", "- ſhell: x.\n", "text", "🌧 rain\n", "    \n",
    "- x@y.z is a mail.\n", "- Is a git repository: true.\n", *(f"{name}\n" for name in NAMES),
)  # fmt: skip
TAGS = ("<system-reminder>\n", "\n</system-reminder>\n", "</system-reminder>  \n\n", "<system-reminder>")


def texts(seed: int, count: int, *, tags: bool) -> list[str]:
    """Texts of what the rules look for, in any order."""
    luck = random.Random(seed)
    fragments = (OPENINGS * 2 + LINES * 2 + TAGS) if tags else OPENINGS + LINES
    return ["".join(luck.choices(fragments, k=luck.randint(0, 14))) for _ in range(count)]


def asked(wholes: Sequence[str], gone: Sequence[int], folder: Path) -> list[dict[str, Any]]:
    """What the plugin's modules say of each text."""
    node = shutil.which("node")
    assert node, "the end-to-end tests need Node.js 20 or later"
    modules = shutil.copytree(HOOKS, folder / "hooks")
    (folder / "package.json").write_text('{"type": "module"}')
    lines = "".join(json.dumps({"whole": whole, "gone": gone}) + "\n" for whole in wholes)
    done = subprocess.run(
        [node, str(HERE / "twin.mjs"), str(modules)],
        input=lines,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def expected(cut: CutText, gone: Sequence[int]) -> dict[str, Any]:
    """The same of hive-ctx's own cut."""
    return {
        "pieces": [
            [cut.text[p.start : p.end], not p.known or p.component is Component.ENVIRONMENT] for p in cut.pieces
        ],
        "left": remainder(cut, {i % len(cut.pieces) for i in gone}),
    }


def same(answer: Mapping[str, Any], cut: CutText, gone: Sequence[int]) -> bool:
    return {key: answer[key] for key in ("pieces", "left")} == expected(cut, gone)


@pytest.mark.parametrize("gone", [(0,), (1, 2, 5), (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)])
def test_system_prompts_are_cut_alike(gone: tuple[int, ...], tmp_path: Path) -> None:
    """Pieces, what stays of them, and what is left when some go; 1,500 prompts of what the rules look for."""
    wholes = texts(len(gone), 1_500, tags=True)
    for whole, answer in zip(wholes, asked(wholes, gone, tmp_path), strict=True):
        assert same(answer["system"], cut_system(whole), gone), whole


@pytest.mark.parametrize("gone", [(0,), (1, 2, 5), (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)])
def test_context_texts_are_cut_alike(gone: tuple[int, ...], tmp_path: Path) -> None:
    """Sections, entries of listings, names of tools. The plugin leaves a text whole that quotes the client's tags."""
    wholes = texts(len(gone), 1_500, tags=False)
    for whole, answer in zip(wholes, asked(wholes, gone, tmp_path), strict=True):
        assert same(answer["context"], cut_context(whole, frozenset()), gone), whole


def test_digests_are_the_same(tmp_path: Path) -> None:
    """Line ends, blanks of every script, edges: one text has one digest; what may be JSON has none here."""
    wholes = [
        *texts(7, 1_000, tags=True),
        "",
        " ",
        "a\r\rb",
        "\x1c\u3000a\u00a0\n b \u2003",
        "\ufeffa\ufeff",
        "🌧\ud7ff",
        '{"name": 1}',
    ]
    answers = asked(wholes, (), tmp_path)
    assert answers[-1]["digest"] == ""
    for whole, answer in zip(wholes[:-1], answers[:-1], strict=True):
        assert "sha256:" + answer["digest"] == digest_of(whole), whole
