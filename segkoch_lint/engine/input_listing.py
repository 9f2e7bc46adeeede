"""The list of the inputs that a run would read, and as what, without checking them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from enum import Enum
from functools import partial
from itertools import islice

import msgspec

from segkoch_lint.calls.call import Call
from segkoch_lint.calls.signs import ObjectKind
from segkoch_lint.config.settings import Settings
from segkoch_lint.documents.detection import TextFormat, detect_format, may_hold_calls
from segkoch_lint.documents.document import Document, InternalFailure, ParseError
from segkoch_lint.documents.embedded import Embedded
from segkoch_lint.documents.reader import UnsupportedInput, read_documents
from segkoch_lint.engine.entries import NEITHER
from segkoch_lint.engine.input_entries import EMPTY, MAY_HOLD_CALLS
from segkoch_lint.envelopes.catalogue import EnvelopeCatalogue
from segkoch_lint.envelopes.contents import UnreadableRequest
from segkoch_lint.envelopes.search import find_calls
from segkoch_lint.envelopes.unwrap import Batch, DestinationSettings, NotACall, Unit, units_of
from segkoch_lint.inputs.ahead_opener import open_ahead
from segkoch_lint.inputs.discovery import discover
from segkoch_lint.inputs.file_types import unsupported_compression
from segkoch_lint.inputs.input import Input, SkippedPath, UnreadableInput
from segkoch_lint.inputs.opener import Stream, open_input

CALLS = "calls"
"""What calls are called in a list."""

_SAMPLED_DOCUMENTS = 100
"""How many documents of an input, for example lines of a log, are looked at."""

_SAMPLED_UNITS = 1000
"""How many values of one document are looked at."""

_FORMATS = {
    TextFormat.EMPTY: "",
    TextFormat.LINES: "JSON Lines",
    TextFormat.DOCUMENTS: "JSON",
    TextFormat.JSONC: "JSON with comments",
    TextFormat.JSON5: "JSON5",
    TextFormat.YAML: "YAML",
    TextFormat.COMMANDS: "shell commands",
    TextFormat.TEXT: "text",
    TextFormat.CSV: "CSV",
    TextFormat.PARQUET: "Parquet",
    TextFormat.FOREIGN: "",
}


class Status(Enum):
    """What a run would do with a path."""

    READ = "read"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"


class ListedInput(msgspec.Struct, frozen=True):
    """What a run would do with a path.

    Attributes:
        path: as reports show it; that of a folder ends with a slash.
        status: whether it would be read.
        reason: why it would not be read, or cannot be; empty if it would.
        expected: whether it is expected to hold calls, so that anything else in it is a finding.
        format: the name of its format; empty if the format is not known.
        compression: the name of its compression; empty if there is none.
        contents: what is in it, in words and each once: ``calls``, an envelope, something else.
        calls: whether a call is in it; None if its first documents hold none, and there are more.
    """

    path: str
    status: Status
    reason: str = ""
    expected: bool = False
    format: str = ""
    compression: str = ""
    contents: Sequence[str] = ()
    calls: bool | None = False


def list_inputs(
    paths: Sequence[str], settings: Settings, *, allow_empty: bool = False, stdin_filename: str | None = None
) -> Iterator[ListedInput]:
    """Yield what a run would do with each file that *paths* lead to, in the order of the run.

    Formats and envelopes are detected from the first 100 documents of each input; a JSON document is read as a whole.

    Args:
        paths: files, folders, globs, URLs and ``-``; a glob that matches nothing is skipped.
        settings: of the run.
        allow_empty: whether named files may hold no call.
        stdin_filename: the path to show for standard input.

    Raises:
        UsageError: a pattern is invalid, or an envelope file is wrong.
    """
    skipped: list[SkippedPath] = []
    found = discover(
        paths,
        exclude=settings.exclude,
        events=settings.events,
        allow_empty=allow_empty,
        root=settings.root,
        stdin_filename=stdin_filename,
        may_hold_calls=may_hold_calls,
        on_skipped=skipped.append,
    )
    envelopes = EnvelopeCatalogue(settings.envelopes, settings.at, settings.capture_hosts, settings.limits)
    open_one = partial(open_input, wait=settings.wait)
    with closing(open_ahead(found, open_one)) as inputs:
        for each, opened in inputs:
            yield from _taken(skipped)
            if isinstance(each, UnreadableInput):
                yield ListedInput(each.path, Status.UNREADABLE, each.reason)
            else:
                yield _listed(each, opened or open_one(each), settings, envelopes)
    yield from _taken(skipped)
    for pattern in found.unmatched:
        yield ListedInput(pattern, Status.SKIPPED, "no file matches this pattern")


def _taken(skipped: list[SkippedPath]) -> Iterator[ListedInput]:
    yield from (ListedInput(each.path, Status.SKIPPED, each.reason.value) for each in skipped)
    skipped.clear()


def _listed(
    source: Input, opened: Stream | UnreadableInput, settings: Settings, envelopes: EnvelopeCatalogue
) -> ListedInput:
    if isinstance(opened, UnreadableInput):
        return ListedInput(opened.path, Status.UNREADABLE, opened.reason)
    with opened as stream:
        try:
            if reason := unsupported_compression(stream.peek(8)):
                return ListedInput(source.path, Status.UNREADABLE, reason)
            return _described(stream, source, settings, envelopes)
        except OSError as error:
            return ListedInput(source.path, Status.UNREADABLE, error.strerror or str(error))


def _described(stream: Stream, source: Input, settings: Settings, envelopes: EnvelopeCatalogue) -> ListedInput:
    if settings.baseline is not None and settings.baseline.is_at(source.path):
        return ListedInput(source.path, Status.SKIPPED, "the baseline of the run")
    limits = settings.limits
    text_format = detect_format(stream, name=source.path, limits=limits)
    documents = read_documents(stream, name=source.path, limits=limits)
    sample = _Sample(source, settings, envelopes)
    number = sum(map(sample.add, islice(documents, _SAMPLED_DOCUMENTS)))
    calls = sample.has_calls or (None if number == _SAMPLED_DOCUMENTS and next(documents, None) is not None else False)
    return ListedInput(
        source.path,
        Status.READ,
        expected=source.claimed,
        format=_FORMATS[text_format],
        compression=stream.compression,
        contents=tuple(sample.contents),
        calls=calls,
    )


class _Sample:
    """What is in the first documents of an input.

    Attributes:
        contents: what is in them, in words, each once.
        has_calls: whether there is a call among them.
    """

    def __init__(self, source: Input, settings: Settings, envelopes: EnvelopeCatalogue) -> None:
        self.contents: dict[str, None] = {}
        self.has_calls = False
        self._name = source.path
        self._claimed = source.claimed
        self._limits = settings.limits
        self._envelopes = envelopes

    def add(self, item: Document | Embedded | ParseError | InternalFailure | UnsupportedInput) -> int:
        """Add an item that was read, and return 1."""
        if isinstance(item, UnsupportedInput):
            if not self.has_calls:
                self._note(item.kind or NEITHER)
        elif isinstance(item, ParseError):
            self._note_error(item)
        elif isinstance(item, InternalFailure):
            raise item.error
        else:
            self._add_document(item.document if isinstance(item, Embedded) else item)
        return 1

    def _add_document(self, document: Document) -> None:
        if document.value in ([], {"batch": []}):
            self._note(EMPTY)
            return
        opened = self._envelopes.open(document, self._name, may_be_known=True)
        if opened is None:
            self._add_units(document)
            return
        self._note(opened.noun)
        for each in opened.contents:
            if isinstance(each, ParseError):
                self._note_error(each)
            elif isinstance(each, UnreadableRequest):
                self._note("a request to Segment without a readable body")
            else:
                self._add_units(each)

    def _add_units(self, document: Document) -> None:
        units = list(islice(units_of(document, self._name), _SAMPLED_UNITS))
        for words in dict.fromkeys(map(self._words, units)):
            self._note(words)
        roots = [unit.path for unit in units if isinstance(unit, NotACall) and unit.kind in MAY_HOLD_CALLS]
        if roots and find_calls(document, roots, self._limits):
            self._note("calls in an unknown envelope")

    def _words(self, unit: Unit) -> str:
        match unit:
            case Call():
                if not (unit.certain or self._claimed or self.has_calls):
                    return ObjectKind.OTHER.value
                self.has_calls = True
                return CALLS
            case Batch():
                return "batch"
            case DestinationSettings():
                return "settings of a Kochava destination"
            case NotACall():
                return unit.kind

    def _note_error(self, error: ParseError) -> None:
        self._note("text beyond a limit" if error.cause == "too-large" else "broken text")

    def _note(self, words: str) -> None:
        self.contents.setdefault(words)


def totals(listed: Iterable[ListedInput]) -> dict[str, int]:
    """Return how many inputs would be read, how many of these hold calls, and how many are skipped or unreadable."""
    every = list(listed)
    figures = {status.value: sum(each.status is status for each in every) for status in Status}
    return {**figures, "with_calls": sum(each.calls is True for each in every)}
