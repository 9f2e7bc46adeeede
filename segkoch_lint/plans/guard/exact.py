"""The common JSON Schema that guards everything Kochava's page demands of a call, made from the rule files.

Draft-07, as Segment wants it, without look-around in patterns, and without references, so that it can stand anywhere
inside of another schema. Calls that never reach Kochava are left in peace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segkoch_lint.policy.settings import PLATFORMS
from segkoch_lint.rules.catalogue import Rule
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.ruleset import RuleSet

TITLE = "Calls that Kochava can use"
"""By its title a guard is known again, so that a newer one takes its place."""

DRAFT = "http://json-schema.org/draft-07/schema#"

_NEVER: Mapping[str, Any] = {"not": {}}

_NEVER_HOLDS = "#/$defs/blame-advertising-id"
"""The definition that only says where to point when nothing can hold any more."""

_SCHEMAS = ("not", "additionalProperties", "items", "contains", "propertyNames")
_LISTS = ("allOf", "anyOf", "oneOf")
_MAPS = ("properties", "patternProperties")
_SAID = frozenset({"message", "mend", "description", "$comment"})


def common_schema(rules: Sequence[Rule], delivery: Delivery, platforms: Sequence[str] = PLATFORMS) -> dict[str, Any]:
    """Return the schema that accepts a call exactly when it breaks none of *rules*, or never reaches Kochava.

    Calls of other device types than *platforms* are refused, too.
    """
    guards = [exact_guard(rule, delivery) for rule in rules]
    if set(platforms) != set(PLATFORMS):
        type_ = {"properties": {"type": {"enum": list(platforms)}}}
        guards.append({"properties": {"context": {"properties": {"device": type_}}}})
    escapes = [plain(condition) for condition in delivery.conditions().values()]
    return {
        "$schema": DRAFT,
        "title": TITLE,
        "description": "Guards " + ", ".join(f"{rule.code} {rule.name}" for rule in rules) + " of segkoch-lint.",
        "type": "object",
        "anyOf": [*escapes, merged_schema(guards)],
    }


def exact_guard(rule: Rule, delivery: Delivery) -> Any:
    """Return the schema of calls that do not break a rule, in what draft-07 and Segment know."""
    schema = RuleSet([], delivery).schema_of(rule)
    definitions = schema.get("$defs", {})
    return _inlined({keyword: value for keyword, value in schema.items() if keyword != "$defs"}, definitions)


def plain(schema: Mapping[str, Any]) -> Any:
    """Return a schema without references in what draft-07 and Segment know."""
    return _inlined(schema, {})


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return a schema of the rule files in what draft-07 and Segment know: no references, no `if`, no words of ours."""
    if not isinstance(schema, Mapping):
        return dict(_NEVER) if schema is False else schema
    written: dict[str, Any] = {}
    conjuncts: list[Any] = []
    for keyword, value in schema.items():
        if value == _NEVER_HOLDS:
            return dict(_NEVER)
        if keyword == "$ref":
            conjuncts.append(_inlined(definitions[value.removeprefix("#/$defs/")], definitions))
        elif keyword == "if":
            conjuncts.extend(_choice(schema, definitions))
        elif keyword in _SCHEMAS:
            written[keyword] = _inlined(value, definitions)
        elif keyword in _LISTS:
            written[keyword] = [_inlined(item, definitions) for item in value]
        elif keyword in _MAPS:
            written[keyword] = {name: _inlined(inner, definitions) for name, inner in value.items()}
        elif keyword == "const":
            written["enum"] = [value]  # which draft-04 knows, too
        elif keyword not in _SAID and keyword not in {"then", "else"}:
            written[keyword] = value
    conjuncts = [*written.pop("allOf", []), *conjuncts]
    return merged_schema([written, *conjuncts])


def merged_schema(schemas: Sequence[Any]) -> Any:
    """Return one schema that says what all of these say, with as few `allOf` as it takes."""
    merged: dict[str, Any] = {}
    rest: list[Any] = []
    for schema in schemas:
        others: dict[str, Any] = {}
        for keyword, value in schema.items():
            if keyword not in merged or merged[keyword] == value:
                merged[keyword] = value
            elif keyword == "required":
                merged[keyword] = [*merged[keyword], *(name for name in value if name not in merged[keyword])]
            elif keyword == "properties":
                names = dict.fromkeys((*merged[keyword], *value))
                merged[keyword] = {
                    name: merged_schema([each[name] for each in (merged[keyword], value) if name in each])
                    for name in names
                }
            elif keyword == "allOf":
                rest.extend(value)
            else:
                others[keyword] = value
        rest.extend([others] if others else [])
    if rest:
        merged["allOf"] = [*merged.get("allOf", []), *rest]
    return merged


def _choice(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> list[Any]:
    """Return what `if`, `then` and `else` demand, as alternatives."""
    condition = _inlined(schema["if"], definitions)
    demands = []
    if "then" in schema:
        demands.append(_either({"not": condition}, _inlined(schema["then"], definitions)))
    if "else" in schema:
        demands.append(_either(condition, _inlined(schema["else"], definitions)))
    return demands


def _either(one: Any, other: Any) -> Any:
    return one if _never(other) else {"anyOf": [one, other]}


def _never(schema: Any) -> bool:
    """Tell whether a schema can be seen to accept nothing."""
    return bool(schema == _NEVER)
