"""Where others install the program from: what pip noted about this installation, or what the user gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segkoch_lint.errors import UsageError
from segkoch_lint.setup.program_source import ProgramSource, program_source

URL = "https://git.example.com/segkoch-lint"
COMMIT = "4f0c2d1a9b7e6d5c4b3a29181706f5e4d3c2b1a0"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the metadata of an installation, which comes before the real one."""
    folder = tmp_path / "segkoch_lint-0.1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: segkoch-lint\nVersion: 0.1.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def test_the_commit_that_pip_installed_from_git_is_known(installed: Path) -> None:
    noted = {"url": URL, "vcs_info": {"vcs": "git", "commit_id": COMMIT, "requested_revision": "main"}}
    (installed / "direct_url.json").write_text(json.dumps(noted))
    source = program_source(None, None)
    assert source == ProgramSource(URL, COMMIT)
    assert source.requirement == f"segkoch-lint @ git+{URL}@{COMMIT}"
    assert program_source(None, "v2").revision == "v2"
    assert program_source(URL, None).revision == COMMIT
    with pytest.raises(UsageError, match="needs --rev"):
        program_source("https://git.example.com/another", None)


def test_a_release_names_its_repository_and_its_tag(installed: Path) -> None:
    with (installed / "METADATA").open("a") as file:
        file.write(f"Project-URL: Changelog, {URL}/x\nProject-URL: Source, {URL}\n")
    assert program_source(None, None) == ProgramSource(URL, "v0.1.0")


@pytest.mark.parametrize("noted", [None, {"url": "file:///home/me/segkoch-lint", "dir_info": {"editable": True}}])
def test_a_folder_is_no_source_for_others(installed: Path, noted: object) -> None:
    if noted is not None:
        (installed / "direct_url.json").write_text(json.dumps(noted))
        with (installed / "METADATA").open("a") as file:
            file.write(f"Project-URL: Source, {URL}\n")  # the folder may hold another version
    with pytest.raises(UsageError, match="is not known"):
        program_source(None, None)


@pytest.mark.parametrize(
    "url",
    [
        "git@git.example.com:x",
        "https://git.example.com/x y",
        "https://x/$(y)",
        "https://x/'",
        "https://x\n",
        "http://x/y",
    ],
)
def test_a_url_that_is_not_safe_in_a_file_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not a URL"):
        program_source(url, "v1")


def test_a_user_is_allowed_and_a_password_is_not() -> None:
    assert program_source("ssh://git@git.example.com/x", "v1").url == "ssh://git@git.example.com/x"
    with pytest.raises(UsageError, match="password"):
        program_source("https://me:secret@git.example.com/x", "v1")
