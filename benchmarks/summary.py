"""The table of goals: each part measures one or more of its rows, as whole processes."""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import comparing, logs, peers, tables
from benchmarks.goals import Goal, Row
from benchmarks.logs import Log
from benchmarks.measuring import Measured, measure
from benchmarks.peers import MissingError, Peer, Place
from benchmarks.subject import Subject

INFLATE = Path(__file__).parent / "peers" / "inflate.py"
USERS_A_CALL = 0.5
FAULTY_MIX = ("--fault-share", "0.27")
"""A mix in which every fourth call has a finding: three of four calls with a fault have one, and 5 % of the others."""
TEXT_MIX = ("--fault-share", "0.31")
"""A mix in which 32,000 calls have some 9,500 findings."""

TEXT_CALLS = 32_000
FIXTURES = 5_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How the parts measure.

    Attributes:
        subject: segkoch-lint.
        before: a segkoch-lint of an earlier commit, for the row that compares with it; None to leave the row out.
        cache: folder for logs and packages.
        calls: calls of the log of most parts.
        long_calls: calls of the long log.
        user_calls: calls of the log of many users, who are half as many.
        fixtures: files of the folder of fixtures.
        runs: runs of each program; the median counts. Long logs are read once.
        install: whether peers may be installed.
    """

    subject: Subject
    before: Path | None
    cache: Path
    calls: int
    long_calls: int
    user_calls: int
    fixtures: int
    runs: int
    install: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What a part found.

    Attributes:
        rows: its rows of the table.
        notes: sentences and tables to show below it.
        disagreements: sentences about counts that differ although they should not.
    """

    rows: Sequence[Row]
    notes: Sequence[str] = ()
    disagreements: Sequence[str] = ()


def measured(settings: Settings, names: Sequence[str]) -> Iterator[Part]:
    """Measure the parts with these names, one after the other.

    Raises:
        RunError: a program did not end as it should.
    """
    for name in names:
        print(f"measuring: {name}", file=sys.stderr)
        yield PARTS[name](settings)


def _peers(settings: Settings) -> Part:
    return _compared(settings, settings.calls, settings.runs, peers.PEERS)


def _long(settings: Settings) -> Part:
    return _compared(settings, settings.long_calls, 1, peers.LONG_PEERS)


def _compared(settings: Settings, calls: int, runs: int, contenders: Sequence[Peer]) -> Part:
    log = logs.made(settings.cache, [], calls)
    comparison = comparing.compare(
        settings.subject,
        log,
        settings.cache,
        runs=runs,
        slow_calls=min(calls, 2_000),
        install=settings.install,
        peers=contenders,
    )
    rows = [
        Row(
            f"against {each.peer.name}, {calls:,} calls: times as fast",
            comparison.ratio(each),
            each.peer.goal,
            f"{tables.seconds(statistics.median(comparison.subject_seconds))}; {tables.seconds(each.median())}",
        )
        for each in comparison.contenders
        if each.peer.goal
    ]
    return Part(rows, [comparing.report(comparison)], comparison.disagreements)


def _gzip(settings: Settings) -> Part:
    first, second = map(logs.gzipped, logs.halves(logs.made(settings.cache, [], 2 * settings.calls)))
    inflaters: dict[str, list[str | Path]] = {"Python's zlib": [sys.executable, INFLATE, first.path]}
    if command := shutil.which("gzip"):
        inflaters["gzip -dc"] = [command, "-dc", first.path]
    for log in (first, second):
        logs.warm(log)
    alone = {name: _seconds(_commands(settings, command)) for name, command in inflaters.items()}
    fastest = min(alone, key=alone.__getitem__)
    one = _seconds(_checks(settings, first))
    two = _seconds(_checks(settings, first, second))
    calls = f"{first.calls:,} calls"
    return Part(
        [
            Row(
                f"one .gz of {calls}: share of the speed of {fastest} alone",
                alone[fastest] / one,
                Goal(0.95, 0.8),
                f"{tables.seconds(one)}; {tables.seconds(alone[fastest])}",
            ),
            Row(
                f"two .gz of {calls} each: time against one",
                two / one,
                Goal(1.05, 1.25),
                f"{tables.seconds(two)}; {tables.seconds(one)}",
            ),
        ]
    )


def _users(settings: Settings) -> Part:
    mix = [
        "--small",
        "--users",
        f"{int(settings.user_calls * USERS_A_CALL)}",
        "--server-share",
        "0.5",
        "--devices",
        "1",
    ]
    log = logs.made(settings.cache, mix, settings.user_calls)
    run = settings.subject.check(log)
    what = f"{log.calls:,} calls of {int(log.calls * USERS_A_CALL):,} users, in no order: "
    return Part(
        [
            Row(f"{what}time", run.seconds, Goal(150, 400, "s"), log.megabytes),
            Row(f"{what}largest process", run.peak / 1e6, Goal(600, 1_000, "MB"), log.megabytes),
        ]
    )


def _findings(settings: Settings) -> Part:
    log = logs.made(settings.cache, list(FAULTY_MIX), 2 * settings.calls)
    half = logs.beginning(log, settings.calls)
    whole_time, half_time = _processor(_checks(settings, log)), _processor(_checks(settings, half))
    calls = log.calls - half.calls
    return Part(
        [
            Row(
                "marginal cost with a finding in every fourth call",
                (whole_time - half_time) / calls * 1e6,
                Goal(5, 12, "µs a call and core"),
                f"processor time {tables.seconds(whole_time)}; {tables.seconds(half_time)}",
            )
        ]
    )


def _fixture(settings: Settings) -> Part:
    folder = logs.fixtures(settings.cache, 1)
    fixture = Log(next(folder.path.iterdir()), 1)
    try:
        peer = peers.check_jsonschema(Place(settings.cache, peers.PAGE_SCHEMA, settings.install))
    except MissingError as reason:
        return Part([], [f"Not run: check-jsonschema: {reason}"])
    ours = _processor(_checks(settings, fixture))
    theirs = _processor(_commands(settings, (*peer.command, fixture.path)))
    return Part(
        [
            Row(
                "one good fixture: processor time against check-jsonschema",
                ours / theirs,
                Goal(0.6, 0.8),
                f"{tables.seconds(ours)}; {tables.seconds(theirs)}",
            )
        ],
        [f"{peer.version}, with the small schema."],
    )


def _folder(settings: Settings) -> Part:
    folder = logs.fixtures(settings.cache, settings.fixtures)
    now = _seconds(_checks(settings, folder))
    text = f"{folder.calls:,} fixtures in a folder: {tables.seconds(now)}"
    if settings.before is None:
        return Part([], [f"{text}. --before PROGRAM compares that with an earlier segkoch-lint."])
    earlier = Subject(settings.before, settings.subject.options)
    before = _seconds(_checks(settings, folder, subject=earlier))
    what = f"{folder.calls:,} fixtures in a folder: time against {earlier.version(settings.cache / 'output')}"
    return Part([Row(what, now / before, Goal(0.7, 1.1), f"{tables.seconds(now)}; {tables.seconds(before)}")])


def _repository(settings: Settings) -> Part:
    folder = logs.other_files(settings.cache, settings.fixtures)
    subject = Subject(settings.subject.program, (*settings.subject.options, "--allow-empty"))
    now = _seconds(_checks(settings, folder, subject=subject))
    text = f"{settings.fixtures:,} files without a call: {tables.seconds(now)}"
    if settings.before is None:
        return Part([], [f"{text}. --before PROGRAM compares that with an earlier segkoch-lint."])
    before = _seconds(_checks(settings, folder, subject=Subject(settings.before, subject.options)))
    what = f"{settings.fixtures:,} JSON and YAML files without a call: time against an earlier segkoch-lint"
    return Part([Row(what, now / before, Goal(1.1, 1.5), f"{tables.seconds(now)}; {tables.seconds(before)}")])


def _without_core(settings: Settings) -> Part:
    log = logs.made(settings.cache, [], settings.calls)
    logs.warm(log)
    seconds = _seconds(_checks(settings, log, subject=settings.subject.without_core()))
    what = f"{log.calls:,} calls without the core, one core"
    return Part([Row(what, log.calls / seconds, Goal(20_000, 15_000, "calls/s"), tables.seconds(seconds))])


def _text(settings: Settings) -> Part:
    calls = min(settings.calls, TEXT_CALLS)
    log = logs.made(settings.cache, list(TEXT_MIX), calls)
    logs.warm(log)
    rows = []
    for subject, name in ((settings.subject, ""), (settings.subject.without_core(), ", without the core")):
        document = _processor(_checks(settings, log, subject=subject))
        text = _processor([subject.write_text(log) for _ in range(settings.runs)])
        what = f"text of {calls:,} calls with all findings{name}: processor time against JSON"
        rows.append(Row(what, text / document, Goal(1.5, 2), f"{tables.seconds(text)}; {tables.seconds(document)}"))
    return Part(rows)


def _checks(settings: Settings, *read: Log, subject: Subject | None = None) -> list[Measured]:
    return [(subject or settings.subject).check(*read) for _ in range(settings.runs)]


def _commands(settings: Settings, command: Sequence[str | Path]) -> list[Measured]:
    return [measure(command) for _ in range(settings.runs)]


def _seconds(runs: Sequence[Measured]) -> float:
    return statistics.median(run.seconds for run in runs)


def _processor(runs: Sequence[Measured]) -> float:
    return statistics.median(run.processor for run in runs)


PARTS: dict[str, Callable[[Settings], Part]] = {
    "peers": _peers,
    "long": _long,
    "gzip": _gzip,
    "findings": _findings,
    "text": _text,
    "fixture": _fixture,
    "folder": _folder,
    "repository": _repository,
    "without-core": _without_core,
    "users": _users,
}
"""The parts by name; the last takes the longest."""
