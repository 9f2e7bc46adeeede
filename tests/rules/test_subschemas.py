"""The schemas inside a schema."""

from __future__ import annotations

from jsonschema_specifications import REGISTRY

from segkoch_lint import resources
from segkoch_lint.rules.subschemas import (
    LISTS_OF_SCHEMAS,
    MAPS_OF_SCHEMAS,
    SCHEMAS,
    at_path,
    map_held,
    subschemas,
)
from segkoch_lint.rules.vocabulary import DIALECT

META = ("core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content")

APPLIED_TO_OTHER_VALUES = {"contentSchema"}
"""Keywords that hold a schema but only annotate."""


def test_schemas_come_in_the_order_of_the_text_and_data_is_left_out() -> None:
    inner = {"const": {"not": 1}, "then": {"minLength": 1}}
    schema = {"allOf": [{"items": inner}, True], "enum": [{"not": {}}], "$defs": {"a": {"title": "last"}}}
    assert list(subschemas(schema)) == [schema, {"items": inner}, inner, {"minLength": 1}, {"title": "last"}]


def test_every_keyword_that_holds_schemas_in_json_schema_or_our_vocabulary_is_known() -> None:
    metas = [REGISTRY.contents(f"{DIALECT.rpartition('/')[0]}/meta/{name}") for name in META]
    by_form: dict[str, set[str]] = {"one": set(), "list": set(), "map": set()}
    for meta in [*metas, resources.load("vocabulary")]:
        for keyword, form in meta["properties"].items():
            if not isinstance(form, dict):
                continue
            if form.get("$dynamicRef") == "#meta":
                by_form["one"].add(keyword)
            elif form.get("$ref") == "#/$defs/schemaArray":
                by_form["list"].add(keyword)
            elif form.get("additionalProperties") == {"$dynamicRef": "#meta"}:
                by_form["map"].add(keyword)
    assert by_form["one"] - APPLIED_TO_OTHER_VALUES == set(SCHEMAS)
    assert by_form["list"] == set(LISTS_OF_SCHEMAS)
    assert by_form["map"] == set(MAPS_OF_SCHEMAS)


def test_a_function_is_applied_to_each_schema_that_a_keyword_holds_and_to_no_data() -> None:
    def wrapped(schema: object) -> object:
        return [schema]

    assert map_held("properties", {"a": 1, "b": 2}, wrapped) == {"a": [1], "b": [2]}
    assert map_held("anyOf", [1, 2], wrapped) == [[1], [2]]
    assert map_held("not", 1, wrapped) == [1]
    assert map_held("const", 1, wrapped) == 1


def test_a_schema_can_be_applied_to_a_path() -> None:
    assert at_path(("a", "b"), {"const": 1}) == {"properties": {"a": {"properties": {"b": {"const": 1}}}}}
    assert at_path((), {"const": 1}) == {"const": 1}
