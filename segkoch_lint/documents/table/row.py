"""A row of an exported table as a document: its call, and the cells of the values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from segkoch_lint.documents.document import Boundary, Note, Origin, Scalar
from segkoch_lint.documents.text_line import TextLine
from segkoch_lint.documents.written_text import WrittenText
from segkoch_lint.findings.position import Path, Span, value_at
from segkoch_lint.findings.redaction.known_ids import KnownIds
from segkoch_lint.findings.redaction.masking import mask_shapes
from segkoch_lint.findings.redaction.sensitive_keys import is_sensitive_key

if TYPE_CHECKING:
    from segkoch_lint.documents.table.columns import Columns

_LONGEST_NAME = 60
_LONGEST_LINE = 1 << 62
"""The end of a line on which a cell does not end."""


class Places(Protocol):
    """The places of a row, of its cells and of the header."""

    @property
    def start(self) -> tuple[int, int]:
        """Line and column of the start of the row."""

    def row(self) -> Span:
        """Return the span of the row."""

    def cell(self, index: int) -> Span:
        """Return the span of a cell."""

    def written_text(self, index: int) -> WrittenText | None:
        """Return how a cell is written; None if it must not be edited."""

    def header(self, index: int) -> Span:
        """Return the span of the name of a column."""

    def lines(self, first: int, last: int, *, header: bool) -> list[TextLine]:
        """Return lines *first* to *last* of the input that are part of the row or, if wanted, of the header."""

    def describe(self, column: str, *, cell: bool) -> str:
        """Return how to find a place: *column* is its name, or empty for the whole row."""


class RowDocument:
    """One row.

    Args:
        columns: of the table.
        cells: one for each column; None for nulls.
        places: of the row.
        first: whether it is the table's first row, which carries the header's findings.

    Attributes:
        value: the call of the row, in Segment's shape.
        columns: as given.
    """

    origin: Origin | None = None

    def __init__(self, columns: Columns, cells: Sequence[Any], places: Places, *, first: bool = False) -> None:
        self.value: Any = columns.call(cells)
        self.columns = columns
        self._cells = cells
        self._places = places
        self._for_header = first and bool(columns.repeated)

    @cached_property
    def ids(self) -> KnownIds:
        """The values that are personal data because of their keys."""
        return KnownIds(self.value)

    @property
    def start(self) -> tuple[int, int]:
        """Line and column of the start of the row."""
        return self._places.start

    @property
    def repeated(self) -> Sequence[Path]:
        """Paths for which several columns have the same name: an error of the header, reported once."""
        return self.columns.repeated if self._for_header else ()

    def locate(self, paths: Collection[Path]) -> dict[Path, Span]:
        """Return the span of the cell of each value, or of the row if no single cell holds the value."""
        indices = {path: self.columns.index_of(path, self._cells) for path in paths}
        return {
            path: self._places.row() if index is None else self._places.cell(index) for path, index in indices.items()
        }

    def keys(self, path: Path) -> Sequence[Span]:
        """Return the spans of the names of the columns of *path*."""
        return [self._places.header(index) for index in self.columns.indices(path)]

    def written_text(self, path: Path, *, key: bool = False) -> WrittenText | None:
        """Return how the cell that is the string at *path* is written.

        None for a key, since a column is named for all rows, and if the string is only part of a cell.
        """
        index = None if key else self.columns.index_of(path, self._cells)
        if index is None or self._cells[index] != value_at(self.value, path):
            return None
        return self._places.written_text(index)

    def note(self, path: Path) -> Note | None:
        """Return a note that names the column of the value at *path*."""
        index = self.columns.index_of(path, self._cells)
        name = "" if index is None else mask_shapes(self.columns.names[index])[:_LONGEST_NAME]
        remark = self._places.describe(name, cell=index is not None)
        return Note(remark) if remark else None

    def lines(self, first: int, last: int) -> list[TextLine]:
        """Return lines *first* to *last* of the input that are part of the row or the header."""
        return self._places.lines(first, last, header=self._for_header)

    def scalars(self, line: int, start: int, end: int) -> Sequence[Scalar | Boundary]:  # noqa: ARG002
        """Return the cells on a line; on the header's line, the names."""
        named = [(self._places.cell(index), self._names(index, str(cell))) for index, cell in self._filled()]
        if self._for_header:
            names = enumerate(self.columns.names)
            named = [*((self._places.header(index), (None, name, None)) for index, name in names), *named]
        return [
            Scalar(
                key,
                span.column - 1 if span.line == line else 0,
                span.end_column - 1 if span.end_line == line else _LONGEST_LINE,
                text,
                parent,
            )
            for span, (key, text, parent) in named
            if span.line <= line <= span.end_line
        ]

    def _filled(self) -> Iterator[tuple[int, Any]]:
        return ((index, cell) for index, cell in enumerate(self._cells) if cell is not None)

    def _names(self, index: int, text: str) -> tuple[str | None, str, str | None]:
        """Return what decides whether a cell is masked: its key, its text, and the parent key."""
        name, path = self.columns.names[index], self.columns.path(index)
        around = str(path[-2]) if len(path) > 1 else None
        if text.lstrip()[:1] in {"{", "["}:  # an object or array can hold any id
            return "id", text, around
        return name if is_sensitive_key(name) or not path else str(path[-1]), text, around
