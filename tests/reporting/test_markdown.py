from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.finding import Finding, Location, Severity
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import ReportOptions, RunResult
from segkoch_lint.reporting.markdown_table import MarkdownTable, code_span
from segkoch_lint.reporting.repository import Repository
from tests.reporting.test_reports import SUMMARY, written

TABLES = """\
### segkoch-lint

**1 error, 1 warning, 1 info.**

**Incomplete: see the log of the run.**

1,000 calls read, 990 checked: 700 ready, 150 limited, 40 faulty.

| rule | severity | findings | calls |
|---|---|---:|---:|
| KCH101 missing-device | error | 1 | 1 |
| KCH107 malformed-advertising-id | warning | 1 | 1 |
| KCH118 unusual-device-id | info | 1 | 1 |

| severity | rule | place | finding |
|---|---|---|---|
| error | KCH101 missing-device |  | `no device` |
| warning | KCH107 malformed-advertising-id | `events/a\\u{1b}[31m.json:12` | \
`the advertising id "A1D4…B0E8" is no UUID`<br>Fix: `Send it as the system gives it.` |
| info | KCH118 unusual-device-id | `c.json:1` | `unusual` |
"""


def test_a_comment_has_the_verdict_the_rules_and_the_findings_with_the_worst_first() -> None:
    assert written("markdown", ReportOptions()) == TABLES


@pytest.mark.parametrize(
    ("summary", "verdict"),
    [
        (Summary(calls=1, checked=1), "No findings."),
        (Summary(), "**Nothing was checked.**"),
        (SUMMARY, "**Incomplete: see the log of the run.**"),
    ],
)
def test_without_findings_the_verdict_says_why(summary: Summary, verdict: str) -> None:
    assert f"\n{verdict}\n" in written("markdown", ReportOptions(), [], summary)


def test_a_comment_is_cut_where_the_service_would_refuse_it() -> None:
    place = Location("a.json", Span(1, 1, 1, 2))
    info = Finding("KCH118", "unusual-device-id", Severity.INFO, "é" * 500, place)
    error = Finding("KCH101", "missing-device", Severity.ERROR, "last", place)
    summary = Summary(calls=1, checked=1)
    summary.severities.update(info=500, error=1)
    text = written("markdown", ReportOptions(), [*[info] * 500, error], summary)
    assert 60_000 < len(text.encode()) <= 65_000
    rows = [line for line in text.splitlines() if line.startswith(("| error", "| info"))]
    assert rows[0].endswith("| `last` |")
    assert f"… and {501 - len(rows)} more findings." in text


@given(st.text(alphabet="ab`|\\ *_[]<>@#\n"))
def test_a_cell_is_one_span_of_code(text: str) -> None:
    span = code_span(text)
    assert "\n" not in span
    assert not re.search(r"(?<!\\)\|", span)
    if span:
        fence = re.match("`+", span)
        assert fence
        inside = span[len(fence[0]) : -len(fence[0])]
        assert span.endswith(fence[0])
        assert fence[0] not in re.findall("`+", inside)


@given(st.integers(1_000, 20_000), st.integers(0, 60))
def test_every_finding_is_shown_or_counted(most: int, number: int) -> None:
    table = MarkdownTable(Repository(Path()), most)
    summary = Summary(calls=1, checked=1)
    summary.severities["error"] = number
    for line in range(1, number + 1):
        table.add(Finding("KCH101", "missing-device", Severity.ERROR, "m" * 200, Location("a", Span(line, 1, line, 2))))
    text = table.text(summary, RunResult(1))
    hidden = re.search(r"and (\d+) more", text)
    assert text.count("| error | KCH101") + int(hidden[1] if hidden else 0) == number
    assert len(text.encode()) <= most
