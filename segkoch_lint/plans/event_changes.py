"""What a change of a plan does to its events: added, removed or renamed."""

from __future__ import annotations

from collections.abc import Iterator

from segkoch_lint.plans.plan import Plan, PlanRule
from segkoch_lint.plans.renaming import renamed
from segkoch_lint.tallies import Change

_AT_FIRST_SIGHT = "Kochava provisions an event by its name at first sight"


def event_changes(old: Plan, new: Plan) -> Iterator[Change]:
    """Yield which events were added, removed or renamed: all that a plan can tell whose schemas cannot be asked."""
    before, after = _events(old), _events(new)
    gone = {name: rule for name, rule in before.items() if name not in after}
    came = {name: rule for name, rule in after.items() if name not in before}
    for one, other in renamed(before, after):
        del gone[one], came[other]
        text = f'event "{one}" seems to be renamed to "{other}": {_AT_FIRST_SIGHT}, so that makes a new one there'
        yield Change("renamed", f"{text} and ends the old one", warning=True)
    deprecated = {rule.event for rule in new.rules if rule.call_type == "track" and rule.deprecated}
    for name in gone:
        what = "deprecated" if name in deprecated else "removed"
        yield Change("removed", f'event "{name}" is {what}: what Kochava knows by this name ends', warning=True)
    for name in came:
        yield Change("added", f'event "{name}" is new: {_AT_FIRST_SIGHT}')


def _events(plan: Plan) -> dict[str, PlanRule]:
    return {rule.event: rule for rule in plan.active if rule.call_type == "track"}
