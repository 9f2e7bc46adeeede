from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from segkoch_lint.config.budgets import Budget
from segkoch_lint.findings.finding import Finding, Location, Severity
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.summary import RuleTally, Summary
from segkoch_lint.reporting import ReportOptions, RunResult
from segkoch_lint.rules.catalogue import built_in
from tests.conftest import IOS_CALL, Ran
from tests.reporting.test_reports import FINDINGS, SUMMARY, written

Program = Callable[..., Ran]

SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "sarif-subset.json").read_text())


def run_of(text: str) -> dict[str, Any]:
    """Return the only run of a valid log."""
    log = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    assert all(run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    fingerprints = [each["partialFingerprints"]["segkochLint/v1"] for each in run["results"]]
    assert len(set(fingerprints)) == len(fingerprints)
    assert isinstance(run, dict)
    return run


def test_github_knows_a_result_again_by_the_fingerprint_of_its_content() -> None:
    (before,), (after,) = (results([finding(line=line)]) for line in (3, 30))
    assert before["partialFingerprints"] == after["partialFingerprints"]
    first, second = results([finding(), finding()])
    name = "primaryLocationLineHash"
    assert first["partialFingerprints"][name] != second["partialFingerprints"][name]


def results(findings: list[Finding], summary: Summary = SUMMARY, result: RunResult | None = None) -> Any:
    return run_of(written("sarif", ReportOptions(), findings, summary, result or RunResult(1)))["results"]


def finding(message: str = "m", path: str = "a.json", line: int = 1) -> Finding:
    return Finding("KCH101", "missing-device", Severity.ERROR, message, Location(path, Span(line, 1, line, 2)))


def test_a_result_has_the_region_the_snippets_the_fix_and_the_related_locations() -> None:
    result = results(FINDINGS)[0]
    assert (result["ruleId"], result["level"]) == ("KCH107", "warning")
    assert result["message"]["text"] == (
        'the advertising id "A1D4…B0E8" is no UUID\nFix: Send it as the system gives it.'
    )
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "events/a%1B%5B31m.json", "uriBaseId": "%SRCROOT%"},
                "region": {
                    "startLine": 12,
                    "startColumn": 9,
                    "endLine": 12,
                    "endColumn": 30,
                    "snippet": {"text": '"A1D4…B0E8"'},
                },
                "contextRegion": {
                    "startLine": 11,
                    "endLine": 13,
                    "snippet": {"text": 'before\n  "x": "A1D4…B0E8"\nafter\\u{7}'},
                },
            },
            "logicalLocations": [{"fullyQualifiedName": "/context/device/advertisingId"}],
        }
    ]
    assert [each["message"]["text"] for each in result["relatedLocations"][:1]] == ["the mobile call"]
    assert result["properties"]["event"] == "x"


@pytest.mark.parametrize("findings", [[], *([each] for each in FINDINGS), FINDINGS])
def test_a_log_fits_the_schema(findings: list[Finding]) -> None:
    assert len(results(findings)) == len(findings)


def test_the_schema_refuses_other_logs() -> None:
    log = json.loads(written("sarif", ReportOptions()))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(log)


def test_the_rules_have_their_texts_and_the_severity_of_the_run() -> None:
    own = Finding("OWN001", "own-rule", Severity.INFO, "m", Location("a.json"))
    lower = Finding("KCH101", "missing-device", Severity.WARNING, "m", Location("a.json"))
    run = run_of(written("sarif", ReportOptions(), [own, lower]))
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert list(rules) == [*(rule.code for rule in built_in()), "OWN001"]
    rule = rules["KCH101"]
    assert rule["defaultConfiguration"] == {"level": "warning"}
    assert rule["properties"]["problem.severity"] == "warning"
    assert rule["help"]["markdown"].startswith("# KCH101 missing-device\n")
    assert rule["helpUri"].startswith("https://")
    assert rules["OWN001"]["shortDescription"] == {"text": "Own rule"}
    assert [each["level"] for each in run["results"]] == ["note", "warning"]


def test_a_text_is_no_link_and_no_placeholder() -> None:
    (result,) = results([finding("[x](https://shop.test) {0} a\\b\nc")])
    assert result["message"]["text"] == "\\[x\\](https://shop.test) {{0}} a\\\\b\\\\u{{a}}c"


def test_a_kept_budget_suppresses_its_results_only() -> None:
    summary = Summary(
        checked=100,
        rules={"KCH101": RuleTally(1, 1), "KCH107": RuleTally(1, 1)},
        severities=Counter(error=1, warning=1),
    )
    budgets = {"KCH101": Budget.of("1%"), "KCH107": Budget.of("0")}
    first, second = results(FINDINGS[:2], summary, RunResult(1, budgets))
    assert first["suppressions"] == []
    assert [each["status"] for each in second["suppressions"]] == ["accepted"]
    assert all("suppressions" not in each for each in results(FINDINGS[:2], summary))


def test_a_run_with_findings_succeeds_and_an_incomplete_one_does_not() -> None:
    for status, successful in ((0, True), (1, True), (3, False), (4, False)):
        (invocation,) = run_of(written("sarif", ReportOptions(), result=RunResult(status)))["invocations"]
        assert (invocation["exitCode"], invocation["executionSuccessful"]) == (status, successful)
        texts = {each["message"]["text"]: each["level"] for each in invocation["toolExecutionNotifications"]}
        assert texts["gone.json: no such file"] == "error"
        assert texts["plan.json: a tracking plan"] == "note"


def test_hidden_findings_are_announced() -> None:
    (invocation,) = run_of(written("sarif", ReportOptions(max_findings=1)))["invocations"]
    texts = [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]
    assert "2 more findings are counted and not shown (--max-findings)." in texts


def test_the_findings_of_an_input_outside_the_repository_are_one_result() -> None:
    log = "s3://logs/a.ndjson"
    inside, outside = results([*(finding(path=log, line=line) for line in range(1, 30)), finding()])
    assert "occurrenceCount" not in inside
    assert outside["occurrenceCount"] == 29
    assert outside["message"]["text"] == "29 findings, the first: m"
    places = [each["physicalLocation"] for each in outside["locations"]]
    assert [each["region"]["startLine"] for each in places] == list(range(1, 11))
    assert places[0]["artifactLocation"] == {"uri": log}


def test_a_large_run_has_a_result_for_each_rule_and_file() -> None:
    found = results([finding(path=f"{number % 2}.json", line=number + 1) for number in range(5001)])
    assert [each["occurrenceCount"] for each in found] == [2501, 2500]


def test_the_exit_status_and_the_findings_are_those_of_the_json_report(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call = json.loads(json.dumps(IOS_CALL))
    call["context"]["device"]["type"] = "iOS"
    Path("bad.json").write_text(json.dumps(call, indent=1))
    Path("good.json").write_text(json.dumps(IOS_CALL))
    for arguments in (["bad.json"], ["good.json"], ["bad.json", "gone.json"]):
        expected = program("check", *arguments, "--format", "json")
        ran = program("check", *arguments, "--format", "sarif")
        assert ran.status == expected.status
        places = [
            (each["ruleId"], each["locations"][0]["physicalLocation"]["region"]["startLine"])
            for each in run_of(ran.out)["results"]
        ]
        assert places == [(each["code"], each["line"]) for each in json.loads(expected.out)["findings"]]


@pytest.mark.slow
def test_plan_check_writes_sarif(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    plan = {"name": "p", "rules": {"events": [{"name": "A", "rules": {"type": "object"}}]}}
    Path("plan.json").write_text(json.dumps(plan))
    expected = json.loads(program("plan", "check", "plan.json", "--format", "json").out)["findings"]
    assert expected
    found = run_of(program("plan", "check", "plan.json", "--format", "sarif").out)["results"]
    assert [each["ruleId"] for each in found] == [each["code"] for each in expected]
