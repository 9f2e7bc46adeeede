from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from segkoch_lint.errors import UsageError
from segkoch_lint.inputs.gitignore import GitIgnores, PathPatterns

FILES = [
    "a.json", "a.log", "keep.log", "build/a.json", "sub/a.json", "sub/a.log", "sub/keep.log", "sub/build/x.json",
    "sub/deep/er/a.json", "sub/deep/er/b.json", "sub/top.json", "top.json", "out/a.json", "out/keep.json",
    "local.json", "sub/local.json", "sp ace.json", "#hash.json", "é.json",
]  # fmt: skip

IGNORES = {
    ".gitignore": "*.log\n!keep.log\nbuild/\n/top.json\nout/*\n!out/keep.json\n\\#hash.json\n# a comment\n!\n",
    "sub/.gitignore": "!a.log\r\nkeep.log\r\ndeep/**/b.json\r\n",
    ".git/info/exclude": "local.json\n!top.json\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", tmp_path], check=True, env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull})
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    for name, text in IGNORES.items():
        (tmp_path / name).write_bytes(text.encode())
    return tmp_path


def kept(folder: Path) -> set[str]:
    """Walk a folder as a reader of ignore files would, and return the files left over."""
    result = set()
    pending = [(str(folder), GitIgnores.around(str(folder)))]
    while pending:
        current, ignores = pending.pop()
        ignores = ignores.inside(current)
        for entry in os.scandir(current):
            if entry.name == ".git" or ignores.match(entry.path, folder=entry.is_dir()):
                continue
            if entry.is_dir():
                pending.append((entry.path, ignores))
            elif entry.name != ".gitignore":
                result.add(os.path.relpath(entry.path, folder))
    return result


def kept_by_git(folder: Path) -> set[str]:
    listed = subprocess.run(
        ["git", "-C", folder, "-c", "core.excludesFile=", "ls-files", "-z", "--others", "--exclude-standard", "."],
        check=True,
        capture_output=True,
        text=True,
    )
    return {each for each in listed.stdout.split("\0") if each and not each.endswith(".gitignore")}


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["", "sub", "sub/deep"])
def test_the_same_files_are_ignored_as_git_ignores(repository: Path, folder: str) -> None:
    expected = kept_by_git(repository / folder)
    assert expected
    assert kept(repository / folder) == expected


@pytest.mark.slow
def test_a_folder_that_was_named_although_ignored_is_read_whole(repository: Path) -> None:
    assert kept(repository / "build") == {"a.json"}
    (repository / "build/in/deep").mkdir(parents=True)
    (repository / "build/in/deep/a.log").write_text("")
    assert kept(repository / "build/in/deep") == {"a.log"}


def test_outside_of_a_repository_only_the_files_of_the_folder_itself_hold(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.json\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / ".gitignore").write_text("b.*\n")
    for name in ("a.json", "b.json"):
        (inner / name).write_text("{}")
    assert kept(inner) == {"a.json"}


@pytest.mark.parametrize(
    ("pattern", "path", "excluded"),
    [
        ("*.json", "a.json", True),
        ("*.json", "deep/er/a.json", True),
        ("/a.json", "a.json", True),
        ("/a.json", "deep/a.json", False),
        ("deep/", "deep/a.json", True),
        ("deep", "sub/deep/a.json", True),
        ("sub/**/b.json", "sub/x/y/b.json", True),
        ("b.json", "ab.json", False),
    ],
)
def test_exclude_patterns_are_relative_to_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, path: str, excluded: bool
) -> None:
    excludes = PathPatterns([pattern], tmp_path)
    assert excludes.match(str(tmp_path / path), folder=False) is excluded
    monkeypatch.chdir(tmp_path)
    assert excludes.match(path, folder=False) is excluded


def test_a_pattern_for_folders_excludes_a_folder_and_no_file(tmp_path: Path) -> None:
    excludes = PathPatterns(["logs/"], tmp_path)
    assert excludes.match(str(tmp_path / "logs"), folder=True)
    assert not excludes.match(str(tmp_path / "logs"), folder=False)


def test_the_last_pattern_wins(tmp_path: Path) -> None:
    excludes = PathPatterns(["*.json", "!good.json"], tmp_path)
    assert not excludes.match(str(tmp_path / "good.json"), folder=False)


def test_outside_of_the_root_patterns_for_names_hold(tmp_path: Path) -> None:
    excludes = PathPatterns(["a.json", "/b.json"], tmp_path / "root")
    assert excludes.match(str(tmp_path / "a.json"), folder=False)
    assert not excludes.match(str(tmp_path / "b.json"), folder=False)


def test_a_root_that_is_reached_over_a_link_is_the_same_root(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    excludes = PathPatterns(["/a.json"], tmp_path / "link")
    assert excludes.match(str(tmp_path / "real/a.json"), folder=False)
    assert excludes.match(str(tmp_path / "link/a.json"), folder=False)


def test_nothing_is_excluded_without_patterns(tmp_path: Path) -> None:
    assert not PathPatterns([], tmp_path).match(str(tmp_path), folder=True)


def test_a_pattern_that_means_nothing_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"exclude pattern '!' cannot be understood"):
        PathPatterns(["*.log", "!"], tmp_path)
