"""A parser of strict JSON (RFC 8259): msgspec for valid text, Python's parser to find the errors of other text."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.document import JsonDocument, parse_integer
from segkoch_lint.documents.json.size_limits import offset_beyond_depth, too_deep_error, too_deep_message
from segkoch_lint.documents.json.syntax_errors import (
    InvalidJsonError,
    RecursionLimitError,
    more_follows,
    not_utf8,
    source_code_error,
    syntax_error,
)
from segkoch_lint.documents.json.tokens import JSON
from segkoch_lint.documents.line_table import parse_error_at
from segkoch_lint.findings.position import OffsetRange
from segkoch_lint.inputs.file_types import is_source_code

_CONSTANT = re.compile(r"-?(?:NaN|Infinity)")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SPACE = re.compile(r"[ \t\n\r]*")


def parse_json(text: bytes, *, line: int = 1, column: int = 1, depth: int) -> JsonDocument | ParseError:
    """Parse one JSON document that fills *text*.

    Args:
        text: UTF-8 without a byte order mark.
        line, column: where it begins in the input.
        depth: levels of nesting allowed.
    """
    document = parse_good_json(text, line=line, column=column, depth=depth)
    if document is not None:
        return document
    offset = offset_beyond_depth(text, depth)
    if offset is not None:
        return too_deep_error(text, offset, line, column, depth)
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        return not_utf8(text, error.start, line, column)
    try:
        value = _only_value(decoded)
    except InvalidJsonError as error:
        return parse_error_at(decoded, error.message, error.extent, line, column, cause=error.cause)
    return JsonDocument(value, decoded, line, column)


def parse_good_json(text: bytes, *, line: int = 1, column: int = 1, depth: int) -> JsonDocument | None:
    """Return the JSON document that fills *text*, or None if only `parse_json` can say what the text is."""
    if offset_beyond_depth(text, depth) is not None:
        return None
    try:
        return JsonDocument(msgspec.json.decode(text), text, line, column)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None  # msgspec is strict, but its errors lack positions, and it refuses numbers that JSON allows


def read_value(text: str, depth: int) -> Any:
    """Return the value of the one JSON document that fills *text*, nested *depth* levels at most.

    Raises:
        InvalidJsonError: the text is not JSON, or nested deeper.
    """
    encoded = text.encode("utf-8")
    offset = offset_beyond_depth(encoded, depth)
    if offset is not None:
        start = len(encoded[:offset].decode("utf-8"))
        raise InvalidJsonError("", start, start + 1, "too-large", message=too_deep_message(depth))
    return _only_value(text)


def _only_value(text: str) -> Any:
    value, end = decode_value(text, _space_end(text, 0))
    rest = _space_end(text, end)
    if rest < len(text):
        raise InvalidJsonError("", rest, rest + 1, message=more_follows(text[rest]))
    return value


def _space_end(text: str, start: int) -> int:
    found = _SPACE.match(text, start)
    return found.end() if found else start


def decode_value(text: str, start: int) -> tuple[Any, int]:
    """Return the value that begins at *start*, and the offset of its end.

    Raises:
        InvalidJsonError: no JSON begins there, or it is nested deeper than the parser can go.
    """
    try:
        value, end = _decoder.raw_decode(text, start)
    except json.JSONDecodeError as error:
        if is_source_code(text, start):
            raise source_code_error(text, start) from None
        raise syntax_error(text, error) from None
    except _ConstantFound:
        raise _constant_error(text, start) from None
    except RecursionError:
        raise RecursionLimitError(start) from None
    lone = _lone_surrogate(text, start, end)
    if lone is not None:
        raise InvalidJsonError("half of a surrogate pair (\\ud800 to \\udfff) is no character", *lone)
    return value, end


class _ConstantFound(Exception):  # noqa: N818 - caught in this module
    """NaN, Infinity or -Infinity."""


def _refuse_constant(_name: str) -> None:
    raise _ConstantFound


def _constant_error(text: str, start: int) -> InvalidJsonError:
    """Return the error for the first constant in a text that is good up to there."""
    words = (first for kind, first, _ in JSON.tokens(text, start) if kind == "word")
    found = next(found for first in words if (found := _CONSTANT.match(text, first)))
    return InvalidJsonError(f"{found[0]} is not JSON; write null or leave the member out", *found.span())


_decoder = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=parse_integer)


def _lone_surrogate(text: str, start: int, end: int) -> OffsetRange | None:
    """Return the extent of the first string that holds half of a surrogate pair."""
    if not _SURROGATE.search(text, start, end):
        return None
    strings = ((first, last) for kind, first, last in JSON.tokens(text, start, end) if kind == "string")
    return next((extent for extent in strings if not _is_encodable(json.loads(text[slice(*extent)]))), None)


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
