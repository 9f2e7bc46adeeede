"""References in the schemas of rule files: whatever they are written like, they lead somewhere, and not for ever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.config.settings import Settings
from segkoch_lint.errors import UsageError
from segkoch_lint.linter import Linter
from segkoch_lint.rules import catalogue
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.references import MOST_LEVELS, MOST_STEPS, TooLargeError, check_work, lookup
from segkoch_lint.rules.ruleset import RuleSet

CALLED_A = {"const": "A", "message": "not A"}


def rule_file(folder: Path, constraint: dict[str, Any]) -> Path:
    """Write a rule file that demands that the event is called A, in whatever way *constraint* says it."""
    document = {
        "$schema": "urn:segkoch-lint:rule",
        "title": "called-a",
        "description": "The event is called A, and nothing else.",
        "rule": {
            "code": "MY001",
            "severity": "error",
            "origin": "beyond",
            "applies-to": "call",
            "message": "the event has another name",
            "source": ["https://example.com/"],
        },
        "remedy": {"default": "Call it A."},
        **constraint,
        "examples": [{"type": "track", "event": "A", "userId": "u"}],
        "counterexamples": [
            {"summary": "B", "patch": [{"op": "add", "path": "/event", "value": "B"}], "place": "/event"}
        ],
    }
    (folder / "rule.json").write_text(json.dumps(document))
    return folder


def doubling(times: int) -> dict[str, Any]:
    """Return definitions, each of which refers to the one before twice."""
    definitions: dict[str, Any] = {"d0": {"properties": {"event": CALLED_A}}}
    for number in range(1, times + 1):
        definitions[f"d{number}"] = {"allOf": 2 * [{"$ref": f"#/$defs/d{number - 1}"}]}
    return {"$ref": f"#/$defs/d{times}", "$defs": definitions}


def nested(times: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"properties": {"event": CALLED_A}}
    for _ in range(times):
        schema = {"allOf": [schema]}
    return schema


@pytest.mark.parametrize(
    "constraint",
    [
        {"properties": {"event": {"$ref": "#name"}}, "$defs": {"a": {"$anchor": "name", **CALLED_A}}},
        {"properties": {"event": {"$dynamicRef": "#name"}}, "$defs": {"a": {"$dynamicAnchor": "name", **CALLED_A}}},
        {"properties": {"event": {"$ref": "#/$defs/a%20name"}}, "$defs": {"a name": CALLED_A}},
        {"properties": {"event": {"$ref": "#/%24defs/a"}}, "$defs": {"a": CALLED_A}},
        {"properties": {"event": {"$ref": "#/$defs/a~1b%25c"}}, "$defs": {"a/b%c": CALLED_A}},
        {"properties": {"event": {"$ref": "#/$defs/a/anyOf/0"}}, "$defs": {"a": {"anyOf": [CALLED_A]}}},
        {"properties": {"event": CALLED_A, "x": {"not": {"const": {"$ref": "#/nowhere"}}}}},
        {
            "properties": {"event": CALLED_A, "properties": {"$ref": "#/$defs/any"}},
            "$defs": {"any": {"propertyNames": {"minLength": 1}, "additionalProperties": {"$ref": "#/$defs/any"}}},
        },
        doubling(8),
        nested(MOST_LEVELS // 2 - 3),
    ],
)
def test_a_rule_may_refer_to_a_schema_in_any_way(constraint: dict[str, Any], tmp_path: Path) -> None:
    linter = Linter(Settings(rules=(rule_file(tmp_path, constraint),), select=("MY001",)))
    calls = [{"type": "track", "event": event, "userId": "u"} for event in "ABAC"]
    assert [(each.location.pointer, each.message) for each in linter.value(calls)] == [
        ("/1/event", "not A"),
        ("/3/event", "not A"),
    ]


@pytest.mark.parametrize(
    ("constraint", "problem"),
    [
        (doubling(16), "puts a value to more than 10,000 schemas"),
        (doubling(200), "nested deeper than 64 levels"),
        (nested(35), "nested deeper than 64 levels"),
        (nested(300), "nested too deeply"),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"$id": "urn:a", **CALLED_A}}}, "has a $id of its own"),
        ({"properties": {"event": {"$ref": "#/$defs/b"}}, "$defs": {"a": CALLED_A}}, "leads to nothing in the file"),
        ({"properties": {"event": {"$ref": "#b"}}, "$defs": {"a": CALLED_A}}, "leads to nothing in the file"),
        ({"properties": {"event": {"$ref": "https://example.com/a.json"}}}, "nothing is fetched"),
    ],
)
def test_a_rule_that_cannot_be_used_says_why(constraint: dict[str, Any], problem: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        Linter(Settings(rules=(rule_file(tmp_path, constraint),)))
    assert problem in raised.value.message
    assert str(tmp_path / "rule.json") in raised.value.message


def test_the_work_of_a_schema_includes_that_of_references() -> None:
    once = {"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"enum": [{"anyOf": list(range(20_000))}]}}}
    check_work(once)
    check_work({"anyOf": [{}] * (MOST_STEPS - 3)})
    with pytest.raises(TooLargeError):
        check_work({"anyOf": [{}] * MOST_STEPS})
    with pytest.raises(TooLargeError):
        check_work({"allOf": [{"$ref": "#/$defs/a"}] * 101, "$defs": {"a": {"anyOf": [{}] * 100}}})


def test_built_in_rules_are_far_from_the_limits() -> None:
    ruleset = RuleSet([], Delivery())
    for rule in catalogue.built_in():
        check_work({"allOf": [ruleset.schema_of(rule)] * 10})


def test_only_references_inside_the_schema_are_looked_up() -> None:
    assert lookup({"$defs": {}}, "https://example.com/#/$defs") is None
    assert lookup({"$defs": {}}, "#/$defs/a") is None
    assert lookup({"allOf": [True, {"const": 1}]}, "#/allOf/1") == {"const": 1}
    assert lookup({"allOf": []}, "#/allOf/x") is None
    assert lookup({"a": 1}, "#") == {"a": 1}
