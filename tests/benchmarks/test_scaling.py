"""The tables of time and memory, in miniature."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.logs import Log, beginning, gzipped

pytestmark = pytest.mark.slow


def test_logs_of_several_lengths_and_gzip_are_timed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scale", "--cache", str(tmp_path), "--lengths", "50,120", "--runs", "1"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"\| 50 \| 0\.\d MB \| [\d.]+ s \| [\d,]+ \| [\d.]+ \| 1\.00 \| \d+ MB \|", printed)
    assert re.search(r"\| 120 \| 0\.\d MB \| [\d.]+ s \| ", printed)
    assert "| plain | " in printed
    assert "| gzip | " in printed


@pytest.mark.parametrize("command", ["memory", "users"])
def test_the_memory_of_a_run_is_shown(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--cache", str(tmp_path), "--calls", "80"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"\|  \| 80 calls, 0\.\d MB \|", printed)
    assert re.search(r"\| largest process \| \d+ MB \|", printed)


def test_a_log_is_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        main(["memory", "--cache", str(tmp_path), "--calls", "30"])
    assert capsys.readouterr().err.count("making a log of 30 calls") == 1


def test_gzip_and_beginning_hold_the_same_calls(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.ndjson", 3)
    log.path.write_bytes(b"1\n2\n3\n")
    assert gzip.decompress(gzipped(log).path.read_bytes()) == b"1\n2\n3\n"
    assert beginning(log, 2).path.read_bytes() == b"1\n2\n"
    assert beginning(log, 3) == log


def test_a_program_that_cannot_be_run_fails_the_benchmark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["memory", "--cache", str(tmp_path), "--calls", "30", "--options=--no-such-option"]) == 1
    assert "--no-such-option" in capsys.readouterr().err
