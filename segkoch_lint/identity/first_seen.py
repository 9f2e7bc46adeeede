"""The place of the first call of a record, as a text that sorts like the calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from segkoch_lint.findings.finding import Location
from segkoch_lint.findings.position import Span

DEVICE_POINTER, ADVERTISING_POINTER, EVENT_POINTER = "/context/device/id", "/context/device/advertisingId", "/event"

Order = tuple[int, int, int]
"""Sorts the calls of an input: line and column of the start of the document or row, and the number in it."""

_FILE_DIGITS, LINE_DIGITS = 7, 10

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[list[int | str] | None]).decode


class Spot(NamedTuple):
    """The place of a value in its input; see `segkoch_lint.findings.finding.Location`."""

    span: Span | None
    pointer: str


def place_of(order: Order, spots: Sequence[tuple[Spot | None, str]]) -> str:
    """Return the place of a call without its line, for `stored_place`.

    It sorts calls that begin in the same line, and then has the places of values. Their lines are relative to that
    line, so the text does not depend on it.

    Args:
        order: of the call.
        spots: the places of the values, each with its usual pointer, which is left out; None for a missing value.
    """
    line, column, number = order
    encoded = _encode([spot and _encoded(spot, line, usual) for spot, usual in spots]).decode()
    return f"{_sortable(column)}{_sortable(number)}{encoded}"


_FAR_COLUMN = 10**15
"""Columns from here on are placeholders."""


def place_template(pointers: Sequence[tuple[str | None, str]]) -> list[str]:
    """Return the texts around the columns in the place of a call that is a whole line.

    Args:
        pointers: of the values, each with its usual pointer; None for a missing value. The start and end columns of
            each of the others are between the texts.
    """
    spots: list[tuple[Spot | None, str]] = []
    for number, (pointer, usual) in enumerate(pointers):
        start = _FAR_COLUMN + 2 * number
        spots.append((None if pointer is None else Spot(Span(1, start, 1, start + 1), pointer), usual))
    return re.split(rf"{_FAR_COLUMN // 100}\d\d", place_of((1, 1, 1), spots))


def stored_place(file: int, line: int, place: str) -> str:
    """Return the place of a call among all of a run.

    Args:
        file: the number of the input.
        line: in which the document begins, from 1.
        place: the result of `place_of`.
    """
    return f"{file_prefix(file)}{line:0{LINE_DIGITS}x}{place}"


def file_prefix(file: int) -> str:
    """Return the prefix of the stored places of an input; `LINE_DIGITS` digits of the line follow it."""
    return f"{file:0{_FILE_DIGITS}x}"


def file_of(place: str) -> int:
    """Return the number of the input of a stored place."""
    return int(place[:_FILE_DIGITS], 16)


def line_of(place: str) -> int:
    """Return the number of the line of a stored place."""
    return int(place[_FILE_DIGITS : _FILE_DIGITS + LINE_DIGITS], 16)


def location_of(place: str, path: str, usual: Sequence[str], preferred: int = 0, message: str = "") -> Location:
    """Return the location of a value of a stored place; if it is missing, of another value of the same call.

    Args:
        place: the result of `stored_place`.
        path: of the input.
        usual: the usual pointers of the values, as they were passed to `place_of`.
        preferred: the index of the value.
        message: see `Location`.
    """
    line = line_of(place)
    spots = _decode(place[place.index("[") :])
    for number in (preferred, *range(len(spots))):
        spot = spots[number]
        if spot is None:
            continue
        match spot:
            case [int(start), int(end)]:
                return Location(path, Span(line, start, line, end), usual[number], message)
            case [int(first), int(start), int(last), int(end), str(pointer)]:
                return Location(path, Span(line + first, start, line + last, end), pointer, message)
            case [str(pointer)]:
                return Location(path, None, pointer, message)
    return Location(path, message=message)


def _encoded(spot: Spot, line: int, usual: str) -> list[int | str]:
    span, pointer = spot
    pointer = pointer.encode("utf-8", "replace").decode()  # a key of YAML may hold lone surrogates
    if span is None:
        return [pointer]
    if pointer == usual and span.line == span.end_line == line:
        return [span.column, span.end_column]
    return [span.line - line, span.column, span.end_line - line, span.end_column, pointer]


def _sortable(number: int) -> str:
    """Return hexadecimal digits that sort like the numbers: their count comes first."""
    digits = f"{number:x}"
    return chr(64 + len(digits)) + digits
