"""The entries of an input to its findings: what depends on the whole of the input is decided here."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from msgspec.structs import replace

from segkoch_lint.calls.call import CALL_TYPES
from segkoch_lint.calls.signs import ObjectKind
from segkoch_lint.documents.reader import EMPTY, OTHER_TABLE, PROGRAM, TEXT
from segkoch_lint.engine.document_checker import DocumentChecker
from segkoch_lint.engine.entries import MOST_NOT_CALLS, NEITHER, ConditionalError, Entry, NotACallEntry, UnreadCalls
from segkoch_lint.findings.finding import Finding, Location
from segkoch_lint.findings.summary import Summary
from segkoch_lint.identity.database import IdentityDatabase, Source
from segkoch_lint.identity.records import RecordBatch
from segkoch_lint.inputs.input import Input

NOT_A_CALL = "KCH002"
UNKNOWN_ENVELOPE = "KCH005"

_MOST_PLACES = 10
"""Patterns of calls in unknown envelopes that an input has findings for; further calls are only counted."""

REMARKS = {
    "tracking plan": "a tracking plan, not events; `segkoch-lint plan check` checks it",
    EMPTY: "the file is empty",
}

_TYPES = ", ".join(CALL_TYPES)
_EXPECTED = f"an object with `type` ({_TYPES}), or with `event` and a user, is expected"

_PROBLEMS = {
    ObjectKind.WRONG_TYPE.value: f"`type` is none of {_TYPES}; did you mean {{meant}}?",
    ObjectKind.NO_TYPE.value: "the type of a body of the HTTP API is in the path that it is posted to (/v1/page); "
    "write it into the call as `type`",
    ObjectKind.EVENT_OBJECT.value: "`event` is an object, not the name of an event; if that is the call, "
    "check it by itself",
    ObjectKind.LOG_LINE.value: "a line of an application's log, with `level`, `severity`, `logger` or `msg`",
    ObjectKind.MIXPANEL.value: "an event of Mixpanel, with `distinct_id`",
    OTHER_TABLE: "a table without columns of Segment's, such as context_device_id, anonymous_id and event",
    TEXT: "the file is text, and no JSON in its lines is a call",
    NEITHER: "the file is neither JSON nor YAML, nor a table",
    PROGRAM: "the file is source code; lint the JSON that it sends, which Segment's debugger shows",
}
"""By the kind of a value that is not a call, the problem; for all other kinds it is that a call is expected."""

_NEVER_WRONG = frozenset({ObjectKind.METRICS.value, *REMARKS})
"""Kinds of values that are never findings."""


class EntryResolver:
    """Resolves the entries of one input to findings.

    Args:
        source: the input.
        checker: creates findings about values that are not calls.
        ignored: codes that do not count in this input.
        summary: the figures of the run.
        recorded: the database of identity records, and the input as its source; None if no rule needs records.
    """

    def __init__(
        self,
        source: Input,
        checker: DocumentChecker,
        ignored: frozenset[str],
        summary: Summary,
        *,
        recorded: tuple[IdentityDatabase, Source] | None = None,
    ) -> None:
        self._recorded = recorded
        self._source = source
        self._checker = checker
        self._ignored = ignored
        self._summary = summary
        self._held: list[NotACallEntry | ConditionalError] = []
        self._beyond = Summary()
        self._kinds: set[str] = set()
        self._remarks: dict[str, None] = {}
        self._unread: dict[str, UnreadCalls] = {}
        self._further_unread = 0
        self._broken = False
        self._holds_calls = False
        self._missed = self._all_missed

    def add(self, entry: Entry) -> Iterator[Finding]:
        """Yield the findings that an entry brings; entries are added in their order."""
        if isinstance(entry, Finding):
            yield entry
        elif isinstance(entry, NotACallEntry):
            yield from self._add_not_a_call(entry)
        elif isinstance(entry, ConditionalError):
            self._hold_error(entry)
        elif isinstance(entry, UnreadCalls):
            self._add_unread(entry)
        elif isinstance(entry, RecordBatch):
            if self._recorded is not None:
                database, source = self._recorded
                database.add(entry, source)
        elif not self._holds_calls:
            self._holds_calls = True
            yield from self._release()

    @property
    def _all_missed(self) -> int:
        """How much the run could not read or check so far."""
        return self._summary.failed + len(self._summary.unread)

    def _add_unread(self, unread: UnreadCalls) -> None:
        """Note calls that were not checked; those with the same pattern count together, as in the lines of a log."""
        known = self._unread.get(unread.at)
        if known is not None:
            claimed = known.claimed or unread.claimed
            self._unread[unread.at] = replace(known, calls=known.calls + unread.calls, claimed=claimed)
        elif len(self._unread) < _MOST_PLACES:
            self._unread[unread.at] = unread
        else:
            self._further_unread += unread.calls

    def _unread_findings(self) -> Iterator[Finding]:
        for unread in self._unread.values():
            place = Location.of(self._source.path, unread.span, unread.pointer)
            option = f"--at {shlex.quote(unread.shown_at)}"
            problem = (
                f"the call at {unread.pointer} was not checked: its envelope is not known; {option} reads it"
                if unread.calls == 1
                else f"{unread.calls:,} calls were not checked: their envelope is not known; the first is at "
                f"{unread.pointer}, {option} reads them"
            )
            finding = self._checker.input_finding(
                UNKNOWN_ENVELOPE, place, self._ignored, problem=problem, claimed=unread.claimed
            )
            if finding is not None:
                yield self._checker.count_input_finding(finding, self._summary)
        if self._further_unread:
            remark = f"{self._further_unread:,} more calls, at other places, are in envelopes that are not known"
            self._summary.remarks.append((self._source.path, remark))

    def end(self) -> Iterator[Finding]:
        """Yield the findings that the end of the input brings: one if it was expected to hold calls, and holds none."""
        yield from self._unread_findings()
        if self._holds_calls or self._all_missed > self._missed:
            return
        if self._source.claimed:
            self._summary.remarks.extend((self._source.path, remark) for remark in self._remarks)
        for kind in sorted(self._kinds & set(REMARKS)):
            if kind == EMPTY and not self._source.claimed:
                continue
            self._summary.remarks.append((self._source.path, REMARKS[kind]))
        if self._broken:
            self._summary.unreadable.append(self._source.path)
        if self._source.claimed and not self._unread:
            for first in self._held[:1]:
                if isinstance(first, NotACallEntry):
                    yield from self._not_a_call(first)

    def _add_not_a_call(self, entry: NotACallEntry) -> Iterator[Finding]:
        if entry.remark:
            self._remarks[entry.remark] = None
            return
        self._kinds.add(entry.kind)
        if self._holds_calls or entry.kind == ObjectKind.WRONG_TYPE.value:
            yield from self._not_a_call(entry)
        elif self._source.claimed and entry.kind not in _NEVER_WRONG and len(self._held) < MOST_NOT_CALLS:
            self._held.append(entry)

    def _hold_error(self, error: ConditionalError) -> None:
        """Hold a parse error until a call follows."""
        self._broken = True
        if len(self._held) < MOST_NOT_CALLS:
            self._held.append(error)
        else:
            self._count_error(error, self._beyond)

    def _count_error(self, error: ConditionalError, summary: Summary) -> Finding | None:
        """Count a parse error, and return the finding about it."""
        summary.calls += 1
        summary.malformed += 1
        return None if error.finding is None else self._checker.count_input_finding(error.finding, summary)

    def _release(self) -> Iterator[Finding]:
        """Yield the findings of the held entries: an input with a call is expected to hold nothing else."""
        held, self._held = self._held, []
        for entry in held:
            if isinstance(entry, NotACallEntry):
                yield from self._not_a_call(entry)
                continue
            finding = self._count_error(entry, self._summary)
            if finding is not None:
                yield finding
        if beyond := self._beyond.calls:
            remark = f"{beyond:,} more broken lines before the first call are counted, but not listed"
            self._summary.add(self._beyond)
            self._summary.remarks.append((self._source.path, remark))

    def _not_a_call(self, entry: NotACallEntry) -> Iterator[Finding]:
        if entry.kind in _NEVER_WRONG or entry.remark:
            return
        place = Location.of(self._source.path, entry.span, entry.pointer)
        problem = _PROBLEMS.get(entry.kind, _EXPECTED).format(meant=entry.meant)
        properties = {"entry": entry.holder} if entry.holder else {}
        finding = self._checker.input_finding(NOT_A_CALL, place, self._ignored, problem=problem, properties=properties)
        if finding is not None:
            yield self._checker.count_input_finding(finding, self._summary)
