"""A reader of chunks in a thread, ahead of their consumer: other threads run while it reads or decompresses."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator

_FEW = 2
"""Chunks that are read on demand: for a short text, a thread costs more than it saves."""

_AHEAD = 4
"""Chunks that may be read ahead."""

_PATIENCE = 1.0
"""Seconds to wait for a thread to end that is no longer needed; it may be blocked in a read."""


def read_ahead(chunks: Iterator[bytes]) -> Generator[bytes, None, None]:
    """Yield chunks; all but the first ones are read in a thread, some of them ahead.

    The thread ends with the iterator: close it if it is not exhausted.

    Args:
        chunks: the source; its exceptions are raised here, after the chunks before.
    """
    for _ in range(_FEW):
        chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk
    ahead = _Ahead(chunks)
    try:
        yield from ahead
    finally:
        ahead.end()


class _Ahead:
    """A thread that reads chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._made: queue.Queue[bytes | BaseException | None] = queue.Queue(_AHEAD)
        self._is_over = False
        self._thread = threading.Thread(target=self._make, name="segkoch-lint reading", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[bytes]:
        while (made := self._made.get()) is not None:
            if isinstance(made, BaseException):
                raise made
            yield made

    def end(self) -> None:
        """End the thread, and drop its chunks."""
        self._is_over = True
        while not self._made.empty():  # it may wait for room
            self._made.get()
        self._thread.join(_PATIENCE)

    def _make(self) -> None:
        try:
            for chunk in self._chunks:
                self._made.put(chunk)
                if self._is_over:
                    return
            self._made.put(None)
        except BaseException as error:  # noqa: BLE001 - raised where chunks are taken
            self._made.put(error)
