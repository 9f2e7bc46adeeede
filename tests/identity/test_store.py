"""The temporary database."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from segkoch_lint.errors import OutputError
from segkoch_lint.identity.store import Store

ENDLESS = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n"


@pytest.fixture
def store() -> Iterator[Store]:
    """A database with a small cache."""
    made = Store(1)
    yield made
    made.close()


def test_a_full_disk_makes_the_run_incomplete(store: Store) -> None:
    store.run("COMMIT")
    store.run("PRAGMA max_page_count = 20")
    rows = (("a" * 1000, "u", 0) for _ in range(1000))
    with pytest.raises(OutputError, match=r"temporary database of users: .*full; TMPDIR"):
        store.insert("INSERT INTO linking VALUES (?, ?, ?)", rows)


def test_what_a_signal_raises_comes_out_of_a_statement_that_never_ends(store: Store) -> None:
    class Ended(BaseException):
        pass

    def end(_number: int, _frame: FrameType | None) -> None:
        raise Ended

    before = signal.signal(signal.SIGALRM, end)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises((Ended, KeyboardInterrupt)):
            list(store.rows(ENDLESS))
    finally:
        signal.signal(signal.SIGALRM, before)


def test_ids_are_folded_beyond_ascii(store: Store) -> None:
    assert list(store.rows("SELECT fold('A\u00df\u0130'), fold(NULL)")) == [("ass" + "\u0130".casefold(), None)]
