"""The exact guard: a common JSON Schema made from the rule files, which accepts exactly the calls that they accept.

It is draft-07 without references and without look-around in patterns, as Segment needs it, and can be part of any other
schema. Calls that never reach Kochava are accepted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segkoch_lint.config.settings import PLATFORMS
from segkoch_lint.rules.catalogue import Rule
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.ruleset import RuleSet

TITLE = "Calls that Kochava can use"
"""Identifies a guard in a plan, so that a newer one replaces it."""

DRAFT = "http://json-schema.org/draft-07/schema#"

_NEVER: Mapping[str, Any] = {"not": {}}

_BLAME_ONLY = "#/$defs/blame-advertising-id"
"""The definition that accepts nothing, and only says which value a violation is about."""

_SCHEMAS = frozenset({"not", "additionalProperties", "items", "contains", "propertyNames"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf"})
_MAPS = frozenset({"properties", "patternProperties"})
_DROPPED = frozenset({"message", "fix", "description", "$comment", "then", "else"})


def exact_schema(rules: Sequence[Rule], delivery: Delivery, platforms: Sequence[str] = PLATFORMS) -> dict[str, Any]:
    """Return the schema that accepts a call if it breaks none of *rules*, or never reaches Kochava.

    Device types other than *platforms* are refused, too.
    """
    guards = [exact_guard(rule, delivery) for rule in rules]
    if set(platforms) != set(PLATFORMS):
        type_ = {"properties": {"type": {"enum": list(platforms)}}}
        guards.append({"properties": {"context": {"properties": {"device": type_}}}})
    return {
        "$schema": DRAFT,
        "title": TITLE,
        "description": "Guards " + ", ".join(f"{rule.code} {rule.name}" for rule in rules) + " of segkoch-lint.",
        "type": "object",
        "anyOf": [*not_delivered(delivery), merged_schema(guards)],
    }


def exact_guard(rule: Rule, delivery: Delivery) -> Any:
    """Return the schema of calls that do not break a rule."""
    schema = RuleSet([], delivery).schema_of(rule)
    return _inlined(
        {keyword: value for keyword, value in schema.items() if keyword != "$defs"}, schema.get("$defs", {})
    )


def not_delivered(delivery: Delivery) -> list[Any]:
    """Return the schemas of calls that never reach Kochava."""
    return [_inlined(condition, {}) for condition in delivery.conditions().values()]


def merged_schema(schemas: Sequence[Any]) -> Any:
    """Return one schema that demands what all of these demand, with as few `allOf` as possible."""
    merged: dict[str, Any] = {}
    rest: list[Any] = []
    for schema in schemas:
        others: dict[str, Any] = {}
        for keyword, value in schema.items():
            if keyword not in merged or merged[keyword] == value:
                merged[keyword] = value
            elif keyword == "required":
                merged[keyword] = [*dict.fromkeys((*merged[keyword], *value))]
            elif keyword == "properties":
                both = (merged[keyword], value)
                names = dict.fromkeys(name for each in both for name in each)
                merged[keyword] = {name: merged_schema([each[name] for each in both if name in each]) for name in names}
            elif keyword == "allOf":
                rest.extend(value)
            else:
                others[keyword] = value
        rest.extend([others] if others else [])
    if rest:
        merged["allOf"] = [*merged.get("allOf", []), *rest]
    return merged


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return a schema of the rule files without references, `if`, and keywords of our own."""
    if not isinstance(schema, Mapping):
        return dict(_NEVER) if schema is False else schema
    if _BLAME_ONLY in schema.values():
        return dict(_NEVER)
    written: dict[str, Any] = {}
    conjuncts: list[Any] = []
    for keyword, value in schema.items():
        if keyword == "$ref":
            conjuncts.append(_inlined(definitions[value.removeprefix("#/$defs/")], definitions))
        elif keyword == "if":
            conjuncts.extend(_alternatives(schema, definitions))
        elif keyword in _SCHEMAS:
            written[keyword] = _inlined(value, definitions)
        elif keyword in _LISTS:
            written[keyword] = [_inlined(item, definitions) for item in value]
        elif keyword in _MAPS:
            written[keyword] = {name: _inlined(inner, definitions) for name, inner in value.items()}
        elif keyword == "const":
            written["enum"] = [value]  # draft-04 has no `const`
        elif keyword not in _DROPPED:
            written[keyword] = value
    return merged_schema([written, *written.pop("allOf", []), *conjuncts])


def _alternatives(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> list[Any]:
    """Return `if`, `then` and `else` as alternatives."""
    condition = _inlined(schema["if"], definitions)
    demands = []
    for keyword, alternative in (("then", {"not": condition}), ("else", condition)):
        if keyword in schema:
            demand = _inlined(schema[keyword], definitions)
            demands.append(alternative if demand == _NEVER else {"anyOf": [alternative, demand]})
    return demands
