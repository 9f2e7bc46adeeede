"""The selected rules, ready to judge."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from segkoch_lint.bounded_cache import BoundedCache
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.finding import Severity
from segkoch_lint.findings.position import Path
from segkoch_lint.rules.combined_schema import conjunction
from segkoch_lint.rules.compiled_rules import CompiledRules
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.inlining import inlined
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.remedies import Circumstances
from segkoch_lint.rules.violations import NAMES, Violation, ViolationTemplate
from segkoch_lint.rules.vocabulary import (
    DIALECT,
    FastValidator,
    compares,
    expand,
    gate,
    self_contained,
    shared_definitions,
)

if TYPE_CHECKING:
    from segkoch_lint.rules.catalogue import AppliesTo, Rule

_ANNOTATIONS = frozenset({"message", "mend"})
_ABOUT_CALLS: tuple[AppliesTo, ...] = ("delivered", "call", "request")
_KINDS: tuple[AppliesTo, ...] = (*_ABOUT_CALLS, "destination", "user", "device", "event-name")

Readiness = Literal["ready", "limited", "faulty"]
"""What becomes of a delivered call at Kochava.

``faulty``: it breaks a rule whose own severity is error, rules about a refusal of the user aside. ``limited``: it is
not faulty, and the user refused to be tracked, or was not asked yet (limited ad tracking). ``ready``: neither.
"""


class Verdict(msgspec.Struct, frozen=True, eq=False):
    """What the rules say of a call and of all that are like it.

    Attributes:
        not_delivered: why such a call would not reach Kochava, or None when it would.
        blames: what it breaks.
        usable: whether it would reach Kochava and breaks no rule whose own severity is error.
        origin: of its library: ``mobile``, ``server``, ``web``, or None when unknown.
        readiness: what becomes of it at Kochava; None when it would not reach Kochava.
        circumstances: if it breaks anything, what it is like, as far as remedies ask (`Circumstances`).
        reads: if it breaks anything, where the values stand that decide what is said of it: `NAMES`, and then what each
            of the blames reads.
    """

    not_delivered: str | None
    blames: tuple[ViolationTemplate, ...]
    usable: bool
    origin: str | None
    readiness: Readiness | None = None
    circumstances: frozenset[str] = frozenset()
    reads: tuple[Path, ...] = ()


class JudgedCall(msgspec.Struct, frozen=True):
    """What the rules say of one call: see `Verdict`."""

    not_delivered: str | None
    violations: tuple[Violation, ...]
    usable: bool
    origin: str | None
    readiness: Readiness | None = None


class RuleSet:
    """The rules of a run, compiled.

    Args:
        rules: the rules to judge by.
        delivery: what decides whether a call reaches Kochava.
        required: the rules that decide whether a call is usable, and ready, limited or faulty: all rules, selected
            or not.
    """

    def __init__(self, rules: Sequence[Rule], delivery: Delivery, required: Sequence[Rule] = ()) -> None:
        self._delivery = delivery
        self._schemas: dict[Rule, dict[str, Any]] = {}
        deciding = [rule for rule in required if rule.applies_to in _ABOUT_CALLS]
        self._selected = frozenset(rules)
        self._spoiling = frozenset(rule for rule in deciding if _spoils(rule))
        self._refusals = frozenset(rule for rule in deciding if rule.refusal)
        self._faults = frozenset(rule for rule in deciding if _is_error(rule)) - self._refusals
        about_calls = dict.fromkeys([*(rule for rule in rules if rule.applies_to in _ABOUT_CALLS), *deciding])
        self._of_calls = CompiledRules(sorted(about_calls, key=lambda rule: rule.code), self.schema_of)
        self._groups = {
            kind: CompiledRules([rule for rule in rules if rule.applies_to == kind], self.schema_of) for kind in _KINDS
        }
        self._circumstances = Circumstances(rule for rule in rules if rule.applies_to in _ABOUT_CALLS)
        self._opinions: BoundedCache[Hashable, Verdict] = BoundedCache()

    @cached_property
    def footprint(self) -> ReadSet:
        """What the rules read of a call."""
        footprint = ReadSet()
        for rule in self._of_calls.rules:
            footprint.read(schema := self.schema_of(rule), schema)
            if rule.place is not None:
                footprint.read(schema := _reading(rule.place), schema)
        conditions, origins = self._delivery.conditions(), self._delivery.origins()
        for schema in (*conditions.values(), *origins.values(), *self._circumstances.schemas.values()):
            footprint.read(schema, schema)
        return footprint

    def schema_of(self, rule: Rule) -> dict[str, Any]:
        """Return a rule's constraint as a schema in standard keywords and our comparing ones, on its own feet.

        It must not be changed.
        """
        known = self._schemas.get(rule)
        if known is None:
            known = self._schemas[rule] = self._schema(rule)
        return known

    def _schema(self, rule: Rule) -> dict[str, Any]:
        constraint = expand(dict(rule.constraint))
        if rule.sent_by:
            constraint = {
                **{k: v for k, v in constraint.items() if k == "$defs"},
                "if": self._delivery.sent_by(rule.sent_by),
                "then": {k: v for k, v in constraint.items() if k != "$defs"},
            }
        return inlined(self_contained(constraint, shared_definitions()))

    def judge(self, message: Mapping[str, Any]) -> JudgedCall:
        """Return the verdict on one call, in Segment's shape and with its ``type``."""
        opinion = self.opinion_on(message)
        violations = tuple(blame.of(message) for blame in opinion.blames)
        return JudgedCall(opinion.not_delivered, violations, opinion.usable, opinion.origin, opinion.readiness)

    def opinion_on(self, message: Mapping[str, Any]) -> Verdict:
        """Return what the rules say of one call, in Segment's shape and with its ``type``."""
        origin = next((origin for origin, schema in self._origins.items() if schema.is_valid(message)), None)
        found = self._of_calls.blames(message)
        blames = tuple(blame for blame in found if blame.rule in self._selected)
        broken = {blame.rule for blame in found}
        reason = None
        if self._undelivered.is_valid(message):
            reason = next(reason for reason, condition in self._reasons.items() if condition.is_valid(message))
        usable = reason is None and self._spoiling.isdisjoint(broken)
        readiness = self._readiness(broken) if reason is None else None
        if reason is not None:
            blames = tuple(blame for blame in blames if blame.rule.applies_to != "delivered")
        like = self._circumstances.of(message) if blames else frozenset()
        # What the rules say is the same of many calls that give them different answers.
        said = (reason, blames, usable, origin, readiness, like)
        known = self._opinions.entries.get(said)
        return self._opinions.add(said, Verdict(*said, _read_by(blames))) if known is None else known

    def _readiness(self, broken: AbstractSet[Rule]) -> Readiness:
        """Return what becomes at Kochava of a delivered call that breaks these rules."""
        if not self._faults.isdisjoint(broken):
            return "faulty"
        return "ready" if self._refusals.isdisjoint(broken) else "limited"

    @cached_property
    def _reasons(self) -> Mapping[str, FastValidator]:
        return {reason: gate(schema) for reason, schema in self._delivery.conditions().items()}

    @cached_property
    def _undelivered(self) -> FastValidator:
        return gate({"anyOf": list(self._delivery.conditions().values())})

    @cached_property
    def _origins(self) -> Mapping[str, FastValidator]:
        return {origin: gate(schema) for origin, schema in self._delivery.origins().items()}

    def violations(self, kind: AppliesTo, value: Mapping[str, Any]) -> list[Violation]:
        """Return what the rules that apply to *kind* say of a value of that kind."""
        return [blame.of(value) for blame in self._groups[kind].blames(value)]

    def schemas(self, kind: AppliesTo) -> list[Mapping[str, Any]]:
        """Return the constraints of the rules that apply to *kind*, in standard keywords and our comparing ones."""
        return [self.schema_of(rule) for rule in self._groups[kind].rules]

    def reads(self, path: Path) -> bool:
        """Tell whether the value at *path* of a call is read by a rule, or stands on the way to one that is."""
        return self.footprint.reads(path)


def _reading(place: Path) -> dict[str, Any]:
    """Return a schema that reads what `resolve` reads on its way to *place*."""
    if not place:
        return {}
    *way, last = map(str, place)
    schema: dict[str, Any] = expand({"spellings": {last: {"type": "string", "pattern": r"\S"}}})
    for step in reversed(way):
        schema = {"properties": {step: schema}}
    return schema


def bundle(rules: Iterable[Rule], delivery: Delivery) -> dict[str, Any]:
    """Return one standard JSON Schema that a call fulfils when it breaks none of *rules*.

    Any validator of draft 2020-12 can use it. Rules that compare values or sizes cannot be said in standard
    keywords, and others are about more, or less, than a call; they are left out and named in ``$comment``.

    Raises:
        UsageError: it would say nothing.
    """
    rules = list(rules)
    ruleset = RuleSet([], delivery)
    schemas = {rule.code: ruleset.schema_of(rule) for rule in rules if rule.applies_to in _ABOUT_CALLS}
    told = [rule for rule in rules if rule.code in schemas and not compares(schemas[rule.code])]
    if not told:
        raise UsageError(
            "A schema of one call can say nothing of what the selected rules ask.",
            "Select a rule about calls (KCH1); `segkoch-lint schema CODE` prints the file of any rule.",
        )
    comparing = [f"{rule.code} ({rule.name})" for rule in rules if rule.code in schemas and rule not in told]
    elsewhere = [f"{rule.code} ({rule.name})" for rule in rules if rule.code not in schemas]
    left_out = [
        *([f"Standard JSON Schema cannot say these: {', '.join(comparing)}."] if comparing else []),
        *([f"These are not about a single call: {', '.join(elsewhere)}."] if elsewhere else []),
    ]

    def all_of(*kinds: str) -> dict[str, Any]:
        return conjunction({rule.code: _standard(schemas[rule.code]) for rule in told if rule.applies_to in kinds})

    bundled: dict[str, Any] = {
        "$schema": DIALECT,
        "title": "A Segment call that Kochava can use",
        "description": "Holds for a call that breaks none of the rules " + ", ".join(r.code for r in told) + ".",
    }
    if left_out:
        bundled["$comment"] = " ".join(left_out)
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


def _read_by(blames: Sequence[ViolationTemplate]) -> tuple[Path, ...]:
    """Return where the values stand that decide what is said of calls with these faults."""
    return (*NAMES, *[path for blame in blames for path in (blame.path, *blame.around)]) if blames else ()


def _spoils(rule: Rule) -> bool:
    """Tell whether Kochava can do nothing with a call that breaks a rule, however a run weighs it."""
    return rule.required or _is_error(rule)


def _is_error(rule: Rule) -> bool:
    return rule.severity is Severity.ERROR


def _standard(schema: Any) -> Any:
    """Return *schema* without our annotations: strict validators refuse keywords that they do not know."""
    if isinstance(schema, dict):
        return {keyword: _standard(value) for keyword, value in schema.items() if not _annotates(keyword, value)}
    return [_standard(item) for item in schema] if isinstance(schema, list) else schema


def _annotates(keyword: str, value: Any) -> bool:
    return keyword in _ANNOTATIONS and isinstance(value, str)
