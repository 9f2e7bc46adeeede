"""An opener of remote inputs ahead of their turn: each takes a few round trips, which overlap."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING

from segkoch_lint.inputs.input import Input, UnreadableInput
from segkoch_lint.inputs.opener import Stream
from segkoch_lint.inputs.remote import is_remote

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

_AHEAD = 4
"""Inputs that are open before they are read; the file systems of fsspec hold some megabytes of each."""

Opened = Stream | UnreadableInput

Open = Callable[[Input], Opened]


def open_ahead(
    found: Iterable[Input | UnreadableInput], open_one: Open
) -> Generator[tuple[Input | UnreadableInput, Opened | None], None, None]:
    """Yield inputs in order. The next remote ones are open, and their first bytes are fetched.

    The iterator closes inputs that were opened and not yielded: close it if it is not exhausted.

    Args:
        found: the inputs.
        open_one: opens one, in a thread.
    """
    threads: ThreadPoolExecutor | None = None
    waiting: deque[tuple[Input | UnreadableInput, Future[Opened] | None]] = deque()
    try:
        for source in found:
            if isinstance(source, Input) and is_remote(source.path):
                threads = threads or _threads()
                waiting.append((source, threads.submit(_begun, source, open_one)))
            else:
                waiting.append((source, None))
            while waiting and (waiting[0][1] is None or len(waiting) > _AHEAD):
                yield _next_of(waiting)
        while waiting:
            yield _next_of(waiting)
    finally:
        for _, future in waiting:
            if future is not None and not future.cancel():
                future.add_done_callback(_close)
        if threads is not None:
            threads.shutdown(wait=False)


def _threads() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - few inputs are elsewhere

    return ThreadPoolExecutor(_AHEAD)


def _next_of(
    waiting: deque[tuple[Input | UnreadableInput, Future[Opened] | None]],
) -> tuple[Input | UnreadableInput, Opened | None]:
    source, future = waiting.popleft()
    return source, None if future is None else future.result()


def _begun(source: Input, open_one: Open) -> Opened:
    opened = open_one(source)
    if isinstance(opened, Stream):
        opened.peek(1)
    return opened


def _close(future: Future[Opened]) -> None:
    if future.exception() is None and isinstance(opened := future.result(), Stream):
        opened.close()
