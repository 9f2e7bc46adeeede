"""Exported tables, from the input to the report."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint import Finding, Linter
from segkoch_lint.documents.table.csv_reader import read_csv
from segkoch_lint.documents.table.row import RowDocument
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import mask
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import open_bytes
from segkoch_lint.reporting.snippets import snippet
from tests.conftest import Ran
from tests.engine.lines.logs import is_found_the_same

COLUMNS = (
    "id,received_at,user_id,event,event_text,context_library_name,context_device_type,context_device_id,"
    "context_device_advertising_id,context_device_ad_tracking_enabled,context_device_manufacturer"
).split(",")
GOOD = dict(
    zip(
        COLUMNS,
        "m-1|2026-11-02 08:15:04.117 UTC|user-4711|order_completed|Order Completed|analytics-swift|ios|"
        "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64|A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954|t|Apple".split("|"),
        strict=True,
    )
)

Program = Callable[..., Ran]


def table(*changes: dict[str, str], columns: Sequence[str] = COLUMNS, **options: Any) -> str:
    """A table whose rows are good, but for these changes."""
    written = io.StringIO()
    writer = csv.writer(written, **{"lineterminator": "\n", **options})
    writer.writerow(columns)
    writer.writerows([{**GOOD, **change}.get(column, "") for column in columns] for change in changes)
    return written.getvalue()


def codes(findings: Sequence[Finding]) -> list[tuple[str, int, str]]:
    return [(f.code, f.location.span.line if f.location.span else 0, f.location.pointer) for f in findings]


def lint_text(content: str | bytes, name: str = "x.csv") -> tuple[list[Finding], Linter]:
    linter = Linter()
    return list(linter.bytes(content.encode() if isinstance(content, str) else content, name)), linter


FAULTY = table(
    {},
    {"context_device_type": "Android"},
    {"context_device_id": "", "event_text": "Said\n“hello”"},
    {"context_device_advertising_id": "00000000-0000-0000-0000-000000000000"},
    {"context_device_advertising_id": "NULL", "context_device_ad_tracking_enabled": "f"},
    {"context_device_type": "", "context_device_id": "", "context_device_advertising_id": r"\N"}
    | {"context_device_ad_tracking_enabled": "", "context_device_manufacturer": ""},
)
FOUND = [
    ("KCH103", 3, "/context/device/type"),
    ("KCH113", 3, "/context/device/type"),
    ("KCH104", 4, "/context/device"),
    ("KCH106", 6, "/context/device/advertisingId"),
    ("KCH112", 6, "/context/device/advertisingId"),
    ("KCH119", 7, "/context/device"),
    ("KCH101", 8, "/context"),
]


def test_rows_are_checked_as_calls_are() -> None:
    findings, linter = lint_text(FAULTY)
    found = codes(findings)
    assert [each for each in found if each[0] != "KCH113"] == [each for each in FOUND if each[0] != "KCH113"]
    assert (linter.summary.calls, linter.summary.checked, linter.summary.adds_up()) == (6, 6, True)
    (kind,) = [f for f in findings if f.code == "KCH103"]
    column = table({"context_device_type": "Android"}).split("\n")[1].index(",Android") + 2
    assert kind.location.span == Span(3, column, 3, column + 7)
    assert kind.remedy.startswith('Column "context_device_type". ')
    assert kind.properties == {"type": "track", "library": "analytics-swift", "event": "Order Completed"}


def test_what_is_wrong_with_a_column_is_shown_in_the_row() -> None:
    findings, _ = lint_text(table({"network": "cable"}, {"network": ""}, columns=[*COLUMNS, "network"]))
    assert [(code, line) for code, line, _ in codes(findings)] == [("KCH303", 2)]


def test_a_file_of_the_s3_source_is_told_of_missing_columns_by_its_own_names() -> None:
    columns = "userId,event,context.device.id,context.device.type,context.library.name"
    _, linter = lint_text(f"{columns}\nu-4711,E,c9a3f1d27b5e8460,android,analytics-node\n", "track_1.csv")
    ((_, remark),) = linter.summary.remarks
    assert remark.startswith("there is no column context.device.advertisingId: ")
    assert "warehouse" not in remark


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(FAULTY.encode()),
        zstandard.compress(FAULTY.encode()),
        FAULTY.encode("utf-8-sig"),
        FAULTY.encode("utf-16"),
        FAULTY.replace("\n", "\r\n").encode(),
        FAULTY.replace(COLUMNS[0], COLUMNS[0].upper(), 1).encode(),
        ",".join(COLUMNS).upper().encode() + b"\n" + FAULTY.partition("\n")[2].encode(),
    ],
)
def test_it_does_not_matter_how_the_table_is_stored(content: bytes) -> None:
    assert codes(lint_text(content)[0]) == codes(lint_text(FAULTY)[0])


def test_broken_rows_are_counted_and_the_rows_after_them_checked() -> None:
    text = table({}, {"context_device_type": "iOS"}).split("\n")
    content = "\n".join([text[0], "too,few", text[1], '"' + text[1], text[2], ""])
    findings, linter = lint_text(content)
    assert [each[:2] for each in codes(findings)] == [("KCH001", 2), ("KCH001", 4), ("KCH103", 5)]
    summary = linter.summary
    assert (summary.calls, summary.checked, summary.malformed, summary.adds_up()) == (4, 2, 2, True)
    assert all(f.snippet is None for f in findings)


def test_a_table_that_is_cut_off_in_its_gzip_data_is_read_up_to_there() -> None:
    content = gzip.compress(table(*[{}] * 2000).encode())
    findings, linter = lint_text(content[: len(content) // 2])
    assert [f.code for f in findings] == ["KCH001"]
    assert linter.summary.calls > 100


def test_a_column_that_stands_twice_is_told_once_at_the_header() -> None:
    columns = [*COLUMNS, "CONTEXT_DEVICE_ID"]
    (finding,), _ = lint_text(table({}, {}, columns=columns))
    assert (finding.code, finding.location.pointer) == ("KCH003", "/context/device/id")
    also_wrong, _ = lint_text(table({"context_device_type": "iOS"}, {}, columns=columns))
    assert [each.code for each in also_wrong] == ["KCH003", "KCH103"]
    header = ",".join(columns)
    assert finding.location.span == Span(1, header.index("CONTEXT") + 1, 1, len(header) + 1)
    snippet_of = Linter(snippets=snippet)
    (shown,) = snippet_of.bytes(table({}, columns=columns).encode(), "x.csv")
    assert shown.snippet
    assert (shown.snippet.first_line, shown.snippet.focus, len(shown.snippet.lines)) == (1, 0, 2)
    assert "CONTEXT_DEVICE_ID" in shown.snippet.lines[0]
    broken = table({}, columns=columns).replace("\n", "\nx\n", 1)
    far = [f.snippet for f in snippet_of.bytes(broken.encode(), "x.csv") if f.code == "KCH003"]
    assert [each and each.lines for each in far] == [()]
    (first,) = finding.related
    assert first.span
    assert first.span.column == header.index("context_device_id") + 1


def test_a_table_says_nothing_about_columns_that_were_not_exported() -> None:
    device = [column for column in COLUMNS if "device" in column and "manufacturer" not in column]
    findings, linter = lint_text(table({}, columns=["context_library_name", *device]))
    assert (findings, linter.summary.remarks) == ([], [])
    empty = {"user_id": "", "event": "", "event_text": ""}
    assert [each[0] for each in codes(lint_text(table(empty))[0])] == ["KCH301", "KCH302"]


def test_numbers_that_no_line_of_json_can_be_written_with_are_judged_all_the_same() -> None:
    device = '{""device"": {""id"": %s, ""type"": ""ios""}}' % ("1" * 40)
    findings, linter = lint_text(f'userId,event,context,context.ip\nu,x,"{device}",i\n')
    assert {f.code for f in findings} >= {"KCH104", "KCH105"}
    assert linter.summary.adds_up()


def test_columns_that_kochava_needs_are_missed() -> None:
    columns = [column for column in COLUMNS if column != "context_device_advertising_id"]
    findings, linter = lint_text(table({}, {}, columns=columns))
    assert [each[:2] for each in codes(findings)] == [("KCH105", 2), ("KCH105", 3)]
    ((path, remark),) = linter.summary.remarks
    assert path == "x.csv"
    assert remark.startswith("there is no column context_device_advertising_id: ")


def test_calls_that_are_not_delivered_are_told_by_their_table() -> None:
    _, linter = lint_text(table({}, columns=[c for c in COLUMNS if not c.startswith("event")]), "screens.csv")
    assert linter.summary.not_delivered == {"type not accepted": 1}
    columns = "userId,event,context.device.type,integrations.Kochava"
    _, linter = lint_text(f"{columns}\nu,x,ios,false\n", "track_1.csv")
    assert linter.summary.not_delivered == {"switched off by integrations": 1}


def test_a_table_of_others_is_no_call_where_it_was_named(tmp_path: Path, program: Program) -> None:
    (tmp_path / "prices.csv").write_text("name,price\nx,1\n")
    named = program("check", str(tmp_path / "prices.csv"), "--isolated")
    assert named.status == 1
    assert "KCH002" in named.out
    assert "1 document held no call (table without Segment's columns 1)." in named.out
    walked = program("check", str(tmp_path), "--isolated")
    assert walked.status == 3
    assert "KCH002" not in walked.out


def test_folders_are_searched_for_tables(tmp_path: Path, program: Program) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/tracks").write_text(FAULTY)
    (tmp_path / "out/tracks.csv.gz").write_bytes(gzip.compress(FAULTY.encode()))
    ran = program("check", str(tmp_path), "--isolated", "--statistics", "--group-by", "day,platform")
    assert "12 calls read: 12 checked." in ran.out
    assert re.search("^2026-11-02 +ios +8 ", ran.out, re.MULTILINE)


def test_an_empty_table_is_nothing_to_check(program: Program, tmp_path: Path) -> None:
    for content in ("", table()):
        (tmp_path / "x.csv").write_text(content)
        ran = program("check", str(tmp_path / "x.csv"), "--isolated")
        assert (ran.status, "no Segment call in what was read" in ran.out) == (3, True)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json", "json-lines"])
def test_reports_are_the_same_for_any_number_of_threads(form: str, tmp_path: Path, program: Program) -> None:
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text(FAULTY + FAULTY.partition("\n")[2] * 300)
    found = [
        program("check", str(tmp_path), "--isolated", "-f", form, "--max-findings", "50", "-j", jobs)
        for jobs in ("1", "3")
    ]
    assert found[0] == found[1]
    assert found[0].status == 1


def test_snippets_show_the_row_with_its_ids_masked(tmp_path: Path, program: Program) -> None:
    path = tmp_path / "x.csv"
    path.write_text(table({"context_device_type": "iOS"}, columns=COLUMNS[-6:]))
    out = program("check", str(path), "--isolated").out
    row = "2 | analytics-swift,iOS,5F1B…3F64,A1D4…A954,t,Apple"
    assert row in out
    assert " " * row.index("iOS") + "^^^\n" in out.replace("|", " ")
    assert GOOD["context_device_id"] in program("check", str(path), "--isolated", "--show-ids").out


ids = st.text(st.sampled_from('abcdef0123456789-xyz_", \n;é'), min_size=12, max_size=40).filter(
    lambda text: len(set(text)) > 6 and text.strip() == text
)


@given(
    ids,
    st.sampled_from([c for c in COLUMNS if c.endswith("_id") or c == "id"] + ["email", "context_ip", "context"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_no_id_is_shown(secret: str, column: str, quoting: Any) -> None:
    columns = COLUMNS if column in COLUMNS else [*COLUMNS, column]
    value = json.dumps({"user": {"id": secret}}) if column == "context" else secret
    text = table({column: value, "context_device_type": "iOS"}, columns=columns, quoting=quoting)
    (row,) = read_csv(open_bytes(text.encode()), name="x.csv", delimiter=",", limits=Limits())
    assert isinstance(row, RowDocument)
    for path in [("context", "device", "type"), (), ("context", "device", "id"), ("userId",)]:
        shown = snippet(row, row.locate([path])[path], width=1000)
        for line in secret.split("\n"):
            longest = max(9, len(line) // 2 + 1)
            parts = [line[start : start + longest] for start in range(len(line) - longest + 1)]
            assert not any(part in each.replace('""', '"') for part in parts for each in shown.lines), mask(secret)


IDS = ["5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64", "7C2E9A51-4D0B-4F8E-9A63-B1D5E8F2074C"]

SERVER = {"context_library_name": "analytics-ruby", "event_text": "Two\nlines"}


def test_users_are_compared_across_rows_and_logs() -> None:
    text = table({}, SERVER, {**SERVER, "context_device_id": IDS[1]}, lineterminator="\r\n")
    linter = Linter()
    assert list(linter.bytes(text.encode(), "tracks.csv")) == []
    (finding,) = linter.identity_findings()
    line = text.split("\r\n")[3].split("\n")[-1]
    column = line.index(IDS[1]) + 1
    assert (finding.code, finding.location.pointer) == ("KCH201", "/context/device/id")
    assert finding.location.span == Span(6, column, 6, column + 36)
    (mobile,) = finding.related
    assert mobile.span
    assert mobile.span.line == 2


cells = st.sampled_from(["", "NULL", "ios", "android", "iOS", "t", "f", "2", "x", "analytics-ruby", '{"a": 1}', "null"])
changes = st.dictionaries(st.sampled_from(COLUMNS), cells | st.sampled_from(IDS), max_size=3)


@settings(max_examples=20)
@given(st.lists(changes, max_size=12), st.integers(1, 3))
def test_rows_are_found_the_same_by_every_way_to_go_through_them(rows: list[dict[str, str]], times: int) -> None:
    is_found_the_same(table(*rows * times).encode(), name="x.csv")
