"""What the repository offers to CI services: valid by public schemas, and its scripts run without the services."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from jsonschema import Draft7Validator

from segkoch_lint.setup.ci_jobs import CHECKOUT, SETUP_PYTHON
from tests.conftest import Ran
from tests.documentation import blocks

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "tests" / "data" / "schemas"
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


def errors(schema: str, document: Any) -> list[str]:
    text = (SCHEMAS / schema).read_text(encoding="utf-8")
    return [each.message for each in Draft7Validator(json.loads(text)).iter_errors(document)]


# --- the action of GitHub ---


def test_the_action_is_valid() -> None:
    assert errors("github-action.json", ACTION) == []
    assert errors("github-action.json", {**ACTION, "runs": {"using": "composite", "steps": [{"run": "x"}]}})


def test_an_input_never_becomes_part_of_a_script() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert scripts
    assert not any("${{" in script for script in scripts)


def test_other_actions_are_named_by_their_commits() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", each) for each in used)


def test_an_action_is_pinned_to_the_same_commit_everywhere() -> None:
    files = (ROOT / "action.yml", ROOT / ".github" / "workflows" / "examples.yml")
    texts = [file.read_text(encoding="utf-8") for file in files]
    pins = set(re.findall(r"([\w-]+/[\w/-]+)@([0-9a-f]{40}) # (v\S+)", "\n".join([*texts, CHECKOUT, SETUP_PYTHON])))
    assert len({name for name, _, _ in pins}) == len(pins) == 3


def test_the_extras_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = re.search(r"separated by commas: ([\w, ]+)\.", ACTION["inputs"]["extras"]["description"])
    assert listed is not None
    assert set(listed[1].split(", ")) == set(project["optional-dependencies"])


def test_every_input_is_used_and_every_expression_is_known() -> None:
    used = set(EXPRESSION.findall(json.dumps(ACTION)))
    names = {name for each in used for name in re.findall(r"inputs\.([\w-]+)", each)}
    assert names == set(ACTION["inputs"])
    written = {f"steps.{step['id']}.outputs.{name}" for step in STEPS if "id" in step for name in outputs_of(step)}
    assert {each for each in used if each.startswith("steps.")} <= written


def outputs_of(step: dict[str, Any]) -> list[str]:
    return re.findall(r'echo "([\w-]+)=[^"]*" >> "\$GITHUB_OUTPUT"', step["run"])


def test_the_findings_are_uploaded_whether_the_check_failed_or_not() -> None:
    upload = STEPS[-1]
    assert "upload-sarif@" in upload["uses"]
    assert upload["if"].startswith("${{ always() && inputs.upload-sarif == 'true' && ")
    assert upload["with"]["sarif_file"] == ACTION["outputs"]["sarif-file"]["value"]


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def workflow_in(text: str) -> dict[str, Any]:
    """Return a workflow, in which YAML 1.1 reads the key `on` as true."""
    return {{True: "on"}.get(key, key): value for key, value in yaml.safe_load(text).items()}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_the_workflows_of_this_repository_are_valid(file: Path) -> None:
    assert errors("github-workflow.json", workflow_in(file.read_text(encoding="utf-8"))) == []


def test_this_repository_uses_its_own_action_and_image() -> None:
    workflow = workflow_in((ROOT / ".github" / "workflows" / "examples.yml").read_text(encoding="utf-8"))
    action, image = (workflow["jobs"][name]["steps"] for name in ("action", "image"))
    (used,) = (step for step in action if step.get("uses") == "./")
    assert set(used["with"]) <= set(ACTION["inputs"])
    outputs = re.findall(r"steps\.lint\.outputs\.([\w-]+)", json.dumps(action))
    assert sorted(outputs) == sorted(ACTION["outputs"])
    assert any(step.get("run", "").startswith("docker build ") for step in image)


class Step(NamedTuple):
    """How a step of the action ended."""

    status: int
    out: str
    outputs: dict[str, str]


class Runner:
    """Runs the scripts of the action as a runner of GitHub does, with inputs in place of expressions."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.folder = folder
        self.temporary = folder.parent / "runner's temp"
        self.temporary.mkdir(exist_ok=True)
        self.known = {f"inputs.{name}": str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
        self.known |= {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}

    def step(self, name: str, **variables: str) -> Step:
        (step,) = (each for each in STEPS if each.get("id") == name)
        script = self.temporary / "script.sh"
        script.write_text(step["run"])
        output = self.temporary / "output"
        output.write_text("")
        known = {key: EXPRESSION.sub(lambda found: self.known[found[1]], text) for key, text in step["env"].items()}
        given = {"RUNNER_TEMP": self.temporary, "GITHUB_OUTPUT": output, "GITHUB_ACTION_PATH": ROOT}
        folder = EXPRESSION.sub(lambda found: self.known[found[1]], step.get("working-directory", "."))
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.folder / folder,
            env={**environment(), **{key: str(each) for key, each in given.items()}, **known, **variables},
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        self.known |= {f"steps.{name}.outputs.{key}": value for key, value in outputs.items()}
        return Step(ran.returncode, ran.stdout, outputs)


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    hidden = ("GITHUB_", "GIT_", "CI", "COVERAGE_", "PIP_REQUIRE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(hidden)}
    return {**kept, "PATH": path, "NO_COLOR": "1"}


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A working directory with the examples."""
    folder = tmp_path / "work"
    shutil.copytree(ROOT / "examples", folder / "examples")
    return folder


@pytest.fixture
def runner(calls: Path, unmeasured_programs: None) -> Callable[..., Runner]:
    """Return a runner in which the program of this environment is installed."""

    def make(**inputs: str) -> Runner:
        made = Runner(calls, **inputs)
        program = Path(sys.executable).parent / "segkoch-lint"
        made.known["steps.install.outputs.segkoch-lint"] = str(program)
        return made

    return make


@pytest.mark.slow
def test_the_check_reports_its_status_and_a_report_in_sarif(runner: Callable[..., Runner]) -> None:
    ran = runner(paths="examples/fixtures/", arguments="--select=KCH108\n\n--quiet\n").step("check")
    assert ran.status == 1
    assert ran.outputs["status"] == "1"
    report = json.loads(Path(ran.outputs["sarif-file"]).read_text())
    assert {result["ruleId"] for result in report["runs"][0]["results"]} == {"KCH108"}
    again = runner(paths="examples/fixtures/", arguments="--select=KCH108\n--fail-on=never").step("check")
    assert (again.status, again.outputs["status"]) == (0, "0")


@pytest.mark.slow
def test_paths_are_lines_and_nothing_in_them_is_a_command(runner: Callable[..., Runner], calls: Path) -> None:
    (calls / "a b").mkdir()
    shutil.copy(ROOT / "examples/fixtures/order-completed.ios.json", calls / "a b" / "-x.json")
    harmless = "$(touch made)\n`touch made`\n'; touch made; '\n"
    ran = runner(paths=f"a b\n{harmless}", arguments=f"--quiet\n{harmless}").step("check")
    assert ran.outputs["status"] == "4"  # there are no such files
    assert not (calls / "made").exists()
    ran = runner(paths="a b/*.json\n", working_directory=".").step("check")
    assert (ran.status, "1 call read" in ran.out) == (0, True)


@pytest.mark.slow
def test_a_wrong_argument_fails_and_no_old_report_is_uploaded(runner: Callable[..., Runner]) -> None:
    assert "sarif-file" in runner(paths="examples/").step("check").outputs
    ran = runner(paths="examples/", arguments="--gone").step("check")
    assert (ran.status, ran.outputs) == (2, {"status": "2"})


@pytest.mark.slow
def test_annotations_and_the_summary_come_by_themselves(runner: Callable[..., Runner], tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    ran = runner(paths="fixtures/", working_directory="examples").step(
        "check", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary)
    )
    assert "::error" in ran.out
    assert "KCH108" in summary.read_text()


PACKAGES = {"PYTHONPATH": sysconfig.get_path("purelib")}
"""The packages that the program needs are those of this environment, so pip only builds and installs the program."""


@pytest.mark.slow
def test_the_action_installs_its_own_commit_into_an_environment_of_its_own(
    calls: Path, unmeasured_programs: None
) -> None:
    runner = Runner(calls, paths="examples/fixtures", extras="duckdb")
    installed = runner.step("install", **PACKAGES)
    assert installed.status == 0, installed.out
    program = Path(installed.outputs["segkoch-lint"])
    assert program.is_relative_to(runner.temporary)
    ran = runner.step("check", **PACKAGES)
    assert (ran.status, "3 ready" in ran.out) == (1, True)


def documented(first_line: str) -> dict[str, Any]:
    """Return the block of docs/ci.md that begins with this line."""
    (block,) = (each for each in blocks(ROOT / "docs" / "ci.md", "yaml") if each.text.startswith(first_line))
    return workflow_in(block.text)


def test_the_documented_workflow_is_valid_and_uses_inputs_that_exist() -> None:
    workflow = documented("# .github/workflows/segkoch-lint.yml")
    assert errors("github-workflow.json", workflow) == []
    (step,) = (each for each in workflow["jobs"]["segkoch-lint"]["steps"] if each["uses"].startswith("OWNER"))
    assert set(step["with"]) <= set(ACTION["inputs"])


def test_the_documentation_has_every_input_with_its_default() -> None:
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) ?\|", text, re.MULTILINE))
    defaults = {name: f"`{each['default']}`" if each["default"] else "" for name, each in ACTION["inputs"].items()}
    assert rows == {**defaults, "version": "the commit of the action"}


# --- the job of GitLab ---


def test_the_documented_job_of_gitlab_is_valid_and_sets_variables_that_exist() -> None:
    settings = documented("# .gitlab-ci.yml")
    job = settings["segkoch-lint"]
    # GitLab merges the job into the one of the file that is included.
    assert errors("gitlab-ci.json", {**settings, "segkoch-lint": {**GITLAB["segkoch-lint"], **job}}) == []
    assert set(job["variables"]) <= set(GITLAB["segkoch-lint"]["variables"])
    assert settings["include"][0]["file"] == "ci/gitlab.yml"


def test_the_job_of_gitlab_is_valid() -> None:
    assert errors("gitlab-ci.json", GITLAB) == []


def gitlab(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the job as GitLab does; pip is a program that notes its arguments."""
    job = GITLAB["segkoch-lint"]
    programs = folder.parent / "programs"
    programs.mkdir(exist_ok=True)
    pip = programs / "pip"
    pip.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >> "$NOTED"\n')
    pip.chmod(0o755)
    known = environment()
    return subprocess.run(
        ["sh", "-e", "-c", "\n".join(job["script"])],
        cwd=folder,
        env={
            **known,
            **job["variables"],
            "PATH": f"{programs}{os.pathsep}{known['PATH']}",
            "NOTED": str(folder.parent / "noted"),
            **variables,
        },
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_the_job_of_gitlab_checks_and_writes_its_reports(calls: Path, unmeasured_programs: None) -> None:
    requirement = "segkoch-lint @ git+https://git.example.com/segkoch-lint@v0.1.0"
    (calls / "a b").mkdir()
    shutil.copy(ROOT / "examples/fixtures/order-completed.ios.json", calls / "a b")
    ran = gitlab(
        calls,
        SEGKOCH_LINT_REQUIREMENT=requirement,
        SEGKOCH_LINT_PATHS="a b/*.json\nexamples/fixtures",
        SEGKOCH_LINT_ARGUMENTS="--select=KCH108\n--quiet",
    )
    assert ran.returncode == 1, ran.stderr
    assert (calls.parent / "noted").read_text().splitlines()[-1] == requirement
    assert "4 ready" in ran.stdout
    reports = GITLAB["segkoch-lint"]["artifacts"]["reports"]
    assert {each["check_name"] for each in json.loads((calls / reports["codequality"]).read_text())} == {"KCH108"}
    assert "KCH108" in (calls / reports["junit"]).read_text()


@pytest.mark.slow
def test_the_job_of_gitlab_says_what_is_missing(calls: Path, unmeasured_programs: None) -> None:
    ran = gitlab(calls)
    assert ran.returncode == 2
    assert "SEGKOCH_LINT_REQUIREMENT" in ran.stdout


# --- the image ---


class Instruction(NamedTuple):
    """An instruction of a Dockerfile."""

    name: str
    value: str


def instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for whole in re.findall(r"(?:.*\\\n)*.*", "\n".join(lines)):
        if whole:
            name, _, value = re.sub(r"\\\n\s*", "", whole).partition(" ")
            yield Instruction(name, value.strip())


DOCKERFILE = list(instructions((ROOT / "Dockerfile").read_text(encoding="utf-8")))


def test_the_image_is_built_in_two_stages_of_a_slim_python() -> None:
    known = {"FROM", "ARG", "COPY", "RUN", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD"}
    assert {each.name for each in DOCKERFILE} <= known
    stages = [each.value for each in DOCKERFILE if each.name == "FROM"]
    assert [re.fullmatch(r"(python:3\.\d+-slim)(?: AS \w+)?", each) is not None for each in stages] == [True, True]
    assert stages[0].partition(" AS ")[::2] == (stages[1], "build")
    copies = [each.value for each in DOCKERFILE if each.name == "COPY"]
    assert copies == [". /source", "--from=build /opt/segkoch-lint /opt/segkoch-lint"]


def test_the_image_does_not_run_as_root_and_takes_arguments() -> None:
    names = [each.name for each in DOCKERFILE]
    user = next(each.value for each in DOCKERFILE if each.name == "USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)  # a number: Kubernetes cannot check a name
    assert not {"RUN", "COPY"} & set(names[names.index("USER") :])
    for name in ("ENTRYPOINT", "CMD"):
        assert isinstance(json.loads(next(each.value for each in DOCKERFILE if each.name == name)), list)


def context(folder: Path) -> None:
    """Copy the files that `.dockerignore` lets through; the last pattern that matches decides."""
    patterns = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]

    def ignored(path: Path) -> bool:
        parts = path.relative_to(ROOT).parts
        verdict = False
        for pattern in patterns:
            bare = pattern.removeprefix("!")
            names = parts if bare.startswith("**/") else parts[:1]
            if any(fnmatchcase(name, bare.removeprefix("**/")) for name in names):
                verdict = not pattern.startswith("!")
        return verdict

    folder.mkdir()
    for path in ROOT.iterdir():
        if not ignored(path):
            if path.is_dir():
                shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, folder)


@pytest.mark.slow
def test_the_commands_of_the_image_install_the_program_from_its_context(
    tmp_path: Path, unmeasured_programs: None
) -> None:
    context(tmp_path / "source")
    assert not {"tests", ".git", ".venv", "docs"} & {path.name for path in (tmp_path / "source").iterdir()}
    command = next(each.value for each in DOCKERFILE if each.name == "RUN")
    command = command.replace("/opt/segkoch-lint", str(tmp_path / "opt")).replace("/source", str(tmp_path / "source"))
    subprocess.run(["sh", "-e", "-c", command], env={**environment(), **PACKAGES, "EXTRAS": ""}, check=True)
    (entry,) = json.loads(next(each.value for each in DOCKERFILE if each.name == "ENTRYPOINT"))
    ran = subprocess.run(
        [tmp_path / "opt" / "bin" / entry, "check", "--quiet", ROOT / "examples" / "fixtures"],
        env={**environment(), **PACKAGES},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, "3 ready" in ran.stdout) == (1, True)
    assert not (tmp_path / "opt" / "bin" / "pip").exists()


# --- the problem matcher ---

MATCHERS: list[dict[str, Any]] = json.loads((ROOT / "ci" / "problem-matcher.json").read_text())["problemMatcher"]


def matched(line: str) -> dict[str, str | None] | None:
    """Return what the runner reads of a line: the first matcher whose pattern matches decides."""
    for matcher in MATCHERS:
        (pattern,) = matcher["pattern"]
        found = re.search(pattern["regexp"], line)
        if found:
            groups = {key: found[group] for key, group in pattern.items() if isinstance(group, int)}
            return {"severity": matcher.get("severity"), **groups}
    return None


def test_the_problem_matcher_has_the_form_that_runners_read() -> None:
    assert len({matcher["owner"] for matcher in MATCHERS}) == len(MATCHERS)
    for matcher in MATCHERS:
        assert set(matcher) <= {"owner", "severity", "pattern"}
        assert matcher.get("severity", "error") in {"error", "warning", "notice"}
        (pattern,) = matcher["pattern"]
        assert set(pattern) <= {"regexp", "file", "line", "column", "severity", "message", "code"}
        groups = re.compile(pattern["regexp"]).groups
        assert sorted(each for each in pattern.values() if isinstance(each, int)) == list(range(1, groups + 1))
        assert ("severity" in pattern) != ("severity" in matcher)


def test_the_problem_matcher_reads_every_finding_of_the_concise_format(
    program: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    options = ("check", "examples", "--isolated", "--severity", "KCH1=info,KCH104=warning", "--max-findings", "all")
    findings = json.loads(program(*options, "--format", "json").out)["findings"]
    found = [each for line in program(*options, "--format", "concise").out.splitlines() if (each := matched(line))]
    levels = {"error": "error", "warning": "warning", "info": "notice"}
    assert {each["severity"] for each in findings} == set(levels)
    assert [(each["file"], each["line"], each["column"], each["code"], each["severity"]) for each in found] == [
        (each["path"], str(each["line"]), str(each["column"]), each["code"], levels[each["severity"]])
        for each in findings
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a: b.json:1:2: error: x: y [z] [KCH101 missing-device]", ("a: b.json", "1", "x: y [z]")),
        ("a.json: warning: x [KCH101 missing-device]", ("a.json", None, "x")),
        ("a.json:/batch/0: error: x [KCH101 missing-device]", ("a.json", None, "x")),
        ("4 calls read: 3 checked.", None),
        ("error: x", None),
    ],
)
def test_the_problem_matcher_reads_a_line(line: str, expected: tuple[str, str | None, str] | None) -> None:
    found = matched(line)
    assert (found and (found["file"], found["line"], found["message"])) == expected
