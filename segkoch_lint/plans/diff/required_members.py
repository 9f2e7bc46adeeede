"""Members of calls that a change makes required: calls of older app versions, which do not send them, are blocked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from segkoch_lint.findings.plan_tally import PlanChange
from segkoch_lint.findings.position import value_at
from segkoch_lint.findings.redaction.masking import mask_shapes
from segkoch_lint.plans.diff.pairs import rules_before
from segkoch_lint.plans.model.json_values import as_list, as_mapping, resolve
from segkoch_lint.plans.model.plan import Plan, PlanRule
from segkoch_lint.plans.model.wording import listed

Names = tuple[str, ...]
"""The names that lead to a member of a call; `_ITEM` is any item of an array."""

_ITEM = "[]"
_DEVICE: Names = ("context", "device")
_MAX_DEPTH = 32
_MAX_SCHEMAS = 20_000

_NAMED = 5
"""Members that a sentence names; the others are counted."""

_BLOCKED = "calls of older app versions that do not send this"

_EVERY_SDK: frozenset[Names] = frozenset({("type",), ("event",), ("context",), ("messageId",), ("timestamp",)})
"""Members that every library sends."""


def newly_required(old: Plan, new: Plan) -> Iterator[PlanChange]:
    """Yield by rule the members that calls need and did not need before; first those that every call needs.

    Members of the device are left out: they are requirements, whose guards are compared.
    """
    commons_before, commons_now = (frozenset().union(*_required(plan.active_commons)) for plan in (old, new))
    of_every_call = commons_now - commons_before
    before = {rule: _required_before(old, new, rule) for rule in new.active}
    known = [members for members in before.values() if members is not None]
    if known:
        of_every_call -= frozenset.intersection(*known)
    yield from _change("every call", of_every_call)
    for rule, members in before.items():
        if members is not None:
            came = required_members(rule.schema.value) - members - commons_before
            yield from _change(_subject(rule), came - of_every_call)


def required_members(schema: Any) -> frozenset[Names]:
    """Return the members that a schema requires in any case, each if what holds it is there.

    Conditions (`if`, `dependencies`) are not read; of alternatives, what all of them require counts.
    """
    return _SchemaReader(schema).required(schema, ())


class _SchemaReader:
    """Reads one schema; one that refers to itself is read up to the limits."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._read = 0

    def required(self, value: Any, at: Names, depth: int = 0) -> frozenset[Names]:
        self._read += 1
        schema = as_mapping(value)
        if not schema or depth > _MAX_DEPTH or self._read > _MAX_SCHEMAS:
            return frozenset()
        found = {(*at, name) for name in as_list(schema.get("required")) if isinstance(name, str)}
        inner = [((*at, name), each) for name, each in as_mapping(schema.get("properties")).items()]
        inner.append(((*at, _ITEM), schema.get("items")))
        inner += [(at, each) for each in as_list(schema.get("allOf"))]
        if (path := resolve(self._root, schema.get("$ref"))) is not None:
            inner.append((at, value_at(self._root, path)))
        for place, each in inner:
            found |= self.required(each, place, depth + 1)
        for keyword in ("anyOf", "oneOf"):
            if branches := [self.required(each, at, depth + 1) for each in as_list(schema.get(keyword))]:
                found |= frozenset.intersection(*branches)
        return frozenset(found)


def _required(rules: Iterable[PlanRule]) -> list[frozenset[Names]]:
    return [required_members(rule.schema.value) for rule in rules]


def _required_before(old: Plan, new: Plan, rule: PlanRule) -> frozenset[Names] | None:
    """Return what all calls had to have before that *rule* of the new plan applies to; None if that is unknown."""
    is_oldest = new.rule_for(rule.call_kind, None) is rule
    if not is_oldest and all(each.version != rule.version for each in old.by_call_kind.get(rule.call_kind, ())):
        return None  # no app sends calls of a version that is new
    rules = rules_before(old, new, rule)
    return frozenset.intersection(*_required(rules)) if rules else None


def _change(subject: str, members: frozenset[Names]) -> Iterator[PlanChange]:
    wanted = [each for each in sorted(members - _EVERY_SDK) if each[:2] != _DEVICE]
    # If a member is required, its container is, too.
    wanted = [each for each in wanted if not any(one != each and one[: len(each)] == each for one in wanted)]
    if wanted:
        names = listed([".".join(each).replace(f".{_ITEM}", _ITEM) for each in wanted], _NAMED)
        text = mask_shapes(f"{subject}: {names} {'is' if len(wanted) == 1 else 'are'} required now")
        yield PlanChange("required", f"{text}, so {_BLOCKED} are blocked", warning=True)


def _subject(rule: PlanRule) -> str:
    version = f", version {rule.version}" if rule.version > 1 else ""
    return f'event "{rule.event}"{version}' if rule.event else f"{rule.call_type} calls"
