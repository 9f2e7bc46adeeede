"""Rewrites CSV: the cells of the rows, each by its column; quotes, delimiters and line ends stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.table.cells import NULLS
from segkoch_lint.documents.table.columns import Columns
from segkoch_lint.documents.table.csv_reader import read_rows
from segkoch_lint.documents.table.csv_row import RawRow, cells_of, row_error
from segkoch_lint.findings.position import Path
from segkoch_lint.findings.redaction.personal_data import key_of, parent_of
from segkoch_lint.findings.text_edits import TextEdit, edited
from segkoch_lint.inputs.opener import Stream
from segkoch_lint.pseudonyms.policy import Decision, decision
from segkoch_lint.pseudonyms.repeated_ids import CollectedIds, Ids, with_repeated_ids
from segkoch_lint.pseudonyms.rewriter import RefusedError, Rewriter

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")

_Keys = tuple[str | None, str | None]
"""The key of a column's values, and the key above it."""


def rewritten_csv(stream: Stream, name: str, delimiter: str, rewriter: Rewriter) -> Iterator[str]:
    """Yield the rows of CSV with their cells rewritten.

    Args:
        stream: the text; its first line that is not empty is the header.
        name: of the input.
        delimiter: of the cells.
        rewriter: replaces values.

    Raises:
        RefusedError: a row is broken.
        OSError: reading failed.
    """
    keys: list[_Keys] | None = None
    following = 1
    for row in read_rows(stream, delimiter, rewriter.limits):
        if isinstance(row, ParseError):
            raise RefusedError(row.message, row.span)
        if row.is_broken or not row.cells or (keys is not None and len(row.cells) != len(keys)):
            error = row_error(row, len(keys) if keys is not None else len(row.cells))
            raise RefusedError(error.message, error.span)
        yield "\n" * (row.number - following)  # blank lines
        following = row.number + len(row.lines)
        if keys is None:
            keys = _keys_of(row.cells, name)
            yield _row(row, [rewriter.policy.name(cell, CollectedIds()) for cell in row.cells])
        else:
            try:
                yield _row(row, _cells(row.cells, keys, rewriter))
            except RefusedError as error:
                raise error.within(row.text, 0, row.number) from None


def _keys_of(names: Sequence[str], table: str) -> list[_Keys]:
    columns = Columns(names, table)
    paths: list[Path] = [columns.path(index) or (name,) for index, name in enumerate(names)]
    return [(key_of(path), parent_of(path)) for path in paths]


def _cells(cells: Sequence[str], keys: Sequence[_Keys], rewriter: Rewriter) -> list[str]:
    return with_repeated_ids(
        lambda ids: [
            cell if not cell or cell in NULLS else _cell(cell, key, parent, ids, rewriter)
            for cell, (key, parent) in zip(cells, keys, strict=True)
        ]
    )


def _cell(cell: str, key: str | None, parent: str | None, ids: Ids, rewriter: Rewriter) -> str:
    if decision(key, parent) is Decision.REPLACED and _NUMBER.fullmatch(cell):
        return rewriter.policy.number(cell, key, parent, ids)
    return rewriter.string(cell, key, parent, 0, ids)


def _row(row: RawRow, cells: Sequence[str]) -> str:
    """Return a row with these cells, as it is written."""
    text = "".join(row.lines)
    edits = [
        TextEdit(start, end, '"' + cell.replace('"', '""') + '"' if text.startswith('"', start) else cell)
        for (start, end), cell in zip(cells_of(row.text, row.delimiter)[0], cells, strict=True)
    ]
    return edited(text, edits)
