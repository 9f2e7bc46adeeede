"""The selected rules, ready to judge: a gate that says yes or no, and an explanation of every no."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from segkoch_lint import schema_files
from segkoch_lint.caching import BoundedCache
from segkoch_lint.errors import UsageError
from segkoch_lint.findings import Severity
from segkoch_lint.places import Path
from segkoch_lint.rules.combining import conjunction
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.footprint import Footprint
from segkoch_lint.rules.likeness import Likeness
from segkoch_lint.rules.references import REFERRING, lookup
from segkoch_lint.rules.remedies import Circumstances
from segkoch_lint.rules.violations import Blame, Violation, resolve
from segkoch_lint.rules.vocabulary import DIALECT, compares, expand, explainer, gate, self_contained

if TYPE_CHECKING:
    from jsonschema import ValidationError

    from segkoch_lint.rules.catalogue import AppliesTo, Rule

_ANNOTATIONS = frozenset({"message", "mend"})
_ABOUT_CALLS: tuple[AppliesTo, ...] = ("delivered", "call", "request")


Readiness = Literal["ready", "limited", "faulty"]
"""What becomes of a delivered call at Kochava.

``faulty``: it breaks a rule whose own severity is error, rules about a refusal of the user aside. ``limited``: it is
not faulty, and the user refused to be tracked, or was not asked yet (limited ad tracking). ``ready``: neither.
"""


_OPINION_BYTES = 8 << 20
"""Bytes of what calls are reduced to that opinions are remembered for."""


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """What the rules say of a call and of all that are like it.

    Attributes:
        not_delivered: why such a call would not reach Kochava, or None when it would.
        blames: what it breaks.
        usable: whether it would reach Kochava and breaks no rule whose own severity is error.
        origin: of its library: ``mobile``, ``server``, ``web``, or None when unknown.
        readiness: what becomes of it at Kochava; None when it would not reach Kochava.
        circumstances: if it breaks anything, what it is like, as far as remedies ask (`Circumstances`).
    """

    not_delivered: str | None
    blames: tuple[Blame, ...]
    usable: bool
    origin: str | None
    readiness: Readiness | None = None
    circumstances: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one call: see `Opinion`."""

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
        definitions = schema_files.load("definitions")["$defs"]
        self._delivery = delivery
        self._definitions = definitions
        self._groups: dict[AppliesTo, _Group] = {}
        for kind in ("delivered", "call", "request", "destination", "user", "device", "event-name"):
            chosen = [_Compiled(r, self.schema_of(r)) for r in rules if r.applies_to == kind]
            self._groups[kind] = _Group(chosen)
        deciding = [_Compiled(r, self.schema_of(r)) for r in required if r.applies_to in _ABOUT_CALLS]
        self._required = _Group([each for each in deciding if _spoils(each.rule)])
        self._faults = _Group([each for each in deciding if _is_error(each.rule) and not each.rule.refusal])
        self._refusals = _Group([each for each in deciding if each.rule.refusal])
        self._reasons = {reason: gate(schema) for reason, schema in delivery.conditions().items()}
        self._undelivered = gate({"anyOf": list(delivery.conditions().values())})
        self._origins = {origin: gate(schema) for origin, schema in delivery.origins().items()}
        self._footprint = Footprint()
        for rule in (*rules, *required):
            if rule.applies_to in _ABOUT_CALLS:
                self._footprint.read(schema := self.schema_of(rule), schema)
                if rule.place is not None:
                    self._footprint.read(schema := _reading(rule.place), schema)
        self._circumstances = Circumstances(rule for rule in rules if rule.applies_to in _ABOUT_CALLS)
        further = self._circumstances.schemas.values()
        for schema in (*delivery.conditions().values(), *delivery.origins().values(), *further):
            self._footprint.read(schema, schema)
        self.likeness = Likeness(self._footprint)
        self._opinions: BoundedCache[Hashable, Opinion] = BoundedCache(_OPINION_BYTES)

    def schema_of(self, rule: Rule) -> dict[str, Any]:
        """Return a rule's constraint as a schema in standard keywords and our comparing ones, on its own feet."""
        constraint = expand(dict(rule.constraint))
        if rule.sent_by:
            constraint = {
                **{k: v for k, v in constraint.items() if k == "$defs"},
                "if": self._delivery.sent_by(rule.sent_by),
                "then": {k: v for k, v in constraint.items() if k != "$defs"},
            }
        return self_contained(constraint, self._definitions)

    def judge(self, message: Mapping[str, Any]) -> Verdict:
        """Return the verdict on one call, in Segment's shape and with its ``type``."""
        opinion = self.opinion_on(message)
        violations = tuple(blame.of(message) for blame in opinion.blames)
        return Verdict(opinion.not_delivered, violations, opinion.usable, opinion.origin, opinion.readiness)

    def opinion_on(self, message: Mapping[str, Any]) -> Opinion:
        """Return what the rules say of one call, in Segment's shape and with its ``type``."""
        return self.opinion(self.likeness.of(message), message)

    def opinion(self, alike: Hashable, message: Mapping[str, Any]) -> Opinion:
        """Return what the rules say of *message* and of all calls that ``likeness`` reduces to *alike*, too."""
        known = self._opinions.entries.get(alike)
        return self._opinions.add(alike, self._opinion(message)) if known is None else known

    def _opinion(self, message: Mapping[str, Any]) -> Opinion:
        origin = next((origin for origin, schema in self._origins.items() if schema.is_valid(message)), None)
        blames = [*self._groups["call"].blames(message), *self._groups["request"].blames(message)]
        if self._undelivered.is_valid(message):
            reason = next(reason for reason, condition in self._reasons.items() if condition.is_valid(message))
            like = self._circumstances.of(message) if blames else frozenset()
            return Opinion(reason, tuple(blames), usable=False, origin=origin, circumstances=like)
        blames += self._groups["delivered"].blames(message)
        blames.sort(key=lambda blame: blame.rule.code)
        like = self._circumstances.of(message) if blames else frozenset()
        usable = self._required.accepts(message)
        return Opinion(None, tuple(blames), usable, origin, self._readiness(message), like)

    def _readiness(self, message: Mapping[str, Any]) -> Readiness:
        """Return what becomes of a delivered call at Kochava."""
        if not self._faults.accepts(message):
            return "faulty"
        return "ready" if self._refusals.accepts(message) else "limited"

    def violations(self, kind: AppliesTo, value: Mapping[str, Any]) -> list[Violation]:
        """Return what the rules that apply to *kind* say of a value of that kind."""
        return [blame.of(value) for blame in self._groups[kind].blames(value)]

    def schemas(self, kind: AppliesTo) -> list[Mapping[str, Any]]:
        """Return the constraints of the rules that apply to *kind*, in standard keywords and our comparing ones."""
        return [each.schema for each in self._groups[kind].rules]

    def reads(self, path: Path) -> bool:
        """Tell whether the value at *path* of a call is read by a rule, or stands on the way to one that is."""
        return self._footprint.reads(path)


def _reading(place: Path) -> dict[str, Any]:
    """Return a schema that reads what `resolve` reads on its way to *place*."""
    if not place:
        return {}
    *way, last = map(str, place)
    schema: dict[str, Any] = expand({"spellings": {last: {"type": "string", "pattern": r"\S"}}})
    for step in reversed(way):
        schema = {"properties": {step: schema}}
    return schema


class _Compiled:
    """One rule with its two validators; the second is made when there is something to explain."""

    def __init__(self, rule: Rule, schema: dict[str, Any]) -> None:
        self.rule = rule
        self.schema = schema

    @cached_property
    def gate(self) -> Any:
        return gate(self.schema)

    @cached_property
    def explainer(self) -> Any:
        return explainer(self.schema)

    def blames(self, value: Mapping[str, Any]) -> Iterator[Blame]:
        seen: set[Path] = set()
        for error in self.explainer.iter_errors(value):
            path, whole = _blamed(self.rule, error, value)
            if path not in seen:
                seen.add(path)
                yield Blame(
                    self.rule,
                    path,
                    self._said(error, "message") or self.rule.message,
                    whole,
                    self._said(error, "mend"),
                )

    def _said(self, error: ValidationError, annotation: str) -> str:
        """Return the annotation nearest to the failed keyword, going up from it; an empty text where there is none."""
        said = ""
        node: Any = self.schema
        # Of the two keywords that refer, jsonschema names the one in its paths, and leaves the other out.
        for step in (each for each in error.absolute_schema_path if each != "$dynamicRef"):
            while isinstance(node, dict) and step not in node:
                said = _text(node, annotation) or said
                node = next((lookup(self.schema, node[each]) for each in REFERRING if each in node), None)
            if node is None:
                return said  # it is referred to in a way that only a validator can follow
            if isinstance(node, dict):
                said = _text(node, annotation) or said
            node = node[step]
        return (_text(node, annotation) if isinstance(node, dict) else "") or said


class _Group:
    """Rules that apply to the same values, with one gate for all of them."""

    def __init__(self, rules: Sequence[_Compiled]) -> None:
        self.rules = rules

    @cached_property
    def _gate(self) -> Any:
        return gate(conjunction({each.rule.code: each.schema for each in self.rules}))

    def accepts(self, value: Mapping[str, Any]) -> bool:
        return not self.rules or self._gate.is_valid(value)

    def blames(self, value: Mapping[str, Any]) -> list[Blame]:
        if self.accepts(value):
            return []
        broken = [each for each in self.rules if not each.gate.is_valid(value)]
        return [blame for each in broken for blame in each.blames(value)]


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


def _spoils(rule: Rule) -> bool:
    """Tell whether Kochava can do nothing with a call that breaks a rule, however a run weighs it."""
    return rule.required or _is_error(rule)


def _is_error(rule: Rule) -> bool:
    return rule.severity is Severity.ERROR


def _text(schema: Mapping[str, Any], annotation: str) -> str:
    """Return an annotation of a schema; where it is a schema itself, it is a member's of that name."""
    said = schema.get(annotation)
    return said if isinstance(said, str) else ""


def _standard(schema: Any) -> Any:
    """Return *schema* without our annotations: strict validators refuse keywords that they do not know."""
    if isinstance(schema, dict):
        return {keyword: _standard(value) for keyword, value in schema.items() if not _annotates(keyword, value)}
    return [_standard(item) for item in schema] if isinstance(schema, list) else schema


def _annotates(keyword: str, value: Any) -> bool:
    return keyword in _ANNOTATIONS and isinstance(value, str)


def _blamed(rule: Rule, error: ValidationError, value: Any) -> tuple[Path, bool]:
    """Return the path to blame, and whether it is a value itself (not the object around a missing one)."""
    path = tuple(error.absolute_path)
    place = rule.place or ()
    if len(path) < len(place) and place[: len(path)] == tuple(map(str, path)):
        return resolve(value, place)
    return path, error.validator != "required"
