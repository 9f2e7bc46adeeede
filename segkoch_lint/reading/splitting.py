"""Splits a text of any length into lines, in constant memory, and reads one line of JSON Lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from segkoch_lint.places import Span
from segkoch_lint.reading.documents import Flaw
from segkoch_lint.reading.inflating import Damage
from segkoch_lint.reading.json_text import JsonDocument, parse_json, split_documents
from segkoch_lint.reading.limits import Limits

NumberedLine = tuple[int, bytes]
"""A line's number, from 1, and its text without its end."""


def lines(stream: Iterable[bytes], limits: Limits, *, line: int = 1) -> Iterator[NumberedLine | Flaw]:
    """Yield the lines of a text that are not blank.

    Lines end at LF or CRLF. One over ``limits.line_bytes`` is a flaw and is not held in memory.
    Where the data is damaged, a flaw comes last, in place of what remains of the line there.

    Args:
        stream: the text in chunks of any size, as `segkoch_lint.reading.opening.Stream` yields them.
        limits: the length of a line.
        line: the number of the first line.

    Raises:
        OSError: reading failed.
    """
    most = limits.line_bytes
    begun = _BegunLine(line, most)
    try:
        for chunk in stream:
            first, *pieces = chunk.split(b"\n")
            begun.add(first)
            if not pieces:
                continue
            yield from begun.finished()
            number = begun.number
            begun = _BegunLine(number + len(pieces), most)
            begun.add(pieces.pop())
            if b"\r" in chunk or len(chunk) > most:
                yield from _checked(pieces, number, most)
                continue
            for piece in pieces:
                number += 1
                if piece and not piece.isspace():
                    yield number, piece
    except Damage as damage:
        if begun.size > most or not any(isinstance(each, Flaw) for each in read_line(begun.text, 1, limits)):
            yield from begun.finished()
        yield damage_flaw(damage, begun.number, begun.text)
    else:
        yield from begun.finished()


def read_line(text: bytes, number: int, limits: Limits) -> list[JsonDocument | Flaw]:
    """Return the document of a line, or the one flaw of it.

    A line that begins with RS (RFC 7464), or where the ends of lines were lost between documents, is good too, and
    the latter holds several.
    """
    document = parse_json(text, line=number, depth=limits.depth)
    if not isinstance(document, Flaw):
        return [document]
    several = list(split_documents(text, line=number, depth=limits.depth))
    return [document] if any(isinstance(each, Flaw) for each in several) else several


def damage_flaw(damage: Damage, number: int, text: bytes) -> Flaw:
    """Return the flaw for data that is damaged after *text*, the beginning of line *number*."""
    column = len(text.decode("utf-8", "replace")) + 1
    return Flaw(damage.message, Span(number, column, number, column), number)


def size_text(size: int) -> str:
    """Return a limit in words."""
    return f"{size >> 20} MiB" if size and not size % (1 << 20) else f"{size:,} bytes"


class _BegunLine:
    """A line whose end has not come yet; no more than *most* bytes of it are held."""

    def __init__(self, number: int, most: int) -> None:
        self.number = number
        self.size = 0
        self._most = most
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> None:
        self.size += len(part)
        if self.size <= self._most + 1:  # the one is a CR that may belong to the line's end
            self._parts.append(part)

    @property
    def text(self) -> bytes:
        return b"".join(self._parts).removesuffix(b"\r")

    def finished(self) -> Iterator[NumberedLine | Flaw]:
        text = self.text
        if self.size > self._most + 1 or len(text) > self._most:
            yield _too_long(self.number, self._most)
        elif text and not text.isspace():
            yield self.number, text


def _checked(pieces: list[bytes], number: int, most: int) -> Iterator[NumberedLine | Flaw]:
    """Yield whole lines of a chunk where some may end with CRLF, or be too long."""
    for piece in pieces:
        number += 1
        text = piece.removesuffix(b"\r")
        if len(text) > most:
            yield _too_long(number, most)
        elif text and not text.isspace():
            yield number, text


def _too_long(number: int, most: int) -> Flaw:
    return Flaw(f"the line is longer than {size_text(most)} (limits.line-bytes)", Span(number, 1, number, 2), number)
