"""Signals that end a run, wherever they arrive."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import pytest

from segkoch_lint.cli.signals import Terminated, raise_arrived, raised_signals


class _Destroyed:
    """Is signalled in its destructor, in a function that this calls."""

    def _end(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(2):  # the interpreter looks for signals where a loop begins anew
            pass

    def __del__(self) -> None:
        self._end()


def test_a_signal_in_a_destructor_is_neither_printed_nor_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", printed.append)
    with raised_signals():
        _Destroyed()
        assert printed == []
        with pytest.raises(Terminated):
            raise_arrived()
