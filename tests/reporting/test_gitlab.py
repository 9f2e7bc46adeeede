from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from segkoch_lint.findings.finding import Finding, Location, Severity
from segkoch_lint.findings.position import Span
from segkoch_lint.reporting import ReportOptions, is_report
from tests.reporting.test_reports import FINDINGS, written

LINE = {"type": "integer", "minimum": 1}
SCHEMA = {
    "$comment": "What GitLab requires of a report. Written for these tests after the page that the module names.",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "pattern": "^[A-Z]+[0-9]+$"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^\./"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {"begin": LINE, "end": LINE},
                    },
                },
            },
        },
    },
}


def issues(findings: list[Finding]) -> Any:
    """Return the issues of a valid report, each of which GitLab shows."""
    found = json.loads(written("gitlab", ReportOptions(), findings))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert len({each["fingerprint"] for each in found}) == len(found)
    return found


def finding(path: str = "a.json", line: int = 1) -> Finding:
    return Finding("KCH101", "missing-device", Severity.ERROR, "m", Location(path, Span(line, 1, line + 1, 2)))


def test_an_issue_has_the_message_the_fix_the_severity_and_the_lines() -> None:
    (first,) = issues(FINDINGS[:1])
    del first["fingerprint"]
    assert first == {
        "check_name": "KCH107",
        "description": 'malformed-advertising-id: the advertising id "A1D4…B0E8" is no UUID. '
        "Fix: Send it as the system gives it.",
        "severity": "minor",
        "location": {"path": "events/a\\u{1b}[31m.json", "lines": {"begin": 12, "end": 12}},
    }
    assert {each["check_name"]: each["severity"] for each in issues(FINDINGS)} == {
        "KCH107": "minor",
        "KCH101": "major",
        "KCH118": "info",
    }


def test_two_equal_findings_both_show() -> None:
    assert len(issues([finding(), finding()])) == 2


def test_a_moved_finding_is_the_same_issue() -> None:
    (before,), (after,) = issues([finding(line=3)]), issues([finding(line=30)])
    assert before["fingerprint"] == after["fingerprint"]
    assert after["location"]["lines"] == {"begin": 30, "end": 31}


def test_a_path_is_relative_to_the_repository_without_a_dot() -> None:
    assert [each["location"]["path"] for each in issues([finding("./x/../a.json")])] == ["a.json"]


def test_the_findings_of_a_log_are_one_issue() -> None:
    (issue,) = issues([finding("s3://logs/a.ndjson", line) for line in range(1, 4)])
    assert issue["description"] == "missing-device: 3 findings, the first: m"
    assert issue["location"] == {"path": "s3://logs/a.ndjson", "lines": {"begin": 1, "end": 2}}


def test_without_findings_the_list_is_empty_and_is_still_known_as_a_report() -> None:
    assert issues([]) == []
    assert is_report(written("gitlab", ReportOptions(), []).encode())


@pytest.mark.parametrize("text", ["[]", "[]\n", "[\n]\n{}", '[{"check_name": "x"}]'])
def test_other_lists_are_not_taken_for_a_report(text: str) -> None:
    assert not is_report(text.encode())
