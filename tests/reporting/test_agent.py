from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from segkoch_lint.cli.run_options import AGENT_VARIABLES
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import ReportOptions
from tests.cli.conftest import BAD
from tests.conftest import IOS_CALL, Ran
from tests.plans.plan_files import ORDER, config_api
from tests.reporting.test_reports import ALIKE, SUMMARY, written

Program = Callable[..., Ran]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory with a good and a bad call."""
    monkeypatch.chdir(tmp_path)
    Path("good.json").write_text(json.dumps(IOS_CALL))
    Path("bad.json").write_text(json.dumps(BAD))


def test_a_finding_is_a_line_with_its_fix_and_the_totals_are_one() -> None:
    findings = written("agent", ReportOptions(color=True)).splitlines()
    assert findings[0] == (
        'events/a\\u{1b}[31m.json:12:9: warning KCH107 malformed-advertising-id: the advertising id "A1D4…B0E8" is no '
        "UUID. Fix: Send it as the system gives it."
    )
    assert findings[1:3] == [
        "<value>: error KCH101 missing-device: no device",
        "c.json:1:1: info KCH118 unusual-device-id: unusual",
    ]
    assert findings[3] == "Incomplete: 1 input could not be read; see standard error."
    assert findings[4].startswith("1 error, 1 warning, 1 info. 1,000 calls read: 990 checked, ")
    assert len(findings) == 5


def test_the_fix_is_beside_every_finding() -> None:
    assert written("agent", ReportOptions(), ALIKE).count("Fix: Fix it.") == len(ALIKE)


def test_a_log_is_cut_like_text() -> None:
    lines = written("agent", ReportOptions(max_per_rule=2), ALIKE, Summary(severities=Counter(error=5))).splitlines()
    assert [line.partition(". Fix")[0] for line in lines[:2]] == ["a: error KCH101 a: m0", "a: error KCH101 a: m1"]
    assert lines[2] == "… and 3 more findings, beyond 2 a rule: `--max-findings all` shows them."


@pytest.mark.parametrize(
    ("summary", "line"),
    [
        (Summary(calls=1, checked=1), "No findings. 1 call read: 1 checked.\n"),
        (Summary(), "Nothing was checked. 0 calls read: 0 checked.\n"),
    ],
)
def test_without_findings_there_is_one_line(summary: Summary, line: str) -> None:
    assert written("agent", ReportOptions(), [], summary) == line


def test_quiet_leaves_the_totals() -> None:
    assert "KCH" not in written("agent", ReportOptions(quiet=True), ALIKE, SUMMARY)


ONE_LINE = "No findings. 1 call read: 1 checked. Of the checked ones: 1 ready, 0 limited, 0 faulty.\n"


@pytest.mark.parametrize("variable", AGENT_VARIABLES)
def test_an_agent_gets_it_by_itself(variable: str, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "1")
    assert program("check", "good.json").out == ONE_LINE
    for arguments in (["--format", "text"], ["-f", "concise"]):
        assert program("check", "good.json", *arguments).out != ONE_LINE
    for value in ("", "0", "false"):
        monkeypatch.setenv(variable, value)
        assert program("check", "good.json").out != ONE_LINE


def test_a_person_at_a_terminal_gets_text(
    program: Program, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    monkeypatch.setenv("AGENT", "1")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert program("check", "good.json", "--color", "never").out.endswith("\nNo findings.\n")


def test_an_agent_on_a_runner_of_github_gets_no_annotations(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program("--version")  # the fixture clears the environment first
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "::error" in program("check", "bad.json").out
    monkeypatch.setenv("CLAUDECODE", "1")
    assert "::error" not in program("check", "bad.json").out
    assert "::error" in program("check", "bad.json", "--format", "github").out


@pytest.mark.slow
def test_plan_check_chooses_it_too(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCODE", "1")
    Path("plan.json").write_text(json.dumps(config_api(None, {"A": ORDER})))
    lines = program("plan", "check", "plan.json").out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["plan.json", "1 error. 1 tracking plan read, 1 rule"]
