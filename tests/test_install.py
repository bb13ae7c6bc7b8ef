"""install.sh in a copy of its own, with pretended Pythons on PATH: what it finds, makes, leaves alone and says."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PRETENDED = """#!/bin/sh
# A Python of version {version}: it checks its version, makes environments and pretends to run pip.
case "$1 $2" in
    "-c import pip"*) exit 0 ;;
    "-c "*) case "$2" in *"'{version}'"*) exit 0 ;; *) exit 1 ;; esac ;;
    "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo {version} > "$3/version"
        printf '#!/bin/sh\\necho "audited:$*"\\n' > "$3/bin/hive-ctx" && chmod +x "$3/bin/hive-ctx" ;;
    "-m pip") echo "$*" >> "{log}" ;;
esac
"""


class House:
    """A checkout in a folder with a space in its name, a home, and a PATH of basic tools."""

    def __init__(self, base: Path) -> None:
        self.root, self.home, self.bin, self.log = base / "a checkout", base / "home", base / "bin", base / "pip.log"
        for folder in (self.root / "examples/hive", self.home, self.bin):
            folder.mkdir(parents=True)
        shutil.copy(ROOT / "install.sh", self.root)
        (self.root / "pyproject.toml").write_text("[project]\n")
        for tool in ["bash", "sh", "readlink", "dirname", "cat", "cksum", "mkdir", "touch", "rm", "cp", "chmod"]:
            (self.bin / tool).symlink_to(str(shutil.which(tool)))

    def python(self, version: str, place: Path | None = None) -> None:
        """Put a pretended Python on PATH, or at `place`."""
        path = place or self.bin / f"python{version}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PRETENDED.format(version=version, log=self.log))
        path.chmod(0o755)

    def run(self, *args: str, script: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the script from the home folder, without a terminal and without standard input."""
        return subprocess.run(
            [str(script or self.root / "install.sh"), *args],
            cwd=self.home,
            env={"PATH": str(self.bin), "HOME": str(self.home), **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def tree(self) -> dict[str, str]:
        """Every file of the checkout with its hash."""
        files = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house with Python 3.12 on PATH."""
    built = House(tmp_path)
    built.python("3.12")
    return built


def test_it_makes_an_environment_beside_itself_and_audits_the_example(house: House) -> None:
    """Called from another folder, with no configuration of the user's own, it ends with the bundled hive's audit."""
    done = house.run()
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"audited:audit {house.root}/examples/hive --method static\n"
    assert not (house.home / ".venv").exists()


def test_it_takes_the_newest_python_on_path_or_under_pyenv(house: House) -> None:
    """3.13 under pyenv is preferred to 3.12 on PATH."""
    house.python("3.13", house.home / ".pyenv/versions/3.13.1/bin/python")
    house.python("3.11")
    house.run()
    assert (house.root / ".venv/version").read_text() == "3.13\n"


def test_it_looks_beside_the_pyenv_command(house: House, tmp_path: Path) -> None:
    """A pyenv that lives in another home has its Pythons beside its own program."""
    pyenv = tmp_path / "py env/bin/pyenv"
    pyenv.parent.mkdir(parents=True)
    pyenv.write_text("#!/bin/sh\n")
    pyenv.chmod(0o755)
    house.python("3.13", tmp_path / "py env/versions/3.13.9/bin/python")
    house.run(PATH=f"{house.bin}:{pyenv.parent}")
    assert (house.root / ".venv/version").read_text() == "3.13\n"


def test_a_pyenv_shim_that_does_not_run_is_passed_over(house: House) -> None:
    """A `python3.13` that fails is not an interpreter."""
    shim = house.bin / "python3.13"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    house.run()
    assert (house.root / ".venv/version").read_text() == "3.12\n"


def test_a_second_run_changes_nothing(house: House) -> None:
    """The tree is the same afterwards and pip was called once; a changed pyproject.toml calls it again."""
    house.run()
    before = house.tree()
    done = house.run()
    assert (done.returncode, house.tree()) == (0, before)
    assert len(house.log.read_text().splitlines()) == 1
    (house.root / "pyproject.toml").write_text("[project]\nname = 'new'\n")
    house.run()
    assert len(house.log.read_text().splitlines()) == 2


def test_extras_are_installed_when_asked_for_and_kept(house: House) -> None:
    """`HIVE_EXTRAS=dev` after a plain run installs more; a plain run after that installs nothing."""
    house.run()
    house.run("--no-audit", HIVE_EXTRAS="dev")
    house.run()
    lines = house.log.read_text().splitlines()
    assert [line.endswith("[dev]") for line in lines] == [False, True]


@pytest.mark.parametrize("kind", ["folder", "file", "override"])
def test_the_users_own_configuration_is_audited_where_there_is_one(house: House, kind: str) -> None:
    """From the checkout, which has no project configuration of its own: so only the user's is in the audit."""
    env = {}
    if kind == "folder":
        (house.home / ".claude").mkdir()
    elif kind == "file":
        (house.home / ".claude.json").write_text("{}")
    else:
        (house.home / "elsewhere").mkdir()
        env["CLAUDE_CONFIG_DIR"] = str(house.home / "elsewhere")
    done = house.run(**env)
    assert done.stdout == f"audited:audit {house.root} --method static\n"
    assert "audit your own configuration" in done.stderr


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder with a space in its name."""
    folder = tmp_path / "my project"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("args", [[], ["--yes"]])
def test_a_target_is_integrated_and_audited(house: House, target: Path, args: list[str]) -> None:
    """By hive-ctx itself, which gets the answer that was given beforehand, and with its standard input."""
    done = house.run(str(target), *args)
    assert done.returncode == 0, done.stderr
    integrated, audited = done.stdout.splitlines()
    assert integrated == " ".join(["audited:install", *args, "--", str(target)])
    assert audited == f"audited:audit {target} --method static"
    assert list(target.iterdir()) == []


def test_a_dry_run_of_a_target_is_the_integrations_own(house: House, target: Path) -> None:
    """Where hive-ctx is there it shows its plan; before that there is one line for each step, and nothing is made."""
    lines = house.run(str(target), "--dry-run").stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["make", "install", "install", "audit"]
    assert not (house.root / ".venv").exists()
    house.run("--no-audit")
    lines = house.run(str(target), "--dry-run").stdout.splitlines()
    assert lines == [f"audited:install --dry-run -- {target}", f"would audit {target}"]


def test_a_target_is_given_back_and_the_environment_stays(house: House, target: Path) -> None:
    """`--uninstall TARGET` takes the integration back; without TARGET it is the environment that goes."""
    done = house.run("--uninstall", str(target), "--yes")
    assert done.stdout == f"audited:uninstall --yes -- {target}\n"
    assert (house.root / ".venv").exists()
    assert house.run("--uninstall").returncode == 0
    assert not (house.root / ".venv").exists()


def test_it_works_through_a_symbolic_link(house: House) -> None:
    """The environment is made beside the script, not beside the link."""
    link = house.home / "link.sh"
    link.symlink_to(house.root / "install.sh")
    assert house.run(script=link).returncode == 0
    assert (house.root / ".venv/bin/hive-ctx").exists()


def test_a_dry_run_says_what_it_would_do_and_does_nothing(house: House) -> None:
    """Each step is one line; nothing is written."""
    before = house.tree()
    done = house.run("--dry-run")
    assert done.returncode == 0
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["make", "install", "audit"]
    assert (house.tree(), house.log.exists()) == (before, False)


def test_uninstalling_takes_away_what_was_made_and_only_that(house: House) -> None:
    """Install and uninstall leave the tree as it was; a second time there is nothing to do; another's is left alone."""
    before = house.tree()
    house.run()
    assert house.run("--uninstall", "--dry-run").stdout.startswith("would remove")
    assert (house.root / ".venv").exists()
    assert house.run("--uninstall").returncode == 0
    assert house.tree() == before
    assert not (house.root / ".venv").exists()
    house.python("3.12", house.root / ".venv/bin/python")
    assert house.run("--uninstall").returncode == 0
    assert (house.root / ".venv/bin/python").exists()


def test_an_environment_that_is_not_its_own_is_used_but_never_replaced(house: House) -> None:
    """One that works gets the package; one that does not is reported and kept."""
    house.python("3.12", house.root / ".venv/bin/python")
    assert house.run("--no-audit").returncode == 0
    assert "-e" in house.log.read_text()
    (house.root / ".venv/bin/python").write_text("#!/bin/sh\nexit 1\n")
    done = house.run()
    assert done.returncode == 1
    assert "is not of this script's making" in done.stderr
    assert (house.root / ".venv/bin/python").exists()


def test_without_a_suitable_python_it_says_what_to_do_in_one_line(tmp_path: Path) -> None:
    """No Python, no uv: exit 1, one line, nothing made."""
    house = House(tmp_path)
    house.python("3.9")
    done = house.run()
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "pyenv install 3.13" in done.stderr
    assert not (house.root / ".venv").exists()


def test_uv_makes_the_environment_where_no_python_does(tmp_path: Path) -> None:
    """uv brings its own Python."""
    house = House(tmp_path)
    uv = house.bin / "uv"
    house.python("3.13", tmp_path / "uvs-python")
    uv.write_text(f'#!/bin/sh\nfor last; do :; done\n"{tmp_path}/uvs-python" -m venv "$last"\n')
    uv.chmod(0o755)
    done = house.run()
    assert done.returncode == 0, done.stderr
    assert (house.root / ".venv/bin/hive-ctx").exists()


@pytest.mark.parametrize("args", [["--frobnicate"], ["no such folder"]])
def test_wrong_usage_is_exit_two_and_one_line(house: House, args: list[str]) -> None:
    """An unknown option and a missing folder change nothing."""
    done = house.run(*args)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert not (house.root / ".venv").exists()


def test_a_failing_pip_is_exit_one_and_tried_again(house: House) -> None:
    """The failure is told, and the next run does not take the environment for finished."""
    (house.bin / "python3.12").write_text(PRETENDED.format(version="3.12", log="/nonexistent/log"))
    done = house.run()
    assert done.returncode == 1
    assert "pip could not install hive-ctx" in done.stderr
    assert not (house.root / ".venv/.installed").exists()


def test_the_script_is_thin_and_clean() -> None:
    """Under 70 lines, and shellcheck has nothing to say; neither has it of the script that a target gets."""
    assert len((ROOT / "install.sh").read_text().splitlines()) < 70
    checker = shutil.which("shellcheck", path=f"{ROOT}/.venv/bin{os.pathsep}{os.environ['PATH']}")
    assert checker is not None
    scripts = [ROOT / "install.sh", ROOT / ".ci/run", ROOT / "configs/integration/install.sh"]
    done = subprocess.run([checker, *scripts], capture_output=True, text=True, check=False)
    assert done.stdout == ""
