"""The database engines that run `queries.sql`: SQLite, which is part of Python, and DuckDB if it is installed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from threading import Event, Thread
from typing import Any, Protocol, TypeVar

import msgspec

from segkoch_lint.errors import OutputError

_IDS = "user_id anonymous_id platform origin device device_folded advertising advertising_folded"
_COLUMNS = {
    "record": f"{_IDS} library ignored place calls",
    "link": "before_id user_id alias",
    "alias": "before_id user_id alias",
    "event": "name name_folded library ignored place calls",
    "rejected_claim": "kind platform vector",
    "rejected_person": "kind platform devices",
    "rejected_use": "kind users first_platform last_platform verdict",
    "verdict_code": "verdict code",
    "rejected_set": "names",
    "id_use": "kind id users first_platform last_platform",
    "affected": "kind id verdict person platform origin library ignored place text calls",
    "finding": "place code kind person platform value body",
}
_NUMBERS = frozenset({"calls", "alias", "vector", "devices", "users", "verdict", "names"})

TABLES: Mapping[str, Mapping[str, str]] = {
    table: {column: "BIGINT" if column in _NUMBERS else "TEXT" for column in columns.split()}
    for table, columns in _COLUMNS.items()
}
"""The tables that are filled from outside `queries.sql`, with the types of their columns."""

Result = TypeVar("Result")

TEMPORARY_FILE = "the temporary file of users"
TEMPORARY_DATABASE = "the temporary database of users"

_INSTRUCTIONS = 200_000
"""Steps of SQLite's machine, some hundredths of a second, after which a signal can interrupt it."""

_LEAST_OF_DUCKDB = 256 << 20
"""The least memory with which DuckDB works well, in bytes."""

_THREAD_OF_DUCKDB = 128 << 20
"""Memory for each of its threads, in bytes: reading takes 32 MiB, and sorting more."""

_IN_TABLES = 6
"""How many times the bytes of rows of JSON its tables take, with what is grouped and joined at the same time."""

_FETCHED = 5_000
"""Rows that are fetched from DuckDB at a time."""

_LONGEST_ROW = 1 << 20
"""Bytes that DuckDB expects of a row at most; a longer one makes its buffers larger."""

_WRITTEN = 50_000
"""Rows that are written for DuckDB at a time."""


class Engine(Protocol):
    """A database that runs sections of `queries.sql`.

    Attributes:
        at_once: bytes of rows, as JSON, that it works on quickly and in the memory that it may take.

    Raises:
        OutputError: by any method: there is no space left for its temporary files, or they cannot be written.
    """

    at_once: int

    def make(self, *tables: str) -> None:
        """Create empty tables of `TABLES`, in place of existing ones."""

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows into a table of `TABLES`."""

    def load(self, table: str, chunks: Iterable[bytes]) -> None:
        """Insert rows that are written as lines of JSON, many lines a chunk."""

    def run(self, section: str) -> None:
        """Run the statements of a section."""

    def rows(self, section: str) -> Iterator[Sequence[Any]]:
        """Yield the rows of the query of a section."""

    def close(self) -> None:
        """Free memory and disk space."""


class SQLite:
    """SQLite: a database without a name stays in its cache as long as it fits, then goes to a file without a name.

    Args:
        memory: bytes that its cache may take, and sorting as much again.
    """

    at_once = 4 << 20  # it sorts with many comparisons, so small parts are quicker

    def __init__(self, memory: int) -> None:
        self._interruption: BaseException | None = None
        with self._errors():
            self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._connection.set_progress_handler(self._breathe, _INSTRUCTIONS)
            for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE"):
                self._connection.execute(f"PRAGMA {setting}")
            self._connection.execute(f"PRAGMA cache_size = -{max(memory, 1 << 20) >> 10}")
            self._connection.execute("BEGIN")

    def close(self) -> None:
        """See `Engine`."""
        self._connection.close()

    def make(self, *tables: str) -> None:
        """See `Engine`."""
        with self._errors():
            for table in tables:
                self._connection.execute(f"DROP TABLE IF EXISTS {table}")
                self._connection.execute(_create(table))

    def insert(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """See `Engine`."""
        places = ", ".join("?" * len(TABLES[table]))
        with self._errors():
            self._connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - no input

    def load(self, table: str, chunks: Iterable[bytes]) -> None:
        """See `Engine`."""
        decode = msgspec.json.Decoder().decode_lines
        for chunk in chunks:
            self.insert(table, decode(chunk))

    def run(self, section: str) -> None:
        """See `Engine`."""
        with self._errors():
            for statement in statements_of(section):
                self._connection.execute(statement)

    def rows(self, section: str) -> Iterator[Sequence[Any]]:
        """See `Engine`."""
        (statement,) = statements_of(section)
        with self._errors():
            yield from self._connection.execute(statement)

    def _breathe(self) -> bool:
        """Handle signals while SQLite works; SQLite would swallow the exceptions of their handlers."""
        try:
            for _ in range(2):  # the interpreter checks for signals at the start of an iteration
                pass
        except BaseException as interruption:  # noqa: BLE001 - raised again as soon as SQLite has given up
            self._interruption = interruption
            return True
        return False

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if self._interruption is not None:
                raise self._interruption from None
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise KeyboardInterrupt from None
            raise _no_space(TEMPORARY_DATABASE, error) from error


class DuckDB:
    """DuckDB, which the extra ``duckdb`` installs: faster where there are many rows.

    Args:
        memory: bytes that it may take.

    Raises:
        ImportError: it is not installed.
    """

    def __init__(self, memory: int) -> None:
        import tempfile  # noqa: PLC0415 - small runs do not need it

        import duckdb  # noqa: PLC0415 - an extra

        self.at_once = memory // _IN_TABLES
        self._errors_of_disk = (duckdb.IOException, duckdb.OutOfMemoryException)
        self._connection = duckdb.connect(
            config={
                "memory_limit": f"{memory >> 10}KiB",
                "threads": max(1, min(os.cpu_count() or 1, memory // _THREAD_OF_DUCKDB)),
                "temp_directory": tempfile.mkdtemp(prefix="segkoch-lint-"),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
            }
        )
        self._folder = self._connection.execute("SELECT current_setting('temp_directory')").fetchall()[0][0]

    def close(self) -> None:
        """See `Engine`."""
        self._connection.close()
        with suppress(OSError):
            os.rmdir(self._folder)  # noqa: PTH106 - a text

    def make(self, *tables: str) -> None:
        """See `Engine`."""
        with self._errors():
            for table in tables:
                self._execute(f"DROP TABLE IF EXISTS {table}")
                self._execute(_create(table))

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """See `Engine`."""
        if rows:
            starts = range(0, len(rows), _WRITTEN)
            self.load(table, (msgspec.json.Encoder().encode_lines(rows[start : start + _WRITTEN]) for start in starts))

    def load(self, table: str, chunks: Iterable[bytes]) -> None:
        """See `Engine`."""
        import tempfile  # noqa: PLC0415 - small runs do not need it

        # Its parameters take some 100 µs a row; a file of JSON is read in less than 3.
        columns = [f"CAST(cell[{number}] AS {kind})" for number, kind in enumerate(TABLES[table].values(), 1)]
        with disk_errors(TEMPORARY_FILE), tempfile.NamedTemporaryFile(suffix=".ndjson") as file:
            longest = _LONGEST_ROW
            for chunk in chunks:
                file.write(chunk)
                if len(chunk) > longest:
                    longest = max(longest, *map(len, chunk.split(b"\n")))
            file.flush()
            if not file.tell():
                return
            with self._errors():
                self._execute(
                    f"INSERT INTO {table} SELECT {', '.join(columns)} FROM (SELECT json AS cell FROM "  # noqa: S608
                    "read_json(?, format = 'newline_delimited', records = false, columns = {json: 'VARCHAR[]'}, "
                    f"maximum_object_size = {longest + 1}))",
                    [file.name],
                )

    def run(self, section: str) -> None:
        """See `Engine`."""
        with self._errors():
            for statement in statements_of(section):
                self._execute(statement)

    def rows(self, section: str) -> Iterator[Sequence[Any]]:
        """See `Engine`."""
        (statement,) = statements_of(section)
        with self._errors(), closing(self._connection.cursor()) as cursor:
            self._waited_for(partial(cursor.execute, statement), cursor)
            while rows := self._waited_for(partial(cursor.fetchmany, _FETCHED), cursor):
                yield from rows

    def _execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._waited_for(partial(self._connection.execute, statement, parameters), self._connection)

    @staticmethod
    def _waited_for(work: Callable[[], Result], connection: Any) -> Result:
        """Run work in another thread, so that signals are handled meanwhile, and return its result."""
        results: list[Result] = []
        errors: list[BaseException] = []
        done = Event()

        def run() -> None:
            try:
                results.append(work())
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                errors.append(error)
            finally:
                done.set()

        thread = Thread(target=run, daemon=True)
        thread.start()
        try:
            done.wait()
        except BaseException:
            connection.interrupt()
            raise
        finally:
            thread.join()
        if errors:
            raise errors[0]
        return results[0]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except self._errors_of_disk as error:
            raise _no_space(TEMPORARY_DATABASE, error) from error


def best_engine(memory: int) -> Engine:
    """Return DuckDB if it is installed and there is enough memory for it, else SQLite.

    Args:
        memory: bytes that it may take, sorting included.
    """
    if memory >= _LEAST_OF_DUCKDB:
        with suppress(ImportError):
            return DuckDB(3 * memory // 4)  # it takes somewhat more than its limit
    return SQLite(memory // 2)


def statements_of(section: str) -> Sequence[str]:
    """Return the statements of a section of `queries.sql`."""
    return _sections()[section]


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn an error of the operating system about a temporary file into an `OutputError`."""
    try:
        yield
    except OSError as error:
        raise _no_space(what, error.strerror or error) from error


@cache
def _sections() -> Mapping[str, Sequence[str]]:
    text = Path(__file__).with_name("queries.sql").read_text("utf-8")
    sections: dict[str, Sequence[str]] = {}
    for section in text.split("-- section: ")[1:]:
        name, _, body = section.partition("\n")
        lines = [line for line in body.splitlines() if not line.lstrip().startswith("--")]
        sections[name.strip()] = [each.strip() for each in "\n".join(lines).split(";") if each.strip()]
    return sections


def _create(table: str) -> str:
    return f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in TABLES[table].items())})"


def _no_space(what: str, reason: object) -> OutputError:
    first_line = str(reason).splitlines()[0] if str(reason) else "failed"
    return OutputError(f"{what}: {first_line}; TMPDIR names its folder")
