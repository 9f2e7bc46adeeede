"""A line on the terminal that says how far a long run is."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from segkoch_lint.linter import Linter

_AFTER = 1.0
"""Seconds after which the line appears."""

_EVERY = 0.2


class Progress:
    """Shows bytes and calls per second on standard error, when that is a terminal.

    Args:
        linter: whose figures to show.
        paths: what is read; their sizes make the percentage, as far as they are known beforehand.
    """

    def __init__(self, linter: Linter, paths: Sequence[str]) -> None:
        self._linter = linter
        self._wanted = sys.stderr.isatty()
        self._total = sum(map(_size, paths)) if self._wanted else 0
        self._started = self._shown_at = time.monotonic()
        self._bar_shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.clear()

    def show(self) -> None:
        """Draw the line anew, unless it is too early for that."""
        now = time.monotonic()
        if not self._wanted or now - self._started < _AFTER or now - self._shown_at < _EVERY:
            return
        self._shown_at = now
        self._bar_shown = True
        read, calls, seconds = self._linter.bytes_read, self._linter.calls_read, now - self._started
        share = f"{min(read / self._total, 1):4.0%}  " if self._total else ""
        click.echo(
            f"\r\x1b[K{share}{read / 1e6:,.1f} MB  {calls:,} calls  {read / seconds / 1e6:,.1f} MB/s  "
            f"{calls / seconds:,.0f} calls/s",
            err=True,
            nl=False,
        )

    def clear(self) -> None:
        """Take the line away, so that something else can be written."""
        if self._bar_shown:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._bar_shown = False


def _size(path: str) -> int:
    """Return the bytes of a file or of the files below a folder; 0 when it cannot be told."""
    if os.path.isdir(path):  # noqa: PTH112
        return sum(
            os.path.getsize(os.path.join(folder, name))  # noqa: PTH118, PTH202
            for folder, _, names in os.walk(path)
            for name in names
            if os.path.isfile(os.path.join(folder, name))  # noqa: PTH113, PTH118
        )
    return os.path.getsize(path) if os.path.isfile(path) else 0  # noqa: PTH113, PTH202
