"""The jobs of CI services that check a repository."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from segkoch_lint.setup.file_change import FileChange, NoChange, read_text, with_line_ends_of
from segkoch_lint.setup.program_source import ProgramSource
from segkoch_lint.setup.survey import GITLAB_FILE, Survey
from segkoch_lint.setup.yaml_text import yaml_string

_WORKFLOWS = ".github/workflows"
_WORKFLOW = f"{_WORKFLOWS}/segkoch-lint.yml"

_RUNS_PROGRAM = re.compile(r"\bsegkoch-lint\s+(?:check|plan)\b|/segkoch-lint@|\bSEGKOCH_LINT_")
"""The command, the action, or a variable of the job for GitLab."""

# Tags can be moved, so commits are named.
CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
SETUP_PYTHON = "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0"


def github_change(found: Survey, source: Callable[[], ProgramSource]) -> FileChange | NoChange:
    """Return the change that adds a workflow for GitHub Actions.

    Raises:
        UsageError: the source of the program is needed and not known.
        OutputError: a file cannot be read.
    """
    folder = found.root / _WORKFLOWS
    workflows = sorted((*folder.glob("*.yml"), *folder.glob("*.yaml"))) if folder.is_dir() else []
    for file in workflows:
        if _RUNS_PROGRAM.search(read_text(file) or ""):
            return NoChange(f"{_WORKFLOWS}/{file.name}", "it runs segkoch-lint")
    if (found.root / _WORKFLOW).exists():
        return NoChange(_WORKFLOW, "there is a file of this name")
    text = f"""\
name: segkoch-lint
on:
  push:
    branches: [main, master]
  pull_request:
permissions:
  contents: read
jobs:
  segkoch-lint:
    runs-on: ubuntu-latest
    steps:
      - uses: {CHECKOUT}
        with:
          fetch-depth: {0 if found.plans else 1}
          persist-credentials: false
      - uses: {SETUP_PYTHON}
        with:
          python-version: "3.12"
      - id: install
        run: pip install '{source().requirement}'
      - run: {_check(found)}
"""
    if found.plans:
        text += f"""\
      - if: ${{{{ !cancelled() && steps.install.outcome == 'success' && github.event_name == 'pull_request' }}}}
        run: segkoch-lint plan diff --against "git:origin/$BASE...HEAD" {_words(found.plans)}
        env:
          BASE: ${{{{ github.base_ref }}}}
"""
    return FileChange(_WORKFLOW, None, text)


def gitlab_change(found: Survey, source: Callable[[], ProgramSource]) -> FileChange | NoChange:
    """Return the change that adds jobs to `.gitlab-ci.yml`.

    Raises:
        UsageError: the source of the program is needed and not known.
        OutputError: the file cannot be read.
    """
    before = read_text(found.root / GITLAB_FILE)
    if before is not None and _RUNS_PROGRAM.search(before):
        return NoChange(GITLAB_FILE, "it runs segkoch-lint")
    documents = _parsed(before or "")
    settings = documents[-1] if documents else {}
    jobs = _gitlab_jobs(found, source(), settings if isinstance(settings, Mapping) else {})
    if before is None or not before.strip():
        return FileChange(GITLAB_FILE, before, jobs)
    gap = "\n" if before.endswith("\n") else "\n\n"
    after = before + with_line_ends_of(f"{gap}{jobs}", before)
    added = yaml.safe_load(jobs)
    if not isinstance(settings, Mapping) or _parsed(after) != [*(documents or [])[:-1], {**settings, **added}]:
        return NoChange(GITLAB_FILE, "a job cannot be added at its end", jobs)
    return FileChange(GITLAB_FILE, before, after)


def _gitlab_jobs(found: Survey, source: ProgramSource, settings: Mapping[Any, Any]) -> str:
    text = f"""\
segkoch-lint:
  image: python:3.12
{_stage(settings)}\
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - pip install '{source.requirement}'
    - {_check(found)} --output gitlab:gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
"""
    if found.plans:
        text += f"""
segkoch-lint-plan:
  image: python:3.12
{_stage(settings)}\
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0"
  script:
    - pip install '{source.requirement}'
    - {yaml_string(f'segkoch-lint plan diff --against "git:$CI_MERGE_REQUEST_DIFF_BASE_SHA" {_words(found.plans)}')}
"""
    return text


def _stage(settings: Mapping[Any, Any]) -> str:
    """Return the line that names the stage; a job without one is in `test`, which the stages may not have."""
    stages = settings.get("stages")
    if not isinstance(stages, list) or not stages or "test" in stages:
        return ""
    return f"  stage: {stages[0]}\n"


def _check(found: Survey) -> str:
    words = _words(found.checked)
    return f"segkoch-lint check {words}" if found.call_folders else f"segkoch-lint check --allow-empty {words}"


def _words(folders: Any) -> str:
    return shlex.join(folders)


class _Loader(yaml.SafeLoader):
    """A loader that keeps the tags of GitLab (`!reference`) as values."""


def _tagged(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return (tag, loader.construct_sequence(node, deep=True))
    return (tag, node.start_mark.index)


_Loader.add_multi_constructor("!", _tagged)


def _parsed(text: str) -> list[Any] | None:
    try:
        return list(yaml.load_all(text, Loader=_Loader))
    except (yaml.YAMLError, ValueError, RecursionError):  # a date that does not exist is a ValueError
        return None
