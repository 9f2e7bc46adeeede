"""The jobs for CI services: valid by the services' schemas, and their commands run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for

from segkoch_lint.setup.ci_jobs import github_change, gitlab_change
from segkoch_lint.setup.file_change import FileChange, NoChange
from segkoch_lint.setup.program_source import ProgramSource
from segkoch_lint.setup.survey import Survey

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "tests" / "data" / "schemas"
SOURCE = ProgramSource("https://git.example.com/segkoch-lint", "v0.1.0")


def errors(name: str, text: str) -> list[str]:
    schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    document = {str(key): value for key, value in yaml.load(text, Loader=yaml.BaseLoader).items()}
    return [error.message for error in validator_for(schema)(schema).iter_errors(typed(document))]


def typed(value: Any) -> Any:
    """Return what YAML 1.2 reads: `on` is a key, while `true` and numbers have types."""
    if isinstance(value, dict):
        return {key: typed(each) for key, each in value.items()}
    if isinstance(value, list):
        return list(map(typed, value))
    return {"true": True, "false": False, "": None}.get(value, int(value) if value.isdigit() else value)


def found(folder: Path, calls: tuple[str, ...] = ("fixtures",), plans: tuple[str, ...] = ("my plans",)) -> Survey:
    return Survey(folder, calls, (), plans, ())


def commands(scripts: list[str], folder: Path, **variables: str) -> int:
    """Run the commands that call segkoch-lint as a runner does, and return the status."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    script = "\n".join(each for each in scripts if each.startswith("segkoch-lint"))
    environment = {**os.environ, "PATH": path, **variables}
    return subprocess.run(["bash", "-e", "-c", script], cwd=folder, check=False, env=environment).returncode


@pytest.mark.parametrize("plans", [(), ("my plans",)])
def test_the_workflow_is_valid(tmp_path: Path, plans: tuple[str, ...]) -> None:
    change = github_change(found(tmp_path, plans=plans), lambda: SOURCE)
    assert isinstance(change, FileChange)
    assert change.path == ".github/workflows/segkoch-lint.yml"
    assert errors("github-workflow.json", change.after) == []
    steps = yaml.safe_load(change.after)["jobs"]["segkoch-lint"]["steps"]
    assert next(step["run"] for step in steps if "run" in step) == f"pip install '{SOURCE.requirement}'"
    # Nothing that others write, such as the name of a branch, becomes part of a command.
    assert not any("${{" in step.get("run", "") for step in steps)


def test_a_schema_finds_a_wrong_workflow() -> None:
    assert errors("github-workflow.json", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - ran: x\n")
    assert errors("gitlab-ci.json", "a:\n  script: 1\n")


@pytest.mark.parametrize("before", [None, "", "stages: [build, deploy]\nbuild:\n  stage: build\n  script: make\n"])
def test_the_jobs_of_gitlab_are_valid(tmp_path: Path, before: str | None) -> None:
    if before is not None:
        (tmp_path / ".gitlab-ci.yml").write_text(before)
    change = gitlab_change(found(tmp_path), lambda: SOURCE)
    assert isinstance(change, FileChange)
    assert errors("gitlab-ci.json", change.after) == []
    assert change.after.startswith(before or "")
    jobs = yaml.safe_load(change.after)
    assert jobs["segkoch-lint"].get("stage") == ("build" if before else None)  # `test` is not one of the stages


def test_a_file_of_gitlab_with_tags_and_a_header_is_extended(tmp_path: Path) -> None:
    before = "spec:\n  inputs: {}\n---\n.x:\n  script: [make]\nx:\n  script:\n    - !reference [.x, script]\n"
    (tmp_path / ".gitlab-ci.yml").write_text(before.replace("\n", "\r\n"), newline="")
    change = gitlab_change(found(tmp_path), lambda: SOURCE)
    assert isinstance(change, FileChange)
    assert change.after.startswith(before.replace("\n", "\r\n"))
    assert "\n" not in change.after.replace("\r\n", "")


@pytest.mark.parametrize("before", ["a: [\n", "a: 2026-02-30\n", "[1]\n", "{a: {script: x}}\n"])
def test_a_file_of_gitlab_that_cannot_be_extended_is_left(tmp_path: Path, before: str) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(before)
    change = gitlab_change(found(tmp_path), lambda: SOURCE)
    assert isinstance(change, NoChange)
    assert errors("gitlab-ci.json", change.entry) == []


@pytest.mark.parametrize(
    "text",
    [
        "x:\n  script: segkoch-lint check .\n",
        "x:\n  script: segkoch-lint  plan diff .\n",
        "x:\n  - uses: someone/segkoch-lint@v1\n",
        "x:\n  variables: {SEGKOCH_LINT_PATHS: x}\n",
    ],
)
def test_what_runs_the_program_already_is_left(tmp_path: Path, text: str) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(text)
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "ci.yaml").write_text(text)
    assert isinstance(gitlab_change(found(tmp_path), lambda: SOURCE), NoChange)
    assert github_change(found(tmp_path), lambda: SOURCE) == NoChange(
        ".github/workflows/ci.yaml", "it runs segkoch-lint"
    )


@pytest.mark.slow
def test_the_commands_of_both_services_check_the_calls_and_the_plans(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "fixtures", tmp_path / "fixtures")
    shutil.copytree(ROOT / "examples" / "plans", tmp_path / "my plans")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    head = subprocess.run(
        [*git, "rev-parse", "HEAD"], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout.strip()
    subprocess.run([*git, "update-ref", "refs/remotes/origin/main", head], cwd=tmp_path, check=True)
    github, gitlab = github_change(found(tmp_path), lambda: SOURCE), gitlab_change(found(tmp_path), lambda: SOURCE)
    assert isinstance(github, FileChange)
    assert isinstance(gitlab, FileChange)
    steps = yaml.safe_load(github.after)["jobs"]["segkoch-lint"]["steps"]
    assert [commands([step["run"]], tmp_path, BASE="main") for step in steps if "run" in step] == [0, 1, 0]
    jobs = yaml.safe_load(gitlab.after)
    assert commands(jobs["segkoch-lint"]["script"], tmp_path) == 1
    assert json.loads((tmp_path / "gl-code-quality-report.json").read_text())
    assert commands(jobs["segkoch-lint-plan"]["script"], tmp_path, CI_MERGE_REQUEST_DIFF_BASE_SHA=head) == 0


def test_what_only_names_the_program_does_not_run_it_and_no_workflow_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "ci.yml").write_text("# builds segkoch-lint\n")
    assert isinstance(github_change(found(tmp_path), lambda: SOURCE), FileChange)
    (folder / "segkoch-lint.yml").write_text("# nothing yet\n")
    assert isinstance(github_change(found(tmp_path), lambda: SOURCE), NoChange)
