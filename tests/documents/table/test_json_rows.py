"""Rows of a warehouse that are written as JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from segkoch_lint import Finding, Linter
from segkoch_lint.calls.call import Call
from segkoch_lint.documents.table.json_rows import JsonRow
from segkoch_lint.envelopes.unwrap import unwrap
from segkoch_lint.findings.position import Span

ROW = {
    "id": "m-1",
    "received_at": "2026-11-02 08:15:04 UTC",
    "user_id": "user-4711",
    "event": "order_completed",
    "event_text": "Order Completed",
    "context_library_name": "analytics-swift",
    "context_device_type": "ios",
    "context_device_id": "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64",
    "context_device_advertising_id": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954",
    "context_device_ad_tracking_enabled": True,
    "context_device_manufacturer": "Apple",
    "revenue": 9.5,
    "currency": "EUR",
}


def lint(content: str, name: str = "tracks.json") -> tuple[list[Finding], Linter]:
    linter = Linter()
    return list(linter.bytes(content.encode(), name)), linter


def places(findings: list[Finding]) -> list[tuple[str, int, str]]:
    return [(f.code, f.location.span.line if f.location.span else 0, f.location.pointer) for f in findings]


def test_a_row_is_a_call_in_segments_shape() -> None:
    (unit,) = unwrap(ROW)
    assert isinstance(unit, Call)
    assert unit.certain
    assert unit.message["type"] == "track"
    assert unit.message["event"] == "Order Completed"
    assert unit.message["userId"] == "user-4711"
    assert unit.message["context"]["device"]["advertisingId"] == ROW["context_device_advertising_id"]
    assert unit.message["properties"] == {"revenue": 9.5, "currency": "EUR"}


@pytest.mark.parametrize(
    "row",
    [
        {key.upper(): value for key, value in ROW.items()},
        {"context.device.id": "x", "userId": "u"},
        {"context_device_id": "x", "timestamp": "t"},
        {"event_text": "Order", "user_id": "u"},
        {"event": "order", "anonymous_id": "a", "received_at": "t"},
        {"type": "track", "user_id": "u", "context_device_id": "x"},
    ],
)
def test_columns_of_a_warehouse_make_a_row_in_any_case(row: dict[str, Any]) -> None:
    (unit,) = unwrap(row)
    assert isinstance(unit, Call)
    assert unit.row is not None


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"user_id": "u", "anonymous_id": "a", "message_id": "m", "timestamp": "t", "type": "identify", "traits": {}},
        {"userId": "u", "context": {"device": {}}, "context_device_id": "x"},
        {"received_at": "t", "name": "x"},
        {"context_menu": "x", "context_id": 5},
        {"context.id": "x"},
    ],
)
def test_anything_else_is_not_a_row(value: dict[str, Any]) -> None:
    assert JsonRow.of(value, "") is None


def test_good_rows_have_no_findings_and_errors_are_at_their_members() -> None:
    zeros = {**ROW, "context_device_advertising_id": "00000000-0000-0000-0000-000000000000"}
    zeros["context_device_ad_tracking_enabled"] = False
    without = {key: value for key, value in ROW.items() if key != "context_device_id"}
    lines = "\n".join(map(json.dumps, [ROW, zeros, without, {**ROW, "context_device_type": "iOS"}]))
    found, linter = lint(lines, "a.ndjson")
    assert places(found) == [
        ("KCH106", 2, "/context_device_advertising_id"),
        ("KCH104", 3, ""),
        ("KCH103", 4, "/context_device_type"),
    ]
    start = json.dumps({**ROW, "context_device_type": "iOS"}).index('"iOS"') + 1
    assert found[2].location.span == Span(4, start, 4, start + 5)
    assert (linter.summary.calls, linter.summary.checked) == (4, 4)
    assert places(lint(json.dumps([ROW, zeros], indent=1))[0])[0][2] == "/1/context_device_advertising_id"


def test_a_row_says_nothing_about_what_it_has_no_columns_for() -> None:
    row = {key: value for key, value in ROW.items() if key != "user_id"}
    assert lint(json.dumps(row))[0] == []


def test_the_name_of_the_file_tells_the_type_of_rows_that_do_not() -> None:
    row = {"user_id": "u", "received_at": "t", "context_ip": "203.0.113.7"}
    for name, call_type in (("exports/identifies.json", "identify"), ("pages.ndjson", "page"), ("x.json", "track")):
        (unit,) = unwrap(row, table=name)
        assert isinstance(unit, Call)
        assert unit.message["type"] == call_type


def test_repeated_columns_are_reported_where_a_rule_reads_them() -> None:
    text = json.dumps({**ROW, "uuid_ts": "t"})[:-1] + ', "context_device_id": "x", "uuid_ts": "t"}'
    repeated = [(f.code, f.location.pointer) for f in lint(text)[0] if f.code == "KCH003"]
    assert repeated == [("KCH003", "/context_device_id")]


def test_rows_get_the_findings_that_the_same_rows_get_as_a_table() -> None:
    rows = [
        {**ROW, "context_device_id": "unknown"},
        {**ROW, "context_device_type": "Android"},
        {**ROW, "context_device_advertising_id": "unknown"},
        {**ROW, "context_library_name": "analytics-kotlin"},
    ]
    table = io.StringIO()
    writer = csv.DictWriter(table, ROW)
    writer.writeheader()
    writer.writerows(rows)
    as_json, linter = lint("\n".join(map(json.dumps, rows)), "a.ndjson")
    as_table, other = lint(table.getvalue(), "a.csv")
    assert [(f.code, f.message, f.location.span.line + 1) for f in as_json if f.location.span] == [
        (f.code, f.message, f.location.span.line) for f in as_table if f.location.span
    ]
    assert linter.summary.libraries == other.summary.libraries


# KCH117 asks for the column of the manufacturer: a row without such a column says nothing about what needs it.
_OF_THE_DEVICE = [n for n in ROW if n.startswith("context_device_") and n != "context_device_manufacturer"]


@given(st.lists(st.sets(st.sampled_from(_OF_THE_DEVICE)), max_size=3), st.booleans())
def test_a_member_that_is_absent_is_a_null_of_the_table(nulls: list[set[str]], upper: bool) -> None:
    names = {name: name.upper() if upper else name for name in ROW}  # Snowflake's OBJECT_CONSTRUCT(*), bq extract
    rows = [{names[name]: value for name, value in ROW.items() if name not in absent} for absent in (set(), *nulls)]
    table = io.StringIO()
    writer = csv.DictWriter(table, list(names.values()))
    writer.writeheader()
    writer.writerows(rows)

    as_json, linter = lint("\n".join(map(json.dumps, rows)), "a.ndjson")
    as_table, other = lint(table.getvalue(), "a.csv")

    def found(findings: list[Finding], header: int) -> list[tuple[str, str, int]]:
        return [(f.code, f.message, f.location.span.line - header) for f in findings if f.location.span]

    assert found(as_json, 0) == found(as_table, 1)
    assert linter.summary.libraries == other.summary.libraries


def test_ids_of_rows_are_masked() -> None:
    row = {
        **ROW,
        "context_device_type": "iOS",
        "context_traits_email": "kim@example.com",
        "context_device_token": "t0k",
    }
    found, _ = lint(json.dumps([row]))
    text = " ".join(f"{f.message} {f.snippet}" for f in found)
    assert found
    for secret in ("5F1B6C0E", "A1D4E8B7", "user-4711", "kim@example.com", "t0k"):
        assert secret not in text
