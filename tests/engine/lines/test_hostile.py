"""Hostile logs have the same report with the native core and without, whatever the number of threads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from segkoch_lint.engine.lines.core import has_core
from tests.engine.lines.hostile import FILES, LINES, log
from tests.engine.lines.logs import GROUPED, is_found_the_same

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unmeasured_programs")]

WITHOUT_CORE = """\
import sys
sys.modules["segkoch_lint_core"] = None
from segkoch_lint.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize("name", LINES)
def test_odd_lines_have_the_same_findings_with_every_selector(name: str) -> None:
    _, summary = is_found_the_same(log(name), GROUPED)
    assert summary.adds_up()
    assert summary.calls > 100


@pytest.mark.parametrize("name", FILES)
def test_odd_files_have_the_same_findings_with_every_selector(name: str) -> None:
    _, summary = is_found_the_same(FILES[name], name=name)
    assert summary.adds_up()


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for name, content in _contents():
        (folder / name).write_bytes(content)
    return folder


def _contents() -> Iterator[tuple[str, bytes]]:
    yield from FILES.items()
    for name in LINES:
        yield f"{name.replace(' ', '-')}.ndjson", log(name)


def report(folder: Path, form: str, *options: str, core: bool) -> tuple[int, bytes, bytes]:
    """Lint the folder by a program of its own."""
    program = ["-m", "segkoch_lint"] if core else ["-c", WITHOUT_CORE]
    command = [sys.executable, *program, "check", "--isolated", "--format", form, *options, "."]
    ran = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return ran.returncode, ran.stdout, ran.stderr


@pytest.mark.skipif(not has_core(), reason="the native core is not installed")
@pytest.mark.parametrize(("form", "jobs"), [("json", ["1", "3"]), ("text", ["2"])])
def test_the_report_is_the_same_to_the_byte(form: str, jobs: list[str], folder: Path) -> None:
    expected = report(folder, form, core=False)
    assert expected[0] in {1, 4}
    assert b"internal" not in expected[2]
    for each in jobs:
        assert report(folder, form, "--jobs", each, core=True) == expected
