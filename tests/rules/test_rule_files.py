"""The rule files: the contract they keep, and their examples, which are their tests."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from segkoch_lint import resources
from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.position import pointer_of
from segkoch_lint.rules.catalogue import DEFAULT_REMEDY, Rule, built_in, limited
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.examples import broken_examples
from segkoch_lint.rules.loader import problems_of
from segkoch_lint.rules.remedies import FORMS, kinds
from segkoch_lint.rules.ruleset import RuleSet
from segkoch_lint.rules.violations import at
from tests.rules.judged import JUDGED, VALIDATORS

CONTRACT = {
    "KCH001": ("invalid-syntax", "error"),
    "KCH002": ("not-a-call", "error"),
    "KCH003": ("duplicate-key", "error"),
    "KCH004": ("unreadable-capture", "error"),
    "KCH005": ("call-in-unknown-envelope", "error"),
    "KCH101": ("missing-device", "error"),
    "KCH102": ("missing-device-type", "error"),
    "KCH103": ("invalid-device-type", "error"),
    "KCH104": ("missing-device-id", "error"),
    "KCH105": ("missing-advertising-id", "error"),
    "KCH106": ("limited-ad-tracking", "error"),
    "KCH107": ("malformed-advertising-id", "warning"),
    "KCH108": ("placeholder-advertising-id", "error"),
    "KCH109": ("placeholder-device-id", "error"),
    "KCH110": ("advertising-id-is-device-id", "error"),
    "KCH111": ("conflicting-advertising-ids", "error"),
    "KCH112": ("ad-tracking-contradiction", "warning"),
    "KCH113": ("platform-contradiction", "warning"),
    "KCH114": ("missing-tracking-status", "info"),
    "KCH115": ("padded-value", "warning"),
    "KCH116": ("sample-id", "warning"),
    "KCH117": ("device-replaced", "warning"),
    "KCH118": ("unusual-device-id", "info"),
    "KCH119": ("withheld-advertising-id", "warning"),
    "KCH201": ("device-id-mismatch", "error"),
    "KCH202": ("advertising-id-mismatch", "error"),
    "KCH203": ("id-case-mismatch", "warning"),
    "KCH204": ("shared-device", "warning"),
    "KCH205": ("device-on-two-platforms", "error"),
    "KCH206": ("many-devices", "info"),
    "KCH301": ("missing-user", "error"),
    "KCH302": ("missing-event-name", "error"),
    "KCH303": ("reserved-property", "warning"),
    "KCH304": ("misspelled-integration", "warning"),
    "KCH305": ("oversized-payload", "warning"),
    "KCH306": ("snake-case-envelope", "warning"),
    "KCH307": ("event-name-variants", "warning"),
    "KCH308": ("oversized-message-id", "warning"),
    "KCH309": ("revenue-without-currency", "info"),
    "KCH310": ("placeholder-user-id", "warning"),
    "KCH401": ("unguarded-requirement", "error"),
    "KCH402": ("not-checkable", "info"),
    "KCH403": ("over-strict-plan", "error"),
    "KCH404": ("guard-removed", "error"),
    "KCH501": ("malformed-install-attributed", "warning"),
    "KCH502": ("attribution-loop", "warning"),
    "KCH503": ("malformed-app-guid", "warning"),
}

REQUIRED = {"KCH101", "KCH102", "KCH103", "KCH104", "KCH105", "KCH106", "KCH201", "KCH202", "KCH203"}

SUMMED_UP = [rule for rule in JUDGED if rule.applies_to in {"user", "device", "event-name"}]
OF_CALLS = [rule for rule in JUDGED if rule.applies_to in {"delivered", "call", "request"}]


def name_of(rule: Rule) -> str:
    return rule.code


@pytest.fixture(scope="module")
def everything() -> RuleSet:
    return RuleSet(built_in(), Delivery(), built_in())


def test_the_contract_is_kept() -> None:
    rules = {rule.code: (rule.name, str(rule.severity)) for rule in built_in()}
    assert {code: rules.get(code) for code in CONTRACT} == CONTRACT


@pytest.mark.parametrize("rule", built_in(), ids=name_of)
def test_a_rule_is_required_exactly_when_the_kochava_page_demands_it(rule: Rule) -> None:
    assert rule.required == (rule.code in REQUIRED)


@pytest.mark.parametrize("file", sorted((resources.directory() / "rules").iterdir()), ids=lambda file: file.name)
def test_every_file_is_a_valid_rule_file_named_after_its_rule(file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    assert problems_of(document) == []
    assert file.name == f"{document['rule']['code']}-{document['title']}.json"


@pytest.mark.parametrize("rule", JUDGED, ids=name_of)
def test_the_examples_pass_in_both_validators(rule: Rule) -> None:
    for example in rule.examples:
        assert [validator.is_valid(example) for validator in VALIDATORS[rule.code]] == [True, True]


@pytest.mark.parametrize("rule", JUDGED, ids=name_of)
def test_the_counterexamples_break_in_both_validators_at_the_places_they_say(rule: Rule) -> None:
    ruleset = RuleSet([rule], Delivery())
    for counterexample, value in broken_examples(rule):
        verdicts = [validator.is_valid(value) for validator in VALIDATORS[rule.code]]
        assert verdicts == [False, False], counterexample.summary
        blamed = sorted(pointer_of(each.path) for each in ruleset.violations(rule.applies_to, value))
        assert blamed == sorted(counterexample.places), counterexample.summary


@pytest.mark.parametrize("rule", OF_CALLS, ids=name_of)
def test_the_first_example_breaks_no_rule_at_all(rule: Rule, everything: RuleSet) -> None:
    assert [each.rule.code for each in everything.judge(rule.examples[0]).violations] == []


@pytest.mark.parametrize("rule", SUMMED_UP, ids=name_of)
def test_examples_of_summaries_have_the_documented_shape_and_the_first_breaks_no_rule(
    rule: Rule, everything: RuleSet
) -> None:
    shape = Draft202012Validator(resources.load(f"{rule.applies_to}-summary"))
    for example in (*rule.examples, *(value for _, value in broken_examples(rule))):
        shape.validate(example)
    assert everything.violations(rule.applies_to, rule.examples[0]) == []


@pytest.mark.parametrize("rule", [rule for rule in JUDGED if rule.limits], ids=name_of)
def test_a_limit_of_a_rule_is_one_of_the_configuration_with_the_same_default(rule: Rule) -> None:
    configured = resources.load("configuration")["properties"]["limits"]["properties"]
    for name, path in rule.limits.items():
        assert configured[name]["default"] == at(rule.constraint, path)
        assert at(limited(rule, {name: 77}).constraint, path) == 77
        assert limited(rule, {"another": 77}) is rule
        assert at(rule.constraint, path) != 77


@pytest.mark.parametrize("pointer", ["/properties/users", "/properties/nope", "/properties/users/exclusiveMaximum/0"])
def test_a_limit_that_leads_to_no_number_is_refused(pointer: str) -> None:
    document = copy.deepcopy(dict(next(rule for rule in JUDGED if rule.code == "KCH204").document))
    document["rule"]["limits"]["shared-device-users"] = pointer
    assert "leads to no whole number" in problems_of(document)[0][0]


@pytest.mark.parametrize("rule", JUDGED, ids=name_of)
def test_messages_name_no_placeholder_that_stays_empty(rule: Rule) -> None:
    ruleset = RuleSet([rule], Delivery())
    for _, value in broken_examples(rule):
        for violation in ruleset.violations(rule.applies_to, value):
            assert all(str(shown) not in {"", "absent"} for shown in violation.values.values())


@pytest.mark.parametrize("rule", built_in(), ids=name_of)
def test_a_rule_says_where_it_comes_from_and_tells_its_counterexamples_apart(rule: Rule) -> None:
    assert all(source.startswith("https://") for source in rule.source)
    summaries = [each.summary for each in rule.counterexamples]
    assert all(summaries)
    assert len(set(summaries)) == len(summaries)


@pytest.mark.parametrize("rule", [r for r in built_in() if r.applies_to == "input"], ids=name_of)
def test_the_examples_of_input_rules_are_inputs_that_they_do_not_report(
    rule: Rule, findings_in: Callable[[bytes | str], list[Finding]]
) -> None:
    for example in rule.examples:
        assert rule.code not in {finding.code for finding in findings_in(example)}


@pytest.mark.parametrize("rule", JUDGED, ids=name_of)
def test_remedies_speak_to_libraries_that_exist(rule: Rule) -> None:
    table = resources.load("libraries")
    libraries = {name for names in list(table.values())[1:] for name in names}
    known = {DEFAULT_REMEDY, "mobile", "server", "web", *kinds(), *FORMS, *libraries}
    assert {word for key in rule.remedy for word in key.split()} <= known
