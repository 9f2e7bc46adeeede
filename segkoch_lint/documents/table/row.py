"""A row of an exported table as a document: the call that it is, and the cells that its values stand in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from segkoch_lint.documents.document import Boundary, Note, Origin, Scalar
from segkoch_lint.findings.position import Path, Span
from segkoch_lint.findings.redaction.known_ids import KnownIds
from segkoch_lint.findings.redaction.masking import mask_shapes
from segkoch_lint.findings.redaction.sensitive_keys import is_sensitive_key

if TYPE_CHECKING:
    from segkoch_lint.documents.table.columns import Columns

_LONGEST_NAME = 60
_LONGEST_LINE = 1 << 62
"""Stands for the end of a line on which a cell does not end."""


class Places(Protocol):
    """Where a row, its cells and the header stand."""

    @property
    def start(self) -> tuple[int, int]:
        """Line and column where the row begins."""

    def row(self) -> Span:
        """Return the span of the row."""

    def cell(self, index: int) -> Span:
        """Return the span of a cell."""

    def header(self, index: int) -> Span:
        """Return the span of the name of a column."""

    def lines(self, first: int, last: int, *, header: bool) -> list[str]:
        """Return lines *first* to *last* of the input, as far as they are the row's or (if wanted) the header's."""

    def describe(self, column: str, *, cell: bool) -> str:
        """Return what a reader should know to find a place: *column* is its name, or nothing for the whole row."""


class RowDocument:
    """One row.

    Args:
        columns: of the table.
        cells: one for each column; None for nulls.
        places: where it stands.
        first: whether it is the table's first row, which speaks for the header, if there is something to say.

    Attributes:
        value: the row as a call in Segment's shape.
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
        """What is personal data in the value for its keys."""
        return KnownIds(self.value)

    @property
    def start(self) -> tuple[int, int]:
        """Line and column where the row begins."""
        return self._places.start

    @property
    def repeated(self) -> Sequence[Path]:
        """Paths that several columns of the same name stand for: a fault of the header, told once."""
        return self.columns.repeated if self._for_header else ()

    def locate(self, paths: Collection[Path]) -> dict[Path, Span]:
        """Return the span of the cell that each value stands in; of what no single cell holds, that of the row."""
        indices = {path: self.columns.index_of(path, self._cells) for path in paths}
        return {
            path: self._places.row() if index is None else self._places.cell(index) for path, index in indices.items()
        }

    def keys(self, path: Path) -> Sequence[Span]:
        """Return the spans of the columns' names that stand for *path*."""
        return [self._places.header(index) for index in self.columns.indices(path)]

    def note(self, path: Path) -> Note | None:
        """Return which column the value at *path* stands in."""
        index = self.columns.index_of(path, self._cells)
        name = "" if index is None else mask_shapes(self.columns.names[index])[:_LONGEST_NAME]
        remark = self._places.describe(name, cell=index is not None)
        return Note(remark) if remark else None

    def lines(self, first: int, last: int) -> list[str]:
        """Return lines *first* to *last* of the input, as far as they are the row's (or the header's)."""
        return self._places.lines(first, last, header=self._for_header)

    def scalars(self, line: int, start: int, end: int) -> Sequence[Scalar | Boundary]:  # noqa: ARG002
        """Return the cells that stand on a line; of the header, the names in it."""
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
        """Return what decides whether a cell has to be masked: its key, its text, and the key around."""
        name, path = self.columns.names[index], self.columns.path(index)
        around = str(path[-2]) if len(path) > 1 else None
        if text.lstrip()[:1] in {"{", "["}:  # an object or a list can hold any id
            return "id", text, around
        return name if is_sensitive_key(name) or not path else str(path[-1]), text, around
