"""Files that are cut or replaced while they are read: whatever was not read is named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from segkoch_lint.config.exit_status import exit_status
from segkoch_lint.findings.finding import Severity
from segkoch_lint.inputs.input import Input, UnreadableInput
from segkoch_lint.inputs.opener import open_file, open_input
from segkoch_lint.inputs.watched_file import ChangedError, FileIdentity, WatchedFile
from segkoch_lint.linter import Linter

LINE = '{"type":"track","event":"x","userId":"u","properties":{"note":"' + "x" * 900 + '"}}\n'
LINES = 20_000


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "log.ndjson"
    file.write_text(LINE * LINES)
    return file


def replace(file: Path) -> None:
    """Rotate a log: another file has its name now."""
    file.rename(file.with_suffix(".old"))
    file.write_text(LINE * LINES)


def shorten(file: Path) -> None:
    os.truncate(file, 10 * len(LINE))


def empty(file: Path) -> None:
    """Copy and truncate, as some programs that rotate logs do."""
    os.truncate(file, 0)


def status_of(linter: Linter) -> int:
    return exit_status(linter.summary, Severity.ERROR, allow_empty=False)


@pytest.mark.parametrize("change", [shorten, empty])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_is_cut_while_it_is_read_is_incomplete(
    change: Callable[[Path], None], jobs: int, log: Path
) -> None:
    changes = iter([None, change])
    linter = Linter(jobs=jobs)

    def look_up() -> None:
        if made := next(changes, None):
            made(log)

    linter.on_progress = look_up
    found = len(list(linter.paths([str(log)])))
    assert 0 < found == linter.summary.calls < LINES
    ((path, reason),) = linter.summary.unread
    assert path == str(log)
    assert reason.startswith(f"it was cut from {len(LINE) * LINES:,} to ")
    assert status_of(linter) == 4


def test_a_file_that_is_replaced_while_it_is_read_is_read_to_its_end(log: Path) -> None:
    changes = iter([replace])
    linter = Linter()

    def look_up() -> None:
        if made := next(changes, None):
            made(log)

    linter.on_progress = look_up
    assert len(list(linter.paths([str(log)]))) == LINES
    assert linter.summary.unread == []


def test_a_file_that_grows_is_read_as_far_as_it_goes_then(log: Path) -> None:
    linter = Linter()
    further = iter([LINE])

    def look_up() -> None:
        with log.open("a") as file:
            file.write(next(further, ""))

    linter.on_progress = look_up
    assert len(list(linter.paths([str(log)]))) == LINES + 1
    assert linter.summary.unread == []


def test_a_table_that_has_to_be_opened_again_has_to_be_the_same(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    file.write_bytes(b"PAR1" * 100)
    stream = open_input(Input(str(file)))
    assert not isinstance(stream, UnreadableInput)
    with stream:
        again = stream.stored_file(b"PAR1")
        assert again is not None
        again.close()
        replace(file)
        with pytest.raises(ChangedError, match="replaced"):
            stream.stored_file(b"PAR1")


def test_a_file_that_is_cut_after_it_was_read_is_not_an_error(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"0123456789")
    descriptor = open_file(str(file))
    try:
        watched = WatchedFile(descriptor)
        assert watched.read(100) == b"0123456789"
        os.truncate(file, 0)
        assert watched.read(100) == b""
        assert FileIdentity.of(file.stat()).size == 0
    finally:
        os.close(descriptor)
