"""The hook, run by the real pre-commit in a real repository."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import IOS_CALL
from tests.fixing.calls import call
from tests.plans.plan_files import config_api, guard
from tests.test_repositories import OTHERS

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unmeasured_programs")]

ROOT = Path(__file__).parents[1]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
HOOK, PLAN_HOOK, DIFF_HOOK = HOOKS


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the hook installed; it runs the program of this environment, so that nothing is downloaded."""
    assert shutil.which("segkoch-lint")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet")
    hooks = [{**hook, "language": "system"} for hook in HOOKS]
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
    subprocess.run(["pre-commit", "install"], cwd=folder, check=True, capture_output=True)
    return folder


def commit(folder: Path, *, ran: str = "") -> subprocess.CompletedProcess[str]:
    """Commit everything; if a hook is named, the others are left out."""
    git(folder, "add", ".")
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-m", "x"]
    skipped = ",".join(hook["id"] for hook in HOOKS if ran and hook["id"] != ran)
    environment = {**os.environ, "SKIP": skipped}
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, env=environment)


def test_a_good_fixture_is_committed(repository: Path) -> None:
    (repository / "order.json").write_text(json.dumps(IOS_CALL))
    (repository / "package.json").write_text('{"name": "x"}')
    ran = commit(repository)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "segkoch-lint" in ran.stderr + ran.stdout
    assert "Passed" in ran.stderr + ran.stdout


def test_a_bad_fixture_blocks_the_commit(repository: Path) -> None:
    (repository / "order.ndjson").write_text(json.dumps({**IOS_CALL, "context": {"device": {"type": "iOS"}}}) + "\n")
    ran = commit(repository)
    assert ran.returncode == 1
    assert "KCH103" in ran.stdout + ran.stderr


def test_files_that_hold_no_call_do_not_block_a_commit(repository: Path) -> None:
    for name, text in OTHERS.items():
        file = repository / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    ran = commit(repository, ran="segkoch-lint")
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.json", '{"type": "trak", "event": "A", "userId": "u"}', "KCH002"),
        ("a.json", '{"type": "track", "event": "A", "userId": "u",}', "KCH001"),
        ("a.jsonl", "cut o", "KCH001"),
        ("tracks.csv", "user_id,event,context_device_type\nu,x,iOS\n", "KCH103"),
    ],
)
def test_a_call_that_is_written_wrongly_blocks_the_commit(repository: Path, name: str, text: str, code: str) -> None:
    (repository / "tsconfig.json").write_text(OTHERS["tsconfig.json"])
    (repository / name).write_text(text)
    ran = commit(repository, ran="segkoch-lint")
    assert ran.returncode == 1
    assert code in ran.stdout + ran.stderr


def test_the_hook_fixes_a_fixture_and_the_next_commit_passes(repository: Path) -> None:
    config = yaml.safe_load((repository / ".pre-commit-config.yaml").read_text())
    (hook,) = (hook for hook in config["repos"][0]["hooks"] if hook["id"] == "segkoch-lint")
    hook["args"] = ["--fix"]
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (repository / "order.json").write_text(json.dumps(call(), indent=2))
    ran = commit(repository, ran="segkoch-lint")
    assert ran.returncode == 1
    assert "files were modified by this hook" in ran.stdout + ran.stderr
    assert "Fixed: order.json: 1 KCH103" in ran.stdout + ran.stderr
    assert (repository / "order.json").read_text() == json.dumps(call(fixed=True), indent=2)
    ran = commit(repository, ran="segkoch-lint")
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("whole", [True, False])
def test_a_commit_of_one_fixture_is_compared_with_the_others_if_no_names_are_passed(
    repository: Path, whole: bool
) -> None:
    """As README and docs/identity.md say."""
    config = yaml.safe_load((repository / ".pre-commit-config.yaml").read_text())
    (hook,) = (hook for hook in config["repos"][0]["hooks"] if hook["id"] == "segkoch-lint")
    hook["files"] = "^fixtures/events/"
    if whole:
        hook |= {"pass_filenames": False, "args": ["fixtures/events/"]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    folder = repository / "fixtures" / "events"
    folder.mkdir(parents=True)
    (folder / "app.json").write_text(json.dumps(IOS_CALL))
    server = copy.deepcopy(IOS_CALL)
    server["context"]["library"]["name"] = "analytics-ruby"
    (folder / "server.json").write_text(json.dumps(server))
    assert commit(repository).returncode == 0
    server["context"]["device"]["id"] = "0E3C1B52-7A64-4D3F-9C15-8B2E6F7A9D01"
    (folder / "server.json").write_text(json.dumps(server))
    ran = commit(repository)
    assert ran.returncode == int(whole)
    assert ("KCH201" in ran.stdout + ran.stderr) == whole


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("a.json", True),
        ("a.ndjson.gz", True),
        ("a.jsonl.zst", True),
        ("a.yml", True),
        ("a.yaml", True),
        ("a.csv", True),
        ("a.csv.gz", True),
        ("a.har", True),
        ("a.zhar", True),
        ("a.chlsj.gz", True),
        ("a.jsonc", True),
        ("a.json5", True),
        ("a.jsonx", False),
        ("a.py", False),
        ("a.gz", False),
        ("json", False),
    ],
)
def test_files_are_chosen_by_their_names(name: str, taken: bool) -> None:
    assert bool(re.search(HOOK["files"], name)) == taken


def test_the_hook_is_installed_from_this_repository_as_a_python_package() -> None:
    assert (HOOK["id"], HOOK["language"], HOOK["types"], HOOK["require_serial"]) == (
        "segkoch-lint",
        "python",
        ["file"],
        True,
    )


def test_an_unguarded_plan_blocks_the_commit_and_a_guarded_one_does_not(repository: Path) -> None:
    (repository / "plan.json").write_text(json.dumps(config_api(None, {"A": {}})))
    ran = commit(repository)
    assert ran.returncode == 1
    assert "KCH401" in ran.stdout + ran.stderr
    (repository / "plan.json").write_text(json.dumps(config_api(guard(), {"A": {}})))
    ran = commit(repository)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_hook_for_plans_takes_their_formats() -> None:
    assert (PLAN_HOOK["id"], PLAN_HOOK["language"], PLAN_HOOK["require_serial"]) == (
        "segkoch-lint-plan",
        "python",
        True,
    )
    assert all(re.search(PLAN_HOOK["files"], name) for name in ("plan.json", "plan.yaml", "shop.csv", "plan.json.gz"))
    assert not re.search(PLAN_HOOK["files"], "plan.tf")


def test_a_commit_that_takes_a_guard_away_is_blocked(repository: Path) -> None:
    plan = repository / "plans" / "shop.json"
    plan.parent.mkdir()
    plan.write_text(json.dumps(config_api(guard(), {"A": {}})))
    for name, text in OTHERS.items():
        file = repository / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    ran = commit(repository, ran=DIFF_HOOK["id"])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    plan.write_text(json.dumps(config_api(None, {"A": {}})))
    ran = commit(repository, ran=DIFF_HOOK["id"])
    assert ran.returncode == 1
    assert "KCH404" in ran.stdout + ran.stderr
    # Old debt is no matter of the comparison.
    git(repository, "commit", "--no-verify", "-m", "x")
    (repository / "other.txt").write_text("x")
    ran = commit(repository, ran=DIFF_HOOK["id"])
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("folders", [["."], ["plans/"]])
def test_a_commit_that_removes_a_plan_is_blocked(repository: Path, folders: list[str]) -> None:
    config = yaml.safe_load((repository / ".pre-commit-config.yaml").read_text())
    (hook,) = (hook for hook in config["repos"][0]["hooks"] if hook["id"] == DIFF_HOOK["id"])
    hook["args"] = folders
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (repository / "plans").mkdir()
    (repository / "plans" / "shop.json").write_text(json.dumps(config_api(guard(), {"A": {}})))
    assert commit(repository, ran=DIFF_HOOK["id"]).returncode == 0
    shutil.rmtree(repository / "plans")
    ran = commit(repository, ran=DIFF_HOOK["id"])
    assert ran.returncode == 1
    assert "KCH404" in ran.stdout + ran.stderr


def test_the_hook_that_compares_runs_for_whole_folders_each_time() -> None:
    assert (DIFF_HOOK["id"], DIFF_HOOK["language"]) == ("segkoch-lint-plan-diff", "python")
    assert (DIFF_HOOK["pass_filenames"], DIFF_HOOK["always_run"], DIFF_HOOK["args"]) == (False, True, ["."])


@pytest.mark.parametrize("hook", [PLAN_HOOK["id"], DIFF_HOOK["id"]])
def test_files_that_hold_no_plan_do_not_block_a_commit(repository: Path, hook: str) -> None:
    for name, text in OTHERS.items():
        file = repository / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    ran = commit(repository, ran=hook)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("hook", [PLAN_HOOK["id"], DIFF_HOOK["id"]])
@pytest.mark.parametrize("text", ['{"rules": {"events": [}}', '{"data": {"rules": [{"jsonSchema": {}},]}}'])
def test_a_plan_that_is_broken_blocks_a_commit(repository: Path, hook: str, text: str) -> None:
    (repository / "plan.json").write_text(text)
    ran = commit(repository, ran=hook)
    assert ran.returncode == 1
    assert "KCH001" in ran.stdout + ran.stderr
