"""What an installation holds."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.slow

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


def test_the_examples_are_linted_as_the_readme_shows(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "segkoch_lint", "check", "--isolated", "examples"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "56 calls read: 53 checked, 2 not delivered" in ran.stdout
    notes = ran.stderr.splitlines()
    assert [each.split(": ")[1] for each in notes] == ["examples/plans/shop.json", "examples/plans/shop.next.json"]
    assert all("a tracking plan, not events" in each for each in notes)


def test_an_installed_core_works() -> None:
    pytest.importorskip("segkoch_lint_core", reason="the native core is not installed")
    ran = subprocess.run(
        [sys.executable, ROOT / "core" / "tests" / "smoke.py"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "it counts" in ran.stdout


def test_one_version_of_maturin_builds_all_wheels() -> None:
    script, workflow = (
        (ROOT / path).read_text(encoding="utf-8") for path in ("scripts/core-wheel", ".github/workflows/core.yml")
    )
    (here,) = re.findall(r"maturin==([\d.]+)", script)
    assert yaml.safe_load(workflow)["env"]["MATURIN"] == f"v{here}"


@pytest.mark.parametrize(("file", "variable"), [("core", "CORE_NAME_IS_OWNED"), ("release", "NAME_IS_OWNED")])
def test_nothing_is_published_before_its_name_is_owned(file: str, variable: str) -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / f"{file}.yml").read_text(encoding="utf-8"))
    publishing = {
        name
        for name, job in workflow["jobs"].items()
        if any("publish" in str(step) for step in job["steps"]) or "write" in str(job.get("permissions"))
    }
    assert publishing == {"publish"}
    assert f"vars.{variable} == 'yes'" in workflow["jobs"]["publish"]["if"]


def test_nothing_installs_the_core_while_its_name_is_not_owned() -> None:
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "segkoch-lint-core" not in str([metadata["dependencies"], metadata["optional-dependencies"]])
