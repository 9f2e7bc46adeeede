"""The reports of one and the same run, in every format."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

import click
import jsonschema
import jsonschema_rs
import pytest
import referencing

from segkoch_lint import resources
from segkoch_lint.config.budgets import Budget
from segkoch_lint.findings.finding import Finding, Location, Severity, Snippet
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret
from segkoch_lint.findings.summary import CallTally, RuleTally, Summary
from segkoch_lint.reporting import FORMATS, ReportOptions, RunResult, is_report, open_report

FINDINGS = [
    Finding(
        "KCH107",
        "malformed-advertising-id",
        Severity.WARNING,
        'the advertising id "{value}" is no UUID',
        Location("events/a\x1b[31m.json", Span(12, 9, 12, 30), "/context/device/advertisingId"),
        {"value": Secret("A1D4E8B72C354F97B0E8")},
        "Send it as the system gives it.",
        (Location("b.json", Span(3, 1, 3, 2), "/x", "the mobile call"), Location("", None, "/context")),
        Snippet(11, ("before", '  "x": "A1D4…B0E8"', "after\x07"), 1, 7, 18),
        {"type": "track", "library": "analytics-swift", "event": "x"},
    ),
    Finding("KCH101", "missing-device", Severity.ERROR, "no device", Location("", None, "")),
    Finding("KCH118", "unusual-device-id", Severity.INFO, "unusual", Location("c.json", Span(1, 1, 1, 1), "")),
]

SUMMARY = Summary(
    inputs=3,
    bytes=12345,
    calls=1000,
    checked=990,
    not_delivered=Counter({"type not accepted": 8, "web without a device": 1}),
    malformed=1,
    not_calls=Counter({"other": 2}),
    destinations=1,
    rules={"KCH118": RuleTally(1, 1), "KCH101": RuleTally(1, 1), "KCH107": RuleTally(1, 1)},
    libraries={"analytics-swift": CallTally(900, 890, 800, 700, 150, 40), "": CallTally(100, 0, 0)},
    severities=Counter(error=1, warning=1, info=1),
    unread=[("gone.json", "no such file")],
    remarks=[("plan.json", "a tracking plan")],
)


def written(
    form: str,
    options: ReportOptions,
    findings: list[Finding] = FINDINGS,
    summary: Summary = SUMMARY,
    result: RunResult = RunResult(1),  # noqa: B008 - a value
) -> str:
    stream = io.StringIO()
    report = open_report(form, stream, options)
    for finding in findings:
        report.finding(finding)
    report.end(summary, result)
    return stream.getvalue()


TEXT = """
events/a\\u{1b}[31m.json:12:9: warning KCH107 malformed-advertising-id  the advertising id
  "A1D4…B0E8" is no UUID
11 | before
12 |   "x": "A1D4…B0E8"
   |        ^^^^^^^^^^^
13 | after\\u{7}
  see b.json:3:1: the mobile call
  see <value>:/context: 
  = Send it as the system gives it.

<value>: error KCH101 missing-device  no device

c.json:1:1: info KCH118 unusual-device-id  unusual

rule                              severity  findings  calls
KCH101  missing-device            error            1      1
KCH107  malformed-advertising-id  warning          1      1
KCH118  unusual-device-id         info             1      1

library          calls  checked  ready  limited  faulty  share ready
analytics-swift    900      890    700      150      40        78.7%
(none)             100        0      0        0       0            -

1,000 calls read: 990 checked, 9 not delivered to Kochava (type not accepted by the destination 8,
web without a device 1), 1 malformed. Of the checked ones: 700 ready, 150 limited, 40 faulty. 2
documents held no call (JSON or YAML of another kind 2). 1 Kochava destination checked.
Incomplete: 1 input could not be read; see standard error.
1 error, 1 warning, 1 info. Learn more: segkoch-lint rule KCH101
"""  # noqa: W291


def test_tabs_in_a_snippet_are_blanks_up_to_the_next_stop_and_the_underline_fits() -> None:
    line = '\t \t"é":\t{"x":\t1}\x0b'
    shown = Snippet(1, ("\t{", line, "\t\tend"), 1, line.index("{"), line.index("}") + 1)
    finding = Finding(
        "KCH101", "missing-device", Severity.ERROR, "a\tb", Location("a", Span(2, 9, 2, 16)), snippet=shown
    )
    assert written("text", ReportOptions(), [finding]).splitlines()[:5] == [
        "a:2:9: error KCH101 missing-device  a\\u{9}b",
        "1 |     {",
        '2 |         "é":    {"x":   1}\\u{b}',
        "  |                 ^^^^^^^^^^",
        "3 |         end",
    ]


def test_the_text_report_has_snippets_tables_and_totals() -> None:
    assert written("text", ReportOptions()) == TEXT.removeprefix("\n")


BUDGETED = Summary(
    calls=1000,
    checked=1000,
    rules={
        "KCH106": RuleTally(1206, 603),
        "KCH105": RuleTally(1, 1),
        "KCH107": RuleTally(9, 9),
        "KCH118": RuleTally(2, 2),
    },
    severities=Counter(error=1207, warning=9, info=2),
)
BUDGETS = {"KCH106": Budget.of("60.25%"), "KCH105": Budget.of("0.1%"), "KCH107": Budget.of("9")}


def test_rates_and_budgets_are_beside_each_other() -> None:
    result = RunResult(1, BUDGETS, {"error": 1, "warning": 9})
    table, _, verdict = written("text", ReportOptions(width=200), [], BUDGETED, result).partition("\n\n")
    assert (
        table
        == """\
rule                              severity  findings  calls  of checked  budget
KCH105  missing-advertising-id    error            1      1       0.10%  0.1%
KCH106  limited-ad-tracking       error        1,206    603     60.300%  60.25%, over
KCH107  malformed-advertising-id  warning          9      9        0.9%  9 calls
KCH118  unusual-device-id         info             2      2        0.2%"""
    )
    assert verdict.endswith(
        "\n1,207 errors (1 within budget), 9 warnings (within budget), 2 info. Learn more: segkoch-lint rule KCH106\n"
    )


@pytest.mark.parametrize(
    ("result", "color"),
    [
        (RunResult(1, BUDGETS, {"error": 1}), "red"),
        (RunResult(0, BUDGETS, {"error": 1207, "warning": 9}), "yellow"),
        (RunResult(0, BUDGETS, {"error": 1207, "warning": 9, "info": 2}), "green"),
        (RunResult(4, BUDGETS, {"error": 1207, "warning": 9, "info": 2}), "red"),
    ],
)
def test_the_verdict_is_green_if_all_findings_are_within_budget(result: RunResult, color: str) -> None:
    *_, verdict = written("text", ReportOptions(color=True, width=200), [], BUDGETED, result).splitlines()
    counts, _, more = click.unstyle(verdict).partition(" Learn more: ")
    assert verdict.startswith(click.style(counts, fg=color, bold=True))
    assert more == "segkoch-lint rule KCH106"


def test_a_budget_of_nothing_checked_shows_no_rate() -> None:
    summary = Summary(calls=1, malformed=1, rules={"KCH001": RuleTally(1, 1)}, severities=Counter(error=1))
    result = RunResult(1, {"KCH001": Budget.of("100%")})
    assert "KCH001  invalid-syntax  error            1      1           -  100%, over" in written(
        "text", ReportOptions(), [], summary, result
    )
    rules = json.loads(written("json", ReportOptions(), [], summary, result))["summary"]["rules"]
    assert rules["KCH001"]["rate"] is None


def test_the_json_report_has_rate_and_budget(schema: Any) -> None:
    report = json.loads(
        written("json", ReportOptions(), [], BUDGETED, RunResult(1, BUDGETS, {"error": 1, "warning": 9}))
    )
    assert jsonschema_rs.is_valid(schema, report)
    assert report["summary"]["findings"]["within_budget"] == 10
    assert report["summary"]["rules"] == {
        "KCH105": {
            "findings": 1,
            "calls": 1,
            "rate": 0.001,
            "budget": {"limit": "0.1%", "min_calls": 0, "judged": True, "exceeded": False},
        },
        "KCH106": {
            "findings": 1206,
            "calls": 603,
            "rate": 0.603,
            "budget": {"limit": "60.25%", "min_calls": 0, "judged": True, "exceeded": True},
        },
        "KCH107": {
            "findings": 9,
            "calls": 9,
            "rate": 0.009,
            "budget": {"limit": "9", "min_calls": 0, "judged": True, "exceeded": False},
        },
        "KCH118": {"findings": 2, "calls": 2, "rate": 0.002, "budget": None},
    }


def test_quiet_leaves_out_the_single_findings() -> None:
    text = written("text", ReportOptions(quiet=True))
    assert text.startswith("rule ")
    assert text.endswith("1 error, 1 warning, 1 info. Learn more: segkoch-lint rule KCH101\n")


def test_statistics_show_more_figures() -> None:
    text = written("text", ReportOptions(statistics=True))
    assert "of checked" in text
    assert "0.1%" in text
    assert "3 inputs, 12,345 bytes." in text


def test_hidden_findings_are_counted() -> None:
    text = written("text", ReportOptions(max_findings=1))
    assert "… and 2 more findings (--max-findings 1)." in text
    assert "KCH101 missing-device  no device" not in text
    assert json.loads(written("json", ReportOptions(max_findings=1)))["summary"]["findings"] == {
        "total": 3,
        "shown": 1,
        "fixable": 0,
        "error": 1,
        "warning": 1,
        "info": 1,
        "within_budget": 0,
    }
    assert len(written("json-lines", ReportOptions(max_findings=0)).splitlines()) == 1


ALIKE = [Finding("KCH101", "a", Severity.ERROR, f"m{number}", Location("a"), remedy="Fix it.") for number in range(5)]


def test_text_shows_the_first_findings_of_each_rule() -> None:
    other = Finding("KCH102", "b", Severity.ERROR, "other", Location("a"))
    summary = Summary(calls=6, checked=6, severities=Counter(error=6))
    text = written("text", ReportOptions(max_per_rule=2), [*ALIKE, other], summary)
    assert [line.partition("  ")[2] for line in text.splitlines() if line.startswith("a: ")] == ["m0", "m1", "other"]
    assert "… and 3 more findings, beyond 2 a rule: `--max-findings all` shows them.\n" in text
    assert len(json.loads(written("json", ReportOptions(max_per_rule=2), [*ALIKE, other], summary))["findings"]) == 6


def test_snippets_are_made_as_long_as_they_are_shown() -> None:
    def wanted(form: str, options: ReportOptions) -> list[bool]:
        report = open_report(form, io.StringIO(), options)
        found = []
        for each in ALIKE:
            report.finding(each)
            found.append(report.shows_snippet(each.code))
        return found

    assert wanted("text", ReportOptions()) == [True] * 5
    assert wanted("text", ReportOptions(max_per_rule=2)) == [True, False, False, False, False]
    assert wanted("text", ReportOptions(max_findings=3)) == [True, True, False, False, False]
    assert wanted("sarif", ReportOptions(max_per_rule=2, quiet=True)) == [True] * 5
    assert wanted("json", ReportOptions()) == wanted("text", ReportOptions(quiet=True)) == [False] * 5


def test_a_repeated_fix_is_shown_once() -> None:
    assert written("text", ReportOptions(), ALIKE).count("Fix it.") == 1


def test_hidden_findings_give_their_rules_a_name_and_the_configured_severity() -> None:
    findings = [
        Finding("OWN001", "own-rule", Severity.INFO, "m", Location("a.json")),
        Finding("KCH101", "missing-device", Severity.WARNING, "m", Location("a.json")),
    ]
    rules = {"OWN001": RuleTally(1, 1), "KCH101": RuleTally(1, 1)}
    summary = Summary(calls=1, checked=1, rules=rules, severities=Counter(info=1, warning=1))
    lines = written("text", ReportOptions(max_findings=0), findings, summary, RunResult(0)).splitlines()
    assert lines[0] == "… and 2 more findings (--max-findings 0)."
    assert [line.split()[:3] for line in lines[3:5]] == [
        ["KCH101", "missing-device", "warning"],
        ["OWN001", "own-rule", "info"],
    ]


def test_colour_changes_only_the_colour() -> None:
    colored = written("text", ReportOptions(color=True))
    assert "\x1b[" in colored
    assert click.unstyle(colored) == written("text", ReportOptions())


@pytest.mark.parametrize(
    ("summary", "verdict"),
    [
        (Summary(calls=1, checked=1), "1 call read: 1 checked.\nNo findings.\n"),
        (
            Summary(),
            "0 calls read: 0 checked.\nNothing was checked: no file was found, or all are excluded.\n",
        ),
        (Summary(inputs=1), "0 calls read: 0 checked.\nNothing was checked: no Segment call in what was read.\n"),
        (Summary(destinations=1), "0 calls read: 0 checked. 1 Kochava destination checked.\nNo findings.\n"),
        (
            Summary(calls=1, checked=1, unread=[("x", "y")]),
            "1 call read: 1 checked.\nIncomplete: 1 input could not be read; see standard error.\n",
        ),
    ],
)
def test_the_last_lines_are_the_verdict(summary: Summary, verdict: str) -> None:
    assert written("text", ReportOptions(), [], summary) == verdict


def test_tables_and_underlines_fit_wide_characters() -> None:
    summary = Summary(calls=1, checked=1, libraries={"日本": CallTally(1, 1, 1)})
    finding = Finding(
        "KCH101", "x", Severity.ERROR, "m", Location("a"), snippet=Snippet(1, ('日"e\u0301x" ',), 0, 1, 6)
    )
    text = written("text", ReportOptions(statistics=True), [finding], summary)
    assert "  |   ^^^^" in text
    assert "日本         1" in text


@pytest.fixture(scope="module")
def schema() -> Any:
    return resources.load("report")


@pytest.mark.parametrize("findings", [FINDINGS, []])
def test_the_json_report_fits_its_schema(findings: list[Finding], schema: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    report = json.loads(written("json", ReportOptions(), findings))
    jsonschema.validate(report, schema)
    assert jsonschema_rs.is_valid(schema, report)
    assert len(report["findings"]) == len(findings)


def test_the_schema_refuses_other_reports(schema: Any) -> None:
    report = json.loads(written("json", ReportOptions()))
    del report["findings"][0]["pointer"]
    assert not jsonschema_rs.is_valid(schema, report)


def test_json_lines_are_the_same_objects(schema: Any) -> None:
    report = json.loads(written("json", ReportOptions()))
    *findings, last = map(json.loads, written("json-lines", ReportOptions()).splitlines())
    assert findings == report["findings"]
    assert last == {name: report[name] for name in ("summary", "version", "tool")}
    registry: referencing.Registry[Any] = referencing.Registry().with_resource(
        schema["$id"], referencing.Resource.from_contents(schema)
    )
    line = jsonschema.Draft202012Validator({"$ref": f"{schema['$id']}#/$defs/json-line"}, registry=registry)
    assert all(map(line.is_valid, (*findings, last)))
    assert not line.is_valid({"summary": report["summary"]})


@pytest.mark.parametrize("form", FORMATS)
def test_ids_are_masked_by_default(form: str) -> None:
    assert "A1D4E8B72C354F97B0E8" not in written(form, ReportOptions())
    assert "A1D4E8B72C354F97B0E8" in written(form, ReportOptions(show_ids=True))


@pytest.mark.parametrize("form", FORMATS)
def test_no_report_holds_control_characters(form: str) -> None:
    assert not set(written(form, ReportOptions())) & set(
        map(chr, [*range(9), 11, 12, 13, *range(14, 32), *range(127, 160)])
    )


@pytest.mark.parametrize("form", ["json", "json-lines", "sarif", "gitlab", "junit", "rdjson", "markdown"])
@pytest.mark.parametrize("findings", [[], *([each] for each in FINDINGS)], ids=["none", "warning", "error", "info"])
def test_a_report_is_recognised_by_its_beginning_whatever_it_reports(form: str, findings: list[Finding]) -> None:
    assert is_report(written(form, ReportOptions(), findings).encode())


@pytest.mark.parametrize(
    "text", ["", "{}", '{"version": 1}', '{"code": "KCH101"}', '{"summary": {}}', '{"type": "track"}']
)
def test_other_json_is_not_taken_for_a_report(text: str) -> None:
    assert not is_report(text.encode())
