"""What a change of a plan does to its events: added, removed, renamed, or with more members required."""

from __future__ import annotations

from collections.abc import Iterator

from segkoch_lint.masking import mask_shapes
from segkoch_lint.plans.diff.renames import renamed
from segkoch_lint.plans.diff.required_members import newly_required
from segkoch_lint.plans.model.plan import Plan, PlanRule
from segkoch_lint.tallies import Change

_AT_FIRST_SIGHT = "Kochava provisions an event by its name at first sight"


def event_changes(old: Plan, new: Plan) -> Iterator[Change]:
    """Yield what becomes of events: added, removed or renamed, and what their calls need now.

    A plan tells this also if its schemas cannot be asked.
    """
    before, after = _events(old), _events(new)
    gone = {name: rule for name, rule in before.items() if name not in after}
    came = {name: rule for name, rule in after.items() if name not in before}
    for one, other in renamed(before, after):
        del gone[one], came[other]
        yield _renaming(one, other)
    deprecated = {rule.event for rule in new.rules if rule.call_type == "track" and rule.deprecated}
    for name in gone:
        what = "deprecated" if name in deprecated else "removed"
        yield Change(
            "removed", f'event "{mask_shapes(name)}" is {what}: what Kochava knows by this name ends', warning=True
        )
    for name in came:
        yield Change("added", f'event "{mask_shapes(name)}" is new: {_AT_FIRST_SIGHT}')
    yield from newly_required(old, new)


def _renaming(one: str, other: str) -> Change:
    names = f'event "{mask_shapes(one)}"', f'"{mask_shapes(other)}"'
    makes_new = f"{_AT_FIRST_SIGHT}, so that makes a new one there and ends the old one"
    if one.casefold() != other.casefold():
        return Change("renamed", f"{names[0]} seems to be renamed to {names[1]}: {makes_new}", warning=True)
    exactly = "names are matched exactly, so calls with the old name have no rule any more"
    return Change(
        "renamed", f"{names[0]} is {names[1]} now, which differs only in case: {exactly}; {makes_new}", warning=True
    )


def _events(plan: Plan) -> dict[str, PlanRule]:
    return {rule.event: rule for rule in plan.active if rule.call_type == "track"}
