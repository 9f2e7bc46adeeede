"""A unified diff of a file and its fixed text, with ids masked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby, islice, takewhile
from typing import NamedTuple

from segkoch_lint.config.settings import Settings
from segkoch_lint.documents.document import Document, InternalFailure, ParseError
from segkoch_lint.documents.embedded import Embedded
from segkoch_lint.documents.reader import UnsupportedInput, read_documents
from segkoch_lint.envelopes.catalogue import EnvelopeCatalogue
from segkoch_lint.findings.redaction.masking import mask_spans
from segkoch_lint.fixing.fixer import FixedFile
from segkoch_lint.inputs.opener import open_bytes
from segkoch_lint.reporting.escaping import visible
from segkoch_lint.reporting.guessed_secrets import guessed_secrets
from segkoch_lint.reporting.snippets import masked_line

_AROUND = 3
"""Unchanged lines that are shown before and after a change."""

_HIDDEN = "…"

_NO_NEWLINE = "\\ No newline at end of file"


class _Change(NamedTuple):
    """Lines of one text that are replaced by lines of another; from 0, the ends exclusive."""

    start: int
    end: int
    new_start: int
    new_end: int


class _Hunk(NamedTuple):
    """Changes that are shown together, with the lines around them.

    Attributes:
        start, end: the lines of the text before the changes.
        changes: in order.
    """

    start: int
    end: int
    changes: Sequence[_Change]

    @property
    def header(self) -> str:
        """The line that says where the hunk is."""
        first = self.changes[0]
        new_start = first.new_start - (first.start - self.start)
        length = self.end - self.start
        more = sum((each.new_end - each.new_start) - (each.end - each.start) for each in self.changes)
        return f"@@ -{_range(self.start, length)} +{_range(new_start, length + more)} @@"


class DiffWriter:
    """Writes diffs.

    Args:
        settings: the configuration of the run.
        show_ids: whether ids are shown instead of masked; only then a diff can be applied.
    """

    def __init__(self, settings: Settings, *, show_ids: bool = False) -> None:
        self._limits = settings.limits
        self._envelopes = EnvelopeCatalogue(settings.envelopes, settings.at, settings.capture_hosts, settings.limits)
        self._show_ids = show_ids

    def lines(self, file: FixedFile) -> Iterator[str]:
        """Yield the lines of the diff of a file."""
        before, after = _split(file.before.text), _split(file.after.text)
        hunks = list(_hunks(_changes(before, after), len(before)))
        old = {number for hunk in hunks for number in range(hunk.start, hunk.end)}
        new = {n for hunk in hunks for each in hunk.changes for n in range(each.new_start, each.new_end)}
        shown_before = self._shown(file.before.text, file.path, before, sorted(old))
        shown_after = self._shown(file.after.text, file.path, after, sorted(new))
        if self._show_ids and file.before.mark and file.before.encoding == "utf-8":
            for shown in (shown_before, shown_after):
                shown.update({0: f"\ufeff{shown[0]}"} if 0 in shown else {})
        yield f"--- {visible(file.path)}"
        yield f"+++ {visible(file.path)}"

        def line(mark: str, number: int, lines: Sequence[bytes], shown: Mapping[int, str]) -> Iterator[str]:
            yield mark + shown[number]
            if not lines[number].endswith(b"\n"):
                yield _NO_NEWLINE

        for hunk in hunks:
            yield hunk.header
            at = hunk.start
            for each in hunk.changes:
                for number in range(at, each.start):
                    yield from line(" ", number, before, shown_before)
                for number in range(each.start, each.end):
                    yield from line("-", number, before, shown_before)
                for number in range(each.new_start, each.new_end):
                    yield from line("+", number, after, shown_after)
                at = each.end
            for number in range(at, hunk.end):
                yield from line(" ", number, before, shown_before)

    def _shown(self, text: bytes, path: str, lines: Sequence[bytes], numbers: Sequence[int]) -> dict[int, str]:
        """Return the lines with some numbers as they are shown."""
        decoded = {number: lines[number].decode("utf-8", "replace").removesuffix("\n") for number in numbers}
        if self._show_ids:
            return {number: _applicable(line) for number, line in decoded.items()}
        masked = self._masked(text, path, numbers)
        return {number: visible(masked.get(number) or _guessed(line)) for number, line in decoded.items()}

    def _masked(self, text: bytes, path: str, numbers: Sequence[int]) -> dict[int, str]:
        """Return those lines that are in documents, with ids masked."""
        found: dict[int, str] = {}
        next_one = 0
        with open_bytes(text, path) as stream:
            for each in read_documents(stream, name=path, limits=self._limits):
                if isinstance(each, ParseError | InternalFailure | UnsupportedInput):
                    continue
                document = each.document if isinstance(each, Embedded) else each
                next_one = bisect_left(numbers, document.start[0] - 1, next_one)
                if next_one == len(numbers):
                    break
                self._mask_document(document, path, islice(numbers, next_one, None), found)
        return found

    def _mask_document(self, document: Document, path: str, numbers: Iterable[int], found: dict[int, str]) -> None:
        """Add the lines of a document; those of several documents or of an envelope are hidden."""
        in_it = list(takewhile(lambda number: document.lines(number + 1, number + 1), numbers))
        if in_it:
            is_envelope = self._envelopes.open(document, path, may_be_known=True) is not None
            for number in in_it:
                found[number] = _HIDDEN if number in found or is_envelope else masked_line(document, number + 1)


def _split(text: bytes) -> list[bytes]:
    """Return the lines of a text with their ends; only LF and CRLF end a line."""
    lines = text.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + lines[-1:] * bool(lines[-1])


def _changes(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[_Change]:
    """Yield the changes from one text to another."""
    if len(before) == len(after):  # as nearly always: comparing takes linear time
        changed = [number for number, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        for _, run in groupby(enumerate(changed), lambda each: each[1] - each[0]):
            numbers = [number for _, number in run]
            yield _Change(numbers[0], numbers[-1] + 1, numbers[0], numbers[-1] + 1)
        return
    for kind, *place in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield _Change(*place)


def _hunks(changes: Iterator[_Change], length: int) -> Iterator[_Hunk]:
    """Yield the changes in groups; *length* is the number of lines before the changes."""
    group: list[_Change] = []
    for change in changes:
        if group and change.start - group[-1].end > 2 * _AROUND:
            yield _hunk(group, length)
            group = []
        group.append(change)
    if group:
        yield _hunk(group, length)


def _hunk(changes: Sequence[_Change], length: int) -> _Hunk:
    return _Hunk(max(0, changes[0].start - _AROUND), min(length, changes[-1].end + _AROUND), changes)


def _range(start: int, length: int) -> str:
    """Return a range of lines as in the header of a hunk."""
    first = start + 1 if length else start
    return f"{first}" if length == 1 else f"{first},{length}"


def _guessed(line: str) -> str:
    """Return a line that is in no document, with what may be an id masked."""
    line = line.removesuffix("\r")
    return mask_spans(line, guessed_secrets(line))


def _applicable(line: str) -> str:
    """Return a line with control characters escaped, but for tabs and the CR of a line end."""
    end = "\r" * line.endswith("\r")
    return "\t".join(map(visible, line.removesuffix(end).split("\t"))) + end
