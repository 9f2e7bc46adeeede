"""What a change of a plan makes required."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.plans.diff.required_members import required_members
from tests.plans.plan_files import FORMATS, ORDER, config_api, diff, guard, rule
from tests.plans.probe.test_validators import bomb

pytestmark = pytest.mark.slow


def order(*required: str, **more: Any) -> dict[str, Any]:
    """Return the schema of calls with these properties."""
    return {"type": "object", "properties": {"properties": {"type": "object", "required": list(required), **more}}}


def required_now(tmp_path: Path, old: Any, new: Any) -> list[str]:
    """Return what a comparison says to be required now."""
    _, checker = diff(tmp_path, old, new)
    found = [each for each in checker.tally.changes if each.kind == "required"]
    assert all(each.warning for each in found)
    return [
        each.message.partition(" required now, so calls of older app versions that do not send this are")[0]
        for each in found
    ]


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_a_property_that_became_required_is_reported_with_its_event(form: Any, tmp_path: Path) -> None:
    old, new = {"A": order("total"), "B": ORDER}, {"A": order("total", "coupon"), "B": ORDER}
    assert required_now(tmp_path, form(guard(), old), form(guard(), new)) == ['event "A": properties.coupon is']


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (order("a"), order("a"), []),
        (order("a", "b"), order("a"), []),
        (order(), order("b", "a"), ['event "A": properties.a and properties.b are']),
        (order(), order(*"gfedcba"), [f'event "A": {", ".join(map("properties.{}".format, "abcde"))} and 2 more are']),
        ({}, {"required": ["properties"], **order("a")}, ['event "A": properties.a is']),
        ({}, {"required": ["properties", "type", "event", "context"]}, ['event "A": properties is']),
        (order(), {"allOf": [order("a")]}, ['event "A": properties.a is']),
        ({"allOf": [order("a")]}, order("a"), []),
        (order(), {"anyOf": [order("a", "b"), order("a", "c")]}, ['event "A": properties.a is']),
        (order(), {"$ref": "#/definitions/a~1b", "definitions": {"a/b": order("a")}}, ['event "A": properties.a is']),
        (
            order(),
            order(properties={"products": {"items": {"required": ["sku"]}}}),
            ['event "A": properties.products[].sku is'],
        ),
        (order(), {"if": {}, "then": order("a")}, []),
    ],
)  # fmt: skip
def test_what_is_required_is_found_wherever_it_is_reported(
    old: Any, new: Any, expected: list[str], tmp_path: Path
) -> None:
    assert required_now(tmp_path, config_api(guard(), {"A": old}), config_api(guard(), {"A": new})) == expected


def test_what_the_common_schema_requires_is_reported_once_for_every_call(tmp_path: Path) -> None:
    events: dict[str, Any] = {"A": {}, "B": {}}
    wanted = {"properties": {"context": {"required": ["app"], "properties": {"app": {"required": ["version"]}}}}}
    assert required_now(tmp_path, config_api({}, events), config_api(wanted, events)) == [
        "every call: context.app.version is"
    ]


def test_what_moves_between_a_rule_and_the_common_schema_is_not_new(tmp_path: Path) -> None:
    in_rule, in_common = config_api({}, {"A": order("a")}), config_api(order("a"), {"A": {}})
    assert required_now(tmp_path, in_rule, in_common) == required_now(tmp_path, in_common, in_rule) == []


def test_a_guard_of_the_device_is_not_reported_twice(tmp_path: Path) -> None:
    assert required_now(tmp_path, config_api(None, {"A": {}}), config_api(guard(), {"A": {}})) == []


def test_versions_are_compared_with_themselves_and_a_new_one_asks_nothing_of_older_apps(tmp_path: Path) -> None:
    old = [rule("A", order("a")), rule("A", order("a", "b"), version=2)]
    new = [*old[:1], rule("A", order("a", "b", "c"), version=2), rule("A", order("d"), version=3)]
    assert required_now(tmp_path, old, new) == ['event "A", version 2: properties.c is']


def test_the_oldest_version_gets_the_calls_of_removed_versions(tmp_path: Path) -> None:
    old = [rule("A", order("a")), rule("A", order("a", "b"), version=2)]
    assert required_now(tmp_path, old, old[1:]) == ['event "A", version 2: properties.b is']


def test_a_new_event_requires_what_it_likes(tmp_path: Path) -> None:
    assert required_now(tmp_path, config_api(guard(), {}), config_api(guard(), {"A": order("a")})) == []


def test_plans_that_keep_properties_only_are_compared_too(tmp_path: Path) -> None:
    def typewriter(*required: str) -> Any:
        schema = {"eventMetadata": {"name": "A", "type": "TRACK"}, "type": "object", "required": list(required)}
        return {"id": "tp_1", "rules": [{"type": "TRACK", "key": "A", "jsonSchema": schema}]}

    assert required_now(tmp_path, typewriter("a"), typewriter("a", "b")) == ['event "A": b is']


def test_an_id_in_a_name_is_masked(tmp_path: Path) -> None:
    name = "b7e41c09-55d2-4f3a-8a60-17c2d9e0f384"
    (text,) = required_now(tmp_path, config_api(guard(), {"A": {}}), config_api(guard(), {"A": order(name)}))
    assert name not in text


@pytest.mark.parametrize(
    "schema", [bomb("allOf"), {"$ref": "#"}, {"allOf": [{"$ref": "#"}] * 3}, {"$ref": 5}, [], None]
)
def test_no_schema_is_read_without_end(schema: Any) -> None:
    assert required_members(schema) == frozenset()
