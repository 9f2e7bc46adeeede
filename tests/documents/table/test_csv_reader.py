"""CSV to rows: what is one, where its cells stand, and what happens to the rows around a broken one."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.document import InternalFailure, Note, ParseError, Scalar
from segkoch_lint.documents.table.csv_reader import delimiter_of, read_csv
from segkoch_lint.documents.table.csv_row import cells_of
from segkoch_lint.documents.table.row import RowDocument
from segkoch_lint.findings.position import Span
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import open_bytes

HEADER = "user_id,context_device_id,note\n"


def rows(text: str | bytes, *, limits: Limits | None = None, delimiter: str = ",") -> list[RowDocument | ParseError]:
    content = text if isinstance(text, bytes) else text.encode()
    found = read_csv(open_bytes(content), name="x.csv", delimiter=delimiter, limits=limits or Limits())
    return [each for each in found if not isinstance(each, InternalFailure)]


def told(text: str | bytes, **options: Any) -> list[object]:
    """The users of the rows, and messages with line and column of the errors."""
    return [
        (each.message, each.span.line, each.span.column) if isinstance(each, ParseError) else each.value.get("userId")
        for each in rows(text, **options)
    ]


def test_rows_are_read_whatever_their_ends() -> None:
    assert told(HEADER + "a,1,x\r\nb,2,y\n\n\r\nc,3,z") == ["a", "b", "c"]
    assert told("\n\n" + HEADER + ",,\n , ,\n") == [" "]
    assert told(HEADER) == told(HEADER.rstrip()) == []


def test_a_cell_has_its_place_also_behind_ends_of_lines_in_quotes() -> None:
    (row,) = rows('user_id,note,context_device_id\n"ä ""b""","one\ntwo, é\n",D\r\n')
    assert isinstance(row, RowDocument)
    assert row.value["userId"] == 'ä "b"'
    paths = [("userId",), ("properties", "note"), ("context", "device", "id"), (), ("context",)]
    assert row.locate(paths) == {
        ("userId",): Span(2, 1, 2, 10),
        ("properties", "note"): Span(2, 11, 4, 2),
        ("context", "device", "id"): Span(4, 3, 4, 4),
        (): Span(2, 1, 4, 4),
        ("context",): Span(2, 1, 4, 4),
    }
    assert row.note(("userId",)) == Note('Column "user_id".')
    assert row.note(()) is None
    assert [*map(str, row.lines(1, 9))] == ['"ä ""b""","one', "two, é", '",D']
    assert [scalar.text for scalar in row.scalars(3, 0, 9) if isinstance(scalar, Scalar)] == ["one\ntwo, é\n"]


def test_nulls_are_absent() -> None:
    (row,) = rows(HEADER + "NULL,\\N,''\n")[:1]
    assert isinstance(row, RowDocument)
    assert row.value == {"type": "track"}


def test_rows_of_another_width_are_errors_and_the_others_are_read() -> None:
    few, many = "the row has 2 cells, and the header 3", "the row has 4 cells, and the header 3"
    assert told(HEADER + "a,1\nb,2,y\nc,3,z,w\nd,4,v\n") == [(few, 2, 1), "b", (many, 4, 7), "d"]
    assert told(HEADER + "a\n")[0] == ("the row has 1 cell, and the header 3", 2, 1)


def test_a_quote_that_is_never_closed_spoils_its_own_row_only() -> None:
    missing = "a quoted cell whose closing quote is missing"
    assert told(HEADER + 'a,"1,x\nb,2,y\nc,3,z\n') == [(missing, 2, 3), "b", "c"]
    # The next quote would close it; what follows that shows that it does not.
    after = "text after the closing quote of a cell; a quote inside of a cell is written twice"
    assert told(HEADER + 'a,"1,x\nb,2,y\nc,"3",z\n') == [(after, 4, 4), "b", "c"]
    assert told(HEADER + 'a,"1"x,x\nb,2,y\n') == [(after, 2, 6), "b"]


def test_a_row_that_is_too_long_is_broken_off() -> None:
    text = HEADER + 'a,"1,x\n' + "b,2,y\n" * 100
    (error, *others) = told(text, limits=Limits(line_bytes=64))
    assert error == ("a row longer than 64 bytes (limits.line-bytes); is the closing quote of a cell missing?", 2, 3)
    assert others == ["b"] * 100
    assert told(HEADER + "a,1," + "x" * 99 + "\nb,2,y\n", limits=Limits(line_bytes=64)) == [
        ("the line is longer than 64 bytes (limits.line-bytes)", 2, 1),
        "b",
    ]


def test_whole_rows_over_many_lines_are_no_longer_than_their_own_lines() -> None:
    text = HEADER + 'a,1,"' + "x\n" * 20 + '"\n' + "b,2,y\n" * 3
    assert told(text, limits=Limits(line_bytes=64)) == ["a", "b", "b", "b"]


def test_lines_that_swallow_each_other_are_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segkoch_lint.documents.table.csv_reader.CHEAP_REREADING", 1000)
    line = 'x","""\n'  # opens a quote, whether it begins inside of one or not
    found = told(HEADER + line * 5000, limits=Limits(line_bytes=5000))
    assert 0 < len(found) < 100
    assert all(isinstance(each, tuple) for each in found)


def test_invalid_text_is_an_error_of_its_row() -> None:
    text = HEADER.encode() + b"a,\xff1,x\nb,2,y\nc,\0,z\nd,4,\xc3\xa9\n"
    assert told(text) == [("not valid UTF-8", 2, 3), "b", ("a NUL character", 4, 3), "d"]
    assert told(HEADER + "a,1\r2,x\nb,2,y\n") == [("a bare carriage return outside of quotes", 2, 4), "b"]


def test_large_cells_are_read() -> None:
    assert told(HEADER + f'a,1,"{"x" * 1_000_000}"\n') == ["a"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_of_byte_order_are_no_part_of_a_column(encoding: str) -> None:
    stream = open_bytes((HEADER + "é,1,x\n").encode(encoding))
    assert delimiter_of(stream.peek(100)) == ","
    (row,) = read_csv(stream, name="x", delimiter=",", limits=Limits())
    assert isinstance(row, RowDocument)
    assert row.value["userId"] == "é"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_a_header_is_known_by_its_columns(delimiter: str) -> None:
    header = HEADER.replace(",", delimiter)
    assert delimiter_of(header.encode()) == delimiter
    assert told(header + delimiter.join(["a", '"1"', "x"]), delimiter=delimiter) == ["a"]
    quoted = delimiter.join(f'"{name}"' for name in HEADER.strip().split(","))
    assert delimiter_of(quoted.encode()) == delimiter


def test_a_header_that_is_cut_off_is_recognised_by_its_columns() -> None:
    names = ['"user_id"', '"context_device_id"', *(f'"property_{number}"' for number in range(500))]
    whole = ",".join(names).encode()
    assert all(delimiter_of(whole[:length]) == "," for length in range(300, 2000))


@pytest.mark.parametrize(
    "text",
    ["", "name,price\n1,2\n", '{"context.ip":1,"anonymousId":2}\n', "user_id\n", '"user_id,context_ip\n', "a\tb\n"]
    + ["# context_ip, anonymous_id\n", "anonymousId: a, context_ip: b\n"],
)
def test_what_has_no_columns_of_segments_is_no_export(text: str) -> None:
    assert delimiter_of(text.encode()) is None


cells = st.lists(
    st.text(st.sampled_from('a"\n ,;é\t') | st.characters(codec="utf-8", exclude_characters="\r")), min_size=1
)


@given(cells, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_places_of_cells_agree_with_the_parser(values: list[str], delimiter: str, quoting: Any) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, quoting=quoting).writerow(values)
    text = written.getvalue().removesuffix("\r\n")
    found, end = cells_of(text, delimiter)
    assert end == len(text)
    shown = [text[slice(*extent)] for extent in found]
    assert [each[1:-1].replace('""', '"') if each.startswith('"') else each for each in shown] == values


@given(st.text(st.sampled_from('ab",\n\r\0é'), max_size=80))
def test_no_row_is_lost_whatever_the_text(text: str) -> None:
    """Each line that is not blank begins a row that is read, belongs to one, or is a error."""
    covered: set[int] = set()
    for each in rows(HEADER + text):
        span = each.span if isinstance(each, ParseError) else each.locate([()])[()]
        covered.update(range(each.line if isinstance(each, ParseError) else span.line, span.end_line + 1))
    for number, line in enumerate(text.split("\n"), 2):
        if line.strip(', \r"'):
            assert number in covered
