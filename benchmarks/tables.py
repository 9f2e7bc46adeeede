"""Markdown tables, and what every table says of the machine it was made on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; figures stand to the right, the first column to the left."""
    lines = [headings, ["---", *("---:" for _ in headings[1:])], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def machine() -> str:
    """Return what the figures depend on besides the programs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def seconds(value: float) -> str:
    """Return a duration for people."""
    return f"{value:.2f} s" if value < 100 else f"{value:,.0f} s"


def megabytes(value: float) -> str:
    """Return an amount of memory for people."""
    return f"{value / 1e6:,.0f} MB"
