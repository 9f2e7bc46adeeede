"""Hooks are added to the text of `.pre-commit-config.yaml`, of which nothing else changes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.setup.file_change import FileChange, NoChange
from segkoch_lint.setup.pre_commit import PATH, pre_commit_change
from segkoch_lint.setup.program_source import ProgramSource
from segkoch_lint.setup.survey import Survey

SOURCE = ProgramSource("https://git.example.com/segkoch-lint", "4f0c2d1a9b7e6d5c4b3a29181706f5e4d3c2b1a0")
OTHER = "- repo: https://git.example.com/other\n  rev: v1.0.0\n  hooks:\n    - id: other\n"


def change(folder: Path, text: str | None, calls: tuple[str, ...] = (), plans: tuple[str, ...] = ()) -> object:
    if text is not None:
        (folder / PATH).write_bytes(text.encode())
    return pre_commit_change(Survey(folder, calls, (), plans, ()), lambda: SOURCE)


def test_a_new_file_has_the_hooks_for_the_folders_that_were_found(tmp_path: Path) -> None:
    found = change(tmp_path, None, ("events.d", "a b"), ("plans",))
    assert isinstance(found, FileChange)
    assert yaml.safe_load(found.after) == {
        "repos": [
            {
                "repo": SOURCE.url,
                "rev": SOURCE.revision,
                "hooks": [
                    {"id": "segkoch-lint", "files": r"^(events\.d/|a\ b/)"},
                    {"id": "segkoch-lint-plan-diff", "args": ["plans/"]},
                ],
            }
        ]
    }


@pytest.mark.parametrize(
    "text",
    [
        f"repos:\n{OTHER}",
        f"repos:\n{OTHER}".rstrip("\n"),
        f"# first\nrepos:\n{OTHER}# last\n",
        f"repos:\n{OTHER}\n# about ci\nci:\n  skip: []\n",
        "repos:\n    -   repo: local\n        hooks:\n        - id: x\n          args: [a,\n            b] # c\n",
        "repos:\n  - repo: local\n    hooks:\n      - id: x\n        entry: |\n          a\n          b\n\nci: {}\n",
        f"repos:\n{OTHER}".replace("\n", "\r\n"),
        "repos:\n- repo: meta\n  hooks:\n  - id: identity\n    name:\n",
    ],
)
def test_an_entry_is_added_as_the_last_one_and_all_lines_remain(tmp_path: Path, text: str) -> None:
    found = change(tmp_path, text)
    assert isinstance(found, FileChange)
    before, after = text.splitlines(), found.after.splitlines()
    kept = iter(after)
    assert all(line in kept for line in before)  # in their order
    old = yaml.safe_load(text)
    new = yaml.safe_load(found.after)
    assert new["repos"][:-1] == old.pop("repos")
    assert {key: value for key, value in new.items() if key != "repos"} == old
    assert [hook["id"] for hook in new["repos"][-1]["hooks"]] == ["segkoch-lint"]
    assert ("\r\n" in text) == ("\r\n" in found.after)
    assert "\n" not in found.after.replace("\r\n", "") or "\r\n" not in text


@pytest.mark.parametrize(
    "text",
    [
        "repos: []\n",
        "repos: [{repo: local, hooks: []}]\n",
        "repos:\n",
        "other: 1\n",
        "[1]\n",
        "repos: [\n",
        "repos:\n- rev: 2026-02-30\n",
        f"a: {'[' * 2000}\n",
        "a: b: c\n",
    ],
)
def test_a_file_that_cannot_be_extended_is_left_and_the_entry_is_shown(tmp_path: Path, text: str) -> None:
    found = change(tmp_path, text)
    assert isinstance(found, NoChange)
    assert yaml.safe_load(found.entry)[0]["hooks"] == [{"id": "segkoch-lint"}]


def test_an_alias_at_the_end_does_not_put_the_entry_elsewhere(tmp_path: Path) -> None:
    found = change(tmp_path, "x: &x\n  - id: a\nrepos:\n  - repo: local\n    hooks: *x\n")
    assert isinstance(found, NoChange)


@pytest.mark.parametrize("hook", ["segkoch-lint", "segkoch-lint-plan"])
def test_a_repository_with_a_hook_is_left_alone(tmp_path: Path, hook: str) -> None:
    found = change(tmp_path, f"repos:\n  - repo: local\n    hooks:\n      - id: {hook}\n")
    assert found == NoChange(PATH, "it has a hook of segkoch-lint")


LINES = st.sampled_from(["# a comment", "", "  # an indented comment", "ci: {}", "fail_fast: true"])


@given(
    st.lists(LINES, max_size=4, unique=True), st.lists(LINES, max_size=4, unique=True), st.integers(0, 6), st.booleans()
)
def test_whatever_is_around_the_list_remains(
    tmp_path_factory: pytest.TempPathFactory, above: list[str], below: list[str], column: int, ended: bool
) -> None:
    below = [line for line in below if line not in above or not line[:1].isalpha()]
    items = "".join(f"{' ' * column}{line}\n" for line in OTHER.splitlines())
    text = "\n".join([*above, "repos:", items.rstrip("\n"), *below]) + ("\n" if ended else "")
    found = change(tmp_path_factory.mktemp("x"), text)
    assert isinstance(found, FileChange)
    lines = found.after.splitlines()
    added = [number for number, line in enumerate(lines) if SOURCE.url in line]
    assert len(added) == 1
    del lines[added[0] : added[0] + 4]
    assert lines == text.splitlines()
    assert isinstance(change(tmp_path_factory.mktemp("again"), found.after), NoChange)


@pytest.mark.slow
def test_pre_commit_accepts_the_file(tmp_path: Path) -> None:
    found = change(tmp_path, f"repos:\n{OTHER}", ("a", "b"), ("plans",))
    assert isinstance(found, FileChange)
    found.write(tmp_path)
    ran = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", PATH],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stdout) == (0, "")
