"""The rule files: the contract they keep, and their examples, which are their tests."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from segkoch_lint import resources
from segkoch_lint.config.expectations import Expectation
from segkoch_lint.config.settings import Settings
from segkoch_lint.findings.finding import Finding, Location
from segkoch_lint.findings.position import pointer_of, value_at
from segkoch_lint.linter import Linter
from segkoch_lint.rules.catalogue import DEFAULT_REMEDY, Rule, built_in, with_limits
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.examples import broken_examples
from segkoch_lint.rules.loader import problems_of
from segkoch_lint.rules.remedies import FORMS, kinds
from segkoch_lint.rules.ruleset import RuleSet
from tests.rules.validated import VALIDATED, VALIDATORS

CATALOGUE = Path(__file__).parents[3] / "shared" / "rules.md"
"""The catalogue of rules that this project implements, in a folder beside the repository that not everybody has."""

SUMMED_UP = [rule for rule in VALIDATED if rule.applies_to in {"user", "device", "event-name"}]
OF_CALLS = [rule for rule in VALIDATED if rule.applies_to in {"delivered", "call", "request"}]


def name_of(rule: Rule) -> str:
    return rule.code


@pytest.fixture(scope="module")
def everything() -> RuleSet:
    return RuleSet(built_in(), Delivery(), built_in())


def promised() -> dict[str, tuple[str, str, bool]]:
    """Return the name and the severity of each rule of the catalogue, and whether Kochava's page demands it."""
    rows = re.findall(r"^\| (KCH\d{3}) \| ([\w-]+) \| (\w+)[^|]*\| (seed)?", CATALOGUE.read_text("utf-8"), re.MULTILINE)
    return {code: (name, severity, bool(seed)) for code, name, severity, seed in rows}


@pytest.mark.skipif(not CATALOGUE.is_file(), reason="the catalogue is not here")
@pytest.mark.parametrize("rule", built_in(), ids=name_of)
def test_a_rule_agrees_with_the_catalogue(rule: Rule) -> None:
    assert (rule.name, str(rule.severity), rule.required) == promised()[rule.code]


@pytest.mark.parametrize("file", sorted((resources.directory() / "rules").iterdir()), ids=lambda file: file.name)
def test_every_file_is_a_valid_rule_file_named_after_its_rule(file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    assert problems_of(document) == []
    assert file.name == f"{document['rule']['code']}-{document['title']}.json"


@pytest.mark.parametrize("rule", VALIDATED, ids=name_of)
def test_the_examples_pass_in_both_validators(rule: Rule) -> None:
    for example in rule.examples:
        assert [validator.is_valid(example) for validator in VALIDATORS[rule.code]] == [True, True]


@pytest.mark.parametrize("rule", VALIDATED, ids=name_of)
def test_the_counterexamples_break_in_both_validators_at_the_places_they_say(rule: Rule) -> None:
    ruleset = RuleSet([rule], Delivery())
    for counterexample, value in broken_examples(rule):
        verdicts = [validator.is_valid(value) for validator in VALIDATORS[rule.code]]
        assert verdicts == [False, False], counterexample.summary
        blamed = sorted(pointer_of(each.path) for each in ruleset.violations(rule.applies_to, value))
        assert blamed == sorted(counterexample.places), counterexample.summary


@pytest.mark.parametrize("rule", OF_CALLS, ids=name_of)
def test_the_first_example_breaks_no_rule_at_all(rule: Rule, everything: RuleSet) -> None:
    assert [each.rule.code for each in everything.verdict(rule.examples[0]).violations] == []


@pytest.mark.parametrize("rule", SUMMED_UP, ids=name_of)
def test_examples_of_summaries_have_the_documented_shape_and_the_first_breaks_no_rule(
    rule: Rule, everything: RuleSet
) -> None:
    shape = Draft202012Validator(resources.load(f"{rule.applies_to}-summary"))
    for example in (*rule.examples, *(value for _, value in broken_examples(rule))):
        shape.validate(example)
    assert everything.violations(rule.applies_to, rule.examples[0]) == []


@pytest.mark.parametrize("rule", [rule for rule in VALIDATED if rule.limits], ids=name_of)
def test_a_limit_of_a_rule_is_one_of_the_configuration_with_the_same_default(rule: Rule) -> None:
    configured = resources.load("configuration")["properties"]["limits"]["properties"]
    for name, path in rule.limits.items():
        assert configured[name]["default"] == value_at(rule.constraint, path)
        assert value_at(with_limits(rule, {name: 77}).constraint, path) == 77
        assert with_limits(rule, {"another": 77}) is rule
        assert value_at(rule.constraint, path) != 77


@pytest.mark.parametrize("pointer", ["/properties/users", "/properties/nope", "/properties/users/exclusiveMaximum/0"])
def test_a_limit_that_leads_to_no_number_is_refused(pointer: str) -> None:
    document = copy.deepcopy(dict(next(rule for rule in VALIDATED if rule.code == "KCH204").document))
    document["rule"]["limits"]["shared-device-users"] = pointer
    assert "leads to no whole number" in problems_of(document)[0][0]


@pytest.mark.parametrize("rule", VALIDATED, ids=name_of)
def test_every_placeholder_of_a_message_has_a_value(rule: Rule) -> None:
    ruleset = RuleSet([rule], Delivery())
    for _, value in broken_examples(rule):
        for violation in ruleset.violations(rule.applies_to, value):
            assert all(str(shown) not in {"", "absent"} for shown in violation.values.values())


@pytest.mark.parametrize("rule", built_in(), ids=name_of)
def test_a_rule_has_sources_and_its_counterexamples_have_different_summaries(rule: Rule) -> None:
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


@pytest.mark.parametrize("rule", [r for r in built_in() if r.applies_to == "run"], ids=name_of)
def test_the_examples_of_run_rules_are_runs_that_they_report_if_they_are_broken(rule: Rule) -> None:
    broken = [(run, list(each.places)) for each, run in broken_examples(rule)]
    for run, places in [*((example, []) for example in rule.examples), *broken]:
        expected = [Expectation.of(each, Location("x", None, f"/expect/{n}")) for n, each in enumerate(run["expect"])]
        linter = Linter(Settings(expect=tuple(expected), select=(rule.code,)))
        assert list(linter.value(run["calls"])) == []
        assert [finding.location.pointer for finding in linter.expectation_findings()] == places


@pytest.mark.parametrize("rule", VALIDATED, ids=name_of)
def test_remedies_name_libraries_that_exist(rule: Rule) -> None:
    table = resources.load("libraries")
    libraries = {name for names in list(table.values())[1:] for name in names}
    known = {DEFAULT_REMEDY, "mobile", "server", "web", *kinds(), *FORMS, *libraries}
    assert {word for key in rule.remedy for word in key.split()} <= known
