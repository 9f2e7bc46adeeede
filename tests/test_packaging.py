"""What an installation holds."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_ships_the_schemas_of_the_top_folder(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)],
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {n: archive.read(n) for n in archive.namelist() if n.startswith("segkoch_lint/schemas/")}
        assert "segkoch_lint/py.typed" in archive.namelist()
    kept = {f"segkoch_lint/{p.relative_to(ROOT)}": p.read_bytes() for p in (ROOT / "schemas").rglob("*.json")}
    assert shipped == kept


def test_the_readme_shows_what_the_command_prints() -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8").split("```console\n$ segkoch-lint ")[1].split("\n…\n")[0]
    arguments, _, output = shown.partition("\n")
    ran = subprocess.run(
        [sys.executable, "-m", "segkoch_lint", *arguments.split(), "--isolated"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert output
    assert ran.stdout.startswith(output)


def test_the_examples_are_linted_as_the_readme_shows(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "segkoch_lint", "check", "--isolated", "examples"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "52 calls read: 49 checked, 2 not delivered" in ran.stdout
    assert ran.stderr == ""
