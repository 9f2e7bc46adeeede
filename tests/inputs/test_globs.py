from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segkoch_lint.inputs.globs import expand, is_glob, matches

FILES = ["a.json", "b.json", "B.json", "c.txt", ".h.json", "x/a.json", "x/y/b.json", ".hidden/a.json", ".git/a.json"]


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(pattern: str) -> list[str]:
    failures: list[str] = []
    paths = list(expand(pattern, lambda folder, error: failures.append(folder)))
    assert failures == []
    return paths


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*.json", ["B.json", "a.json", "b.json"]),
        ("[ab].json", ["a.json", "b.json"]),
        ("[!a].json", ["B.json", "b.json"]),
        ("?.txt", ["c.txt"]),
        (".*.json", [".h.json"]),
        ("./*.txt", ["./c.txt"]),
        ("*/a.json", ["x/a.json"]),
        ("x/*/b.json", ["x/y/b.json"]),
        (".hid*/*", [".hidden/a.json"]),
        ("**/*.json", ["B.json", "a.json", "b.json", "x/a.json", "x/y/b.json"]),
        ("**/**/b.json", ["b.json", "x/y/b.json"]),
        ("x/**", ["x/a.json", "x/y", "x/y/b.json"]),
        ("*/gone/*", []),
        ("*.parquet", []),
        ("gone/*", []),
        ("a.json/*", []),
    ],
)
def test_a_glob_means_what_it_means_to_a_shell(pattern: str, paths: list[str]) -> None:
    assert found(pattern) == paths


def test_an_absolute_glob_gives_absolute_paths(tree: Path) -> None:
    assert found(f"{tree}/*.txt") == [str(tree / "c.txt")]


def test_links_to_folders_are_not_followed_by_two_stars(tree: Path) -> None:
    (tree / "x" / "up").symlink_to(tree)
    assert found("x/**/a.json") == ["x/a.json"]


def test_a_folder_that_cannot_be_read_is_reported(tree: Path) -> None:
    loop = tree / "loop"
    loop.symlink_to(loop)
    failures: list[str] = []
    assert list(expand("loop/*", lambda folder, error: failures.append(f"{folder}: {error.strerror}"))) == []
    assert failures == ["loop: Too many levels of symbolic links"]


def test_only_wildcards_make_a_glob() -> None:
    assert all(is_glob(each) for each in ("a*", "a?", "[ab]"))
    assert not is_glob("a/b.json")


parts = st.sampled_from(["*", "**", "x", "y", "?", "*.json", "a.json", ".*", ".hidden", "[ab]*", "gone"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(parts, min_size=1, max_size=4).map("/".join))
def test_a_path_matches_if_it_would_be_found(tree: Path, pattern: str) -> None:
    there = [each.relative_to(tree).as_posix() for each in tree.rglob("*")]
    assert sorted(set(found(pattern))) == sorted(each for each in there if matches(each, pattern))
    assert not matches(f"/{there[0]}", pattern)
