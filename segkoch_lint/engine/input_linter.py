"""One input to its entries: it is read, its parts are checked, and failures of our own code are contained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from segkoch_lint.calls.facets import facets_of
from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.config.suppressions import Suppressions
from segkoch_lint.documents.document import Document, InternalFailure, ParseError
from segkoch_lint.documents.embedded import Embedded
from segkoch_lint.documents.lines import Block, LineFilter, NumberedLine
from segkoch_lint.documents.reader import UnsupportedInput, read_documents
from segkoch_lint.engine.document_checker import DocumentChecker
from segkoch_lint.engine.entries import Entry, FirstCall
from segkoch_lint.engine.finding_locator import SnippetMaker
from segkoch_lint.engine.input_entries import ErrorSnippetMaker, InputEntries, Item
from segkoch_lint.engine.lines.checked_line import CheckedLine, CheckedRow
from segkoch_lint.engine.lines.selector import LazySelector, LineContext
from segkoch_lint.engine.lines.table_rows import select_rows
from segkoch_lint.envelopes.catalogue import EnvelopeCatalogue
from segkoch_lint.errors import InternalError
from segkoch_lint.findings.fix import COMPRESSED, REMOTE, STANDARD_INPUT
from segkoch_lint.findings.summary import MOST_ERRORS, Group, Summary
from segkoch_lint.identity.recorder import Recorder
from segkoch_lint.identity.records import RecordBatch
from segkoch_lint.inputs.file_types import unsupported_compression
from segkoch_lint.inputs.input import STDIN_PATHS, Input, UnreadableInput
from segkoch_lint.inputs.opener import Stream
from segkoch_lint.inputs.remote import is_remote
from segkoch_lint.rules.ruleset import RuleSet, Verdict

_PROGRESS_EVERY = 500
"""Documents between two calls of ``on_progress``."""

_MOST_RECORDED = 30_000
"""Records that are held before they become an entry; some tens of megabytes."""


class InputLinter:
    """Lints inputs, one after the other; its caches are kept from one to the next.

    Args:
        settings: the configuration of the run.
        snippets: returns the snippet of a finding; None if no report shows snippets.
        error_snippets: returns the snippet of a parse error; None if no report shows snippets.
        threads: how many threads of the native core may read the lines of logs.

    Attributes:
        envelopes: opens the envelopes that calls are wrapped in.
        selection: the rules of the run, and their severities.
        ruleset: the same rules, compiled.
        suppressions: the suppressions of the run.
        checker: checks single documents by them.
        records_users: whether a rule about users or devices is selected.
        summary: the figures so far.
        on_progress: called regularly.

    Raises:
        UsageError: a selector matches no rule, or a rule file is broken.
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
        applied = [rule.code for rule in self.selection.rules if rule.applies_to != "plan"]
        self.suppressions = Suppressions(self.selection, settings, applied)
        self.checker = DocumentChecker(
            self.selection, self.ruleset, settings.groupings, snippets, record, suppressions=self.suppressions
        )
        self.summary = Summary()
        self.on_progress: Callable[[], None] = lambda: None
        self.envelopes = EnvelopeCatalogue(settings.envelopes, settings.at, settings.capture_hosts, settings.limits)
        self._limits = settings.limits
        facets = facets_of(settings.groupings)
        self._selector = LazySelector(
            LineContext(self.ruleset, settings.limits, self._count_clean, facets, self._recorder, threads=threads)
        )
        self._line_filter: LineFilter[CheckedLine | RecordBatch] = LineFilter(self._select, self._ahead, self._announce)
        self._error_snippets = error_snippets
        self._bytes_before = 0
        self._stream: Stream | None = None
        self._begin("", frozenset(), claimed=True)

    def _begin(self, name: str, ignored: frozenset[str], *, claimed: bool) -> None:
        """Begin another input."""
        self._entries = InputEntries(
            name, ignored, claimed, self.checker, self.envelopes, self._limits, self.summary, self._error_snippets
        )
        self._line = 0
        self._failures = 0
        self._has_failed_on_block = False
        if self._recorder is not None:
            self._recorder.begin()

    @property
    def bytes_read(self) -> int:
        """The number of bytes of all inputs read so far, before decompression."""
        return self._bytes_before + (self._stream.consumed if self._stream else 0)

    def lint(self, source: Input, opened: Stream | UnreadableInput) -> Iterator[Entry]:
        """Lint an input that was opened. If it cannot be read, ``summary.unread`` names it."""
        if isinstance(opened, UnreadableInput):
            self.summary.unread.append((opened.path, opened.reason))
        else:
            with opened as stream:
                yield from self.stream(stream, source)

    def stream(self, stream: Stream, source: Input) -> Iterator[Entry]:
        """Lint the stream of an input."""
        if reason := unsupported_compression(stream.peek(8)):
            self.summary.unread.append((source.path, reason))
            return
        documents = read_documents(stream, name=source.path, limits=self._limits, line_filter=self._line_filter)
        self.suppressions.begin(source.path, claimed=source.claimed)
        self._begin(source.path, self.selection.ignored_in(source.path), claimed=source.claimed)
        self.checker.locator.obstacle = _obstacle(stream, source)
        self._stream = stream
        self.summary.inputs += 1
        yield from self._lint(select_rows(documents, self._select))
        self.summary.bytes += stream.inflated
        self._bytes_before += stream.consumed
        self._stream = None
        yield from self._recorded()

    def value(self, document: Document) -> Iterator[Entry]:
        """Lint a parsed document, which is expected to hold calls."""
        self._begin("", frozenset(), claimed=True)
        yield from self._entries.of_document(document)
        if not self._entries.calls_seen:
            yield FirstCall()  # so that whatever was given is reported if it is not a call
        yield from self._recorded()

    def _lint(self, items: Iterable[Item | InternalFailure | RecordBatch]) -> Iterator[Entry]:
        for number, each in enumerate(self._readable(items)):
            if number % _PROGRESS_EVERY == 0:
                self.on_progress()
            if isinstance(each, RecordBatch):
                yield each
                continue
            yield from self._checked(each)
            # The records of a checked line are counted when its block is selected from.
            if not isinstance(each, CheckedLine) and self._is_full():
                yield from self._recorded()
        self._entries.count_lines()

    def _readable(
        self, items: Iterable[Item | InternalFailure | RecordBatch]
    ) -> Iterator[Item | InternalFailure | RecordBatch]:
        """Yield the items that can be read, and note why the rest of the input cannot be read."""
        try:
            yield from items
        except OSError as error:
            self.summary.unread.append((self._entries.name, error.strerror or str(error)))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other inputs can be read
            self._fail(error, self._line or None, "nothing after this place was checked")

    def _checked(self, item: Item | InternalFailure) -> Sequence[Entry]:
        """Return the entries of an item. If our own code fails on it, only the failure is noted."""
        if isinstance(item, InternalFailure):
            self._fail(item.error, item.line, "this document was not checked")
            return ()
        self._line = _line_of(item)
        try:
            return self._entries.of(item)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the documents after this one can be checked
            self._fail(error, self._line, "this document was not checked")
            return ()

    def _fail(self, error: Exception, line: int | None, consequence: str) -> None:
        self._failures += 1
        # One cause may fail every line of a log, and it takes a while to format a traceback.
        reported = self._failures <= MOST_ERRORS
        self.summary.fail(InternalError.of(error, self._entries.name, line, consequence) if reported else None)

    def _recorded(self) -> Iterator[RecordBatch]:
        """Yield what was recorded. Equal records in one batch are counted together, so batches should be large."""
        if self._recorder is not None and (batch := self._recorder.take()):
            yield batch

    def _is_full(self) -> bool:
        return self._recorder is not None and self._recorder.held >= _MOST_RECORDED

    def _ahead(self) -> int:
        # The first call decides what is reported at its place, so no work is done ahead before it is found.
        return self._selector.ahead if self._entries.calls_seen else 0

    def _announce(self, block: Block) -> None:
        if self._entries.calls_seen:
            self._selector.announce(block)

    def _select(self, block: Block) -> Iterator[NumberedLine | ParseError | CheckedLine | RecordBatch]:
        self.on_progress()
        selected: Iterable[NumberedLine | ParseError | CheckedLine]
        try:
            selected = self._selector.select(block, leave_first=not self._entries.calls_seen)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the lines can be read one by one
            if not self._has_failed_on_block:
                self._has_failed_on_block = True
                remark = f"segkoch-lint failed on many lines at once ({type(error).__name__}), and read them one by one"
                self.summary.remarks.append((self._entries.name, remark))
            selected = block.lines(self._limits)
        yield from selected
        self._entries.count_lines()
        if self._is_full():
            yield from self._recorded()

    def _count_clean(self, verdict: Verdict, library: str, group: Group, calls: int) -> None:
        self.checker.count_calls(self.summary, verdict, library, group, calls)


def _obstacle(stream: Stream, source: Input) -> str:
    """Return why an input is never rewritten; empty if it may be."""
    if is_remote(source.path):
        return REMOTE
    if source.stdin or source.path in STDIN_PATHS or not stream.is_file:
        return STANDARD_INPUT
    return COMPRESSED if stream.compression else ""


def _line_of(item: Item) -> int:
    """Return the number of the line that an item begins in."""
    match item:
        case CheckedLine():
            return item.line
        case Embedded() | CheckedRow():
            return item.document.start[0]
        case ParseError():
            return item.span.line
        case UnsupportedInput():
            return 1
        case _:
            return item.start[0]
