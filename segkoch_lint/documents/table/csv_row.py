"""A row of CSV as it is written: the extents of its cells, and what is wrong with a broken one."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import msgspec

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.line_table import LineTable
from segkoch_lint.documents.lines import size_text
from segkoch_lint.documents.text_line import TextLine
from segkoch_lint.documents.written_text import WrittenText
from segkoch_lint.findings.position import OffsetRange, Span

_QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*"(?!")')
_NO_TEXT = re.compile("[\0\udc80-\udcff]")


class RawRow(NamedTuple):
    """A row as it is written.

    Attributes:
        cells: their values; empty if the row cannot be split.
        lines: its lines with their ends.
        number: of the first line.
        delimiter: of the cells.
        suspicious: whether it may hold NUL, or characters in place of bytes that are not UTF-8.
        too_long: the limit at which it was broken off; 0 if it was not.
    """

    cells: Sequence[str]
    lines: Sequence[str]
    number: int
    delimiter: str
    suspicious: bool = False
    too_long: int = 0

    @property
    def text(self) -> str:
        """The row's text, without the end of its last line."""
        return "".join(self.lines).removesuffix("\n").removesuffix("\r")

    @property
    def is_broken(self) -> bool:
        """Whether it has characters that text never has."""
        return self.suspicious and any(map(_NO_TEXT.search, self.lines))


def row_error(row: RawRow, width: int) -> ParseError:
    """Return the error of a broken row. Its text is not shown, because ids in it cannot be recognised."""
    text = row.text
    table = LineTable(text, row.number)
    cells, broken = cells_of(text, row.delimiter)
    if not row.cells:
        return ParseError(_why(row, text[broken : broken + 1]), table.span((broken, broken + 1)), row.number)
    if row.suspicious and (bad := _NO_TEXT.search(text)):
        message = "a NUL character" if bad[0] == "\0" else "not valid UTF-8"
        return ParseError(message, table.span(bad.span()), row.number)
    blamed = (cells[width][0] if len(cells) > width else 0, len(text))
    cells_there = "1 cell" if len(row.cells) == 1 else f"{len(row.cells):,} cells"
    message = f"the row has {cells_there}, and the header {width:,}"
    return ParseError(message, table.span(blamed), row.number)


def _why(row: RawRow, broken: str) -> str:
    """Return why a row cannot be split; *broken* is the offset at which it is broken."""
    if row.too_long:
        return (
            f"a row longer than {size_text(row.too_long)} (limits.line-bytes); is the closing quote of a cell missing?"
        )
    if broken == '"':
        return "a quoted cell whose closing quote is missing"
    if broken == "\r":
        return "a bare carriage return outside of quotes"
    return "text after the closing quote of a cell; a quote inside of a cell is written twice"


def cells_of(text: str, delimiter: str) -> tuple[list[OffsetRange], int]:
    """Return the extents of the cells of a row, with quotes, and the offset at which it is broken (its length if not).

    The parser of the standard library gives values only; this gives extents, for the few rows with findings.
    """
    cells: list[OffsetRange] = []
    start = 0
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    while True:
        found = (_QUOTED if text.startswith('"', start) else plain).match(text, start)
        if found is None:
            return cells, start
        end = found.end()
        cells.append((start, end))
        if text[end : end + 1] != delimiter:
            return cells, end
        start = end + 1


class CsvNotation(msgspec.Struct, frozen=True):
    """Cells of CSV.

    Attributes:
        delimiter: of the cells.
    """

    delimiter: str

    def offsets(self, written: str) -> Sequence[int]:
        margin = int(written[:1] == '"')
        return range(margin, len(written) - margin + 1)

    def read(self, written: str) -> str | None:
        try:
            cells = next(csv.reader([written], delimiter=self.delimiter, strict=True), [])
        except csv.Error:
            return None
        return cells[0] if len(cells) == 1 else None

    def write(self, text: str, written: str) -> str:  # noqa: ARG002 - quotes can express every text
        return '"' + text.replace('"', '""') + '"'


class CsvPlaces:
    """The places of a row of CSV, computed on demand."""

    def __init__(self, row: RawRow, header: RawRow) -> None:
        self._row = row
        self._header = header

    @property
    def start(self) -> tuple[int, int]:
        return (self._row.number, 1)

    @cached_property
    def _table(self) -> LineTable:
        return LineTable(self._row.text, self._row.number)

    @cached_property
    def _cells(self) -> list[Span]:
        return [self._table.span(extent) for extent in cells_of(self._row.text, self._row.delimiter)[0]]

    def row(self) -> Span:
        return self._table.span((0, len(self._row.text)))

    def cell(self, index: int) -> Span:
        return self._cells[index]

    def written_text(self, index: int) -> WrittenText:
        text, delimiter = self._row.text, self._row.delimiter
        return WrittenText(text, cells_of(text, delimiter)[0][index], CsvNotation(delimiter), self._table.span)

    def header(self, index: int) -> Span:
        text = self._header.text
        return LineTable(text, self._header.number).span(cells_of(text, self._header.delimiter)[0][index])

    def lines(self, first: int, last: int, *, header: bool) -> list[TextLine]:
        if not header:
            return self._table.lines(first, last)
        above = LineTable(self._header.text, self._header.number)
        end = above.position(len(self._header.text))[0]
        if end + 1 != self._row.number:  # a snippet has consecutive lines
            return []
        return [*above.lines(first, min(last, end)), *self._table.lines(first, last)]

    def describe(self, column: str, *, cell: bool) -> str:
        return f'Column "{column}".' if cell else ""
