"""Chunks that are made ahead are the same chunks, and no thread stays behind."""

from __future__ import annotations

import gzip
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.inputs.decompression import CorruptInputError
from segkoch_lint.inputs.input import Input
from segkoch_lint.inputs.opener import Stream, open_input
from segkoch_lint.inputs.read_ahead import read_ahead


def threads() -> set[threading.Thread]:
    return set(threading.enumerate())


@given(st.lists(st.binary(max_size=3), max_size=30))
def test_chunks_come_in_their_order(chunks: list[bytes]) -> None:
    before = threads()
    assert list(read_ahead(iter(chunks))) == chunks
    assert threads() == before


@pytest.mark.parametrize("good", [0, 1, 2, 3, 20])
def test_what_fails_is_raised_after_what_came_before(good: int) -> None:
    def made() -> Iterator[bytes]:
        yield from [b"x"] * good
        raise CorruptInputError("it is cut off")

    before = threads()
    taken: list[bytes] = []
    with pytest.raises(CorruptInputError, match="cut off"):
        taken.extend(read_ahead(made()))
    assert taken == [b"x"] * good
    assert threads() == before


def test_a_short_text_needs_no_thread() -> None:
    makers: set[threading.Thread] = set()

    def made() -> Iterator[bytes]:
        for _ in range(2):
            makers.add(threading.current_thread())
            yield b"x"

    assert list(read_ahead(made())) == [b"x"] * 2
    assert makers == {threading.current_thread()}


def test_only_so_much_is_made_ahead_and_nothing_once_it_is_closed() -> None:
    count = 0

    def made() -> Iterator[bytes]:
        nonlocal count
        while True:
            count += 1
            yield b"x"

    before = threads()
    chunks = read_ahead(made())
    assert [next(chunks) for _ in range(10)] == [b"x"] * 10
    chunks.close()
    assert threads() == before
    assert count <= 20


def test_a_compressed_log_that_is_not_read_to_its_end_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "a.gz"
    file.write_bytes(gzip.compress(os.urandom(1 << 20) * 20, compresslevel=1))
    before, open_before = threads(), len(os.listdir("/dev/fd"))  # noqa: PTH208 - the number of open descriptors
    stream = open_input(Input(str(file)))
    assert isinstance(stream, Stream)
    with stream:
        taken = [chunk for _, chunk in zip(range(5), stream, strict=False)]
        assert len(taken) == 5
        assert threads() > before
    assert threads() == before
    assert len(os.listdir("/dev/fd")) == open_before  # noqa: PTH208


def test_what_a_thread_waits_for_is_left_open() -> None:
    content = gzip.compress(os.urandom(1 << 20), compresslevel=1)
    reader, writer = os.pipe()
    closed: list[int] = []
    left = iter(range(5))
    waits = threading.Event()

    def read(_: int) -> bytes:
        if next(left, None) is None:
            waits.set()
        return os.read(reader, 10_000)

    stream = Stream("a.gz", read, close=lambda: closed.append(reader))
    os.write(writer, content[:50_000])
    assert len([chunk for _, chunk in zip(range(3), stream, strict=False)]) == 3
    assert waits.wait(20)
    stream.close()
    assert closed == []
    os.close(writer)
    os.close(reader)
