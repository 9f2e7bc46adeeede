from __future__ import annotations

import errno
import gzip
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.documents import detection
from segkoch_lint.errors import UsageError
from segkoch_lint.inputs import discovery
from segkoch_lint.inputs.discovery import Discovery
from segkoch_lint.inputs.input import Input, UnreadableInput

discover = partial(discovery.discover, may_hold_calls=detection.may_hold_calls)

CALL = b'{"type":"track","event":"x"}\n'

Tree = Callable[..., None]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.chdir(tmp_path)

    def write(*names: str, **contents: bytes) -> None:
        for name, content in [*((name, CALL) for name in names), *contents.items()]:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    return write


def found(*paths: str, exclude: list[str] | None = None) -> list[Input | UnreadableInput]:
    return list(discover(paths, exclude=exclude or [], root=Path.cwd()))


def walked(*paths: str, exclude: list[str] | None = None) -> list[str]:
    inputs = found(*paths, exclude=exclude)
    assert all(isinstance(each, Input) and not each.named and not each.stdin for each in inputs)
    return [each.path for each in inputs]


def test_a_file_is_shown_as_it_was_named(tree: Tree, tmp_path: Path) -> None:
    tree("a.json", "sub/b.json")
    absolute = str(tmp_path / "sub/b.json")
    assert found("./a.json", absolute) == [Input("./a.json"), Input(absolute)]


def test_a_named_file_is_read_whatever_its_name_and_whatever_git_ignores(tree: Tree) -> None:
    tree("notes.py", ".git/HEAD")
    Path(".gitignore").write_text("*.py\n")
    assert found("notes.py") == [Input("notes.py")]


def test_a_folder_is_walked_in_the_order_of_names_its_files_first(tree: Tree) -> None:
    tree("logs/b.json", "logs/a.json", "logs/a/z.json", "logs/a/b/c.json", "logs/B.json", "logs/.dot/x.json")
    below = ["B.json", "a.json", "b.json", ".dot/x.json", "a/z.json", "a/b/c.json"]
    assert walked("logs") == [f"logs/{each}" for each in below]
    assert walked("./logs/") == [f"./logs/{each}" for each in below]
    assert walked(".") == [f"logs/{each}" for each in below]


def test_in_a_folder_names_that_promise_calls_are_taken(tree: Tree) -> None:
    names = ["a.json", "b.jsonl", "c.ndjson", "d.yaml", "e.YML", "f.log", "g.txt", "h.json.gz", "i.ndjson.zst"]
    tree(*names)
    for name in names:
        Path(name).write_bytes(b"\0")
    assert sorted(walked(".")) == sorted(names)


def test_in_a_folder_content_decides_on_every_other_name(tree: Tree) -> None:
    tree("rotated.json.1", "none", utf16="[{}]".encode("utf-16"), list=b" [\n {", packed=gzip.compress(b"x"))
    tree(sources=b"import json\n", ini=b"[section]\n", image=b"\x89PNG\r\n\x1a\n\0\0", empty=b"")
    discovery = discover(["."], root=Path.cwd())
    assert [each.path for each in discovery] == ["list", "none", "packed", "rotated.json.1", "utf16"]
    assert discovery.passed_over == 4


def test_git_ignores_hold_in_walked_folders_and_git_itself_is_never_entered(tree: Tree) -> None:
    tree("a.json", "b.json", "build/a.json", ".git/config.json", "sub/.git", "sub/a.json", "sub/b.json")
    Path(".gitignore").write_text("build/\nb.json\n")
    Path("sub/.gitignore").write_text("!b.json\n")
    assert walked(".") == ["a.json", "sub/a.json", "sub/b.json"]
    assert walked("sub") == ["sub/a.json", "sub/b.json"]


def test_a_named_folder_is_walked_although_git_ignores_it(tree: Tree) -> None:
    tree("build/a.json", ".git/HEAD")
    Path(".gitignore").write_text("build/\n")
    assert walked(".") == []
    assert walked("build") == ["build/a.json"]


def test_exclude_holds_for_files_folders_and_globs(tree: Tree) -> None:
    tree("a.json", "b.json", "old/a.json", "old/c.json", "sub/old/x.json")
    exclude = ["old/", "b.json"]
    assert walked(".", exclude=exclude) == ["a.json"]
    assert walked("old", "old/a.json", "b.json", exclude=exclude) == []
    assert walked("old/*.json", "[b].json", exclude=exclude) == []


def test_an_exclude_pattern_that_means_nothing_is_the_users_mistake() -> None:
    with pytest.raises(UsageError):
        discover(["."], exclude=["!"], root=Path())


def test_a_glob_is_expanded_and_what_it_finds_is_not_named(tree: Tree) -> None:
    tree("logs/a.json", "logs/b.txt", "logs/sub/c.json", "logs/d.py")
    assert walked("logs/*.json") == ["logs/a.json"]
    assert walked("logs/*") == ["logs/a.json", "logs/b.txt", "logs/d.py", "logs/sub/c.json"]
    assert walked("**/*.json") == ["logs/a.json", "logs/sub/c.json"]


def test_a_glob_that_matches_nothing_yields_nothing_and_is_noted(tree: Tree) -> None:
    tree("a.json")
    discovery = discover(["*.ndjson", "*.json", "gone/**/*.json"], root=Path())
    assert list(discovery) == [Input("a.json", named=False, claimed=False)]
    assert discovery.unmatched == ["*.ndjson", "gone/**/*.json"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tree: Tree) -> None:
    tree("a[1].json", "a1.json")
    assert found("a[1].json") == [Input("a[1].json")]


@pytest.mark.parametrize("paths", [(".", "notes.md"), ("notes.md", "."), ("*", "notes.md")])
def test_a_file_that_is_named_and_also_in_a_folder_is_one_input(paths: tuple[str, ...], tree: Tree) -> None:
    tree("a.json", "notes.md")
    Path("notes.md").write_text("nothing that looks like a call")
    discovery = discover(paths, root=Path())
    assert sorted(each.path for each in discovery) == ["a.json", "notes.md"]
    assert discovery.passed_over == 0


def test_a_folder_above_that_cannot_be_looked_into_has_no_ignore_files(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree("a/x.json")
    look = os.stat

    def refusing(path: Any, *arguments: Any, **options: Any) -> os.stat_result:
        if str(path).endswith(".git"):
            # As for a folder that only its owner may enter; root, who runs tests in containers, may.
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return look(path, *arguments, **options)

    monkeypatch.setattr(os, "stat", refusing)
    assert walked("a") == ["a/x.json"]


def test_a_glob_skips_what_is_not_a_file_and_reports_dead_links(tree: Tree) -> None:
    tree("ok.json")
    os.mkfifo("pipe.json")
    Path("dead.json").symlink_to("gone")
    assert found("*.json") == [
        UnreadableInput("dead.json", "a symbolic link that leads nowhere"),
        Input("ok.json", named=False, claimed=False),
    ]


def test_a_folder_that_a_glob_cannot_read_is_reported(tree: Tree) -> None:
    tree("a.json")
    Path("loop").symlink_to("loop")
    assert found("./loop*/*.json") == []
    assert found("loop/*.json") == [UnreadableInput("loop/*.json", "a symbolic link that leads to itself")]


def test_a_folder_that_vanishes_while_a_glob_is_expanded_is_reported(tree: Tree) -> None:
    tree("x/a.json", "y/b.json")
    discovery = iter(discover(["**/*.json"], root=Path()))
    assert next(discovery) == Input("x/a.json", named=False, claimed=False)
    shutil.rmtree("y")
    assert list(discovery) == [UnreadableInput("y", "no such file or folder")]


def test_a_file_is_read_once_however_often_it_is_reached(tree: Tree, tmp_path: Path) -> None:
    tree("logs/a.json", "logs/b.json")
    Path("logs/c.json").symlink_to("a.json")
    assert found("logs/a.json", "./logs/a.json", "logs", "logs/*.json", str(tmp_path / "logs/b.json")) == [
        Input("logs/a.json"),
        Input("logs/b.json"),
    ]


def test_a_file_that_is_named_counts_as_named_when_its_folder_comes_first(tree: Tree) -> None:
    tree("logs/a.json", "logs/b.json")
    assert found("logs", "logs/a.json") == [Input("logs/a.json"), Input("logs/b.json", named=False, claimed=False)]


def test_standard_input_is_one_input_with_the_given_name(tree: Tree) -> None:
    tree("a.json")
    assert list(discover(["-", "a.json", "-"], root=Path())) == [Input("-", stdin=True), Input("a.json")]
    assert list(discover(["-"], root=Path(), stdin_filename="x.yaml")) == [Input("x.yaml", stdin=True)]


def test_standard_input_is_never_excluded() -> None:
    assert list(discover(["-"], root=Path(), exclude=["*"])) == [Input("-", stdin=True)]


def test_missing_inputs_are_reported(tree: Tree) -> None:
    tree("a.json")
    Path("dead").symlink_to("gone")
    assert found("gone.json", "a.json", "a.json/b", "nul\0", "dead", "dead*") == [
        UnreadableInput("gone.json", "no such file or folder"),
        Input("a.json"),
        UnreadableInput("a.json/b", "no such file or folder"),
        UnreadableInput("nul\0", "no file can have this name"),
        UnreadableInput("dead", "a symbolic link that leads nowhere"),
        UnreadableInput("dead", "a symbolic link that leads nowhere"),
    ]


def test_links_to_folders_are_not_followed_in_a_walk(tree: Tree) -> None:
    tree("logs/a.json", "other/b.json")
    Path("logs/up").symlink_to("..")
    Path("logs/other").symlink_to("../other")
    assert walked("logs") == ["logs/a.json"]


def test_dead_links_in_a_folder_are_reported_only_if_their_name_claims_calls(tree: Tree) -> None:
    tree("logs/a.json")
    Path("logs/.#a").symlink_to("user@host.123")
    Path("logs/b.json").symlink_to("gone")
    Path("logs/loop").symlink_to("loop")
    assert found("logs") == [
        Input("logs/a.json", named=False, claimed=False),
        UnreadableInput("logs/b.json", "a symbolic link that leads nowhere"),
        UnreadableInput("logs/loop", "a symbolic link that leads to itself"),
    ]


def test_pipes_and_sockets_in_a_folder_are_passed_over_without_waiting(tree: Tree) -> None:
    tree("a.json")
    os.mkfifo("pipe.json")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        discovery = discover(["."], root=Path())
        assert list(discovery) == [Input("a.json", named=False, claimed=False)]
    assert discovery.passed_over == 2


def test_pipes_may_be_named_and_devices_may_not(tree: Tree) -> None:
    tree()
    os.mkfifo("pipe")
    assert found("pipe", "/dev/zero", "/dev/stdin") == [
        Input("pipe"),
        UnreadableInput("/dev/zero", "not a regular file"),
        Input("/dev/stdin"),
    ]


def test_a_folder_that_cannot_be_read_is_reported_and_the_walk_goes_on(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree("a/x.json", "b/y.json")
    scandir = os.scandir

    def refusing(folder: str) -> os._ScandirIterator[str]:
        if Path(folder).name == "a":
            # A real folder without permissions would still open for root, who runs tests in containers.
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    assert found(".") == [UnreadableInput("a", "permission denied"), Input("b/y.json", named=False, claimed=False)]
    assert found("a") == [UnreadableInput("a", "permission denied")]


def test_a_folder_that_vanishes_during_the_walk_is_reported(tree: Tree) -> None:
    tree("a.json", "sub/b.json")
    discovery = iter(discover(["."], root=Path()))
    assert next(discovery) == Input("a.json", named=False, claimed=False)
    shutil.rmtree("sub")
    assert list(discovery) == [UnreadableInput("sub", "no such file or folder")]


@pytest.fixture
def deep_folder(tree: Tree) -> Iterator[Path]:
    tree()
    levels = ["/".join(["d"] * depth) for depth in range(1, 1501)]
    for level in levels:
        Path(level).mkdir()
    file = Path(levels[-1], "a.json")
    file.write_bytes(CALL)
    yield file
    file.unlink()
    for level in reversed(levels):
        Path(level).rmdir()


def test_folders_may_be_nested_deeper_than_python_calls(deep_folder: Path) -> None:
    assert walked(".") == [str(deep_folder)]
    assert walked("**/a.json") == [str(deep_folder)]


def test_reasons_are_plain_words() -> None:
    assert UnreadableInput.because("a", OSError(errno.EIO, "Input/output error")).reason == "Input/output error"
    assert UnreadableInput.because("a", OSError("odd")).reason == "cannot be read"


def test_a_discovery_is_what_discover_returns() -> None:
    assert isinstance(discover([], root=Path()), Discovery)
    assert found() == []
