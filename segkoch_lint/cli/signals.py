"""Signals that end a run: raised where they arrive, and remembered, since what is raised there can get lost."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived: unwind, so that no half-written output stays behind."""


_RAISED: dict[int, type[BaseException]] = {signal.SIGTERM: Terminated, signal.SIGINT: KeyboardInterrupt}
if hasattr(signal, "SIGHUP"):  # Windows has none
    _RAISED[signal.SIGHUP] = Terminated

_arrived: list[int] = []
"""The first of them that arrived in this run."""


@contextmanager
def raised_signals() -> Iterator[None]:
    """Have the signals that end a run raised as exceptions; those ignored from outside (`nohup`) stay ignored."""
    _arrived.clear()
    before = {number: signal.getsignal(number) for number in _RAISED}
    caught = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in caught:
        signal.signal(number, _arrive)
    try:
        yield
    finally:
        for number in caught:
            signal.signal(number, before[number])


def raise_arrived() -> None:
    """Raise the signal that arrived, if one did: to be called now and then, and before a run is called complete.

    The gate calls our comparing keywords and takes whatever they raise for "invalid", this too.

    Raises:
        Terminated: SIGTERM or SIGHUP arrived.
        KeyboardInterrupt: SIGINT arrived.
    """
    if _arrived:
        raise _RAISED[_arrived[0]]


def _arrive(number: int, frame: FrameType | None) -> None:
    # A second signal must not cut short what the first one has cleaned up.
    if not _arrived:
        _arrived.append(number)
        if not _is_in_destructor(frame):
            raise _RAISED[number]


def _is_in_destructor(frame: FrameType | None) -> bool:
    """Tell whether an exception would only be printed where it is raised, and lost: `raise_arrived` is soon called."""
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False
