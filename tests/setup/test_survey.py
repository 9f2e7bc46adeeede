"""What `init` finds in a repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segkoch_lint.setup.survey import survey
from tests.conftest import IOS_CALL

CALL = json.dumps(IOS_CALL)
PLAN = '{"rules": {"events": []}}'


def write(folder: Path, **files: str) -> None:
    (folder / ".git").mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_folders_with_calls_and_with_plans_are_found_from_a_subfolder(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{"app/events/a.json": CALL, "app/events/more/b.json": CALL, "server/mixed/a.json": CALL},
        **{"server/mixed/package.json": "{}", "plans/shop.json": PLAN, "src/x.py": "import json\n"},
        **{".gitignore": "dist/\n", "dist/a.json": CALL},
    )
    found = survey(tmp_path / "src")
    assert found.root == tmp_path
    assert found.call_folders == ["app/events", "server/mixed"]
    assert found.event_folders == ["app/events"]
    assert found.checked == ["app/events/", "server/mixed/"]
    assert found.plans == ["plans/"]


@pytest.mark.parametrize(
    ("names", "checked"),
    [
        (
            [],
            [
                ".",
            ],
        ),
        (["a.json", "b/a.json"], ["."]),
        ([f"f{number}/a.json" for number in range(9)], ["."]),
        (["a$(touch x)/a.json"], ["."]),
        (["${{ x }}/a.json"], ["."]),
        (["-x/a.json"], ["./-x/"]),
    ],
)
def test_what_cannot_be_named_one_by_one_is_the_whole_repository(
    tmp_path: Path, names: list[str], checked: list[str]
) -> None:
    write(tmp_path, **dict.fromkeys(names, CALL))
    assert list(survey(tmp_path).checked) == checked


def test_what_the_configuration_excludes_is_not_found(tmp_path: Path) -> None:
    write(tmp_path, **{"segkoch-lint.toml": 'exclude = ["old/"]\n', "old/a.json": CALL, "new/a.json": CALL})
    assert survey(tmp_path).call_folders == ["new"]


@pytest.mark.parametrize(
    ("files", "services"),
    [
        ({}, ["github"]),
        ({".gitlab-ci.yml": ""}, ["gitlab"]),
        ({".github/x": ""}, ["github"]),
        ({".github/x": "", ".gitlab-ci.yml": ""}, ["github", "gitlab"]),
        ({".git/config": '[remote "origin"]\n\turl = git@gitlab.example.com:a/b.git\n'}, ["gitlab"]),
        ({".git/config": '[remote "o"]\n\turl = https://github.com/a/b\n\tfetch = x\n\tfetch = y\n'}, ["github"]),
        ({".git/config": "broken"}, ["github"]),
    ],
)
def test_the_services_are_those_that_the_repository_shows(
    tmp_path: Path, files: dict[str, str], services: list[str]
) -> None:
    write(tmp_path, **files)
    assert survey(tmp_path).services == services


def test_outside_of_a_repository_the_working_directory_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.json").write_text(CALL)
    assert survey(tmp_path).root == tmp_path
    assert survey(tmp_path).call_folders == ["a"]
