"""The figures of tracking plans: requirements, changes and replays."""

from __future__ import annotations

from collections import Counter

import msgspec


class PlanChange(msgspec.Struct, frozen=True):
    """A difference between two versions of a tracking plan.

    Attributes:
        kind: ``guarded``, ``added``, ``removed``, ``renamed`` or ``required``.
        message: its meaning, in a sentence.
        warning: whether it does harm.
        path: the file of the plan.
    """

    kind: str
    message: str
    warning: bool = False
    path: str = ""


_MOST_EVENTS = 10_000
"""Events that are counted apart: some names hold ids, so there may be any number."""

_OTHER_EVENTS = ("track", "(further events)")


class ReplayCounts(msgspec.Struct):
    """Captured calls of one event, replayed against two versions of a tracking plan.

    Attributes:
        calls: calls of the logs.
        useful: ready calls (`rules.ruleset.Readiness`).
        unasked: calls replayed against neither version, since a schema for them cannot be used.
        without_rule: calls for whose type and event the new version has no rule.
        blocked: calls that only the new version rejects.
        useful_blocked, limited_blocked, useless_blocked: blocked calls that are ready, limited or faulty; the other
            blocked calls would not reach Kochava.
        blocked_by_both: calls that both versions reject.
        let_through: calls that only the old version rejects.
        useless_left: faulty calls that the new version accepts.
    """

    calls: int = 0
    useful: int = 0
    unasked: int = 0
    without_rule: int = 0
    blocked: int = 0
    useful_blocked: int = 0
    limited_blocked: int = 0
    useless_blocked: int = 0
    blocked_by_both: int = 0
    let_through: int = 0
    useless_left: int = 0

    def add(self, other: ReplayCounts) -> None:
        """Add the figures of *other*."""
        for name in ReplayCounts.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class ReplayTally(ReplayCounts):
    """All captured calls, replayed against two versions of a tracking plan.

    Attributes:
        events: counts by call type and event name, masked; the name is empty unless the type is track.
    """

    events: dict[tuple[str, str], ReplayCounts] = msgspec.field(default_factory=dict)

    def count(self, call_type: str, event: str, counts: ReplayCounts) -> None:
        """Count calls of one event."""
        self.add(counts)
        known = (call_type, event) in self.events or len(self.events) < _MOST_EVENTS
        self.events.setdefault((call_type, event) if known else _OTHER_EVENTS, ReplayCounts()).add(counts)


class RequirementTally(msgspec.Struct):
    """How the rules of tracking plans guard one requirement.

    Attributes:
        name: of the requirement.
        guarded: rules that reject every broken call.
        partly: rules that reject some of them.
        open: rules that accept all of them.
    """

    name: str
    guarded: int = 0
    partly: int = 0
    open: int = 0

    @property
    def rules(self) -> int:
        """The number of rules that were probed."""
        return self.guarded + self.partly + self.open

    @property
    def verdict(self) -> str:
        """The verdict on all rules together: ``guarded``, ``partly`` or ``open``; empty if no rule was probed."""
        if self.partly or (self.guarded and self.open):
            return "partly"
        return "open" if self.open else "guarded" if self.guarded else ""


class PlanTally(msgspec.Struct):
    """The figures of tracking plans.

    Attributes:
        plans: plans read.
        uncheckable: plans whose format cannot state requirements on the context.
        rules: rules for one kind of call; for a plan without any, its common schema.
        commons: common schemas; each is probed together with each rule.
        alone: plans with a common schema and no rule; the schema is probed by itself.
        checked: rules that were probed.
        skipped: the other rules, by reason.
        unasked: rules that could not be probed: skipped ones whose calls may reach Kochava, and checked ones that
            accept no good call.
        requirements: by code, how the probed rules guard each requirement.
        before: in a comparison, the same for the older version.
        refusals: the same for requirements that were not selected and that calls of users who refused tracking break: a
            guard of these blocks such calls for every destination.
        changes: what a comparison reports besides findings.
        replay: the figures of a replay, if any.
    """

    plans: int = 0
    uncheckable: int = 0
    rules: int = 0
    commons: int = 0
    alone: int = 0
    checked: int = 0
    skipped: Counter[str] = msgspec.field(default_factory=Counter)
    unasked: int = 0
    requirements: dict[str, RequirementTally] = msgspec.field(default_factory=dict)
    before: dict[str, RequirementTally] = msgspec.field(default_factory=dict)
    refusals: dict[str, RequirementTally] = msgspec.field(default_factory=dict)
    changes: list[PlanChange] = msgspec.field(default_factory=list)
    replay: ReplayTally | None = None

    def adds_up(self) -> bool:
        """Return whether every rule is accounted for."""
        return self.rules == self.checked + self.skipped.total()
