"""Lines and tables for a terminal, escaped and coloured."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple, TextIO

import click

from segkoch_lint.reporting.escaping import escaped

_MAX_CELL = 60
"""Code points of a payload value in a table."""


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
    """

    def __init__(self, stream: TextIO, *, color: bool) -> None:
        self._stream = stream
        self._color = color

    def line(self, *pieces: str | Piece) -> None:
        """Write a line. It is escaped as a whole, since a command could arise where two pieces meet."""
        parts = [piece if isinstance(piece, Piece) else Piece(piece) for piece in pieces]
        ends = list(accumulate(len(part.text) for part in parts))
        shown, places = escaped("".join(part.text for part in parts), *ends)
        texts = (shown[start:end] for start, end in pairwise([0, *places]))
        self._stream.write("".join(map(self._colored, parts, texts)) + "\n")

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> None:
        """Write a table and an empty line.

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
            self.line(Piece("  ".join(cells).rstrip(), dim=number == 0))
        self.line("")

    def _colored(self, piece: Piece, text: str) -> str:
        if not (self._color and (piece.color or piece.bold or piece.dim)):
            return text
        return click.style(text, fg=piece.color, bold=piece.bold or None, dim=piece.dim or None)


def clipped(text: str) -> str:
    """Return a payload value as a cell of a table shows it."""
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1] + "…"


def display_width(text: str) -> int:
    """Return the columns of a text on a terminal: wide East Asian characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width  # noqa: PLC0415 - most texts are ASCII

    return sum(0 if category(c) in {"Mn", "Me"} else 2 if east_asian_width(c) in "WF" else 1 for c in text)
