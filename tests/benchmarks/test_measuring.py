"""Measuring whole programs: their memory with that of their workers, and their failure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measuring import ProcessPeaks, RunError, measure

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000
LARGE = "held = b'x' * 150_000_000"
WITH_WORKER = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"


def test_the_memory_is_that_of_the_largest_process() -> None:
    alone = measure([sys.executable, "-c", LARGE])
    by_worker = measure([sys.executable, "-c", WITH_WORKER, LARGE])
    assert alone.peak > 150 * MEGABYTE
    assert by_worker.peak > 150 * MEGABYTE
    assert alone.seconds > 0


def test_the_output_goes_to_the_file(tmp_path: Path) -> None:
    measured = measure([sys.executable, "-c", "print(1); exit(1)"], output=tmp_path / "output", statuses=(0, 1))
    assert measured.status == 1
    assert (tmp_path / "output").read_text() == "1\n"


def test_a_program_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(RunError, match=r"ended with status 3\. no such schema"):
        measure([sys.executable, "-c", "import sys; sys.stderr.write('no such schema'); exit(3)"])


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_each_process_is_watched() -> None:
    waiting = f"{LARGE}; print('ready', flush=True); input()"
    command = [sys.executable, "-c", WITH_WORKER, waiting]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout
        assert program.stdin
        program.stdout.readline()
        watch = ProcessPeaks(main=program.pid)
        watch.sample()
        program.stdin.write(b"\n")
    (worker,) = watch.workers()
    assert worker > 150 * MEGABYTE > watch.peaks[program.pid] > MEGABYTE
    assert watch.total > worker
    assert program.returncode == 0
