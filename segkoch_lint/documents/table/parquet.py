"""A reader of Parquet, a few thousand rows at a time, with pyarrow (the extra `parquet`)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, BinaryIO

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.lines import corruption_error
from segkoch_lint.documents.table.cells import NULLS
from segkoch_lint.documents.table.columns import Columns, are_call_columns
from segkoch_lint.documents.table.row import RowDocument
from segkoch_lint.documents.text_line import TextLine
from segkoch_lint.findings.position import Span
from segkoch_lint.inputs.decompression import CorruptInputError
from segkoch_lint.inputs.file_types import PARQUET_MAGIC

if TYPE_CHECKING:
    from segkoch_lint.inputs.opener import Stream

_ROWS_AT_ONCE = 2000
_BUFFER_BYTES = 1 << 20
_LONGEST_FOOTER = 16 << 20
_END_BYTES = 8
_SPEAKS_OF_CALLS = re.compile(rb"context[._]|anonymous_?id|event_text", re.IGNORECASE)

_MISSING = "Parquet is read by pyarrow: pip install pyarrow"


def may_hold_calls(file: BinaryIO) -> bool:
    """Return whether a Parquet file may hold calls. Its end names the columns, so pyarrow is not needed.

    A file that is cut off may: reading reports the error.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES))
    end = file.read(_END_BYTES)
    if not end.endswith(PARQUET_MAGIC):
        return True
    length = int.from_bytes(end[:4], "little")
    file.seek(max(0, size - _END_BYTES - min(length, _LONGEST_FOOTER)))
    return _SPEAKS_OF_CALLS.search(file.read(_LONGEST_FOOTER)) is not None


def read_parquet(stream: Stream, *, name: str) -> Iterator[RowDocument | ParseError | None]:
    """Yield the rows of a table; None if it has none of Segment's columns.

    Args:
        stream: the input, not yet read.
        name: the input's name.

    Raises:
        OSError: reading failed, or pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to import
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        raise OSError(_MISSING) from None
    with tempfile.TemporaryFile() as spool:
        file = stream.stored_file(PARQUET_MAGIC)
        try:
            if file is None:
                file = spool
                for chunk in stream:
                    spool.write(chunk)
                spool.seek(0)
        except CorruptInputError as error:
            yield corruption_error(error, 1, b"")
            return
        row = 0
        try:
            with file, pq.ParquetFile(file, pre_buffer=False, buffer_size=_BUFFER_BYTES) as table:
                names = table.schema_arrow.names
                if not are_call_columns(names):
                    yield None
                    return
                columns = Columns(names, name, typed=True)
                for batch in table.iter_batches(_ROWS_AT_ONCE, use_threads=False):
                    for cells in zip(*map(_cells, batch.columns), strict=True):
                        row += 1
                        yield RowDocument(columns, cells, _ParquetPlaces(row, len(names)), first=row == 1)
        except pa.ArrowNotImplementedError as error:
            raise OSError(f"pyarrow cannot read it: {str(error).partition(chr(10))[0]}") from None
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            yield ParseError("the Parquet data is corrupt or cut off", Span(row + 1, 1, row + 1, 1), row + 1)


def _cells(column: Any) -> list[Any]:
    """Return the values of a column as in JSON; None for nulls."""
    import pyarrow as pa  # noqa: PLC0415 - see `read_parquet`

    if pa.types.is_timestamp(column.type):  # Python has no nanoseconds
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    elif pa.types.is_time(column.type):
        column = column.cast(pa.string())
    try:
        values = column.to_pylist()
    except UnicodeDecodeError:  # some writers do not check what they write
        values = column.cast(pa.binary()).to_pylist()
    return [None if type(value) is str and value in NULLS else value for value in map(_plain, values)]


def _plain(value: Any) -> Any:
    """Return a value as in JSON; nulls in an object are left out."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else None  # not NaN and not infinite
    if isinstance(value, Mapping):
        members = {str(key): _plain(inner) for key, inner in value.items()}
        return {key: inner for key, inner in members.items() if inner is not None} or None
    if isinstance(value, list | tuple):
        return list(map(_plain, value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


class _ParquetPlaces:
    """The places of a row of Parquet, which has no text: the numbers of the row and the column, from 1."""

    def __init__(self, row: int, width: int) -> None:
        self._row = row
        self._width = width

    @property
    def start(self) -> tuple[int, int]:
        return (self._row, 1)

    def row(self) -> Span:
        return Span(self._row, 1, self._row, self._width + 1)

    def cell(self, index: int) -> Span:
        return Span(self._row, index + 1, self._row, index + 2)

    def written_text(self, index: int) -> None:
        """Return nothing: Parquet is no text."""

    def header(self, index: int) -> Span:
        return Span(1, index + 1, 1, index + 2)

    def lines(self, first: int, last: int, *, header: bool) -> list[TextLine]:  # noqa: ARG002
        return []

    def describe(self, column: str, *, cell: bool) -> str:
        return f'Row {self._row:,}, column "{column}".' if cell else f"Row {self._row:,}."
