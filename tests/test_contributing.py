"""The pages in docs/contributing, followed to the letter in a copy of the repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clone import copy_repository
from tests.documentation import ROOT, blocks, commands, matches, run

PAGES = ROOT / "docs" / "contributing"

pytestmark = pytest.mark.slow


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return copy_repository(tmp_path)


def files_in(folder: Path) -> dict[str, bytes]:
    names = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    caches = ("__pycache__", "_cache", ".hypothesis")
    return {name: path.read_bytes() for name, path in names.items() if not any(part in name for part in caches)}


def follow(page: str, folder: Path) -> set[str]:
    """Do what a page says; return the files that this made or changed."""
    before = files_in(folder)
    for block in blocks(PAGES / page):
        if block.title is not None:
            (folder / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            shown = commands(block)
            for command, output in zip(shown, run(shown, folder, PYTHONPATH=str(folder)), strict=True):
                assert matches(command.output, output), output
        else:
            call(
                {"sh": ["sh", "-e", "-c", block.text], "diff": ["git", "apply", "-"]}[block.language],
                folder,
                block.text,
            )
    after = files_in(folder)
    return {name for name in after if before.get(name) != after[name]}


def call(command: list[str], folder: Path, text: str) -> None:
    """Run a command in the activated environment, but with the program and the tests of the copy."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "GIT_"))}
    variables["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), variables["PATH"]])
    variables["PYTHONPATH"] = str(folder)
    ran = subprocess.run(command, cwd=folder, env=variables, input=text, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_rule_is_one_file_by_hand_and_its_pages(clone: Path) -> None:
    assert follow("add-a-rule.md", clone) == {
        "schemas/rules/KCH399-long-event-name.json",
        "docs/rules/KCH399-long-event-name.md",
        "docs/rules/README.md",
    }
    page = (clone / "docs" / "rules" / "README.md").read_text(encoding="utf-8")
    assert "| [KCH399](KCH399-long-event-name.md) | long-event-name | info |" in page


def test_an_envelope_is_one_file(clone: Path) -> None:
    assert follow("add-an-envelope.md", clone) == {"schemas/envelopes/nats-message.json"}


def test_a_report_format_is_a_module_and_a_line(clone: Path) -> None:
    assert follow("add-a-report-format.md", clone) == {
        "segkoch_lint/reporting/tab_separated.py",
        "segkoch_lint/reporting/__init__.py",
    }


def test_a_column_is_a_line_and_its_test(clone: Path) -> None:
    assert follow("add-a-column.md", clone) == {"schemas/columns.json", "tests/documents/table/test_columns.py"}


def test_every_page_is_followed_and_named_where_contributors_look() -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    followed = Path(__file__).read_text(encoding="utf-8")
    for page in PAGES.iterdir():
        assert f"docs/contributing/{page.name}" in contributing
        assert f'follow("{page.name}"' in followed or page.name == "release.md"  # tests/test_release.py follows that
