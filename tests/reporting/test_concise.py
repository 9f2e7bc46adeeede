from __future__ import annotations

import click
import pytest

from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import ReportOptions
from tests.reporting.test_reports import FINDINGS, SUMMARY, written

REPORT = [
    (
        'events/a\\u{1b}[31m.json:12:9: warning: the advertising id "A1D4…B0E8" is no UUID [KCH107 '
        "malformed-advertising-id]"
    ),
    "<value>: error: no device [KCH101 missing-device]",
    "c.json:1:1: info: unusual [KCH118 unusual-device-id]",
]


def test_a_finding_is_a_line_and_the_totals_follow() -> None:
    *findings, read, incomplete, counts = written("concise", ReportOptions(width=1000)).splitlines()
    assert findings == REPORT
    assert read.startswith("1,000 calls read: 990 checked, ")
    assert incomplete == "Incomplete: 1 input could not be read; see standard error."
    assert counts == "1 error, 1 warning, 1 info."


@pytest.mark.parametrize(
    ("summary", "totals"),
    [
        (Summary(calls=1, checked=1), "1 call read: 1 checked.\nNo findings.\n"),
        (Summary(), "0 calls read: 0 checked.\nNothing was checked.\n"),
    ],
)
def test_without_findings_there_are_only_totals(summary: Summary, totals: str) -> None:
    assert written("concise", ReportOptions(), [], summary) == totals


def test_hidden_findings_are_counted() -> None:
    lines = written("concise", ReportOptions(max_findings=1)).splitlines()
    assert lines[:2] == [REPORT[0], "… and 2 more findings (--max-findings 1)."]


def test_quiet_leaves_the_totals() -> None:
    assert written("concise", ReportOptions(quiet=True)).startswith("1,000 calls read: ")


def test_colour_changes_only_the_colour() -> None:
    colored = written("concise", ReportOptions(color=True), FINDINGS, SUMMARY)
    assert "\x1b[" in colored
    assert click.unstyle(colored) == written("concise", ReportOptions())
