"""A splitter of texts that hold several JSON documents, and of the broken ones among these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import decode_value
from segkoch_lint.documents.json.scanner import value_end
from segkoch_lint.documents.json.size_limits import offset_beyond_depth, too_deep_error
from segkoch_lint.documents.json.syntax_errors import InvalidJsonError, RecursionLimitError, more_follows, not_utf8
from segkoch_lint.documents.line_table import LineTable, parse_error_at
from segkoch_lint.documents.nesting import UNKNOWN as UNKNOWN_SURROUNDINGS

_BETWEEN = re.compile(r"[ \t\n\r\x1e]*")
_RESUME = re.compile(r"^[{\[]", re.MULTILINE)

_FEW = 8
"""Broken documents of one text whose nesting is computed, each at the cost of reading the text in Python."""

_MOST_RESCANNED = 64 << 20
"""Characters that are scanned again to place the errors of one text; each error takes the whole text."""

_LEAST_BROKEN = 50
"""Broken documents that are reported of a text of any size."""


def split_documents(text: bytes, *, line: int = 1, depth: int) -> Iterator[JsonDocument | ParseError]:
    """Yield the JSON documents of a text, with or without white space (or RS, RFC 7464) between them.

    Only objects and arrays may follow each other without anything between. After a broken document, reading resumes at
    the next line that begins with ``{`` or ``[``. If very many are broken, a last error says that the rest was not
    read.
    """
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        yield not_utf8(text, error.start, line, 1)
        return
    yield from _Splitter(decoded, line, depth).documents()


class _Splitter:
    """Reads the documents of one text, one after another.

    Args:
        text: the text.
        line: where it begins in the input.
        depth: levels of nesting allowed.
    """

    def __init__(self, text: str, line: int, depth: int) -> None:
        self._text = text
        self._line = line
        self._depth = depth
        self._table = LineTable(text, line)
        self._broken = 0
        self._unclosed = 0

    def documents(self) -> Iterator[JsonDocument | ParseError]:
        """Yield the documents."""
        text = self._text
        most = max(_LEAST_BROKEN, _MOST_RESCANNED // (len(text) or 1))
        position = _between_end(text, 0)
        while position < len(text):
            if self._broken == most:
                message = f"{self._broken:,} documents before this one are broken; the rest of the text was not read"
                yield parse_error_at(text, message, (position, position + 1), self._line, cause="too-large")
                return
            document, end = self._document_at(position)
            yield document
            position = _between_end(text, end)

    def _document_at(self, start: int) -> tuple[JsonDocument | ParseError, int]:
        """Return the document that begins at *start*, and where reading goes on."""
        try:
            value, end = decode_value(self._text, start)
            _check_end(self._text, value, end)
        except InvalidJsonError as error:
            self._broken += 1
            if isinstance(error, RecursionLimitError) or self._is_too_deep_until(error.extent[1], start):
                return self._too_deep(start) or self._error(error), self._end_of_deep(start)
            return self._error(error), self._resume(max(error.extent[0], start + 1))
        return self._within_depth(value, start, end), end

    def _within_depth(self, value: Any, start: int, end: int) -> JsonDocument | ParseError:
        text = self._text[start:end]
        where = self._table.position(start)
        encoded = text.encode("utf-8")
        offset = offset_beyond_depth(encoded, self._depth)
        if offset is None:
            return JsonDocument(value, text, *where)
        return too_deep_error(encoded, offset, *where, self._depth)

    def _is_too_deep_until(self, end: int, start: int) -> bool:
        """Return whether a broken document that begins at *start* is too deep before its error.

        The parser of Python 3.13 reads deeper than those before it, and finds another error in the same text.
        """
        if self._broken > _FEW:
            return False
        return offset_beyond_depth(self._text[start:end].encode("utf-8"), self._depth) is not None

    def _too_deep(self, start: int) -> ParseError | None:
        """Return the error of a text that is too deep from *start* on; None if only the parser cannot read it."""
        encoded = self._text[start:].encode("utf-8")
        offset = offset_beyond_depth(encoded, self._depth)
        return None if offset is None else too_deep_error(encoded, offset, *self._table.position(start), self._depth)

    def _error(self, error: InvalidJsonError) -> ParseError:
        around = None if self._broken <= _FEW or isinstance(error, RecursionLimitError) else UNKNOWN_SURROUNDINGS
        table = self._table
        return parse_error_at(
            self._text, error.message, error.extent, self._line, cause=error.cause, table=table, around=around
        )

    def _end_of_deep(self, start: int) -> int:
        """Return the end of a document that is too deep, or the next document if its brackets are not closed."""
        if self._unclosed < _FEW:  # each takes a scan to the end of the text
            try:
                return value_end(self._text, start)
            except ValueError:
                pass
        self._unclosed += 1
        return self._resume(start + 1)

    def _resume(self, start: int) -> int:
        """Return the offset of the next line that begins with a bracket, or of the end of the text."""
        resumed = _RESUME.search(self._text, start)
        return resumed.start() if resumed else len(self._text)


def _check_end(text: str, value: Any, end: int) -> None:
    """Raise an error if something follows a scalar directly."""
    if end < len(text) and not isinstance(value, dict | list) and _between_end(text, end) == end:
        raise InvalidJsonError(more_follows(text[end]), end, end + 1)


def _between_end(text: str, start: int) -> int:
    found = _BETWEEN.match(text, start)
    return found.end() if found else start
