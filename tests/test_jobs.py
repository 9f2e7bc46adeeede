"""However many threads go through logs: the same bytes, and nothing left behind."""

from __future__ import annotations

import gzip
import json
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

from segkoch_lint.documents import detection
from segkoch_lint.engine.lines import selector
from segkoch_lint.inputs import opener
from segkoch_lint.linter import Linter
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
    """Inputs of every kind; logs come in many blocks however small they are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(selector, "FEW_BYTES", 2_000)
    monkeypatch.setattr(opener, "READ_BYTES", 10_000)
    monkeypatch.setattr(detection, "PEEKED_BYTES", 10_000)
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


@pytest.mark.slow
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


@pytest.mark.parametrize("jobs", [1, 3])
def test_progress_is_told_of_all_inputs(jobs: int, folder: Path) -> None:
    linter = Linter(jobs=jobs)
    told: list[tuple[int, int]] = []
    linter.on_progress = lambda: told.append((linter.bytes_read, linter.calls_read))
    paths = ["big.ndjson", "logs/a.jsonl.gz"]
    list(linter.paths(paths))
    assert (linter.bytes_read, linter.calls_read) == (sum(map(os.path.getsize, paths)), linter.summary.calls)
    assert sorted(told) == told
    assert len(told) > 2


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until something is so; that it never is shows as a failure."""
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, "it does not come to pass"
        time.sleep(0.005)


@contextmanager
def started(folder: Path, *jobs: str) -> Iterator[subprocess.Popen[str]]:
    """A run that has much to do, its report begun."""
    (folder / "log.ndjson").write_text(f"{BAD}\n" * 200_000)
    arguments = ["check", "log.ndjson", "--isolated", *jobs, "--format", "json", "--output", "json:out.json"]
    with subprocess.Popen(
        [sys.executable, "-m", "segkoch_lint", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            wait_for(lambda: any("out.json" in path.name for path in folder.iterdir()))
            yield process
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [["--jobs", "1"], ["--jobs", "3"]])
@pytest.mark.parametrize(
    ("number", "status", "told"),
    [(signal.SIGINT, 130, "Interrupted."), (signal.SIGTERM, 143, ""), (signal.SIGHUP, 143, "")],
)
def test_a_signal_ends_the_run_and_leaves_no_half_report(
    number: signal.Signals, status: int, told: str, jobs: list[str], *, tmp_path: Path
) -> None:
    with started(tmp_path, *jobs) as process:
        os.kill(process.pid, number)
        assert process.communicate(timeout=20)[1].strip() == told
        assert process.returncode == status
    assert [path.name for path in tmp_path.iterdir()] == ["log.ndjson"]


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_pipe_is_read_as_it_comes(jobs: str, tmp_path: Path) -> None:
    text = log(9, 3000)
    command = [sys.executable, "-m", "segkoch_lint", "check", "-", "--isolated", "--format", "json", "--jobs", jobs]
    with (tmp_path / "report").open("w") as report:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=report)
    with process:
        assert process.stdin is not None
        for start in range(0, len(text), 70_001):
            process.stdin.write(text[start : start + 70_001])
            process.stdin.flush()
        process.stdin.close()
        process.wait(timeout=60)
    found = json.loads((tmp_path / "report").read_text())
    expected = Linter()
    findings = [*expected.bytes(text), *expected.identity_findings()]
    assert len(found["findings"]) == len(findings)
    assert found["summary"]["calls"] == expected.summary.calls
