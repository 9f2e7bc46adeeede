"""Comparing two versions agrees with putting every broken call to both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.documents.document import ValueDocument
from segkoch_lint.findings.finding import Severity
from segkoch_lint.plans.check.plan_findings import PlanFindings
from segkoch_lint.plans.diff.comparison import opened
from segkoch_lint.plans.model.formats import find_plans
from segkoch_lint.plans.model.plan import Plan, SchemaLocation
from segkoch_lint.plans.probe.evaluator import Evaluator
from segkoch_lint.plans.probe.plan_result import PlanResult, probe_plan
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from tests.plans.plan_files import config_api
from tests.plans.probe.test_answers import PROBES, broken_calls, guards

pytestmark = pytest.mark.slow

RULES = {rule.code: rule for rule in built_in() if rule.code in ("KCH101", "KCH102", "KCH103", "KCH104", "KCH105")}
FINDINGS = PlanFindings(
    {code: rule.name for code, rule in RULES.items()}, dict.fromkeys(RULES, Severity.ERROR), PROBES
)  # fmt: skip


@pytest.fixture(scope="module")
def evaluator() -> Iterator[Evaluator]:
    with Evaluator(Delivery(), list(RULES)) as running:
        yield running


def plan_of(schema: dict[str, Any]) -> Plan:
    (plan,) = find_plans(SchemaLocation("plan.json", ValueDocument(config_api(None, {"A": schema})), ())).plans
    return plan


def results(old: dict[str, Any], new: dict[str, Any], evaluator: Evaluator) -> tuple[PlanResult, PlanResult]:
    one, other = plan_of(old), plan_of(new)
    codes = list(RULES)
    return probe_plan(one, evaluator, codes, other=other), probe_plan(other, evaluator, codes, other=one)


def opened_requirements(old: PlanResult, new: PlanResult) -> set[str]:
    """Return the requirements that a comparison says were opened."""
    found = opened(FINDINGS, old, new)
    return {code for each in found if each.code == "KCH404" for code in each.properties["requirements"].split()}


def opened_by_brute_force(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """Return the requirements that a call breaks which only the new schema accepts; with it a good one is accepted."""
    before, after = jsonschema.Draft7Validator(old), jsonschema.Draft7Validator(new)
    filler = {"properties": {"revenue": 1, "currency": "EUR"}}
    plain = [call for call in PROBES.good_calls("track", "A") if set(call["context"]) == {"device"}]
    return {
        code
        for good in plain
        if after.is_valid(call := {**good, **filler})
        for code, rule in RULES.items()
        for broken in broken_calls(rule, call)
        if after.is_valid(broken) and not before.is_valid(broken)
    }


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_every_requirement_that_a_change_opens_is_found(evaluator: Evaluator, data: st.DataObject) -> None:
    old, new = data.draw(guards(), label="old"), data.draw(guards(), label="new")
    assert opened_requirements(*results(old, new, evaluator)) >= opened_by_brute_force(old, new)


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_a_plan_that_did_not_change_opens_nothing(evaluator: Evaluator, data: st.DataObject) -> None:
    schema = data.draw(guards())
    assert list(opened(FINDINGS, *results(schema, schema, evaluator))) == []
