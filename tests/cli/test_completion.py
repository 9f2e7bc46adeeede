"""What the shell completes, asked as shells ask: through the environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from segkoch_lint.calls.facets import FACETS
from segkoch_lint.cli.entry import run

Complete = Callable[[str], list[str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with something in it."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.json").touch()
    (tmp_path / "log.json").touch()
    (tmp_path / "lost.json").touch()
    (tmp_path / ".hidden").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Complete:
    """Returns what bash's script is told about a line."""

    def ask(words: str) -> list[str]:
        line = f"segkoch-lint {words}"
        monkeypatch.setenv("_SEGKOCH_LINT_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(line.split()) - (0 if line.endswith(" ") else 1)))
        with pytest.raises(SystemExit):
            run([])
        return capsys.readouterr().out.split()

    return ask


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("rule KCH10", "KCH103"),
        ("rule missing-d", "missing-device-type"),
        ("schema ", "KCH001"),
        ("ru", "rule"),
        ("check --select KCH10", "KCH103"),
        ("check --ignore KCH101,missing-device-t", "KCH101,missing-device-type"),
    ],
)
def test_commands_and_rules_are_completed(words: str, completed: str, complete: Complete) -> None:
    assert f"plain,{completed}" in complete(words)


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("--severity KCH10", [f"KCH10{number}" for number in range(1, 10)]),
        ("--severity KCH106", ["KCH106=info", "KCH106=warning", "KCH106=error"]),
        ("--severity KCH1=info,limited-ad=w", ["KCH1=info,limited-ad=warning"]),
        ("--severity KCH1=x", []),
        ("--severity nothing", []),
        ("--budget limited", ["limited-ad-tracking"]),
        ("--group-by p", ["platform"]),
        ("--group-by version,", [f"version,{name}" for name in FACETS]),
    ],
)
def test_what_options_take_is_completed(words: str, completed: list[str], complete: Complete) -> None:
    assert complete(f"check {words}") == [f"plain,{each}" for each in completed]


@pytest.mark.parametrize(
    "words",
    [
        "check lo",
        "check log.json lo",
        "check --output json : lo",
        "plan check lo",
        "plan diff lo",
        "plan diff --replay lo",
    ]
    + ["check --config lo", "check --rules lo"],
)
def test_paths_are_left_to_the_shell(words: str, complete: Complete) -> None:
    assert complete(words) == ["file,lo"]


@pytest.mark.parametrize(
    ("begun", "completed"),
    [
        ("json", ["json:", "json-lines:"]),
        ("te", ["text:", "text:log.json", "text:lost.json", "text:out/"]),
        ("xml", []),
        ("json:lo", ["json:log.json", "json:lost.json"]),
        ("json:log", ["json:log.json"]),
        ("json:o", ["json:out/", "json:out/old.json"]),
        ("json:out/", ["json:out/old.json"]),
        ("json:.h", ["json:.hidden"]),
        ("json:nowhere/", []),
    ],
)
def test_outputs_are_completed_by_formats_and_then_by_paths(
    begun: str, completed: list[str], complete: Complete
) -> None:
    for command in ("check", "plan check", "plan diff"):
        assert complete(f"{command} --output {begun}") == [f"plain,{each}" for each in completed]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("words", "position", "completed"),
    [
        ("check --output js", 3, ["json:", "json-lines:"]),
        ("check --select missing-device-t", 3, ["missing-device-type"]),
        ("check lo", 2, []),  # left to bash's own completion
        ("check --output json : lo", 5, []),
    ],
)
def test_bash_completes(words: str, position: int, completed: list[str]) -> None:
    # `compopt` works in the midst of completing only, so what it is asked for is told instead.
    script = f"""
        eval "$(_SEGKOCH_LINT_COMPLETE=bash_source segkoch-lint)"
        compopt() {{ echo "compopt $1 $2"; }}
        COMP_WORDS=(segkoch-lint {words}) COMP_CWORD={position}
        "$(complete -p segkoch-lint | sed 's/.*-F \\([^ ]*\\).*/\\1/')" segkoch-lint
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=True, env={**os.environ, "PATH": path}
    )
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == (completed or ["compopt -o default", ""])
