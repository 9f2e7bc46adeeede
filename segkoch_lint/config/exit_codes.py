"""The exit codes of the program."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """An exit code. If several apply, USAGE_ERROR comes first, then INCOMPLETE, FINDINGS and NOTHING_CHECKED."""

    CLEAN = 0
    FINDINGS = 1
    USAGE_ERROR = 2
    NOTHING_CHECKED = 3
    INCOMPLETE = 4
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    TERMINATED = 143
