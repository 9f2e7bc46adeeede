"""Counterparts in the old version: of each plan of the new version, and of each rule of a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from segkoch_lint.plans.model.plan import CallKind, Plan, PlanRule

_LEAST_COMMON = 0.5
"""The least share of common rules that makes a plan the new version of a plan whose file was removed."""


@dataclass(slots=True)
class PlanVersion:
    """The plans of one version.

    Attributes:
        plans: the plans; their pages are joined.
        places: by the name of a file, what identifies the same file in the other version.
    """

    plans: list[Plan] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def place(self, plan: Plan) -> str:
        """Return what identifies a plan's file in both versions."""
        return self.places.get(plan.location.file, plan.location.file)


@dataclass(frozen=True, slots=True)
class PlanPair:
    """A plan in both versions; the old one is None if the plan is new, the new one is None if it was removed.

    Attributes:
        moved: whether its file had another name.
    """

    old: Plan | None
    new: Plan | None
    moved: bool = False


def pair_plans(
    old: PlanVersion, new: PlanVersion, elsewhere: Callable[[], PlanVersion] = PlanVersion
) -> Iterator[PlanPair]:
    """Yield each plan with its counterpart in the other version.

    Two plans are counterparts if they are the only ones. Otherwise, the first of these decides that is true of two
    plans: they have the same name, the same place, or rules in common. For the remaining plans, *elsewhere* is searched
    for a plan with the same name or mostly the same rules.

    Args:
        old, new: both versions.
        elsewhere: returns further plans of the old version, whose files were removed.
    """
    only = len(old.plans) == len(new.plans) == 1
    before = {new.plans[0]: old.plans[0]} if only else _matched(old, new, new.plans, least_common=0)
    left = [plan for plan in new.plans if plan not in before]
    further = elsewhere() if left else PlanVersion()
    found = _matched(further, new, left, least_common=_LEAST_COMMON)
    for plan in new.plans:
        counterpart = before.get(plan) or found.get(plan)
        version = further if plan in found else old
        yield PlanPair(counterpart, plan, counterpart is not None and version.place(counterpart) != new.place(plan))
    yield from (PlanPair(plan, None) for plan in old.plans if plan not in before.values())


def empty_version(plan: Plan) -> Plan:
    """Return a version of *plan* without rules, for a time when it did not exist."""
    return replace(plan, rules=(), commons=())


def _matched(old: PlanVersion, new: PlanVersion, plans: Sequence[Plan], *, least_common: float) -> dict[Plan, Plan]:
    """Return the old plan for each new one that has a counterpart.

    Args:
        old, new: both versions.
        plans: the new plans to find counterparts of.
        least_common: the least share of common rules of plans with different names; if it is 0, a common place or one
            common rule is enough.
    """
    before: dict[Plan, Plan] = {}
    scored = [
        (_similarity(one, other, same_file=old.place(one) == new.place(other)), one, other)
        for one in old.plans
        for other in plans
    ]
    for similarity, one, other in sorted(scored, key=lambda each: each[0], reverse=True):
        enough = similarity[0] or (_common_share(one, other) >= least_common if least_common else any(similarity))
        if enough and other not in before and one not in before.values():
            before[other] = one
    return before


def _similarity(old: Plan, new: Plan, *, same_file: bool) -> tuple[bool, bool, int]:
    # The order of plans in a list has no meaning.
    in_list = any(isinstance(step, int) for step in new.location.path)
    same_place = same_file and old.location.path == new.location.path and not in_list
    if old.name and new.name:
        return old.name == new.name, same_place, 0
    return False, same_place, len(old.by_call_kind.keys() & new.by_call_kind.keys())


def _common_share(old: Plan, new: Plan) -> float:
    both: set[CallKind] = old.by_call_kind.keys() | new.by_call_kind.keys()
    return len(old.by_call_kind.keys() & new.by_call_kind.keys()) / len(both) if both else 0.0


def rules_before(old: Plan, new: Plan, rule: PlanRule) -> list[PlanRule]:
    """Return the rules of the old plan that applied to the calls that *rule* of the new plan applies to.

    A call is checked against the version of its event that it names, or else against the oldest one. So if a version is
    removed, its calls are checked against the oldest one; if the oldest one is removed, calls that name no version are
    checked against the next one.
    """
    kind = rule.call_kind
    olds, news = old.by_call_kind.get(kind, []), new.by_call_kind.get(kind, [])
    names = {None, *(each.version for each in (*olds, *news))} if olds else set()
    found = {old.rule_for(kind, name): None for name in names if new.rule_for(kind, name) in {rule, None}}
    if found or not olds:
        return [each for each in found if each is not None]
    # The rule comes after another one of the same version, which applies to all calls.
    place = [each for each in news if each.version == rule.version].index(rule)
    return [each for each in olds if each.version == rule.version][place : place + 1]
