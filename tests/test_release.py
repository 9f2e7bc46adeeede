"""How a release is made: `docs/contributing/release.md`, followed in a copy of the repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest
import yaml

from segkoch_lint import __version__
from tests.clone import copy_repository, tracked_files
from tests.documentation import ROOT, blocks, commands, matches, run

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "contributing" / "release.md"
METADATA = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def built(folder: Path, destination: Path) -> tuple[Path, Path]:
    """Return the sdist and the wheel of the sources in *folder*, as `scripts/package` builds and checks them.

    It installs hatchling each time, as pip does for users; here the one of the environment is used.
    """
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "GIT_"))}
    for command in (["build", "--no-isolation", "--outdir", str(destination)], ["twine", "check", "--strict"]):
        files = sorted(map(str, destination.iterdir())) if command[0] == "twine" else []
        ran = subprocess.run(
            [sys.executable, "-m", *command, *files],
            cwd=folder,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout
    (sdist,) = destination.glob("*.tar.gz")
    (wheel,) = destination.glob("*.whl")
    return sdist, wheel


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        return message_from_string(archive.read(name).decode("utf-8"))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist and the wheel of this repository."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "dist").mkdir()
    return built(copy_repository(folder / "clone"), folder / "dist")


def test_the_sdist_holds_all_files_of_the_repository(package: tuple[Path, Path]) -> None:
    with tarfile.open(package[0]) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    assert names == {*tracked_files(), "PKG-INFO"}


def test_the_wheel_that_the_sdist_builds_holds_the_program_its_schemas_and_the_licence(
    package: tuple[Path, Path],
) -> None:
    with zipfile.ZipFile(package[1]) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name or name.endswith("LICENSE")}
    program = {name for name in tracked_files() if name.startswith("segkoch_lint/")}
    schemas = {f"segkoch_lint/{name}" for name in tracked_files() if name.startswith("schemas/")}
    assert names == {*program, *schemas, f"segkoch_lint-{__version__}.dist-info/licenses/LICENSE"}


def test_the_description_has_no_link_that_leads_nowhere_on_an_index(package: tuple[Path, Path]) -> None:
    description = metadata(package[1]).get_payload()
    assert isinstance(description, str)
    links = LINK.findall(description)
    assert links
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    texts = [re.sub(r"\[([^\]]+)\]\([^)\s]+\)", r"\1", each).split() for each in (readme, description)]
    assert texts[0] == texts[1]  # nothing but links is changed


def test_the_metadata_is_whole(package: tuple[Path, Path]) -> None:
    fields = metadata(package[1])
    assert fields["Version"] == __version__
    assert fields["License-Expression"] == "MIT"
    assert fields["Author"]
    assert fields.get_all("Project-URL")
    assert fields["Description-Content-Type"] == "text/markdown"


def test_the_workflow_tests_every_python_of_the_classifiers() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(METADATA["classifiers"]))
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == named
    assert METADATA["requires-python"] == f">={named[0]}"


def test_the_changelog_has_a_section_for_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert sections[:2] == ["Unreleased", __version__]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the repository."""
    return copy_repository(tmp_path / "clone")


def test_the_page_leads_to_a_release_whose_links_work_on_an_index(clone: Path, tmp_path: Path) -> None:
    for command in ("init --quiet", "config user.name A", "config user.email a@example.com", "add --all"):
        subprocess.run(["git", *command.split()], cwd=clone, check=True)
    for block in blocks(PAGE):
        if block.language == "sh":
            subprocess.run(["sh", "-e", "-c", block.text], cwd=clone, check=True)
        else:
            for shown, output in zip(commands(block), run(commands(block), clone), strict=True):
                assert matches(shown.output, output.replace(f"{clone}/", "")), output
    (tmp_path / "dist").mkdir()
    _, wheel = built(clone, tmp_path / "dist")
    fields = metadata(wheel)
    assert fields["Version"] == "0.2.0"
    assert "Source, https://git.example.com/segkoch-lint" in fields.get_all("Project-URL", [])
    description = fields.get_payload()
    assert isinstance(description, str)
    assert "(https://git.example.com/segkoch-lint/blob/v0.2.0/docs/rules/README.md)" in description
    assert [link for link in LINK.findall(description) if not link.startswith(("https://", "#"))] == []
    described = subprocess.run(["git", "describe"], cwd=clone, capture_output=True, text=True, check=True).stdout
    assert described == "v0.2.0\n"


def edit(name: str, pattern: str, replacement: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        changed = re.sub(pattern, replacement, text, count=1, flags=re.MULTILINE)
        assert changed != text
        (folder / name).write_text(changed, encoding="utf-8")

    return apply


@pytest.mark.parametrize(
    ("mistake", "problem"),
    [
        (edit("segkoch_lint/__init__.py", r"0\.2\.0", "0.3.0"), 'no section "## [0.3.0] - YEAR-MONTH-DAY"'),
        (edit("CHANGELOG.md", r" - \d{4}-\d\d-\d\d$", ""), 'no section "## [0.2.0] - YEAR-MONTH-DAY"'),
        (
            edit("CHANGELOG.md", r"^## \[Unreleased\]$", "## [Unreleased]\n\n- More."),
            "still has changes under Unreleased",
        ),
        (edit("pyproject.toml", r"^Source = .*\n", ""), "no address of the repository"),
        (edit("README.md", r"https://git\.example\.com/segkoch-lint", "ADDRESS-OF-THIS-REPOSITORY"), "README.md still"),
        (edit("docs/buckets.md", r"https://git\.example\.com", "ADDRESS-OF-THIS-REPOSITORY"), "docs/buckets.md still"),
        (lambda _: None, "The tag is v0.1.9, but the version is 0.2.0"),
    ],
)
def test_what_is_not_ready_for_a_release_is_reported(
    mistake: Callable[[Path], None], problem: str, clone: Path
) -> None:
    for block in blocks(PAGE, "sh")[:2]:
        subprocess.run(["sh", "-e", "-c", block.text], cwd=clone, check=True)
    mistake(clone)
    tag = ["v0.1.9"] if "tag" in problem else []
    ran = subprocess.run(
        [clone / "scripts" / "release-check", *tag], cwd=clone, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    lines = ran.stderr.splitlines()[1:]
    assert len(lines) == 1
    assert problem in lines[0]
