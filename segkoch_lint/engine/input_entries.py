"""The entries of one input, document by document.

Entries report what is at a place of the input. `segkoch_lint.engine.entry_resolver` decides what depends on the whole
of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from segkoch_lint.calls.call import Call
from segkoch_lint.calls.signs import DELETE, ObjectKind
from segkoch_lint.documents.document import Document, ParseError, comments_of, pointer_in
from segkoch_lint.documents.embedded import Embedded
from segkoch_lint.documents.reader import TEXT, UnsupportedInput
from segkoch_lint.documents.table.row import RowDocument
from segkoch_lint.engine.document_checker import DocumentChecker, LineKind
from segkoch_lint.engine.entries import (
    MOST_NOT_CALLS,
    NEITHER,
    ConditionalError,
    Entry,
    FirstCall,
    NotACallEntry,
    UnreadCalls,
)
from segkoch_lint.engine.lines.checked_line import CheckedLine, CheckedRow
from segkoch_lint.engine.missing_columns import missing_columns
from segkoch_lint.envelopes.catalogue import EnvelopeCatalogue
from segkoch_lint.envelopes.contents import Opened, UnreadableRequest
from segkoch_lint.envelopes.search import FoundCalls, find_calls, may_hold_calls
from segkoch_lint.envelopes.unwrap import Batch, NotACall, Unit, units_of, unwrap
from segkoch_lint.findings.finding import Finding, Location, Snippet
from segkoch_lint.findings.position import Path, Span
from segkoch_lint.findings.summary import Summary
from segkoch_lint.inputs.file_types import ClaimedFormat, claimed_format
from segkoch_lint.inputs.limits import Limits

INVALID_SYNTAX = "KCH001"
UNREADABLE_CAPTURE = "KCH004"

EMPTY = "empty list or batch"
UNKNOWN_ENVELOPE = "unknown envelope with a call in it"
UNREADABLE_REQUEST = "request to Segment without a readable body"

MAY_HOLD_CALLS = frozenset(
    {ObjectKind.OTHER.value, ObjectKind.EVENT_OBJECT.value, ObjectKind.LOG_LINE.value, "HAR capture"}
)
"""Kinds of values that may be envelopes."""

_FEW_SCALARS = 10
"""Items of a list without objects that become entries; further ones are only counted."""

ErrorSnippetMaker = Callable[[ParseError], Snippet | None]
"""Returns the lines to show around a parse error."""

Item = Document | Embedded | ParseError | UnsupportedInput | CheckedLine | CheckedRow
"""A part of an input."""


@dataclass(slots=True)
class InputEntries:
    """The entries of one input.

    Attributes:
        name: of the input, as findings show it.
        ignored: codes that do not count in the input.
        claimed: whether the input is expected to hold calls.
        checker: checks documents.
        envelopes: opens the envelopes that calls are wrapped in.
        limits: the limits of depth and length.
        summary: the figures of the run.
        error_snippets: returns the snippet of a parse error; None if no report shows snippets.
        calls_seen: whether a call was found in the input.
        lines: counts lines that share their findings.
    """

    name: str
    ignored: frozenset[str]
    claimed: bool
    checker: DocumentChecker
    envelopes: EnvelopeCatalogue
    limits: Limits
    summary: Summary
    error_snippets: ErrorSnippetMaker | None = None
    calls_seen: bool = False
    lines: Counter[LineKind] = field(default_factory=Counter)

    @property
    def holds_calls(self) -> bool:
        """Whether the input is expected or known to hold calls."""
        return self.claimed or self.calls_seen

    def count_lines(self) -> None:
        """Add the counts of lines to the figures."""
        self.checker.count_lines(self.lines, self.summary)
        self.lines.clear()

    def of(self, item: Item) -> Sequence[Entry]:
        """Return the entries of a part of the input."""
        if isinstance(item, CheckedLine) and self.calls_seen:  # most parts of a log
            return self.checker.check_line(item, self.name, self.ignored, self.summary, self.lines)
        return list(self._of_item(item))

    def of_document(self, document: Document) -> Iterator[Entry]:
        """Yield the entries of a document."""
        if comments := comments_of(document):
            self.checker.locator.suppressions.add_comments(self.name, comments)
        units, more = _units_in(document, self.name)
        may_be_envelope = any(isinstance(unit, NotACall) and unit.kind in MAY_HOLD_CALLS for unit in units)
        if may_be_envelope and not (self.holds_calls or self.envelopes.is_extended):
            may_be_envelope = may_hold_calls(document)
        opened = self.envelopes.open(document, self.name, may_be_known=may_be_envelope)
        if opened is not None:
            yield from self._of_opened(opened)
        else:
            yield from self._of_units(document, units, more)

    def _of_item(self, item: Item) -> Iterator[Entry]:
        if isinstance(item, UnsupportedInput):
            if item.kind == TEXT and self.calls_seen:
                return
            kind = item.kind or NEITHER
            self.summary.not_calls[kind] += 1
            yield NotACallEntry(kind, "", Span(1, 1, 1, 1))
        elif isinstance(item, CheckedLine):
            yield from self._first_call()
            yield from self.checker.check_line(item, self.name, self.ignored, self.summary, self.lines)
        elif isinstance(item, CheckedRow):
            ignored = self._ignored_in(item.document)
            yield from self._first_call()
            yield from self.checker.check_known(item.document, item.verdict, self.name, ignored, self.summary)
        elif isinstance(item, ParseError):
            yield from self._of_parse_error(item)
        elif isinstance(item, Embedded):
            # Text may hold any object: one that is not a call is no error, unless its type is misspelled.
            entries = self.of_document(item.document)
            wrong = ObjectKind.WRONG_TYPE.value
            yield from (each for each in entries if not isinstance(each, NotACallEntry) or each.kind == wrong)
        elif _is_empty(item.value):
            self.summary.not_calls[EMPTY] += 1
        else:
            yield from self.of_document(item)

    def _of_parse_error(self, error: ParseError) -> Iterator[Entry]:
        counts = self.holds_calls or error.shows_signs or claimed_format(self.name) is ClaimedFormat.JSON_LINES
        finding = self.checker.input_finding(
            INVALID_SYNTAX,
            Location(self.name, error.span),
            self.ignored,
            problem=error.message,
            snippet=self._error_snippet(error),
            cause=error.cause,
        )
        if not counts:
            yield ConditionalError(finding)
            return
        self.summary.calls += 1
        self.summary.malformed += 1
        if finding is not None:
            yield self.checker.count_input_finding(finding, self.summary)

    def _error_snippet(self, error: ParseError) -> Snippet | None:
        if self.error_snippets is None or INVALID_SYNTAX in self.checker.locator.without_snippets:
            return None
        return self.error_snippets(error)

    def _of_opened(self, opened: Opened) -> Iterator[Entry]:
        """Yield the entries of the contents of an envelope."""
        if not opened.contents:
            self.summary.not_calls[opened.noun] += 1
            yield NotACallEntry(opened.noun, "", None, remark=f"{opened.noun} without calls: nothing in it was checked")
        for each in opened.contents:
            if isinstance(each, UnreadableRequest):
                yield from self._of_unreadable(each)
            elif isinstance(each, ParseError):
                yield from self._of_parse_error(each)
            else:
                yield from self._of_units(each, *_units_in(each, self.name))

    def _of_unreadable(self, unreadable: UnreadableRequest) -> Iterator[Finding]:
        self.summary.not_calls[UNREADABLE_REQUEST] += 1
        request = unreadable.request.name
        finding = self.checker.input_finding(
            UNREADABLE_CAPTURE,
            Location.of(self.name, unreadable.span, unreadable.pointer),
            self.ignored,
            problem=f"{request}: {unreadable.problem}, so what it sent was not checked",
            properties={"entry": request},
        )
        if finding is not None:
            yield self.checker.count_input_finding(finding, self.summary)

    def _of_units(self, document: Document, units: list[Unit], more: Counter[str]) -> Iterator[Entry]:
        """Yield the entries of a document.

        Args:
            document: the document.
            units: what it holds.
            more: by kind, the number of further values that are not calls.
        """
        ignored = self._ignored_in(document)
        if found := self._calls_in_unknown_envelopes(document, units):
            spans = document.locate({each.path for each in found})
            for each in found:
                span = spans.get(each.path)
                yield UnreadCalls(each.at, each.shown_at, each.pointer, span, each.calls, self.holds_calls)
            self.summary.not_calls[UNKNOWN_ENVELOPE] += 1
            paths = {each.path for each in found}
            units = [unit for unit in units if not _holds(unit, paths)]
        calls = [unit for unit in units if isinstance(unit, Call)]
        # Other products send messages about deleted users that look like Segment's, so these prove nothing.
        proves_calls = any(call.certain and call.message["type"] != DELETE for call in calls)
        if not (proves_calls or self.holds_calls or all(call.certain for call in calls)):
            # These calls show too few signs: without another call in the input, they are taken for something else.
            self.summary.not_calls.update(more)
            self.summary.not_calls[ObjectKind.OTHER.value] += len(calls)
            yield from self._not_calls(document, [unit for unit in units if isinstance(unit, NotACall)])
            return
        if not calls and not self.claimed:
            units = [unit for unit in units if not isinstance(unit, Batch)]  # anything may be called a batch
        result = self.checker.check(document, units, self.name, ignored, self.summary)
        if proves_calls or (calls and self.claimed):
            yield from self._first_call()
        entries: list[Finding | NotACallEntry] = [*self._not_calls(document, result.not_calls), *result.findings]
        self.summary.not_calls.update(more)
        yield from sorted(entries, key=_start) if result.not_calls else entries

    def _not_calls(self, document: Document, units: Sequence[NotACall]) -> Iterator[NotACallEntry]:
        """Yield the entries of values that are not calls, and count them."""
        # They are located if they can be reported: in an input that holds calls, or if a type is misspelled.
        wrong = ObjectKind.WRONG_TYPE.value
        reported = units if self.holds_calls else [unit for unit in units if unit.kind == wrong]
        spans = document.locate({unit.path for unit in reported}) if reported else {}
        for unit in units:
            self.summary.not_calls[unit.kind] += 1
            has_pointer = unit.path in spans and (unit.path or document.origin is not None)
            pointer = pointer_in(document, unit.path) if has_pointer else ""
            holder = document.origin.entry if document.origin is not None else ""
            yield NotACallEntry(unit.kind, pointer, spans.get(unit.path), unit.meant, holder=holder)

    def _calls_in_unknown_envelopes(self, document: Document, units: Sequence[Unit]) -> Sequence[FoundCalls]:
        """Return the calls inside values that are not calls, but for those of the messages of a capture."""
        roots = [unit.path for unit in units if isinstance(unit, NotACall) and unit.kind in MAY_HOLD_CALLS]
        return find_calls(document, roots, self.limits) if roots else ()

    def _ignored_in(self, document: Document) -> frozenset[str]:
        """Return the codes that do not count in a document; some rules do not apply to a row without their columns."""
        if not isinstance(document, RowDocument):
            return self.ignored
        if not self.calls_seen and (remark := missing_columns(document.columns)):
            self.summary.remarks.append((self.name, remark))
        return self.ignored | self.checker.inapplicable_rules(document.columns)

    def _first_call(self) -> Iterator[FirstCall]:
        if not self.calls_seen:
            self.calls_seen = True
            yield FirstCall()


def _units_in(document: Document, name: str) -> tuple[list[Unit], Counter[str]]:
    """Return the units of a document, and by kind the number of further values that are not calls."""
    units: list[Unit] = []
    more: Counter[str] = Counter()
    value = document.value
    if isinstance(value, list) and len(value) > _FEW_SCALARS and not _holds_objects(value):
        more[ObjectKind.OTHER.value] = len(value) - _FEW_SCALARS
        return list(unwrap(value[:_FEW_SCALARS], table=name)), more
    others = 0
    for unit in units_of(document, name):
        is_other = isinstance(unit, NotACall) and unit.kind == ObjectKind.OTHER.value
        others += is_other
        if is_other and others > MOST_NOT_CALLS:
            more[ObjectKind.OTHER.value] += 1
        else:
            units.append(unit)
    return units, more


def _holds_objects(items: list[Any]) -> bool:
    return any(issubclass(each, Mapping) for each in set(map(type, items)))


def _is_empty(value: Any) -> bool:
    """Return whether a document is a list or a batch body with nothing in it."""
    return value == [] or (isinstance(value, dict) and value.get("batch") == [] and "type" not in value)


def _holds(unit: Unit, paths: Iterable[Path]) -> bool:
    """Return whether one of these paths leads into a unit that is not a call."""
    return isinstance(unit, NotACall) and any(path[: len(unit.path)] == unit.path for path in paths)


def _start(entry: Finding | NotACallEntry) -> tuple[int, int]:
    """Return where an entry begins; one without a span comes first."""
    span = entry.location.span if isinstance(entry, Finding) else entry.span
    return (span.line, span.column) if span else (0, 0)
