"""Comparing two versions agrees with putting every broken call to both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.findings import Severity
from segkoch_lint.plans.check.plan_findings import Judge
from segkoch_lint.plans.diff.comparison import findings
from segkoch_lint.plans.model.formats import find_plans
from segkoch_lint.plans.model.plan import Plan, Site
from segkoch_lint.plans.probe.evaluator import SECONDS, Evaluator
from segkoch_lint.plans.probe.plan_result import Survey, survey
from segkoch_lint.reading.documents import ValueDocument
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from tests.plans.plan_files import config_api
from tests.plans.probe.test_answers import PROBES, broken_calls, guards

RULES = {rule.code: rule for rule in built_in() if rule.code in ("KCH101", "KCH102", "KCH103", "KCH104", "KCH105")}
JUDGE = Judge(
    {code: rule.name for code, rule in RULES.items()}, dict.fromkeys(RULES, Severity.ERROR), PROBES
)  # fmt: skip


@pytest.fixture(scope="module")
def evaluator() -> Iterator[Evaluator]:
    with Evaluator(Delivery(), list(RULES)) as running:
        yield running


def plan_of(schema: dict[str, Any]) -> Plan:
    (plan,) = find_plans(Site("plan.json", ValueDocument(config_api(None, {"A": schema})), ())).plans
    return plan


def surveys(old: dict[str, Any], new: dict[str, Any], evaluator: Evaluator) -> tuple[Survey, Survey]:
    one, other = plan_of(old), plan_of(new)
    codes = list(RULES)
    return survey(one, evaluator, codes, SECONDS, other=other), survey(other, evaluator, codes, SECONDS, other=one)


def opened(old: Survey, new: Survey) -> set[str]:
    """Return the requirements that a comparison says were opened."""
    drafts = findings(JUDGE, old, new, list(RULES))
    return {code for draft in drafts if draft.code == "KCH404" for code in draft.properties["requirements"].split()}


def opened_by_brute_force(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """Return the requirements that a call breaks which only the new schema accepts; with it a good one is accepted."""
    before, after = jsonschema.Draft7Validator(old), jsonschema.Draft7Validator(new)
    filler = {"properties": {"revenue": 1, "currency": "EUR"}}
    plain = [start.call for start in PROBES.starts("track", "A") if set(start.call["context"]) == {"device"}]
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
    assert opened(*surveys(old, new, evaluator)) >= opened_by_brute_force(old, new)


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_a_plan_that_did_not_change_opens_nothing(evaluator: Evaluator, data: st.DataObject) -> None:
    schema = data.draw(guards())
    assert list(findings(JUDGE, *surveys(schema, schema, evaluator), list(RULES))) == []
