"""Facts about the overlays, with the real clients on the real claude-flow: what a file says it saves, it saves."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hive_integration.install.merge import merged
from hive_integration.install.overlays import BASE, chosen, edit_of, load_overlays
from hive_integration.install.target import Target

from .test_probe import audited

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300), pytest.mark.xdist_group("overlays")]

PROJECT = "claude-flow 3.43.0"
LEVERS = ("hive-tools", "skill-descriptions", "simple-prompt")
Report = dict[str, Any]


class Stage:
    """One client, and a claude-flow project that is made anew for each probe, always in the same place."""

    def __init__(self, version: str, client: Path, base: Path, init: Callable[[Path], Path]) -> None:
        self.version, self.client, self.base, self.init = version, client, base, init
        self.before = self.probed()

    def probed(self, *names: str) -> Report:
        """The report on the first request with these overlays."""
        folder, home = self.base / "flow", self.base / "home"
        for old in (folder, home):
            shutil.rmtree(old, ignore_errors=True)
        home.mkdir()
        self.init(folder)
        facts = {"config_dir": f"{folder}/hive-integration", "state": f"{home}/state.json", "program": "/bin/hive-ctx"}
        edit = edit_of(chosen(names, load_overlays()), Target(folder, "hive"), facts)
        if edit.wants:
            (folder / edit.path).write_text(merged("", edit.wants)[0])
        return audited(folder, home, self.client)[0]


@pytest.fixture(scope="module", params=["2.1.329", "2.1.197"])
def stage(
    request: pytest.FixtureRequest, claude_329: Path, claude_197: Path, claude_flow_3: Callable[[Path], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Stage:  # fmt: skip
    client = {"2.1.329": claude_329, "2.1.197": claude_197}[request.param]
    return Stage(request.param, client, tmp_path_factory.mktemp("overlays"), claude_flow_3)


@pytest.mark.parametrize("name", LEVERS)
def test_a_lever_saves_what_its_file_says(stage: Stage, name: str) -> None:
    """Within 5 %, direct and behind a gateway: the figures that a user chooses by are this client's."""
    measured = load_overlays()[name].measured
    assert measured is not None
    said = measured.clients[stage.version][PROJECT]
    before, after = stage.before, stage.probed(name)
    assert before["total_tokens"] - after["total_tokens"] == pytest.approx(said.saved, rel=0.05)
    by_gateway = before["notes"]["gateway_total_tokens"] - after["notes"]["gateway_total_tokens"]
    assert by_gateway == pytest.approx(said.saved_by_gateway, rel=0.05)


def test_the_base_overlay_changes_no_request(stage: Stage) -> None:
    """Every piece of the first request is there with the same digest, but for the hooks, which name the session."""
    before, after = (
        Counter(unit["digest"] for unit in report["units"] if unit["component"] != "hooks")
        for report in (stage.before, stage.probed(BASE))
    )
    assert after == before
