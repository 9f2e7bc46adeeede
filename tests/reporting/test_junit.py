from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml, TestCase, TestSuite

from segkoch_lint.config.budgets import Budget
from segkoch_lint.errors import InternalError
from segkoch_lint.findings.finding import Finding, Location, Severity
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.summary import FURTHER_FILES, FileTally, RuleTally, Summary
from segkoch_lint.reporting import ReportOptions, RunResult
from tests.cli.conftest import BAD
from tests.conftest import IOS_CALL, Ran
from tests.reporting.test_reports import FINDINGS, written

Program = Callable[..., Ran]


def parsed(text: str) -> JUnitXml:
    """Return a report as a server reads it, after a check that its totals are those of its cases."""
    report = JUnitXml.fromstring(text.encode())
    totals: Counter[str] = Counter()
    for suite in report:
        went = Counter(map(_went, suite))
        assert _figures(suite) == _expected(went)
        totals += went
    assert _figures(report) == _expected(totals)
    return report


def _figures(counted: Any) -> tuple[int, ...]:
    return counted.tests, counted.failures, counted.errors, counted.skipped


def _expected(went: Counter[str]) -> tuple[int, ...]:
    return went.total(), went["failure"], went["error"], went["skipped"]


def cases(text: str) -> dict[str, list[str]]:
    """Return by suite its cases: how each went, and its name."""
    found: dict[str, list[str]] = {}
    for suite in parsed(text):
        assert isinstance(suite, TestSuite)
        assert len({case.name for case in suite}) == len(list(suite))
        found[suite.name] = [f"{_went(case)}: {case.name}" for case in suite]
    return found


def _went(case: TestCase) -> str:
    return next((type(each).__name__.lower() for each in case.result), "passed")


def junit(findings: list[Finding], summary: Summary, result: RunResult | None = None) -> str:
    return written("junit", ReportOptions(), findings, summary, result or RunResult(1))


def finding(path: str = "a.json", line: int = 1, severity: Severity = Severity.ERROR) -> Finding:
    return Finding("KCH101", "missing-device", severity, "m", Location(path, Span(line, 1, line, 2), "/context"))


def test_a_finding_is_a_failed_case_with_the_message_the_place_and_the_fix() -> None:
    suite, *_ = parsed(junit(FINDINGS, Summary(files={FINDINGS[0].location.path: FileTally(1, 1, 1)})))
    (case,) = suite
    (result,) = case.result
    assert suite.name == case.classname == "events/a\\u{1b}[31m.json"
    assert case.name == "KCH107 malformed-advertising-id /context/device/advertisingId"
    assert (result.type, result.message) == ("KCH107 warning", 'the advertising id "A1D4…B0E8" is no UUID')
    assert result.text == (
        'events/a\\u{1b}[31m.json:12:9: the advertising id "A1D4…B0E8" is no UUID\nFix: Send it as the system gives it.'
    )


def test_an_input_without_findings_has_a_passed_case_and_one_without_a_call_none() -> None:
    files = {"good.json": FileTally(1, 3, 0), "other.json": FileTally(1, 0, 0), "a.json": FileTally(1, 1, 1)}
    assert cases(junit([finding()], Summary(files=files))) == {
        "good.json": ["passed: no findings"],
        "a.json": ["failure: KCH101 missing-device /context"],
    }


def test_the_cases_fail_that_fail_the_run() -> None:
    findings = [finding(severity=severity) for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)]
    for fail_on, expected in (
        (Severity.ERROR, ["failure", "skipped", "skipped"]),
        (Severity.INFO, ["failure", "failure", "failure"]),
        (None, ["skipped", "skipped", "skipped"]),
    ):
        (found,) = cases(junit(findings, Summary(), RunResult(1, fail_on=fail_on))).values()
        assert [case.partition(":")[0] for case in found] == expected


def test_a_kept_budget_fails_no_case() -> None:
    summary = Summary(checked=100, rules={"KCH101": RuleTally(1, 1)})
    for budget, went in (("1%", "skipped"), ("0", "failure")):
        (found,) = cases(junit([finding()], summary, RunResult(1, {"KCH101": Budget.of(budget)}))).values()
        assert found == [f"{went}: KCH101 missing-device /context"]


def test_equal_findings_have_names_of_their_own() -> None:
    (found,) = cases(junit([finding(line=1), finding(line=2)], Summary())).values()
    assert found == ["failure: KCH101 missing-device /context", "failure: KCH101 missing-device /context #2"]


def test_the_findings_of_a_log_are_one_case() -> None:
    log = "s3://logs/a.ndjson"
    text = junit([finding(log, line) for line in range(1, 30)], Summary(files={log: FileTally(1, 90, 29)}))
    assert cases(text) == {log: ["failure: KCH101 missing-device"]}
    assert "29 findings, the first: m" in text


def test_a_file_whose_findings_are_hidden_does_not_pass() -> None:
    summary = Summary(files={"a.json": FileTally(1, 5, 3)}, severities=Counter(error=3))
    assert cases(junit([finding()], summary))["a.json"] == [
        "failure: KCH101 missing-device /context",
        "failure: further findings",
    ]


def test_inputs_beyond_the_limit_pass_together() -> None:
    assert cases(junit([], Summary(files={FURTHER_FILES: FileTally(9, 9, 0)}))) == {
        FURTHER_FILES: ["passed: no findings"]
    }


def test_what_makes_a_run_incomplete_is_an_error() -> None:
    summary = Summary(
        unread=[("gone.json", "no such file")],
        internal_errors=[InternalError("a.json", 3, "ValueError", "this document was not checked", "")],
    )
    assert cases(junit([], summary, RunResult(4, unwritten=True))) == {
        "gone.json": ["error: can be read"],
        "a.json": ["error: can be checked"],
        "segkoch-lint": ["error: all files are written"],
    }
    assert cases(junit([], Summary(), RunResult(3))) == {"segkoch-lint": ["error: there is something to check"]}


def test_texts_hold_only_what_xml_allows() -> None:
    strange = Finding("KCH101", "x", Severity.ERROR, 'a\x00b\ufffec<>&"\ud800]]>', Location("<\uffff&.json"))
    (suite,) = parsed(junit([strange], Summary()))
    (case,) = suite
    assert case.result[0].message == 'a\\u{0}b\\u{fffe}c<>&"\\u{d800}]]>'
    assert suite.name == "<\\u{ffff}&.json"


def test_the_cases_of_a_run_are_those_of_its_files(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()
    Path("good.json").write_text(json.dumps(IOS_CALL))
    Path("bad.json").write_text(json.dumps(BAD))
    Path("none.json").write_text('{"name": "package"}')
    ran = program("check", ".", "gone.json", "--isolated", "--format", "junit")
    assert ran.status == 4
    assert cases(ran.out) == {
        "bad.json": ["failure: KCH105 missing-advertising-id /context/device"]
        + ["failure: KCH103 invalid-device-type /context/device/type"],
        "good.json": ["passed: no findings"],
        "gone.json": ["error: can be read"],
    }
