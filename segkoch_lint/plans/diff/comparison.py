"""Two versions of a plan: what the change between them opens and closes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segkoch_lint.plans.check.pending_findings import Draft
from segkoch_lint.plans.check.plan_findings import GUARD_REMOVED, UNGUARDED, Judge, Opening, is_everywhere
from segkoch_lint.plans.diff.event_changes import event_changes
from segkoch_lint.plans.model.plan import Plan, PlanRule
from segkoch_lint.plans.probe.answers import Answer, Gap
from segkoch_lint.plans.probe.plan_result import Survey, about
from segkoch_lint.tallies import Change

_NAMED = 5
"""Events that a sentence names; the others are counted."""

Identity = tuple[str, str]


def findings(judge: Judge, old: Survey, new: Survey, codes: Sequence[str]) -> Iterator[Draft]:
    """Yield what a change opens: guards that are gone, calls that came without one, and new strictness.

    What could be asked before and cannot be any more is told, too.
    """
    yield from judge.faults(new, known=old)
    lost, came = [], []
    known = _Before(old, new.plan)
    before = {rule: known.answers(rule) for rule in (*new.answers, *new.unruled)}
    stayed = [rule for rule in new.probed if before[rule]]
    for code in codes:
        gaps = new.gaps(code)
        if fresh := _fresh(gaps, before, code):
            lost.append(Opening(code, fresh, is_everywhere(new.plan, fresh, stayed)))
        elif unruled := _fresh(new.unruled_gaps(code), before, code):
            lost.append(Opening(code, unruled, everywhere=True))
        unknown = {rule: tuple(gap.passed) for rule, gap in gaps.items() if not before[rule]}
        came.append(Opening(code, unknown, is_everywhere(new.plan, gaps, new.probed)))
    yield from judge.unguarded(new, lost, finding=GUARD_REMOVED)
    yield from judge.unguarded(new, came, finding=UNGUARDED)
    unprobed_before = {(rule.identity, rule.version) for rule in old.unprobed}
    strict_before = {(rule.identity, each.platform) for rule, answer in old.answers.items() for each in answer.strict}
    for each in judge.strict(new):
        if (each.rule.identity, each.platform) not in strict_before:
            yield each.draft
    unprobed = {rule for rule in new.unprobed if (rule.identity, rule.version) not in unprobed_before}
    yield from judge.unprobed(new, unprobed)


def gone(judge: Judge, old: Survey) -> Iterator[Draft]:
    """Yield what a plan guarded that is not there any more."""
    guarded = [
        code
        for code in judge.names
        if any(code not in old.answers[rule].gaps or not old.answers[rule].gaps[code].open for rule in old.probed)
    ]
    if guarded:
        yield judge.gone(old.plan, guarded)


class _Before:
    """Finds what the old version of a plan said of the calls that rules of the new one are for.

    A call is held against the version of its event that it names, or against the oldest one. So a version that is
    gone leaves its calls to the oldest one, and an oldest one that is gone leaves those without a version to the next.
    Calls of types without a rule are held against the common schemas only.
    """

    def __init__(self, old: Survey, new: Plan) -> None:
        self._answers = old.answers
        self._old, self._new = _by_identity(old.plan), _by_identity(new)
        self._unruled: dict[Identity, list[Answer]] = {}
        for rule, answer in (*old.answers.items(), *old.unruled.items()):
            if rule.identity not in self._old:
                self._unruled.setdefault(rule.identity, []).append(answer)

    def answers(self, rule: PlanRule) -> list[Answer]:
        """Return the answers of the old rules for the calls of a new one, as far as these could be asked."""
        old, new = self._old.get(rule.identity, []), self._new.get(rule.identity, [])
        if not old:
            return self._unruled.get(rule.identity, [])
        names: set[int | None] = {None, *(each.version for each in (*old, *new))}
        held = {_held(old, name): None for name in names if _held(new, name) in {rule, None}}
        return [self._answers[each] for each in held or _twins(old, new, rule) if each in self._answers]


def _by_identity(plan: Plan) -> Mapping[Identity, list[PlanRule]]:
    """Return the active rules of a plan by the calls that they are for, the oldest version first."""
    found: dict[Identity, list[PlanRule]] = {}
    for rule in sorted(plan.active, key=lambda each: each.version):
        found.setdefault(rule.identity, []).append(rule)
    return found


def _held(rules: Sequence[PlanRule], version: int | None) -> PlanRule | None:
    """Return which of the rules for some calls is held against those that name a version, or none."""
    return next((each for each in rules if each.version == version), rules[0] if rules else None)


def _twins(old: Sequence[PlanRule], new: Sequence[PlanRule], rule: PlanRule) -> list[PlanRule]:
    """Return the old rule in the place of one that stands behind another one of its version, which comes before it."""
    place = [each for each in new if each.version == rule.version].index(rule)
    return [each for each in old if each.version == rule.version][place : place + 1]


def _fresh(
    gaps: Mapping[PlanRule, Gap], before: Mapping[PlanRule, Sequence[Answer]], code: str
) -> dict[PlanRule, tuple[str, ...]]:
    """Return by rule the names of the broken calls that pass now and did not before, where it is known what did."""
    fresh = {}
    for rule, gap in gaps.items():
        passed_before = [answer.gaps[code].passed if code in answer.gaps else {} for answer in before[rule]]
        fresh[rule] = tuple(name for name in gap.passed if any(name not in passed for passed in passed_before))
    return {rule: names for rule, names in fresh.items() if names}


def changes(old: Survey, new: Survey, names: Mapping[str, str]) -> Iterator[Change]:
    """Yield what else a change does: what it closes, and what becomes of events.

    Args:
        old, new: both versions.
        names: of the requirements, by code.
    """
    known = _Before(old, new.plan)
    before = {rule: known.answers(rule) for rule in new.probed}
    for code, name in names.items():
        open_before = [rule for rule in new.probed if any(code in answer.gaps for answer in before[rule])]
        closed = [rule for rule in open_before if code not in new.answers[rule].gaps]
        if closed:
            listed = _listed([about(rule) for rule in closed])
            yield Change("guarded", f"{code} {name} is guarded now by {listed}")
    yield from event_changes(old.plan, new.plan)


def _listed(names: Sequence[str]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
