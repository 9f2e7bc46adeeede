"""CSV to rows, line by line: which text is an export of calls, what its rows are, and where their cells stand."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from segkoch_lint.places import Span
from segkoch_lint.reading.columns import NULLS, Columns, are_segments
from segkoch_lint.reading.documents import Flaw
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.lines import Extent, LineTable
from segkoch_lint.reading.rows import RowDocument
from segkoch_lint.reading.splitting import Block, blocks, size_text, too_long

_DELIMITERS = (",", "\t", ";", "|")
_LONGEST_HEADER = 1 << 20
_NO_TEXT = re.compile("[\0\udc80-\udcff]")
_FEW = 8
"""Columns from which on a header without an end is taken for one that is cut off."""

_CHEAP_REREADING = 64 << 20
"""Characters that may be read a second time, whatever the size of the input: see `_Lines.again`."""


_QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*"(?!")')


def delimiter_of(head: bytes) -> str | None:
    """Return what separates the cells of CSV that holds Segment's calls, or None when *head* begins no such thing.

    Args:
        head: the beginning of a text; a header that is cut off is judged by the columns that are there.
    """
    first, ended, _ = head[:_LONGEST_HEADER].lstrip(b"\r\n").partition(b"\n")
    line = first.decode("utf-8", "replace").rstrip("\r")
    for delimiter in _DELIMITERS:
        whole = ended or line.count(delimiter) < _FEW
        names = _header(line if whole else line.rpartition(delimiter)[0], delimiter)
        if len(names) > 1 and are_segments(names):
            return delimiter
    return None


def _header(line: str, delimiter: str) -> list[str]:
    if delimiter not in line:
        return []
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def read_csv(stream: Iterable[bytes], *, name: str, delimiter: str, limits: Limits) -> Iterator[RowDocument | Flaw]:
    """Yield the rows of CSV, and a flaw for each one that is broken; reading goes on in the line after it.

    Args:
        stream: the text in chunks of any size; its first line that is not empty is the header.
        name: of the input.
        delimiter: see `delimiter_of`.
        limits: how large a row may be.

    Raises:
        OSError: reading failed.
    """
    # A limit of the whole process, and made for fields of 128 KiB; ours is on rows.
    csv.field_size_limit(max(csv.field_size_limit(), 2 * limits.line_bytes + 2))
    lines = _Lines(stream, limits)
    header: _Header | None = None
    first = True
    for raw in _records(lines, delimiter):
        if isinstance(raw, Flaw):
            yield raw
        elif header is None:
            header = _Header(Columns(raw.cells, name), raw)
        elif len(raw.cells) != len(header.columns.names) or raw.is_broken:
            yield _flaw(raw, len(header.columns.names))
            lines.again(raw)
        elif any(raw.cells):
            cells = [None if cell in NULLS else cell for cell in raw.cells]
            yield RowDocument(header.columns, cells, _CsvPlaces(raw, header.raw), first=first)
            first = False


class RawRow(NamedTuple):
    """A row as it stands in the text.

    Attributes:
        cells: their values; empty where it cannot be taken apart.
        lines: its lines with their ends.
        number: of the first one.
        delimiter: what separates the cells.
        suspicious: whether there may be NUL in it, or characters that stand for bytes that are not UTF-8.
        too_long: the limit that it grew beyond, and was broken off; 0 if it did not.
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
        """Whether there are characters in it that no text has."""
        return self.suspicious and any(map(_NO_TEXT.search, self.lines))


@dataclass(frozen=True, slots=True)
class _Header:
    columns: Columns
    raw: RawRow


class _Lines:
    """Hands out the lines of a text one by one, and keeps those of the row that is being read.

    Attributes:
        held: the lines handed out since the last row, each with its number.
        flaws: of lines that cannot be handed out.
        most: bytes that the lines of one row may have.
        cut: whether the text ended in a flaw: what it cut in two is none of its own.
        suspicious: whether some of it was no text: not valid UTF-8, or with NUL.
    """

    def __init__(self, stream: Iterable[bytes], limits: Limits) -> None:
        self.held: list[tuple[int, str]] = []
        self.flaws: list[Flaw] = []
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
            _TooLong: the lines of one row are more than may be held.
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
        """Return the number of the first line held, and all of them; they are held no more."""
        held, self.held = self.held, []
        return held[0][0], [text for _, text in held]

    def again(self, row: RawRow) -> None:
        """Let the lines of a broken row after its first one be read again: a quote too many may have joined them.

        Not without end: where each line is broken so that it swallows all that follow, they are given up.
        """
        size = sum(map(len, row.lines[1:]))
        if size and self._read_again + size <= self._read_once + _CHEAP_REREADING:
            self._read_again += size
            self._again.extendleft(reversed(list(enumerate(row.lines[1:], row.number + 1))))

    def _read(self, stream: Iterable[bytes], limits: Limits) -> Iterator[tuple[int, str]]:
        each: Block | Flaw | None = None
        for each in blocks(stream, limits):
            if isinstance(each, Flaw):
                self.flaws.append(each)
            else:
                self._read_once += len(each.text)
                for number, line in enumerate(io.StringIO(self._decoded(each), newline="\n"), each.number):
                    if len(line) > self.most:
                        self.flaws.append(too_long(number, self.most))
                    else:
                        yield number, line
        self.cut = isinstance(each, Flaw)

    def _decoded(self, block: Block) -> str:
        self.suspicious = self.suspicious or b"\0" in block.text
        try:
            return block.text.decode("utf-8")
        except UnicodeDecodeError:
            self.suspicious = True
            return block.text.decode("utf-8", "surrogateescape")


class _TooLong(Exception):  # noqa: N818 - caught where the row is read
    """A row has more text than may be held."""


def _records(lines: _Lines, delimiter: str) -> Iterator[RawRow | Flaw]:
    """Yield the rows as the parser takes them apart; one that it cannot take apart has no cells."""
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
        yield from lines.flaws
        lines.flaws.clear()
        if cells is None:
            return
        number, texts = lines.taken()
        if not cut and any(map(str.strip, texts)):
            yield RawRow(cells, texts, number, delimiter, lines.suspicious, most)


def _flaw(row: RawRow, width: int) -> Flaw:
    """Return what is wrong with a broken row. Its text is not shown: nothing tells ids in it from anything else."""
    text = row.text
    table = LineTable(text, row.number)
    cells, broken = cells_of(text, row.delimiter)
    if not row.cells:
        return Flaw(_why(row, text[broken : broken + 1]), table.span((broken, broken + 1)), row.number)
    if row.suspicious and (bad := _NO_TEXT.search(text)):
        message = "a NUL character" if bad[0] == "\0" else "not valid UTF-8"
        return Flaw(message, table.span(bad.span()), row.number)
    blamed = (cells[width][0] if len(cells) > width else 0, len(text))
    cells_there = "1 cell" if len(row.cells) == 1 else f"{len(row.cells):,} cells"
    message = f"the row has {cells_there}, and the header {width:,}"
    return Flaw(message, table.span(blamed), row.number)


def _why(row: RawRow, broken: str) -> str:
    """Return why a row cannot be taken apart; *broken* is the character where it is broken."""
    if row.too_long:
        return (
            f"a row longer than {size_text(row.too_long)} (limits.line-bytes); is the closing quote of a cell missing?"
        )
    if broken == '"':
        return "a quoted cell whose closing quote is missing"
    if broken == "\r":
        return "a bare carriage return outside of quotes"
    return "text after the closing quote of a cell; a quote inside of a cell is written twice"


def cells_of(text: str, delimiter: str) -> tuple[list[Extent], int]:
    """Return the extents of the cells of a row, quotes included, and where it is broken (one past its end if not).

    The parser of the standard library tells values only; this tells places, of the few rows with findings.
    """
    cells: list[Extent] = []
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


class _CsvPlaces:
    """The places of a row of CSV. They are found when somebody asks for them."""

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

    def header(self, index: int) -> Span:
        text = self._header.text
        return LineTable(text, self._header.number).span(cells_of(text, self._header.delimiter)[0][index])

    def lines(self, first: int, last: int, *, header: bool) -> list[str]:
        if not header:
            return self._table.lines(first, last)
        above = LineTable(self._header.text, self._header.number)
        end = above.position(len(self._header.text))[0]
        if end + 1 != self._row.number:  # an excerpt has no gaps
            return []
        return [*above.lines(first, min(last, end)), *self._table.lines(first, last)]

    def describe(self, column: str, *, cell: bool) -> str:
        return f'Column "{column}".' if cell else ""
