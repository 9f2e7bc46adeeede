"""What schemas name for the members of a device that Kochava needs."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.plans.probe.plan_values import plan_values


def of_type(schema: Any, **more: Any) -> dict[str, Any]:
    """Return a schema of calls that says this of the device's type."""
    device = {"properties": {"type": schema}}
    return {"properties": {"context": {"properties": {"device": device}}}, **more}


@pytest.mark.parametrize(
    ("schema", "named"),
    [
        (of_type({"enum": ["ios", "web"]}), ["ios", "web"]),
        (of_type({"const": "tvos"}), ["tvos"]),
        (of_type({"default": "a", "examples": ["b", None]}), ["a", "b", None]),
        (of_type({"pattern": "^(ios|web)$"}), ["ios", "web"]),
        (of_type({"anyOf": [{"enum": ["a"]}, {"not": {"const": "b"}}]}), ["a", "b"]),
        (of_type({"if": {"const": "a"}, "then": {"const": "b"}, "else": {"const": "c"}}), ["a", "b", "c"]),
        (of_type({"$ref": "#/definitions/t"}, definitions={"t": {"enum": ["x"]}}), ["x"]),
        (of_type({"$ref": "#/definitions/a~1b%20c"}, definitions={"a/b c": {"enum": ["x"]}}), ["x"]),
        ({"$ref": "#/$defs/c", "$defs": {"c": of_type({"const": "x"})}}, ["x"]),
        ({"properties": {"context": {"patternProperties": {"^dev": {"additionalProperties": {"const": 1}}}}}}, [1] * 4),
        ({"properties": {"context": {"enum": [{"device": {"type": "a"}}, {"device": 7}, "b"]}}}, ["a"]),
        ({"dependencies": {"userId": of_type({"const": "x"}), "event": ["userId"]}}, ["x"]),
        (of_type({"enum": ["a"]}, allOf=[of_type({"enum": ["a", 1, True]})]), ["a", 1, True]),
        (of_type({"$ref": "#"}), []),
        (of_type({"$ref": "#/nowhere"}), []),
        (of_type({"$ref": "http://example.com/schema"}), []),
        (of_type({"enum": "broken", "allOf": 1, "pattern": "("}), []),
        (True, []),
        (None, []),
        ("text", []),
    ],
)
def test_they_are_found_wherever_a_schema_can_name_them(schema: Any, named: list[Any]) -> None:
    found = [value for _, value in plan_values([schema])]
    assert sorted(map(repr, found)) == sorted(map(repr, named))


def test_each_member_has_values_of_its_own_and_a_bound_number() -> None:
    members = {"id": {"const": 5}, "advertisingId": {"const": "a"}, "advertising_id": {"enum": list(range(5000))}}
    schema = {"properties": {"context": {"properties": {"device": {"properties": members}}}}}
    found = plan_values([schema, schema])
    assert [each for each in found if each[0] != "advertising_id"] == [("id", 5), ("advertisingId", "a")]
    assert len(found) == 1002
