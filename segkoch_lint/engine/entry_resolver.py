"""The entries of an input to its findings: what only the whole of it can tell."""

from __future__ import annotations

from collections.abc import Iterator

from segkoch_lint.calls.call import CALL_TYPES
from segkoch_lint.calls.signs import ObjectKind
from segkoch_lint.documents.detection import EMPTY, OTHER_TABLE, PROGRAM, TEXT
from segkoch_lint.engine.document_checker import DocumentChecker
from segkoch_lint.engine.entries import MOST_NOT_CALLS, NEITHER, Entry, NotACallEntry, Provisional
from segkoch_lint.findings.finding import Finding, Location
from segkoch_lint.findings.summary import Summary
from segkoch_lint.identity.database import IdentityDatabase, Source
from segkoch_lint.identity.records import RecordBatch
from segkoch_lint.inputs.input import Input

NOT_A_CALL = "KCH002"

REMARKS = {
    "tracking plan": "a tracking plan, not events; `segkoch-lint plan check` checks it",
    "HAR capture": "a HAR capture; these are not read yet, so nothing in it was checked",
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
"""By the kind of a value that is not a call, what is wrong with it; of all others a call is expected."""

_NEVER_WRONG = frozenset({ObjectKind.METRICS.value, *REMARKS})
"""Kinds of values that no input is blamed for."""


class EntryResolver:
    """Joins the entries of one input.

    Args:
        source: the input.
        inspector: makes findings about values that are not calls.
        ignored: codes that do not count in this input.
        summary: the figures of the run; of what entries leave open, they are added here.
        recorded: the database of what calls say of their users, and what the input is to it; None if no rule asks.
    """

    def __init__(
        self,
        source: Input,
        inspector: DocumentChecker,
        ignored: frozenset[str],
        summary: Summary,
        *,
        recorded: tuple[IdentityDatabase, Source] | None = None,
    ) -> None:
        self._recorded = recorded
        self._source = source
        self._inspector = inspector
        self._ignored = ignored
        self._summary = summary
        self._held: list[NotACallEntry | Provisional] = []
        self._beyond = Summary()
        self._kinds: set[str] = set()
        self._broken = False
        self._holds_calls = False
        self._missed = self._all_missed

    def add(self, entry: Entry) -> Iterator[Finding]:
        """Add an entry, in the order in which they were given."""
        if isinstance(entry, Finding):
            yield entry
        elif isinstance(entry, NotACallEntry):
            yield from self._stranger(entry)
        elif isinstance(entry, Provisional):
            yield from self._provisional(entry)
        elif isinstance(entry, RecordBatch):
            self._record(entry)
        elif not self._holds_calls:
            self._holds_calls = True
            yield from self._release()

    def _record(self, records: RecordBatch | None) -> None:
        if records is not None and self._recorded is not None:
            database, source = self._recorded
            database.add(records, source)

    @property
    def _all_missed(self) -> int:
        """What the run could not read or check, so far."""
        return self._summary.failed + len(self._summary.unread)

    def end(self) -> Iterator[Finding]:
        """Say what an input is that holds no call at all: an error if it is claimed to hold some."""
        if self._holds_calls or self._all_missed > self._missed:
            return
        for kind in sorted(self._kinds & set(REMARKS)):
            if kind == EMPTY and not self._source.claimed:
                continue
            self._summary.remarks.append((self._source.path, REMARKS[kind]))
        if self._broken:
            self._summary.unreadable.append(self._source.path)
        if self._source.claimed:
            for stranger in self._held[:1]:
                if isinstance(stranger, NotACallEntry):
                    yield from self._not_a_call(stranger)

    def _stranger(self, stranger: NotACallEntry) -> Iterator[Finding]:
        self._kinds.add(stranger.kind)
        if self._holds_calls or stranger.kind == ObjectKind.WRONG_TYPE.value:
            yield from self._not_a_call(stranger)
        elif self._source.claimed and stranger.kind not in _NEVER_WRONG and len(self._held) < MOST_NOT_CALLS:
            self._held.append(stranger)

    def _provisional(self, entry: Provisional) -> Iterator[Finding]:
        """Count what stands in an input that nobody claims to hold calls.

        Broken text counts if a call stands anywhere in the input; calls with too few signs count after another call.
        """
        if self._holds_calls:
            yield from self._counted(entry)
        elif entry.otherwise is not None:
            self._summary.add(entry.otherwise)
            for each in entry.entries:
                if isinstance(each, NotACallEntry):
                    yield from self._stranger(each)
        else:
            self._broken = True
            if len(self._held) < MOST_NOT_CALLS:
                self._held.append(entry)
            else:
                self._beyond.add(entry.summary)

    def _release(self) -> Iterator[Finding]:
        """Yield what was held until a call was met: an input that holds a call is expected to hold nothing else."""
        held, self._held = self._held, []
        for entry in held:
            yield from self._not_a_call(entry) if isinstance(entry, NotACallEntry) else self._counted(entry)
        if beyond := self._beyond.calls:
            remark = f"{beyond:,} more broken lines before the first call are counted, but not listed"
            self._summary.add(self._beyond)
            self._summary.remarks.append((self._source.path, remark))

    def _counted(self, entry: Provisional) -> Iterator[Finding]:
        self._summary.add(entry.summary)
        self._record(entry.records)
        for each in entry.entries:
            yield from (each,) if isinstance(each, Finding) else self._not_a_call(each)

    def _not_a_call(self, stranger: NotACallEntry) -> Iterator[Finding]:
        if stranger.kind in _NEVER_WRONG:
            return
        place = Location.of(self._source.path, stranger.span, stranger.pointer)
        problem = _PROBLEMS.get(stranger.kind, _EXPECTED).format(meant=stranger.meant)
        finding = self._inspector.about_input(NOT_A_CALL, place, self._ignored, self._summary, problem=problem)
        if finding is not None:
            yield finding
