"""Signals that end a run, as exceptions. A signal is also recorded, since its exception can get lost."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived. The run is unwound, so that no half-written file remains."""


_RAISED: dict[int, type[BaseException]] = {signal.SIGTERM: Terminated, signal.SIGINT: KeyboardInterrupt}
if hasattr(signal, "SIGHUP"):  # not on Windows
    _RAISED[signal.SIGHUP] = Terminated

_arrived: list[int] = []
"""The first signal that arrived in this run, if one did."""

_RETRY_AFTER = 0.01
"""Seconds after which a signal is raised again if its exception was lost."""

_CAN_RETRY = hasattr(signal, "setitimer")


@contextmanager
def raised_signals() -> Iterator[None]:
    """Raise the signals that end a run as exceptions; those that are ignored from outside (`nohup`) remain ignored."""
    _arrived.clear()
    before: dict[int, Any] = {number: signal.getsignal(number) for number in _RAISED}
    caught = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in caught:
        signal.signal(number, _arrive)
    if _CAN_RETRY:
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, _raise_again)
        caught.append(signal.SIGALRM)
    hook = sys.unraisablehook
    sys.unraisablehook = _retrying_hook(hook)
    try:
        yield
    finally:
        if _CAN_RETRY:
            signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = hook
        for number in caught:
            signal.signal(number, before[number])


def raise_arrived() -> None:
    """Raise the signal that arrived, if one did. It is called regularly, and before a run is called complete.

    A library that calls our functions may take the exception of a signal for a verdict or an error of its own.

    Raises:
        Terminated: SIGTERM or SIGHUP arrived.
        KeyboardInterrupt: SIGINT arrived.
    """
    if _arrived:
        raise _RAISED[_arrived[0]]


def _arrive(number: int, frame: FrameType | None) -> None:
    # A second signal must not interrupt the cleaning up after the first one.
    if not _arrived:
        _arrived.append(number)
        _raise(frame)


def _raise_again(_number: int, frame: FrameType | None) -> None:
    _raise(frame)


def _raise(frame: FrameType | None) -> None:
    if _is_in_destructor(frame):
        _retry()
    else:
        raise_arrived()


def _retry() -> None:
    if _CAN_RETRY:
        signal.setitimer(signal.ITIMER_REAL, _RETRY_AFTER)


def _is_in_destructor(frame: FrameType | None) -> bool:
    """Return whether an exception that is raised here would only be printed, and lost."""
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False


def _retrying_hook(hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a hook for exceptions that cannot be raised: signals are raised again later, others go to *hook*.

    The import of a module ends in a callback of the interpreter, in which an exception is printed and lost.
    """

    def called(unraisable: Any) -> None:
        if _arrived and isinstance(unraisable.exc_value, _RAISED[_arrived[0]]):
            _retry()
        else:
            hook(unraisable)

    return called
