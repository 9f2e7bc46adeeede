from __future__ import annotations

from collections import Counter

import click
import pytest
from msgspec import structs

from segkoch_lint.findings.finding import Finding, Location, Severity
from segkoch_lint.findings.fix import Edit, Fix
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.summary import CallTally, RuleTally, Summary
from segkoch_lint.reporting import ReportOptions, RunResult
from segkoch_lint.reporting.grouped import MOST_PLACES
from tests.reporting.test_reports import ALIKE, FINDINGS, written


def finding(code: str, message: str, path: str, line: int, **members: str) -> Finding:
    severity = Severity.WARNING if code == "KCH119" else Severity.ERROR
    return Finding(code, "name-of-it", severity, message, Location(path, Span(line, 1, line, 2)), **members)  # type: ignore[arg-type]  # any members


MANY = [
    finding("KCH119", "withheld", "a.json", 1),
    finding("KCH103", 'type is "iOS"', "a.json", 7, remedy="Send ios."),
    finding("KCH101", "no device", "b.json", 3, remedy="Set it."),
    finding("KCH103", 'type is "Android"', "a.json", 9, remedy="Send ios."),
    finding("KCH103", 'type is "iOS"', "b.json", 8, remedy="Send android."),
    finding("KCH103", 'type is "iOS"', "a.json", 12, remedy="Send ios."),
]

FIGURES = Summary(
    calls=9,
    checked=9,
    rules={"KCH119": RuleTally(1, 1), "KCH103": RuleTally(4, 4), "KCH101": RuleTally(1, 1)},
    libraries={"analytics-swift": CallTally(9, 9, 4, 4, 1, 4)},
    severities=Counter(error=5, warning=1),
)

TEXT = """
KCH103 name-of-it  4 errors in 4 calls
  type is "iOS"
    at a.json:7:1, 12:1
    at b.json:8:1
  type is "Android"
    at a.json:9:1
  = Send ios.
  = Send android.

KCH101 name-of-it  1 error in 1 call
  no device
    at b.json:3:1
  = Set it.

KCH119 name-of-it  1 warning in 1 call
  withheld
    at a.json:1:1

library          calls  checked  ready  limited  faulty  share ready
analytics-swift      9        9      4        1       4        44.4%

9 calls read: 9 checked. Of the checked ones: 4 ready, 1 limited, 4 faulty.
5 errors, 1 warning. Learn more: segkoch-lint rule KCH103
"""


def test_each_rule_has_its_count_its_fixes_once_and_the_places() -> None:
    assert "\n" + written("grouped", ReportOptions(), MANY, FIGURES) == TEXT


def test_colour_changes_only_the_colour() -> None:
    colored = written("grouped", ReportOptions(color=True), MANY, FIGURES)
    assert "\x1b[" in colored
    assert "\n" + click.unstyle(colored) == TEXT


def test_related_locations_are_shown() -> None:
    lines = written("grouped", ReportOptions(), FINDINGS[:1]).splitlines()
    assert lines[1:4] == [
        '  the advertising id "A1D4…B0E8" is no UUID',
        "    at events/a\\u{1b}[31m.json:12:9",
        "    see b.json:3:1: the mobile call",
    ]


def test_a_fix_that_the_program_makes_says_so() -> None:
    alike = [structs.replace(each, fix=Fix("Write it in lower case", (Edit(Span(1, 1, 1, 2), "x"),))) for each in ALIKE]
    text = written("grouped", ReportOptions(), alike)
    assert text.count("  = Fix it. (--fix does this)\n") == text.count("Fix it.") == 1


def test_quiet_shows_the_table_of_rules() -> None:
    text = written("grouped", ReportOptions(quiet=True), MANY, FIGURES)
    assert text.startswith("rule ")
    assert "at a.json" not in text


def test_further_findings_of_a_rule_are_counted() -> None:
    summary = Summary(rules={"KCH101": RuleTally(5, 5)}, severities=Counter(error=5))
    lines = written("grouped", ReportOptions(max_per_rule=2), ALIKE, summary).splitlines()
    assert lines[0] == "KCH101 a  5 errors in 5 calls"
    assert lines.count("    at a") == 2
    assert "… and 3 more findings, beyond 2 a rule: `--max-findings all` shows them." in lines


def test_the_places_of_a_large_log_are_cut() -> None:
    findings = [finding("KCH103", "m", "a.ndjson", line) for line in range(1, MOST_PLACES + 3)]
    summary = Summary(rules={"KCH103": RuleTally(len(findings), len(findings))})
    text = written("grouped", ReportOptions(), findings, summary, RunResult(1))
    assert "… and 2 more places.\n" in text
    assert "10001:1" not in text


@pytest.mark.parametrize("findings", [[], MANY])
def test_the_last_line_is_the_verdict(findings: list[Finding]) -> None:
    summary = FIGURES if findings else Summary(calls=1, checked=1)
    last = written("grouped", ReportOptions(), findings, summary).splitlines()[-1]
    assert last.startswith("5 errors, 1 warning." if findings else "No findings.")
