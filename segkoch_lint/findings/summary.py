"""The figures of a run, and the sums that must hold between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

from segkoch_lint.errors import InternalError
from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.plan_tally import PlanTally
from segkoch_lint.findings.redaction.masking import Secret

MOST_ERRORS = 20
"""Internal errors that are kept with their locations; all are counted."""

MOST_FILES = 10_000
"""Inputs that are counted one by one."""

FURTHER_FILES = "(further files)"
"""The name under which all other inputs are counted together."""

Group = tuple[str | Secret, ...]
"""The values of the facets by which calls are grouped; empty for a facet that a call lacks."""

Grouping = tuple[str, ...]
"""The names of the facets of the groups in one table."""


class CallTally(msgspec.Struct):
    """Calls of one library or group.

    Attributes:
        calls: calls read.
        checked: calls that would reach Kochava.
        usable: checked calls that break no rule about single calls whose own severity is error.
        ready, limited, faulty: checked calls by `rules.ruleset.Readiness`.
        rules: number of calls with findings, by rule code; for groups only.
    """

    calls: int = 0
    checked: int = 0
    usable: int = 0
    ready: int = 0
    limited: int = 0
    faulty: int = 0
    rules: Counter[str] = msgspec.field(default_factory=Counter)

    def count(self, calls: int, *, checked: bool, usable: bool, readiness: str | None) -> None:
        """Count calls with the same properties."""
        self.calls += calls
        self.checked += calls * checked
        self.usable += calls * usable
        self.ready += calls * (readiness == "ready")
        self.limited += calls * (readiness == "limited")
        self.faulty += calls * (readiness == "faulty")

    def add(self, other: CallTally) -> None:
        """Add the figures of *other*."""
        self.calls += other.calls
        self.checked += other.checked
        self.usable += other.usable
        self.ready += other.ready
        self.limited += other.limited
        self.faulty += other.faulty
        self.rules.update(other.rules)

    def adds_up(self) -> bool:
        """Return whether every checked call is ready, limited or faulty."""
        return self.checked == self.ready + self.limited + self.faulty


class RuleTally(msgspec.Struct):
    """The findings of one rule.

    Attributes:
        findings: how many there are.
        calls: the calls, or documents, that have them.
        severities: the findings by the name of their severity, which can depend on where a finding is.
    """

    findings: int = 0
    calls: int = 0
    severities: Counter[str] = msgspec.field(default_factory=Counter)

    def count(self, severity: str, findings: int = 1) -> None:
        """Count findings of one severity, but not the calls that have them."""
        self.findings += findings
        self.severities[severity] += findings


class FileTally(msgspec.Struct):
    """What was found in one input.

    Attributes:
        inputs: the number of inputs that are counted here: 1, but for `FURTHER_FILES`.
        checked: calls read and destinations, or rules of tracking plans; 0 if the input holds nothing to check.
        findings: findings at a place in it.
    """

    inputs: int = 0
    checked: int = 0
    findings: int = 0


class IdentityTally(msgspec.Struct):
    """The users of a run, each counted once per platform.

    Attributes:
        users: users whose delivered calls hold a valid id.
        compared: users for whom both the app and a server sent ids of one kind.
        not_comparable: the other users, by reason: ``mobile only``, ``server only``, ``neither`` (only calls of other
            libraries), ``no ids of one kind`` (the app sent one kind of id, servers the other).
    """

    users: int = 0
    compared: int = 0
    not_comparable: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def seen_from_both_sides(self) -> bool:
        """Whether both an app and a server sent calls with valid ids."""
        sides = (self.not_comparable["mobile only"], self.not_comparable["server only"])
        return bool(self.compared or self.not_comparable["no ids of one kind"] or all(sides))

    def count(self, why_not: str, users: int = 1) -> None:
        """Count users who were compared, or the reason why they were not."""
        self.users += users
        if why_not:
            self.not_comparable[why_not] += users
        else:
            self.compared += users

    def adds_up(self) -> bool:
        """Return whether every user is accounted for."""
        return self.users == self.compared + self.not_comparable.total()


class SuppressionNote(msgspec.Struct, frozen=True):
    """What a user should know of a suppression.

    Attributes:
        kind: ``invalid`` (a comment that means nothing), ``expired`` (its findings are back), ``unused``,
            ``stale`` (a baseline with findings that are gone).
        place: where it is, in words.
        message: what is to be known.
        hint: what to do about it; may be empty.
    """

    kind: Literal["invalid", "expired", "unused", "stale"]
    place: str
    message: str
    hint: str = ""


class Summary(msgspec.Struct):
    """The figures of one run. The figures of its parts can be added.

    Attributes:
        inputs: inputs opened.
        bytes: their bytes after decompression.
        calls: calls read, with broken ones.
        checked: calls that the rules for delivered calls were applied to.
        not_delivered: calls that would never reach Kochava, by reason.
        malformed: documents or lines that are not valid JSON or YAML (KCH001), each counted as one call.
        failed: documents or lines on which the program itself failed, each counted as one call.
        not_calls: well-formed documents that hold no call, by kind.
        unreadable: inputs that cannot be parsed, are not named as JSON or YAML, and show no key of a call.
        destinations: settings of Kochava destinations.
        files: the inputs that were read, in their order; the first `MOST_FILES` of them by name (`file`).
        rules: findings by rule code, after selection and without suppressed ones.
        libraries: calls by ``context.library.name`` (empty if absent).
        groupings: the calls of each group of each grouping (`segkoch_lint.calls.facets`).
        severities: findings by severity name, without suppressed ones.
        suppressed: suppressed findings by the kind of their suppression; no other figure counts them.
        suppression_notes: what is to be known of suppressions; complete at the end of a run.
        internal_errors: where the program itself failed; the first errors only.
        unread: inputs, or parts of inputs, that could not be read, as (path, reason).
        remarks: other facts about an input, as (path, sentence).
        plans: the figures of tracking plans; None in a run over calls.
        identity: the figures of users, known after all inputs are read; None if no rule about users is selected.
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
    files: dict[str, FileTally] = msgspec.field(default_factory=dict)
    rules: dict[str, RuleTally] = msgspec.field(default_factory=dict)
    libraries: dict[str, CallTally] = msgspec.field(default_factory=dict)
    groupings: dict[Grouping, dict[Group, CallTally]] = msgspec.field(default_factory=dict)
    severities: Counter[str] = msgspec.field(default_factory=Counter)
    suppressed: Counter[str] = msgspec.field(default_factory=Counter)
    suppression_notes: list[SuppressionNote] = msgspec.field(default_factory=list)
    internal_errors: list[InternalError] = msgspec.field(default_factory=list)
    unread: list[tuple[str, str]] = msgspec.field(default_factory=list)
    remarks: list[tuple[str, str]] = msgspec.field(default_factory=list)
    plans: PlanTally | None = None
    identity: IdentityTally | None = None

    def add_finding(self, finding: Finding) -> bool:
        """Count a finding, but not the calls of its rule, and return whether it counts: a suppressed one does not."""
        if finding.suppression is not None:
            self.suppressed[finding.suppression.kind] += 1
            return False
        severity = str(finding.severity)
        self.rules.setdefault(finding.code, RuleTally()).count(severity)
        self.severities[severity] += 1
        return True

    def add_suppression_notes(self, notes: Iterable[SuppressionNote], *, of_all: bool = True) -> None:
        """Add what is to be known of suppressions.

        Args:
            notes: all of it. What an incomplete run did not read may use the unused ones, so these are left out then.
            of_all: whether the run looked for all findings in what it read.
        """
        complete = of_all and not (self.unread or self.internal_errors)
        self.suppression_notes += [note for note in notes if complete or note.kind not in {"unused", "stale"}]

    def adds_up(self) -> bool:
        """Return whether every call, or rule of a plan, is accounted for: nothing unchecked is called clean."""
        if self.plans is not None:
            return self.plans.adds_up()
        if self.identity is not None and not self.identity.adds_up():
            return False
        tallies = [*self.libraries.values()]
        for groups in self.groupings.values():
            tallies += groups.values()
        if not all(tally.adds_up() for tally in tallies):
            return False
        return self.calls == self.checked + self.not_delivered.total() + self.malformed + self.failed

    @property
    def checked_anything(self) -> bool:
        """Whether the run checked anything: a call, a destination, or a rule of a tracking plan."""
        if self.plans is not None:
            return bool(self.plans.checked or self.plans.uncheckable)
        return bool(self.calls or self.destinations)

    def file(self, path: str) -> FileTally:
        """Return the figures of an input, to which the caller adds."""
        known = path in self.files or len(self.files) < MOST_FILES
        return self.files.setdefault(path if known else FURTHER_FILES, FileTally())

    def fail(self, error: InternalError | None) -> None:
        """Count a document or line on which the program itself failed; *error* is None if enough errors are kept."""
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
        """Add the figures of *other*."""
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
        self.suppressed.update(other.suppressed)
        self.unreadable.extend(other.unreadable)
        self.unread.extend(other.unread)
        self.remarks.extend(other.remarks)
        self.destinations += other.destinations
        for path, file in other.files.items():
            mine_of_file = self.file(path)
            mine_of_file.inputs += file.inputs
            mine_of_file.checked += file.checked
            mine_of_file.findings += file.findings
        for code, rule in other.rules.items():
            mine = self.rules.setdefault(code, RuleTally())
            mine.findings += rule.findings
            mine.calls += rule.calls
            mine.severities.update(rule.severities)
        for name, library in other.libraries.items():
            self.libraries.setdefault(name, CallTally()).add(library)
        for grouping, groups in other.groupings.items():
            own = self.groupings.setdefault(grouping, {})
            for group, calls in groups.items():
                own.setdefault(group, CallTally()).add(calls)
