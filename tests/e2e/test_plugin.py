"""Facts about the plugin as the product's own commands see it: valid, tested, installed, and its commands run."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from hive_integration.providers.fake import reply, running
from tests.plugin.scene import PLUGIN, Scene, main_requests, scene, texts

pytestmark = pytest.mark.e2e


@pytest.fixture(params=["2.1.329", "2.1.197"])
def it(request: pytest.FixtureRequest, claude_329: Path, claude_197: Path, tmp_path: Path) -> Scene:
    return scene({"2.1.329": claude_329, "2.1.197": claude_197}[request.param], tmp_path / "it")


def plugin_command(it: Scene, *words: str) -> subprocess.CompletedProcess[str]:
    """`claude plugin …`, which needs no model."""
    with running(reply) as upstream:
        return subprocess.run(
            [str(it.client), "plugin", *words], cwd=it.project, env=it.env(upstream), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip


def test_the_plugin_is_valid(claude_329: Path, tmp_path: Path) -> None:
    """Without a warning, and as the directory of plugins wants it; the mod writes one variable and no file."""
    it = scene(claude_329, tmp_path / "it")
    done = plugin_command(it, "validate", "--strict", "--profile", "directory", str(PLUGIN))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "env writes: CLAUDE_CODE_ATTRIBUTION_HEADER\n" in done.stdout
    assert "fs.write" not in done.stdout
    assert "process.run" not in done.stdout


def test_the_mods_own_tests_pass(claude_329: Path, tmp_path: Path) -> None:
    """`claude plugin test`: no session, no network."""
    done = plugin_command(scene(claude_329, tmp_path / "it"), "test", str(PLUGIN))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n 0 fail\n" in done.stdout
    assert "register > a direct fine-tuned session" in done.stdout


def test_it_installs_from_its_own_folder(it: Scene) -> None:
    """The folder is a marketplace of one plugin; nothing of it is always in the context."""
    for words in (("marketplace", "add", str(PLUGIN)), ("install", "hive@hive-ctx", "--scope", "local")):
        done = plugin_command(it, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    listed = json.loads(plugin_command(it, "list", "--json").stdout)
    assert [(each["id"], each["enabled"]) for each in listed] == [("hive@hive-ctx", True)]
    settings = json.loads((it.project / ".claude/settings.local.json").read_text())
    assert settings["enabledPlugins"] == {"hive@hive-ctx": True}


@pytest.mark.parametrize(("command", "words"), [("audit", "--budget 9"), ("switch", "finetuned"), ("status", "")])
def test_its_commands_run_hive_ctx(it: Scene, command: str, words: str) -> None:
    """What the program says is what the model is asked to show."""
    program = it.home / "hive-ctx"
    program.write_text('#!/bin/sh\necho "HIVE-CTX-SAYS $*"\n')
    program.chmod(0o755)
    with running(lambda request: reply(request, "shown")) as upstream:
        command_line = [str(it.client), "--plugin-dir", str(PLUGIN), "-p", f"/hive:{command} {words}".strip()]
        done = subprocess.run(
            command_line, cwd=it.project, env=it.env(upstream, HIVE_CTX=str(program)), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    said = "\n".join(text for _, text in texts(main_requests(upstream)[0]))
    options = {"audit": "audit --method static --budget 9"}.get(command, f"{command} {words}".strip())
    assert f"HIVE-CTX-SAYS {options}\n" in said.replace("\r", "") + "\n"
