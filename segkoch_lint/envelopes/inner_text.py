"""JSON text inside other JSON text, and where each of its characters is in the text of the whole document.

What is decoded from an escaped string has another length than the string has in the file. So an offset of it is turned
into an offset of the text around it, and so on, up to the text of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cached_property
from itertools import accumulate
from typing import Protocol

from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.scanner import locate
from segkoch_lint.documents.source_map import SourceMap
from segkoch_lint.findings.position import OffsetRange, Path

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")


class ValueExtents:
    """The extents of values of a text. They are all looked for at once, when the first of them is asked for.

    Args:
        extents: returns the extents of values by their paths.
    """

    def __init__(self, extents: Callable[[Collection[Path]], dict[Path, OffsetRange]]) -> None:
        self._extents = extents
        self._announced: list[Path] = []
        self._found: dict[Path, OffsetRange] = {}

    def announce(self, path: Path) -> None:
        """Note that the extent of the value at *path* may be asked for."""
        self._announced.append(path)

    def extent(self, path: Path) -> OffsetRange:
        """Return the extent of a value that was announced."""
        if self._announced:
            self._found |= self._extents(self._announced)
            self._announced = []
        return self._found[path]


class EnclosingText(Protocol):
    """JSON text in which other JSON text is found.

    Attributes:
        text: the text.
        extents: the extents of the values in it.
        exact: whether places in it are exact; otherwise they all are the place of a value that was decoded.
    """

    @property
    def text(self) -> str: ...

    @property
    def extents(self) -> ValueExtents: ...

    @property
    def exact(self) -> bool: ...

    def outward(self, extent: OffsetRange) -> OffsetRange:
        """Return the extent in the text of the whole document."""

    def inward(self, offset: int) -> int:
        """Return the offset in this text of an offset of the text of the whole document; the nearest one there is."""


class WholeText:
    """The text of a whole document.

    Args:
        document: the document.
    """

    exact = True

    def __init__(self, document: JsonDocument) -> None:
        self._document = document
        self.extents = ValueExtents(document.extents)

    @property
    def text(self) -> str:
        """The text."""
        return self._document.text

    @staticmethod
    def outward(extent: OffsetRange) -> OffsetRange:
        """Return the extent."""
        return extent

    @staticmethod
    def inward(offset: int) -> int:
        """Return the offset."""
        return offset


class PartText:
    """The text of a value, as it is in the text around it.

    Args:
        around: the text around it.
        path: of the value.
    """

    def __init__(self, around: EnclosingText, path: Path) -> None:
        self._around = around
        self._path = path
        around.extents.announce(path)
        self.extents = ValueExtents(lambda paths: locate(self.text, paths))

    @property
    def exact(self) -> bool:
        """Whether places in the text around it are exact."""
        return self._around.exact

    @property
    def _extent(self) -> OffsetRange:
        return self._around.extents.extent(self._path)

    @cached_property
    def text(self) -> str:
        """The text of the value."""
        return self._around.text[slice(*self._extent)]

    @property
    def bounds(self) -> OffsetRange:
        """The extent of the value in the text of the whole document."""
        return self._around.outward(self._extent)

    def outward(self, extent: OffsetRange) -> OffsetRange:
        """Return the extent in the text of the whole document."""
        start = self._extent[0]
        return self._around.outward((start + extent[0], start + extent[1]))

    def inward(self, offset: int) -> int:
        """Return the offset in this text of an offset of the text of the whole document."""
        start, end = self._extent
        return min(max(self._around.inward(offset) - start, 0), end - start)


class StringText:
    """The JSON text that is the value of a string.

    Args:
        around: the text around it.
        path: of the string.
        text: its value.
    """

    def __init__(self, around: EnclosingText, path: Path, text: str) -> None:
        self._around = around
        self._path = path
        self.text = text
        around.extents.announce(path)
        self.extents = ValueExtents(lambda paths: locate(self.text, paths))

    @property
    def exact(self) -> bool:
        """Whether places in the text around it are exact."""
        return self._around.exact

    @property
    def _extent(self) -> OffsetRange:
        """The extent of the string in the text around it, without its quotes."""
        start, end = self._around.extents.extent(self._path)
        return start + 1, end - 1

    @cached_property
    def _places(self) -> SourceMap:
        """Where the characters of the value are in the string as it is written."""
        written = self._around.text[slice(*self._extent)]
        escapes = [found.span() for found in _ESCAPE.finditer(written)]
        if not escapes:
            return SourceMap()
        ends = [end for _, end in escapes]
        longer = accumulate(end - start - 1 for start, end in escapes)  # an escape stands for one character
        return SourceMap([0, *(end - more for end, more in zip(ends, longer, strict=True))], [0, *ends])

    @property
    def bounds(self) -> OffsetRange:
        """The extent of the string's value in the text of the whole document."""
        return self._around.outward(self._extent)

    def outward(self, extent: OffsetRange) -> OffsetRange:
        """Return the extent in the text of the whole document."""
        start = self._extent[0]
        written = self._places.to_source(extent)
        return self._around.outward((start + written[0], start + written[1]))

    def inward(self, offset: int) -> int:
        """Return the offset in this text of an offset of the text of the whole document."""
        start, end = self._extent
        written = min(max(self._around.inward(offset) - start, 0), end - start)
        return self._places.to_made((written, written))[0]


class SliceText:
    """The rest of a text, from an offset on.

    Args:
        around: the text.
        start: the offset.
        text: the rest of it, or the beginning of that.
    """

    def __init__(self, around: StringText, start: int, text: str) -> None:
        self._around = around
        self._start = start
        self.text = text
        self.extents = ValueExtents(lambda paths: locate(self.text, paths))

    @property
    def exact(self) -> bool:
        """Whether places in the text around it are exact."""
        return self._around.exact

    @property
    def bounds(self) -> OffsetRange:
        """The extent in the text of the whole document."""
        return self.outward((0, len(self.text)))

    def outward(self, extent: OffsetRange) -> OffsetRange:
        """Return the extent in the text of the whole document."""
        return self._around.outward((self._start + extent[0], self._start + extent[1]))

    def inward(self, offset: int) -> int:
        """Return the offset in this text of an offset of the text of the whole document."""
        return min(max(self._around.inward(offset) - self._start, 0), len(self.text))


class DecodedText:
    """JSON text that was decoded from a string in base64 or the like: each place in it is that of the string.

    Args:
        around: the text around it.
        path: of the string.
        text: what was decoded.
    """

    exact = False

    def __init__(self, around: EnclosingText, path: Path, text: str) -> None:
        self._around = around
        self._path = path
        self.text = text
        around.extents.announce(path)
        self.extents = ValueExtents(lambda paths: locate(self.text, paths))

    @property
    def bounds(self) -> OffsetRange:
        """The extent of the string in the text of the whole document."""
        return self._around.outward(self._around.extents.extent(self._path))

    def outward(self, extent: OffsetRange) -> OffsetRange:  # noqa: ARG002
        """Return the extent of the string."""
        return self.bounds

    @staticmethod
    def inward(offset: int) -> int:  # noqa: ARG004
        """Return the beginning: no place of the whole document is one in this text."""
        return 0


InnerText = PartText | StringText | SliceText | DecodedText
