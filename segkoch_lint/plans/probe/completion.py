"""Completion of a call: it is changed until a plan accepts it, guided by what the plan's validators object to.

The schema is not interpreted: each error names a location and a keyword, and is answered with a change there, so it
does not matter how the schema is written. Nothing is random, so a plan is always probed with the same calls.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segkoch_lint.findings.position import Path, value_at
from segkoch_lint.findings.redaction.sensitive_keys import is_sensitive_key
from segkoch_lint.plans.model.json_values import as_mapping, existing, with_value, without
from segkoch_lint.plans.probe.validators import CompiledSchema
from segkoch_lint.plans.probe.values import ANYTHING, replacements, suggested_values

_ATTEMPTS = 3
"""Attempts, each of which takes other branches of `anyOf` and `oneOf`."""

_ROUNDS = 60
_MAX_DEPTH = 24

_INCOMPLETE = frozenset({"required", "minItems", "minProperties", "contains", "dependentRequired"})
"""Keywords whose error means that something is missing and not that something is wrong."""

_CLOSING = ("additionalProperties", "unevaluatedProperties")
"""Keywords that refuse members by a schema that is false."""

_DEVICE = ("context", "device")

Call = dict[str, Any]

Error = tuple[int, Any]
"""The index of a schema, and an error of its validator."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A plan's objection to a call that no change could answer.

    Attributes:
        schema: the index of the schema that objects.
        keyword: the keyword that fails.
        at: the path of the keyword in that schema.
        path: the path of the refused value in the call.
        member: the member of that value that is refused or missing; empty if the value itself is refused.
    """

    schema: int
    keyword: str
    at: Path
    path: Path
    member: str = ""

    @property
    def subject(self) -> Path:
        """The path of what is refused or missing."""
        return (*self.path, self.member) if self.member else self.path

    @property
    def what(self) -> str:
        """What is refused, in words."""
        place = ".".join(map(str, self.subject)) or "every call"
        return f"a call without {place}" if self.keyword == "required" else place

    def __str__(self) -> str:
        return f"`{self.keyword}` refuses {self.what}"


def complete(
    call: Call, schemas: Sequence[CompiledSchema], keeps: Callable[[Any], bool], *, identifiers: Sequence[str] = ()
) -> Call | Refusal:
    """Return *call*, changed so that all *schemas* accept it, or the objection that remains.

    Args:
        call: the call to begin with.
        schemas: all of them have to accept the call.
        keeps: tells whether a changed call is still of use; no other change is made.
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


@dataclass(frozen=True, slots=True)
class _Attempt:
    schemas: Sequence[CompiledSchema]
    keeps: Callable[[Any], bool]
    identifiers: Sequence[str]
    number: int

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
            for error in errors:
                amended = self._amended(call, error)
                if amended is not None:
                    call = amended
                elif call is before:
                    blocking = _refusal(*error)
            if call is before:
                return blocking
        return blocking

    def _errors(self, call: Call) -> list[Error]:
        return [(number, error) for number, schema in enumerate(self.schemas) for error in schema.errors(call)]

    def _amended(self, call: Call, error: Error) -> Call | None:
        """Return the call without this error, or None if no change removes it."""
        path = tuple(error[1].instance_path)
        if len(path) > _MAX_DEPTH or existing(call, path) != path:
            return None
        if type(value_at(call, path)) is not type(error[1].instance):
            return None  # an earlier change replaced the value
        if (amended := self._in_branch(call, error)) is not None:
            return amended
        found = (self._best(changed, call, error) for changed in self._changes(call, error, path))
        return next((each for each in found if each is not None), None)

    def _in_branch(self, call: Call, error: Error) -> Call | None:
        """Satisfy a branch of `anyOf` or `oneOf`: the one with the fewest errors, or another in a later attempt."""
        branches = sorted(filter(None, _branches(error[1])), key=lambda branch: sum(map(_weight, branch)))
        for turn in range(len(branches)):
            amended: Call | None = call
            for inner in branches[(self.number + turn) % len(branches)]:
                amended = self._amended(amended, (error[0], inner)) if amended is not None else None
            if amended is not None and amended != call:
                return amended
        return None

    def _best(self, changed: Iterable[Call], call: Call, error: Error) -> Call | None:
        """Return the changed call without the error that has the fewest others."""
        best: tuple[float, Call] | None = None
        mark = _mark(*error)
        for candidate in changed:
            if candidate == call or not self.keeps(candidate):
                continue
            errors = self._errors(candidate)
            if any(mark in _marks(*each) for each in errors):
                continue
            weight = sum(_weight(each) for _, each in errors)
            if best is None or weight < best[0]:
                best = (weight, candidate)
            if not weight or error[1].kind.name == "required":
                break
        return best[1] if best else None

    def _changes(self, call: Call, error: Error, path: Path) -> Iterator[Iterator[Call]]:
        """Yield the changes that may remove an error, the most likely first; removals come last."""
        value, kind = value_at(call, path), error[1].kind
        root, at = self.schemas[error[0]].schema, tuple(error[1].schema_path)
        # It does not exist if the error is below a pattern that was rewritten.
        around = as_mapping(value_at(root, at[:-1]) if existing(root, at) == at else None)
        yield (without(call, (*path, name)) for name in _refused_members(error[1], value))
        match kind.name:
            case "required":
                schema = as_mapping(around.get("properties")).get(kind.property)
                ids = self.identifiers if is_sensitive_key(kind.property) else ()
                guesses = (*suggested_values(schema, root), *ids, *ANYTHING)
                yield (with_value(call, (*path, kind.property), guess) for guess in guesses)
            case "falseSchema":
                yield (without(call, path) for _ in path[:1])
                # If no member is allowed at all, the error is about the object.
                yield (with_value(call, path, {}) for _ in [value] if isinstance(value, Mapping))
            case "additionalProperties" | "unevaluatedProperties" | "propertyNames":
                return
            case _:
                new_values = replacements(str(at[-1] if at else ""), value, around, root)
                yield (with_value(call, path, new) for new in new_values)
                yield (with_value(call, path, text) for text in self.identifiers if isinstance(value, str))
                yield (with_value(call, path, new) for new in ANYTHING)
                yield (without(call, (*path, name)) for name in as_mapping(value))
                yield (without(call, path) for step in path[-1:] if isinstance(step, str))


def _branches(error: Any) -> Sequence[Sequence[Any]]:
    """Return the errors of each branch of `anyOf` and `oneOf`."""
    return getattr(error.kind, "context", None) or ()


def _refused_members(error: Any, value: Any) -> Sequence[str]:
    """Return the members that a keyword refuses by name."""
    if error.kind.name in _CLOSING:
        return [str(name) for name in error.kind.unexpected]
    if error.kind.name == "propertyNames" and isinstance(error.kind.error.instance, str):
        return [error.kind.error.instance]
    return list(as_mapping(value)) if error.kind.name == "maxProperties" else ()


def _refusal(number: int, error: Any) -> Refusal:
    """Return the objection of an error; of several branches, the one that goes deepest into the device."""
    nested = [_refusal(number, inner) for branch in _branches(error) for inner in branch]
    if in_device := [refusal for refusal in nested if refusal.path[:2] == _DEVICE]:
        return max(in_device, key=lambda each: len(each.subject))
    at = tuple(error.schema_path)
    keyword = error.kind.name
    if keyword == "falseSchema":
        keyword = at[-1] if at and at[-1] in _CLOSING else "false"
    members = _members(error)
    return Refusal(number, str(keyword), at, tuple(error.instance_path), members[0] if members else "")


def _members(error: Any) -> tuple[str, ...]:
    """Return the members that an error is about; `required` has an error for each missing member."""
    return (error.kind.property,) if error.kind.name == "required" else tuple(_refused_members(error, None))


def _weight(error: Any) -> float:
    if branches := _branches(error):
        return 0.5 + 0.1 * min(sum(map(_weight, branch)) for branch in branches)
    return 0.25 if error.kind.name in _INCOMPLETE else 1.0


Marker = tuple[int, Path, Path, tuple[str, ...]]


def _mark(number: int, error: Any) -> Marker:
    return number, tuple(error.instance_path), tuple(error.schema_path), _members(error)


def _marks(number: int, error: Any) -> Iterator[Marker]:
    """Yield what identifies an error, and the errors in its branches."""
    yield _mark(number, error)
    for branch in _branches(error):
        for inner in branch:
            yield from _marks(number, inner)
