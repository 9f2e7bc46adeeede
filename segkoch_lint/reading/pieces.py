"""Cuts a large file of JSON Lines into ranges that can be read apart from one another.

A cut is made by arithmetic alone: a piece holds the lines that *begin* in its range, so whoever reads it looks for the
ends of lines himself, and counts them. Nobody has to go through the whole file first.
"""

# Paths stay text, as they were given: `Path` would rewrite them.
# ruff: noqa: PTH116
from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from segkoch_lint.reading.inputs import Input, Unread
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.opening import open_file, open_input
from segkoch_lint.reading.recognising import Kind, recognise
from segkoch_lint.reading.sniffing import encoding_of, is_compressed
from segkoch_lint.reading.watching import Identity, WatchedFile

PIECE_BYTES = 8 << 20
"""Small enough that all processes end at about the same time, large enough that handing it out costs nothing."""

_READ_BYTES = 1 << 20
_TAIL_BYTES = 1 << 16
_SNIFFED_BYTES = 16


@dataclass(frozen=True, slots=True)
class Piece:
    """The lines of a file that begin in a range of its bytes.

    Attributes:
        start: the first byte of the range.
        end: the byte after the last; None for all the rest, whatever the file has grown to.
        first: whether it is the file's first piece, so that a line begins at ``start`` for certain.
        file: the file that was cut into pieces; None where any file of the name will do.
    """

    start: int
    end: int | None
    first: bool = False
    file: Identity | None = None


class PieceText:
    """The text of a piece in chunks, to be read once.

    Args:
        descriptor: of the file; closed at the end.
        piece: the range.

    Raises:
        ChangedError: the file is another one now, or smaller.

    Attributes:
        inflated, consumed: bytes given so far; of plain text they are the same.
        lines: ends of lines in them.
    """

    def __init__(self, descriptor: int, piece: Piece) -> None:
        self.consumed = 0
        self.lines = 0
        self._descriptor = descriptor
        self._piece = piece
        if piece.file is not None:
            piece.file.check(descriptor)
        os.lseek(descriptor, piece.start if piece.first else piece.start - 1, os.SEEK_SET)
        self._read = WatchedFile(descriptor, piece.file.size if piece.file else 0).read

    @property
    def inflated(self) -> int:
        return self.consumed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the chunks.

        Raises:
            OSError: reading failed.
        """
        for chunk in self._chunks():
            self.consumed += len(chunk)
            self.lines += chunk.count(b"\n")
            yield chunk

    def _chunks(self) -> Iterator[bytes]:
        end = self._piece.end
        position, rest = self._find_beginning()
        if end is not None and position >= end:
            return
        while True:
            if rest:
                position += len(rest)
                yield rest
            if end is not None and position >= end:
                break
            rest = self._read(_READ_BYTES if end is None else min(_READ_BYTES, end - position))
            if not rest:
                return
        while not rest.endswith(b"\n"):
            rest = self._read(_TAIL_BYTES)
            if not rest:
                return
            rest = rest[: rest.find(b"\n") + 1] or rest
            yield rest

    def _find_beginning(self) -> tuple[int, bytes]:
        """Return where the first line begins, and what was read from there on, nothing beyond the range."""
        start, end = self._piece.start, self._piece.end
        if self._piece.first:
            return start, b""
        # A line begins at the start itself when the byte before it ends one.
        position = start - 1
        while end is None or position < end:
            chunk = self._read(_TAIL_BYTES if end is None else min(_TAIL_BYTES, end - position))
            if not chunk:
                break
            found = chunk.find(b"\n") + 1
            if found:
                return position + found, chunk[found:]
            position += len(chunk)
        return position, b""


def cut(source: Input, limits: Limits, size: int = PIECE_BYTES) -> list[Piece]:
    """Return the pieces of a large file of JSON Lines; none where it can only be read as a whole, or not at all.

    What the file is is decided on its beginning, as `segkoch_lint.reading.recognising.read_documents` does it.

    Args:
        source: a file.
        limits: what is too long or too deep.
        size: bytes of a piece.
    """
    try:
        status = os.stat(source.path)
        if not stat.S_ISREG(status.st_mode) or status.st_size <= size:
            return []
        head = _head(source.path)
        encoding, begin = encoding_of(head) or ("utf-8", 0)
        if is_compressed(head) or encoding != "utf-8":
            return []
        opened = open_input(source)
        if isinstance(opened, Unread):
            return []
        with opened as stream:
            if recognise(stream, name=source.path, limits=limits) is not Kind.LINES:
                return []
    except (OSError, ValueError):
        return []  # whoever reads it will meet the same, and say so
    starts = [begin, *range(begin + size, status.st_size, size)]
    file = Identity.of(status)
    ends = [*starts[1:], None]
    return [Piece(start, end, first=start == begin, file=file) for start, end in zip(starts, ends, strict=True)]


def open_piece(source: Input, piece: Piece) -> PieceText | Unread:
    """Open a file to read a piece of it; what the operating system refuses is returned as a reason, never raised."""
    try:
        descriptor = open_file(source.path)
    except OSError as error:
        return Unread.because(source.path, error)
    try:
        return PieceText(descriptor, piece)
    except OSError as error:
        os.close(descriptor)
        return Unread.because(source.path, error)


def lines_in(source: Input, piece: Piece) -> int:
    """Return how many ends of lines a piece has, as far as it can be read."""
    opened = open_piece(source, piece)
    if isinstance(opened, Unread):
        return 0
    with opened as text, suppress(OSError):
        for _ in text:
            pass
    return opened.lines


def _head(path: str) -> bytes:
    descriptor = open_file(path)
    try:
        return os.read(descriptor, _SNIFFED_BYTES)
    finally:
        os.close(descriptor)
