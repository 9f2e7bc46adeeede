"""What a run counted: the figures of the summary, and the sum that must hold between them."""

from __future__ import annotations

from collections import Counter

import msgspec

from segkoch_lint.errors import InternalError
from segkoch_lint.findings.redaction.masking import Secret

MOST_ERRORS = 20
"""Internal errors that are kept with their places; all are counted."""

Group = tuple[str | Secret, ...]
"""What calls have in common: a value for each facet they are grouped by; empty where a call has none."""


class CallTally(msgspec.Struct):
    """Calls that have something in common: their library, or their group.

    Attributes:
        calls: calls read.
        checked: of these, the ones that would reach Kochava.
        usable: of the checked ones, those that break no rule about single calls whose own severity is error.
        ready, limited, faulty: the checked ones, by what becomes of them at Kochava (`rules.ruleset.Readiness`).
        rules: per rule code, how many have findings; of groups only.
    """

    calls: int = 0
    checked: int = 0
    usable: int = 0
    ready: int = 0
    limited: int = 0
    faulty: int = 0
    rules: Counter[str] = msgspec.field(default_factory=Counter)

    def count(self, calls: int, *, checked: bool, usable: bool, readiness: str | None) -> None:
        """Count calls that have all of this in common."""
        self.calls += calls
        self.checked += calls * checked
        self.usable += calls * usable
        self.ready += calls * (readiness == "ready")
        self.limited += calls * (readiness == "limited")
        self.faulty += calls * (readiness == "faulty")

    def add(self, other: CallTally) -> None:
        """Add *other*'s figures to these."""
        self.calls += other.calls
        self.checked += other.checked
        self.usable += other.usable
        self.ready += other.ready
        self.limited += other.limited
        self.faulty += other.faulty
        self.rules.update(other.rules)

    def adds_up(self) -> bool:
        """Tell whether every checked call is ready, limited or faulty."""
        return self.checked == self.ready + self.limited + self.faulty


class RuleTally(msgspec.Struct):
    """Findings of one rule, and the number of different calls (or documents) they stand in."""

    findings: int = 0
    calls: int = 0


class Change(msgspec.Struct, frozen=True):
    """One thing that differs between two versions of a tracking plan.

    Attributes:
        kind: ``guarded``, ``added``, ``removed``, ``renamed`` or ``required``.
        message: what it means, in a sentence.
        warning: whether it harms, or only is worth knowing.
        path: the file of the plan.
    """

    kind: str
    message: str
    warning: bool = False
    path: str = ""


_MOST_EVENTS = 10_000
"""Events that are told apart: in the logs of some, names hold ids."""

_OTHER_EVENTS = ("track", "(further events)")


class ReplayCounts(msgspec.Struct):
    """Captured calls that have their event in common, put to two versions of a tracking plan.

    Attributes:
        calls: calls of the logs.
        useful: of these, the ones that Kochava could use: ready ones (`rules.ruleset.Readiness`).
        unasked: of these, the ones that were put to neither version, since a schema for them cannot be used.
        without_rule: of these, the ones for whose type and event the new version has no rule.
        blocked: the ones that only the new version refuses.
        useful_blocked, limited_blocked, useless_blocked: of the blocked ones, those that are ready, limited or faulty;
            the others would not reach Kochava.
        blocked_by_both: the ones that both versions refuse.
        let_through: the ones that only the old version refuses.
        useless_left: faulty calls that the new version still accepts.
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
        """Add *other*'s figures to these."""
        for name in ReplayCounts.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class ReplayTally(ReplayCounts):
    """All captured calls, put to two versions of a tracking plan.

    Attributes:
        events: by type of call and name of the event, masked; the name is empty for calls other than track.
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
        guarded: rules that stop every call that was broken.
        partly: rules that stop some of them.
        open: rules that let all of them through.
    """

    name: str
    guarded: int = 0
    partly: int = 0
    open: int = 0

    @property
    def rules(self) -> int:
        """All rules that were asked."""
        return self.guarded + self.partly + self.open

    @property
    def verdict(self) -> str:
        """What holds for all rules together: ``guarded``, ``partly`` or ``open``; empty where none was asked."""
        if self.partly or (self.guarded and self.open):
            return "partly"
        return "open" if self.open else "guarded" if self.guarded else ""


class PlanTally(msgspec.Struct):
    """What a run counted of tracking plans.

    Attributes:
        plans: plans read.
        uncheckable: of these, the ones whose format cannot state what a context has to hold.
        rules: rules about one kind of call (or, where a plan has none, its common schema).
        commons: common schemas; they are asked together with each rule.
        alone: plans with a common schema and no rule, which are asked about that.
        checked: of these, the ones that were asked.
        skipped: the others, by reason.
        unasked: rules that could not be asked what they guard: skipped ones whose calls may reach Kochava, and checked
            ones that accept no good call.
        requirements: by code, how the rules that were asked guard it.
        before: the same of the older version, in a comparison.
        refusals: the same of requirements that calls of users who refused tracking break, and that were not selected:
            what guards them blocks these calls for every destination.
        changes: what a comparison told, beside its findings.
        replay: the figures of a replay, if there was one.
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
    changes: list[Change] = msgspec.field(default_factory=list)
    replay: ReplayTally | None = None

    def adds_up(self) -> bool:
        """Tell whether every rule is accounted for."""
        return self.rules == self.checked + self.skipped.total()


class IdentityTally(msgspec.Struct):
    """Users of a run, each once a platform.

    Attributes:
        users: those whose delivered calls hold a valid id.
        compared: of these, the ones of whom both the app and a server sent ids of one kind.
        not_comparable: the others, by reason: ``mobile only``, ``server only``, ``neither`` (calls of other libraries
            only), ``no ids of one kind`` (the app sent the one kind of id, servers the other).
    """

    users: int = 0
    compared: int = 0
    not_comparable: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def seen_from_both_sides(self) -> bool:
        """Whether there was something to compare: both an app and a server sent calls with valid ids."""
        sides = (self.not_comparable["mobile only"], self.not_comparable["server only"])
        return bool(self.compared or self.not_comparable["no ids of one kind"] or all(sides))

    def count(self, why_not: str, users: int = 1) -> None:
        """Count users who were compared, or were not for a reason."""
        self.users += users
        if why_not:
            self.not_comparable[why_not] += users
        else:
            self.compared += users

    def adds_up(self) -> bool:
        """Tell whether every user is accounted for."""
        return self.users == self.compared + self.not_comparable.total()


class Summary(msgspec.Struct):
    """The figures of one run. Adding two gives the figures of both, so parts can be counted apart.

    Attributes:
        inputs: inputs opened.
        bytes: bytes of them after inflating.
        calls: calls read, broken ones included.
        checked: calls that the rules for delivered calls were applied to.
        not_delivered: calls that would never reach Kochava, by reason.
        malformed: documents or lines that are no valid JSON or YAML (KCH001), each counted as one call.
        failed: documents or lines on which the program itself failed, each counted as one call.
        not_calls: well-formed documents that hold no call, by what they are.
        unreadable: inputs that nobody claims to hold calls, that cannot be parsed, and that show no key of a call.
        destinations: settings of Kochava destinations.
        rules: per rule code, its findings after selection.
        libraries: per ``context.library.name`` (empty when absent), its calls.
        groups: the calls of each group, if calls are grouped (`segkoch_lint.calls.facets`).
        severities: findings by severity name.
        internal_errors: where the program itself failed; the first of them.
        unread: inputs (or parts) that could not be read, as (path, reason).
        remarks: what else a reader should know of an input, as (path, sentence).
        plans: the figures of tracking plans; None in a run over calls.
        identity: the figures of users, known when all inputs were read; None when no rule about them is selected.
    """

    inputs: int = 0
    bytes: int = 0
    calls: int = 0
    checked: int = 0
    not_delivered: Counter[str] = msgspec.field(default_factory=Counter)
    malformed: int = 0
    failed: int = 0
    not_calls: Counter[str] = msgspec.field(default_factory=Counter)
    unreadable: list[str] = msgspec.field(default_factory=list)
    destinations: int = 0
    rules: dict[str, RuleTally] = msgspec.field(default_factory=dict)
    libraries: dict[str, CallTally] = msgspec.field(default_factory=dict)
    groups: dict[Group, CallTally] = msgspec.field(default_factory=dict)
    severities: Counter[str] = msgspec.field(default_factory=Counter)
    internal_errors: list[InternalError] = msgspec.field(default_factory=list)
    unread: list[tuple[str, str]] = msgspec.field(default_factory=list)
    remarks: list[tuple[str, str]] = msgspec.field(default_factory=list)
    plans: PlanTally | None = None
    identity: IdentityTally | None = None

    def adds_up(self) -> bool:
        """Tell whether every call, or rule of a plan, is accounted for: nothing unchecked is ever called clean."""
        if self.plans is not None:
            return self.plans.adds_up()
        if self.identity is not None and not self.identity.adds_up():
            return False
        if not all(tally.adds_up() for tally in (*self.libraries.values(), *self.groups.values())):
            return False
        return self.calls == self.checked + self.not_delivered.total() + self.malformed + self.failed

    @property
    def checked_anything(self) -> bool:
        """Whether the run checked anything: a call, a destination, or a rule of a tracking plan."""
        if self.plans is not None:
            return bool(self.plans.checked or self.plans.uncheckable)
        return bool(self.calls or self.destinations)

    def fail(self, error: InternalError | None) -> None:
        """Count a document or line on which the program itself failed; None where enough such places are named."""
        self.calls += 1
        self.failed += 1
        if error is not None:
            self._keep([error])

    def _keep(self, errors: list[InternalError]) -> None:
        self.internal_errors += errors[: MOST_ERRORS - len(self.internal_errors)]

    @property
    def readiness(self) -> CallTally:
        """The figures of the calls of all libraries together."""
        total = CallTally()
        for tally in self.libraries.values():
            total.add(tally)
        return total

    def add(self, other: Summary) -> None:
        """Add *other*'s figures to these."""
        self.inputs += other.inputs
        self.bytes += other.bytes
        self.calls += other.calls
        self.checked += other.checked
        self.malformed += other.malformed
        self.failed += other.failed
        self._keep(other.internal_errors)
        self.not_delivered.update(other.not_delivered)
        self.not_calls.update(other.not_calls)
        self.severities.update(other.severities)
        self.unreadable.extend(other.unreadable)
        self.unread.extend(other.unread)
        self.remarks.extend(other.remarks)
        self.destinations += other.destinations
        for code, rule in other.rules.items():
            mine = self.rules.setdefault(code, RuleTally())
            mine.findings += rule.findings
            mine.calls += rule.calls
        for name, library in other.libraries.items():
            self.libraries.setdefault(name, CallTally()).add(library)
        for group, calls in other.groups.items():
            self.groups.setdefault(group, CallTally()).add(calls)
