"""An opener of inputs as streams of UTF-8 text in chunks, decompressed, with progress."""

# Paths stay text, as given.
# ruff: noqa: PTH116
from __future__ import annotations

import functools
import io
import os
import select
import stat
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from itertools import chain
from types import TracebackType
from typing import BinaryIO, Self

from segkoch_lint.inputs.decompression import CorruptInputError, inflate, transcode
from segkoch_lint.inputs.file_types import compression_of
from segkoch_lint.inputs.input import STDIN_PATHS, Input, UnreadableInput
from segkoch_lint.inputs.read_ahead import read_ahead
from segkoch_lint.inputs.remote import is_remote, open_remote
from segkoch_lint.inputs.watched_file import FileIdentity, WatchedFile

READ_BYTES = 1 << 20

WAIT_SECONDS = 60
"""Seconds to wait for a writer of a named pipe."""

_LOOK_AGAIN = 0.1
"""Seconds between two checks for a writer."""

# Flags that do not exist (on Windows) are not needed there, and O_BINARY is needed where it exists.
_NEVER_WAIT = getattr(os, "O_NONBLOCK", 0)
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0)


class Stream:
    """The text of an input as UTF-8 without a byte order mark, to be read once.

    Args:
        name: the input's name, as shown.
        read: returns at most the given number of stored bytes, and none at the end.
        size: the number of stored bytes; None if unknown.
        close: frees the source of ``read``.
        stored: opens the stored bytes as a seekable file; None if that is impossible.
        ahead: whether to read in a thread, ahead of the consumer.

    Attributes:
        name, size: as given.
        consumed: stored (compressed) bytes read so far.
        inflated: bytes of text decompressed from them so far.
        compression: the name of the compression, known after the first bytes were read; empty if there is none.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[int], bytes],
        *,
        size: int | None = None,
        close: Callable[[], object] = lambda: None,
        stored: Callable[[], BinaryIO] | None = None,
        ahead: bool = False,
    ) -> None:
        self.name = name
        self.size = size
        self.consumed = 0
        self.inflated = 0
        self.compression = ""
        self._read = read
        self._close = close
        self._stored_file = stored
        self._ahead = ahead
        self._is_reading = False
        self._chunks = self._inflated()
        self._held: deque[bytes] = deque()
        self._failure: CorruptInputError | OSError | None = None
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the chunks, with those that were peeked at.

        Raises:
            CorruptInputError, OSError: the data is corrupt, or reading failed; after the chunks before.
        """
        while True:
            while self._held:
                yield self._held.popleft()
            if self._ended:
                break
            self._advance()
        if self._failure is not None:
            raise self._failure

    def peek(self, size: int) -> bytes:
        """Return the first *size* bytes of the text or more, or all of it if it is shorter; they are read again later.

        An error is raised later, where the text is read, after the chunks before it.
        """
        held = sum(map(len, self._held))
        while not self._ended and held < size:
            held += self._advance()
        head = b"".join(self._held)
        self._held = deque([head] if head else [])
        return head

    @property
    def is_file(self) -> bool:
        """Whether the source is a file that can be read again, and not standard input or a pipe."""
        return self._stored_file is not None

    @property
    def exhausted(self) -> bool:
        """Whether everything has been read, or peeked at."""
        return self._ended

    @property
    def intact(self) -> bool:
        """Whether reading has not failed so far, and found no corrupt data."""
        return self._failure is None

    def stored_file(self, magic: bytes) -> BinaryIO | None:
        """Return the input as a seekable file, to be read instead of this stream; all of it counts as read.

        None if there is no such file, or it does not begin with *magic* as stored: it is compressed.

        Raises:
            OSError: reading failed.
        """
        if self._stored_file is None:
            return None
        file = self._stored_file()
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if file.read(len(magic)) != magic:
            file.close()
            return None
        file.seek(0)
        self.consumed = self.inflated = size
        return file

    def close(self) -> None:
        """Free the source of the stream."""
        self._chunks.close()
        if not self._is_reading:  # a thread may wait for data; it must not lose its source
            self._close()

    def _advance(self) -> int:
        """Hold one more chunk, and return its length; 0 at the end."""
        try:
            chunk = next(self._chunks, None)
        except (CorruptInputError, OSError) as failure:
            self._failure = failure
            chunk = None
        if chunk is None:
            self._ended = True
            return 0
        self.inflated += len(chunk)
        self._held.append(chunk)
        return len(chunk)

    def _inflated(self) -> Generator[bytes, None, None]:
        stored = read_ahead(self._stored()) if self._ahead else self._stored()
        first = next(stored, b"")
        self.compression = compression_of(first, self.name)
        chunks = chain((first,), stored) if first else stored
        if not first.startswith(b"{"):
            yield from transcode(inflate(chunks, name=self.name))
        else:  # no compression and no byte order mark begins like this
            yield from chunks if self._ahead else read_ahead(chunks)

    def _stored(self) -> Iterator[bytes]:
        while True:
            self._is_reading = True
            try:
                chunk = self._read(READ_BYTES)
            finally:
                self._is_reading = False
            if not chunk:
                return
            self.consumed += len(chunk)
            yield chunk


def open_bytes(content: bytes, name: str = "-") -> Stream:
    """Return a stream of content in memory."""
    return Stream(name, io.BytesIO(content).read, size=len(content), stored=lambda: io.BytesIO(content))


def open_input(source: Input, *, wait: float = WAIT_SECONDS) -> Stream | UnreadableInput:
    """Open an input for reading; if the operating system refuses, return the reason.

    Args:
        source: the input.
        wait: seconds to wait for a writer of a named pipe.
    """
    try:
        if source.stdin:
            return _open_stdin(source)
        return _open_url(source) if is_remote(source.path) else _open_file(source, wait)
    except (OSError, ValueError) as error:
        return UnreadableInput.because(source.path, error)


def _open_stdin(source: Input) -> Stream | UnreadableInput:
    # Python starts without the object if the descriptor was closed.
    if sys.stdin is None:
        return UnreadableInput(source.path, "standard input is closed")
    try:
        descriptor = sys.stdin.fileno()
    except io.UnsupportedOperation:
        return Stream(source.path, sys.stdin.buffer.read)
    size = _size(os.fstat(descriptor))
    read = functools.partial(os.read, descriptor) if size is None else WatchedFile(descriptor).read
    return Stream(source.path, read, size=size)


def _open_url(source: Input) -> Stream:
    file, size = open_remote(source.path)
    return Stream(
        source.path,
        file.read,
        size=size,
        close=file.close,
        stored=lambda: open_remote(source.path, READ_BYTES)[0],
        ahead=True,
    )


def _open_file(source: Input, wait: float) -> Stream | UnreadableInput:
    # A named pipe is waited for only if the user named it, as `<(command)` does, not if it is found in a folder.
    if source.named and source.path not in STDIN_PATHS and stat.S_ISFIFO(os.stat(source.path).st_mode):
        return _open_pipe(source.path, wait)
    waits = source.named and source.path in STDIN_PATHS
    descriptor = os.open(source.path, _FLAGS) if waits else open_file(source.path)
    status = os.fstat(descriptor)
    if not (waits or stat.S_ISREG(status.st_mode)):
        os.close(descriptor)
        return UnreadableInput(source.path, "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file")
    size, close = _size(status), functools.partial(os.close, descriptor)
    if size is None:
        return Stream(source.path, functools.partial(os.read, descriptor), close=close)
    stored = functools.partial(_reopened, source.path, FileIdentity.of(status))
    return Stream(source.path, WatchedFile(descriptor).read, size=size, close=close, stored=stored)


def _open_pipe(path: str, wait: float) -> Stream | UnreadableInput:
    """Open a named pipe after a writer has opened it."""
    descriptor = open_file(path)
    first = _first_of(descriptor, wait)
    if first is None:
        os.close(descriptor)
        return UnreadableInput(path, f"no program wrote to this named pipe for {wait:g} s (--wait)")
    os.set_blocking(descriptor, True)
    begun = [first] if first else []

    def read(size: int) -> bytes:
        return begun.pop() if begun else os.read(descriptor, size)

    return Stream(path, read, close=functools.partial(os.close, descriptor))


def _first_of(descriptor: int, wait: float) -> bytes | None:
    """Wait for a writer, and return what it has written so far, perhaps nothing; None if none came in time."""
    deadline = time.monotonic() + wait
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while True:
        try:
            chunk = os.read(descriptor, READ_BYTES)
        except BlockingIOError:
            return b""  # there is a writer, and it has written nothing yet
        if chunk:
            return chunk
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        # The system reports the end of a writer, but not its start until it writes.
        if any(event & select.POLLHUP for _, event in poll.poll(min(left, _LOOK_AGAIN) * 1000)):
            return os.read(descriptor, READ_BYTES)


def _reopened(path: str, identity: FileIdentity) -> BinaryIO:
    file = os.fdopen(open_file(path), "rb")
    try:
        identity.check(file.fileno())
    except OSError:
        file.close()
        raise
    return file


def open_file(path: str) -> int:
    """Return a descriptor to read a file from; a file that has become a named pipe is not waited for.

    Raises:
        OSError: the operating system refuses.
    """
    return os.open(path, _FLAGS | _NEVER_WAIT)


def _size(status: os.stat_result) -> int | None:
    return status.st_size if stat.S_ISREG(status.st_mode) else None
