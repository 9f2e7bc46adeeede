"""A progress line on the terminal for long runs."""

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

AFTER = 1.0
"""Seconds after which the line appears."""

EVERY = 0.2
"""Seconds between two updates."""


class Progress:
    """Shows bytes and calls per second on standard error if it is a terminal.

    Args:
        linter: the linter whose figures are shown.
        paths: the inputs; the percentage is of the sizes of those that are files and folders.
        wanted: whether the line is shown.
    """

    def __init__(self, linter: Linter, paths: Sequence[str], *, wanted: bool = True) -> None:
        self._linter = linter
        self._on_terminal = wanted and sys.stderr.isatty()
        self._total = sum(map(_size, paths)) if self._on_terminal else 0
        self._started = self._shown_at = time.monotonic()
        self._visible = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.clear()

    def show(self) -> None:
        """Draw the line, unless it was drawn a moment ago."""
        now = time.monotonic()
        if not self._on_terminal or now - self._started < AFTER or now - self._shown_at < EVERY:
            return
        self._shown_at = now
        self._visible = True
        read, calls, seconds = self._linter.bytes_read, self._linter.calls_read, now - self._started
        share = f"{min(read / self._total, 1):4.0%}  " if self._total else ""
        click.echo(
            f"\r\x1b[K{share}{read / 1e6:,.1f} MB  {calls:,} calls  {read / seconds / 1e6:,.1f} MB/s  "
            f"{calls / seconds:,.0f} calls/s",
            err=True,
            nl=False,
        )

    def clear(self) -> None:
        """Remove the line, so that something else can be written."""
        if self._visible:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._visible = False


def _size(path: str) -> int:
    """Return the size of a file, or of the files in a folder, in bytes; 0 if it is not known."""
    if os.path.isdir(path):  # noqa: PTH112
        return sum(
            os.path.getsize(os.path.join(folder, name))  # noqa: PTH118, PTH202
            for folder, _, names in os.walk(path)
            for name in names
            if os.path.isfile(os.path.join(folder, name))  # noqa: PTH113, PTH118
        )
    return os.path.getsize(path) if os.path.isfile(path) else 0  # noqa: PTH113, PTH202
