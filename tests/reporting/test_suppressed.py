"""Suppressed findings in every report."""

from __future__ import annotations

import json
from collections import Counter

import msgspec
import pytest

from segkoch_lint.config.budgets import Budget
from segkoch_lint.findings.finding import Finding, Location, Severity, Suppression
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.summary import RuleTally, Summary
from segkoch_lint.reporting import FORMATS, ReportOptions, RunResult
from segkoch_lint.reporting.occurrences import Occurrences
from tests.reporting.test_reports import written
from tests.reporting.test_sarif import results


def finding(line: int, suppression: Suppression | None = None) -> Finding:
    location = Location("a.json", Span(line, 1, line, 2), "/context")
    return Finding(
        "KCH101", "missing-device", Severity.ERROR, f"problem {line}", location, remedy="Fix.", suppression=suppression
    )


COUNTING = finding(1)
OLD = finding(2, Suppression("baseline", "old.json"))
CONFIGURED = finding(3, Suppression("configuration", "the vendor fixes it"))
COMMENTED = finding(4, Suppression("comment", "a test of missing devices"))
FINDINGS = [COUNTING, OLD, CONFIGURED, COMMENTED]
SUMMARY = Summary(
    calls=4,
    checked=4,
    rules={"KCH101": RuleTally(1, 1)},
    severities=Counter(error=1),
    suppressed=Counter(baseline=1998, configuration=2, comment=1),
)
NOTHING_LEFT = Summary(calls=1, checked=1, suppressed=Counter(configuration=3))


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"json", "json-lines", "sarif"}))
def test_a_format_for_people_or_a_review_leaves_suppressed_findings_out(form: str) -> None:
    text = written(form, ReportOptions(), FINDINGS, SUMMARY)
    others = written(form, ReportOptions(), [COUNTING], SUMMARY)
    assert text == others


@pytest.mark.parametrize("form", ["text", "concise"])
def test_the_closing_lines_count_suppressed_findings(form: str) -> None:
    text = written(form, ReportOptions(), FINDINGS, SUMMARY)
    assert "\n1 error. 3 suppressed, 1,998 in the baseline." in text
    assert "\nNo findings. 3 suppressed.\n" in written(form, ReportOptions(), [], NOTHING_LEFT, RunResult(0))


def test_a_comment_on_a_pull_request_counts_suppressed_findings() -> None:
    text = written("markdown", ReportOptions(), FINDINGS, SUMMARY)
    assert "3 suppressed, 1,998 in the baseline." in text
    assert "\nNo findings.\n\n3 suppressed.\n" in written("markdown", ReportOptions(), [], NOTHING_LEFT)


def test_json_shows_suppressed_findings_with_the_reason() -> None:
    report = json.loads(written("json", ReportOptions(), FINDINGS, SUMMARY))
    assert [each.get("suppression") for each in report["findings"]] == [
        None,
        {"kind": "baseline", "reason": "old.json"},
        {"kind": "configuration", "reason": "the vendor fixes it"},
        {"kind": "comment", "reason": "a test of missing devices"},
    ]
    assert report["summary"]["suppressed"] == {"baseline": 1998, "configuration": 2, "comment": 1}
    assert report["summary"]["findings"]["total"] == report["summary"]["findings"]["shown"] == 1


def test_sarif_shows_suppressed_findings_with_a_justification() -> None:
    assert [each["suppressions"] for each in results(FINDINGS, SUMMARY)] == [
        [],
        [{"kind": "external", "status": "accepted", "justification": "in the baseline old.json"}],
        [{"kind": "external", "status": "accepted", "justification": "the vendor fixes it"}],
        [{"kind": "inSource", "status": "accepted", "justification": "a test of missing devices"}],
    ]


def test_sarif_names_the_budget_of_a_finding_only_if_it_is_not_suppressed() -> None:
    within = RunResult(0, budgets={"KCH101": Budget.of("2")})
    first, second, *_ = results(FINDINGS, SUMMARY, within)
    assert [each["justification"] for each in first["suppressions"]] == ["within the budget of 2"]
    assert [each["justification"] for each in second["suppressions"]] == ["in the baseline old.json"]


@pytest.mark.parametrize("form", ["json", "json-lines"])
def test_suppressed_findings_do_not_use_up_the_limit_of_findings(form: str) -> None:
    text = written(form, ReportOptions(max_findings=1), [OLD, CONFIGURED, COUNTING, finding(9)], SUMMARY)
    assert [line in text for line in ("problem 1", "problem 2", "problem 3", "problem 9")] == [True, True, False, False]


def test_suppressed_findings_of_a_log_are_counted_apart() -> None:
    occurrences = Occurrences(lambda _: True)
    for each in [COUNTING, OLD, msgspec.structs.replace(OLD, severity=Severity.INFO), finding(9), CONFIGURED]:
        occurrences.add(each)
    found = occurrences.all()
    assert [(each.count, each.finding.suppression) for each in found] == [
        (2, None),
        (2, OLD.suppression),
        (1, CONFIGURED.suppression),
    ]
    assert len({each.fingerprint for each in found}) == 3
