"""How deeply JSON text is nested and how many values it holds, before anything parses it."""

from __future__ import annotations

import re

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.tokens import STRING, brackets
from segkoch_lint.documents.line_table import parse_error_at
from segkoch_lint.findings.position import Span

_VALUE = re.compile(rf'[^",{{\[]*+(?:{STRING}[^",{{\[]*+)*+(?:(,|[{{\[](?!\s*[}}\]]))|[{{\[]|\Z)'.encode())
"""All up to the next comma outside strings, or bracket. Group 1: another value follows."""


def offset_beyond_depth(text: bytes, depth: int) -> int | None:
    """Return the offset of the first bracket that is nested deeper than *depth*, or None."""
    if text.count(b"{") + text.count(b"[") <= depth:
        return None
    level = 0
    for offset, step in brackets(text):
        level += step
        if level > depth:
            return offset
    return None


def too_deep_error(text: bytes, offset: int, line: int, column: int, depth: int) -> ParseError:
    """Return the error of a text that begins at *line* and *column* and is too deep at an offset in bytes."""
    before = text[: offset + 1].decode("utf-8", "replace")
    extent = (len(before) - 1, len(before))
    return parse_error_at(before, too_deep_message(depth), extent, line, column, cause="too-large")


def too_deep_message(depth: int) -> str:
    """Return the message for a text that is nested deeper than *depth*."""
    return f"nested deeper than {depth} levels (limits.depth)"


def has_more_values(text: bytes, most: int) -> bool:
    """Return whether JSON text holds more than *most* values: scalars, objects and arrays."""
    if text.count(b",") + text.count(b"[") + text.count(b"{") < most:
        return False  # the count includes commas in strings
    values = 1
    for found in _VALUE.finditer(text):
        values += found.lastindex is not None
        if values > most:
            return True
    return False


def too_many_values(line: int, most: int) -> ParseError:
    """Return the error of a document that begins at *line* and has more than *most* values."""
    return ParseError(f"more than {most:,} values (limits.values)", Span(line, 1, line, 2), line, cause="too-large")
