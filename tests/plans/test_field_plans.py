"""Plans from the field, re-created, and what is right for each. Where they are absent, this is skipped.

Each line of their README is a test here; the kinds of faults have tests and fixtures of their own beside this one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran

PLANS = Path(__file__).parents[3] / "shared" / "field-plans"

Plan = Callable[..., tuple[Ran, list[str]]]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PLANS.is_dir(), reason="the plans from the field are not here"),
]


@pytest.fixture
def plan(program: Callable[..., Ran]) -> Plan:
    def run(command: str, *arguments: str) -> tuple[Ran, list[str]]:
        """Run a command about plans of the folder; return how it went, and the findings by code and requirements."""
        named = [str(PLANS / each) if each.endswith(".json") and "/" not in each else each for each in arguments]
        ran = program("plan", command, *named, "--isolated", "--format", "json")
        found = json.loads(ran.out)["findings"]
        return ran, [" ".join(filter(None, (f["code"], f["properties"].get("requirements")))) for f in found]

    return run


def test_the_plans_own_values_are_probes(plan: Plan) -> None:
    ran, found = plan("check", "f1_enum_web.json")
    assert (ran.status, found) == (1, ["KCH401 KCH103"])
    assert '\\"type\\":\\"web\\"' in ran.out
    assert plan("diff", "f1_old.json", "f1_enum_web.json")[1] == ["KCH404 KCH103"]


def test_zeros_are_probed_only_if_selected(plan: Plan) -> None:
    ran, found = plan("diff", "f2_old.json", "f2_new.json")
    assert (ran.status, found) == (0, [])
    ran, found = plan("diff", "f2_old.json", "f2_new.json", "--select", "KCH106")
    assert (ran.status, found) == (1, ["KCH404 KCH106"])


def test_an_event_that_is_no_longer_deprecated_counts(plan: Plan) -> None:
    ran, found = plan("diff", "f4_old.json", "f4_new.json")
    assert (ran.status, found) == (1, ["KCH401 KCH101 KCH102 KCH103 KCH104 KCH105"])
    assert json.loads(ran.out)["findings"][0]["properties"]["event"] == "Cup Sold"


def test_a_schema_that_is_broken_in_both_versions_is_not_a_finding_of_the_diff(plan: Plan) -> None:
    ran, found = plan("diff", "f6_old.json", "f6_new.json")
    assert (ran.status, found) == (0, [])
    assert json.loads(ran.out)["summary"]["plans"]["unasked"] == 1


def test_a_plan_that_refuses_every_call_is_never_called_guarded(
    plan: Plan, program: Callable[..., Ran], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.json"
    shutil.copy(PLANS / "f8_closed_device.json", copy)
    ran = program("plan", "common", "--isolated", "--into", str(copy))
    assert "already" not in ran.err
    assert "KCH403" in ran.err
    assert plan("check", str(copy))[1] == ["KCH403", "KCH403"]


def test_a_total_that_is_stale_makes_no_plan_incomplete(plan: Plan) -> None:
    ran, found = plan("check", "f9_event_deleted.json")
    assert (ran.status, found) == (0, [])
    assert "Note:" in ran.err


def test_a_guard_by_hand_has_no_findings(plan: Plan) -> None:
    ran, found = plan("check", "f10_hand_guard.json")
    assert (ran.status, found) == (0, [])
    assert plan("check", "f10_hand_guard.json", "--select", "KCH106")[1] == []


def test_a_number_is_shown_as_a_number(plan: Plan) -> None:
    ran, found = plan("check", "f11_numeric_id.json")
    assert found == ["KCH401 KCH104"]
    call = json.loads(json.loads(ran.out)["findings"][0]["properties"]["counterexample"])
    assert isinstance(call["context"]["device"]["id"], int)


def test_a_pattern_without_regard_to_case_is_probed(plan: Plan) -> None:
    ran, found = plan("check", "f12_icase.json")
    assert "KCH001" not in found
    assert json.loads(ran.out)["summary"]["plans"]["unasked"] == 0


def test_a_common_schema_that_is_null_is_none(plan: Plan) -> None:
    ran, found = plan("check", "f14_global_null.json")
    assert (ran.status, found) == (1, ["KCH401 KCH101 KCH102 KCH103 KCH104 KCH105"])
    assert json.loads(ran.out)["summary"]["plans"]["checked"] == 1


def test_many_new_events_of_an_open_plan_are_one_finding(plan: Plan) -> None:
    ran, found = plan("diff", "f16_old.json", "f16_new.json")
    assert (ran.status, found) == (1, ["KCH401 KCH101 KCH102 KCH103 KCH104 KCH105"])
    assert json.loads(ran.out)["findings"][0]["pointer"] == "/data/rules"
