from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from segkoch_lint.findings.finding import Finding
from segkoch_lint.reporting import ReportOptions
from tests.reporting.test_reports import FINDINGS, written

POSITION = {
    "type": "object",
    "required": ["line"],
    "additionalProperties": False,
    "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
}
LOCATION: dict[str, Any] = {
    "type": "object",
    "required": ["path"],
    "additionalProperties": False,
    "properties": {
        "path": {"type": "string"},
        "range": {
            "type": "object",
            "required": ["start"],
            "additionalProperties": False,
            "properties": {"start": POSITION, "end": POSITION},
        },
    },
}
SCHEMA = {
    "$comment": "What reviewdog reads. Written for these tests after the page that the module names.",
    "type": "object",
    "required": ["source", "diagnostics"],
    "additionalProperties": False,
    "properties": {
        "source": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "location", "severity", "code"],
                "additionalProperties": False,
                "properties": {
                    "message": {"type": "string", "minLength": 1},
                    "location": LOCATION,
                    "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                    "code": {"type": "object", "required": ["value"], "properties": {"value": {"type": "string"}}},
                    "suggestions": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["range", "text"],
                            "additionalProperties": False,
                            "properties": {"range": LOCATION["properties"]["range"], "text": {"type": "string"}},
                        },
                    },
                    "related_locations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["location"],
                            "additionalProperties": False,
                            "properties": {"message": {"type": "string"}, "location": LOCATION},
                        },
                    },
                },
            },
        },
    },
}


def diagnostics(findings: list[Finding]) -> Any:
    """Return the diagnostics of a valid document."""
    document = json.loads(written("rdjson", ReportOptions(), findings))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document["diagnostics"]


def test_a_diagnostic_has_the_message_the_fix_the_lines_and_related_locations() -> None:
    assert diagnostics(FINDINGS[:1]) == [
        {
            "message": 'malformed-advertising-id: the advertising id "A1D4…B0E8" is no UUID\n'
            "Fix: Send it as the system gives it.",
            "location": {"path": "events/a\\u{1b}[31m.json", "range": {"start": {"line": 12}, "end": {"line": 12}}},
            "severity": "WARNING",
            "code": {"value": "KCH107"},
            "related_locations": [
                {
                    "message": "the mobile call",
                    "location": {"path": "b.json", "range": {"start": {"line": 3}, "end": {"line": 3}}},
                }
            ],
        }
    ]


@pytest.mark.parametrize("findings", [[], FINDINGS, FINDINGS * 3])
def test_every_finding_is_a_diagnostic(findings: list[Finding]) -> None:
    assert [each["code"]["value"] for each in diagnostics(findings)] == [each.code for each in findings]
