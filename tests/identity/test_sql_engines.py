"""The databases that run the queries, and the temporary file of large runs."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from segkoch_lint import resources
from segkoch_lint.errors import OutputError
from segkoch_lint.identity import sql_engines
from segkoch_lint.identity.spill import Spill
from segkoch_lint.identity.sql_engines import TABLES, DuckDB, Engine, SQLite, best_engine, statements_of
from tests.full_disk import files_of_at_most
from tests.identity.saying import sqlite

ENDLESS = "SELECT COUNT(*) FROM link a, link b, link c, link d, link e, link f WHERE a.before_id <> f.before_id"
ROWS = [("a", "u", 0), ('\u00e4\0\n"', "", 1), ("{}", "\U0001f600", 2**40)]


@pytest.fixture(params=[sqlite, DuckDB])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made: Engine = request.param(256 << 20)
    yield made
    made.close()


@pytest.fixture
def sections(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts statements in the place of those of the queries."""

    def put(**statements: str) -> None:
        texts = {name: [text] for name, text in statements.items()}
        monkeypatch.setattr(sql_engines, "statements_of", lambda section: texts[section])

    return put


def test_rows_come_back_as_they_were_inserted(engine: Engine, sections: Callable[..., None]) -> None:
    sections(links="SELECT before_id, user_id, alias FROM link ORDER BY alias")
    engine.make("link")
    engine.insert("link", ROWS[:1])
    engine.insert("link", [])
    engine.load("link", [])
    spill = Spill(1)
    spill.add("links", ROWS[1:])
    engine.load("link", spill.read("links", 0))
    assert [tuple(row) for row in engine.rows("links")] == ROWS
    engine.make("link")
    assert list(engine.rows("links")) == []
    spill.close()


def test_a_row_may_be_very_long(engine: Engine, sections: Callable[..., None]) -> None:
    sections(lengths="SELECT LENGTH(before_id) FROM link")
    engine.make("link")
    engine.insert("link", [("x" * (3 << 20), "u", 0)])
    assert [tuple(row) for row in engine.rows("lengths")] == [(3 << 20,)]


def test_a_full_disk_makes_the_run_incomplete() -> None:
    engine = SQLite(1)
    engine.make("link")
    rows = [("a" * 1000, "u", 0) for _ in range(10_000)]
    with files_of_at_most(1 << 20), pytest.raises(OutputError, match=r"temporary database of users: .*; TMPDIR"):
        engine.insert("link", rows)
    engine.close()
    spill = Spill(4)
    with (
        files_of_at_most(1 << 20),
        pytest.raises(OutputError, match=r"temporary file of users: File too large; TMPDIR"),
    ):
        spill.add("links", rows, lambda row: row[0])
    spill.close()


def test_a_row_is_in_the_partition_of_its_text() -> None:
    spill = Spill(5)
    rows = [(f"id-{number}", "u", 0) for number in range(200)]
    spill.add("links", rows[:100], lambda row: row[0])
    spill.add("links", rows[100:], lambda row: row[0])
    parts = [b"".join(spill.read("links", number)).decode() for number in range(5)]
    assert all(parts)
    assert sorted(line for part in parts for line in part.splitlines()) == sorted(
        f'["{name}","{user}",{alias}]' for name, user, alias in rows
    )
    spill.drop("links", 3)
    assert list(spill.read("links", 3)) == []
    spill.close()


def test_what_a_signal_raises_comes_out_of_a_statement_that_never_ends(
    engine: Engine, sections: Callable[..., None]
) -> None:
    class Ended(BaseException):
        pass

    def end(_number: int, _frame: FrameType | None) -> None:
        raise Ended

    sections(endless=ENDLESS)
    engine.make("link")
    engine.insert("link", [(f"id-{number}", "u", 0) for number in range(1000)])
    before = signal.signal(signal.SIGALRM, end)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises((Ended, KeyboardInterrupt)):
            list(engine.rows("endless"))
    finally:
        signal.signal(signal.SIGALRM, before)


def test_queries_call_no_function_but_what_all_engines_have() -> None:
    text = (resources.directory().parent / "segkoch_lint/identity/queries.sql").read_text()
    code = re.sub(r"--.*", "", text)
    called = {name.upper() for name in re.findall(r"\b([A-Za-z_]+)\s*\(", code)}
    words = {"AND", "AS", "IN", "OR", "FROM", "NOT", "LIKE", "WHERE", "DISTINCT"}
    assert called - words <= {"COALESCE", "COUNT", "MAX", "MIN", "REPLACE", "SUBSTR", "SUM"}


@pytest.mark.parametrize("table", TABLES)
def test_the_queries_read_every_table(table: str) -> None:
    text = (resources.directory().parent / "segkoch_lint/identity/queries.sql").read_text()
    assert re.search(rf"(FROM|JOIN) {table}\b", text)


def test_sections_hold_their_statements_without_comments() -> None:
    assert statements_of("id-vectors")[0].startswith("SELECT DISTINCT kind, users")
    assert len(statements_of("lengthen-chains")) == 3
    assert not any("--" in statement for statement in statements_of("chains"))


def test_duckdb_runs_the_queries_where_it_is_installed_and_has_room() -> None:
    for memory, kind in ((1 << 30, DuckDB), (64 << 20, SQLite)):
        engine = best_engine(memory)
        assert type(engine) is kind
        engine.close()


def test_without_duckdb_sqlite_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    engine = best_engine(1 << 30)
    assert isinstance(engine, SQLite)
    engine.close()
