"""The rules of a run, compiled, and the verdict that they give on a call."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from segkoch_lint.bounded_cache import BoundedCache
from segkoch_lint.findings.finding import Severity
from segkoch_lint.findings.position import Path
from segkoch_lint.rules.compiled_rules import CompiledRules
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.inlining import inlined
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.remedies import Circumstances
from segkoch_lint.rules.subschemas import at_path
from segkoch_lint.rules.validator import Validator, compile_schema
from segkoch_lint.rules.violations import NAMES, Violation, ViolationTemplate
from segkoch_lint.rules.vocabulary import expand, self_contained, shared_definitions

if TYPE_CHECKING:
    from segkoch_lint.rules.catalogue import AppliesTo, Rule

ABOUT_CALLS: tuple[AppliesTo, ...] = ("delivered", "call", "request")
"""What rules about a single call apply to."""

_KINDS: tuple[AppliesTo, ...] = (*ABOUT_CALLS, "destination", "user", "device", "event-name")

Readiness = Literal["ready", "limited", "faulty"]
"""What Kochava can do with a call that reaches it.

``faulty``: the call breaks a rule whose own severity is error, rules about a refusal of the user aside. ``limited``: it
is not faulty, and the user refused to be tracked or was not asked yet (limited ad tracking). ``ready``: neither.
"""


class Verdict(msgspec.Struct, frozen=True, eq=False):
    """What the rules say of all calls with the same fingerprint.

    Attributes:
        not_delivered: why such a call does not reach Kochava, or None if it does.
        violations: what it violates.
        usable: whether it reaches Kochava and breaks no rule whose own severity is error.
        origin: of its library: ``mobile``, ``server``, ``web``, or None if unknown.
        readiness: what Kochava can do with it; None if it does not reach Kochava.
        circumstances: if it violates anything, which kinds of calls it is of (`Circumstances`).
        reads: if it violates anything, the paths of the values that decide its findings: `NAMES`, and then those that
            each violation reads.
    """

    not_delivered: str | None
    violations: tuple[ViolationTemplate, ...]
    usable: bool
    origin: str | None
    readiness: Readiness | None = None
    circumstances: frozenset[str] = frozenset()
    reads: tuple[Path, ...] = ()


class RuleSet:
    """The rules of a run, compiled.

    Args:
        rules: the selected rules.
        delivery: decides whether a call reaches Kochava.
        required: the rules that decide whether a call is usable, and its readiness: all rules, selected or not.
    """

    def __init__(self, rules: Sequence[Rule], delivery: Delivery, required: Sequence[Rule] = ()) -> None:
        self._delivery = delivery
        self._schemas: dict[Rule, dict[str, Any]] = {}
        deciding = [rule for rule in required if rule.applies_to in ABOUT_CALLS]
        self._selected = frozenset(rules)
        self._refusals = frozenset(rule for rule in deciding if rule.refusal)
        errors = frozenset(rule for rule in deciding if rule.severity is Severity.ERROR)
        self._unusable = errors | frozenset(rule for rule in deciding if rule.required)
        self._faults = errors - self._refusals
        about_calls = dict.fromkeys([*(rule for rule in rules if rule.applies_to in ABOUT_CALLS), *deciding])
        self._of_calls = CompiledRules(sorted(about_calls, key=lambda rule: rule.code), self.schema_of)
        self._groups = {
            kind: CompiledRules([rule for rule in rules if rule.applies_to == kind], self.schema_of) for kind in _KINDS
        }
        self._circumstances = Circumstances(rule for rule in rules if rule.applies_to in ABOUT_CALLS)
        self._verdicts: BoundedCache[Hashable, Verdict] = BoundedCache()

    def verdict(self, message: Mapping[str, Any]) -> Verdict:
        """Return the verdict on a call, in Segment's shape and with its ``type``."""
        origin = next((origin for origin, schema in self._origins.items() if schema.is_valid(message)), None)
        found = self._of_calls.violations(message)
        broken = {each.rule for each in found}
        not_delivered = self.not_delivered(message)
        delivered = not_delivered is None
        usable = delivered and self._unusable.isdisjoint(broken)
        readiness = self._readiness(broken) if delivered else None
        violations = tuple(
            each for each in found if each.rule in self._selected and (delivered or each.rule.applies_to != "delivered")
        )
        circumstances = self._circumstances.of(message) if violations else frozenset()
        # Calls with different fingerprints often have equal verdicts: each exists once, so that it is a cheap key.
        parts = (not_delivered, violations, usable, origin, readiness, circumstances)
        known = self._verdicts.entries.get(parts)
        return self._verdicts.add(parts, Verdict(*parts, _paths_read(violations))) if known is None else known

    def not_delivered(self, message: Mapping[str, Any]) -> str | None:
        """Return why a call does not reach Kochava, or None if it does."""
        if not self._any_reason.is_valid(message):
            return None
        return next(reason for reason, condition in self._reasons.items() if condition.is_valid(message))

    def violations(self, kind: AppliesTo, value: Mapping[str, Any]) -> list[Violation]:
        """Return the violations by *value* of the rules that apply to *kind*."""
        return [template.fill(value) for template in self._groups[kind].violations(value)]

    @cached_property
    def read_set(self) -> ReadSet:
        """What the rules read of a call."""
        schemas: list[Mapping[str, Any]] = [self.schema_of(rule) for rule in self._of_calls.rules]
        schemas += [_schema_reading(rule.place) for rule in self._of_calls.rules if rule.place is not None]
        schemas += [*self._delivery.conditions().values(), *self._delivery.origins().values()]
        return ReadSet.of(*schemas, *self._circumstances.schemas.values())

    def reads(self, path: Path) -> bool:
        """Return whether a rule reads the value at *path* of a call, or a part of it."""
        return self.read_set.reads(path)

    def schemas(self, kind: AppliesTo) -> list[Mapping[str, Any]]:
        """Return the schemas (`schema_of`) of the rules that apply to *kind*."""
        return [self.schema_of(rule) for rule in self._groups[kind].rules]

    def schema_of(self, rule: Rule) -> dict[str, Any]:
        """Return a rule's constraint as an expanded, self-contained schema. Callers must not change it."""
        known = self._schemas.get(rule)
        if known is None:
            known = self._schemas[rule] = self._schema(rule)
        return known

    def _schema(self, rule: Rule) -> dict[str, Any]:
        constraint = expand(dict(rule.constraint))
        if rule.sent_by:
            constraint = {
                **{keyword: value for keyword, value in constraint.items() if keyword == "$defs"},
                "if": self._delivery.sent_by(rule.sent_by),
                "then": {keyword: value for keyword, value in constraint.items() if keyword != "$defs"},
            }
        return inlined(self_contained(constraint, shared_definitions()))

    def _readiness(self, broken: AbstractSet[Rule]) -> Readiness:
        """Return what Kochava can do with a call that reaches it and breaks these rules."""
        if not self._faults.isdisjoint(broken):
            return "faulty"
        return "ready" if self._refusals.isdisjoint(broken) else "limited"

    @cached_property
    def _reasons(self) -> Mapping[str, Validator]:
        return {reason: compile_schema(schema) for reason, schema in self._delivery.conditions().items()}

    @cached_property
    def _any_reason(self) -> Validator:
        return compile_schema({"anyOf": list(self._delivery.conditions().values())})

    @cached_property
    def _origins(self) -> Mapping[str, Validator]:
        return {origin: compile_schema(schema) for origin, schema in self._delivery.origins().items()}


def _schema_reading(place: Path) -> Mapping[str, Any]:
    """Return a schema that reads what `segkoch_lint.rules.violations.resolve` reads on its way to *place*."""
    if not place:
        return {}
    *way, last = place
    return at_path(way, expand({"spellings": {str(last): {"type": "string", "pattern": r"\S"}}}))


def _paths_read(violations: Sequence[ViolationTemplate]) -> tuple[Path, ...]:
    """Return the paths of the values that decide the findings of calls with these violations."""
    return (*NAMES, *(path for each in violations for path in (each.path, *each.around))) if violations else ()
