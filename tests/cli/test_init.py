"""`init`: what it proposes, writes, and leaves alone."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from segkoch_lint.config.file import load_settings
from tests.conftest import IOS_CALL, Ran

Program = Callable[..., Ran]
SOURCE = ("--repository", "https://git.example.com/segkoch-lint", "--rev", "v0.1.0")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "a.json").write_text(json.dumps(IOS_CALL))
    return tmp_path


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_shows_what_it_would_write_and_writes_nothing(program: Program, folder: Path) -> None:
    ran = program("init", *SOURCE)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("Found calls: events/\nFound tracking plans: nowhere\n")
    assert [line for line in ran.out.splitlines() if line.startswith("+++")] == [
        "+++ b/segkoch-lint.toml",
        "+++ b/.pre-commit-config.yaml",
        "+++ b/.github/workflows/segkoch-lint.yml",
    ]
    assert "Nothing was written" in ran.out
    assert files(folder) == {"events/a.json"}


def test_what_it_writes_works_and_a_second_run_changes_nothing(program: Program, folder: Path) -> None:
    ran = program("init", "--write", *SOURCE)
    assert ran.out.endswith(
        "Wrote segkoch-lint.toml.\nWrote .pre-commit-config.yaml.\nWrote .github/workflows/segkoch-lint.yml.\n"
    )
    written = {name: (folder / name).read_bytes() for name in files(folder)}
    assert load_settings(folder / "segkoch-lint.toml").events == ("/events/",)
    assert program("check", "events/").status == 0
    again = program("init", "--write")
    assert (again.status, again.err) == (0, "")
    assert again.out.splitlines()[2:] == [
        "segkoch-lint.toml: left as it is, since there is a configuration.",
        ".pre-commit-config.yaml: left as it is, since it has a hook of segkoch-lint.",
        ".github/workflows/segkoch-lint.yml: left as it is, since it runs segkoch-lint.",
        "Nothing to write.",
    ]
    assert {name: (folder / name).read_bytes() for name in files(folder)} == written


@pytest.mark.parametrize("project", ['[project]\nname = "x"\n', '[project]\nname = "x"', "", "# x\r\n[a]\r\nb = 1\r\n"])
def test_a_pyproject_gets_a_table_and_keeps_its_text(program: Program, folder: Path, project: str) -> None:
    (folder / "pyproject.toml").write_text(project, newline="")
    program("init", "--write", *SOURCE)
    text = (folder / "pyproject.toml").read_bytes().decode()
    assert text.startswith(project)
    assert tomllib.loads(text) == {**tomllib.loads(project), "tool": {"segkoch-lint": {"events": ["/events/"]}}}
    assert not (folder / "segkoch-lint.toml").exists()
    assert ("\r\n" in project) == ("\n" not in text.replace("\r\n", ""))


def test_a_service_can_be_chosen(program: Program, folder: Path) -> None:
    program("init", "--write", "--ci", "none", *SOURCE)
    assert not (folder / ".github").exists()
    program("init", "--write", "--ci", "gitlab", *SOURCE)
    assert (folder / ".gitlab-ci.yml").exists()
    assert not (folder / ".github").exists()


def test_without_calls_the_jobs_pass(program: Program, folder: Path) -> None:
    (folder / "events" / "a.json").unlink()
    program("init", "--write", *SOURCE)
    workflow = (folder / ".github/workflows/segkoch-lint.yml").read_text()
    assert "run: segkoch-lint check --allow-empty .\n" in workflow
    assert program("check", "--allow-empty", ".").status == 0


def test_what_has_to_be_added_by_hand_is_shown(program: Program, folder: Path) -> None:
    (folder / ".pre-commit-config.yaml").write_text("repos: []\n")
    ran = program("init", "--write", *SOURCE)
    assert ran.status == 4
    assert (
        "Note: .pre-commit-config.yaml: left as it is, since its repos are not written as a list of lines." in ran.err
    )
    assert "  - repo: https://git.example.com/segkoch-lint" in ran.err
    assert (folder / ".pre-commit-config.yaml").read_text() == "repos: []\n"
    assert (folder / ".github/workflows/segkoch-lint.yml").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "is not known"),
        (("--repository", "https://git.example.com/x"), "--repository needs --rev"),
        (("--repository", "https://git.example.com/x'; rm", "--rev", "v1"), "is not a URL"),
        (("--repository", "git@example.com:x", "--rev", "v1"), "is not a URL"),
        (("--repository", "https://u:secret@git.example.com/x", "--rev", "v1"), "has a password"),
        (("--repository", "https://git.example.com/x", "--rev", "v1 || x"), "is not a commit"),
    ],
)
def test_a_source_that_is_not_known_or_not_safe_is_refused(
    program: Program, folder: Path, arguments: tuple[str, ...], message: str
) -> None:
    ran = program("init", "--write", *arguments)
    assert ran.status == 2
    assert message in ran.err
    assert files(folder) == {"events/a.json"}


def test_a_broken_configuration_is_reported(program: Program, folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[a\n")
    ran = program("init", *SOURCE)
    assert ran.status == 2
    assert "not valid TOML" in ran.err


def test_a_file_that_cannot_be_read_is_not_replaced(program: Program, folder: Path) -> None:
    (folder / ".pre-commit-config.yaml").write_bytes(b"# \xff\n")
    ran = program("init", "--write", *SOURCE)
    assert ran.status == 4
    assert "not valid UTF-8" in ran.err
    assert (folder / ".pre-commit-config.yaml").read_bytes() == b"# \xff\n"


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "written"), [(b"y\n", True), (b"n\n", False)])
def test_on_a_terminal_it_asks(folder: Path, answer: bytes, written: bool) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "segkoch_lint", "init", *SOURCE]
    with subprocess.Popen(command, cwd=folder, stdin=slave, stdout=slave, stderr=slave) as ran:
        os.close(slave)
        shown = b""
        while b"?" not in shown.rpartition(b"Write these")[2] or b"Write these" not in shown:
            shown += os.read(master, 1 << 16)
        os.write(master, answer)
        while True:
            try:
                if not os.read(master, 1 << 16):
                    break
            except OSError:  # the program has closed the terminal
                break
    os.close(master)
    assert ran.returncode == 0
    assert (folder / "segkoch-lint.toml").exists() is written
