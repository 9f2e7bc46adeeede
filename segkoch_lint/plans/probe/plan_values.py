"""The values that a plan's own schemas name for what Kochava needs: calls are broken with these, too.

A plan that lists `web` among its device types accepts it, whatever the rule files contain. Schemas are read only for
candidates; whether a call with one of them is accepted, the plan's validator decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from segkoch_lint.findings.position import Path, value_at
from segkoch_lint.plans.model.json_values import applied_in_place, as_mapping, existing
from segkoch_lint.plans.probe.values import named_values, samples_of

PlanValue = tuple[str, Any]
"""A member of the device, and a value that a schema names for it."""

MEMBERS = ("type", "id", "advertisingId", "advertising_id")
"""The members of the device that Kochava needs."""

_MAX_VALUES = 1000
"""Values of one member."""

_IN_PLACE = (
    "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependencies", "dependentSchemas", "$ref",
)  # fmt: skip


def plan_values(schemas: Iterable[Any]) -> tuple[PlanValue, ...]:
    """Return the values of `enum`, `const`, `examples` and `default`, and texts that match `pattern`, by member."""
    found: dict[str, PlanValue] = {}
    for schema in schemas:
        for member in MEMBERS:
            for value in islice(_values(schema, ("context", "device", member)), _MAX_VALUES):
                found.setdefault(json.dumps([member, value], sort_keys=True), (member, value))
    return tuple(found.values())


def _values(root: Any, path: Path) -> Iterator[Any]:
    """Yield the values for what *path* leads to in a call, from every schema that may apply on the way there."""
    waiting: list[tuple[Path, Path]] = [((), path)]
    seen: set[tuple[Path, int]] = set()
    while waiting:
        at, rest = waiting.pop()
        schema = as_mapping(value_at(root, at))
        if not schema or (at, len(rest)) in seen:
            continue
        seen.add((at, len(rest)))
        for value in named_values(schema):
            if existing(value, rest) == rest:
                yield value_at(value, rest)
        if not rest:
            yield from samples_of(schema.get("pattern"))
        waiting += [(inner, rest) for inner in applied_in_place(root, at, _IN_PLACE)]
        waiting += [((*at, *steps), rest[1:]) for steps in _members(schema, rest)]


def _members(schema: Any, rest: Path) -> Iterator[Path]:
    """Yield the paths of the schemas of a member; all of `patternProperties`, since a wrong candidate is harmless."""
    if rest:
        yield from (("properties", name) for name in rest[:1] if name in as_mapping(schema.get("properties")))
        yield from (("patternProperties", name) for name in as_mapping(schema.get("patternProperties")))
        if "additionalProperties" in schema:
            yield ("additionalProperties",)
