"""How far a run is, as a terminal shows it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import sys
from pathlib import Path

import pytest

from segkoch_lint.cli import progress
from segkoch_lint.cli.progress import Progress
from segkoch_lint.linter import Linter
from tests.conftest import IOS_CALL


def test_progress_is_shown_on_a_terminal_if_a_run_takes_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setattr(progress, "AFTER", 0.0)
        monkeypatch.setattr(progress, "EVERY", 0.0)
        linter = Linter()
        monkeypatch.chdir(tmp_path)
        (tmp_path / "many.ndjson").write_text((json.dumps(IOS_CALL) + "\n") * 2000)
        with Progress(linter, ["many.ndjson", ".", "gone"]) as shown:
            linter.on_progress = shown.show
            assert list(linter.paths(["many.ndjson"])) == []
    text = ""
    with contextlib.suppress(OSError):  # a terminal without a writer is an error once it is read empty
        while chunk := os.read(terminal, 100_000):
            text += chunk.decode()
    os.close(terminal)
    assert "calls/s" in text
    assert "%" in text
    assert text.endswith("\r\x1b[K")


def test_progress_is_not_shown_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress(Linter(), ["."]) as shown:
        shown.show()
    assert stream.getvalue() == ""
