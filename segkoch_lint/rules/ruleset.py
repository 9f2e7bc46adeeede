"""The selected rules, ready to judge: a gate that says yes or no, and an explanation of every no."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from segkoch_lint import schema_files
from segkoch_lint.masking import Secret, fold, is_sensitive, key_of, mask_shapes
from segkoch_lint.places import Path, path_of
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.footprint import Footprint
from segkoch_lint.rules.vocabulary import DIALECT, KEYWORDS, expand, explainer, gate, self_contained

if TYPE_CHECKING:
    from jsonschema import ValidationError

    from segkoch_lint.rules.catalogue import AppliesTo, Rule

_LONGEST_SHOWN = 60
"""Code points of a payload value that a message shows."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule broken at one place of a value.

    Attributes:
        rule: the rule.
        path: the value to blame, or the nearest object around a missing one; it exists in the value.
        template: the message; ``values`` fill its placeholders.
    """

    rule: Rule
    path: Path
    template: str
    values: Mapping[str, str | Secret]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one call.

    Attributes:
        not_delivered: why the call would not reach Kochava, or None when it would.
        violations: what it breaks.
        usable: whether it would reach Kochava and breaks nothing that Kochava's page requires.
    """

    not_delivered: str | None
    violations: tuple[Violation, ...]
    usable: bool


class RuleSet:
    """The rules of a run, compiled.

    Args:
        rules: the rules to judge by.
        delivery: what decides whether a call reaches Kochava.
        required: the rules that make up "usable"; all rules that Kochava's page requires, selected or not.
    """

    def __init__(self, rules: Sequence[Rule], delivery: Delivery, required: Sequence[Rule] = ()) -> None:
        definitions = schema_files.load("definitions")["$defs"]
        self._delivery = delivery
        self._definitions = definitions
        self._groups: dict[AppliesTo, _Group] = {}
        for kind in ("delivered", "call", "request", "destination"):
            chosen = [_Compiled(r, self.schema_of(r)) for r in rules if r.applies_to == kind]
            self._groups[kind] = _Group(chosen)
        self._required = _Group(
            [_Compiled(r, self.schema_of(r)) for r in required if r.applies_to == "delivered" and r.required]
        )
        self._reasons = {reason: gate(schema) for reason, schema in delivery.conditions().items()}
        self._undelivered = gate({"anyOf": list(delivery.conditions().values())})
        self._origins = {origin: gate(schema) for origin, schema in delivery.origins().items()}
        self._footprint = Footprint()
        for rule in (*rules, *required):
            schema = self.schema_of(rule)
            self._footprint.read(schema, schema)
        for condition in delivery.conditions().values():
            self._footprint.read(condition, condition)

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
        violations = [*self._groups["call"].violations(message), *self._groups["request"].violations(message)]
        if self._undelivered.is_valid(message):
            return Verdict(self._reason(message), tuple(violations), usable=False)
        violations += self._groups["delivered"].violations(message)
        violations.sort(key=lambda violation: violation.rule.code)
        return Verdict(None, tuple(violations), usable=self._required.accepts(message))

    def violations(self, kind: AppliesTo, value: Mapping[str, Any]) -> list[Violation]:
        """Return what the rules that apply to *kind* say of a value of that kind."""
        return self._groups[kind].violations(value)

    def origin_of(self, message: Mapping[str, Any]) -> str | None:
        """Return the origin of a call by its library: ``mobile``, ``server``, ``web``, or None when unknown."""
        return next((origin for origin, schema in self._origins.items() if schema.is_valid(message)), None)

    def reads(self, path: Path) -> bool:
        """Tell whether the value at *path* of a call is read by a rule, or stands on the way to one that is."""
        return self._footprint.reads(path)

    def _reason(self, message: Mapping[str, Any]) -> str:
        return next(reason for reason, condition in self._reasons.items() if condition.is_valid(message))


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

    def violations(self, value: Mapping[str, Any]) -> Iterator[Violation]:
        seen: set[Path] = set()
        for error in self.explainer.iter_errors(value):
            path, whole = _blamed(self.rule, error, value)
            if path not in seen:
                seen.add(path)
                template, values = _message(self._template(error), value, path, whole=whole)
                yield Violation(self.rule, path, template, values)

    def _template(self, error: ValidationError) -> str:
        """Return the message nearest to the failed keyword, going up from it."""
        message = self.rule.message
        node: Any = self.schema
        for step in error.absolute_schema_path:
            while isinstance(node, dict) and step not in node and "$ref" in node:
                node = _resolve(self.schema, path_of(node["$ref"].removeprefix("#")))
            if isinstance(node, dict):
                message = node.get("message", message)
            node = node[step]
        return node.get("message", message) if isinstance(node, dict) else message


class _Group:
    """Rules that apply to the same values, with one gate for all of them."""

    def __init__(self, rules: Sequence[_Compiled]) -> None:
        self._rules = rules

    @cached_property
    def _gate(self) -> Any:
        return gate(conjunction({each.rule.code: each.schema for each in self._rules}))

    def accepts(self, value: Mapping[str, Any]) -> bool:
        return not self._rules or self._gate.is_valid(value)

    def violations(self, value: Mapping[str, Any]) -> list[Violation]:
        if self.accepts(value):
            return []
        broken = [each for each in self._rules if not each.gate.is_valid(value)]
        return [violation for each in broken for violation in each.violations(value)]


def conjunction(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return one schema that holds where all of *schemas* (by rule code) hold, each keeping its own ``$defs``."""
    return {
        "$schema": DIALECT,
        "allOf": [{"$id": f"urn:segkoch-lint:rule:{code}", **schema} for code, schema in schemas.items()],
    }


def bundle(rules: Iterable[Rule], delivery: Delivery) -> dict[str, Any]:
    """Return one standard JSON Schema that a call fulfils when it breaks none of *rules*.

    Any validator of draft 2020-12 can use it. Rules that compare values or sizes cannot be said in standard
    keywords; they are left out and named in ``$comment``.
    """
    rules = [rule for rule in rules if rule.applies_to in {"delivered", "call", "request"}]
    ruleset = RuleSet([], delivery)
    schemas = {rule.code: ruleset.schema_of(rule) for rule in rules}
    told = [rule for rule in rules if not _compares(schemas[rule.code])]
    left_out = [f"{rule.code} ({rule.name})" for rule in rules if rule not in told]

    def all_of(*kinds: str) -> list[Any]:
        chosen = {rule.code: _standard(schemas[rule.code]) for rule in told if rule.applies_to in kinds}
        parts: list[Any] = conjunction(chosen)["allOf"]
        return parts

    bundled: dict[str, Any] = {
        "$schema": DIALECT,
        "title": "A Segment call that Kochava can use",
        "description": "Holds for a call that breaks none of the rules " + ", ".join(r.code for r in told) + ".",
    }
    if left_out:
        bundled["$comment"] = "Standard JSON Schema cannot say these: " + ", ".join(left_out) + "."
    every, delivered = all_of("call", "request"), all_of("delivered")
    bundled["type"] = "object"
    if every:
        bundled["allOf"] = every
    if delivered:
        bundled["if"] = {"not": {"anyOf": list(delivery.conditions().values())}}
        bundled["then"] = {"allOf": delivered}
    return bundled


def _compares(schema: Any) -> bool:
    if isinstance(schema, dict):
        return any(keyword in KEYWORDS or _compares(value) for keyword, value in schema.items())
    return isinstance(schema, list) and any(map(_compares, schema))


def _standard(schema: Any) -> Any:
    """Return *schema* without our annotation: strict validators refuse keywords that they do not know."""
    if isinstance(schema, dict):
        return {keyword: _standard(value) for keyword, value in schema.items() if keyword != "message"}
    return [_standard(item) for item in schema] if isinstance(schema, list) else schema


def _blamed(rule: Rule, error: ValidationError, value: Any) -> tuple[Path, bool]:
    """Return the path to blame, and whether it is a value itself (not the object around a missing one)."""
    path = tuple(error.absolute_path)
    if rule.place is not None and rule.place[: len(path)] == tuple(map(str, path)):
        return resolve(value, rule.place)
    return path, error.validator != "required"


def resolve(value: Any, path: Path) -> tuple[Path, bool]:
    """Follow *path* as far as it exists; the last key counts in any spelling, one with a text in it first.

    Returns:
        the longest existing path, and whether it is the whole of *path*.
    """
    taken: list[str | int] = []
    for number, step in enumerate(path, 1):
        if not isinstance(value, Mapping):
            return tuple(taken), False
        key: str | int | None = step if step in value else None
        if number == len(path):
            spelled = [k for k in value if fold(k) == fold(str(step))]
            key = next(
                (k for k in spelled if isinstance(value[k], str) and value[k].strip()), next(iter(spelled), None)
            )
        if key is None:
            return tuple(taken), False
        taken.append(key)
        value = value[key]
    return tuple(taken), True


def _resolve(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _message(template: str, value: Any, path: Path, *, whole: bool) -> tuple[str, dict[str, str | Secret]]:
    """Fill in which values the message shows; strings get their quotes here, so that masking keeps them."""
    values: dict[str, str | Secret] = {}
    for name in _placeholders(template):
        where, found = (path, whole) if name == "value" else resolve(value, path_of(name))
        shown = shown_value(key_of(where), _resolve(value, where)) if found else "absent"
        if isinstance(shown, Secret) or (found and isinstance(_resolve(value, where), str)):
            template = template.replace("{" + name + "}", '"{' + name + '}"')
        values[name] = shown
    return template, values


def _placeholders(template: str) -> list[str]:
    return [part.split("}")[0] for part in template.split("{")[1:] if part.startswith(("value}", "/"))]


def shown_value(key: str | None, value: Any) -> str | Secret:
    """Return a payload value as messages show it: personal data as a `Secret`, containers by their kind only."""
    if isinstance(value, Mapping):
        return "an object" if value else "an empty object"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = value if isinstance(value, str) else json.dumps(value)
    if is_sensitive(key, value) and text.strip() and not _is_nobodys(text):
        return Secret(text)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


@cache
def _stand_ins() -> Any:
    stands_in = {"anyOf": [{"$ref": "#/$defs/zero-id"}, {"$ref": "#/$defs/placeholder"}]}
    return gate(self_contained(stands_in, schema_files.load("definitions")["$defs"]))


def _is_nobodys(text: str) -> bool:
    """Tell whether a value is a stand-in that a reader may see: zeros, one digit repeated, a word or a macro."""
    plain = not any(c.isdigit() for c in text) or len(set(text.lower()) - set("- \t")) == 1
    return plain and len(text) <= _LONGEST_SHOWN and mask_shapes(text) == text and bool(_stand_ins().is_valid(text))
