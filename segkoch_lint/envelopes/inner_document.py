"""A document that is part of another one: a value in it, or what a string in it holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

from segkoch_lint.documents.document import Boundary, Document, Note, Origin, Scalar
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.scanner import repeated_keys
from segkoch_lint.documents.text_line import TextLine
from segkoch_lint.envelopes.inner_text import EnclosingText, InnerText
from segkoch_lint.findings.position import Path, Span
from segkoch_lint.findings.redaction.known_ids import KnownIds


class InnerDocument:
    """A JSON document inside the text of another one.

    Of the lines of the file it shows no more than its own text: in a capture, cookies and headers are around it.

    Args:
        value: what it holds.
        source: the JSON text that the value was read from; None if it is written in the text around it.
        text: where it is in the text of the file.
        whole: the document of the file.
        around: the document around it.
        origin: where it was found.
    """

    def __init__(
        self,
        value: Any,
        source: bytes | None,
        *,
        text: InnerText,
        whole: JsonDocument,
        around: Document,
        origin: Origin,
    ) -> None:
        self.value = value
        self.origin: Origin | None = origin
        self.inner_text: EnclosingText = text
        self.whole = whole
        self._text = text
        self._source = source
        self._around = around

    @property
    def source(self) -> bytes | str:
        """The JSON text."""
        return self._text.text if self._source is None else self._source

    @cached_property
    def ids(self) -> KnownIds:
        """What is personal data in the value for its keys."""
        return KnownIds(self.value, self._source)

    @cached_property
    def start(self) -> tuple[int, int]:
        """Line and column where it begins in the file."""
        span = self.whole.span(self._text.bounds)
        return span.line, span.column

    @cached_property
    def _document(self) -> JsonDocument:
        """The document by itself, as if its text were a file."""
        return JsonDocument(self.value, self.source)

    @cached_property
    def repeated(self) -> Sequence[Path]:
        """Paths of the members whose key stands more than once in its object."""
        if self._source is not None:
            return self._document.repeated
        return repeated_keys(self._text.text) if self._around.repeated else ()

    def locate(self, paths: Collection[Path]) -> dict[Path, Span]:
        """Return the span of the value at each path; of what was decoded, that of the text it was decoded from."""
        if not self._text.exact:
            span = self.whole.span(self._text.bounds)
            return dict.fromkeys(paths, span)
        return {path: self._span(extent) for path, extent in self._document.extents(paths).items()}

    def _span(self, extent: tuple[int, int]) -> Span:
        return self.whole.span(self._text.outward(extent))

    def keys(self, path: Path) -> Sequence[Span]:
        """Return the spans of every key that stands for *path* in its object."""
        if not self._text.exact:
            return [self.whole.span(self._text.bounds)]
        return [self._span(extent) for extent in self._document.key_extents(path)]

    def written_text(self, path: Path, *, key: bool = False) -> None:
        """Return nothing: a capture is a record of what was sent, which is never edited."""

    def note(self, path: Path) -> None:
        """Return nothing: JSON leaves no doubt about what a value is."""

    def lines(self, first: int, last: int) -> list[TextLine]:
        """Return lines of the file with nothing but this document in them; none of what was decoded."""
        if not self._text.exact:
            return []
        table, text = self.whole.table, self.whole.text
        begin, end = self._text.bounds
        shown: list[TextLine] = []
        for number in range(first, last + 1):
            line = table.extent_of_line(number)
            start, stop = max(line[0], begin), min(line[1], end)
            if start < stop:
                shown.append(TextLine(text, start, stop, start - table.zero_of_line(number)))
        return shown

    def scalars(self, line: int, start: int, end: int) -> Sequence[Scalar | Boundary]:
        """Return the scalar values near a stretch of a line."""
        if not self._text.exact:
            return []
        zero = self.whole.table.zero_of_line(line)
        wanted = self._text.inward(zero + start), self._text.inward(zero + end)
        return [self._outward(scalar, zero) for scalar in self._document.scalar_reader.near(*wanted, 0)]

    def _outward(self, scalar: Scalar | Boundary, zero: int) -> Scalar | Boundary:
        start, end = self._text.outward((scalar.start, scalar.end))
        if self.whole.text[start : start + 1] == "\\" and end - start > scalar.end - scalar.start:
            # The quotes of a string in a string are escaped; between them the value reads as it is.
            start, end = self._text.outward((scalar.start + 1, scalar.end - 1))
        return scalar._replace(start=start - zero, end=end - zero)


class PartDocument:
    """A part of a document that is not JSON text: YAML, or a value that was given to the library.

    Args:
        value: what it holds.
        around: the document around it.
        path: where it is in that document, or the text that it was decoded from.
        origin: where it was found.
        decoded: whether it was decoded from a text: then each place in it is the place of that text.
    """

    def __init__(self, value: Any, around: Document, path: Path, origin: Origin, *, decoded: bool) -> None:
        self.value = value
        self.origin: Origin | None = origin
        self._around = around
        self._path = path
        self._decoded = decoded

    @cached_property
    def ids(self) -> KnownIds:
        """What is personal data in the value for its keys."""
        return KnownIds(self.value)

    @cached_property
    def _span(self) -> Span | None:
        return self._around.locate([self._path]).get(self._path)

    @property
    def start(self) -> tuple[int, int]:
        """Line and column where it begins in its input."""
        return (self._span.line, self._span.column) if self._span else self._around.start

    @property
    def repeated(self) -> Sequence[Path]:
        """Paths of the members whose key stands more than once in its object."""
        length = len(self._path)
        return () if self._decoded else [p[length:] for p in self._around.repeated if p[:length] == self._path]

    def locate(self, paths: Collection[Path]) -> dict[Path, Span]:
        """Return the span of the value at each path."""
        if self._decoded:
            return dict.fromkeys(paths, self._span) if self._span else {}
        length = len(self._path)
        found = self._around.locate([(*self._path, *path) for path in paths])
        return {path[length:]: span for path, span in found.items()}

    def keys(self, path: Path) -> Sequence[Span]:
        """Return the spans of every key that stands for *path* in its object."""
        if self._decoded:
            return [self._span] if self._span else []
        return self._around.keys((*self._path, *path))

    def written_text(self, path: Path, *, key: bool = False) -> None:
        """Return nothing: a capture is a record of what was sent, which is never edited."""

    def note(self, path: Path) -> Note | None:
        """Return what a reader should know of how the value at *path* was read."""
        return None if self._decoded else self._around.note((*self._path, *path))

    def lines(self, first: int, last: int) -> list[TextLine]:
        """Return lines of the input that hold this part; none of what was decoded."""
        if self._decoded or self._span is None:
            return []
        return self._around.lines(max(first, self._span.line), min(last, self._span.end_line))

    def scalars(self, line: int, start: int, end: int) -> Sequence[Scalar | Boundary]:
        """Return the scalar values that touch a stretch of a line."""
        return [] if self._decoded else self._around.scalars(line, start, end)
