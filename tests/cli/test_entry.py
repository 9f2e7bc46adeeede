"""Every way that the program can end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import __version__
from segkoch_lint.cli import check
from segkoch_lint.engine.lines.core import core_text
from segkoch_lint.rules import vocabulary
from tests.conftest import IOS_CALL, Ran

Program = Callable[..., Ran]

PROGRAM = [sys.executable, "-m", "segkoch_lint"]
ROOT = Path(__file__).parents[2]


def test_help_and_version(program: Program) -> None:
    version, core = program("--version").out.splitlines()
    assert version == f"segkoch-lint, version {__version__}"
    assert core == f"native core: {core_text()}"
    assert "check" in program("--help").out
    assert "Exit status" in program("check", "--help").out
    assert program("check", "-h").status == 0


@pytest.mark.parametrize("arguments", [(), ("plan",)])
def test_a_command_group_without_a_command_shows_its_help_as_help_is_laid_out(
    arguments: tuple[str, ...], program: Program
) -> None:
    ran = program(*arguments)
    # click before 8.2 takes this for a question, not for a mistake.
    assert (ran.status, ran.out == "") in {(2, True), (0, False)}
    assert ran.out + ran.err == program(*arguments, "--help").out


def test_an_unknown_command_is_a_usage_error(program: Program) -> None:
    ran = program("chek")
    assert ran.status == 2
    assert "chek" in ran.err


def test_an_internal_error_is_reported_and_its_traceback_shown_only_with_debug(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(check, "run_options", fail)
    ran = program("check", "x")
    assert ran.status == 4
    assert "segkoch-lint itself failed (ZeroDivisionError)" in ran.err
    assert "Traceback" not in ran.err
    with pytest.raises(ZeroDivisionError):
        program("--debug", "check", "x")


def test_an_end_of_file_where_nothing_is_typed_is_no_interruption(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise EOFError("marshal data too short")  # a compiled module that is cut off

    monkeypatch.setattr(check, "run_options", fail)
    ran = program("check", "x")
    assert ran.status == 4
    assert "segkoch-lint itself failed (EOFError)" in ran.err


@pytest.mark.parametrize(("raised", "status"), [(KeyboardInterrupt, 130), (BrokenPipeError, 141)])
def test_interruptions_have_their_own_exit_status(
    raised: type[BaseException], status: int, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(check, "run_options", interrupt)
    assert program("check", "x").status == status


def log(tmp_path: Path, lines: int = 3000) -> Path:
    file = tmp_path / "log.ndjson"
    file.write_text('{"type":"track","event":"x","userId":"u"}\n' * lines)
    return file


@pytest.mark.slow
def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "check", str(log(tmp_path))], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_run_and_leaves_no_half_report(number: signal.Signals, status: int, tmp_path: Path) -> None:
    fifo = tmp_path / "events"
    os.mkfifo(fifo)
    arguments = [*PROGRAM, "check", str(fifo), "--output", f"json:{tmp_path / 'out.json'}"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        with fifo.open("w") as stream:
            # The run waits for more events, its report begun: it is told so by the temporary file.
            while not list(tmp_path.glob(".out.json.*")):
                time.sleep(0.01)
            process.send_signal(number)
            process.wait(timeout=20)
            del stream
    assert process.returncode == status
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events"]


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 143), (signal.SIGINT, 130)], ids=str
)
def test_a_signal_in_the_midst_of_judging_a_call_is_not_lost(
    number: signal.Signals, status: int, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals = [number]

    def be_signalled(_value: object) -> int:
        # The gate takes an exception in its keyword for a verdict; the others who call this do not.
        while signals and traceback.extract_stack(limit=3)[0].name == "validate":
            os.kill(os.getpid(), signals.pop())
        return 0

    monkeypatch.setattr(vocabulary, "size_about", be_signalled)
    out = tmp_path / "out.json"
    before = signal.getsignal(number)
    assert program("check", str(log(tmp_path, 1)), "--output", f"json:{out}").status == status
    assert not out.exists()
    assert signal.getsignal(number) is before


@pytest.mark.slow
def test_the_end_of_the_terminal_is_ignored_under_nohup(tmp_path: Path) -> None:
    fifo = tmp_path / "events.ndjson"
    os.mkfifo(fifo)
    command = f"trap '' HUP; exec {sys.executable} -m segkoch_lint check {fifo} --output json:{tmp_path / 'out.json'}"
    with subprocess.Popen(["/bin/sh", "-c", command], stdout=subprocess.PIPE, cwd=tmp_path) as process:
        with fifo.open("w") as stream:
            while not list(tmp_path.glob(".out.json.*")):
                time.sleep(0.01)
            process.send_signal(signal.SIGHUP)
            stream.write('{"type":"track","event":"x","userId":"u"}\n')
        process.communicate(timeout=20)
    assert process.returncode == 1


@pytest.mark.slow
def test_a_closed_standard_error_changes_neither_reports_nor_exit_status(tmp_path: Path) -> None:
    def ran(arguments: str) -> subprocess.CompletedProcess[str]:
        command = f"exec {sys.executable} -m segkoch_lint check {arguments} 2>&-"
        return subprocess.run(["/bin/sh", "-c", command], stdout=subprocess.PIPE, text=True, check=False, cwd=tmp_path)

    log(tmp_path, 1)
    assert ran("log.ndjson gone.json --output json:out.json").returncode == 4
    assert json.loads((tmp_path / "out.json").read_text())["summary"]["calls"] == 1
    assert ran("log.ndjson").returncode == 1
    assert ran("--no-such-option").returncode == 2


@pytest.mark.slow
def test_a_full_disk_is_reported(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run([*PROGRAM, "check", str(log(tmp_path))], stdout=full, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 4
    assert b"no space left" in ran.stderr
    assert b"Traceback" not in ran.stderr


@pytest.mark.slow
def test_a_closed_standard_output_is_reported(tmp_path: Path) -> None:
    command = f"exec {sys.executable} -m segkoch_lint check {log(tmp_path)} >&-"
    ran = subprocess.run(["/bin/sh", "-c", command], stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 4
    assert b"standard output is closed" in ran.stderr


@pytest.mark.slow
def test_a_terminal_that_knows_ascii_only_gets_escapes(tmp_path: Path) -> None:
    (tmp_path / "é.json").write_text('{"type":"track","event":"x","userId":"u"}')
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ran = subprocess.run(
        [*PROGRAM, "check", "."],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 1
    assert b"\\xe9.json:1:1" in ran.stdout


VALIDATORS = {"jsonschema", "jsonschema_rs", "referencing"}
PARSERS = {"msgspec", "yaml", "pathspec", "zstandard", "isal", "tomllib", "csv", "pyarrow", "fsspec", "sqlite3"}
FOR_FEW = {"tempfile", "logging", "multiprocessing", "difflib", "html", "fractions", "traceback", "importlib.metadata"}
OURS_FOR_FEW = {
    *(
        "segkoch_lint.documents.table.columns",
        "segkoch_lint.documents.table.csv_reader",
        "segkoch_lint.documents.yaml.document",
    ),
    *("segkoch_lint.engine.lines.native_selector", "segkoch_lint.engine.lines.caching_selector", "segkoch_lint_core"),
    *("segkoch_lint.reporting.snippets", "segkoch_lint.reporting.json_report", "segkoch_lint.plans"),
    *(
        "segkoch_lint.cli.plan",
        "segkoch_lint.cli.rule",
        "segkoch_lint.cli.overwrite_check",
        "segkoch_lint.identity.spill",
    ),
}


def imported_by(arguments: list[str], folder: Path) -> set[str]:
    """Run the command line in a process of its own and return the modules that it imports."""
    code = (
        "import sys\nbefore = {*sys.modules}\nfrom segkoch_lint.cli.entry import run\n"
        f"run({arguments!r})\nprint(*({{*sys.modules}} - before))"
    )
    # Where coverage is measured, each process imports modules for that before it begins.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    ran = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, cwd=folder, env=environment)
    return set(ran.stdout.decode().splitlines()[-1].split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["--version"], {"segkoch_lint_core"} if find_spec("segkoch_lint_core") else set()),  # its version is shown
        (["--help"], set()),
        (["check", "--help"], {"msgspec"}),  # the severities are defined beside the findings
    ],
)
def test_version_and_help_need_neither_parsers_nor_validators(
    arguments: list[str], needed: set[str], tmp_path: Path
) -> None:
    imported = imported_by(arguments, tmp_path)
    assert imported & (VALIDATORS | PARSERS | FOR_FEW | OURS_FOR_FEW) == needed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "configured", "needed"),
    [
        (IOS_CALL, False, set()),
        (IOS_CALL, True, {"tomllib"}),
        ({"type": "track", "event": "x", "userId": "u"}, False, {"segkoch_lint.reporting.snippets"}),
    ],
)
def test_a_fixture_is_checked_without_what_only_other_inputs_need(
    call: dict[str, Any], configured: bool, needed: set[str], tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "call.json").write_text(json.dumps(call, indent=2))
    if configured:
        (tmp_path / "pyproject.toml").write_text('[tool.segkoch-lint]\nfail-on = "warning"\n')
    imported = imported_by(["check", "call.json"], tmp_path)
    assert "jsonschema_rs" in imported
    for_others = VALIDATORS | PARSERS | FOR_FEW | OURS_FOR_FEW
    assert imported & for_others - {"jsonschema_rs", "msgspec", "sqlite3"} == needed


@pytest.mark.slow
@pytest.mark.parametrize("descriptors", [24, 12, 8, 6])
def test_too_few_file_descriptors_are_reported_and_nothing_is_called_clean(descriptors: int, tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    line = '{"type":"track","event":"x","userId":"u","properties":{"note":"' + "x" * (1 << 20) + '"}}\n'
    file.write_text(line * 17)
    command = f"ulimit -n {descriptors}; exec {sys.executable} -m segkoch_lint check --isolated {file} -j 3 -f json"
    ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "Traceback" not in ran.stderr
    if ran.returncode == 1:
        assert json.loads(ran.stdout)["summary"]["checked"] == 17
    else:
        assert ran.returncode == 4
        assert "open files" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["chekc"], "Did you mean `segkoch-lint check`?"),
        (["events/"], "Did you mean `segkoch-lint check events/`?"),
        (["call.json"], "Did you mean `segkoch-lint check call.json`?"),
        (["s3://bucket/x"], "Did you mean `segkoch-lint check s3://bucket/x`?"),
        (["-"], "Did you mean `segkoch-lint check -`?"),
        (["plan", "plan.json"], "Did you mean `segkoch-lint plan check plan.json`?"),
        (["plan", "dif"], "Did you mean `segkoch-lint plan diff`?"),
    ],
)
def test_a_command_is_suggested_for_an_unknown_one(program: Program, arguments: list[str], meant: str) -> None:
    ran = program(*arguments)
    assert ran.status == 2
    assert meant in ran.err


def test_a_document_in_place_of_a_command_is_not_repeated(program: Program) -> None:
    assert "johndoe" not in program('{"userId":"johndoe"}').err


def test_a_name_that_is_similar_to_no_command_gets_no_suggestion(program: Program) -> None:
    assert program("zzzzzzzz").err.endswith("There is no command 'zzzzzzzz'.\n")
