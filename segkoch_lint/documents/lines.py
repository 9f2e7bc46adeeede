"""Splits a text of any length into lines, in constant memory, and reads one line of JSON Lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from segkoch_lint.calls.signs import shows_signs
from segkoch_lint.documents.document import Document, InternalFailure, ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.json.size_limits import has_more_values, too_many_values
from segkoch_lint.documents.json.splitter import split_documents
from segkoch_lint.findings.position import Span
from segkoch_lint.inputs.decompression import CorruptInputError
from segkoch_lint.inputs.limits import Limits


class NumberedLine(NamedTuple):
    """A line's number, from 1, and its text without its end."""

    number: int
    text: bytes


class Block:
    """Whole lines that stand one after another, each with its end; only the last of an input may lack it.

    Args:
        first: the number of the first line, or the block before.
        text: the lines.
        documents: what the lines stand for, where they are no text of an input: then nobody looks for places in them.

    Attributes:
        text, documents: as given.
        ends: how many ends of lines there are; whoever finds out on the way may say so, counting takes a while.
    """

    __slots__ = ("_first", "documents", "ends", "text")

    def __init__(self, first: int | Block, text: bytes, *, documents: Sequence[Document] | None = None) -> None:
        self._first = first
        self.text = text
        self.ends: int | None = None
        self.documents = documents

    @property
    def number(self) -> int:
        """The number of the first line."""
        if isinstance(self._first, Block):
            self._first = self._first.next_number  # the block before is let go
        return self._first

    @property
    def next_number(self) -> int:
        """The number of the line after these."""
        return self.number + (self.text.count(b"\n") if self.ends is None else self.ends)

    def lines(self, limits: Limits) -> Iterator[NumberedLine | ParseError]:
        """Yield the lines that are not blank, without their ends; a flaw for one over ``limits.line_bytes``."""
        most = limits.line_bytes
        for number, piece in enumerate(self.text.split(b"\n"), self.number):
            if not piece or piece.isspace():
                continue
            line = piece.removesuffix(b"\r")
            yield NumberedLine(number, line) if len(line) <= most else too_long(number, most, line)


def blocks(stream: Iterable[bytes], limits: Limits, *, line: int = 1) -> Iterator[Block | ParseError]:
    """Yield the lines of a text, as many at a time as come in one chunk.

    Lines end at LF or CRLF. One over ``limits.line_bytes`` is a flaw and is not held in memory.
    Where the data is damaged, a flaw comes last, in place of what remains of the line there.

    Args:
        stream: the text in chunks of any size, as `segkoch_lint.inputs.opener.Stream` yields them.
        limits: the length of a line.
        line: the number of the first line.

    Raises:
        OSError: reading failed.
    """
    most = limits.line_bytes
    before: int | Block = line
    begun = _BegunLine(most)
    try:
        for chunk in stream:
            end = chunk.rfind(b"\n") + 1
            if not end:
                begun.add(chunk)
                continue
            start, head = 0, begun.text
            if begun.size and begun.size + (first := chunk.index(b"\n")) > most + 1:
                begun.add(chunk[:first])
                start, head = first + 1, b""
                number = _number_after(before)
                yield too_long(number, most, begun.text)
                before = number + 1
            if start < end:
                # One copy: a chunk is large.
                before = Block(before, b"".join((head, memoryview(chunk)[start:end])))
                yield before
            begun = _BegunLine(most)
            begun.add(chunk[end:])
    except CorruptInputError as damage:
        number = _number_after(before)
        # What is left of the line is a document of its own only where it reads as one.
        if begun.is_too_long or not any(isinstance(each, ParseError) for each in read_line(begun.text, 1, limits)):
            yield from begun.finished(number)
        yield damage_flaw(damage, number, begun.text)
    else:
        if begun.size:
            yield from begun.finished(_number_after(before))


def _number_after(before: int | Block) -> int:
    return before.next_number if isinstance(before, Block) else before


Known = TypeVar("Known")


def _nothing(_: Block) -> None:
    """Take no notice of a block."""


class LineFilter(msgspec.Struct, Generic[Known], frozen=True):
    """Takes lines of JSON out before they are read.

    Attributes:
        select: gives, of a block, the lines that are to be read as documents; the others it has dealt with itself, or
            it gives what it knows of them. Blocks come in their order.
        ahead: how many blocks may be announced before they are selected from; asked anew for each of them.
        announce: is told of a block as soon as it is there, so that work on it can begin.
    """

    select: Callable[[Block], Iterable[NumberedLine | ParseError | Known]]
    ahead: Callable[[], int] = int
    announce: Callable[[Block], None] = _nothing


def read_lines(
    stream: Iterable[bytes], limits: Limits, sieve: LineFilter[Known] | None = None
) -> Iterator[JsonDocument | ParseError | InternalFailure | Known]:
    """Yield the documents of JSON Lines, and a flaw for each line that is broken (or a failure, if the fault is ours).

    Args:
        stream: the text in chunks of any size.
        limits: what is too long or too deep.
        sieve: what takes out lines before they are read; None to read them all.

    Raises:
        OSError: reading failed.
    """
    found = blocks(stream, limits)
    for block in _looked_ahead(found, sieve) if sieve else found:
        if isinstance(block, Block) and block.text.isspace():
            continue
        for each in (
            (block,) if isinstance(block, ParseError) else sieve.select(block) if sieve else block.lines(limits)
        ):
            if isinstance(each, NumberedLine):
                documents = list(reversed(read_line(each.text, each.number, limits)))
                while documents:  # there may be very many: none is held when it is done with
                    yield documents.pop()
            else:
                yield each


def _looked_ahead(found: Iterator[Block | ParseError], sieve: LineFilter[Known]) -> Iterator[Block | ParseError]:
    """Yield blocks after as many as may be were announced; where reading fails, those that came before first."""
    held: deque[Block | ParseError] = deque()
    failure: Exception | None = None
    is_over = False
    while True:
        while not is_over and len(held) <= sieve.ahead():
            try:
                block = next(found, None)
            except Exception as error:  # noqa: BLE001 - raised in its turn
                failure, block = error, None
            if block is None:
                is_over = True
            else:
                held.append(block)
                if isinstance(block, Block) and not block.text.isspace():
                    sieve.announce(block)
        if not held:
            break
        block = held.popleft()
        if isinstance(block, Block):
            _ = block.number  # so that it lets go of the one before
        yield block
    if failure is not None:
        raise failure


def read_line(text: bytes, number: int, limits: Limits) -> Sequence[JsonDocument | ParseError | InternalFailure]:
    """Return the document of a line, or the one flaw of it, or the failure to read it.

    A line that begins with RS (RFC 7464), or where the ends of lines were lost between documents, is good too, and
    the latter holds several.
    """
    try:
        return _read_line(text, number, limits)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the lines after this one can be read
        return [InternalFailure(error, number)]


def _read_line(text: bytes, number: int, limits: Limits) -> Sequence[JsonDocument | ParseError]:
    # A value takes two bytes at least.
    if len(text) > 2 * limits.values and has_more_values(text, limits.values):
        return [too_many_values(number, limits.values)]
    document = parse_json(text, line=number, depth=limits.depth)
    if not isinstance(document, ParseError):
        return [document]
    several: list[JsonDocument | ParseError] = []
    for each in split_documents(text, line=number, depth=limits.depth):
        if isinstance(each, ParseError) or not isinstance(each.value, dict | list):
            return [replace(document, shows_signs=shows_signs(text))]
        several.append(each)
    return several


def damage_flaw(damage: CorruptInputError, number: int, text: bytes) -> ParseError:
    """Return the flaw for data that is damaged after *text*, of which the last line is line *number*, begun."""
    column = len(text[text.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    place = Span(number, column, number, column)
    return ParseError(damage.message, place, number, shows_signs=shows_signs(text), cause="cut-off")


def size_text(size: int) -> str:
    """Return a limit in words."""
    return f"{size >> 20} MiB" if size and not size % (1 << 20) else f"{size:,} bytes"


class _BegunLine:
    """A line whose end has not come yet; no more than *most* bytes of it are held."""

    def __init__(self, most: int) -> None:
        self.size = 0
        self._most = most
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> None:
        room = self._most + 1 - self.size  # the one is a CR that may belong to the line's end
        self.size += len(part)
        if room > 0:
            self._parts.append(part[:room])

    @property
    def is_too_long(self) -> bool:
        return self.size > self._most + 1

    @property
    def text(self) -> bytes:
        return b"".join(self._parts)

    def finished(self, number: int) -> Iterator[Block | ParseError]:
        if self.is_too_long:
            yield too_long(number, self._most, self.text)
        elif self.size:
            yield Block(number, self.text)


def too_long(number: int, most: int, text: bytes | None = None) -> ParseError:
    """Return the flaw of a line that is longer than *most* bytes.

    Args:
        number: of the line.
        most: the limit.
        text: as much of the line as is known; None for a line of a table with columns of Segment's.
    """
    message = f"the line is longer than {size_text(most)} (limits.line-bytes)"
    signs = text is None or shows_signs(text)
    return ParseError(message, Span(number, 1, number, 2), number, shows_signs=signs, cause="too-large")
