"""One input to its entries, document by document.

What only the whole input can tell is left to `segkoch_lint.engine.entry_resolver`: the entries say no more than what
stands where.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from segkoch_lint.calls.call import Call
from segkoch_lint.calls.signs import DELETE, ObjectKind
from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.documents.document import Document, InternalFailure, ParseError, pointer_in
from segkoch_lint.documents.embedded import Embedded
from segkoch_lint.documents.lines import Block, LineFilter, NumberedLine
from segkoch_lint.documents.reader import TEXT, UnsupportedInput, read_documents
from segkoch_lint.documents.table.row import RowDocument
from segkoch_lint.engine.document_checker import CheckResult, DocumentChecker, Said, count
from segkoch_lint.engine.entries import MOST_NOT_CALLS, NEITHER, Entry, Marker, NotACallEntry, Provisional, UnreadCalls
from segkoch_lint.engine.finding_locator import SnippetMaker
from segkoch_lint.engine.lines.checked_line import CheckedLine, CheckedRow
from segkoch_lint.engine.lines.selector import LazySelector, LineContext
from segkoch_lint.engine.lines.table_rows import select_rows
from segkoch_lint.engine.missing_columns import missing_columns
from segkoch_lint.envelopes.catalogue import EnvelopeCatalogue
from segkoch_lint.envelopes.reader import Opened, UnreadableRequest
from segkoch_lint.envelopes.search import FoundCalls, find_calls, may_hold_calls
from segkoch_lint.envelopes.unwrap import Batch, NotACall, Unit, units_of, unwrap
from segkoch_lint.errors import InternalError
from segkoch_lint.findings.finding import Finding, Location, Snippet
from segkoch_lint.findings.position import Path, Span
from segkoch_lint.findings.summary import MOST_ERRORS, Group, Summary
from segkoch_lint.identity.recorder import Recorder
from segkoch_lint.identity.records import RecordBatch
from segkoch_lint.inputs.file_types import Claim, claim_of, unsupported_compression
from segkoch_lint.inputs.input import Input, UnreadableInput
from segkoch_lint.inputs.opener import Stream, open_input
from segkoch_lint.rules.ruleset import RuleSet, Verdict

INVALID_SYNTAX = "KCH001"
UNREADABLE_CAPTURE = "KCH004"

EMPTY = "empty list or batch"
UNKNOWN_ENVELOPE = "unknown envelope with a call in it"
UNREADABLE_REQUEST = "request to Segment without a readable body"

_MAY_HOLD_CALLS = frozenset(
    {ObjectKind.OTHER.value, ObjectKind.EVENT_OBJECT.value, ObjectKind.LOG_LINE.value, "HAR capture"}
)
"""Kinds of values that may be envelopes."""

ErrorSnippetMaker = Callable[[ParseError], Snippet | None]
"""Makes the lines to show around broken text."""

_PROGRESS_EVERY = 500
"""Documents between two looks at the clock."""

_FEW_SCALARS = 10
"""Items of a list without objects that are cached; the others are only counted."""

_Item = Document | Embedded | ParseError | UnsupportedInput | CheckedLine | CheckedRow
"""What is to be judged of an input."""

_MOST_RECORDED = 30_000
"""Rows of records that are held until they become an entry; some tens of megabytes."""


class InputLinter:
    """Lints inputs, and remembers from one to the next what calls look like.

    Args:
        settings: the configuration of the run.
        snippets, error_snippets: make the lines to show; None when nobody shows them.
        threads: how many may go through the lines of logs.

    Attributes:
        envelopes: opens the envelopes that calls are wrapped in.
        selection: the rules of the run, and what they weigh.
        ruleset: the same rules, compiled.
        inspector: judges single documents by them.
        records_users: whether a rule about users or devices is selected.
        summary: the figures so far.
        on_progress: called now and then.

    Raises:
        UsageError: a selector means no rule, or a rule file is broken.
    """

    def __init__(
        self,
        settings: Settings,
        snippets: SnippetMaker | None = None,
        error_snippets: ErrorSnippetMaker | None = None,
        threads: int = 1,
    ) -> None:
        self.selection = Selection(settings)
        self.ruleset = RuleSet(self.selection.rules, settings.delivery, self.selection.catalogue)
        across = {self.selection.by_code[code].applies_to for code in self.selection.across}
        self.records_users = bool(across & {"user", "device"})
        self._recorder = Recorder(users=self.records_users, events="event-name" in across) if across else None
        record = self._recorder.record if self._recorder else None
        self.inspector = DocumentChecker(self.selection, self.ruleset, settings.group_by, snippets, record)
        self.summary = Summary()
        self.on_progress: Callable[[], None] = lambda: None
        self._limits = settings.limits
        self.envelopes = EnvelopeCatalogue(settings.envelopes, settings.at, settings.capture_hosts, settings.limits)
        self._wait = settings.wait
        self._selector = LazySelector(
            LineContext(
                self.ruleset, settings.limits, self._count_clean, settings.group_by, self._recorder, threads=threads
            )
        )
        self._line_filter: LineFilter[CheckedLine | RecordBatch] = LineFilter(self._select, self._ahead, self._announce)
        self._error_snippets = error_snippets
        self._said: Counter[Said] = Counter()
        self._claimed = True
        self._calls_seen = False
        self._bytes_before = 0
        self._text: Stream | None = None
        self._line = 0
        self._name = ""
        self._slow = False
        self._failures = 0

    def drop_snippets(self) -> None:
        """Make no more lines to show."""
        self.inspector.placer.snippets = self._error_snippets = None

    @property
    def bytes_read(self) -> int:
        """Stored (compressed) bytes read so far, of all inputs."""
        return self._bytes_before + (self._text.consumed if self._text else 0)

    def lint(self, source: Input, opened: Stream | UnreadableInput | None = None) -> Iterator[Entry]:
        """Lint an input, which may be open already; what cannot be read is noted in the summary."""
        opened = opened or open_input(source, wait=self._wait)
        if isinstance(opened, UnreadableInput):
            self.summary.unread.append((opened.path, opened.reason))
        else:
            with opened as stream:
                yield from self.stream(stream, source)

    def stream(self, stream: Stream, source: Input) -> Iterator[Entry]:
        """Lint an input that is open."""
        compression = unsupported_compression(stream.peek(8))
        if compression:
            reason = f"unsupported compression: {compression}; decompress it, or use gzip or zstandard"
            self.summary.unread.append((source.path, reason))
            return
        documents = read_documents(stream, name=source.path, limits=self._limits, line_filter=self._line_filter)
        yield from self._lint(select_rows(documents, self._select), stream, source)

    def value(self, document: Document) -> Iterator[Entry]:
        """Lint a document that is an input by itself, and was meant as calls."""
        if self._recorder is not None:
            self._recorder.begin()
        self._claimed, self._calls_seen = True, False
        entries = list(self._of_document(document, "", frozenset()))
        yield from entries
        if Marker.FIRST_CALL not in entries:
            yield Marker.FIRST_CALL  # whatever was given was meant as a call
        yield from self._recorded()

    def _lint(
        self, documents: Iterable[_Item | InternalFailure | RecordBatch], text: Stream, source: Input
    ) -> Iterator[Entry]:
        name = source.path
        ignored = self.selection.ignored_in(name)
        self._text = text
        self._claimed = source.claimed
        self._calls_seen = False
        self.summary.inputs += 1
        self._said.clear()
        if self._recorder is not None:
            self._recorder.begin()
        self._name, self._line, self._slow, self._failures = name, 0, False, 0
        for number, each in enumerate(self._readable(documents, name)):
            if number % _PROGRESS_EVERY == 0:
                self.on_progress()
            if isinstance(each, RecordBatch):
                yield each
                continue
            yield from self._checked(each, name, ignored)
            # What a checked line says of its user was recorded with its block.
            if not isinstance(each, CheckedLine) and self._is_full():
                yield from self._recorded()
        self._count_said()
        self.summary.bytes += text.inflated
        self._bytes_before += text.consumed
        self._text = None
        yield from self._recorded()

    def _readable(
        self, documents: Iterable[_Item | InternalFailure | RecordBatch], name: str
    ) -> Iterator[_Item | InternalFailure | RecordBatch]:
        """Yield the documents as far as they can be read, and note what keeps the rest from being read."""
        try:
            yield from documents
        except OSError as error:
            self.summary.unread.append((name, error.strerror or str(error)))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other inputs can be read
            self._fail(error, name, self._line or None, "nothing after this place was checked")

    def _checked(self, each: _Item | InternalFailure, name: str, ignored: frozenset[str]) -> Sequence[Entry]:
        """Return what is to be said of one document; if our own code fails on it, only that is noted."""
        if isinstance(each, InternalFailure):
            self._fail(each.error, name, each.line, "this document was not checked")
            return ()
        self._line = _line_of(each)
        try:
            if isinstance(each, CheckedLine) and self._calls_seen:  # most of what is said of a log
                return self.inspector.line(each, name, ignored, self.summary, self._said)
            return list(self._entries(each, name, ignored))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the documents after this one can be checked
            self._fail(error, name, self._line, "this document was not checked")
            return ()

    def _fail(self, error: Exception, name: str, line: int | None, consequence: str) -> None:
        self._failures += 1
        # One cause may fail every line of a log; the text of a traceback takes a while to write.
        told = InternalError.of(error, name, line, consequence) if self._failures <= MOST_ERRORS else None
        self.summary.fail(told)

    def _count_said(self) -> None:
        """Count what was said of lines."""
        self.inspector.count_lines(self._said, self.summary)
        self._said.clear()

    def _recorded(self) -> Iterator[RecordBatch]:
        """Yield what was recorded; the fewer times it is taken, the fewer records are met anew."""
        if self._recorder is not None and (batch := self._recorder.take()):
            yield batch

    def _is_full(self) -> bool:
        return self._recorder is not None and self._recorder.held >= _MOST_RECORDED

    def _ahead(self) -> int:
        # The first call lets strangers in at its place, so nothing after it is begun before it is found.
        return self._selector.ahead if self._calls_seen else 0

    def _announce(self, block: Block) -> None:
        if self._calls_seen:
            self._selector.announce(block)

    def _select(self, block: Block) -> Iterator[NumberedLine | ParseError | CheckedLine | RecordBatch]:
        self.on_progress()
        selected: Iterable[NumberedLine | ParseError | CheckedLine]
        try:
            selected = self._selector.select(block, leave_first=not self._calls_seen)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the lines can be read one by one
            remark = f"segkoch-lint failed on many lines at once ({type(error).__name__}), and read them one by one"
            if not self._slow:
                self._slow = True
                self.summary.remarks.append((self._name, remark))
            selected = block.lines(self._limits)
        yield from selected
        self._count_said()
        if self._is_full():
            yield from self._recorded()

    def _count_clean(self, verdict: Verdict, library: str, group: Group, calls: int) -> None:
        count(self.summary, verdict, library, group, calls)

    def _entries(self, each: _Item, name: str, ignored: frozenset[str]) -> Iterator[Entry]:
        summary = self.summary
        if isinstance(each, UnsupportedInput):
            if each.kind == TEXT and self._calls_seen:
                return
            kind = each.kind or NEITHER
            summary.not_calls[kind] += 1
            yield NotACallEntry(kind, "", Span(1, 1, 1, 1))
        elif isinstance(each, CheckedLine):
            yield from self._first_call()
            yield from self.inspector.line(each, name, ignored, summary, self._said)
        elif isinstance(each, CheckedRow):
            ignored = self._ignored_of(each.document, name, ignored)
            yield from self._first_call()
            yield from self.inspector.judged(each.document, each.verdict, name, ignored, summary)
        elif isinstance(each, ParseError):
            yield from self._broken(each, name, ignored)
        elif isinstance(each, Embedded):
            # Text may hold any object: one that is not a call is no error, unless its type is misspelled.
            wrong = ObjectKind.WRONG_TYPE.value
            entries = self._of_document(each.document, name, ignored)
            yield from (e for e in entries if not isinstance(e, NotACallEntry) or e.kind == wrong)
        # AND#
        elif _is_empty(each.value):
            summary.not_calls[EMPTY] += 1
        else:
            yield from self._of_document(each, name, ignored)

    def _broken(self, flaw: ParseError, name: str, ignored: frozenset[str]) -> Iterator[Entry]:
        certain = self._holds_calls or flaw.shows_signs or claim_of(name) is Claim.JSON_LINES
        summary = self.summary if certain else Summary()
        snippet = self._error_snippets(flaw) if self._error_snippets else None
        place = Location(name, flaw.span)
        about = self.inspector.about_input
        finding = about(
            INVALID_SYNTAX, place, ignored, summary, problem=flaw.message, snippet=snippet, cause=flaw.cause
        )
        summary.calls += 1
        summary.malformed += 1
        found = () if finding is None else (finding,)
        if certain:
            yield from found
        else:
            yield Provisional(found, summary)

    @property
    def _holds_calls(self) -> bool:
        """Whether the input is known to hold calls, or somebody says so."""
        return self._claimed or self._calls_seen

    def _of_document(self, document: Document, name: str, ignored: frozenset[str]) -> Iterator[Entry]:
        units, more = _gathered(document, name)
        roots = any(isinstance(unit, NotACall) and unit.kind in _MAY_HOLD_CALLS for unit in units)
        searched = roots and (self._holds_calls or may_hold_calls(document))
        opened = self.envelopes.open(document, name, may_be_known=searched)
        if opened is not None:
            yield from self._opened(opened, name, ignored)
        else:
            yield from self._of_units(document, units, more, name, ignored)

    def _opened(self, opened: Opened, name: str, ignored: frozenset[str]) -> Iterator[Entry]:
        """Yield what is to be said of the contents of an envelope."""
        if not opened.contents:
            self.summary.not_calls[opened.noun] += 1
            yield NotACallEntry(opened.noun, "", None, remark=f"{opened.noun} without calls: nothing in it was checked")
        for each in opened.contents:
            if isinstance(each, UnreadableRequest):
                yield from self._unreadable(each, name, ignored)
            elif isinstance(each, ParseError):
                yield from self._broken(each, name, ignored)
            else:
                yield from self._of_units(each, *_gathered(each, name), name, ignored)

    def _unreadable(self, unreadable: UnreadableRequest, name: str, ignored: frozenset[str]) -> Iterator[Finding]:
        self.summary.not_calls[UNREADABLE_REQUEST] += 1
        request = unreadable.request.name
        finding = self.inspector.about_input(
            UNREADABLE_CAPTURE,
            Location.of(name, unreadable.span, unreadable.pointer),
            ignored,
            self.summary,
            problem=f"{request}: {unreadable.problem}, so what it sent was not checked",
            properties={"entry": request},
        )
        if finding is not None:
            yield finding

    def _of_units(
        self, document: Document, units: list[Unit], more: Counter[str], name: str, ignored: frozenset[str]
    ) -> Iterator[Entry]:
        ignored = self._ignored_of(document, name, ignored)
        found = self._unread_calls(document, units)
        if found:
            spans = document.locate({each.path for each in found})
            for each in found:
                claimed = self._holds_calls
                span = spans.get(each.path)
                yield UnreadCalls(each.at, each.shown_at, each.pointer, span, each.calls, claimed)
            holding = {each.path for each in found}
            self.summary.not_calls[UNKNOWN_ENVELOPE] += 1
            units = [unit for unit in units if not _holds(unit, holding)]
        calls = [unit for unit in units if isinstance(unit, Call)]
        # Other products' messages about what was deleted look like Segment's: one says nothing about what is around it.
        claiming = any(call.certain and call.message["type"] != DELETE for call in calls)
        if not (claiming or self._holds_calls or all(call.certain for call in calls)):
            yield self._provisional(document, units, more, name, ignored)
            return
        if not calls and not self._claimed:
            units = [unit for unit in units if not isinstance(unit, Batch)]  # anything may be called a batch
        inspection = self.inspector.inspect(document, units, name, ignored, self.summary)
        if claiming or (calls and self._claimed):
            yield from self._first_call()
        entries = self._entries_of(document, inspection, self.summary)
        self.summary.not_calls.update(more)
        yield from entries

    def _provisional(
        self, document: Document, units: Sequence[Unit], more: Counter[str], name: str, ignored: frozenset[str]
    ) -> Provisional:
        """Return what a document counts for whose calls are only calls in an input that holds others."""
        summary, otherwise = Summary(), Summary()
        inspection = self.inspector.inspect(document, units, name, ignored, summary, observed=False)
        records = self._recorder.records_of(document, inspection.calls) if self._recorder else None
        summary.not_calls.update(more)
        otherwise.not_calls.update(more)
        otherwise.not_calls.update(unit.kind for unit in inspection.not_calls)
        otherwise.not_calls[ObjectKind.OTHER.value] += len(inspection.calls)
        return Provisional(tuple(self._entries_of(document, inspection, summary)), summary, records, otherwise)

    def _entries_of(
        self, document: Document, inspection: CheckResult, summary: Summary
    ) -> list[Finding | NotACallEntry]:
        entries: list[Finding | NotACallEntry] = [
            *self._strangers(document, inspection.not_calls, summary),
            *inspection.findings,
        ]
        return sorted(entries, key=_place) if inspection.not_calls else entries

    def _unread_calls(self, document: Document, units: Sequence[Unit]) -> Sequence[FoundCalls]:
        """Return the calls that are inside of values that are not calls, but for those of the messages of a capture."""
        roots = [unit.path for unit in units if isinstance(unit, NotACall) and unit.kind in _MAY_HOLD_CALLS]
        return find_calls(document, roots, self._limits) if roots else ()

    def _strangers(self, document: Document, units: Sequence[NotACall], summary: Summary) -> Iterator[NotACallEntry]:
        # An input that is not known to hold calls has no findings about other values, so their places are not needed.
        wrong = ObjectKind.WRONG_TYPE.value
        reported = units if self._holds_calls else [unit for unit in units if unit.kind == wrong]
        spans = document.locate({unit.path for unit in reported}) if reported else {}
        for unit in units:
            summary.not_calls[unit.kind] += 1
            has_pointer = unit.path in spans and (unit.path or document.origin is not None)
            pointer = pointer_in(document, unit.path) if has_pointer else ""
            yield NotACallEntry(unit.kind, pointer, spans.get(unit.path), unit.meant)

    def _ignored_of(self, document: Document, name: str, ignored: frozenset[str]) -> frozenset[str]:
        """Return the codes that do not count in a document: a table says nothing about what it has no columns for."""
        if not isinstance(document, RowDocument):
            return ignored
        if not self._calls_seen and (remark := missing_columns(document.columns)):
            self.summary.remarks.append((name, remark))
        return ignored | self.inspector.unanswerable(document.columns)

    def _first_call(self) -> Iterator[Marker]:
        if not self._calls_seen:
            self._calls_seen = True
            yield Marker.FIRST_CALL


def _gathered(document: Document, name: str) -> tuple[list[Unit], Counter[str]]:
    """Return what a document holds, as much of it as is cached, and the number of further values by kind."""
    gathered: list[Unit] = []
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
            gathered.append(unit)
    return gathered, more


def _holds_objects(items: list[Any]) -> bool:
    return any(issubclass(each, Mapping) for each in set(map(type, items)))


def _is_empty(value: Any) -> bool:
    """Tell whether a document is a list or a batch body with nothing in it."""
    return value == [] or (isinstance(value, dict) and value.get("batch") == [] and "type" not in value)


def _holds(unit: Unit, paths: Iterable[Path]) -> bool:
    """Tell whether a value that is not a call holds something at one of these paths."""
    return isinstance(unit, NotACall) and any(path[: len(unit.path)] == unit.path for path in paths)


def _line_of(each: _Item) -> int:
    if isinstance(each, Embedded):
        return each.document.start[0]
    if isinstance(each, CheckedLine):
        return each.line
    if isinstance(each, CheckedRow):
        return each.document.start[0]
    return (
        each.span.line if isinstance(each, ParseError) else 1 if isinstance(each, UnsupportedInput) else each.start[0]
    )


def _place(entry: Finding | NotACallEntry) -> tuple[int, int]:
    """Return where an entry begins; what stands nowhere comes first."""
    span = entry.location.span if isinstance(entry, Finding) else entry.span
    return (span.line, span.column) if span else (0, 0)
