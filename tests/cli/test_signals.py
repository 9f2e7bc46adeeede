"""Signals that end a run, wherever they arrive."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.cli.signals import Terminated, raise_arrived, raised_signals

CALL = '{"type":"track","event":"x","userId":"u"}'

PROGRAM = [sys.executable, "-X", "importtime", "-c", "from segkoch_lint.__main__ import main; main()"]
"""The program, which tells each module that it has imported."""


class _Watched:
    """Can be referred to weakly."""


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


def test_an_exception_that_is_lost_is_raised_again_a_little_later(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", printed.append)

    def be_signalled(_gone: object) -> None:
        signal.raise_signal(signal.SIGINT)

    with raised_signals():
        watched = [_Watched()]
        reference = weakref.ref(watched[0], be_signalled)

        def lose_it() -> None:
            watched.clear()
            while reference() is None:
                pass

        with pytest.raises(KeyboardInterrupt):
            lose_it()
    assert printed == []


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The modules that are imported after our first line and before the first input is read, in order."""
    file = tmp_path_factory.mktemp("calls") / "call.json"
    file.write_text(CALL)
    ran = subprocess.run([*PROGRAM, "check", str(file)], stderr=subprocess.PIPE, text=True, check=False)
    names = [line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if line.startswith("import time:")]
    return names[names.index("segkoch_lint.__main__") + 1 : names.index("segkoch_lint.linter")]


def said(text: str) -> list[str]:
    """Return what a program said beside the times of imports."""
    return [line for line in text.splitlines() if line and not line.startswith("import time:")]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_an_interruption_while_the_program_starts_is_reported_in_a_word(
    seed: int, imported: list[str], tmp_path: Path
) -> None:
    module = random.Random(seed).choice(imported)
    os.mkfifo(tmp_path / "events")
    arguments = [*PROGRAM, "check", str(tmp_path / "events")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        before = [next(process.stderr)]
        while before[-1].rpartition("|")[2].strip() != module:
            before.append(next(process.stderr))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, said(err), out) == (130, ["Interrupted."], ""), module


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_an_interruption_while_calls_are_read_is_reported_in_a_word(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    fifo = tmp_path / "events.ndjson"
    os.mkfifo(fifo)
    arguments = [sys.executable, "-m", "segkoch_lint", "check", "--isolated", str(fifo), "-f", "json", "-o"]
    out = tmp_path / "out.json"
    with subprocess.Popen([*arguments, f"json:{out}"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        with fifo.open("w") as stream:
            # A pipe holds 64 KiB: what was written beyond that has been read.
            stream.writelines(f'{CALL[:-1]},"n":{number}}}\n' for number in range(chance.randrange(3_000, 30_000)))
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
            with suppress(BrokenPipeError):
                stream.close()
    assert (process.returncode, said(err.decode())) == (130, ["Interrupted."])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.ndjson"]
