"""That neither the order of calls nor how they are shared out, nor memory, matters."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint import Linter
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.engine.input_linter import InputLinter
from segkoch_lint.findings.position import Path, Span
from segkoch_lint.identity.database import IdentityDatabase, Source, record_memory
from segkoch_lint.identity.records import RecordBatch
from segkoch_lint.identity.sql_engines import SQLite
from tests.identity.saying import (
    A1,
    D1,
    D2,
    DATABASES,
    LINKS,
    ONLY,
    SAID,
    SETTINGS,
    app,
    records_in,
    server,
    spilled,
    sqlite,
    told,
    told_of_files,
)

ROW = ("u", "", "ios", "mobile", D1, A1, "analytics-swift", 1, "A1A1[null,null]", 1)


@pytest.mark.slow
@given(st.lists(SAID | LINKS, max_size=12), st.lists(st.integers(0, 12), max_size=3))
@settings(max_examples=30)
@pytest.mark.parametrize("way", ["memory", "partitions"])
def test_pieces_of_one_log_give_what_the_whole_does(way: str, calls: list[Any], cuts: list[int]) -> None:
    lines = [json.dumps(each).encode() + b"\n" for each in calls]
    whole = Linter(SETTINGS)
    list(whole.bytes(b"".join(lines), "log.ndjson"))
    bounds = sorted({0, len(lines), *(min(cut, len(lines)) for cut in cuts)})
    pieces = Linter(SETTINGS)
    pieces.identity = DATABASES[way]()
    for start, end in reversed(list(pairwise(bounds))):
        piece = b"\n" * start + b"".join(lines[start:end])
        for batch in records_in(piece, "log.ndjson", InputLinter(SETTINGS)):
            pieces.identity.add(batch, Source("log.ndjson", 1))
    assert told(pieces) == told(whole)


@given(st.lists(SAID | LINKS, max_size=12), st.integers(1, 20))
@settings(max_examples=40)
def test_how_many_rows_are_held_does_not_matter(calls: Sequence[Any], most_rows: int) -> None:
    expected = told_of_files(calls, DATABASES["memory"]())
    assert told_of_files(calls, spilled(sqlite, most_rows)) == expected


def test_calls_that_say_the_same_are_one_row() -> None:
    calls = [app(D1, A1), server(D2, A1), *[app(D1, A1, event=f"e{n % 2}") for n in range(7)]]
    (batch,) = records_in(json.dumps(calls).encode(), "x.json", InputLinter(SETTINGS))
    assert [(row[4], row[7], row[9]) for row in batch.records] == [(D1, 1, 8), (D2, 1, 1)]
    assert [(name, library, calls) for name, library, _, _, calls in batch.events] == [
        ("x", "analytics-swift", 1),
        ("x", "analytics-ruby", 1),
        ("e0", "analytics-swift", 4),
        ("e1", "analytics-swift", 3),
    ]
    assert not RecordBatch([], [], [])


def test_rows_are_worked_on_in_as_many_parts_as_their_bytes_need() -> None:
    for database, partitions in (
        (IdentityDatabase(64 << 20, most_rows=3, at_once=1), 1),
        (IdentityDatabase(64 << 20, most_rows=2, at_once=1), 64),
        (IdentityDatabase(64 << 20, most_rows=2, at_once=1, buckets=2), 2),
        (IdentityDatabase(64 << 20, most_rows=2, at_once=450), 2),
        (IdentityDatabase(64 << 20, most_rows=2), 1),
        (IdentityDatabase(8_000, at_once=1), 64),
    ):
        assert not database
        for _ in range(3):
            database.add(RecordBatch([ROW], [], []), Source("x", 1))
        assert database
        database.open()
        assert database.partitions == partitions
        database.close()
        assert not database


def test_few_rows_are_never_given_to_another_engine_than_sqlite() -> None:
    database = IdentityDatabase(64 << 20, make_engine=lambda _memory: pytest.fail("not for few rows"))
    database.add(RecordBatch([ROW], [], []), Source("x", 1))
    assert isinstance(database.open(), SQLite)
    database.close()


def test_the_program_keeps_a_share_of_the_memory() -> None:
    assert record_memory(1 << 30) == (1 << 30) - (192 << 20)
    assert record_memory(1 << 20) == 6 << 20


def test_the_places_of_all_calls_of_a_document_are_looked_for_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    locate = JsonDocument.locate

    def counted(document: JsonDocument, paths: Collection[Path]) -> dict[Path, Span]:
        looks.append(len(paths))
        return locate(document, paths)

    monkeypatch.setattr(JsonDocument, "locate", counted)
    calls = [app(f"{number:08X}-93A4-4B7D-8E21-0C7D5A9B3F61", A1, userId=f"u{number}") for number in range(30)]
    linter = Linter(ONLY)
    assert list(linter.bytes(json.dumps({"batch": calls}).encode())) == []
    assert looks == [60]
