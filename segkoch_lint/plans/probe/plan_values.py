"""The values that a plan's own schemas name for what Kochava needs: calls are broken with these, too.

A plan that lists `web` among its device types accepts it, whatever the rule files thought of. The schemas are only read
for candidates here; whether a call with one of them is accepted, the plan's validator says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from segkoch_lint.places import Path
from segkoch_lint.plans.model.json_paths import value_at
from segkoch_lint.plans.model.plan import existing
from segkoch_lint.plans.probe.texts import matching
from segkoch_lint.plans.probe.values import named_values

OwnValue = tuple[str, Any]
"""A member of the device, and a value that a schema names for it."""

MEMBERS = ("type", "id", "advertisingId", "advertising_id")
"""The members of the device that Kochava needs."""

_DEVICE = ("context", "device")

_MOST = 1000
"""Values of one member that are looked at."""

_LISTS = ("allOf", "anyOf", "oneOf")
_SCHEMAS = ("not", "if", "then", "else")
_MAPS = ("dependencies", "dependentSchemas")


def own_values(schemas: Iterable[Any]) -> tuple[OwnValue, ...]:
    """Return the values of `enum`, `const`, `examples` and `default`, and texts that fit `pattern`, by member."""
    found: dict[str, OwnValue] = {}
    for schema in schemas:
        for member in MEMBERS:
            for number, value in enumerate(_values(schema, (*_DEVICE, member))):
                if number == _MOST:
                    break
                found.setdefault(json.dumps([member, value], sort_keys=True), (member, value))
    return tuple(found.values())


def _values(root: Any, path: tuple[str, ...]) -> Iterator[Any]:
    for schema, rest in _applied(root, path):
        for value in named_values(schema):
            if existing(value, rest) == rest:
                yield value_at(value, rest)
        if not rest and isinstance(schema.get("pattern"), str):
            yield from matching(schema["pattern"])


def _applied(root: Any, path: tuple[str, ...]) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...]]]:
    """Yield the schemas that may apply on the way to a value, each with what is left of the way."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(root, path)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        schema, rest = waiting.pop()
        if not isinstance(schema, Mapping) or (id(schema), len(rest)) in seen:
            continue
        seen.add((id(schema), len(rest)))
        yield schema, rest
        waiting.extend((inner, rest) for inner in _in_place(root, schema))
        if rest:
            waiting.extend((inner, rest[1:]) for inner in _members(schema, rest[0]))


def _in_place(root: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the schemas that speak of the same value as *schema*."""
    for keyword in _LISTS:
        if isinstance(schema.get(keyword), list):
            yield from schema[keyword]
    yield from (schema[keyword] for keyword in _SCHEMAS if keyword in schema)
    for keyword in _MAPS:
        if isinstance(schema.get(keyword), Mapping):
            yield from schema[keyword].values()
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        path = pointed(root, reference)
        if path is not None:
            yield value_at(root, path)


def _members(schema: Mapping[str, Any], name: str) -> Iterator[Any]:
    """Yield the schemas of a member; of `patternProperties` all, since a wrong guess does no harm."""
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and name in properties:
        yield properties[name]
    patterns = schema.get("patternProperties")
    if isinstance(patterns, Mapping):
        yield from patterns.values()
    if "additionalProperties" in schema:
        yield schema["additionalProperties"]


def pointed(root: Any, reference: str) -> Path | None:
    """Return the path that a reference inside of a schema means, or None when it leads nowhere."""
    path: Path = ()
    for token in filter(None, reference.removeprefix("#").removeprefix("/").split("/")):
        name = unquote(token).replace("~1", "/").replace("~0", "~")
        inside = value_at(root, path)
        step = int(name) if isinstance(inside, list) and name.isdecimal() else name
        path = (*path, step)
        if existing(root, path) != path:
            return None
    return path
