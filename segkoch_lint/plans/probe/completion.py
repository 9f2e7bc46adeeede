"""Changes a call until a plan accepts it, by what the plan's validators object to.

The schema is asked, not read: every objection names a place and a keyword, and is met with a change there. So it does
not matter how the schema is written. Nothing is random; the same plan is always asked with the same calls.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from segkoch_lint.places import Path
from segkoch_lint.plans.model.json_paths import value_at, with_value, without
from segkoch_lint.plans.model.plan import existing
from segkoch_lint.plans.probe.distinct import distinct
from segkoch_lint.plans.probe.values import ANYTHING, suggested, values
from segkoch_lint.sensitive_keys import is_sensitive_key

_ATTEMPTS = 3
"""Ways tried through the branches of `anyOf` and `oneOf`."""

_ROUNDS = 60
_DEEPEST = 24
_LESS = frozenset({"required", "minItems", "minProperties", "contains", "dependentRequired"})
"""Keywords whose objection means that something is on the right way."""

_CLOSING = ("additionalProperties", "unevaluatedProperties")
"""Keywords that refuse members by a schema that is false."""

_DEVICE = ("context", "device")

Call = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A schema with its validator."""

    schema: Any
    validator: Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a plan objects to in a call, and no change could meet.

    Attributes:
        schema: index of the schema that objects.
        keyword: the keyword that fails. at: its place in that schema.
        path: the value it objects to, in the call.
        member: the member of that value that is refused or missing, where it is about one; or empty.
    """

    schema: int
    keyword: str
    at: Path
    path: Path
    member: str = ""


def complete(
    call: Call, schemas: Sequence[Asked], keeps: Callable[[Any], bool], *, identifiers: Sequence[str] = ()
) -> Call | Refusal:
    """Return *call*, changed so that all *schemas* accept it, or what is in the way.

    Args:
        call: the call to begin with.
        schemas: all of them have to accept the call.
        keeps: tells whether a changed call is still what it is meant to be; no other change is made.
        identifiers: texts to try where an id is refused.
    """
    first: Refusal | None = None
    for attempt in range(_ATTEMPTS):
        result = _Attempt(schemas, keeps, identifiers, attempt).run(call)
        if not isinstance(result, Refusal):
            return result
        first = first or result
    assert first is not None
    return first


class _Attempt:
    def __init__(
        self, schemas: Sequence[Asked], keeps: Callable[[Any], bool], identifiers: Sequence[str], number: int
    ) -> None:
        self._schemas = schemas
        self._keeps = keeps
        self._identifiers = identifiers
        self._number = number

    def run(self, call: Call) -> Call | Refusal:
        seen: set[str] = set()
        for _ in range(_ROUNDS):
            errors = self._errors(call)
            if not errors:
                return call
            state = json.dumps(call, sort_keys=True)
            blocking = _refusal(*errors[0])
            if state in seen:
                return blocking
            seen.add(state)
            before = call
            for number, error in errors:
                amended = self._amend(call, number, error)
                if amended is not None:
                    call = amended
                elif call is before:
                    blocking = _refusal(number, error)
            if call is before:
                return blocking
        return blocking

    def _errors(self, call: Call) -> list[tuple[int, Any]]:
        return [(n, error) for n, asked in enumerate(self._schemas) for error in asked.validator.iter_errors(call)]

    def _amend(self, call: Call, number: int, error: Any) -> Call | None:
        """Return the call without this objection, or None when no change meets it."""
        path = tuple(error.instance_path)
        if len(path) > _DEEPEST or existing(call, path) != path:
            return None
        context = getattr(error.kind, "context", None)
        if context and any(context):
            amended = self._branch(call, number, context)
            if amended is not None:
                return amended
        for changed in self._changes(call, number, error, path):
            met = self._best(changed, call, number, error)
            if met is not None:
                return met
        return None

    def _best(self, changed: Iterable[Call], call: Call, number: int, error: Any) -> Call | None:
        """Return the changed call that meets the objection and leaves the fewest others."""
        best: tuple[float, Call] | None = None
        mark = _mark(number, error)
        for candidate in changed:
            if candidate == call or not self._keeps(candidate):
                continue
            errors = self._errors(candidate)
            if any(mark in _marks(n, each) for n, each in errors):
                continue
            weight = sum(_weight(each) for _, each in errors)
            if best is None or weight < best[0]:
                best = (weight, candidate)
            if not weight or error.kind.name == "required":
                break
        return best[1] if best else None

    def _branch(self, call: Call, number: int, context: Sequence[Sequence[Any]]) -> Call | None:
        """Go one of the ways that `anyOf` or `oneOf` leaves: the one with the least in it, or another one in turn."""
        ways = sorted((way for way in context if way), key=lambda way: sum(map(_weight, way)))
        turned = [*ways[self._number % len(ways) :], *ways[: self._number % len(ways)]] if ways else []
        for way in turned:
            amended: Call | None = call
            for error in way:
                amended = self._amend(amended, number, error) if amended is not None else None
            if amended is not None and amended != call:
                return amended
        return None

    def _changes(self, call: Call, number: int, error: Any, path: Path) -> Iterator[Iterator[Call]]:
        """Yield the changes that may meet an objection, the most telling first; taking something away comes last."""
        value = value_at(call, path)
        kind = error.kind
        yield (without(call, (*path, name)) for name in _refused_members(error, value))
        match kind.name:
            case "required":
                inside = (*path, kind.property)
                guesses = [*self._guesses(number, error, kind.property), *self._ids(kind.property), *ANYTHING]
                yield (with_value(call, inside, guess) for guess in guesses)
            case "falseSchema":
                yield (without(call, path) for _ in path[:1])
                # Where no member is allowed at all, it is the object that is blamed.
                yield (with_value(call, path, {}) for _ in [value] if isinstance(value, Mapping))
            case "additionalProperties" | "unevaluatedProperties" | "propertyNames":
                return
            case _:
                around, root = self._around(number, error), self._schemas[number].schema
                lists = distinct(around, root, len(value)) if isinstance(value, list) else ()
                yield (with_value(call, path, new) for new in chain(values(kind, value), lists))
                yield (with_value(call, path, text) for text in self._identifiers if isinstance(value, str))
                yield (with_value(call, path, new) for new in ANYTHING)
                yield (without(call, (*path, name)) for name in (value if isinstance(value, Mapping) else ()))
                yield (without(call, path) for step in path[-1:] if isinstance(step, str))

    def _ids(self, name: str) -> Sequence[str]:
        return self._identifiers if is_sensitive_key(name) else ()

    def _guesses(self, number: int, error: Any, name: str) -> Iterator[Any]:
        """Yield values for a missing member, by what the schema next to the keyword says of it, if it does."""
        around = self._around(number, error)
        properties = around.get("properties") if isinstance(around, Mapping) else None
        schema = properties.get(name) if isinstance(properties, Mapping) else None
        if isinstance(schema, Mapping):
            if schema.get("uniqueItems") is True:
                yield from distinct(schema, self._schemas[number].schema, 1)
            yield from suggested(schema)

    def _around(self, number: int, error: Any) -> Any:
        """Return the schema that holds the keyword that objects."""
        around = self._schemas[number].schema
        for step in tuple(error.schema_path)[:-1]:
            around = around.get(step) if isinstance(around, Mapping) else _item(around, step)
        return around


def _refused_members(error: Any, value: Any) -> Sequence[str]:
    """Return the members that a keyword refuses by their names."""
    if error.kind.name in {"additionalProperties", "unevaluatedProperties"}:
        return [str(name) for name in error.kind.unexpected]
    if error.kind.name == "propertyNames" and isinstance(error.kind.error.instance, str):
        return [error.kind.error.instance]
    if error.kind.name == "maxProperties" and isinstance(value, Mapping):
        return list(value)
    return ()


def _refusal(number: int, error: Any) -> Refusal:
    """Return what an error objects to; of alternatives, what the one objects to that goes deepest into the device."""
    inside = [each for way in getattr(error.kind, "context", None) or () for each in way]
    nested = [refusal for refusal in (_refusal(number, each) for each in inside) if refusal.path[:2] == _DEVICE]
    if nested:
        return max(nested, key=lambda each: len(each.path) + bool(each.member))
    at, path, kind = tuple(error.schema_path), tuple(error.instance_path), error.kind
    member = ""
    if kind.name == "required":
        member = kind.property
    elif refused := _refused_members(error, None):
        member = refused[0]
    keyword = kind.name
    if keyword == "falseSchema":
        keyword = at[-1] if at and at[-1] in _CLOSING else "false"
    return Refusal(number, str(keyword), at, path, member)


def _weight(error: Any) -> float:
    context = getattr(error.kind, "context", None)
    if context:
        return 0.5 + 0.1 * min((sum(map(_weight, way)) for way in context), default=0)
    return 0.25 if error.kind.name in _LESS else 1.0


Mark = tuple[int, Path, Path, tuple[str, ...]]


def _mark(number: int, error: Any) -> Mark:
    # One `required` speaks up once for every member that is missing.
    members = (error.kind.property,) if error.kind.name == "required" else tuple(_refused_members(error, None))
    return number, tuple(error.instance_path), tuple(error.schema_path), members


def _marks(number: int, error: Any) -> Iterator[Mark]:
    """Yield what tells an objection from others, and the same of those that it is made of."""
    yield _mark(number, error)
    for way in getattr(error.kind, "context", None) or ():
        for inner in way:
            yield from _marks(number, inner)


def _item(value: Any, step: Any) -> Any:
    return value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None
