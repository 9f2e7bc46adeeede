"""The requirements that a configuration selects or ignores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.config.settings import Settings
from segkoch_lint.findings.finding import Severity
from tests.plans.plan_files import (
    ALL_UNGUARDED,
    DEVICE,
    ORDER,
    Events,
    check,
    codes,
    config_api,
    guard,
)

pytestmark = pytest.mark.slow

EVENTS: Events = {"Order Completed": ORDER, "Level Completed": {"type": "object"}}


def test_a_requirement_that_is_ignored_needs_no_guard(tmp_path: Path) -> None:
    findings, _ = check(tmp_path, config_api(None, EVENTS), settings=Settings(ignore=("KCH101", "KCH105")))
    assert codes(findings) == ["KCH401 KCH102 KCH103 KCH104"]


@pytest.mark.parametrize(
    ("device", "blocked"),
    [
        (DEVICE, {"KCH106": (2, 0, 0), "KCH119": (2, 0, 0)}),
        ({**DEVICE, "properties": {**DEVICE["properties"], "advertisingId": {"pattern": "\\S", "type": "string"}}},
         {"KCH106": (0, 2, 0), "KCH119": (2, 0, 0)}),
        ({"type": "object", "required": ["type", "id"]}, {"KCH106": (0, 0, 2), "KCH119": (0, 0, 2)}),
    ],
)  # fmt: skip
def test_rules_that_block_refusals_are_counted_though_they_were_not_selected(
    device: dict[str, Any], blocked: dict[str, Any], tmp_path: Path
) -> None:
    _, checker = check(tmp_path, config_api(guard(device), EVENTS))
    counted = {code: (each.guarded, each.partly, each.open) for code, each in checker.tally.refusals.items()}
    assert counted == blocked
    assert not {"KCH106", "KCH119"} & checker.tally.requirements.keys()


def test_a_configuration_that_ignores_all_requirements_is_reported(tmp_path: Path) -> None:
    findings, checker = check(tmp_path, config_api(None, EVENTS), settings=Settings(ignore=("KCH1",)))
    assert findings == []
    assert [path for path, _ in checker.summary.remarks] == ["requirements"]


@pytest.mark.parametrize("select", [("KCH4",), ("KCH401",), ("KCH1",), ("KCH103",), ("ALL",)])
def test_selecting_findings_leaves_the_requirements_alone(select: tuple[str, ...], tmp_path: Path) -> None:
    findings, _ = check(tmp_path, config_api(None, EVENTS), settings=Settings(select=select))
    assert codes(findings) == ALL_UNGUARDED


@pytest.mark.parametrize("select", [("KCH106",), ("limited-ad-tracking",), ("ALL", "KCH106"), ("KCH4", "kch106")])
def test_refusals_are_probed_only_if_selected(select: tuple[str, ...], tmp_path: Path) -> None:
    device = {**DEVICE, "properties": {**DEVICE["properties"], "advertisingId": {"type": "string", "pattern": "\\S"}}}
    plan = config_api(guard(device), EVENTS)
    assert check(tmp_path, plan)[0] == []
    findings, checker = check(tmp_path, plan, settings=Settings(select=select))
    assert codes(findings) == ["KCH401 KCH106"]
    assert any("every destination" in remark for _, remark in checker.summary.remarks)


@pytest.mark.parametrize("settings", [Settings(ignore=("KCH401",)), Settings(per_file_ignores={"*": ("KCH4",)})])
def test_ignored_findings_are_not_made(settings: Settings, tmp_path: Path) -> None:
    findings, checker = check(tmp_path, config_api(None, EVENTS), settings=settings)
    assert findings == []
    assert checker.summary.severities.total() == 0


def test_a_finding_weighs_no_more_than_its_requirement(tmp_path: Path) -> None:
    severity = {"KCH105": Severity.INFO, "KCH104": Severity.WARNING}
    device = {**DEVICE, "properties": {"type": {"enum": ["ios", "android"]}, "id": {}, "advertisingId": {}}}
    loose = {**device, "properties": {**device["properties"], "id": {"type": "string", "pattern": "\\S"}}}
    for schema, weight in ((None, "error"), (guard(device), "warning"), (guard(loose), "info")):
        findings, _ = check(tmp_path, config_api(schema, EVENTS), settings=Settings(severity=severity))
        assert [str(each.severity) for each in findings] == [weight]
