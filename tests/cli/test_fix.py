"""`check --fix` and `check --diff`, as a user sees them."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from segkoch_lint.fixing.stored_text import StoredText
from tests.conftest import IOS_CALL, Ran
from tests.fixing.calls import HEX, UUID, call

Program = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a good call and a faulty one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.json").write_text(json.dumps(IOS_CALL))
    (tmp_path / "bad.json").write_text(json.dumps(call(), indent=2))
    return tmp_path


def test_what_can_be_fixed_is_fixed_and_the_run_is_clean(folder: Path, program: Program) -> None:
    ran = program("check", "--fix", ".")

    assert (folder / "bad.json").read_text() == json.dumps(call(fixed=True), indent=2)
    assert ran.err.splitlines() == [
        "Fixed: bad.json: 1 KCH103, 1 KCH107, 2 KCH115, 1 KCH304",
        "Fixed 5 findings in 1 file.",
    ]
    assert "No findings." in ran.out
    assert ran.status == 0


def test_a_second_run_finds_nothing_to_fix(folder: Path, program: Program) -> None:
    program("check", "--fix", ".")
    before = {path: path.stat() for path in folder.iterdir()}
    ran = program("check", "--fix", ".")

    assert (ran.status, ran.err) == (0, "")
    assert {path: path.stat() for path in folder.iterdir()} == before


def test_what_is_left_is_reported_and_counts(folder: Path, program: Program) -> None:
    faulty = call()
    faulty["context"]["device"]["advertisingId"] = "unknown"
    (folder / "bad.json").write_text(json.dumps(faulty))
    ran = program("check", "--fix", "--format", "json", ".")
    report = json.loads(ran.out)

    assert [each["code"] for each in report["findings"]] == ["KCH108"]
    assert report["summary"]["exit_status"] == ran.status == 1


def test_standard_input_captures_and_compressed_files_stay(
    folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(json.dumps(call()).encode())
    (folder / "log.jsonl.gz").write_bytes(packed)
    event = json.dumps({"detail-type": "x", "source": "y", "detail": call()})
    (folder / "event.json").write_text(event)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(call()).encode())))
    ran = program("check", "--fix", "event.json", "log.jsonl.gz", "-")

    assert ran.err.splitlines() == [
        "Note: event.json: 5 findings have a fix that is not made: a capture is never rewritten.",
        "Note: log.jsonl.gz: 5 findings have a fix that is not made: a compressed file is never rewritten.",
        "Note: -: 5 findings have a fix that is not made: standard input or a pipe is never rewritten.",
    ]
    assert (folder / "event.json").read_text() == event
    assert (folder / "log.jsonl.gz").read_bytes() == packed
    assert ran.status == 1


@pytest.mark.slow
@pytest.mark.usefixtures("unmeasured_programs")
def test_standard_input_stays_if_it_is_a_file_and_named_by_its_path(folder: Path) -> None:
    before = (folder / "bad.json").read_text()
    with (folder / "bad.json").open() as stdin:
        command = [sys.executable, "-m", "segkoch_lint", "check", "--fix", "/dev/stdin"]
        ran = subprocess.run(command, check=False, stdin=stdin, capture_output=True, text=True)

    assert "/dev/stdin: 5 findings have a fix that is not made: standard input or a pipe is never" in ran.stderr
    assert (folder / "bad.json").read_text() == before


def test_a_read_only_file_makes_the_run_incomplete(folder: Path, program: Program) -> None:
    (folder / "bad.json").chmod(0o444)
    ran = program("check", "--fix", ".")

    assert ran.err == "Error: bad.json: cannot be written: it is read-only\n"
    assert "Incomplete: a file was not written; see standard error." in ran.out
    assert "KCH103" in ran.out
    assert ran.status == 4


def test_old_findings_of_a_baseline_are_fixed_and_leave_it(folder: Path, program: Program) -> None:
    program("baseline", "write", "--baseline", "old.json", "bad.json")
    shown = program("check", "--diff", "--baseline", "old.json", "bad.json")
    ran = program("check", "--fix", "--baseline", "old.json", "bad.json")

    assert shown.status == 1
    assert "Would fix 5 findings in 1 file." in shown.err
    assert (folder / "bad.json").read_text() == json.dumps(call(fixed=True), indent=2)
    assert "old.json: 5 findings in it are gone" in ran.err
    assert (ran.status, "No findings." in ran.out) == (0, True)


def test_a_suppressed_finding_is_right_and_is_not_fixed(folder: Path, program: Program) -> None:
    (folder / "segkoch-lint.toml").write_text('[[suppress]]\ncodes = ["KCH1", "KCH3"]\nreason = "a test of faults"\n')
    ran = program("check", "--fix", "bad.json")

    assert (folder / "bad.json").read_text() == json.dumps(call(), indent=2)
    assert (ran.status, "Fixed" in ran.err) == (0, False)


def test_a_fault_of_the_program_makes_the_run_incomplete(
    folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / "bad.json").read_text()
    monkeypatch.setattr(StoredText, "edited", lambda _self, _edits: StoredText(b'{"type": "track", "userId"'))
    ran = program("check", "--fix", ".")

    assert ran.err == (
        "Note: bad.json: 5 findings have a fix that is not made: segkoch-lint itself failed: the fixed text would be "
        "broken.\n"
    )
    assert ran.status == 4
    assert (folder / "bad.json").read_text() == before


def test_only_the_files_that_are_read_are_fixed(folder: Path, program: Program) -> None:
    (folder / "pyproject.toml").write_text('[tool.segkoch-lint]\nexclude = ["old/"]\n')
    for name in ("old/a.json", "new/a.json", "other.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(call()))
    program("check", "--fix", "new", "old")

    assert json.loads((folder / "new/a.json").read_text()) == call(fixed=True)
    assert json.loads((folder / "old/a.json").read_text()) == call()
    assert json.loads((folder / "other.json").read_text()) == call()


def test_a_diff_changes_nothing_and_fails_if_there_is_something_to_fix(folder: Path, program: Program) -> None:
    before = (folder / "bad.json").read_text()
    ran = program("check", "--diff", ".")

    assert ran.status == 1
    assert ran.out.startswith("--- bad.json\n+++ bad.json\n@@ ")
    assert HEX not in ran.out
    assert UUID not in ran.out
    assert ran.err.splitlines() == [
        "Would fix: bad.json: 1 KCH103, 1 KCH107, 2 KCH115, 1 KCH304",
        "Would fix 5 findings in 1 file.",
    ]
    assert (folder / "bad.json").read_text() == before


def test_a_diff_wins_over_fixing(folder: Path, program: Program) -> None:
    before = (folder / "bad.json").read_text()

    assert program("check", "--fix", "--diff", "--show-ids", ".").out.count(HEX) == 1
    assert (folder / "bad.json").read_text() == before


@pytest.mark.usefixtures("folder")
def test_a_diff_of_nothing_passes(program: Program) -> None:
    assert program("check", "--diff", "good.json") == Ran(0, "", "Nothing to fix.\n")


def test_a_diff_says_what_it_leaves_to_a_person(folder: Path, program: Program) -> None:
    twice = call(fixed=True)
    twice["context"]["device"]["type"] = "iOS"
    (folder / "bad.yaml").write_text(f"- &one {json.dumps(twice)}\n- *one\n")
    ran = program("check", "--diff", "bad.yaml")

    assert ran.status == 0
    assert ran.err.splitlines() == [
        "Note: bad.yaml: 2 findings have a fix that is not made: the text at this place cannot be replaced exactly.",
        "Nothing to fix.",
    ]


@pytest.mark.parametrize("variable", ["GITHUB_ACTIONS", "CLAUDECODE"])
def test_a_diff_does_not_depend_on_the_format_that_the_environment_chooses(
    variable: str, folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = program("check", "--diff", ".")
    monkeypatch.setenv(variable, "true")

    assert plain.out.startswith("--- ")
    assert program("check", "--diff", ".") == plain


@pytest.mark.parametrize("options", [["--format", "json"], ["--output", "json:out.json"]])
def test_a_diff_writes_no_report(folder: Path, program: Program, options: list[str]) -> None:
    ran = program("check", "--diff", *options, ".")

    assert ran.status == 2
    assert "--diff checks nothing, so there is no report to write." in ran.err
    assert not (folder / "out.json").exists()


@pytest.mark.parametrize(("paths", "status"), [(["none.json"], 4), (["package.json"], 3)])
def test_a_diff_of_a_missing_file_or_of_no_call_does_not_pass(
    folder: Path, program: Program, paths: list[str], status: int
) -> None:
    (folder / "package.json").write_text('{"name": "x"}')

    assert program("check", "--diff", *paths).status == status


@pytest.mark.usefixtures("folder")
def test_fixes_of_no_selected_rule(program: Program) -> None:
    ran = program("check", "--fix", "--select", "KCH101", "bad.json")

    assert (ran.status, ran.err) == (0, "")
