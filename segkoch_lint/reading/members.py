"""Splits compact JSON into the texts of its members, without looking into these.

The parser checks the syntax of all it passes over. That no key stands twice is shown by writing the members out again:
a line that lost a member on the way comes out shorter.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import attrgetter
from typing import Any

import msgspec

from segkoch_lint.places import Path
from segkoch_lint.reading.lines import Extent

_MOST_KEYS = 64
"""Keys that are known by name. A line with yet another is not split."""

_WHOLE = (b"{}", b"[]")
"""First and last byte of a text that is an object or a list and nothing else."""

_NOTHING = msgspec.Raw(b"")

_ESCAPED = frozenset('"\\')
"""No key of a struct may hold these (or what is not printable); nor would it be as long as it is written."""

_members_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def compact_extent(text: bytes, path: Path) -> Extent | None:
    """Return the extent, in bytes, of the value at *path* of valid JSON, or None when only a scanner can tell it.

    It can be told where all objects around the value are compact and none of them repeats a key.
    """
    start, value = 0, text
    for step in path:
        try:
            members = _members_of(value)
        except msgspec.ValidationError:
            return None
        at, found = 1, None
        for key, inner in members.items():
            at += len(key) + 3
            if key == step:
                found = (at, bytes(inner))
            at += len(inner) + 1
        if found is None or at != len(value):
            return None
        start, value = start + found[0], found[1]
    return (start, start + len(value)) if value[:1] + value[-1:] in _WHOLE or path else None


class SplitLines:
    """Some lines, split.

    Of a line that could not be split no member is known; its columns are empty.

    Attributes:
        sizes: bytes of each line, without its end.
        compact: whether all lines are compact: what stands in a column stands so in the line.
    """

    def __init__(self, text: bytes, rows: Sequence[Any], sizes: Sequence[int], pieces: list[bytes] | None) -> None:
        self.sizes = sizes
        self.compact = pieces is None
        self._text = text
        self._rows = rows
        self._pieces = pieces
        self._starts: list[int] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def column(self, attribute: str) -> list[bytes]:
        """Return the text of one member in each line; empty where there is none. See `LineMembers.attribute`."""
        return list(map(bytes, map(attrgetter(attribute), self._rows)))

    def line(self, index: int) -> bytes:
        """Return the text of a line as it stands in the input."""
        if self._pieces is not None:
            return self._pieces[index]
        if self._starts is None:
            self._starts = [0, *accumulate(size + 1 for size in self.sizes)]
        return self._text[self._starts[index] : self._starts[index + 1] - 1]


class LineMembers:
    """Splits lines; learns the keys of their members as they come up.

    Args:
        keys: keys to know from the beginning.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._attributes: dict[str, str] = {}
        self._know(list(dict.fromkeys(keys)))

    @property
    def keys(self) -> list[str]:
        """The keys that are known by now, those known from the beginning first."""
        return list(self._attributes)

    def attribute(self, key: str) -> str:
        """Return how `SplitLines.column` calls the member with a key that is known."""
        return self._attributes[key]

    def split(self, text: bytes) -> SplitLines:
        """Return the lines of *text*, which ends with the end of a line (or of the input)."""
        return self._together(text) or self._one_by_one(text)

    def _together(self, text: bytes) -> SplitLines | None:
        """Split all lines in one go, if they are all compact, and nothing in them is new."""
        try:
            rows = self._decoder.decode_lines(text)
            if not text.isascii():
                text.decode("utf-8")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        sizes = list(map(len, map(_encode, rows)))
        ends = text.count(b"\n")
        whole = sum(sizes) + ends == len(text) and len(rows) == ends + (not text.endswith(b"\n"))
        return SplitLines(text, rows, sizes, None) if whole else None

    def _one_by_one(self, text: bytes) -> SplitLines:
        pieces = text.removesuffix(b"\n").split(b"\n")
        known = -1
        while known < len(self._attributes):  # rows that were split before a key was learned do not have it
            known = len(self._attributes)
            rows = [self.one(piece) for piece in pieces]
        return SplitLines(text, [row or self._empty for row in rows], list(map(len, pieces)), pieces)

    def one(self, line: bytes) -> Any:
        """Return the members of one object, as attributes, or None when they cannot be told for certain."""
        try:
            line.decode("utf-8")
            compact = msgspec.json.format(line, indent=-1)
            row = self._decoder.decode(compact)
        except msgspec.ValidationError:
            return self._learned(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return row if len(_encode(row)) == len(compact) else None

    def _learned(self, line: bytes) -> Any:
        """Learn the keys of a line, if it is an object, and return its members."""
        try:
            keys = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        new = [key for key in keys if key not in self._attributes]
        if not new or not all(key.isprintable() and not _ESCAPED.intersection(key) for key in new):
            return None
        if len(self._attributes) + len(new) > _MOST_KEYS:
            return None
        self._know(new)
        return self.one(line)

    def _know(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._attributes[key] = f"m{len(self._attributes)}"
        row = msgspec.defstruct(
            "Row",
            [(attribute, msgspec.Raw, _NOTHING) for attribute in self._attributes.values()],
            rename={attribute: key for key, attribute in self._attributes.items()},
            forbid_unknown_fields=True,
            omit_defaults=True,
            gc=False,
        )
        self._decoder = msgspec.json.Decoder(row)
        self._empty = row()
