"""Lines of a text of any length, in constant memory, and the documents of JSON Lines."""

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
    """Consecutive whole lines with their ends; only the last of an input may lack its end.

    Args:
        first: the number of the first line, or the block before.
        text: the lines.
        documents: the documents of the lines, if the lines are not text of an input and so have no positions.

    Attributes:
        text, documents: as given.
        ends: the number of line ends, or None; code that counts them on the way may set it, to save a count.
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
            self._first = self._first.next_number  # the block before is released
        return self._first

    @property
    def next_number(self) -> int:
        """The number of the line after these."""
        return self.number + (self.text.count(b"\n") if self.ends is None else self.ends)

    def lines(self, limits: Limits) -> Iterator[NumberedLine | ParseError]:
        """Yield the lines that are not blank, without their ends, or an error for one over ``limits.line_bytes``."""
        most = limits.line_bytes
        for number, piece in enumerate(self.text.split(b"\n"), self.number):
            if not piece or piece.isspace():
                continue
            line = piece.removesuffix(b"\r")
            yield NumberedLine(number, line) if len(line) <= most else too_long(number, most, line)


def blocks(stream: Iterable[bytes], limits: Limits, *, line: int = 1) -> Iterator[Block | ParseError]:
    """Yield the lines of a text, as many at a time as come in one chunk.

    Lines end at LF or CRLF. A line over ``limits.line_bytes`` is an error and is not held in memory. If the data is
    corrupt, the last item is an error in place of the rest of the line there.

    Args:
        stream: the text in chunks of any size, as `segkoch_lint.inputs.opener.Stream` yields them.
        limits: the length of a line.
        line: the number of the first line.

    Raises:
        OSError: reading failed.
    """
    most = limits.line_bytes
    before: int | Block = line
    partial = _PartialLine(most)
    try:
        for chunk in stream:
            end = chunk.rfind(b"\n") + 1
            if not end:
                partial.add(chunk)
                continue
            start, head = 0, partial.text
            if partial.size and partial.size + (first := chunk.index(b"\n")) > most + 1:
                partial.add(chunk[:first])
                start, head = first + 1, b""
                number = _number_after(before)
                yield too_long(number, most, partial.text)
                before = number + 1
            if start < end:
                # One copy: a chunk is large.
                before = Block(before, b"".join((head, memoryview(chunk)[start:end])))
                yield before
            partial = _PartialLine(most)
            partial.add(chunk[end:])
    except CorruptInputError as error:
        number = _number_after(before)
        # The rest of the line is a document only if it can be read as one.
        if partial.is_too_long or not any(isinstance(each, ParseError) for each in read_line(partial.text, 1, limits)):
            yield from partial.end(number)
        yield corruption_error(error, number, partial.text)
    else:
        if partial.size:
            yield from partial.end(_number_after(before))


def _number_after(before: int | Block) -> int:
    return before.next_number if isinstance(before, Block) else before


Known = TypeVar("Known")


def _nothing(_: Block) -> None:
    """Ignore a block."""


class LineFilter(msgspec.Struct, Generic[Known], frozen=True):
    """A filter that removes lines of JSON before they are read as documents.

    Attributes:
        select: returns the lines of a block to read as documents, and what is known of other lines. It is called with
            the blocks in order.
        ahead: returns how many blocks may be announced before `select` is called with them; called before each block.
        announce: called with a block as soon as it is read, so that work on it can begin.
    """

    select: Callable[[Block], Iterable[NumberedLine | ParseError | Known]]
    ahead: Callable[[], int] = int
    announce: Callable[[Block], None] = _nothing


def read_lines(
    stream: Iterable[bytes], limits: Limits, line_filter: LineFilter[Known] | None = None
) -> Iterator[JsonDocument | ParseError | InternalFailure | Known]:
    """Yield the documents of JSON Lines, an error for each broken line, and a failure if the program itself fails.

    Args:
        stream: the text in chunks of any size.
        limits: what is too long or too deep.
        line_filter: removes lines before they are read; None to read all of them.

    Raises:
        OSError: reading failed.
    """
    found = blocks(stream, limits)
    for block in _announced(found, line_filter) if line_filter else found:
        if isinstance(block, Block) and block.text.isspace():
            continue
        if isinstance(block, ParseError):
            yield block
            continue
        for each in line_filter.select(block) if line_filter else block.lines(limits):
            if isinstance(each, NumberedLine):
                documents = list(reversed(read_line(each.text, each.number, limits)))
                while documents:  # there may be very many: each is released after use
                    yield documents.pop()
            else:
                yield each


def _announced(found: Iterator[Block | ParseError], line_filter: LineFilter[Known]) -> Iterator[Block | ParseError]:
    """Yield blocks, after announcing as many as allowed; if reading fails, first the blocks before."""
    held: deque[Block | ParseError] = deque()
    failure: Exception | None = None
    is_over = False
    while True:
        while not is_over and len(held) <= line_filter.ahead():
            try:
                block = next(found, None)
            except Exception as error:  # noqa: BLE001 - raised below
                failure, block = error, None
            if block is None:
                is_over = True
            else:
                held.append(block)
                if isinstance(block, Block) and not block.text.isspace():
                    line_filter.announce(block)
        if not held:
            break
        block = held.popleft()
        if isinstance(block, Block):
            _ = block.number  # releases the block before
        yield block
    if failure is not None:
        raise failure


def read_line(text: bytes, number: int, limits: Limits) -> Sequence[JsonDocument | ParseError | InternalFailure]:
    """Return the document of a line, its error, or the failure to read it.

    A line may begin with RS (RFC 7464). It may hold several documents, if line ends were lost.
    """
    try:
        return _read_line(text, number, limits)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the lines after this one can be read
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


def corruption_error(error: CorruptInputError, number: int, text: bytes) -> ParseError:
    """Return the error for data that is corrupt after *text*, which ends inside line *number*."""
    column = len(text[text.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    place = Span(number, column, number, column)
    return ParseError(error.message, place, number, shows_signs=shows_signs(text), cause="cut-off")


def size_text(size: int) -> str:
    """Return a limit as text."""
    return f"{size >> 20} MiB" if size and not size % (1 << 20) else f"{size:,} bytes"


class _PartialLine:
    """A line whose end is not read yet; at most *most* bytes of it are held."""

    def __init__(self, most: int) -> None:
        self.size = 0
        self._most = most
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> None:
        room = self._most + 1 - self.size  # 1 for a CR that may belong to the line's end
        self.size += len(part)
        if room > 0:
            self._parts.append(part[:room])

    @property
    def is_too_long(self) -> bool:
        return self.size > self._most + 1

    @property
    def text(self) -> bytes:
        return b"".join(self._parts)

    def end(self, number: int) -> Iterator[Block | ParseError]:
        if self.is_too_long:
            yield too_long(number, self._most, self.text)
        elif self.size:
            yield Block(number, self.text)


def too_long(number: int, most: int, text: bytes | None = None) -> ParseError:
    """Return the error of a line that is longer than *most* bytes.

    Args:
        number: of the line.
        most: the limit.
        text: the part of the line that is known; None for a line of a table with Segment's columns.
    """
    message = f"the line is longer than {size_text(most)} (limits.line-bytes)"
    signs = text is None or shows_signs(text)
    return ParseError(message, Span(number, 1, number, 2), number, shows_signs=signs, cause="too-large")
