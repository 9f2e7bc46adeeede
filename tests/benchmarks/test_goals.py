"""The table of goals, in miniature."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.goals import Goal, Row, table
from benchmarks.logs import Log, fixtures, halves
from benchmarks.measuring import RunError
from benchmarks.subject import Subject
from segkoch_lint.linter import Linter

PROGRAM = Path(sys.executable).with_name("segkoch-lint")
SMALL = ("--calls", "60", "--long-calls", "90", "--user-calls", "80", "--fixtures", "3", "--runs", "1", "--no-install")


def goals(cache: Path, *options: str) -> int:
    return main(["goals", "--cache", str(cache), *SMALL, *options])


def test_a_figure_is_held_against_its_goal() -> None:
    faster, cheaper = Goal(1.2, 0.7), Goal(5, 12, "µs a call")
    assert [faster.is_reached(figure) for figure in (0.69, 0.7, 3)] == [False, True, True]
    assert [cheaper.is_reached(figure) for figure in (4, 12, 12.1)] == [True, True, False]
    assert table([Row("speed", 0.123, faster, "1 s"), Row("cost", 1234.5, cheaper, "2 s")]).splitlines()[2:] == [
        "| speed | 0.12 | 1.2 | 0.7 | no | 1 s |",
        "| cost | 1,234 µs a call | 5 µs a call | 12 µs a call | no | 2 s |",
    ]


@pytest.mark.slow
def test_every_part_that_needs_no_other_program_makes_its_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = "gzip,findings,text,folder,repository,without-core,users"
    assert goals(tmp_path, "--parts", parts, "--before", str(PROGRAM)) == 0
    printed = capsys.readouterr().out
    for row in (
        r"one \.gz of 60 calls: share of the speed of .+ alone \| [\d.]+ \| 0\.95 \| 0\.8",
        r"two \.gz of 60 calls each: time against one \| [\d.]+ \| 1\.05 \| 1\.25",
        r"marginal cost with a finding in every fourth call \| [-\d.,]+ µs a call and core \| 5 .+ \| 12 ",
        r"text of 60 calls with all findings: processor time against JSON \| [\d.]+ \| 1\.5 \| 2",
        r"text of 60 calls with all findings, without the core: processor time against JSON \| [\d.]+ \| 1\.5 \| 2",
        r"3 fixtures in a folder: time against segkoch-lint, version .+ \| [\d.]+ \| 0\.7 \| 1\.1",
        r"3 JSON and YAML files without a call: time against .+ \| [\d.]+ \| 1\.1 \| 1\.5",
        r"60 calls without the core, one core \| [\d.,]+ calls/s \| 20,000 calls/s \| 15,000 calls/s",
        r"80 calls of 40 users, in no order: time \| [\d.]+ s \| 150 s \| 400 s",
        r"80 calls of 40 users, in no order: largest process \| [\d.]+ MB \| 600 MB \| 1,000 MB",
    ):
        assert re.search(rf"\| {row}", printed), row


@pytest.mark.slow
def test_what_cannot_be_measured_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert goals(tmp_path, "--parts", "peers,long,fixture,folder") == 0
    printed = capsys.readouterr().out
    assert printed.count("Not run: DuckDB, all cores: ") == 2
    assert "Not run: check-jsonschema: " in printed
    assert "3 fixtures in a folder: " in printed
    assert "--before PROGRAM compares that with an earlier segkoch-lint." in printed


def test_a_part_that_there_is_not_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        goals(tmp_path, "--parts", "gzip,speed")
    assert exited.value.code == 2
    assert "'speed' is none of peers, long, " in capsys.readouterr().err


@pytest.mark.slow
def test_the_native_core_is_hidden(tmp_path: Path) -> None:
    version = Subject(PROGRAM).without_core().version(tmp_path / "output")
    assert "not installed" in version
    with pytest.raises(RunError, match=r"there is no .+python"):
        Subject(tmp_path / "segkoch-lint").without_core()


def test_halves_hold_all_calls(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.ndjson", 5)
    log.path.write_bytes(b"1\n2\n3\n4\n5\n")
    first, second = halves(log)
    assert (first.path.read_bytes(), first.calls) == (b"1\n2\n", 2)
    assert (second.path.read_bytes(), second.calls) == (b"3\n4\n5\n", 3)


def test_fixtures_are_good(tmp_path: Path) -> None:
    folder = fixtures(tmp_path, 4)
    paths = sorted(folder.path.iterdir())
    assert [path.name for path in paths] == ["call-00000.json", "call-00001.json", "call-00002.json", "call-00003.json"]
    assert all(list(Linter().bytes(path.read_bytes())) == [] for path in paths)
    assert fixtures(tmp_path, 4) == folder
