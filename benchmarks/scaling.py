"""How time and memory grow with the log: longer logs, gzip, and the memory of every process."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import logs, tables
from benchmarks.logs import Log
from benchmarks.measuring import ProcessPeaks
from benchmarks.subject import Subject


@dataclass(frozen=True, slots=True)
class Timed:
    """What segkoch-lint needs for a log: median seconds of its runs, and the largest peak of a process in bytes."""

    log: Log
    seconds: float
    peak: int

    def microseconds_a_call(self) -> float:
        """Return the time for one call."""
        return self.seconds / self.log.calls * 1e6


def timed(subject: Subject, log: Log, runs: int) -> Timed:
    """Run segkoch-lint so many times on a log."""
    logs.warm(log)
    measured = [subject.check(log) for _ in range(runs)]
    return Timed(log, statistics.median(m.seconds for m in measured), max(m.peak for m in measured))


def length_table(results: Sequence[Timed]) -> str:
    """Return a table of logs of different lengths; time is linear where the last columns stay level."""
    first = results[0].microseconds_a_call()
    return tables.table(
        ("calls", "size", "time", "calls/s", "µs a call", "against the first", "peak memory, largest process"),
        [
            (
                f"{each.log.calls:,}",
                each.log.megabytes,
                tables.seconds(each.seconds),
                f"{each.log.calls / each.seconds:,.0f}",
                f"{each.microseconds_a_call():.1f}",
                f"{each.microseconds_a_call() / first:.2f}",
                tables.megabytes(each.peak),
            )
            for each in results
        ],
    )


def gzip_table(plain: Timed, packed: Timed) -> str:
    """Return a table of the same log without and with gzip."""
    return tables.table(
        ("the same calls", "size", "time", "calls/s", "against plain", "peak memory, largest process"),
        [
            (
                name,
                each.log.megabytes,
                tables.seconds(each.seconds),
                f"{each.log.calls / each.seconds:,.0f}",
                f"{each.seconds / plain.seconds:.2f}",
                tables.megabytes(each.peak),
            )
            for name, each in (("plain", plain), ("gzip", packed))
        ],
    )


def memory_table(subject: Subject, log: Log) -> str:
    """Run segkoch-lint once and return a table of what its processes needed; single ones need `/proc`."""
    watch = ProcessPeaks()
    measured = subject.check(log, watch=watch)
    rows = [("largest process", tables.megabytes(measured.peak))]
    if watch.peaks:
        rows.append(("first process", tables.megabytes(watch.peaks.get(watch.main, 0))))
        rows += [(f"worker {number}", tables.megabytes(peak)) for number, peak in enumerate(watch.workers(), 1)]
        rows.append(("all at one moment, shared memory counted in each", tables.megabytes(watch.total)))
    rows.append(("time", tables.seconds(measured.seconds)))
    return tables.table(("", f"{log.calls:,} calls, {log.megabytes}"), rows)
