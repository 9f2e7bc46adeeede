"""Runs a program as a whole and says how long it took and how much memory it needed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_SAMPLE_SECONDS = 0.1
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1_024


class RunError(Exception):
    """A program that is measured did not end as it should."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of a program.

    Attributes:
        seconds: wall time from its start to its end, its interpreter's start included.
        processor: seconds of all cores that it and its processes were busy, the system's work for them included.
        peak: bytes of memory of the largest of its processes.
        status: its exit status.
    """

    seconds: float
    processor: float
    peak: int
    status: int


def measure(
    command: Sequence[str | Path],
    *,
    output: Path | None = None,
    statuses: Collection[int] = (0,),
    environment: Mapping[str, str] | None = None,
    watch: ProcessPeaks | None = None,
) -> Measured:
    """Run *command* to its end.

    Args:
        command: the program and its arguments.
        output: where its standard output goes; None: nowhere.
        statuses: the exit statuses that mean that it did its work.
        environment: variables beside the present ones.
        watch: collects the peaks of its single processes; costs a little time.

    Raises:
        RunError: it ended with another status; the message holds the end of what it said.
    """
    with (output or Path(os.devnull)).open("wb") as stdout, tempfile.TemporaryFile() as stderr:
        started = time.perf_counter()
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env={**os.environ, **(environment or {})},
        )
        if watch:
            watch.start(child.pid)
        try:
            # Not wait(): wait4 tells the largest resident size of this child and of those that it waited for. The size
            # never reads lower than this process's own, which is why logs are made and verdicts counted piece by piece.
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if watch:
                watch.stop()
            if child.returncode is None:
                child.kill()
                child.wait()
        seconds = time.perf_counter() - started
        if child.returncode not in statuses:
            stderr.seek(0)
            said = stderr.read().decode(errors="replace").strip()[-2_000:]
            raise RunError(f"{' '.join(map(str, command))}\nended with status {child.returncode}. {said}")
    processor = usage.ru_utime + usage.ru_stime
    return Measured(seconds, processor, usage.ru_maxrss * _MAXRSS_UNIT, child.returncode)


@dataclass(slots=True)
class ProcessPeaks:
    """Samples the memory of a program's processes while it runs, where the system has `/proc`.

    Attributes:
        peaks: by process id, the largest resident size of the program's processes in bytes, the first one's included.
        total: the largest sum of the resident sizes at one moment, in bytes; what processes share counts in each.
        main: process id of the first.
    """

    peaks: dict[int, int] = field(default_factory=dict)
    total: int = 0
    main: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self, pid: int) -> None:
        """Begin to watch a process and its descendants."""
        self.main = pid
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        if self._thread:
            self._thread.join()

    def workers(self) -> list[int]:
        """Return the peaks of the processes besides the first, the largest first."""
        return sorted((peak for pid, peak in self.peaks.items() if pid != self.main), reverse=True)

    def sample(self) -> None:
        """Look at the processes once."""
        now = 0
        for pid in _family(self.main):
            peak, resident = _memory(pid)
            if peak:
                self.peaks[pid] = max(peak, self.peaks.get(pid, 0))
                now += resident
        self.total = max(self.total, now)

    def _watch(self) -> None:
        while not self._stopped.wait(_SAMPLE_SECONDS):
            self.sample()


def _family(pid: int) -> list[int]:
    """Return a process and its descendants."""
    family = [pid]
    for member in family:
        family += [
            int(child)
            for path in Path(f"/proc/{member}/task").glob("*/children")
            for child in (_text(path) or "").split()
        ]
    return family


def _memory(pid: int) -> tuple[int, int]:
    """Return the largest and the present resident size of a process in bytes; zeros when it is gone."""
    fields = dict(line.split(":", 1) for line in (_text(Path(f"/proc/{pid}/status")) or "").splitlines() if ":" in line)
    peak, resident = (int(fields.get(name, "0 kB").split()[0]) * 1_024 for name in ("VmHWM", "VmRSS"))
    return peak, resident


def _text(path: Path) -> str | None:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
