"""Lines and tables for a terminal: escaped, coloured, and wrapped to its width."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple, TextIO

import click

from segkoch_lint.findings.position import OffsetRange
from segkoch_lint.reporting.escaping import escaped, visible

_MAX_CELL = 60
"""Code points of a payload value in a table."""

_UNUSUAL = re.compile("[^\x00-\x7f…→]")
"""A character that may take another number of columns than one."""

_WORD = re.compile("[^ ]+")

_COMMAND = re.compile(r"\s*::")
"""What a CI runner obeys at the beginning of a line: it skips white space, also that of other scripts."""


class Piece(NamedTuple):
    """A piece of a line, and its look on a terminal with colours."""

    text: str
    color: str | None = None
    bold: bool = False
    dim: bool = False


class TextWriter:
    """Writes lines and tables.

    Args:
        stream: where they are written.
        color: whether terminal colours are used.
        width: the columns that lines are wrapped to.

    Attributes:
        width: the same.
    """

    def __init__(self, stream: TextIO, *, color: bool, width: int) -> None:
        self._stream = stream
        self._color = color
        self.width = width

    def line(self, *pieces: str | Piece, indent: str | None = "") -> None:
        """Write a line. It is escaped as a whole, since a command could arise where two pieces meet.

        Args:
            pieces: the line.
            indent: the beginning of further lines if it has to be wrapped; None if it must not be.
        """
        if not self._color:
            text = visible("".join(piece if isinstance(piece, str) else piece.text for piece in pieces))
            if indent is not None and not _fits(text, self.width):
                ranges = wrapped(text, self.width, len(indent))
                text = f"\n{indent}".join(text[start:end] for start, end in ranges)
            self._stream.write(text + "\n")
            return
        parts = [piece if isinstance(piece, Piece) else Piece(piece) for piece in pieces]
        ends = list(accumulate(len(part.text) for part in parts))
        shown, places = escaped("".join(part.text for part in parts), *ends)
        ranges = [(0, len(shown))] if indent is None else wrapped(shown, self.width, len(indent))
        lines = (self._colored_part(parts, shown, places, each) for each in ranges)
        self._stream.write(f"\n{indent}".join(lines) + "\n")

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> None:
        """Write a table and an empty line. Its rows are not wrapped.

        Args:
            head: the titles of the columns.
            rows: the cells of the rows, as many as there are titles.
            align: by column, ``l`` for left or ``r`` for right.
        """
        table = [head, *rows]
        widths = [max(display_width(row[column]) for row in table) for column in range(len(head))]
        for number, row in enumerate(table):
            cells = []
            for cell, width, side in zip(row, widths, align, strict=False):
                padding = " " * (width - display_width(cell))
                cells.append(cell + padding if side == "l" else padding + cell)
            self.line(Piece("  ".join(cells).rstrip(), dim=number == 0), indent=None)
        self.line("")

    def _colored_part(self, parts: Sequence[Piece], shown: str, places: Sequence[int], part: OffsetRange) -> str:
        """Return the part of an escaped line in a range, coloured as its pieces are, which end at *places*."""
        first, last = part
        ranges = ((max(start, first), min(end, last)) for start, end in pairwise([0, *places]))
        return "".join(
            self._colored(piece, shown[start:end])
            for piece, (start, end) in zip(parts, ranges, strict=True)
            if start < end
        )

    def _colored(self, piece: Piece, text: str) -> str:
        if not (piece.color or piece.bold or piece.dim):
            return text
        return click.style(text, fg=piece.color, bold=piece.bold or None, dim=piece.dim or None)


def wrapped(text: str, width: int, indent: int) -> Sequence[OffsetRange]:
    """Return the ranges of an escaped line that are lines of a terminal.

    A word that is too long stays whole, so that a path or a pointer can be copied, unless it has characters outside of
    ASCII: text in Chinese or Japanese has no blanks.

    Args:
        text: the line.
        width: the columns of the terminal.
        indent: the columns that all lines but the first begin with.
    """
    if _fits(text, width):
        return [(0, len(text))]
    lines: list[OffsetRange] = []
    start = end = columns = 0  # of the line so far
    margin = max(indent, len(text) - len(text.lstrip(" ")))
    for first, last in _unbroken(text, width - margin):
        longer = columns + display_width(text[end:last])
        # A command is not escaped inside a line, so no line may begin with one.
        if longer > width - (indent if lines else 0) and end > start and not _COMMAND.match(text, first):
            lines.append((start, end))
            start, longer = first, display_width(text[first:last])
        end, columns = last, longer
    return [*lines, (start, end)]


def _unbroken(text: str, width: int) -> Iterator[OffsetRange]:
    """Yield the ranges of a text that a line must hold whole: words, and the characters of very long ones."""
    for word in _WORD.finditer(text):
        if word[0].isascii() or display_width(word[0]) <= width:
            yield word.span()
        else:
            yield from ((place, place + 1) for place in range(*word.span()))


def fitted(text: str, focus: OffsetRange, width: int) -> tuple[str, OffsetRange]:
    """Return the part of a line that fits into *width* columns with its focus in view, and the focus in it.

    Args:
        text: the line, escaped.
        focus: the range that has to be in view; of a longer one, the beginning.
        width: the columns.
    """
    if _fits(text, width):
        return text, focus
    columns = range(len(text) + 1) if is_narrow(text) else [0, *accumulate(map(display_width, text))]
    start, end = focus
    room = max(1, width - 2)  # for an ellipsis on either side
    before = max(0, room - (columns[end] - columns[start])) // 3
    left = bisect_left(columns, columns[start] - before)
    if columns[-1] - columns[left] <= room + 1:  # the end is in view: show more of what is before it
        left = bisect_left(columns, columns[-1] - (width - 1), 0, left)
    elif columns[left] <= 1:
        left = 0
    limit = columns[left] + width - (left > 0)
    right = len(text) if columns[-1] <= limit else max(left, bisect_right(columns, limit - 1, left, len(text)) - 1)
    ellipsis = "…" * (left > 0)
    places = (len(ellipsis) + min(max(place, left), right) - left for place in focus)
    shown = ellipsis + text[left:right] + "…" * (right < len(text))
    begin, finish = places
    return shown, (begin, finish)


def clipped(text: str) -> str:
    """Return a payload value as a cell of a table shows it."""
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1] + "…"


def is_narrow(text: str) -> bool:
    """Return whether all characters of a text are known to take one column."""
    return text.isascii() or _UNUSUAL.search(text) is None


def _fits(text: str, width: int) -> bool:
    return len(text) <= width // 2 or (len(text) if is_narrow(text) else display_width(text)) <= width


def display_width(text: str) -> int:
    """Return the columns of a text on a terminal: wide East Asian characters take two, combining ones none."""
    if is_narrow(text):
        return len(text)
    from unicodedata import category, east_asian_width  # noqa: PLC0415 - most texts are ASCII

    return sum(0 if category(c) in {"Mn", "Me"} else 2 if east_asian_width(c) in "WF" else 1 for c in text)
