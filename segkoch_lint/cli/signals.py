"""Signals that end a run: raised where they arrive, and remembered, since what is raised there can get lost."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived: unwind, so that no half-written output stays behind."""


_RAISED: dict[int, type[BaseException]] = {signal.SIGTERM: Terminated, signal.SIGINT: KeyboardInterrupt}
if hasattr(signal, "SIGHUP"):  # Windows has none
    _RAISED[signal.SIGHUP] = Terminated

_arrived: list[int] = []
"""The first of them that arrived in this run."""

_AGAIN = 0.01
"""Seconds after which a signal is raised again where the exception was lost."""

_CAN_RAISE_AGAIN = hasattr(signal, "setitimer")


@contextmanager
def raised_signals() -> Iterator[None]:
    """Have the signals that end a run raised as exceptions; those ignored from outside (`nohup`) stay ignored."""
    _arrived.clear()
    before: dict[int, Any] = {number: signal.getsignal(number) for number in _RAISED}
    caught = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in caught:
        signal.signal(number, _arrive)
    if _CAN_RAISE_AGAIN:
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, _raise_again)
        caught.append(signal.SIGALRM)
    hook = sys.unraisablehook
    sys.unraisablehook = _without_ours(hook)
    try:
        yield
    finally:
        if _CAN_RAISE_AGAIN:
            signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = hook
        for number in caught:
            signal.signal(number, before[number])


def raise_arrived() -> None:
    """Raise the signal that arrived, if one did: to be called now and then, and before a run is called complete.

    Libraries take what is raised in a function that they call for something else: a verdict, an error of their own.

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
        _raise(frame)


def _raise_again(_number: int, frame: FrameType | None) -> None:
    _raise(frame)


def _raise(frame: FrameType | None) -> None:
    if _is_in_destructor(frame):
        _try_again()
    else:
        raise_arrived()


def _try_again() -> None:
    if _CAN_RAISE_AGAIN:
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)


def _is_in_destructor(frame: FrameType | None) -> bool:
    """Tell whether an exception would only be printed where it is raised, and lost."""
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False


def _without_ours(hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a hook that prints what cannot be raised, but for the signals: they are raised again a little later.

    Importing a module ends in a callback of the interpreter's own, in which an exception is printed and lost.
    """

    def called(unraisable: Any) -> None:
        if _arrived and isinstance(unraisable.exc_value, _RAISED[_arrived[0]]):
            _try_again()
        else:
            hook(unraisable)

    return called
