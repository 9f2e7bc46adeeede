"""Counterexamples: calls that a plan accepts and Kochava cannot use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.findings.finding import Finding
from tests.plans.plan_files import (
    ALL_UNGUARDED,
    DEVICE,
    ORDER,
    Events,
    check,
    codes,
    config_api,
    guard,
    public_api,
)

pytestmark = pytest.mark.slow

EVENTS: Events = {"Order Completed": ORDER, "Level Completed": {"type": "object"}}


def counterexamples(finding: Finding) -> dict[str, Any]:
    """Return the calls that a finding shows, by the requirement that they break."""
    codes = finding.properties["requirements"].split()
    names = ["counterexample", *(f"counterexample {code}" for code in codes[1:])]
    return {code: json.loads(finding.properties[name]) for code, name in zip(codes, names, strict=True)}


def test_the_counterexamples_are_calls_that_the_plan_accepts_and_kochava_cannot_use(tmp_path: Path) -> None:
    from jsonschema import Draft7Validator

    from segkoch_lint.linter import lint

    findings, _ = check(tmp_path, public_api(None, {"Order Completed": ORDER}))
    assert codes(findings) == ALL_UNGUARDED
    for code, call in counterexamples(findings[0]).items():
        assert Draft7Validator(ORDER).is_valid(call)
        assert code in {each.code for each in lint(call)}
        assert call["event"] == "Order Completed"
    call = counterexamples(findings[0])["KCH101"]
    assert json.dumps(call, separators=(",", ":")) in findings[0].message


OWN_VALUES: dict[str, tuple[Any, str]] = {
    "an enum": ({"type": {"enum": ["ios", "android", "web"]}}, '"type":"web"'),
    "a const among others": ({"type": {"anyOf": [{"enum": ["ios", "android"]}, {"const": "tvos"}]}}, '"type":"tvos"'),
    "an example": (
        {"type": {"pattern": "^(ios|android|kai[a-z]{2})$", "type": "string", "examples": ["kaios"]}},
        '"type":"kaios"',
    ),
    "a default": ({"type": {"pattern": "^(ios|android|w.b)$", "type": "string", "default": "web"}}, '"type":"web"'),
    "a pattern": ({"type": {"pattern": "^(ios|android|windows)$", "type": "string"}}, '"type":"windows"'),
    "a number": (
        {"id": {"anyOf": [{"pattern": "[0-9A-F]{8}"}, {"const": 4711}], "type": ["string", "number"]}},
        '"id":4',
    ),
}


@pytest.mark.parametrize(("members", "shown"), OWN_VALUES.values(), ids=OWN_VALUES)
def test_calls_are_broken_with_the_values_that_the_plan_itself_names(
    members: dict[str, Any], shown: str, tmp_path: Path
) -> None:
    device = {**DEVICE, "properties": {**DEVICE["properties"], **members}}
    findings, _ = check(tmp_path, config_api(guard(device), EVENTS))
    assert len(findings) == 1
    assert shown in findings[0].message.replace("…", "")


def test_values_are_found_in_references_and_in_whole_devices(tmp_path: Path) -> None:
    good = {
        "type": "ios",
        "id": "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64",
        "advertisingId": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954",
    }
    device = {"anyOf": [DEVICE, {"$ref": "#/definitions/tv"}]}
    definitions = {
        "tv": {"type": "object", "properties": {"type": {"pattern": "^tv"}}, "examples": [{**good, "type": "tvos"}]}
    }
    findings, _ = check(tmp_path, config_api(guard(device, definitions=definitions), EVENTS))
    shown = counterexamples(findings[0])
    assert "KCH103" in shown
    assert '"tvos"' in json.dumps(shown)


def test_a_number_of_the_plan_is_shown_as_a_number_and_masked(tmp_path: Path) -> None:
    members = {"id": {"anyOf": [{"pattern": "^[0-9A-F-]{36}$", "type": "string"}, {"const": 47110815}]}}
    device = {**DEVICE, "properties": {**DEVICE["properties"], **members}}
    findings, _ = check(tmp_path, config_api(guard(device), EVENTS))
    assert '"id":47110815' in findings[0].text(show_ids=True)
    assert "47110815" not in findings[0].message
    assert '"id":"' not in findings[0].message


def test_ids_that_come_from_the_plan_are_masked(tmp_path: Path) -> None:
    secret = "b7e41c09-55d2-4f3a-8a60-17c2d9e0f384"
    common = {"required": ["userId"], "properties": {"userId": {"const": secret}}}
    findings, _ = check(tmp_path, config_api(common, EVENTS))
    assert secret not in repr(findings)
    assert "b7e4…f384" in findings[0].message
    assert "b7e4…f384" in findings[0].properties["counterexample"]
    assert secret in findings[0].text(show_ids=True)
