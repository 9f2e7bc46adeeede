"""Which plan of the new version was which of the old one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from segkoch_lint.plans.model.plan import Plan

Identity = tuple[str, str]

_LEAST_COMMON = 0.5
"""The share of events that a plan has in common with one that was elsewhere, at least, if it was the same."""


@dataclass(slots=True)
class Version:
    """The plans of one version.

    Attributes:
        plans: the plans; pages of one are put together.
        places: by the name of a file, what it has in common with the same file in the other version.
    """

    plans: list[Plan] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def place(self, plan: Plan) -> str:
        """Return the place of a plan's file."""
        return self.places.get(plan.site.file, plan.site.file)


@dataclass(frozen=True, slots=True)
class Pair:
    """A plan in both versions; the old one is None when it is new, the new one when it is gone.

    Attributes:
        moved: whether its file had another name.
    """

    old: Plan | None
    new: Plan | None
    moved: bool = False


def pairs(old: Version, new: Version, elsewhere: Callable[[], Version] = Version) -> Iterator[Pair]:
    """Yield which plan of the new version was which of the old one.

    They are the only ones; else they have one name, else one place, else they speak of the same events. What is left
    was perhaps elsewhere: there, a plan of the same name or with mostly the same events is looked for.

    Args:
        old, new: both versions.
        elsewhere: returns further plans of the old version, whose files are gone.
    """
    only_ones = len(old.plans) == len(new.plans) == 1
    before = {new.plans[0]: old.plans[0]} if only_ones else _matched(old, new, new.plans)
    left = [plan for plan in new.plans if plan not in before]
    further = elsewhere() if left else Version()
    found = _matched(further, new, left, alike=True)
    for plan in new.plans:
        was = before.get(plan) or found.get(plan)
        where = further if plan in found else old
        moved = was is not None and where.place(was) != new.place(plan)
        yield Pair(was, plan, moved)
    yield from (Pair(plan, None) for plan in old.plans if plan not in before.values())


def _matched(old: Version, new: Version, plans: Sequence[Plan], *, alike: bool = False) -> dict[Plan, Plan]:
    """Return the old plan of each new one that has one; *alike*, a few events in common are not enough."""
    before: dict[Plan, Plan] = {}
    scored = (
        (_likeness(one, other, old.place(one) == new.place(other)), one, other) for one in old.plans for other in plans
    )
    for likeness, one, other in sorted(scored, key=lambda each: each[0], reverse=True):
        enough = likeness[0] or _share_in_common(one, other) >= _LEAST_COMMON if alike else any(likeness)
        if enough and other not in before and one not in before.values():
            before[other] = one
    return before


def _likeness(old: Plan, new: Plan, same_file: bool) -> tuple[bool, bool, int]:
    # In a list, plans change places.
    same_place = same_file and old.site.path == new.site.path
    same_place = same_place and not any(isinstance(step, int) for step in new.site.path)
    if old.name and new.name:
        return old.name == new.name, same_place, 0
    return False, same_place, len(_identities(old) & _identities(new))


def _share_in_common(old: Plan, new: Plan) -> float:
    both = _identities(old) | _identities(new)
    return len(_identities(old) & _identities(new)) / len(both) if both else 0.0


def _identities(plan: Plan) -> set[Identity]:
    return {rule.identity for rule in plan.active}


def nothing_like(plan: Plan) -> Plan:
    """Return a plan without rules that stands for a version of *plan* in which it did not exist."""
    return replace(plan, rules=(), commons=())
