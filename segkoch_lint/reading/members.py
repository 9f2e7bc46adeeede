"""Splits compact JSON into the texts of its members, without looking into these.

The parser checks the syntax of all it passes over. That no key stands twice is shown by writing the members out again:
a line that lost a member on the way comes out shorter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from operator import sub
from typing import Any

import msgspec

from segkoch_lint.places import Path
from segkoch_lint.reading.lines import Extent

_MOST_KEYS = 64
"""Members that are known by name. A line with yet another is not split."""

_WHOLE = (b"{}", b"[]")
"""First and last byte of a text that is an object or a list and nothing else."""

_NOTHING = msgspec.Raw(b"")

_TELLING = 80
"""Bytes at the beginning of a text that hardly ever stand twice in a line."""

_BEGIN, _END = b"{}"

_SHORT = 200
"""Bytes of texts that are copied sooner together than one by one."""

_ESCAPED = frozenset('"\\')
"""No key of a struct may hold these (or what is not printable); nor would it be as long as it is written."""

_members_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encoder = msgspec.json.Encoder()


def compact_extent(text: bytes, path: Path) -> Extent | None:
    """Return the extent, in bytes, of the value at *path* of valid JSON, or None when only a scanner can tell it.

    It can be told where all objects around the value are compact and none of them repeats a key.
    """
    start, value = 0, text
    for step in path:
        try:
            members = _members_of(value)
        except (msgspec.ValidationError, UnicodeDecodeError):
            return None
        if step not in members or 1 + _length(members, members.values()) != len(value):
            return None
        before = list(members)[: list(members).index(str(step)) + 1]
        inner = members[step]
        start += _length(before, map(members.__getitem__, before)) - len(inner)
        value = bytes(inner)
    return (start, start + len(value)) if value[:1] + value[-1:] in _WHOLE or path else None


def _length(keys: Iterable[str], texts: Iterable[msgspec.Raw]) -> int:
    """Return the bytes of members as they stand in compact JSON: ``"key":text,`` each."""
    names = '":,"'.join(keys)
    return (len(names) if names.isascii() else len(names.encode())) + 4 + sum(map(len, texts))


class SplitLines:
    """Some lines, split.

    Of a line that could not be split no member is known; its columns are empty.

    Attributes:
        sizes: bytes of each line, without its end.
        unsplit: the indices of lines that could not be split.
        compact: whether all lines are compact: what stands in a column stands so in the line.
    """

    def __init__(
        self,
        text: bytes,
        rows: Sequence[Any],
        starts: Sequence[int],
        sizes: Sequence[int],
        *,
        unsplit: Sequence[int] = (),
        compact: bool = True,
    ) -> None:
        self.sizes = sizes
        self.unsplit = unsplit
        self.compact = compact
        self._text = text
        self._columns = list(zip(*map(msgspec.structs.astuple, rows), strict=True))
        self._starts = starts

    def __len__(self) -> int:
        return len(self.sizes)

    def column(self, number: int) -> list[bytes]:
        """Return the text of one member in each line; empty where there is none. See `LineMembers.number`."""
        texts = self._columns[number]
        joined = b"\n".join(texts)
        if len(joined) < len(texts):
            return [b""] * len(texts)
        # Short texts are cut out of one text in half the time; no end of a line stands in any.
        return joined.split(b"\n") if len(joined) < _SHORT * len(texts) else list(map(bytes, texts))

    def longest_around(self, numbers: Sequence[int]) -> int:
        """Return the most bytes that a line has beside the texts of these members."""
        sizes = self.sizes
        for number in numbers:
            sizes = list(map(sub, sizes, map(len, self._columns[number])))
        return max(sizes, default=0)

    def longest(self, numbers: Sequence[int]) -> int:
        """Return the length of the longest text that one of these members has in any line."""
        return max((max(map(len, self._columns[number])) for number in numbers), default=0)

    def find(self, text: bytes, index: int) -> int | None:
        """Return where *text* stands in a line that holds it somewhere; None if its beginning stands there twice."""
        start = self._starts[index]
        end = start + self.sizes[index]
        text = text[:_TELLING]  # short texts are found faster
        found = self._text.find(text, start, end)
        return found - start if self._text.find(text, found + 1, end) < 0 else None

    def column_at(self, index: int, offset: int) -> int:
        """Return the column, in code points from 1, of the character that begins after so many bytes of a line."""
        start = self._starts[index]
        before = self._text[start : start + offset]
        return 1 + (offset if before.isascii() else len(before.decode()))

    def line(self, index: int) -> bytes:
        """Return the text of a line as it stands in the input."""
        start = self._starts[index]
        return self._text[start : start + self.sizes[index]]


class LineMembers:
    """Splits lines; learns the keys of their members as they come up.

    Args:
        keys: keys to know from the beginning.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._numbers: dict[str, int] = {}
        self._buffer = bytearray()
        self._know(keys)

    @property
    def keys(self) -> list[str]:
        """The members that are known by now, those known from the beginning first."""
        return list(self._numbers)

    def number(self, key: str) -> int:
        """Return the number of a member that is known; they are numbered from 0."""
        return self._numbers[key]

    def split(self, text: bytes) -> SplitLines:
        """Return the lines of *text*, which ends with the end of a line (or of the input)."""
        return self._together(text) or self._one_by_one(text)

    def _together(self, text: bytes) -> SplitLines | None:
        """Split all lines in one go, if they are all compact, and nothing in them is new."""
        try:
            rows = self._decoder.decode_lines(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        starts = _starts_of(text)
        if not starts or len(starts) != len(rows) or not self._is_all(rows, text):
            return None
        sizes = [end - start - 1 for start, end in pairwise((*starts, len(text) + (not text.endswith(b"\n"))))]
        lines = SplitLines(text, rows, starts, sizes)
        if not text.isascii() and not all(map(_is_utf8, map(lines.line, range(len(rows))))):
            return None
        return lines

    def _is_all(self, rows: Sequence[Any], text: bytes) -> bool:
        """Tell whether the rows, written out, are as long as the text: then it is compact, and no member was lost."""
        _encoder.encode_into(rows, self._buffer)  # [{…},{…}]
        return len(self._buffer) == len(text) + 1 + (not text.endswith(b"\n"))

    def _one_by_one(self, text: bytes) -> SplitLines:
        pieces = text.removesuffix(b"\n").split(b"\n")
        known = -1
        while known < len(self._numbers):  # rows that were split before a key was learned do not have it
            known = len(self._numbers)
            rows = [self._one(piece) for piece in pieces]
        unsplit = [index for index, row in enumerate(rows) if row is None]
        sizes = list(map(len, pieces))
        starts = [0, *accumulate(size + 1 for size in sizes)]
        rows = [row or self._empty for row in rows]
        return SplitLines(text, rows, starts, sizes, unsplit=unsplit, compact=False)

    def _one(self, line: bytes) -> Any:
        """Return the members of one object, or None when they cannot be told for certain."""
        try:
            line.decode("utf-8")
            compact = msgspec.json.format(line, indent=-1)
            row = self._decoder.decode(compact)
        except msgspec.ValidationError:
            return self._learned(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return row if len(_encoder.encode(row)) == len(compact) else None

    def _learned(self, line: bytes) -> Any:
        """Learn the keys of a line, if it is an object, and return its members."""
        try:
            members = _members_of(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        new = [key for key in members if key not in self._numbers]
        if not new or not all(key.isprintable() and not _ESCAPED.intersection(key) for key in new):
            return None
        if len(self._numbers) + len(new) > _MOST_KEYS:
            return None
        self._know(new)
        return self._one(line)

    def _know(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._numbers.setdefault(key, len(self._numbers))
        names = {key: f"m{number}" for key, number in self._numbers.items()}
        row = msgspec.defstruct(
            "Row",
            [(name, msgspec.Raw, _NOTHING) for name in names.values()],
            rename={name: key for key, name in names.items()},
            forbid_unknown_fields=True,
            omit_defaults=True,
            gc=False,
            frozen=True,
        )
        self._decoder = msgspec.json.Decoder(row)
        self._empty = row()


def _starts_of(text: bytes) -> list[int]:
    """Return where the lines begin, each an object; nothing where one is no object, or is more than a line."""
    starts = [0]
    find = text.find
    while start := find(b"\n", starts[-1]) + 1:
        starts.append(start)
    if starts[-1] == len(text):
        starts.pop()
    # Between the tokens of one object no end of a line stands between these two.
    inner = starts[1:]
    good = all(map(_BEGIN.__eq__, map(text.__getitem__, inner))) and all(text[start - 2] == _END for start in inner)
    return starts if good else []


def values_of(texts: Sequence[bytes]) -> list[Any] | None:
    """Return the values of texts, or None when the fast parser does not take them all; one that is absent is null."""
    try:
        values: list[Any] = msgspec.json.decode(b"[%b]" % b",".join([text or b"null" for text in texts]))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return values


def _is_utf8(text: bytes) -> bool:
    if not text.isascii():
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            return False
    return True
