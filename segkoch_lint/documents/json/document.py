"""A JSON document: its value and, on demand, where its members are in the text."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import msgspec

from segkoch_lint.documents.document import Boundary, Origin, Scalar
from segkoch_lint.documents.json.json_strings import JSON_STRINGS
from segkoch_lint.documents.json.members import value_extents
from segkoch_lint.documents.json.scalars import ScalarReader
from segkoch_lint.documents.json.scanner import keys_of, locate, repeated_keys
from segkoch_lint.documents.line_table import LineTable
from segkoch_lint.documents.text_line import TextLine
from segkoch_lint.documents.written_text import WrittenText
from segkoch_lint.findings.position import OffsetRange, Path, Span, value_at
from segkoch_lint.findings.redaction.known_ids import KnownIds

_FEW = 8
"""Paths that are located one by one, each at the cost of parsing the text; more are located in one scan."""

_LONGEST_INT = 4000
"""Digits beyond which an integer is read as a float: Python refuses to convert more than 4,300."""


class JsonDocument:
    """One JSON document of an input.

    Args:
        value: the parsed value.
        text: the text it was parsed from.
        line, column: where the text begins in the input.

    Attributes:
        source: the text as it was given.
        is_editable: whether the text may be edited where it is: it is JSON by itself, and not part of a log's text.
    """

    origin: Origin | None = None
    is_editable = True

    def __init__(self, value: Any, text: bytes | str, line: int = 1, column: int = 1) -> None:
        self.value = value
        self.source = text
        self.start = (line, column)

    @cached_property
    def text(self) -> str:
        """The document's text."""
        return self.source if isinstance(self.source, str) else self.source.decode("utf-8")

    @cached_property
    def ids(self) -> KnownIds:
        """The values that are personal data because of their keys."""
        return KnownIds(self.value, self.source if isinstance(self.source, bytes) else None)

    @cached_property
    def repeated(self) -> Sequence[Path]:
        """Paths of the members whose key is repeated in its object."""
        if not isinstance(self.value, dict | list):
            return ()
        if isinstance(self.source, bytes) and _is_written(self.value, self.source):
            return ()  # the text holds no member that the value lacks
        counting = _Repeats()
        json.loads(self.text, object_pairs_hook=counting.object, parse_int=parse_integer)
        return repeated_keys(self.text) if counting.found else ()

    @cached_property
    def table(self) -> LineTable:
        """The lines of the text."""
        return LineTable(self.text, *self.start)

    @cached_property
    def scalar_reader(self) -> ScalarReader:
        """The scalar values of the text."""
        return ScalarReader(self.text)

    def locate(self, paths: Collection[Path]) -> dict[Path, Span]:
        """Return the span of the value at each path; paths that do not exist are left out."""
        return {path: self.span(extent) for path, extent in self.extents(paths).items()}

    def extents(self, paths: Collection[Path]) -> dict[Path, OffsetRange]:
        """Return the extent of the value at each path; paths that do not exist are left out."""
        found: dict[Path, OffsetRange] = {}
        if len(paths) <= _FEW and isinstance(self.source, bytes):
            found = self._few_extents(self.source, paths)
        missing = [path for path in paths if path not in found]
        if missing == [()]:
            found[()] = extent_of_whole(self.text)
        elif missing:
            found |= locate(self.text, missing)
        return found

    def _few_extents(self, source: bytes, paths: Collection[Path]) -> dict[Path, OffsetRange]:
        """Return the extents of values that can be found without a scanner."""
        found: dict[Path, OffsetRange] = {}
        if b"\\" not in source:
            texts = ((path, value_at(self.value, path)) for path in paths)
            found = {path: extent for path, value in texts if (extent := _only_extent(source, value))}
        missing = [path for path in paths if path not in found]
        if missing:
            extents = value_extents(source, missing) or []
            found |= {path: extent for path, extent in zip(missing, extents, strict=False) if extent[1]}
        if source.isascii():
            return found
        return {path: in_code_points(source, extent) for path, extent in found.items()}

    @cached_property
    def _is_on_one_line(self) -> bool:
        return isinstance(self.source, bytes) and b"\n" not in self.source

    def span(self, extent: OffsetRange) -> Span:
        """Return the span of an extent of the text."""
        if self._is_on_one_line:
            line, column = self.start
            return Span(line, column + extent[0], line, column + extent[1])
        return self.table.span(extent)

    def keys(self, path: Path) -> Sequence[Span]:
        """Return the spans of all keys of *path* in its object."""
        return [self.span(extent) for extent in self.key_extents(path)]

    def key_extents(self, path: Path) -> list[OffsetRange]:
        """Return the extents of all keys of *path* in its object."""
        (parent,) = self.extents([path[:-1]]).values()
        return keys_of(self.text, parent[0], str(path[-1]))

    def written_text(self, path: Path, *, key: bool = False) -> WrittenText | None:
        """Return how the string at *path*, or its key, is written; None if it is repeated, or must not be edited."""
        extents = self.key_extents(path) if key else list(self.extents([path]).values())
        if len(extents) != 1 or not self.is_editable:
            return None
        return WrittenText(self.text, extents[0], JSON_STRINGS, self.span)

    def note(self, path: Path) -> None:
        """Return None: JSON values need no note."""

    def lines(self, first: int, last: int) -> list[TextLine]:
        """Return lines *first* to *last* of the input that are part of the document."""
        return self.table.lines(first, last)

    def scalars(self, line: int, start: int, end: int) -> Sequence[Scalar | Boundary]:
        """Return the scalar values near a range of a line."""
        zero = self.table.zero_of_line(line)
        return list(self.scalar_reader.near(zero + start, zero + end, zero))


def extent_of_whole(text: str | bytes) -> OffsetRange:
    """Return the extent of the value of JSON text, without the white space around it."""
    return len(text) - len(text.lstrip()), len(text.rstrip())


def _only_extent(text: bytes, value: Any) -> OffsetRange | None:
    """Return the extent in JSON without escapes of a string that occurs once; None for other values."""
    if not isinstance(value, str):
        return None
    written = f'"{value}"'.encode()
    start = text.find(written)
    return None if start < 0 or text.find(written, start + 1) >= 0 else (start, start + len(written))


def in_code_points(text: bytes, extent: OffsetRange) -> OffsetRange:
    """Return in code points an extent of UTF-8 that is given in bytes."""
    start = len(text[: extent[0]].decode())
    return start, start + len(text[slice(*extent)].decode())


def _is_written(value: Any, text: bytes) -> bool:
    """Return whether JSON text is what the value is encoded as, apart from white space between tokens."""
    try:
        written = msgspec.json.encode(value)
        return written == text or written == msgspec.json.format(text, indent=-1)
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError):  # an integer too long to write
        return False


class _Repeats:
    """A hook for the parser that notes whether an object repeats a key."""

    def __init__(self) -> None:
        self.found = False

    def object(self, pairs: list[tuple[str, Any]]) -> None:
        self.found = self.found or len({key for key, _ in pairs}) < len(pairs)


def parse_integer(digits: str) -> int | float:
    """Return the number that *digits* are; a float if Python cannot convert them to an integer."""
    return int(digits) if len(digits) <= _LONGEST_INT else float(digits)
