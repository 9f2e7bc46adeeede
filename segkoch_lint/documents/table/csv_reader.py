"""A reader of CSV: whether a text is an export of calls, its rows, and the extents of their cells."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from segkoch_lint.documents.document import InternalFailure, ParseError
from segkoch_lint.documents.lines import Block, blocks, too_long
from segkoch_lint.documents.table.cells import NULLS
from segkoch_lint.documents.table.columns import Columns, are_call_columns
from segkoch_lint.documents.table.csv_row import CsvPlaces, RawRow, row_error
from segkoch_lint.documents.table.row import RowDocument
from segkoch_lint.inputs.limits import Limits

_DELIMITERS = (",", "\t", ";", "|")
_LONGEST_HEADER = 1 << 20
_FEW = 8
"""Columns from which on a header without an end counts as cut off."""

CHEAP_REREADING = 64 << 20
"""Characters that may be read twice, whatever the size of the input: see `_Lines.again`."""


def delimiter_of(head: bytes) -> str | None:
    """Return the delimiter of CSV that holds Segment's calls; None for other text.

    Args:
        head: the start of a text; a header that is cut off counts by the columns that are there.
    """
    first, ended, _ = head[:_LONGEST_HEADER].lstrip(b"\r\n").partition(b"\n")
    line = first.decode("utf-8", "replace").rstrip("\r")
    for delimiter in _DELIMITERS:
        whole = ended or line.count(delimiter) < _FEW
        names = _header(line if whole else line.rpartition(delimiter)[0], delimiter)
        if len(names) > 1 and are_call_columns(names):
            return delimiter
    return None


def _header(line: str, delimiter: str) -> list[str]:
    if delimiter not in line:
        return []
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def read_csv(
    stream: Iterable[bytes], *, name: str, delimiter: str, limits: Limits
) -> Iterator[RowDocument | ParseError | InternalFailure]:
    """Yield the rows of CSV, and an error for each broken one; reading resumes at the line after it.

    If the program itself fails on a row, the failure takes its place.

    Args:
        stream: the text in chunks of any size; its first line that is not empty is the header.
        name: the input's name.
        delimiter: see `delimiter_of`.
        limits: how large a row may be.

    Raises:
        OSError: reading failed.
    """
    # The limit of the csv module holds for the process, and is 128 KiB for a field; ours is on rows.
    csv.field_size_limit(max(csv.field_size_limit(), 2 * limits.line_bytes + 2))
    lines = _Lines(stream, limits)
    header: _Header | None = None
    first = True
    for raw in _records(lines, delimiter):
        if isinstance(raw, ParseError):
            yield raw
        elif header is None:
            if raw.is_broken:  # the rows can be read all the same: the good names identify their columns
                yield row_error(raw, len(raw.cells))
            header = _Header(Columns(list(map(_as_text, raw.cells)), name), raw)
        elif len(raw.cells) != len(header.columns.names) or raw.is_broken:
            yield row_error(raw, len(header.columns.names))
            lines.again(raw)
        elif any(raw.cells):
            yield _row(raw, header, first=first)
            first = False


def read_rows(stream: Iterable[bytes], delimiter: str, limits: Limits) -> Iterator[RawRow | ParseError]:
    """Yield the rows of CSV as they are written, the header first; blank lines are left out.

    Args:
        stream, delimiter, limits: see `read_csv`.

    Raises:
        OSError: reading failed.
    """
    csv.field_size_limit(max(csv.field_size_limit(), 2 * limits.line_bytes + 2))
    yield from _records(_Lines(stream, limits), delimiter)


@dataclass(frozen=True, slots=True)
class _Header:
    columns: Columns
    raw: RawRow


def _as_text(name: str) -> str:
    """Return the name of a column with invalid characters replaced."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _row(raw: RawRow, header: _Header, *, first: bool) -> RowDocument | InternalFailure:
    try:
        cells = [None if cell in NULLS else cell for cell in raw.cells]
        return RowDocument(header.columns, cells, CsvPlaces(raw, header.raw), first=first)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the rows after this one can be read
        return InternalFailure(error, raw.number)


class _Lines:
    """A source of the lines of a text, which keeps those of the row that is being read.

    Attributes:
        held: the lines read since the last row, each with its number.
        errors: of lines that cannot be read.
        most: bytes that the lines of one row may have.
        cut: whether the text ended in an error: a row that it cut in two is not an error of its own.
        suspicious: whether a part of it was not text: not valid UTF-8, or with NUL.
    """

    def __init__(self, stream: Iterable[bytes], limits: Limits) -> None:
        self.held: list[tuple[int, str]] = []
        self.errors: list[ParseError] = []
        self.cut = False
        self.suspicious = False
        self.most = limits.line_bytes
        self._source = self._read(stream, limits)
        self._again: deque[tuple[int, str]] = deque()
        self._read_once = 0
        self._read_again = 0

    def __iter__(self) -> Iterator[str]:
        """Yield lines with their ends.

        Raises:
            _TooLong: the lines of one row are larger than allowed.
        """
        size = 0
        while True:
            if self.held and size > self.most:
                raise _TooLong
            line = self._again.popleft() if self._again else next(self._source, None)
            if line is None:
                return
            self.held.append(line)
            size = size + len(line[1]) if len(self.held) > 1 else len(line[1])
            yield line[1]

    def taken(self) -> tuple[int, list[str]]:
        """Return the number of the first line held, and all lines held, and release them."""
        held, self.held = self.held, []
        return held[0][0], [text for _, text in held]

    def again(self, row: RawRow) -> None:
        """Let the lines of a broken row after its first one be read again: an extra quote may have joined them.

        Not without limit: if each line is broken so that it swallows all lines after it, they are given up.
        """
        size = sum(map(len, row.lines[1:]))
        if size and self._read_again + size <= self._read_once + CHEAP_REREADING:
            self._read_again += size
            self._again.extendleft(reversed(list(enumerate(row.lines[1:], row.number + 1))))

    def _read(self, stream: Iterable[bytes], limits: Limits) -> Iterator[tuple[int, str]]:
        each: Block | ParseError | None = None
        for each in blocks(stream, limits):
            if isinstance(each, ParseError):
                self.errors.append(each)
            else:
                self._read_once += len(each.text)
                for number, line in enumerate(io.StringIO(self._decoded(each), newline="\n"), each.number):
                    if len(line) > self.most and len(line.rstrip("\r\n")) > self.most:
                        self.errors.append(too_long(number, self.most))
                    else:
                        yield number, line
        self.cut = isinstance(each, ParseError)

    def _decoded(self, block: Block) -> str:
        self.suspicious = self.suspicious or b"\0" in block.text
        try:
            return block.text.decode("utf-8")
        except UnicodeDecodeError:
            self.suspicious = True
            return block.text.decode("utf-8", "surrogateescape")


class _TooLong(Exception):  # noqa: N818 - caught where the row is read
    """A row has more text than allowed."""


def _records(lines: _Lines, delimiter: str) -> Iterator[RawRow | ParseError]:
    """Yield the rows as the parser splits them; a row that it cannot split has no cells."""
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    while True:
        cells: list[str] | None = []
        cut = False
        most = 0
        try:
            cells = next(reader, None)
        except csv.Error:
            cut = lines.cut and len(lines.held) == 1
        except _TooLong:
            most = lines.most
        if not cells:
            reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
        yield from lines.errors
        lines.errors.clear()
        if cells is None:
            return
        number, texts = lines.taken()
        if not cut and any(map(str.strip, texts)):
            yield RawRow(cells, texts, number, delimiter, lines.suspicious, most)
