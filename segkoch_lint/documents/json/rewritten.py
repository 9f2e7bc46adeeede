"""JSON documents made from another text: JSON with comments, JSON5, JSON in a string of a shell command."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from msgspec.structs import replace

from segkoch_lint.documents.document import Boundary, Origin, ParseError, Scalar
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.json5_strings import JSON5_STRINGS
from segkoch_lint.documents.json.json_strings import JSON_STRINGS
from segkoch_lint.documents.json.parser import parse_good_json, read_value
from segkoch_lint.documents.json.relaxed import OpenCommentError, to_strict_json
from segkoch_lint.documents.json.size_limits import has_more_values, too_many_values
from segkoch_lint.documents.json.syntax_errors import COMMENT, InvalidJsonError, not_utf8
from segkoch_lint.documents.line_table import LineTable, parse_error_at
from segkoch_lint.documents.source_map import SourceMap
from segkoch_lint.documents.text_line import TextLine
from segkoch_lint.documents.written_text import Notation, WrittenText
from segkoch_lint.findings.position import OffsetRange, Path, Span
from segkoch_lint.findings.redaction.known_ids import KnownIds

_OTHER_COMMENT = "invalid JSON: a comment begins with // or /*, not with #"
_OPEN_COMMENT = "invalid JSON: the text ends inside a comment"


class RewrittenDocument:
    """A JSON document that was made from a source, with positions in the source.

    Args:
        made: the document as JSON.
        source: the text that it was made from; only this part of the input is shown.
        places: the offsets in the source of the characters of the JSON.
        line, column: where the source begins in the input.
        notation: how strings are written in the source; None if the source must not be edited.

    Attributes:
        made, source, places: as given.
    """

    origin: Origin | None = None

    def __init__(
        self,
        made: JsonDocument,
        source: str,
        places: SourceMap,
        line: int = 1,
        column: int = 1,
        *,
        notation: Notation | None = None,
    ) -> None:
        self.made = made
        self.source = source
        self.places = places
        self._notation = notation
        self._table = LineTable(source, line, column)
        self.start = (line, column)

    @property
    def value(self) -> Any:
        """The document's value."""
        return self.made.value

    @property
    def ids(self) -> KnownIds:
        """The values that are personal data because of their keys."""
        return self.made.ids

    @property
    def repeated(self) -> Sequence[Path]:
        """Paths of the members whose key is repeated in its object."""
        return self.made.repeated

    def locate(self, paths: Collection[Path]) -> dict[Path, Span]:
        """Return the span of the value at each path; paths that do not exist are left out."""
        return {path: self._span(extent) for path, extent in self.made.extents(paths).items()}

    def keys(self, path: Path) -> Sequence[Span]:
        """Return the spans of all keys of *path* in its object."""
        return [self._span(extent) for extent in self.made.key_extents(path)]

    def written_text(self, path: Path, *, key: bool = False) -> WrittenText | None:
        """Return how the string at *path*, or its key, is written; None if it is repeated, or must not be edited."""
        extents = self.made.key_extents(path) if key else list(self.made.extents([path]).values())
        if len(extents) != 1 or self._notation is None:
            return None
        return WrittenText(self.source, self.places.to_source(extents[0]), self._notation, self._table.span)

    def note(self, path: Path) -> None:
        """Return None: JSON values need no note."""

    def lines(self, first: int, last: int) -> list[TextLine]:
        """Return lines *first* to *last* of the input that are part of the source."""
        return self._table.lines(first, last)

    def scalars(self, line: int, start: int, end: int) -> Sequence[Scalar | Boundary]:
        """Return the scalar values near a range of a line."""
        zero = self._table.zero_of_line(line)
        found = self.made.scalar_reader.near(*self.places.to_made((zero + start, zero + end)), 0)
        return [self._in_source(scalar, zero) for scalar in found]

    def _in_source(self, scalar: Scalar | Boundary, zero: int) -> Scalar | Boundary:
        start, end = self.places.to_source((scalar.start, scalar.end))
        return scalar._replace(start=start - zero, end=end - zero)

    def _span(self, extent: OffsetRange) -> Span:
        return self._table.span(self.places.to_source(extent))


def parse_rewritten(
    text: str,
    source: str,
    places: SourceMap,
    *,
    line: int = 1,
    column: int = 1,
    depth: int,
    notation: Notation | None = None,
) -> RewrittenDocument | ParseError:
    """Parse one JSON document that was made from a source.

    Args:
        text: the JSON.
        source, places, line, column, notation: see `RewrittenDocument`.
        depth: levels of nesting allowed.
    """
    try:
        value = read_value(text, depth)
    except InvalidJsonError as error:
        return parse_error_at(source, error.message, places.to_source(error.extent), line, column, cause=error.cause)
    return RewrittenDocument(JsonDocument(value, text), source, places, line, column, notation=notation)


def parse_relaxed_json(
    text: bytes, *, json5: bool, depth: int, values: int
) -> JsonDocument | RewrittenDocument | ParseError:
    """Parse one document of JSON with comments, or of JSON5, that fills *text*.

    Args:
        text: UTF-8 without a byte order mark.
        json5: whether it is JSON5.
        depth: levels of nesting allowed.
        values: how many values are allowed.
    """
    document = None if has_more_values(text, values) else parse_good_json(text, depth=depth)
    if document is not None:
        return document
    try:
        source = text.decode("utf-8")
    except UnicodeDecodeError as error:
        return not_utf8(text, error.start, 1, 1)
    try:
        made, places = to_strict_json(source, json5=json5)
    except OpenCommentError as error:
        return parse_error_at(source, _OPEN_COMMENT, error.extent, 1, cause="cut-off")
    if has_more_values(made.encode("utf-8"), values):
        return too_many_values(1, values)
    notation = JSON5_STRINGS if json5 else JSON_STRINGS
    parsed = parse_rewritten(made, source, places, depth=depth, notation=notation)
    if isinstance(parsed, ParseError) and parsed.message == COMMENT:
        return replace(parsed, message=_OTHER_COMMENT)
    return parsed
