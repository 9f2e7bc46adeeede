"""The scripts that set everything up and run the checks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "scripts").iterdir())
TOOLS = ("python", "pytest", "ruff", "mypy", "lint-imports", "segkoch-lint", "cargo", "npm", "chromium")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """An environment of programs that only write down how they were called; the file that they write it to."""
    log = tmp_path / "log"
    (tmp_path / "bin").mkdir()
    for name in TOOLS:
        program = tmp_path / "bin" / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\n')
        program.chmod(0o755)
    log.touch()
    return log


def run(log: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    folder = log.parent
    log.write_text("")
    places = {"VENV": str(folder), "CAPTURES": str(folder), "PYTHON": str(folder / "bin" / "python")}
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [ROOT / "scripts" / script, *arguments],
        env={**os.environ, **places, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("script", [script.name for script in SCRIPTS])
def test_the_first_line_of_output_says_what_the_script_does(script: str, log: Path) -> None:
    ran = run(log, script)
    # A wheel needs a folder, and this version is not to be released.
    assert ran.returncode == {"core-wheel": 2, "release-check": 1}.get(script, 0), ran.stdout
    path, sentence = ran.stdout.splitlines()[0].split(": ", 1)
    assert path == str(ROOT / "scripts" / script)
    assert sentence[0].isupper()
    assert len(sentence.split()) > 4
    assert sentence.endswith(".")
    assert f"# {sentence}\n" in (ROOT / "scripts" / script).read_text(encoding="utf-8")


def test_what_is_installed_already_is_not_installed_again(log: Path) -> None:
    def installed(*groups: str) -> tuple[list[str], list[str]]:
        lines = run(log, "environment", *groups).stdout.splitlines()[1:]
        return [line.split("--disable-pip-version-check ")[1] for line in log.read_text().splitlines()], lines

    done, lines = installed("test")
    assert done == ["pip>=25.1", "--group test", "--editable ."]
    assert f"scripts/environment: installing --group test into {log.parent} ..." in lines
    assert installed("test") == ([], [])
    assert installed("test", "check")[0] == ["--group check"]


def test_the_fast_half_is_without_coverage_and_takes_further_arguments(log: Path) -> None:
    def pytest_of(*arguments: str) -> str:
        assert run(log, "test", *arguments).returncode == 0
        return log.read_text().splitlines()[-1]

    assert pytest_of("--fast", "-x", "tests/cli") == "pytest --numprocesses auto -m not slow -x tests/cli"
    assert pytest_of() == "pytest --numprocesses auto --cov --cov-report=term --cov-fail-under=95"
    assert pytest_of("tests/cli").endswith("--cov-fail-under=0 tests/cli")


def test_the_fast_half_runs_every_folder_and_no_slow_test() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-cov", "-m", "not slow", "tests"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    fast = {line.partition("::")[0] for line in ran.stdout.splitlines() if "::" in line}
    folders = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").glob("*/**/test_*.py")}
    assert {Path(file).parts[1] for file in fast if file.count("/") > 1} == folders - {"captures"}  # a browser, a proxy
    assert "tests/test_scripts.py" not in fast  # it is marked slow as a whole
