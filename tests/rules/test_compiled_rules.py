"""The violations of compiled rules: those of the reference validator, in the order of the rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.rules.catalogue import Rule, rule_of
from segkoch_lint.rules.compiled_rules import CompiledRules
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.examples import broken_examples
from segkoch_lint.rules.inlining import inlined
from segkoch_lint.rules.ruleset import RuleSet
from segkoch_lint.rules.vocabulary import expand
from tests.rules.failing import fail_once
from tests.rules.reference import Expected, expected_violations
from tests.rules.test_ruleset import calls
from tests.rules.validated import SCHEMAS, VALIDATED

OF_CALLS = [rule for rule in VALIDATED if rule.applies_to in {"delivered", "call", "request"}]
COMPILED = CompiledRules(OF_CALLS, lambda rule: SCHEMAS[rule.code])


def violations_of(compiled: CompiledRules, value: Any) -> list[tuple[str, Expected]]:
    return [
        (each.rule.code, (each.path, each.template, each.exists, each.remedy)) for each in compiled.violations(value)
    ]


def expected(value: Any) -> list[tuple[str, Expected]]:
    return [(rule.code, each) for rule in OF_CALLS for each in expected_violations(rule, SCHEMAS[rule.code], value)]


def own_rule(constraint: dict[str, Any], **about: Any) -> Rule:
    return rule_of(
        {
            "title": "own",
            "description": "A rule of somebody's own.",
            "rule": {
                "code": "OWN001",
                "severity": "error",
                "origin": "beyond",
                "applies-to": "call",
                "message": "the rule's own message",
                "source": ["https://example.com"],
                **about,
            },
            "examples": [{"type": "track"}],
            **constraint,
        }
    )


def both(constraint: dict[str, Any], value: Any, **about: Any) -> list[tuple[Expected, Any]]:
    """Return the violations of compiled rules and of the reference, by place; the reference has no order."""
    rule = own_rule(constraint, **about)
    schema = inlined(expand(dict(rule.constraint)))
    found = [each for _, each in violations_of(CompiledRules([rule], lambda _: schema), value)]
    return list(
        zip(
            sorted(found, key=repr),
            sorted(expected_violations(rule, expand(dict(rule.constraint)), value), key=repr),
            strict=True,
        )
    )


@pytest.mark.parametrize("rule", OF_CALLS, ids=lambda rule: rule.code)
def test_the_violations_of_counterexamples_are_those_of_the_reference(rule: Rule) -> None:
    for _, value in broken_examples(rule):
        assert violations_of(COMPILED, value) == expected(value)


@given(calls)
def test_the_violations_of_a_call_are_those_of_the_reference(call: dict[str, Any]) -> None:
    assert violations_of(COMPILED, call) == expected(call)


names = st.sampled_from(["a", "b", "message", "$ref", "required"])
scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "bb", "a b"])
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4))
keywords = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(["string", "object", "array", "integer", "null"])}),
    st.fixed_dictionaries({"const": values}),
    st.fixed_dictionaries({"enum": st.lists(values, min_size=1, max_size=2, unique_by=repr)}),
    st.fixed_dictionaries({"pattern": st.sampled_from(["^a", "b$"])}),
    st.fixed_dictionaries({"minLength": st.integers(0, 2)}),
    st.fixed_dictionaries({"maximum": st.integers(-1, 1)}),
    st.fixed_dictionaries({"required": st.lists(names, max_size=3, unique=True)}),
    st.fixed_dictionaries({"dependentRequired": st.dictionaries(names, st.lists(names, max_size=2, unique=True))}),
    st.fixed_dictionaries({"maxProperties": st.integers(0, 2)}),
    st.fixed_dictionaries({"maxItems": st.integers(0, 2)}),
    st.fixed_dictionaries({"maxBytes": st.integers(1, 9)}),
    st.fixed_dictionaries({"sameValue": names}),
    st.fixed_dictionaries({"distinctValues": st.lists(names, min_size=2, max_size=2, unique=True)}),
    st.just({"foundIn": {"member": "a", "list": "/b"}}),
)
references = st.sampled_from([{"$ref": "#/$defs/held"}, {"$ref": "#held"}, {"$dynamicRef": "#held"}])


def schemas_around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            "message": st.sampled_from(["one", "two"]),
            "fix": st.sampled_from(["this", "that"]),
            "properties": st.dictionaries(names, inner, max_size=3),
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "^[ab]$"]), inner, max_size=2),
            "spellings": st.dictionaries(st.sampled_from(["a", "message"]), inner, max_size=1),
            "additionalProperties": inner,
            "propertyNames": inner,
            "dependentSchemas": st.dictionaries(names, inner, max_size=2),
            "items": inner,
            "prefixItems": several,
            "contains": inner,
            "allOf": several,
            "anyOf": several,
            "oneOf": several,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
        },
    )


@given(
    st.recursive(keywords | references, schemas_around, max_leaves=8),
    keywords,
    values,
    st.sampled_from([{}, {"place": "/a"}]),
)
def test_the_violations_of_every_keyword_are_those_of_the_reference(
    schema: dict[str, Any], held: dict[str, Any], value: Any, about: dict[str, Any]
) -> None:
    constraint = {**schema, "$defs": {"held": {"$anchor": "held", "message": "of what is held", **held}}}
    for ours, theirs in both(constraint, value, **about):
        assert ours == theirs


def test_the_member_that_is_not_in_the_list_is_the_offending_value() -> None:
    constraint = {"foundIn": {"member": "id", "list": "/ids"}}
    ((ours, theirs),) = both(constraint, {"id": "a", "ids": ["b"]})
    assert ours[0] == theirs[0] == ("id",)


def test_an_object_in_const_with_a_message_is_data() -> None:
    rule = own_rule({"properties": {"a": {"const": {"message": "of the payload"}}}})
    schema = dict(rule.constraint)
    (violation,) = CompiledRules([rule], lambda _: schema).violations({"a": 1})
    assert violation.template == "the rule's own message"


@pytest.mark.parametrize(
    "constraint",
    [
        {"maxBytes": 20, "properties": {"a": {"$ref": "#"}}},
        {"$ref": "#/$defs/x", "$defs": {"x": {"maxBytes": 20, "properties": {"a": {"$ref": "#/$defs/x"}}}}},
        {"$ref": "#x", "$defs": {"x": {"$anchor": "x", "maxBytes": 20, "properties": {"a": {"$ref": "#x"}}}}},
        {
            "propertyNames": {"$ref": "#/$defs/x"},
            "$defs": {"x": {"maxLength": 5}},
        },
    ],
)
def test_the_violations_of_a_recursive_schema_are_those_of_the_reference(constraint: dict[str, Any]) -> None:
    own = own_rule({**constraint, "message": "of its own"})
    ruleset = RuleSet([own, *OF_CALLS], Delivery())
    long = {"type": "track", "a": {"a": {"a": {"long-name": "x" * 20}}}, "another-long-name": 1}
    schema = expand(dict(own.constraint))
    found = [
        each
        for code, each in violations_of(CompiledRules([*OF_CALLS, own], ruleset.schema_of), long)
        if code == own.code
    ]
    assert sorted(found, key=repr) == sorted(expected_violations(own, schema, long), key=repr)
    assert found
    assert violations_of(CompiledRules([own], ruleset.schema_of), {"type": "track"}) == []


def test_two_rules_may_have_the_same_code() -> None:
    strict, lax = own_rule({"maxBytes": 10}), own_rule({"maxBytes": 20, "message": "far too long"})
    compiled = CompiledRules([strict, lax], lambda rule: dict(rule.constraint))
    assert [each.template for each in compiled.violations({"a": "x" * 30})] == [
        "the rule's own message",
        "far too long",
    ]
    assert [each.template for each in compiled.violations({"a": "x" * 8})] == ["the rule's own message"]


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize("levels", [10, 250, 260, 800])
def test_a_value_may_be_nested_deeply(levels: int) -> None:
    size = len('{"a":}') * levels + len("{}")
    rule = own_rule({"allOf": [{"required": ["b"], "message": "b"}, {"maxBytes": size, "message": "size"}]})
    compiled = CompiledRules([rule], lambda each: dict(each.constraint))
    assert [each.template for each in compiled.violations(nested(levels))] == ["b"]
    assert [each.template for each in compiled.violations({**nested(levels), "b": 1})] == ["size"]
    assert compiled.violations({**nested(levels - 2), "b": 1}) == []


@pytest.mark.parametrize("raised", [KeyboardInterrupt, ZeroDivisionError])
def test_an_exception_of_a_comparing_keyword_is_not_a_violation(
    raised: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_once(monkeypatch, "maxBytes", raised)
    ruleset = RuleSet([own_rule({"maxBytes": 5})], Delivery())
    with pytest.raises(raised):
        ruleset.verdict({"type": "track"})
    assert ruleset.verdict({"type": "track"}).violations == ()
