"""Rows of tables, selected from like lines of JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.lines import Block, NumberedLine
from segkoch_lint.documents.table.row import RowDocument
from segkoch_lint.engine.lines.checked_line import CheckedLine, CheckedRow
from segkoch_lint.identity.records import RecordBatch

_ROWS_AT_ONCE = 1000
_BYTES_AT_ONCE = 1 << 20

_encode = msgspec.json.Encoder().encode

Other = TypeVar("Other")

Select = Callable[[Block], Iterable[NumberedLine | ParseError | CheckedLine | RecordBatch]]


def select_rows(
    documents: Iterable[RowDocument | Other], select: Select
) -> Iterator[RowDocument | CheckedRow | RecordBatch | Other]:
    """Yield, in order, the rows among *documents* that are not only counted, and all other documents.

    Args:
        documents: those of a table, or of any other input.
        select: counts the calls of a block that violate nothing, and yields its other lines.

    Raises:
        OSError: reading the documents failed.
    """
    rows: list[RowDocument] = []
    lines: list[bytes] = []
    size = 0
    try:
        for each in documents:
            if not isinstance(each, RowDocument) and not rows:
                yield each
                continue
            # The first row of a table may report faults of the header, so it is read as a document.
            line = _line(each.value) if isinstance(each, RowDocument) and not each.repeated else None
            if line is not None and isinstance(each, RowDocument):
                rows.append(each)
                lines.append(line)
                size += len(line)
            if line is None or len(rows) == _ROWS_AT_ONCE or size > _BYTES_AT_ONCE:
                yield from _selected(rows, lines, select)
                rows, lines, size = [], [], 0
            if line is None:
                yield each
    except OSError:
        yield from _selected(rows, lines, select)  # the rows before the failure count
        raise
    yield from _selected(rows, lines, select)


def _selected(
    rows: list[RowDocument], lines: list[bytes], select: Select
) -> Iterator[RowDocument | CheckedRow | RecordBatch]:
    if not rows:
        return
    for each in select(Block(0, b"\n".join(lines), documents=rows)):
        if isinstance(each, CheckedLine):
            yield CheckedRow(rows[each.number], each.verdict)
        elif isinstance(each, RecordBatch):
            yield each
        else:  # a row even if its line is too long
            yield rows[each.number if isinstance(each, NumberedLine) else each.line]


def _line(value: object) -> bytes | None:
    """Return a call as a line of JSON, or None if JSON cannot express it."""
    try:
        return _encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None
