"""A temporary SQLite database: what does not fit into memory of a run's users, and what is made of it.

SQLite keeps a database without a name in its cache as long as it fits, then in a file without a name, which is gone
with the process however that ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from segkoch_lint.errors import OutputError

_INSTRUCTIONS = 200_000
"""Steps of SQLite's machine, some hundredths of a second, after which a signal can interrupt it."""

_SETUP = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
CREATE TABLE said (
    user TEXT, anonymous TEXT, platform TEXT, origin TEXT, device TEXT, advertising TEXT, library TEXT, ignored TEXT,
    place BLOB, seen TEXT, calls INTEGER
);
CREATE TABLE linking (before TEXT, user TEXT, alias INTEGER);
"""


class Store:
    """The database of one run.

    Args:
        memory: bytes that its cache may take, and sorting as much again.

    Raises:
        OutputError: by any method: there is no space left for the temporary file, or it cannot be written.
    """

    def __init__(self, memory: int) -> None:
        self._interruption: BaseException | None = None
        with self._errors():
            self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._connection.create_function("fold", 1, _fold, deterministic=True)
            self._connection.set_progress_handler(self._breathe, _INSTRUCTIONS)
            self._connection.execute(f"PRAGMA cache_size = -{max(memory, 1 << 20) >> 10}")
            self._connection.executescript(_SETUP)
            self._connection.execute("BEGIN")

    def close(self) -> None:
        """Give memory and disk back."""
        self._connection.close()

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run one statement."""
        with self._errors():
            self._connection.execute(statement, values)

    def insert(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values."""
        with self._errors():
            self._connection.executemany(statement, rows)

    def add(self, statement: str, values: Sequence[Any]) -> int:
        """Insert one row and return its number."""
        with self._errors():
            number = self._connection.execute(statement, values).lastrowid
        assert number is not None
        return number

    def rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """Yield the rows that a statement gives."""
        with self._errors():
            yield from self._connection.execute(statement, values)

    def _breathe(self) -> bool:
        """Let signals in while SQLite works; what their handlers raise would be lost in its frames."""
        try:
            for _ in range(2):  # the interpreter looks for signals where a loop begins anew
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
            raise OutputError(f"the temporary database of users: {error}; TMPDIR names its folder") from error


def _fold(text: str | None) -> str | None:
    """Return an id as it is compared: without regard to case, beyond ASCII, too."""
    return None if text is None else text.casefold()
