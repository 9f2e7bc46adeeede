from __future__ import annotations

import os
from pathlib import Path

import pytest

from segkoch_lint.reporting.repository import Repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / ".git").mkdir(parents=True)
    (root / "app").mkdir()
    return root


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("call.json", "app/call.json"),
        ("./call.json", "app/call.json"),
        ("../events/a b#1.json", "events/a%20b%231.json"),
        ("é%.json", "app/%C3%A9%25.json"),
        ("a:b.json", "app/a%3Ab.json"),
        ("-", "-"),
        ("s3://bucket/a/b.json", "s3://bucket/a/b.json"),
        ("https://u:secret@shop.test/a b?token=secret", "https://%E2%80%A6@shop.test/a%20b?token=%E2%80%A6"),
    ],
)
def test_a_uri_is_relative_to_the_root_of_the_repository(path: str, uri: str, root: Path) -> None:
    assert Repository(root / "app").uri(path) == uri


def test_an_absolute_path_in_the_repository_is_relative(root: Path) -> None:
    repository = Repository(root / "app")
    assert repository.uri(str(root / "x.json")) == "x.json"
    assert repository.path(str(root / "app" / "x y.json")) == "app/x y.json"
    assert repository.holds(str(root / "x.json"))


def test_a_file_outside_has_a_whole_uri(root: Path) -> None:
    repository = Repository(root / "app")
    assert repository.uri("../../logs/a b.json") == f"file://{root.parent.resolve().as_posix()}/logs/a%20b.json"
    assert not repository.holds("../../logs/a b.json")
    assert not repository.holds("s3://bucket/a.json")
    assert not repository.holds("-")


def test_a_path_through_a_link_to_the_repository_is_relative(root: Path) -> None:
    link = root.parent / "link"
    link.symlink_to(root)
    assert Repository(root).uri(str(link / "app" / "x.json")) == "app/x.json"


def test_without_a_repository_the_working_directory_is_the_root(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    assert Repository(tmp_path / "deep").uri("x.json") == "x.json"


def test_a_name_that_is_not_utf_8_has_a_uri(root: Path) -> None:
    assert Repository(root).uri(os.fsdecode(b"\xff.json")) == "%FF.json"
