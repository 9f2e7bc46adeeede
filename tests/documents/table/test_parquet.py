"""Rows of Parquet, and the errors of files that cannot be read."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segkoch_lint import Linter, Span
from segkoch_lint.documents import detection
from segkoch_lint.documents.table.parquet import may_hold_calls, read_parquet
from segkoch_lint.documents.table.row import RowDocument
from segkoch_lint.inputs import discovery
from segkoch_lint.inputs.opener import Stream, open_bytes
from tests.conftest import Ran

discover = partial(discovery.discover, may_hold_calls=detection.may_hold_calls)

Program = Callable[..., Ran]

DEVICE = {
    "context_device_type": "ios",
    "context_device_id": "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64",
    "context_device_advertising_id": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954",
}


def parquet(*rows: dict[str, Any], **options: Any) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), written, **options)
    return written.getvalue()


GOOD = {"user_id": 4711, "event_text": "Order Completed", **DEVICE}
BAD = parquet(GOOD, {**GOOD, "context_device_type": "iOS"}, {**GOOD, "context_device_id": None})


def values(content: bytes) -> list[Any]:
    found = list(read_parquet(open_bytes(content), name="x.parquet"))
    assert all(isinstance(each, RowDocument) for each in found)
    return [each.value for each in found if isinstance(each, RowDocument)]


def test_a_place_is_the_number_of_a_row_and_of_a_column(tmp_path: Path, program: Program) -> None:
    path = tmp_path / "tracks.parquet"
    path.write_bytes(BAD)
    kind, identity = Linter().bytes(BAD, "x")
    assert (kind.code, kind.location.span, kind.location.pointer) == (
        "KCH103",
        Span(2, 3, 2, 4),
        "/context/device/type",
    )
    assert kind.remedy.startswith('Row 2, column "context_device_type". ')
    assert (identity.code, identity.location.span) == ("KCH104", Span(3, 1, 3, 6))
    assert identity.remedy.startswith("Row 3. ")
    ran = program("check", str(path), "--isolated")
    assert f"{path}:2:3: error KCH103" in ran.out
    assert "3 calls read: 3 checked." in ran.out
    assert "PAR1" not in ran.out


def test_rows_are_read_in_several_batches_with_their_numbers() -> None:
    rows = [GOOD] * 4500
    rows[4444] = {**GOOD, "context_device_type": "iOS"}
    linter = Linter()
    (finding,) = linter.bytes(parquet(*rows, row_group_size=1000), "x")
    assert finding.location.span == Span(4445, 3, 4445, 4)
    assert (linter.summary.calls, linter.summary.adds_up()) == (4500, True)


@pytest.mark.parametrize("compress", [gzip.compress, bytes])
def test_it_is_read_from_a_file_compressed_or_not(
    compress: Callable[[bytes], bytes], tmp_path: Path, program: Program
) -> None:
    path = tmp_path / "data"
    path.write_bytes(compress(BAD))
    ran = program("check", str(path), "--isolated", "--statistics")
    assert "3 calls read: 3 checked." in ran.out
    assert f"1 input, {len(BAD):,} bytes." in ran.out


@pytest.mark.slow
def test_it_is_read_from_standard_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "segkoch_lint", "check", "-", "--isolated", "-q"]
    ran = subprocess.run(command, input=BAD, capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (1, b"")
    assert b"3 calls read: 3 checked." in ran.stdout


def test_values_of_all_types_become_those_of_json() -> None:
    moment = datetime(2026, 11, 2, 8, 15, tzinfo=UTC)
    schema = pa.schema(
        [
            ("user_id", pa.float64()),
            ("anonymous_id", pa.int32()),
            ("context_device_ad_tracking_enabled", pa.int8()),
            ("context_ip", pa.string()),
            ("received_at", pa.timestamp("ns", "UTC")),
            ("timestamp", pa.timestamp("ns")),
            ("day", pa.date32()),
            ("clock", pa.time64("ns")),
            ("price", pa.decimal128(10, 2)),
            ("blob", pa.binary()),
            ("share", pa.float64()),
            ("list", pa.list_(pa.int64())),
            ("map", pa.map_(pa.string(), pa.int64())),
            ("word", pa.dictionary(pa.int32(), pa.string())),
        ]
    )
    row = [4711.0, 12, 1, r"\N", moment, moment.replace(tzinfo=None), date(2026, 11, 2), time(8, 15), Decimal("9.99")]
    row += [b"\xff", float("nan"), [1, None], [("a", 1)], "x"]
    written = io.BytesIO()
    arrays = [pa.array([value], kind) for value, kind in zip(row, schema.types, strict=True)]
    # A clock that is finer than Python's.
    arrays[4] = pa.array([moment.timestamp() * 10**9 + 512], pa.int64()).cast(pa.timestamp("ns", "UTC"))
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), written)
    (call,) = values(written.getvalue())
    assert call == {
        "type": "track",
        "userId": "4711",
        "anonymousId": "12",
        "receivedAt": "2026-11-02T08:15:00+00:00",
        "timestamp": "2026-11-02T08:15:00",
        "context": {"device": {"adTrackingEnabled": True}},
        "properties": {
            "day": "2026-11-02",
            "clock": "08:15:00.000000000",
            "price": "9.99",
            "blob": "\ufffd",
            "list": [1, None],
            "map": [["a", 1]],
            "word": "x",
        },
    }


def test_nested_columns_are_objects() -> None:
    context = {"device": {"type": "ios", "id": None}, "library": None}
    assert values(parquet({"anonymousId": "a", "event": "x", "context": context})) == [
        {"type": "track", "anonymousId": "a", "event": "x", "context": {"device": {"type": "ios"}}}
    ]


def test_values_of_unusual_types_are_left_to_the_rules() -> None:
    row = {"anonymousId": "a", "event": {"name": "x"}, "type": {"a": 1}, "context_ip": "i"}
    assert values(parquet(row)) == [
        {
            "type": "track",
            "anonymousId": "a",
            "event": {"name": "x"},
            "context": {"ip": "i"},
            "properties": {"type": {"a": 1}},
        }
    ]


def test_text_that_is_not_utf8_is_read_all_the_same() -> None:
    _, offsets, data = pa.array([b"a\xff"]).buffers()
    array = pa.StringArray.from_buffers(1, offsets, data)
    written = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([array, pa.array(["i"])], ["user_id", "context_ip"]), written)
    assert values(written.getvalue())[0]["userId"] == "a\ufffd"


def test_a_repeated_column_is_reported_once() -> None:
    names = [*GOOD, "context_device_id"]
    columns = [pa.array([value] * 2) for value in (*GOOD.values(), GOOD["context_device_id"])]
    written = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, names), written)
    (finding,) = Linter().bytes(written.getvalue(), "x")
    assert (finding.code, finding.location.span) == ("KCH003", Span(1, 6, 1, 7))


@pytest.mark.parametrize("length", [4, 12, 200, len(BAD) - 1])
def test_a_file_that_is_cut_off_or_corrupt_is_a_finding(length: int) -> None:
    for content in (BAD[:length], gzip.compress(BAD)[:-9], BAD[:4] + b"\0" * 40 + BAD[44:]):
        linter = Linter()
        found = list(linter.bytes(content, "x"))
        assert [f.code for f in found if f.code == "KCH001"] == ["KCH001"]
        assert linter.summary.adds_up()
        assert linter.summary.malformed == 1


def test_a_table_of_others_is_no_call(tmp_path: Path, program: Program) -> None:
    path = tmp_path / "prices.parquet"
    path.write_bytes(parquet({"name": "x", "price": 1}))
    ran = program("check", str(path), "--isolated")
    assert (ran.status, "KCH002" in ran.out) == (1, True)
    assert "table without Segment's columns 1" in ran.out
    ran = program("check", str(tmp_path), "--isolated")
    assert (ran.status, "KCH002" in ran.out) == (3, False)


def test_folders_are_searched_for_tables_of_calls_only(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(parquet({"name": "x"}))
    (tmp_path / "part-0").write_bytes(BAD)
    (tmp_path / "cut").write_bytes(parquet({"name": "x"})[:-3])
    found = [str(tmp_path / name) for name in ("cut", "part-0")]
    assert [each.path for each in discover([str(tmp_path)], root=tmp_path)] == found
    assert may_hold_calls(io.BytesIO(BAD))


def test_without_pyarrow_the_run_is_incomplete_and_says_what_to_install(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "tracks.parquet"
    path.write_bytes(BAD)
    ran = program("check", str(path), "--isolated")
    assert ran.status == 4
    assert ran.err == f"Error: {path}: Parquet is read by pyarrow: pip install pyarrow\n"


def test_what_the_disk_refuses_is_no_fault_of_the_file() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if size != 4:
                raise OSError(5, "Input/output error")
            return super().read(size)

    stream = Stream("x", io.BytesIO(BAD).read, stored=lambda: Failing(BAD))
    with pytest.raises(OSError, match="Input/output"):
        list(read_parquet(stream, name="x"))
