"""The command line of the benchmarks: `scripts/benchmark`, or `python -m benchmarks`."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import comparing, generate, goals, logs, peers, scaling, summary, tables
from benchmarks.measuring import RunError
from benchmarks.subject import Subject

ROOT = Path(__file__).parents[1]
LENGTHS = (50_000, 200_000, 1_000_000, 4_000_000)
FIVE_GIGABYTES = 4_100_000
"""Calls of the log that shows the memory of a long run."""
MANY_USERS = 20_000_000
COMMANDS = ("goals", "peers", "scale", "memory", "users", "generate")


def main(arguments: Sequence[str]) -> int:
    """Run the command that *arguments* name; return the exit status: 1 when a program fails or counts differ."""
    given = _parser().parse_args([*([] if set(COMMANDS) & set(arguments[:1]) else ["peers"]), *arguments])
    try:
        status: int = given.run(given)
    except RunError as failed:
        print(failed, file=sys.stderr)
        return 1
    return status


def _generate(given: argparse.Namespace) -> int:
    generate.write(given.path, generate.mix_of(given), given.calls)
    print(f"{given.calls:,} calls, {given.path.stat().st_size:,} bytes", file=sys.stderr)
    return 0


def _peers(given: argparse.Namespace) -> int:
    subject, cache = _subject(given), _cache(given)
    log = logs.made(cache, _mix(given), given.calls)
    result = comparing.compare(
        subject,
        log,
        cache,
        runs=given.runs,
        slow_calls=given.slow_calls,
        install=not given.no_install,
        peers=peers.PEERS,
    )
    print(comparing.report(result))
    return 1 if result.disagreements else 0


def _goals(given: argparse.Namespace) -> int:
    subject, cache = _subject(given), _cache(given)
    settings = summary.Settings(
        subject=subject,
        before=given.before,
        cache=cache,
        calls=given.calls,
        long_calls=given.long_calls,
        user_calls=given.user_calls,
        fixtures=given.fixtures,
        runs=given.runs,
        install=not given.no_install,
    )
    parts = list(summary.measured(settings, given.parts))
    rows = [row for part in parts for row in part.rows]
    notes = [note for part in parts for note in part.notes]
    print(_heading(subject, cache), goals.table(rows), *notes, sep="\n\n")
    return 1 if any(part.disagreements for part in parts) else 0


def _scale(given: argparse.Namespace) -> int:
    subject, cache = _subject(given), _cache(given)
    results = []
    for calls in given.lengths:
        log = logs.made(cache, _mix(given), calls)
        results.append(scaling.timed(subject, log, given.runs))
    print(_heading(subject, cache), scaling.length_table(results), sep="\n\n")
    plain = results[min(1, len(results) - 1)]
    packed = scaling.timed(subject, logs.gzipped(plain.log), given.runs)
    print("", scaling.gzip_table(plain, packed), sep="\n")
    return 0


def _memory(given: argparse.Namespace) -> int:
    subject, cache = _subject(given), _cache(given)
    log = logs.made(cache, _mix(given), given.calls)
    print(_heading(subject, cache), scaling.memory_table(subject, log), sep="\n\n")
    return 0


def _heading(subject: Subject, cache: Path) -> str:
    return f"{tables.machine()}; {subject.version(cache / 'output')}."


def _subject(given: argparse.Namespace) -> Subject:
    return Subject(given.program, tuple(shlex.split(given.options)))


def _cache(given: argparse.Namespace) -> Path:
    cache: Path = given.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    return cache


def _mix(given: argparse.Namespace) -> list[str]:
    return shlex.split(given.mix)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark", description="Measures segkoch-lint. See docs/benchmarks.md."
    )
    commands = parser.add_subparsers(required=True)
    _add_goals(commands)
    beside = _command(commands, "peers", _peers, "compare with other programs (the default)")
    beside.add_argument("--calls", type=generate.positive, default=200_000, help="default: 200000")
    _add_runs(beside)
    beside.add_argument(
        "--slow-calls",
        type=generate.positive,
        default=10_000,
        help="calls for the slowest peer, the first ones; default: 10000",
    )
    scale = _command(commands, "scale", _scale, "time logs of different lengths, and one in gzip")
    scale.add_argument("--lengths", type=_lengths, default=LENGTHS, metavar="CALLS,…", help="default: %(default)s")
    scale.add_argument("--runs", type=generate.positive, default=3, help="runs on each log; default: 3")
    memory = _command(commands, "memory", _memory, "show the memory of each process on 5 GB")
    memory.add_argument("--calls", type=generate.positive, default=FIVE_GIGABYTES, help="default: %(default)s")
    users = _command(commands, "users", _memory, "show the memory for 20 million users, two small calls each")
    users.add_argument("--calls", type=generate.positive, default=2 * MANY_USERS, help="default: %(default)s")
    users.set_defaults(mix=f"--small --users {MANY_USERS} --server-share 0.5 --devices 1")
    making = commands.add_parser("generate", help="write a log", description=generate.__doc__)
    generate.add_options(making)
    making.add_argument("--calls", type=generate.positive, default=200_000, help="default: 200000")
    making.add_argument("path", type=Path)
    making.set_defaults(run=_generate)
    return parser


def _add_goals(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(commands, "goals", _goals, "show how far the project's goals are reached; takes an hour")
    command.add_argument(
        "--parts",
        type=_parts,
        default=tuple(summary.PARTS),
        metavar="NAME,…",
        help=f"parts of the table; default: all ({', '.join(summary.PARTS)})",
    )
    for option, default, what in (
        ("--calls", 200_000, "calls of most logs"),
        ("--long-calls", LENGTHS[-1], "calls of the long log"),
        ("--user-calls", 2 * MANY_USERS, "calls of the log of many users, two for each user"),
        ("--fixtures", summary.FIXTURES, "files in the folder of fixtures"),
    ):
        command.add_argument(option, type=generate.positive, default=default, help=f"{what}; default: {default}")
    _add_runs(command)
    command.add_argument("--before", type=Path, help="an earlier segkoch-lint, to compare the folder of fixtures with")


def _add_runs(command: argparse.ArgumentParser) -> None:
    command.add_argument("--runs", type=generate.positive, default=5, help="runs of each program; default: 5")
    command.add_argument("--no-install", action="store_true", help="install nothing; leave out what is missing")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: object, does: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=does, description=does[0].upper() + does[1:] + ".")
    command.add_argument(
        "--cache", type=Path, default=ROOT / ".benchmarks", help="folder for logs and packages; default: .benchmarks"
    )
    command.add_argument(
        "--program",
        type=Path,
        default=Path(sys.executable).with_name("segkoch-lint"),
        help="the segkoch-lint to measure",
    )
    command.add_argument("--options", default="", help="further options of `segkoch-lint check`, in one argument")
    if run is not _goals:  # each of its rows is of a certain mix
        command.add_argument("--mix", default="", help="options of `generate`, in one argument")
    command.set_defaults(run=run)
    return command


def _parts(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in summary.PARTS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(summary.PARTS)}")
    return names


def _lengths(text: str) -> tuple[int, ...]:
    return tuple(map(generate.positive, text.split(",")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
