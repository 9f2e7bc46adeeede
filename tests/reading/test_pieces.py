from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from segkoch_lint.reading.inputs import Input, Unread
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.pieces import Piece, PieceText, cut, lines_in, open_piece
from segkoch_lint.reading.watching import Identity

LIMITS = Limits()
CALL = b'{"type":"track","event":"x","userId":"u"}\n'

texts = st.lists(st.sampled_from([b"", b"a", b"bc" * 3, b"d" * 40]), max_size=12).map(b"\n".join)


def text_of(file: Path, piece: Piece) -> bytes:
    opened = open_piece(Input(str(file)), piece)
    assert isinstance(opened, PieceText)
    with opened as text:
        content = b"".join(text)
        assert text.consumed == text.inflated == len(content)
        assert text.lines == content.count(b"\n")
    return content


@given(texts, st.integers(1, 30), st.integers(0, 3))
@example(b"\n" * 12, 1, 0)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_line_is_whole_and_in_the_piece_that_it_begins_in(
    tmp_path: Path, content: bytes, size: int, skipped: int
) -> None:
    file = tmp_path / "text"
    file.write_bytes(b"#" * skipped + content)
    starts = [skipped, *range(skipped + size, skipped + len(content), size)]
    ends = [*starts[1:], None]
    pieces = [Piece(start, end, first=start == skipped) for start, end in zip(starts, ends, strict=True)]
    read = [text_of(file, piece) for piece in pieces]
    assert b"".join(read) == content
    begins = [at for at in range(len(content)) if at == 0 or content[at - 1 : at] == b"\n"]
    for piece, text in zip(pieces, read, strict=True):
        expected = [at for at in begins if piece.start <= at + skipped < (piece.end or 1 << 30)]
        assert (text.count(b"\n") + (bool(text) and not text.endswith(b"\n"))) == len(expected)


def test_a_line_longer_than_what_is_read_at_once_is_whole_too(tmp_path: Path) -> None:
    file = tmp_path / "text"
    content = b"a" * 3_000_000 + b"\n" + b"b" * 300_000 + b"\nc"
    file.write_bytes(content)
    pieces = [Piece(0, 1_000, first=True), Piece(1_000, 2_000_000), Piece(2_000_000, 3_000_001), Piece(3_000_001, None)]
    assert [len(text_of(file, piece)) for piece in pieces] == [3_000_001, 0, 0, 300_002]


def test_a_file_that_was_cut_off_or_has_grown_meanwhile_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_bytes(b"a\nb")
    assert text_of(file, Piece(0, 100, first=True)) == b"a\nb"
    assert text_of(file, Piece(2, 100)) == b"b"
    assert text_of(file, Piece(50, 100)) == b""
    assert text_of(file, Piece(50, None)) == b""


def test_a_log_is_cut_without_a_gap(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(CALL * 100)
    assert cut(Input(str(file)), LIMITS, 2_000) == [
        Piece(0, 2_000, first=True, file=Identity.of(file.stat())),
        Piece(2_000, 4_000, file=Identity.of(file.stat())),
        Piece(4_000, None, file=Identity.of(file.stat())),
    ]
    assert cut(Input(str(file)), LIMITS, 4_200) == cut(Input(str(file)), LIMITS) == []


def test_a_byte_order_mark_belongs_to_no_piece(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(b"\xef\xbb\xbf" + CALL * 100)
    pieces = cut(Input(str(file)), LIMITS, 1)
    assert [(each.start, each.end, each.first) for each in pieces[:2]] == [(3, 4, True), (4, 5, False)]
    assert b"".join(text_of(file, piece) for piece in pieces) == CALL * 100


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ndjson.gz", gzip.compress(CALL * 100, mtime=0)),
        ("a.ndjson", (CALL * 100).decode().encode("utf-16")),
        ("a.json", b'{"batch":[\n' + CALL.rstrip() + b"\n]}" + b" " * 100),
        ("a.yaml", b"type: track\nevent: x\n" * 20),
        ("a.bin", b"\0\1\2" * 100),
    ],
)
def test_what_is_not_lines_of_plain_json_is_not_cut(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert cut(Input(str(tmp_path / name)), LIMITS, 50) == []


def test_what_cannot_be_opened_is_for_the_reader_to_say(tmp_path: Path) -> None:
    gone = Input(str(tmp_path / "gone"))
    assert cut(gone, LIMITS) == cut(Input(str(tmp_path)), LIMITS) == []
    assert open_piece(gone, Piece(0, None)) == Unread(gone.path, "no such file or folder")
    assert lines_in(gone, Piece(0, None)) == 0


def test_lines_of_a_piece_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_bytes(b"a\nb\nc\nd")
    assert [lines_in(Input(str(file)), piece) for piece in (Piece(0, 3, first=True), Piece(3, None))] == [2, 1]
