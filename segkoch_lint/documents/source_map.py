"""A map between offsets of a text that was made from a source, such as JSON from JSON5, and offsets of the source."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from segkoch_lint.findings.position import OffsetRange


class SourceMap(msgspec.Struct, frozen=True):
    """The places in a source of the characters of a text that was made from it.

    The two texts are cut at as many places each, the anchors. From one anchor to the next, the characters correspond
    one to one. If one text is longer there, the rest of it corresponds to the next anchor of the other.

    Attributes:
        made: offsets of the anchors in the text that was made, in order. Empty if all offsets are the same in both.
        source: offsets of the same anchors in the source, in order.
    """

    made: Sequence[int] = ()
    source: Sequence[int] = ()

    def to_source(self, extent: OffsetRange) -> OffsetRange:
        """Return the extent in the source of an extent of the text that was made."""
        return _mapped(extent[0], self.made, self.source), _mapped(extent[1], self.made, self.source)

    def to_made(self, extent: OffsetRange) -> OffsetRange:
        """Return the extent in the text that was made of an extent of the source."""
        return _mapped(extent[0], self.source, self.made), _mapped(extent[1], self.source, self.made)


class SourceMapBuilder:
    """A builder of a text from a source, piece by piece, and of the map between them.

    Args:
        source: the source.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._pieces: list[str] = []
        self._length = 0
        self._made = [0]
        self._from = [0]
        self._next = 0

    def replace(self, start: int, end: int, text: str) -> None:
        """Replace an extent of the source, which begins where the last one ended or later.

        The text between the two is copied.
        """
        self._append(self._source[self._next : start])
        if len(text) == end - start:
            self._append(text)
        else:
            self._anchor(start)
            self._append(text)
            self._anchor(end)
        self._next = end

    def finish(self, end: int | None = None) -> tuple[str, SourceMap]:
        """Return the text that was made of the source up to *end*, and the map."""
        self._append(self._source[self._next : end])
        unchanged = self._made == self._from
        return "".join(self._pieces), SourceMap() if unchanged else SourceMap(self._made, self._from)

    def _append(self, text: str) -> None:
        if text:
            self._pieces.append(text)
            self._length += len(text)

    def _anchor(self, source: int) -> None:
        self._made.append(self._length)
        self._from.append(source)


def _mapped(offset: int, anchors: Sequence[int], others: Sequence[int]) -> int:
    if not anchors:
        return offset
    index = bisect_right(anchors, offset) - 1
    mapped = others[index] + offset - anchors[index]
    return min(mapped, others[index + 1]) if index + 1 < len(others) else mapped
