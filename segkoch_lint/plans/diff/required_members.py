"""Members of calls that a change makes required: calls of older app versions, which do not send them, are blocked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from segkoch_lint.masking import mask_shapes
from segkoch_lint.plans.model.plan import Plan, PlanRule
from segkoch_lint.tallies import Change

Names = tuple[str, ...]
"""A member of a call, by the names that lead to it; `_ITEM` stands for any item of an array."""

_ITEM = "[]"
_DEVICE: Names = ("context", "device")
_DEEPEST = 32
_MOST_READ = 20_000
"""Schemas inside of one that are read."""

_NAMED = 5
"""Members that a sentence names; the others are counted."""

_BLOCKED = "calls of older app versions that do not send this"

_EVERY_SDK: frozenset[Names] = frozenset({("type",), ("event",), ("context",), ("messageId",), ("timestamp",)})
"""Members that every library sends."""


def newly_required(old: Plan, new: Plan) -> Iterator[Change]:
    """Yield which members calls need now that they did not need before, by rule; those of every call first.

    The members of the device are left out: which requirement they guard is told by itself.
    """
    commons_before, commons_now = (
        frozenset().union(*(required_members(rule.schema.value) for rule in plan.active_commons)) for plan in (old, new)
    )
    of_every_call = commons_now - commons_before
    before = {rule: _before(old, new, rule) for rule in new.active}
    known = [members for members in before.values() if members is not None]
    if known:
        of_every_call -= frozenset.intersection(*known)
    yield from _change("every call", of_every_call)
    for rule, members in before.items():
        if members is not None:
            came = required_members(rule.schema.value) - members - commons_before
            yield from _change(_subject(rule), came - of_every_call)


def required_members(schema: Any) -> frozenset[Names]:
    """Return the members that a schema requires in any case, each where what holds it is there.

    Conditions (`if`, `dependencies`) are not looked into; of alternatives, what all of them require counts.
    """
    return _Reader(schema).required(schema, ())


class _Reader:
    """Reads one schema; what refers to itself, or doubles at each step, is read as far as `_MOST_READ` goes."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._read = 0

    def required(self, schema: Any, at: Names, depth: int = 0) -> frozenset[Names]:
        self._read += 1
        if not isinstance(schema, Mapping) or depth > _DEEPEST or self._read > _MOST_READ:
            return frozenset()
        found = {(*at, name) for name in _list(schema.get("required")) if isinstance(name, str)}
        for name, inner in _mapping(schema.get("properties")).items():
            found |= self.required(inner, (*at, name), depth + 1)
        found |= self.required(schema.get("items"), (*at, _ITEM), depth + 1)
        for inner in _list(schema.get("allOf")):
            found |= self.required(inner, at, depth + 1)
        for keyword in ("anyOf", "oneOf"):
            if branches := [self.required(inner, at, depth + 1) for inner in _list(schema.get(keyword))]:
                found |= frozenset.intersection(*branches)
        if isinstance(reference := schema.get("$ref"), str):
            found |= self.required(self._referred(reference), at, depth + 1)
        return frozenset(found)

    def _referred(self, reference: str) -> Any:
        """Return what a reference inside of the schema leads to, or None."""
        value = self._root
        for step in reference.removeprefix("#").split("/")[1:] if reference.startswith("#") else [""]:
            value = _mapping(value).get(unquote(step).replace("~1", "/").replace("~0", "~"))
        return value


def _before(old: Plan, new: Plan, rule: PlanRule) -> frozenset[Names] | None:
    """Return what all calls that are held against *rule* of the new plan had to have before; None if that is unknown.

    A call is held against the version of its event that it names, or else against the oldest one. So the oldest one
    gets the calls of versions that are gone, and those without a version.
    """
    versions = [each.version for each in new.active if each.identity == rule.identity]
    rules = sorted((each for each in old.active if each.identity == rule.identity), key=lambda each: each.version)
    left = [each for each in rules if each.version == rule.version]
    if rule.version == min(versions):
        left += [*rules[:1], *(each for each in rules if each.version not in versions)]
    return frozenset.intersection(*(required_members(each.schema.value) for each in left)) if left else None


def _change(subject: str, members: frozenset[Names]) -> Iterator[Change]:
    wanted = [each for each in sorted(members - _EVERY_SDK) if each[:2] != _DEVICE]
    # Where a member is required, it is a matter of course that what holds it is.
    wanted = [
        each for each in wanted if not any(len(other) > len(each) and other[: len(each)] == each for other in wanted)
    ]
    if wanted:
        verb = "is" if len(wanted) == 1 else "are"
        text = f"{subject}: {_listed(wanted)} {verb} required now"
        yield Change("required", f"{mask_shapes(text)}, so {_BLOCKED} are blocked", warning=True)


def _listed(members: Sequence[Names]) -> str:
    texts = [".".join(names).replace(f".{_ITEM}", _ITEM) for names in members]
    more = [f"{len(texts) - _NAMED} more"] if len(texts) > _NAMED else []
    *first, last = texts[:_NAMED] + more
    return f"{', '.join(first)} and {last}" if first else last


def _subject(rule: PlanRule) -> str:
    version = f", version {rule.version}" if rule.version > 1 else ""
    return f'event "{rule.event}"{version}' if rule.event else f"{rule.call_type} calls"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
