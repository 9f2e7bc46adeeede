"""A table of the lines of a text, which converts offsets to lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.nesting import Nesting, nesting_at
from segkoch_lint.documents.text_line import TextLine
from segkoch_lint.findings.position import OffsetRange, Span

_AROUND = 2
"""Lines kept before and after an error."""

_LONGEST_LINE = 4000
"""Code points kept of each line; of the error's own line, as many beyond the error."""

_SHORT = 1 << 12
"""Code points of the longest text in which lines are counted for each position; for others, their starts are cached."""


class LineTable:
    """A converter of offsets of a text to lines and columns.

    Args:
        text: the text; lines end at LF (or CRLF).
        line, column: where the text begins in its input, 1-based.
    """

    def __init__(self, text: str, line: int = 1, column: int = 1) -> None:
        self._text = text
        self._line = line
        self._column = column

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self._text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column (in code points) of an offset."""
        if len(self._text) <= _SHORT:
            index, start = self._text.count("\n", 0, offset), self._text.rfind("\n", 0, offset) + 1
        else:
            index = bisect_right(self._starts, offset) - 1
            start = self._starts[index]
        column = offset - start + 1
        return self._line + index, column + (self._column - 1 if index == 0 else 0)

    def span(self, extent: OffsetRange) -> Span:
        """Return the span of an extent."""
        return Span(*self.position(extent[0]), *self.position(extent[1]))

    def lines(self, first: int, last: int) -> list[TextLine]:
        """Return lines *first* to *last* of the input, without their ends; lines outside the text are left out.

        If the text does not begin in column 1, its first line is padded with blanks, so that columns are right.
        """
        shown: list[TextLine] = []
        for number in range(max(first, self._line), last + 1):
            start, end = self.extent_of_line(number)
            if start < end:
                shown.append(TextLine(self._text, start, end, self._column - 1 if number == self._line else 0))
        return shown

    def extent_of_line(self, line: int) -> OffsetRange:
        """Return the extent of a line of the input with its end; empty if there is no such line."""
        index = line - self._line
        if not 0 <= index < len(self._starts):
            return len(self._text), len(self._text)
        after = self._starts[index + 1] if index + 1 < len(self._starts) else len(self._text)
        return self._starts[index], after

    def zero_of_line(self, line: int) -> int:
        """Return the offset of column 1 of a line of the input; negative if the text begins after it."""
        return self.extent_of_line(line)[0] - (self._column - 1 if line == self._line else 0)


def parse_error_at(
    text: str,
    message: str,
    extent: OffsetRange,
    line: int,
    column: int = 1,
    *,
    cause: str = "",
    table: LineTable | None = None,
    around: Nesting | None = None,
) -> ParseError:
    """Return the error with this extent in a text that begins at *line* and *column* of its input.

    Args:
        text: the text.
        message, cause: see `ParseError`.
        extent: of the error.
        line, column: where the text begins.
        table: the table of the text, if there is one.
        around: the nesting at the start of the lines that are kept; computed if not given.
    """
    table = table or LineTable(text, line, column)
    span = table.span(extent)
    first = max(line, span.line - _AROUND)
    kept = {span.line: span.column + _LONGEST_LINE}
    lines = table.lines(first, span.line + _AROUND)
    shown = [each[: kept.get(number, _LONGEST_LINE)] for number, each in enumerate(lines, first)]
    outside = around or nesting_at(text, table.extent_of_line(first)[0]) if first > line else None
    return ParseError(message, span, first, shown, around=outside, cause=cause)
