from __future__ import annotations

import gzip
import io
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from segkoch_lint.inputs.decompression import CorruptInputError
from segkoch_lint.inputs.input import Input, UnreadableInput
from segkoch_lint.inputs.opener import Stream, open_bytes, open_file, open_input

TEXT = b'{"type":"track"}\n' * 50_000


def opened(source: Input) -> Stream:
    stream = open_input(source)
    assert isinstance(stream, Stream)
    return stream


def test_a_file_is_read_in_chunks_and_the_stream_knows_how_far_it_is(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(gzip.compress(TEXT))
    with opened(Input(str(file))) as stream:
        assert stream.size == file.stat().st_size
        chunks = list(stream)
    assert b"".join(chunks) == TEXT
    assert stream.consumed == stream.size
    assert stream.inflated == len(TEXT)


def test_plain_text_comes_in_more_than_one_chunk() -> None:
    longer = TEXT * 10
    chunks = list(open_bytes(longer))
    assert len(chunks) > 1
    assert b"".join(chunks) == longer


def test_what_was_peeked_at_is_still_read() -> None:
    stream = open_bytes(TEXT)
    head = stream.peek(10)
    assert TEXT.startswith(head)
    assert len(head) >= 10
    assert not stream.exhausted
    assert stream.peek(10) == head
    assert stream.peek(len(TEXT) + 1) == TEXT
    assert stream.exhausted
    assert b"".join(stream) == TEXT
    assert stream.inflated == len(TEXT)


def test_corrupt_data_is_raised_by_reading_and_never_by_peeking() -> None:
    stream = open_bytes(gzip.compress(TEXT)[:-1])
    assert stream.peek(len(TEXT)) == TEXT
    assert stream.peek(len(TEXT) + 1) == TEXT
    got: list[bytes] = []
    with pytest.raises(CorruptInputError, match="cut off"):
        got.extend(stream)
    assert b"".join(got) == TEXT


def test_an_empty_input_has_nothing_to_peek_at() -> None:
    stream = open_bytes(b"")
    assert stream.peek(1) == b""
    assert list(stream) == []


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    assert b"".join(open_bytes(b"\xef\xbb\xbf{}")) == b"{}"
    assert b"".join(open_bytes(gzip.compress("{}".encode("utf-16")))) == b"{}"


def test_a_missing_file_is_a_reason(tmp_path: Path) -> None:
    path = str(tmp_path / "gone.json")
    assert open_input(Input(path)) == UnreadableInput(path, "no such file or folder")


def test_a_name_that_no_file_can_have_is_a_reason() -> None:
    assert open_input(Input("a\0b")) == UnreadableInput("a\0b", "no file can have this name")


def test_a_folder_is_a_reason(tmp_path: Path) -> None:
    assert open_input(Input(str(tmp_path))) == UnreadableInput(str(tmp_path), "a folder")


def test_a_device_and_a_socket_are_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_input(Input("/dev/zero")) == UnreadableInput("/dev/zero", "not a regular file")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert open_input(Input("socket")) == UnreadableInput("socket", "not a regular file")


def test_a_named_pipe_is_waited_for_when_it_was_named(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(TEXT,))
    writer.start()
    with opened(Input(str(pipe))) as stream:
        assert stream.size is None
        assert b"".join(stream) == TEXT
    writer.join()


def test_a_named_pipe_that_was_not_named_is_never_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert open_input(Input(str(pipe), named=False)) == UnreadableInput(str(pipe), "not a regular file")


def test_standard_input_without_a_descriptor_is_read_through_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    assert b"".join(opened(Input("-", stdin=True))) == b"{}"


def test_standard_input_that_is_a_file_is_read_from_its_descriptor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "log"
    file.write_bytes(TEXT)
    with file.open(encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        stream = opened(Input("-", stdin=True))
        assert stream.size == len(TEXT)
        assert b"".join(stream) == TEXT


def test_closed_standard_input_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert open_input(Input("-", stdin=True)) == UnreadableInput("-", "standard input is closed")


READ_STDIN = """
import sys
from segkoch_lint.inputs.input import Input
from segkoch_lint.inputs.opener import open_input
with open_input(Input(sys.argv[1], stdin=sys.argv[1] == "-")) as stream:
    print(len(b"".join(stream)), stream.size)
"""


@pytest.mark.slow
@pytest.mark.parametrize("path", ["-", "/dev/stdin"])
def test_standard_input_is_read_from_a_pipe_and_from_a_file(path: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", READ_STDIN, path]
    piped = subprocess.run(command, input=TEXT, capture_output=True, check=True)
    assert piped.stdout.split() == [b"%d" % len(TEXT), b"None"]
    file = tmp_path / "log"
    file.write_bytes(TEXT)
    with file.open("rb") as stdin:
        redirected = subprocess.run(command, stdin=stdin, capture_output=True, check=True)
    assert redirected.stdout.split() == [b"%d" % len(TEXT)] * 2


def test_a_pipe_without_a_writer_is_given_up(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    assert open_input(Input(str(fifo)), wait=0.01) == UnreadableInput(
        str(fifo), "no program wrote to this named pipe for 0.01 s (--wait)"
    )


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"a line\n", b"x" * 300_000])
def test_a_pipe_is_read_to_its_end_once_somebody_writes_to_it(content: bytes, tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    command = "import sys; pipe = open(sys.argv[1], 'wb'); pipe.write(b'x' * int(sys.argv[2]))"
    with subprocess.Popen([sys.executable, "-c", command, str(fifo), str(len(content))]):
        stream = open_input(Input(str(fifo)))
        assert isinstance(stream, Stream)
        with stream:
            assert len(b"".join(stream)) == len(content)


def test_a_writer_that_takes_its_time_is_waited_for(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    reader = open_file(str(fifo))
    writer = os.open(fifo, os.O_WRONLY)
    try:
        stream = open_input(Input(str(fifo)), wait=0)
        assert isinstance(stream, Stream)
        os.write(writer, b"at last")
        os.close(writer)
        with stream:
            assert b"".join(stream) == b"at last"
    finally:
        os.close(reader)


@pytest.mark.parametrize("good", [b"", b'{"a":1}\n', b'{"a":1}\n' * 200_000])
def test_what_fails_to_be_read_is_raised_after_what_came_before(good: bytes) -> None:
    left = [good] if good else []

    def read(_: int) -> bytes:
        if left:
            return left.pop()
        raise OSError(5, "gone")

    stream = Stream("x.ndjson", read)
    assert stream.peek(len(good) + 1) == good
    assert stream.peek(1) == good
    taken: list[bytes] = []
    with pytest.raises(OSError, match="gone"):
        taken.extend(stream)
    assert not stream.intact
