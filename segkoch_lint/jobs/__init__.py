"""Shares parts of the inputs out to processes, and hands their results back in the order of the parts."""

from __future__ import annotations

import gc
import os

_RARELY = (20_000, 50, 1_000)
"""Thresholds of the garbage collector; see `gc.set_threshold`."""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def collect_garbage_rarely() -> None:
    """Let the garbage collector look less often through what is remembered of a log: much, and next to no cycles."""
    gc.set_threshold(*_RARELY)
