"""The program: runs the command line and turns what happened into an exit status."""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType

_INTERRUPTED = 130

_RARELY = (100_000, 50, 1_000)
"""Thresholds of the garbage collector (`gc.set_threshold`): a run makes many objects and hardly any cycles."""

_arrived: list[int] = []
"""The signals that arrived before the command line could say what to do about them."""


def main() -> None:
    """Run the command line of this process and exit."""
    gc.set_threshold(*_RARELY)
    # Importing takes a third of a second, and an exception that is raised on the way can come out as another one.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        status = _run()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is done
    except BaseException:
        if not _arrived:
            raise
        sys.stderr.write("Interrupted.\n")
        status = _INTERRUPTED
    # Otherwise the interpreter looks for garbage in all modules before it ends, which takes longer than importing them.
    gc.freeze()
    sys.exit(status)


def _run() -> int:
    from segkoch_lint.cli.entry import run  # noqa: PLC0415 - click is the first thing that takes time

    return run(sys.argv[1:])


def _interrupt(number: int, _frame: FrameType | None) -> None:
    if not _arrived:
        _arrived.append(number)
        raise KeyboardInterrupt


if __name__ == "__main__":
    main()
