"""The table of peers: each on the same file in the same run, whole process, median of some runs, in turn."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import logs, tables
from benchmarks.logs import Log
from benchmarks.measuring import measure
from benchmarks.peers import MissingError, Peer, Place, Ready
from benchmarks.subject import Subject, disagreements, verdicts


@dataclass(slots=True)
class Contender:
    """A peer in a comparison.

    Attributes:
        peer: which.
        ready: how it is run.
        log: the file it gets.
        seconds: how long each of its runs took.
        counted: what it counted.
    """

    peer: Peer
    ready: Ready
    log: Log
    seconds: list[float] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    def run(self, scratch: Path) -> None:
        """Run it once; its counts are read outside of the time."""
        command = (*self.ready.command, self.log.path)
        self.seconds.append(measure(command, output=scratch, environment=self.ready.environment).seconds)
        self.counted = self.peer.verdicts(scratch)

    def median(self) -> float:
        """Return how long it takes."""
        return statistics.median(self.seconds)

    def rate(self) -> float:
        """Return its calls per second."""
        return self.log.calls / self.median()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out.

    Attributes:
        version: what `--version` of segkoch-lint says.
        log: what all read, or the beginning of it.
        subject_seconds: how long each run of segkoch-lint took.
        contenders: the peers that ran.
        missing: sentences about those that could not.
        disagreements: sentences about counts that differ although they should not.
    """

    version: str
    log: Log
    subject_seconds: list[float]
    contenders: list[Contender]
    missing: list[str]
    disagreements: list[str]

    def rows(self) -> list[Sequence[str]]:
        """Return the table's rows, segkoch-lint first."""
        task = "every default rule, JSON report"
        rows: list[Sequence[str]] = [("segkoch-lint", task, *_times(self.log, self.subject_seconds), "", "", "")]
        for each in self.contenders:
            goal = each.peer.goal
            figures = (f"{goal.goal:g}", f"{goal.at_least:g}") if goal else ("", "")
            ratio = f"{self.ratio(each):.2f}"
            rows.append((each.peer.name, each.peer.task, *_times(each.log, each.seconds), ratio, *figures))
        return rows

    def ratio(self, contender: Contender) -> float:
        """Return how many times as fast segkoch-lint is."""
        return self.log.calls / statistics.median(self.subject_seconds) / contender.rate()


def compare(
    subject: Subject, log: Log, cache: Path, *, runs: int, slow_calls: int, install: bool, peers: Sequence[Peer]
) -> Comparison:
    """Set the peers up and run everything.

    Args:
        subject: segkoch-lint.
        log: what it and the peers read.
        cache: folder for packages and scratch files.
        runs: runs of each.
        slow_calls: calls that slow peers get: the first ones of the log.
        install: whether peers may be installed.
        peers: the programs to compare with.

    Raises:
        RunError: a program did not end well.
    """
    schema, scratch = cache / "schema.json", cache / "output"
    subject.write_schema(schema)
    contenders, missing = _contenders(peers, log, Place(cache, schema, install), slow_calls)
    counted = verdicts(subject, log, schema, scratch)
    for file in [log, *(each.log for each in contenders)]:
        logs.warm(file)
    subject_seconds: list[float] = []
    for number in range(1, runs + 1):
        print(f"run {number} of {runs}", file=sys.stderr)
        subject_seconds.append(subject.check(log).seconds)
        for each in contenders:
            each.run(scratch)
    differing = [
        sentence
        for each in contenders
        for sentence in disagreements(
            each.peer.name, each.counted, counted.expected(each.log.calls), each.peer.comparable
        )
    ]
    if counted.calls != log.calls:
        differing.insert(0, f"segkoch-lint read {counted.calls:,} calls of {log.calls:,}")
    return Comparison(subject.version(scratch), log, subject_seconds, contenders, missing, differing)


def report(comparison: Comparison) -> str:
    """Return the comparison as Markdown."""
    headings = (
        "against",
        "what it does",
        "calls",
        "median",
        "from, to",
        "calls/s",
        "segkoch-lint is … times as fast",
        "goal",
        "at least",
    )
    versions = ", ".join([comparison.version, *(each.ready.version for each in comparison.contenders)])
    parts = [
        f"{tables.machine()}; {versions}.",
        f"{comparison.log.calls:,} calls, {comparison.log.megabytes}; runs of each: {len(comparison.subject_seconds)}.",
        tables.table(headings, comparison.rows()),
    ]
    parts += [f"Not run: {sentence}" for sentence in comparison.missing]
    counted = [_counts(each) for each in comparison.contenders]
    differing = [f"DIFFERS: {sentence}." for sentence in comparison.disagreements]
    agreed = (
        ["Every count that says the same as one of segkoch-lint's agrees with it."] if counted and not differing else []
    )
    return "\n\n".join([*parts, *counted, *differing, *agreed])


def _contenders(peers: Sequence[Peer], log: Log, place: Place, slow_calls: int) -> tuple[list[Contender], list[str]]:
    contenders, missing = [], []
    for peer in peers:
        try:
            ready = peer.prepare(place)
        except MissingError as reason:
            missing.append(f"{peer.name}: {reason}")
            continue
        contenders.append(Contender(peer, ready, logs.beginning(log, slow_calls) if peer.slow else log))
    return contenders, missing


def _counts(each: Contender) -> str:
    figures = ", ".join(f"{what} {count:,}" for what, count in sorted(each.counted.items()))
    part = f" on the first {each.log.calls:,} calls, its rate is taken for the whole" if each.peer.slow else ""
    return f"{each.peer.name}{part}: {figures}."


def _times(log: Log, times: list[float]) -> tuple[str, str, str, str]:
    median = statistics.median(times)
    spread = f"{tables.seconds(min(times))} to {tables.seconds(max(times))}"
    return f"{log.calls:,}", tables.seconds(median), spread, f"{log.calls / median:,.0f}"
