"""Two versions of a plan: what the change between them opens and closes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segkoch_lint.plans.event_changes import event_changes
from segkoch_lint.plans.judging import UNGUARDED, Judge
from segkoch_lint.plans.stating import Draft
from segkoch_lint.plans.survey import Survey, about
from segkoch_lint.tallies import Change

GUARD_REMOVED = "KCH404"

_NAMED = 5
"""Events that a sentence names; the others are counted."""

Identity = tuple[str, str]


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


def _listed(names: Sequence[str]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
