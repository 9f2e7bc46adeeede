"""Places as texts: they sort as the calls do, and lead back to where values stand."""

from __future__ import annotations

from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.finding import Location
from segkoch_lint.findings.position import Span
from segkoch_lint.identity.first_seen import (
    ADVERTISING_POINTER,
    DEVICE_POINTER,
    Spot,
    file_of,
    location_of,
    place_of,
    place_template,
    stored_place,
)

USUAL = (DEVICE_POINTER, ADVERTISING_POINTER)
NUMBERS = st.integers(0, 2**33) | st.integers(0, 40)
SPANS = st.builds(Span, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
SPOTS = st.none() | st.builds(Spot, st.none() | SPANS, st.sampled_from(USUAL) | st.text())


def stored(file: int, line: int, column: int, number: int, *spots: Spot | None) -> str:
    usual = list(zip(spots, USUAL, strict=False))
    return stored_place(file, line, place_of((line, column, number), usual))


@given(st.lists(st.tuples(st.integers(0, 10**6), NUMBERS, NUMBERS, NUMBERS), max_size=8))
def test_places_sort_as_the_calls_do(orders: list[tuple[int, int, int, int]]) -> None:
    assert [stored(*order) for order in sorted(orders)] == sorted(stored(*order) for order in orders)


@given(st.integers(0, 10**6), NUMBERS, NUMBERS, SPOTS, SPOTS, st.integers(0, 1), st.integers(0, 10**6))
def test_a_place_leads_back_to_the_value(  # noqa: PLR0917 - what is drawn
    file: int, line: int, column: int, device: Spot | None, advertising: Spot | None, preferred: int, before: int
) -> None:
    place = place_of((line, column, 1), list(zip((device, advertising), USUAL, strict=True)))
    both = (device, advertising)
    spot = both[preferred] or both[1 - preferred]
    span = None
    if spot and spot.span:
        span = Span(spot.span.line + before, spot.span.column, spot.span.end_line + before, spot.span.end_column)
    pointer = spot.pointer.encode("utf-8", "replace").decode() if spot else ""
    put = stored_place(file, line + before, place)
    assert file_of(put) == file
    assert location_of(put, "x.json", USUAL, preferred, "m") == Location("x.json", span, pointer, "m")


def test_the_usual_place_is_short() -> None:
    spots = [(Spot(Span(7, 345, 7, 383), USUAL[0]), USUAL[0]), (None, USUAL[1])]
    assert place_of((7, 1, 1), spots) == "A1A1[[345,383],null]"


@pytest.mark.parametrize(
    ("pointers", "columns"),
    [
        ((DEVICE_POINTER, ADVERTISING_POINTER), [3, 7, 12, 20]),
        ((DEVICE_POINTER, "/context/device/advertising~1id"), [30, 37, 12, 20]),
        ((None, ADVERTISING_POINTER), [5, 6]),
        ((DEVICE_POINTER, None), [5, 1234567]),
    ],
)
def test_a_template_of_places_lacks_nothing_but_the_columns(
    pointers: tuple[str | None, str | None], columns: list[int]
) -> None:
    rest = iter(columns)
    spots = [
        (None if pointer is None else Spot(Span(8, next(rest), 8, next(rest)), pointer), expected)
        for pointer, expected in zip(pointers, USUAL, strict=True)
    ]
    texts = place_template(list(zip(pointers, USUAL, strict=True)))
    filled = "".join(map("".join, zip_longest(texts, map(str, columns), fillvalue="")))
    assert filled == place_of((8, 1, 1), spots)
