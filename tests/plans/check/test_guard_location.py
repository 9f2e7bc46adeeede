"""Where in a schema the guard of a requirement belongs."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.documents.document import ValueDocument
from segkoch_lint.findings.position import pointer_of
from segkoch_lint.plans.check.guard_location import guard_location
from segkoch_lint.plans.model.plan import Schema, SchemaLocation
from tests.plans.plan_files import DEVICE, ORDER, guard

TYPE = "/properties/context/properties/device/properties/type"


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        (True, ""),
        ({}, ""),
        ({"type": "object"}, ""),
        (ORDER, "/properties"),
        (guard(), TYPE),
        (guard({}), "/properties/context/properties/device"),
        ({"allOf": [ORDER, guard()]}, f"/allOf/1{TYPE}"),
        ({**ORDER, "allOf": [{"allOf": [guard()]}]}, f"/allOf/0/allOf/0{TYPE}"),
        ({"allOf": "broken", "$ref": 1}, ""),
        ({"definitions": {"a/b": guard()}, "$ref": "#/definitions/a~1b"}, f"/definitions/a~1b{TYPE}"),
        ({"definitions": {"d": DEVICE}, **guard({"$ref": "#/definitions/d"})}, "/definitions/d/properties/type"),
        ({"parts": [ORDER, guard()], "$ref": "#/parts/1"}, f"/parts/1{TYPE}"),
        ({"$ref": "#/definitions/none"}, ""),
        ({"$ref": "#"}, ""),
        ({"allOf": [{"$ref": "#/allOf/1"}, {"$ref": "#/allOf/0"}]}, ""),
        # What holds for some calls only is no place for a guard of all.
        ({"anyOf": [guard()], "if": {}, "then": guard()}, ""),
    ],
)
def test_it_is_as_near_to_the_member_as_the_schema_goes(schema: Any, place: str) -> None:
    site = SchemaLocation("plan.json", ValueDocument(None), ("rules", 0))
    assert pointer_of(guard_location(Schema(schema, site), ["KCH102"]).path) == f"/rules/0{place}"
    assert guard_location(Schema(schema, site, in_string=True), ["KCH102"]) is site


@pytest.mark.parametrize("spelling", ["advertisingId", "advertising_id"])
@pytest.mark.parametrize("code", ["KCH105", "KCH106"])
def test_the_advertising_id_is_looked_for_in_both_spellings(spelling: str, code: str) -> None:
    schema = guard({"properties": {"id": {}, spelling: {}}})
    site = guard_location(Schema(schema, SchemaLocation("plan.json", ValueDocument(None), ())), [code])
    assert site.path[-1] == spelling


@pytest.mark.parametrize(
    ("codes", "place"),
    [
        (["KCH102", "KCH103"], "/properties/type"),
        (["KCH102", "KCH104"], "/properties"),
        (["KCH101", "KCH102"], ""),
    ],
)
def test_of_several_requirements_it_is_what_their_places_share(codes: list[str], place: str) -> None:
    site = guard_location(Schema(guard(), SchemaLocation("plan.json", ValueDocument(None), ())), codes)
    assert pointer_of(site.path) == f"/properties/context/properties/device{place}"
