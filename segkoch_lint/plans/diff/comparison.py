"""Comparison of two versions of a plan: which requirements a change opens, as findings, and which it closes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segkoch_lint.findings.plan_tally import PlanChange
from segkoch_lint.plans.check.pending_findings import PendingPlanFinding
from segkoch_lint.plans.check.plan_findings import (
    GUARD_REMOVED,
    UNGUARDED,
    OpenRequirement,
    PlanFindings,
    accepted_names,
    is_everywhere,
)
from segkoch_lint.plans.diff.pairs import rules_before
from segkoch_lint.plans.model.plan import CallKind, PlanRule
from segkoch_lint.plans.model.wording import listed
from segkoch_lint.plans.probe.answers import Answer, Unguarded
from segkoch_lint.plans.probe.plan_result import PlanResult

_NAMED = 5
"""Rules that a sentence names; the others are counted."""


def opened(findings: PlanFindings, old: PlanResult, new: PlanResult) -> Iterator[PendingPlanFinding]:
    """Yield what a change opens: removed guards, new rules without a guard, and good calls that are refused now.

    A rule that could be probed before and cannot be probed any more is a finding, too.
    """
    yield from findings.unusable(new, known=old)
    before = _answers_before(old, new)
    stayed = [rule for rule in new.probed if before[rule]]
    lost, added = [], []
    for code in findings.names:
        unguarded = new.unguarded(code)
        if fresh := _newly_accepted(unguarded, before, code):
            lost.append(OpenRequirement(code, fresh, is_everywhere(new.plan, fresh, stayed)))
        elif unruled := _newly_accepted(new.unguarded_without_rule(code), before, code):
            lost.append(OpenRequirement(code, unruled, everywhere=True))
        came = accepted_names({rule: each for rule, each in unguarded.items() if not before[rule]})
        added.append(OpenRequirement(code, came, is_everywhere(new.plan, unguarded, new.probed)))
    yield from findings.unguarded(new, lost, code=GUARD_REMOVED)
    yield from findings.unguarded(new, added, code=UNGUARDED)
    yield from findings.over_strict(new, known=old)
    yield from findings.unprobed(new, known=old)


def closed(findings: PlanFindings, old: PlanResult, new: PlanResult) -> Iterator[PlanChange]:
    """Yield which requirements are guarded by more rules than before."""
    before = _answers_before(old, new)
    for code, name in findings.names.items():
        rules = [
            rule
            for rule in new.probed
            if code not in new.answers[rule].unguarded and any(code in answer.unguarded for answer in before[rule])
        ]
        if rules:
            yield PlanChange(
                "guarded", f"{code} {name} is guarded now by {listed([rule.label for rule in rules], _NAMED)}"
            )


def removed(findings: PlanFindings, old: PlanResult) -> Iterator[PendingPlanFinding]:
    """Yield the finding that a plan was removed, if it guarded anything."""
    answers = [old.answers[rule] for rule in old.probed]
    guarded = [
        code
        for code in findings.names
        if any(code not in each.unguarded or not each.unguarded[code].open for each in answers)
    ]
    if guarded:
        yield findings.removed(old.plan, guarded)


def _answers_before(old: PlanResult, new: PlanResult) -> Mapping[PlanRule, Sequence[Answer]]:
    """Return, by rule (or type without one) of the new plan, the known answers of the old plan for the same calls."""
    unruled: dict[CallKind, list[Answer]] = {}
    for rule, answer in (*old.answers.items(), *old.unruled.items()):
        if rule.call_kind not in old.plan.by_call_kind:
            unruled.setdefault(rule.call_kind, []).append(answer)
    found: dict[PlanRule, Sequence[Answer]] = {}
    for rule in (*new.answers, *new.unruled):
        if rule.call_kind in old.plan.by_call_kind:
            rules = rules_before(old.plan, new.plan, rule)
            found[rule] = [old.answers[each] for each in rules if each in old.answers]
        else:
            found[rule] = unruled.get(rule.call_kind, [])
    return found


def _newly_accepted(
    unguarded: Mapping[PlanRule, Unguarded], before: Mapping[PlanRule, Sequence[Answer]], code: str
) -> dict[PlanRule, tuple[str, ...]]:
    """Return by rule the mutations that are accepted now and are known to have been refused before."""
    found = {}
    for rule, each in unguarded.items():
        known = [answer.unguarded[code].accepted if code in answer.unguarded else {} for answer in before[rule]]
        found[rule] = tuple(name for name in each.accepted if any(name not in accepted for accepted in known))
    return {rule: names for rule, names in found.items() if names}
