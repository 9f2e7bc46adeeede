from __future__ import annotations

from segkoch_lint.findings.finding import Finding, Location, Severity
from segkoch_lint.findings.position import Span
from segkoch_lint.reporting import ReportOptions
from tests.reporting.test_reports import FINDINGS, written


def lines_of(findings: list[Finding]) -> list[str]:
    return written("azure", ReportOptions(), findings).splitlines()


def test_an_issue_has_the_type_the_place_the_code_the_message_and_the_fix() -> None:
    warning = (
        "##vso[task.logissue type=warning;sourcepath=events/a\\u{1b}[31m.json;linenumber=12;columnnumber=9;code=KCH107]"
        'malformed-advertising-id: the advertising id "A1D4…B0E8" is no UUID. Fix: Send it as the system gives it.'
    )
    assert lines_of(FINDINGS) == [
        warning,
        "##vso[task.logissue type=error;sourcepath=;code=KCH101]missing-device: no device",
        "c.json:1:1: info KCH118 unusual-device-id: unusual",
    ]


def test_what_steers_the_runner_is_escaped() -> None:
    place = Location("a;b]c%.json", Span(1, 1, 2, 2))
    hostile = Finding("KCH101", "name", Severity.ERROR, "100%\r\n##vso[task.complete result=Succeeded;]", place)
    (line,) = lines_of([hostile])
    assert line == (
        "##vso[task.logissue type=error;sourcepath=a%3Bb%5Dc%AZP25.json;linenumber=1;columnnumber=1;code=KCH101]"
        "name: 100%AZP25\\u{d}\\u{a}\\u{23}#vso[task.complete result=Succeeded;]"
    )
