"""Lists of items that all differ, for arrays with `uniqueItems`.

Repairing one item at a time never gets there: each change that makes two items differ breaks what one of them has to
be. So the list is made anew, each item by what the schema says of it. It is a guess, and the validator is the judge.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from segkoch_lint.plans.model.json_paths import value_at
from segkoch_lint.plans.probe.plan_values import pointed
from segkoch_lint.plans.probe.texts import FORMATS, matching
from segkoch_lint.plans.probe.values import suggested

_MOST = 100
_DEEPEST = 8
_TRIES = 200
"""Values that are tried for one item until it differs from those before it."""

_BY_FORMAT: Mapping[str, str] = {
    "date-time": "2026-11-01T12:{0:02}:00Z",
    "date": "20{0:02}-11-01",
    "time": "12:{0:02}:00Z",
    "duration": "P{0}D",
    "email": "someone{0}@example.com",
    "hostname": "host{0}.example.com",
    "ipv4": "192.0.2.{0}",
    "ipv6": "2001:db8::{0}",
    "uri": "https://example.com/{0}",
    "uuid": "6d1c0b7e-4f2a-4c93-8e57-a90b3d5f{0:04}",
}


def distinct(schema: Any, root: Any, least: int) -> Iterator[list[Any]]:
    """Yield lists of at least *least* items, no two alike, that an array's schema may accept.

    Args:
        schema: of the array. root: the schema that its references lead into.
        least: the number of items that are wanted, if the schema does not ask for more.
    """
    if not isinstance(schema, Mapping):
        return
    limit = schema.get("minItems")
    wanted = max(least, limit if isinstance(limit, int) else 0)
    if not 0 < wanted <= _MOST:
        return
    items = schema.get("prefixItems", schema.get("items"))
    each = items if isinstance(items, list) else [items]
    rest = schema.get("items" if "prefixItems" in schema else "additionalItems") if isinstance(items, list) else items
    schemas = [*each, *[rest] * wanted][:wanted]
    contained = [schema["contains"]] if "contains" in schema else []
    for first in (schemas, [*contained, *schemas[1:]]):
        found = _all_different(first, root)
        if found is not None:
            yield found


def _all_different(schemas: list[Any], root: Any) -> list[Any] | None:
    found: list[Any] = []
    for schema in schemas:
        values = (_value(schema, root, number, _DEEPEST) for number in range(_TRIES))
        others = (value for value in values if not any(_same(value, other) for other in found))
        item = list(islice(others, 1))
        if not item:
            return None
        found += item
    return found


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _value(schema: Any, root: Any, number: int, depth: int) -> Any:
    """Return the value of this *number* among those that a schema may accept; a few of them are alike."""
    if not isinstance(schema, Mapping) or not depth:
        return f"text {number}"
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        path = pointed(root, reference)
        return _value(value_at(root, path), root, number, depth - 1) if path is not None else number
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return schema["enum"][number % len(schema["enum"])]
    if "const" in schema:
        return schema["const"]
    match _type_of(schema):
        case "object":
            return _object(schema, root, number, depth)
        case "array":
            return [_value(schema.get("items"), root, number, depth - 1)]
        case "integer" | "number":
            return _number(schema, number)
        case "boolean":
            return bool(number % 2)
        case "string":
            return _text(schema, number)
        case _:
            return next(iter(suggested(schema)), f"text {number}")


def _type_of(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return next((each for each in kind if isinstance(each, str) and each != "null"), "")
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema or "required" in schema else "string"


def _object(schema: Mapping[str, Any], root: Any, number: int, depth: int) -> dict[str, Any]:
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    required = [name for name in schema.get("required", ()) if isinstance(name, str)]
    names = required or list(known)[:1] or ["number"]
    return {name: _value(known.get(name), root, number, depth - 1) for name in names}


def _number(schema: Mapping[str, Any], number: int) -> Any:
    step = schema.get("multipleOf", 1)
    if "minimum" in schema or "exclusiveMinimum" in schema:
        least = schema.get("minimum", schema.get("exclusiveMinimum"))
        return least + step * (number + ("minimum" not in schema))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    return most - step * (number + ("maximum" not in schema)) if most is not None else step * number


def _text(schema: Mapping[str, Any], number: int) -> str:
    if isinstance(schema.get("pattern"), str):
        texts = list(matching(schema["pattern"]))
        text = texts[number % len(texts)] if texts else ""
        # Beyond the texts that a pattern gives by itself, their last character is one of the next ones.
        turn = number // max(1, len(texts))
        return text[:-1] + chr(ord(text[-1]) + turn) if text else text
    if schema.get("format") in FORMATS:
        return _BY_FORMAT.get(schema["format"], FORMATS[schema["format"]]).format(number)
    longest, shortest = schema.get("maxLength"), schema.get("minLength", 0)
    text = f"text {number}"
    if isinstance(longest, int) and longest < len(text):
        text = string.ascii_letters[number % 52]
    return text + "x" * (shortest - len(text)) if isinstance(shortest, int) and shortest <= _MOST else text
