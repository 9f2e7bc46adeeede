"""A line of a text from which parts are taken, without a copy of the whole line."""

from __future__ import annotations

from typing import Protocol


class Line(Protocol):
    """A line: a string, or a `TextLine`."""

    def __len__(self) -> int:
        """Return the number of code points."""

    def __getitem__(self, part: slice, /) -> str:
        """Return a part."""


class TextLine:
    """A line of a text, without its end, after a margin of blanks.

    A capture or an export can be one line of many megabytes with thousands of findings, each of which shows a part.

    Args:
        text: the text.
        start, end: the range of the line; an LF or CRLF at its end is left out.
        margin: the number of blanks before it, so that its columns are those of a longer line.
    """

    def __init__(self, text: str, start: int, end: int, margin: int = 0) -> None:
        if text[end - 1 : end] == "\n" and end > start:
            end -= 1
            if text[end - 1 : end] == "\r" and end > start:
                end -= 1
        self._text = text
        self._start = start
        self._end = end
        self._margin = margin

    def __len__(self) -> int:
        return self._margin + self._end - self._start

    def __getitem__(self, part: slice, /) -> str:
        start, stop, _ = part.indices(len(self))
        blanks = " " * (min(stop, self._margin) - start)
        zero = self._start - self._margin
        return blanks + self._text[max(self._start, zero + start) : max(self._start, zero + stop)]

    def __str__(self) -> str:
        return self[:]
