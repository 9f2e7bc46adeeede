"""The program: it runs the command line and exits with its exit code."""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType

from segkoch_lint.config.exit_codes import ExitCode

_GC_THRESHOLDS = (100_000, 50, 1_000)
"""High thresholds of the garbage collector (`gc.set_threshold`): a run creates many objects and hardly any cycles."""

_arrived: list[int] = []
"""The signals that arrived before the handlers of the command line were installed."""


def main() -> None:
    """Run the command line of this process and exit."""
    gc.set_threshold(*_GC_THRESHOLDS)
    # The imports take time, and an exception that is raised during an import may end as another one.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        status = _run()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run is complete
    except BaseException:
        if not _arrived:
            raise
        sys.stderr.write("Interrupted.\n")
        status = ExitCode.INTERRUPTED
    # Otherwise the interpreter looks for garbage in all modules before it ends, which takes longer than to import them.
    gc.freeze()
    sys.exit(status)


def _run() -> int:
    from segkoch_lint.cli.entry import run  # noqa: PLC0415 - click takes time to import

    return run(sys.argv[1:])


def _interrupt(number: int, _frame: FrameType | None) -> None:
    if not _arrived:
        _arrived.append(number)
        raise KeyboardInterrupt


if __name__ == "__main__":
    main()
