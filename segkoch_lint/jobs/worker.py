"""The process that lints parts: takes them from a connection, and sends back what they give."""

from __future__ import annotations

import errno
import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from segkoch_lint.errors import InternalError
from segkoch_lint.jobs import collect_garbage_rarely
from segkoch_lint.parts import PartLinter
from segkoch_lint.results import Part, Result

ENTRIES_AT_ONCE = 200
"""Entries in one message: few enough that whoever waits for them can begin."""

_EVERY = 0.2
"""Seconds between two messages that only say how far a part is."""

OUT_OF_MEMORY = errno.ENOMEM
"""Exit status of a process that got no more memory."""

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that end a run."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a process sends.

    Attributes:
        bytes_read, calls_read: how far it is, over all its parts.
        result: a pickled `Result` of the part whose turn it is, or nothing.
        done: whether the part is finished.
        failure: what our own code raised; the part is given up.
    """

    bytes_read: int
    calls_read: int
    result: bytes = b""
    done: bool = False
    failure: InternalError | None = None


def work(connection: Connection, make: Callable[[], PartLinter]) -> None:
    """Lint the parts that come through a connection, until None comes or the parent has ended.

    Signals of the run are blocked when this begins, so that none of them meets the parent's handlers here.
    """
    _take_leave_of_parent()
    collect_garbage_rarely()
    linter = make()
    linter.entries_at_once = ENTRIES_AT_ONCE
    try:
        while (part := connection.recv()) is not None:
            _lint(linter, part, connection)
    except (EOFError, OSError):
        return  # nobody waits for results any more


def _lint(linter: PartLinter, part: Part, connection: Connection) -> None:
    sent_at = time.monotonic()

    def send(result: Result | None = None, *, done: bool = False, failure: InternalError | None = None) -> None:
        nonlocal sent_at
        sent_at = time.monotonic()
        pickled = b"" if result is None else pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        connection.send(Message(linter.bytes_read, linter.calls_read, pickled, done, failure))

    def tell() -> None:
        if time.monotonic() - sent_at > _EVERY:
            send()

    linter.on_progress = tell
    try:
        for result in linter.lint(part):
            send(result)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except ConnectionError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it was, the parent goes on with the other parts
        send(failure=InternalError.of(error, part.source.path, None, ""))
    send(done=True)


def _take_leave_of_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it ends, whatever ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in SIGNALS[1:]:
        signal.signal(number, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
