"""The rules of the house that a machine can check, beside what ruff, mypy and import-linter do."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "hive_integration"
HEAVY = {"anthropic", "mcp", "tiktoken", "rich", "pydantic", "jinja2", "openai", "httpx2", "msgspec"}
WITHOUT_TWIN = {
    "__main__.py": "a call of `main`, run by the start-up test",
    "errors.py": "three classes, tested where they are raised",
    "audit/setup.py": "values only",
    "registry/cards.py": "values only",
    "dataset/example.py": "values only",
    "gateway/parts.py": "values only",
    "gateway/reply.py": "values only: a protocol and an exception",
}
"""Modules that may go without a test file of their own, and why. It may only shrink."""


def _python(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "__pycache__" not in path.parts)


def _committed() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_every_module_has_its_twin() -> None:
    """`hive_integration/a/b.py` is tested by `tests/a/test_b.py`; the exceptions are listed and exist."""
    modules = [path.relative_to(PACKAGE) for path in _python("hive_integration") if path.name != "__init__.py"]
    missing = {
        str(module) for module in modules if not (ROOT / "tests" / module.parent / f"test_{module.name}").is_file()
    }
    assert missing == set(WITHOUT_TWIN)


def test_every_test_states_a_fact() -> None:
    """Each test function has a docstring."""
    silent = [
        f"{path.relative_to(ROOT)}:{test.lineno} {test.name}"
        for path in _python("tests")
        for test in _functions(path)
        if test.name.startswith("test_") and not ast.get_docstring(test)
    ]
    assert silent == []


def test_files_and_functions_stay_small() -> None:
    """At most 400 lines a file and 50 a function, in the product and in what measures it."""
    large = []
    for path in _python("hive_integration", "scripts", "benchmarks", "examples", "tests"):
        name = path.relative_to(ROOT)
        if (lines := len(path.read_text().splitlines())) > 400:
            large.append(f"{name}: {lines} lines")
        if name.parts[0] != "tests":
            large += [
                f"{name}:{function.lineno} {function.name}: {length} lines"
                for function in _functions(path)
                if (length := (function.end_lineno or 0) - function.lineno + 1) > 50
            ]
    assert large == []


def test_every_module_opens_with_its_rule() -> None:
    """Each module of the package has a docstring."""
    assert [
        str(path) for path in _python("hive_integration") if not ast.get_docstring(ast.parse(path.read_text()))
    ] == []


def test_the_core_install_stays_within_sixty_packages() -> None:
    """hive-ctx and all that it brings, without extras, is at most 60 distributions."""
    found: set[str] = set()
    waiting = [Requirement("hive-ctx")]
    while waiting:
        requirement = waiting.pop()
        for extra in requirement.extras or {""}:
            name = re.sub(r"[-_.]+", "-", requirement.name).lower()
            if (key := f"{name}[{extra}]") in found:
                continue
            found.add(key)
            needs = map(Requirement, importlib.metadata.requires(name) or [])
            waiting += [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]
    packages = {key.partition("[")[0] for key in found}
    assert 10 < len(packages) <= 60, sorted(packages)


def test_help_imports_nothing_heavy() -> None:
    """`hive-ctx --help` works, and of the big libraries it has imported none."""
    code = (
        "import sys, json; from hive_integration.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "audit" in done.stdout
    assert HEAVY & set(json.loads(done.stderr.splitlines()[-1])) == set()


def test_the_module_runs_as_the_command() -> None:
    """`python -m hive_integration` is `hive-ctx`."""
    command = [sys.executable, "-m", "hive_integration", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("hive-ctx")


def test_imports_point_down_only() -> None:
    """The import contract of pyproject.toml holds."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_nothing_committed_names_one_machine() -> None:
    """No file holds a path of the machine that it was written on."""
    places = re.compile(r"(?<![\w.~$}])/(?:work|root|tmp/x|home/(?!user\b|you\b|me\b|dev\b|alice\b|ada\b)[a-z]+)/")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in _committed()
        if path.suffix in {".py", ".md", ".toml", ".json", ".sh", ".yml", ".html", ""}
        and path.name != Path(__file__).name
        for match in [places.search(path.read_text(encoding="utf-8", errors="replace"))]
        if match
    ]
    assert found == []


def test_the_licence_is_there_in_full() -> None:
    """LICENSE is the Apache License 2.0, and pyproject.toml says so."""
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "NOTICE"])
def test_a_newcomer_finds_what_is_expected(name: str) -> None:
    """The files that one looks for are there and not empty."""
    assert (ROOT / name).stat().st_size > 50
