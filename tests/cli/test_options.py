"""The options of `segkoch-lint check` and the configuration that they change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import BAD
from tests.conftest import IOS_CALL, Ran

Program = Callable[..., Ran]

pytestmark = pytest.mark.usefixtures("events_folder")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--select", "KCH103"], {"KCH103"}),
        (["--select", "KCH103,missing-advertising-id"], {"KCH103", "KCH105"}),
        (["--select", "KCH1", "--ignore", "KCH103"], {"KCH105"}),
        (["--ignore", "KCH1"], set()),
    ],
)
def test_rules_are_selected(arguments: list[str], found: set[str], program: Program) -> None:
    report = json.loads(program("check", "--format", "json", *arguments, "bad.json").out)
    assert {finding["code"] for finding in report["findings"]} == found


def test_severities_and_the_level_to_fail_on_are_set(program: Program) -> None:
    assert program("check", "--severity", "KCH1=warning", "bad.json").status == 0
    assert program("check", "--severity", "KCH1=warning", "--fail-on", "warning", "bad.json").status == 1
    assert program("check", "--fail-on", "never", "bad.json").status == 0


@pytest.fixture
def half_bad(events_folder: Path) -> str:
    """A log of which every second call breaks KCH103 and KCH105."""
    (events_folder / "half.ndjson").write_text((json.dumps(IOS_CALL) + "\n" + json.dumps(BAD) + "\n") * 10)
    return "half.ndjson"


@pytest.mark.parametrize(
    ("budgets", "status"),
    [
        (["KCH1=50%"], 0),
        (["KCH1=49.9%"], 1),
        (["KCH103=50%"], 1),
        (["KCH103=50%", "missing-advertising-id=10"], 0),
        (["KCH103=50%, KCH105=9"], 1),
        (["KCH105=10,KCH1=100%"], 0),
        (["KCH105=9,ALL=100%"], 1),
        (["KCH105=10,KCH103=0,KCH105=9,KCH103=10"], 1),
        (["KCH1=9,KCH1=10"], 0),
    ],
)
def test_findings_within_their_budgets_are_shown_and_pass(
    budgets: list[str], status: int, half_bad: str, program: Program
) -> None:
    ran = program("check", half_bad, *(option for budget in budgets for option in ("--budget", budget)))
    assert ran.status == status
    assert "half.ndjson:20:" in ran.out
    assert ("20 errors (within budget)." in ran.out) == (status == 0)


def test_budgets_of_the_command_line_override_those_of_the_configuration(
    half_bad: str, program: Program, events_folder: Path
) -> None:
    (events_folder / "segkoch-lint.toml").write_text('budgets = {KCH103 = "50%", missing-advertising-id = 9}\n')
    assert program("check", half_bad).status == 1
    assert program("check", half_bad, "--budget", "KCH105=10").status == 0
    assert program("check", half_bad, "--budget", "KCH1=100%").status == 1
    assert program("check", half_bad, "--budget", "missing-advertising-id=10", "--budget", "KCH103=49%").status == 1
    assert program("check", half_bad, "--isolated", "--budget", "KCH105=10").status == 1
    report = json.loads(program("check", half_bad, "-f", "json", "--budget", "KCH105=10").out)
    assert report["summary"]["findings"]["within_budget"] == 20
    budget = report["summary"]["rules"]["KCH105"]["budget"]
    assert budget == {"limit": "10", "min_calls": 0, "judged": True, "exceeded": False}


@pytest.mark.parametrize(
    ("budgets", "status"),
    [
        (["KCH1=0%,min-calls=21"], 0),
        (["KCH1=0%, min-calls = 21"], 0),
        (["KCH1=0%,min-calls=20"], 1),
        (["KCH103=0%,min-calls=21,KCH105=10"], 0),
        (["KCH103=0%,min-calls=21,KCH105=0%"], 1),  # a floor is that of the budget before it
        (["KCH103=0%,min-calls=21", "KCH105=0%,min-calls=1,min-calls=21"], 0),
        (["KCH1=0%,min-calls=21", "KCH1=0%"], 1),
    ],
)
def test_a_share_of_few_calls_is_not_judged(budgets: list[str], status: int, half_bad: str, program: Program) -> None:
    options = (option for budget in budgets for option in ("--budget", budget))
    assert program("check", half_bad, *options).status == status


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ("text", "Budget not judged, with 20 delivered calls: KCH103 (0%) from 1,000 calls on."),
        ("concise", "Budget not judged, with 20 delivered calls: KCH103 (0%) from 1,000 calls on."),
        ("markdown", "Budget not judged, with 20 delivered calls: KCH103 (0%) from 1,000 calls on."),
        ("sarif", "the budget of 0% is judged from 1,000 calls on"),
        ("json", '"budget": {"limit": "0%", "min_calls": 1000, "judged": false, "exceeded": false}'),
    ],
)
def test_reports_say_that_a_budget_is_not_judged(form: str, sentence: str, half_bad: str, program: Program) -> None:
    ran = program("check", half_bad, "-f", form, "--budget", "KCH103=0%,min-calls=1000,KCH105=10")
    assert ran.status == 0
    assert ("20 errors (within budget or not judged)" in ran.out) == (form in {"text", "concise", "markdown"})
    assert sentence in ran.out


def test_the_configuration_sets_a_floor_for_a_budget(half_bad: str, program: Program, events_folder: Path) -> None:
    file = events_folder / "segkoch-lint.toml"
    file.write_text('budgets = {KCH1 = {max = "0%", min-calls = 21}}\n')
    assert program("check", half_bad).status == 0
    file.write_text('budgets = {KCH1 = {max = "0%", min-calls = 20}}\n')
    assert program("check", half_bad).status == 1


def test_a_severity_of_the_command_line_overrides_an_equally_exact_one(program: Program, events_folder: Path) -> None:
    (events_folder / "segkoch-lint.toml").write_text(
        'severity = {KCH1 = "info", KCH103 = "info", invalid-device-type = "info"}\n'
    )
    assert program("check", "bad.json").status == 0
    assert program("check", "bad.json", "--severity", "KCH103=error").status == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--output", "json"], "FORMAT:PATH is expected"),
        (["--output", "jsn:x"], 'no format is called "jsn"'),
        (["--output", "json:x", "--output", "text:./x"], "same file"),
        (["events/x.json", "--output", "json:./events/../events/x.json"], "would overwrite an input"),
        (["--select", "KCH9"], '--select: no rule is called "KCH9"'),
        (["--severity", "KCH103"], "CODE=LEVEL is expected"),
        (["--severity", "KCH103=fatal"], "CODE=LEVEL is expected"),
        (["--budget", "KCH106"], "--budget KCH106: CODE=BUDGET is expected"),
        (["--budget", "=60%"], "CODE=BUDGET is expected"),
        (["--budget", "KCH106=0,1%"], "--budget 1%: CODE=BUDGET is expected"),
        (["--budget", "KCH106=most"], '--budget KCH106=most: "most" is not a budget'),
        (["--budget", "KCH106=-1%"], "--budget KCH106=-1%: a budget cannot be negative"),
        (["--budget", "KCH106=101%"], "cannot be over 100%"),
        (["--budget", "KCH106=60%,KCH1=0.5"], "--budget KCH1=0.5: a number of calls has to be whole"),
        (["--budget", "KCH1=60%,min-calls=many"], "--budget KCH1=60%,min-calls=many: min-calls is a whole number"),
        (["--budget", "KCH1=60%,min-calls=0"], "min-calls is a whole number of at least 1"),
        (["--budget", "KCH1=20,min-calls=9"], "--budget KCH1=20,min-calls=9: only a share takes min-calls"),
        (["--budget", "min-calls=9"], 'no rule is called "min-calls"'),
        (["--select", ","], "--select names no rule"),
        (["--select", "KCH4"], "The selected rules are about tracking plans, not about calls"),
        (["--select", "KCH1", "--ignore", "ALL,KCH1"], "No rule is selected (--select: KCH1; --ignore: ALL, KCH1)"),
        (["--ignore", ""], "--ignore names no rule"),
        (["--severity", "KCH9=info"], '--severity: no rule is called "KCH9"'),
        (["--budget", "KCH9=1"], '--budget: no rule is called "KCH9"'),
        (["--budget", "limited-ad-trackin=60%"], 'Did you mean "limited-ad-tracking"?'),
        (["--config", "nope.toml"], "no such configuration file"),
        (["--config", "x", "--isolated"], "exclude each other"),
        (["--rules", "nowhere"], "nowhere: there is no such folder of rule files"),
        (["--output", "json:-"], "--format json writes to standard output"),
        (["--format", "xml"], "xml"),
        (["--fail-on", "fatal"], "fatal"),
        (["--max-findings", "-1"], "--max-findings -1: a number of findings or `all` is expected"),
        (["--max-findings", "most"], "--max-findings most: a number of findings or `all` is expected"),
        (["--nope"], "--nope"),
    ],
)
def test_usage_errors_are_reported_and_nothing_is_linted(
    arguments: list[str], complaint: str, program: Program
) -> None:
    ran = program("check", "bad.json", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert complaint in ran.err
    assert "Traceback" not in ran.err


def test_the_nearest_configuration_applies_unless_isolated(program: Program, events_folder: Path) -> None:
    (events_folder / "segkoch-lint.toml").write_text('ignore = ["KCH1"]\n')
    assert program("check", "bad.json").status == 0
    assert program("check", "--isolated", "bad.json").status == 1
    assert program("check", "--ignore", "KCH103", "bad.json").status == 1
    other = events_folder / "other.toml"
    other.write_text('severity = {KCH1 = "info"}\n')
    assert program("check", "--config", "other.toml", "bad.json").status == 0
    other.write_text("selct = []\n")
    assert 'Did you mean "select"?' in program("check", "--config", "other.toml", "bad.json").err


def test_excluded_and_ignored_files_are_not_read(program: Program, events_folder: Path) -> None:
    (events_folder / ".gitignore").write_text("bad.json\n")
    assert program("check").status == 0
    (events_folder / ".gitignore").unlink()
    (events_folder / "segkoch-lint.toml").write_text('exclude = ["bad.json"]\n')
    assert program("check").status == 0


def test_rules_of_the_user_apply_beside_the_built_in_ones(program: Program, events_folder: Path) -> None:
    own: dict[str, Any] = {
        "$schema": "urn:segkoch-lint:rule",
        "title": "own",
        "description": "A rule of our own that no call of this test fulfils at all.",
        "rule": {
            "code": "OWN001",
            "severity": "error",
            "origin": "beyond",
            "applies-to": "call",
            "message": "m",
            "source": ["s"],
        },
        "remedy": {"default": "r"},
        "required": ["never"],
        "examples": [{"never": 1}],
        "counterexamples": [{"patch": [{"op": "remove", "path": "/never"}], "place": ""}],
    }
    (events_folder / "rules").mkdir()
    (events_folder / "rules" / "own.json").write_text(json.dumps(own))
    ran = program("check", "--rules", "rules", "good.json")
    assert "OWN001 own  m" in ran.out
    assert "OWN001  own  error            1      1" in ran.out


@pytest.mark.parametrize("size", ["much", "1KB"])
def test_a_wrong_memory_size_is_a_usage_error(program: Program, size: str) -> None:
    ran = program("check", "--memory", size)
    assert ran.status == 2
    assert "512MB, 2GiB" in ran.err


def test_configurations_that_are_not_read_are_named(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir(exist_ok=True)
    (tmp_path / ".segkoch-lint.yml").write_text("ignore: [KCH1]\n")
    (tmp_path / "segkoch-lint.yaml").write_text("ignore: [KCH1]\n")
    (tmp_path / "pyproject.toml").write_text("[tool.segkoch_lint]\nignore = ['KCH1']\n")
    (tmp_path / "call.json").write_text(json.dumps(IOS_CALL))
    monkeypatch.chdir(tmp_path)
    ran = program("check", "call.json")
    assert ran.status == 0
    notes = ran.err.splitlines()
    assert notes[0].removeprefix(f"Note: {tmp_path}/") == (
        "segkoch-lint.yaml: not read: a configuration is named .segkoch-lint.yaml or segkoch-lint.toml, "
        "or is the table [tool.segkoch-lint] of pyproject.toml."
    )
    assert notes[1].startswith(f"Note: {tmp_path}/.segkoch-lint.yml: not read")
    assert notes[2].startswith(f"Note: {tmp_path}/pyproject.toml: [tool.segkoch_lint] is not read")
    assert len(notes) == 3
    assert program("check", "--isolated", "call.json").err == ""


def test_a_second_configuration_in_the_folder_is_named_since_it_is_not_read(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "segkoch-lint.toml").write_text("")
    (tmp_path / ".segkoch-lint.yaml").write_text("")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "call.json").write_text(json.dumps(IOS_CALL))
    monkeypatch.chdir(tmp_path)
    (note,) = program("check", "call.json").err.splitlines()
    assert note.startswith(f"Note: {tmp_path}/.segkoch-lint.yaml: not read: segkoch-lint.toml in the same folder")


def test_all_errors_of_a_configuration_are_reported_at_once(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "segkoch-lint.toml"
    file.write_text(
        'selct = ["KCH1"]\nfail-on = "eror"\nmemory = "1"\nother = 1\n[limits]\ndepth = 0\n[budgets]\nKCH106 = "many"\n'
    )
    ran = program("check", "--config", str(file), "x")
    assert ran.status == 2
    errors = [line for line in ran.err.splitlines() if line.startswith("Error: ")]
    for words in ('"selct"', '"other"', "fail-on is", "memory", "limits.depth", "budgets.KCH106"):
        assert sum(words in error for error in errors) == 1, words
    file.write_text('select = ["KCH9", "nothing"]\nignore = ["KCHX"]\n[severity]\nKCHY = "info"\n')
    ran = program("check", "--config", str(file), "x")
    assert ran.err.count("no rule is called") == 4
