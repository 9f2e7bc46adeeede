"""Which plan of the new version was which of the old one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from segkoch_lint.plans.plan import Plan

Identity = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A plan in both versions; the old one is None when it is new, the new one when it is gone."""

    old: Plan | None
    new: Plan | None


def pairs(old: Sequence[Plan], new: Sequence[Plan]) -> Iterator[Pair]:
    """Yield which plan of the new version was which of the old one.

    They are the only ones; else they have one name, else one place, else they speak of the same events.
    """
    if len(old) == len(new) == 1:
        yield Pair(old[0], new[0])
        return
    before: dict[Plan, Plan] = {}
    scored = ((_likeness(one, other), one, other) for one in old for other in new)
    for likeness, one, other in sorted(scored, key=lambda each: each[0], reverse=True):
        if any(likeness) and other not in before and one not in before.values():
            before[other] = one
    yield from (Pair(before.get(plan), plan) for plan in new)
    yield from (Pair(plan, None) for plan in old if plan not in before.values())


def _likeness(old: Plan, new: Plan) -> tuple[bool, bool, int]:
    # The name of an old file has that of its revision, or of its folder, before it; in a list, plans change places.
    same_place = old.site.file.endswith(new.site.file) and old.site.path == new.site.path
    same_place = same_place and not any(isinstance(step, int) for step in new.site.path)
    if old.name and new.name:
        return old.name == new.name, same_place, 0
    return False, same_place, len(_identities(old) & _identities(new))


def _identities(plan: Plan) -> set[Identity]:
    return {rule.identity for rule in plan.active}


def nothing_like(plan: Plan) -> Plan:
    """Return a plan without rules that stands for a version of *plan* in which it did not exist."""
    return replace(plan, rules=(), commons=())
