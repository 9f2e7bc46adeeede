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
