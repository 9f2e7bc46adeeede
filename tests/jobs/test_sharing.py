from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from segkoch_lint.jobs import cores, sharing
from segkoch_lint.jobs.sharing import look_ahead, parts_of
from segkoch_lint.reading.inputs import Input, Unread
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.pieces import Piece
from segkoch_lint.reading.watching import Identity
from segkoch_lint.results import Part

CALL = b'{"type":"track","event":"x","userId":"u"}\n'


def file(path: Path, content: bytes) -> Input:
    path.write_bytes(content)
    return Input(str(path))


def test_this_process_may_use_a_core() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)


def test_only_so_many_inputs_are_taken_as_are_worth_sharing_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "WORTHWHILE_BYTES", 60)
    sources: list[Input | Unread] = [file(tmp_path / name, CALL) for name in "abc"]
    gone = Unread("gone", "no such file or folder")
    found = iter([gone, *sources])
    assert look_ahead(found) == ([gone, *sources[:2]], True)
    assert list(found) == sources[2:]
    assert look_ahead(iter(sources[:1])) == (sources[:1], False)


def test_what_has_no_size_does_not_count(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    unsized: list[Input | Unread] = [
        Input("-", stdin=True),
        Input(str(tmp_path / "pipe")),
        Input(str(tmp_path / "gone")),
        Input("/dev/null"),
        Input("a\0b"),
    ]
    assert look_ahead(iter(unsized)) == (unsized, False)
    parts = list(parts_of(unsized, Limits()))
    assert parts == [Part(each, here=True) for each in unsized if isinstance(each, Input)]


def test_large_logs_come_in_pieces_and_everything_else_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "PIECE_BYTES", 50)
    log = file(tmp_path / "a.ndjson", CALL * 3)
    packed = file(tmp_path / "a.ndjson.gz", gzip.compress(CALL * 3 + os.urandom(100)))
    gone = Unread("gone", "no such file or folder")
    identity = Identity.of(Path(log.path).stat())
    assert list(parts_of([log, gone, packed], Limits())) == [
        Part(log, Piece(0, 50, first=True, file=identity), last=False),
        Part(log, Piece(50, 100, file=identity), last=False),
        Part(log, Piece(100, None, file=identity), last=True),
        gone,
        Part(packed),
    ]
