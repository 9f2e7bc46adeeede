from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.document import InternalFailure, ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.lines import NumberedLine, blocks, read_line, size_text
from segkoch_lint.findings.position import Span
from segkoch_lint.inputs.decompression import CorruptInputError
from segkoch_lint.inputs.limits import Limits

LIMITS = Limits()
SMALL = Limits(line_bytes=8)


def lines(stream: Iterable[bytes], limits: Limits, *, line: int = 1) -> Iterator[NumberedLine | ParseError]:
    """The lines of all blocks."""
    for each in blocks(stream, limits, line=line):
        yield from [each] if isinstance(each, ParseError) else each.lines(limits)


def in_pieces(text: bytes, size: int) -> Iterator[bytes]:
    return (text[start : start + size] for start in range(0, len(text), size))


def damaged(text: bytes) -> Iterator[bytes]:
    yield text
    raise CorruptInputError("it is cut off")


@given(st.lists(st.binary(max_size=12).map(lambda text: text.replace(b"\n", b""))), st.booleans(), st.integers(1, 40))
def test_every_line_that_is_not_blank_comes_with_its_number(texts: list[bytes], ended: bool, size: int) -> None:
    content = b"\n".join(texts) + (b"\n" if ended else b"")
    expected = [(number, text.removesuffix(b"\r")) for number, text in enumerate(texts, 1) if text.strip()]
    assert list(lines(in_pieces(content, size), LIMITS)) == expected


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_lines_end_at_lf_and_crlf_and_at_nothing_else(size: int) -> None:
    content = "1\r\n2\r3\u2028\u0085\v4\n\r\n \n5\r".encode()
    assert list(lines(in_pieces(content, size), LIMITS)) == [
        (1, b"1"),
        (2, "2\r3\u2028\u0085\v4".encode()),
        (5, b"5"),
    ]


def test_the_first_line_may_have_any_number() -> None:
    assert list(lines([b"a\nb\nc"], LIMITS, line=7)) == [(7, b"a"), (8, b"b"), (9, b"c")]


@pytest.mark.parametrize("size", [1, 4, 9, 10, 100])
def test_a_line_over_the_limit_is_an_error_and_the_other_lines_are_read(size: int) -> None:
    content = b"12345678\n123456789\r\n12345678\r\n" + b"x" * 50 + b"\n1\n" + b"y" * 9
    assert list(lines(in_pieces(content, size), SMALL)) == [
        (1, b"12345678"),
        ParseError(
            "the line is longer than 8 bytes (limits.line-bytes)",
            Span(2, 1, 2, 2),
            2,
            shows_signs=False,
            cause="too-large",
        ),
        (3, b"12345678"),
        ParseError(
            "the line is longer than 8 bytes (limits.line-bytes)",
            Span(4, 1, 4, 2),
            4,
            shows_signs=False,
            cause="too-large",
        ),
        (5, b"1"),
        ParseError(
            "the line is longer than 8 bytes (limits.line-bytes)",
            Span(6, 1, 6, 2),
            6,
            shows_signs=False,
            cause="too-large",
        ),
    ]


def test_a_line_over_the_limit_is_not_held_in_memory() -> None:
    chunk = bytes(1 << 16)
    tracemalloc.start()
    try:
        (error,) = lines((chunk for _ in range(1000)), Limits(line_bytes=1 << 20))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(error, ParseError)
    assert most < 4 << 20


def test_lines_are_not_held_once_they_were_given() -> None:
    chunk = (b"x" * 1023 + b"\n") * 64
    tracemalloc.start()
    try:
        count = sum(1 for _ in lines((chunk[:-1] + b"\n" for _ in range(1000)), LIMITS))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 64_000
    assert most < 2 << 20


CUT = "it is cut off"


def test_corrupt_data_is_reported_after_the_good_lines() -> None:
    assert list(lines(damaged('{}\n{"é": "é'.encode()), LIMITS)) == [
        (1, b"{}"),
        ParseError(CUT, Span(2, 9, 2, 9), 2, shows_signs=False, cause="cut-off"),
    ]


def test_a_whole_line_before_corrupt_data_is_read() -> None:
    assert list(lines(damaged(b"{}\n[1]"), LIMITS)) == [
        (1, b"{}"),
        (2, b"[1]"),
        ParseError(CUT, Span(2, 4, 2, 4), 2, shows_signs=False, cause="cut-off"),
    ]
    assert list(lines(damaged(b"{}\n"), LIMITS)) == [
        (1, b"{}"),
        ParseError(CUT, Span(2, 1, 2, 1), 2, shows_signs=False, cause="cut-off"),
    ]


def test_a_line_over_the_limit_before_corrupt_data_is_reported() -> None:
    long, cut = lines(damaged(b"123456789 123456789"), SMALL)
    assert isinstance(long, ParseError)
    assert isinstance(cut, ParseError)
    assert cut.message == CUT


@pytest.mark.parametrize("size", [1, 7, 100])
def test_an_error_shows_whether_its_text_has_signs_of_a_call(size: int) -> None:
    limits = Limits(line_bytes=30)
    assert [each.shows_signs for each in read_line(b'{"messageId": }', 1, limits) if isinstance(each, ParseError)] == [
        True
    ]
    assert [each.shows_signs for each in read_line(b'{"message": }', 1, limits) if isinstance(each, ParseError)] == [
        False
    ]
    long = b'{"messageId": "' + b"x" * 50 + b'"}\n{"message": "' + b"x" * 50 + b'"}'
    found = list(lines(in_pieces(long, size), limits))
    assert [each.shows_signs for each in found if isinstance(each, ParseError)] == [True, False]


def test_a_line_may_hold_several_documents_and_begin_with_rs() -> None:
    several = read_line(b'{"a": 1}{"a": 2} [3]', 4, LIMITS)
    assert [each.value for each in several if not isinstance(each, ParseError | InternalFailure)] == [
        {"a": 1},
        {"a": 2},
        [3],
    ]
    (one,) = read_line(b"\x1e{}", 1, LIMITS)
    assert isinstance(one, JsonDocument)


def test_a_broken_line_is_one_error_at_its_place() -> None:
    (error,) = read_line(b'{"a": 1}{"a": }', 4, LIMITS)
    assert isinstance(error, ParseError)
    assert error.span.line == 4


def test_limits_are_shown_in_round_units() -> None:
    assert [size_text(size) for size in (0, 1000, 1 << 20, 64 << 20, (1 << 20) + 1)] == [
        "0 bytes",
        "1,000 bytes",
        "1 MiB",
        "64 MiB",
        "1,048,577 bytes",
    ]
