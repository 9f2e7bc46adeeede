"""The rules as one standard JSON Schema, for validators that do not know our keywords."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from segkoch_lint.errors import UsageError
from segkoch_lint.rules.combined_schema import conjunction
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.ruleset import ABOUT_CALLS, RuleSet
from segkoch_lint.rules.subschemas import map_held
from segkoch_lint.rules.validator import may_use_comparison
from segkoch_lint.rules.vocabulary import DIALECT

if TYPE_CHECKING:
    from segkoch_lint.rules.catalogue import Rule


def bundled_schema(rules: Iterable[Rule], delivery: Delivery) -> dict[str, Any]:
    """Return one standard JSON Schema (draft 2020-12) that a call fulfils if it breaks none of *rules*.

    Rules that compare values or sizes cannot be expressed in standard keywords, and some rules are not about a single
    call. These are left out and named in ``$comment``.

    Raises:
        UsageError: all rules are left out.
    """
    rules = list(rules)
    ruleset = RuleSet([], delivery)
    schemas = {rule.code: ruleset.schema_of(rule) for rule in rules if rule.applies_to in ABOUT_CALLS}
    standard = [rule for rule in rules if rule.code in schemas and not may_use_comparison(schemas[rule.code])]
    if not standard:
        raise UsageError(
            "A schema of one call can say nothing of what the selected rules ask.",
            "Select a rule about calls (KCH1); `segkoch-lint schema CODE` prints the file of any rule.",
        )

    def all_of(*kinds: str) -> dict[str, Any]:
        return conjunction({rule.code: _plain(schemas[rule.code]) for rule in standard if rule.applies_to in kinds})

    bundled: dict[str, Any] = {
        "$schema": DIALECT,
        "title": "A Segment call that Kochava can use",
        "description": f"Holds for a call that breaks none of the rules {', '.join(rule.code for rule in standard)}.",
    }
    comparing = [rule for rule in rules if rule.code in schemas and rule not in standard]
    elsewhere = [rule for rule in rules if rule.code not in schemas]
    if comment := _comment(comparing, elsewhere):
        bundled["$comment"] = comment
    every, delivered = all_of("call", "request"), all_of("delivered")
    bundled["type"] = "object"
    if every["allOf"]:
        bundled["allOf"] = every["allOf"]
    if delivered["allOf"]:
        bundled["if"] = {"not": {"anyOf": list(delivery.conditions().values())}}
        bundled["then"] = {"allOf": delivered["allOf"]}
    if definitions := {**every.get("$defs", {}), **delivered.get("$defs", {})}:
        bundled["$defs"] = definitions
    return bundled


def _comment(comparing: Iterable[Rule], elsewhere: Iterable[Rule]) -> str:
    """Return a comment that names the rules that are left out, or an empty string."""
    sentences: Mapping[str, Iterable[Rule]] = {
        "Standard JSON Schema cannot say these": comparing,
        "These are not about a single call": elsewhere,
    }
    names = {text: ", ".join(f"{rule.code} ({rule.name})" for rule in rules) for text, rules in sentences.items()}
    return " ".join(f"{text}: {listed}." for text, listed in names.items() if listed)


def _plain(schema: Any) -> Any:
    """Return *schema* without our annotations: strict validators refuse keywords that they do not know."""
    if not isinstance(schema, Mapping):
        return schema
    return {
        keyword: map_held(keyword, value, _plain)
        for keyword, value in schema.items()
        if keyword not in {"message", "fix"}
    }
