"""Makes the documents that are inside of other documents, and finds places in these."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from segkoch_lint.calls.signs import shows_signs
from segkoch_lint.documents.document import Document, Origin, ParseError, pointer_in
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.line_table import LineTable
from segkoch_lint.envelopes.decoding import Decoded, Undecoded
from segkoch_lint.envelopes.inner_document import InnerDocument, PartDocument
from segkoch_lint.envelopes.inner_text import (
    DecodedText,
    EnclosingText,
    InnerText,
    PartText,
    SliceText,
    StringText,
    WholeText,
)
from segkoch_lint.findings.position import Path, Span


class InnerDocumentMaker:
    """Makes the documents inside of one document.

    Places are looked for when all values are known whose places are needed: each search goes through the whole text.
    """

    def __init__(self) -> None:
        self._wholes: dict[int, WholeText] = {}

    def make(
        self,
        document: Document,
        path: Path,
        decoded: Decoded,
        *,
        name: str = "",
        call_type: str = "",
        to_segment: bool = False,
    ) -> InnerDocument | PartDocument:
        """Return the document that a value holds.

        Args:
            document: that the value is in.
            path: of the value.
            decoded: what it holds.
            name: of the message or request; empty if it has none.
            call_type, to_segment: see `segkoch_lint.documents.document.Origin`.
        """
        around = document.origin or Origin()
        base = (*around.base, *path)
        is_text = decoded.source is not None
        origin = Origin(
            decoded=(*around.decoded, base) if is_text else around.decoded,
            base=decoded.field if is_text else base,
            entry=", ".join(filter(None, (around.entry, name))),
            call_type=call_type,
            to_segment=to_segment or around.to_segment,
        )
        enclosing = self._text_of(document)
        if enclosing is None:
            return PartDocument(decoded.value, document, path, origin, decoded=is_text)
        text, whole = enclosing
        inner = _inner_text(text, path, decoded)
        return InnerDocument(decoded.value, decoded.source, text=inner, whole=whole, around=document, origin=origin)

    def place(self, document: Document, path: Path) -> Callable[[], Span | None]:
        """Return what returns the span of a value, to be called when all documents are made."""
        enclosing = self._text_of(document)
        if enclosing is None:
            return lambda: document.locate([path]).get(path)
        text, whole = PartText(enclosing[0], path), enclosing[1]
        return lambda: whole.span(text.bounds)

    def error(self, document: Document, path: Path, failed: Undecoded) -> Callable[[], ParseError] | None:
        """Return what returns the error of a damaged value, to be called when all documents are made.

        A text that is not JSON counts as damaged if it shows a sign of a call. None if the value is not damaged, but
        something else than expected.
        """
        shows_call = failed.text is not None and shows_signs(failed.text.encode("utf-8", "replace"))
        if not failed.fits or (failed.text is not None and not shows_call):
            return None
        place = self.place(document, path)
        enclosing = self._text_of(document)
        if enclosing is not None and failed.text is not None and failed.span is not None:
            text = StringText(enclosing[0], path, failed.text)
            place = partial(_span_in, text, failed.span, enclosing[1])
        message = f"{failed.problem} (in the value at {pointer_in(document, path)})"

        def make() -> ParseError:
            span = place() or Span(*document.start, *document.start)
            return ParseError(message, span, span.line, shows_signs=shows_call)

        return make

    def _text_of(self, document: Document) -> tuple[EnclosingText, JsonDocument] | None:
        if isinstance(document, InnerDocument):
            return document.inner_text, document.whole
        if isinstance(document, JsonDocument):
            return self._wholes.setdefault(id(document), WholeText(document)), document
        return None


def _span_in(text: StringText, span: Span, whole: JsonDocument) -> Span:
    """Return the span in the file of a span of a text."""
    table = LineTable(text.text)
    ends = ((span.line, span.column), (span.end_line, span.end_column))
    start, end = (table.extent_of_line(line)[0] + column - 1 for line, column in ends)
    return whole.span(text.outward((start, max(start, end))))


def _inner_text(around: EnclosingText, path: Path, decoded: Decoded) -> InnerText:
    """Return where the JSON text of a value that was decoded is."""
    if decoded.source is None:
        return PartText(around, path)
    text = decoded.source.decode()
    if not decoded.exact:
        return DecodedText(around, path, text)
    if not decoded.before:
        return StringText(around, path, text)
    return SliceText(StringText(around, path, decoded.before + text), len(decoded.before), text)
