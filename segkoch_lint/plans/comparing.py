"""Two versions of a plan: what the change between them opens and closes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from segkoch_lint.plans.judging import UNGUARDED, Judge
from segkoch_lint.plans.plan import Plan, PlanRule
from segkoch_lint.plans.renaming import renamed
from segkoch_lint.plans.stating import Draft
from segkoch_lint.plans.survey import Survey, about
from segkoch_lint.tallies import Change

GUARD_REMOVED = "KCH404"

_NAMED = 5
"""Events that a sentence names; the others are counted."""

_AT_FIRST_SIGHT = "Kochava provisions an event by its name at first sight"

Identity = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A plan in both versions; the old one is None when it is new, the new one when it is gone."""

    old: Plan | None
    new: Plan | None


def pairs(old: Sequence[Plan], new: Sequence[Plan]) -> Iterator[Pair]:
    """Yield which plan of the new version was which of the old one: the only ones, else those of the same name."""
    if len(old) == len(new) == 1:
        yield Pair(old[0], new[0])
        return
    waiting = list(old)
    for plan in new:
        before = next((each for each in waiting if each.name == plan.name), None)
        if before is not None:
            waiting.remove(before)
        yield Pair(before, plan)
    for plan in waiting:
        yield Pair(plan, None)


def findings(judge: Judge, old: Survey, new: Survey, codes: Sequence[str]) -> Iterator[Draft]:
    """Yield what a change opens: guards that are gone, events that came without one, and new strictness."""
    yield from judge.faults(new)
    known = {rule.identity for rule in old.rules}
    stayed = [rule for rule in new.probed if rule.identity in known]
    for code in codes:
        lost = [rule for rule in new.gaps(code) if _is_guarded(old, rule.identity, code)]
        yield from judge.gaps(new, code, finding=GUARD_REMOVED, rules=lost, among=stayed)
        if not lost:
            left = [rule for rule in new.unruled_gaps(code) if _is_guarded(old, rule.identity, code)]
            yield from judge.unruled(new, code, finding=GUARD_REMOVED, rules=left)
        came = [rule for rule in new.gaps(code) if rule.identity not in known]
        yield from judge.gaps(new, code, finding=UNGUARDED, rules=came, among=())
    strict_before = {(rule.identity, each.platform) for rule, answer in old.answers.items() for each in answer.strict}
    for each in judge.strict(new):
        if (each.rule.identity, each.platform) not in strict_before:
            yield each.draft


def _is_guarded(survey: Survey, identity: Identity, code: str) -> bool:
    """Tell whether all rules for some calls were asked, and stopped what breaks a requirement."""
    answers = [answer for rule, answer in {**survey.answers, **survey.unruled}.items() if rule.identity == identity]
    return bool(answers) and all(code not in answer.gaps for answer in answers)


def changes(old: Survey, new: Survey, names: Mapping[str, str]) -> Iterator[Change]:
    """Yield what else a change does: what it closes, and what becomes of events.

    Args:
        old, new: both versions.
        names: of the requirements, by code.
    """
    for code, name in names.items():
        closed = [
            rule
            for rule in new.probed
            if code not in new.answers[rule].gaps and any(each.identity == rule.identity for each in old.gaps(code))
        ]
        if closed:
            listed = _listed([about(rule) for rule in closed])
            yield Change("guarded", f"{code} {name} is guarded now by {listed}")
    yield from event_changes(old.plan, new.plan)


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


def _listed(names: Sequence[str]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def nothing_like(plan: Plan) -> Plan:
    """Return a plan without rules that stands for a version of *plan* in which it did not exist."""
    return replace(plan, rules=(), commons=())
