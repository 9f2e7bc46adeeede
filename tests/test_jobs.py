"""However many processes lint: the same bytes, and nothing left behind."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zstandard

from segkoch_lint.jobs import crew, sharing
from segkoch_lint.jobs.crew import Crew
from segkoch_lint.linting import Linter
from segkoch_lint.parts import PartLinter
from segkoch_lint.results import Part, Result
from tests.conftest import IOS_CALL, Ran

Program = Callable[..., Ran]

GOOD = json.dumps(IOS_CALL, separators=(",", ":"))
BAD = '{"type":"track","event":"Été","userId":"u-1","context":{"device":{"type":"ios","id":"0123456789abcdef"}}}'
SERVER = [
    GOOD.replace("analytics-swift", "analytics-ruby").replace(IOS_CALL["context"]["device"]["id"][:4], start)
    for start in ("AB12", "AB34", "ab12", IOS_CALL["context"]["device"]["id"][:4])
]
LINES = (
    [GOOD] * 12
    + SERVER
    + [BAD, GOOD[:60], '{"x":1}', "", f"[{BAD},{GOOD}]", "5", '{"type":"page"}' + " " * 3000, BAD + BAD]
)


def log(seed: int, lines: int = 150) -> bytes:
    return ("\n".join(random.Random(seed).choices(LINES, k=lines)) + "\n").encode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Inputs of every kind; they are shared out however small they are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sharing, "WORTHWHILE_BYTES", 1)
    monkeypatch.setattr(sharing, "PIECE_BYTES", 10_000)
    strangers = b'{"x":1}\n5\n' * 400
    inputs = {
        "bom.ndjson": b"\xef\xbb\xbf" + log(1),
        "batch.json": json.dumps({"batch": [IOS_CALL, {"type": "track"}, {"x": 1}]}, indent=1).encode(),
        "big.ndjson": log(2, 1200),
        "call.yaml": b"type: track\nevent: x\nuserId: u\ncontext: {device: {id: 0123}}\n---\nx: 1\n",
        "damaged.ndjson.gz": gzip.compress(log(3))[:-200],
        "empty.json": b"",
        "gone-on.log": log(4)[:-200],
        "late.ndjson": strangers + b"{\n" + log(5),
        "late.txt": strangers + b"{\n" + log(5),
        "logs/a.jsonl.gz": gzip.compress(log(6)),
        "logs/b.jsonl.zst": zstandard.compress(log(7)),
        "logs/notes.txt": b"no calls at all\n" * 400,
        "logs/picture.png": b"\x89PNG\r\n\x1a\n\0\0",
        "plan.json": b'{"rules":{"events":[]}}',
        "strangers.ndjson": strangers,
        "utf16.ndjson": log(8).decode().encode("utf-16"),
    }
    (tmp_path / "logs").mkdir()
    for name, content in inputs.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["."],
        [".", "--format", "json", "--output", "text:report"],
        ["late.ndjson", "strangers.ndjson", "big.ndjson", "gone.json", "plan.json", "logs"],
        ["late.txt", "strangers.ndjson", "--allow-empty", "--max-findings", "7", "--statistics"],
        ["big.ndjson", "-", "bom.ndjson", "--stdin-filename", "x.ndjson", "--show-ids"],
        ["*.ndjson", "/dev/null", "--budget", "KCH1=30%", "--format", "json-lines"],
    ],
)
def test_the_output_is_the_same_for_any_number(
    arguments: list[str], folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_with(jobs: int) -> tuple[Ran, str]:
        with (folder / "utf16.ndjson").open("rb") as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            ran = program("check", "--isolated", "--jobs", str(jobs), *arguments)
        report = folder / "report"
        written = report.read_text() if report.exists() else ""
        report.unlink(missing_ok=True)
        return ran, written

    alone = run_with(1)
    assert "KCH201" in alone[0].out or "--max-findings" in arguments
    assert [run_with(2), run_with(5)] == [alone, alone]


def test_little_is_linted_without_other_processes(
    folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(Crew, "__init__", None)
    assert program("check", "--isolated", "--jobs", "9", ".").status == 1


@pytest.mark.parametrize("jobs", [1, 3])
def test_progress_is_told_over_all_processes(jobs: int, folder: Path) -> None:
    linter = Linter(jobs=jobs)
    told: list[tuple[int, int]] = []
    linter.on_progress = lambda: told.append((linter.bytes_read, linter.calls_read))
    paths = ["big.ndjson", "logs/a.jsonl.gz"]
    list(linter.paths(paths))
    assert (linter.bytes_read, linter.calls_read) == (sum(map(os.path.getsize, paths)), linter.summary.calls)
    assert sorted(told) == told
    assert len(told) > 2


PROGRAM = """
import sys
from segkoch_lint.cli.running import run
from segkoch_lint.jobs import crew, sharing
sharing.WORTHWHILE_BYTES = 1
sharing.PIECE_BYTES = 1 << 16
sys.exit(run(sys.argv[1:]))
"""


def children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until something is so; that it never is shows as a failure."""
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, "it does not come to pass"
        time.sleep(0.005)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def started(folder: Path, lines: int) -> Iterator[subprocess.Popen[str]]:
    """A run with two processes over so many lines, its report begun."""
    (folder / "log.ndjson").write_text(f"{BAD}\n" * lines)
    arguments = ["check", "log.ndjson", "--isolated", "--jobs", "2", "--format", "json", "--output", "json:out.json"]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            wait_for(lambda: len(children(process.pid)) == 2)
            yield process
        finally:
            process.kill()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that has much to do."""
    with started(tmp_path, 60_000) as process:
        yield process


@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize(
    ("number", "status", "told"),
    [(signal.SIGINT, 130, "Interrupted."), (signal.SIGTERM, 143, ""), (signal.SIGHUP, 143, "")],
)
def test_a_signal_ends_all_processes_and_leaves_no_half_report(
    number: signal.Signals, status: int, told: str, group: bool, *, running: subprocess.Popen[str], tmp_path: Path
) -> None:
    workers = children(running.pid)
    (os.killpg if group else os.kill)(running.pid, number)
    assert running.communicate(timeout=20)[1].strip() == told
    assert running.returncode == status
    assert not any(map(is_alive, workers))
    assert [path.name for path in tmp_path.iterdir()] == ["log.ndjson"]


def test_processes_end_when_the_run_is_killed(running: subprocess.Popen[str]) -> None:
    workers = children(running.pid)
    running.kill()
    running.wait()
    wait_for(lambda: not any(map(is_alive, workers)))


def test_a_killed_process_is_made_up_for(tmp_path: Path) -> None:
    with started(tmp_path, 3_000) as process:
        os.kill(children(process.pid)[0], signal.SIGKILL)
        assert process.communicate(timeout=120)[1] == ""
    assert process.returncode == 1
    summary = json.loads((tmp_path / "out.json").read_text())["summary"]
    assert (summary["calls"], summary["unread"]) == (3_000, [])


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_lines_that_kill_every_process_are_named_and_the_others_checked(
    folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    lint = PartLinter.lint

    def lint_or_die(self: PartLinter, part: Part) -> Iterator[Result]:
        if part.piece and part.piece.start == 20_000:
            os.kill(os.getpid(), signal.SIGKILL)
        return lint(self, part)

    line = f"{BAD}\n"
    (folder / "x.ndjson").write_text(line * 400)
    whole = program("check", "--isolated", "--jobs", "1", "x.ndjson", "--format", "json")
    monkeypatch.setattr(PartLinter, "lint", lint_or_die)
    # Only forked processes are patched, too; a thread that another test left behind would have them spawned.
    monkeypatch.setattr(crew, "best_context", lambda **_: multiprocessing.get_context("fork"))
    ran = program("check", "--isolated", "--jobs", "2", "x.ndjson", "--format", "json")
    begin, end = -(-20_000 // len(line.encode())) + 1, -(-30_000 // len(line.encode()))
    assert ran.status == 4
    assert ran.err == (
        f"Error: x.ndjson: lines {begin} to {end} were not checked: the process that read it was ended by signal 9\n"
    )
    report, expected = json.loads(ran.out), json.loads(whole.out)
    assert report["findings"] == [each for each in expected["findings"] if not begin <= each["line"] <= end]
    assert report["summary"]["calls"] == 400 - (end - begin + 1)
