"""The schemas inside a schema: which keywords hold them, and a walk over all of them.

Every keyword of JSON Schema 2020-12 and of ``schemas/vocabulary.json`` that holds schemas is in one of these lists. The
value of any other keyword is data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

MAPS_OF_SCHEMAS = ("properties", "patternProperties", "dependentSchemas", "spellings", "$defs")
"""Keywords that hold schemas by name."""

LISTS_OF_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
"""Keywords that hold a list of schemas."""

SCHEMAS = (
    "not",
    "if",
    "then",
    "else",
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
)
"""Keywords that hold one schema."""


def held_schemas(keyword: str, value: Any) -> list[Any]:
    """Return the schemas that a keyword with this value holds."""
    if keyword in MAPS_OF_SCHEMAS and isinstance(value, Mapping):
        return list(value.values())
    if keyword in LISTS_OF_SCHEMAS and isinstance(value, list):
        return value
    return [value] if keyword in SCHEMAS else []


def map_held(keyword: str, value: Any, function: Callable[[Any], Any]) -> Any:
    """Return the value of a keyword with *function* applied to each schema that it holds."""
    if keyword in MAPS_OF_SCHEMAS:
        return {name: function(each) for name, each in value.items()}
    if keyword in LISTS_OF_SCHEMAS:
        return [function(each) for each in value]
    return function(value) if keyword in SCHEMAS else value


def at_path(path: Sequence[str | int], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema that applies *schema* to the member at *path*."""
    for step in reversed(path):
        schema = {"properties": {str(step): schema}}
    return schema


def subschemas(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Yield *schema* and all schemas in it; boolean schemas are left out."""
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            yield each
            held = [inner for keyword, value in each.items() for inner in held_schemas(keyword, value)]
            waiting += reversed(held)
