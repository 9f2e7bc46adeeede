"""`segkoch-lint check`, as a user meets it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from segkoch_lint import resources
from segkoch_lint.cli import check
from tests.conftest import IOS_CALL, Ran

Program = Callable[..., Ran]

BAD = {
    "type": "track",
    "event": "x",
    "userId": "user-4711",
    "context": {"device": {"type": "iOS", "id": "c9a3f1d27b5e8460"}},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory with a good and a bad call."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "good.json").write_text(json.dumps(IOS_CALL))
    (tmp_path / "bad.json").write_text(json.dumps(BAD, indent=1))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_good_call_passes(program: Program) -> None:
    assert program("check", "good.json") == Ran(
        0,
        "1 call read: 1 checked. Of the checked ones: 1 ready, 0 limited, 0 faulty.\nNo findings.\n",
        "",
    )


def test_a_bad_call_fails_with_its_place(program: Program) -> None:
    ran = program("check", "bad.json")
    assert ran.status == 1
    assert ran.err == ""
    assert 'bad.json:7:12: error KCH103 invalid-device-type  context.device.type is "iOS"' in ran.out
    assert "c9a3f1d27b5e8460" not in ran.out
    assert "c9a3f1d27b5e8460" in program("check", "--show-ids", "bad.json").out


def test_without_a_path_the_working_directory_is_linted(program: Program) -> None:
    assert "2 calls read: 2 checked." in program("check").out


def test_a_glob_is_expanded_where_the_shell_did_not(program: Program) -> None:
    assert "1 call read" in program("check", "g*.json").out


def test_an_empty_path_is_shown_as_such(program: Program) -> None:
    ran = program("check", "")
    assert (ran.status, ran.err) == (4, 'Error: "": no such file or folder\n')


def test_a_glob_that_matches_nothing_is_said_and_the_others_are_linted(program: Program) -> None:
    ran = program("check", "g*.json", "gone/*.json")
    assert (ran.status, ran.err) == (0, "Note: gone/*.json: no file matches this pattern\n")
    assert "1 call read" in ran.out


@pytest.mark.parametrize("path", ["*.nothing", "empty"])
def test_nothing_to_check_is_a_status_of_its_own(path: str, program: Program, folder: Path) -> None:
    (folder / "empty").mkdir()
    ran = program("check", path)
    assert ran.status == 3
    assert "Nothing was checked" in ran.out
    assert program("check", "--allow-empty", path).status == 0


def test_a_missing_file_is_said_and_the_others_are_linted(program: Program) -> None:
    ran = program("check", "gone.json", "bad.json")
    assert ran.status == 4
    assert "gone.json" in ran.err
    assert "KCH103" in ran.out
    assert "Incomplete: 1 input could not be read" in ran.out


@pytest.mark.parametrize(
    ("options", "place"), [([], "-:7:12"), (["--stdin-filename", "captured.json"], "captured.json:7:12")]
)
def test_standard_input_is_read_and_named(
    options: list[str], place: str, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("bad.json").open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert f"{place}: error KCH103" in program("check", "-", *options).out


def test_a_name_for_standard_input_wants_it_to_be_read(program: Program) -> None:
    assert program("check", "--stdin-filename", "x", "good.json").status == 2


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--select", "KCH103"], {"KCH103"}),
        (["--select", "KCH103,missing-advertising-id"], {"KCH103", "KCH105"}),
        (["--select", "KCH1", "--ignore", "KCH103"], {"KCH105"}),
        (["--ignore", "KCH1"], set()),
    ],
)
def test_rules_are_selected(arguments: list[str], found: set[str], program: Program) -> None:
    report = json.loads(program("check", "--format", "json", *arguments, "bad.json").out)
    assert {finding["code"] for finding in report["findings"]} == found


def test_severities_and_the_level_to_fail_on_are_set(program: Program) -> None:
    assert program("check", "--severity", "KCH1=warning", "bad.json").status == 0
    assert program("check", "--severity", "KCH1=warning", "--fail-on", "warning", "bad.json").status == 1
    assert program("check", "--fail-on", "never", "bad.json").status == 0


@pytest.fixture
def half_bad(folder: Path) -> str:
    """A log of which every second call breaks KCH103 and KCH105."""
    (folder / "half.ndjson").write_text((json.dumps(IOS_CALL) + "\n" + json.dumps(BAD) + "\n") * 10)
    return "half.ndjson"


@pytest.mark.parametrize(
    ("budgets", "status"),
    [
        (["KCH1=50%"], 0),
        (["KCH1=49.9%"], 1),
        (["KCH103=50%"], 1),
        (["KCH103=50%", "missing-advertising-id=10"], 0),
        (["KCH103=50%, KCH105=9"], 1),
        (["KCH105=10,KCH1=100%"], 0),
        (["KCH105=9,ALL=100%"], 1),
        (["KCH105=10,KCH103=0,KCH105=9,KCH103=10"], 1),
        (["KCH1=9,KCH1=10"], 0),
    ],
)
def test_findings_within_their_budgets_are_shown_and_pass(
    budgets: list[str], status: int, half_bad: str, program: Program
) -> None:
    ran = program("check", half_bad, *(option for budget in budgets for option in ("--budget", budget)))
    assert ran.status == status
    assert "half.ndjson:20:" in ran.out
    assert ("20 errors (within budget)." in ran.out) == (status == 0)


def test_budgets_of_the_command_line_come_on_top(half_bad: str, program: Program, folder: Path) -> None:
    (folder / "segkoch-lint.toml").write_text('budgets = {KCH103 = "50%", missing-advertising-id = 9}\n')
    assert program("check", half_bad).status == 1
    assert program("check", half_bad, "--budget", "KCH105=10").status == 0
    assert program("check", half_bad, "--budget", "KCH1=100%").status == 1
    assert program("check", half_bad, "--budget", "missing-advertising-id=10", "--budget", "KCH103=49%").status == 1
    assert program("check", half_bad, "--isolated", "--budget", "KCH105=10").status == 1
    report = json.loads(program("check", half_bad, "-f", "json", "--budget", "KCH105=10").out)
    assert report["summary"]["findings"]["within_budget"] == 20
    assert report["summary"]["rules"]["KCH105"]["budget"] == {"limit": "10", "exceeded": False}


def test_a_severity_of_the_command_line_comes_before_one_as_exact(program: Program, folder: Path) -> None:
    (folder / "segkoch-lint.toml").write_text(
        'severity = {KCH1 = "info", KCH103 = "info", invalid-device-type = "info"}\n'
    )
    assert program("check", "bad.json").status == 0
    assert program("check", "bad.json", "--severity", "KCH103=error").status == 1


def test_the_json_report_fits_its_schema_and_names_paths_as_given(program: Program) -> None:
    ran = program("check", "--format", "json", "./bad.json")
    report = json.loads(ran.out)
    assert jsonschema_rs.is_valid(resources.load("report"), report)
    assert {finding["path"] for finding in report["findings"]} == {"./bad.json"}
    assert report["summary"]["exit_status"] == ran.status == 1


def test_json_lines_end_with_the_summary(program: Program) -> None:
    lines = [json.loads(line) for line in program("check", "--format", "json-lines", "bad.json").out.splitlines()]
    assert [line.get("code") for line in lines] == ["KCH105", "KCH103", None]
    assert lines[-1]["summary"]["calls"] == 1


def test_further_reports_are_written_in_the_same_run(program: Program, folder: Path) -> None:
    ran = program("check", "bad.json", "--quiet", "--output", "json:out.json", "--output", "text:out.txt")
    assert "bad.json:" not in ran.out
    assert len(json.loads((folder / "out.json").read_text())["findings"]) == 2
    assert '   |         "iOS"' not in (folder / "out.txt").read_text()
    assert "bad.json:7:12" in (folder / "out.txt").read_text()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--output", "json"], "FORMAT:PATH is expected"),
        (["--output", "jsn:x"], 'no format is called "jsn"'),
        (["--output", "json:x", "--output", "text:./x"], "same file"),
        (["events/x.json", "--output", "json:./events/../events/x.json"], "would overwrite an input"),
        (["--select", "KCH9"], '--select: no rule is called "KCH9"'),
        (["--severity", "KCH103"], "CODE=LEVEL is expected"),
        (["--severity", "KCH103=fatal"], "CODE=LEVEL is expected"),
        (["--budget", "KCH106"], "--budget KCH106: CODE=BUDGET is expected"),
        (["--budget", "=60%"], "CODE=BUDGET is expected"),
        (["--budget", "KCH106=0,1%"], "--budget 1%: CODE=BUDGET is expected"),
        (["--budget", "KCH106=most"], '--budget KCH106=most: "most" is not a budget'),
        (["--budget", "KCH106=-1%"], "--budget KCH106=-1%: a budget cannot be negative"),
        (["--budget", "KCH106=101%"], "cannot be over 100%"),
        (["--budget", "KCH106=60%,KCH1=0.5"], "--budget KCH1=0.5: a number of calls has to be whole"),
        (["--select", ","], "--select names no rule"),
        (["--select", "KCH4"], "The selected rules are about tracking plans, not about calls"),
        (["--select", "KCH1", "--ignore", "ALL,KCH1"], "No rule is selected (--select: KCH1; --ignore: ALL, KCH1)"),
        (["--ignore", ""], "--ignore names no rule"),
        (["--severity", "KCH9=info"], '--severity: no rule is called "KCH9"'),
        (["--budget", "KCH9=1"], '--budget: no rule is called "KCH9"'),
        (["--budget", "limited-ad-trackin=60%"], 'Did you mean "limited-ad-tracking"?'),
        (["--config", "nope.toml"], "no such configuration file"),
        (["--config", "x", "--isolated"], "exclude each other"),
        (["--rules", "nowhere"], "nowhere: there is no such folder of rule files"),
        (["--output", "json:-"], "--format json writes to standard output"),
        (["--format", "xml"], "xml"),
        (["--fail-on", "fatal"], "fatal"),
        (["--max-findings", "-1"], "-1"),
        (["--nope"], "--nope"),
    ],
)
def test_what_is_asked_wrongly_is_said_and_nothing_is_done(
    arguments: list[str], complaint: str, program: Program
) -> None:
    ran = program("check", "bad.json", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert complaint in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("nowhere/x.json", "there is no folder"),
        ("good.json/x.json", "there is no folder"),
        ("folder", "it is a folder"),
        ("closed/x.json", "permission denied"),
        ("/dev/full", "no space left on device"),
    ],
)
def test_an_output_that_cannot_be_written_is_said_in_a_line_and_the_others_are_written(
    path: str, reason: str, program: Program, folder: Path
) -> None:
    (folder / "folder").mkdir()
    (folder / "closed").mkdir(mode=0o500)
    if path.startswith("closed") and os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    ran = program("check", "bad.json", "--output", f"json:{path}", "--output", "text:out.txt")
    assert ran.status == 4
    assert ran.err.startswith(f"Error: {path}: cannot be written: {reason}")
    assert ran.err.count("\n") == 1
    assert "KCH103" in ran.out
    assert "Incomplete: a report was not written; see standard error." in ran.out
    assert "KCH103" in (folder / "out.txt").read_text()


def test_an_output_that_fails_half_way_leaves_nothing_behind(program: Program, folder: Path) -> None:
    (folder / "many.ndjson").write_text((json.dumps(BAD) + "\n") * 400)
    ran = program("check", "many.ndjson", "--output", "json-lines:/dev/full", "--output", "json-lines:out.jsonl")
    assert ran.status == 4
    assert ran.err.count("/dev/full: cannot be written") == 1
    assert "800 errors" in ran.out
    assert len((folder / "out.jsonl").read_text().splitlines()) == 801


def test_the_nearest_configuration_counts_unless_isolated(program: Program, folder: Path) -> None:
    (folder / "segkoch-lint.toml").write_text('ignore = ["KCH1"]\n')
    assert program("check", "bad.json").status == 0
    assert program("check", "--isolated", "bad.json").status == 1
    assert program("check", "--ignore", "KCH103", "bad.json").status == 1
    other = folder / "other.toml"
    other.write_text('severity = {KCH1 = "info"}\n')
    assert program("check", "--config", "other.toml", "bad.json").status == 0
    other.write_text("selct = []\n")
    assert 'Did you mean "select"?' in program("check", "--config", "other.toml", "bad.json").err


def test_excluded_and_ignored_files_are_not_read(program: Program, folder: Path) -> None:
    (folder / ".gitignore").write_text("bad.json\n")
    assert program("check").status == 0
    (folder / ".gitignore").unlink()
    (folder / "segkoch-lint.toml").write_text('exclude = ["bad.json"]\n')
    assert program("check").status == 0


def test_statistics_and_max_findings(program: Program) -> None:
    out = program("check", "--statistics", "--max-findings", "1", "bad.json").out
    assert "… and 1 more finding (--max-findings 1)." in out
    assert out.startswith(program("check", "bad.json").out.partition("\n\n")[0])
    assert "of checked" in out


@pytest.mark.parametrize(
    ("arguments", "environment", "colored"),
    [
        ([], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_is_as_asked(
    arguments: list[str], environment: dict[str, str], colored: bool, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("--version")  # the fixture clears the environment first
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in program("check", *arguments, "bad.json").out) == colored


def test_files_of_no_events_are_said_to_be_so(program: Program, folder: Path) -> None:
    (folder / "plan.json").write_text('{"rules":{"events":[]}}')
    ran = program("check", "plan.json")
    assert ran.status == 3
    assert "plan.json: a tracking plan, not events" in ran.err


def test_own_rules_apply_beside_the_built_in_ones(program: Program, folder: Path) -> None:
    own: dict[str, Any] = {
        "$schema": "urn:segkoch-lint:rule",
        "title": "own",
        "description": "A rule of our own that no call of this test fulfils at all.",
        "rule": {
            "code": "OWN001",
            "severity": "error",
            "origin": "beyond",
            "applies-to": "call",
            "message": "m",
            "source": ["s"],
        },
        "remedy": {"default": "r"},
        "required": ["never"],
        "examples": [{"never": 1}],
        "counterexamples": [{"patch": [{"op": "remove", "path": "/never"}], "place": ""}],
    }
    (folder / "rules").mkdir()
    (folder / "rules" / "own.json").write_text(json.dumps(own))
    ran = program("check", "--rules", "rules", "good.json")
    assert "OWN001 own  m" in ran.out
    assert "OWN001  own  error            1      1" in ran.out


def test_apps_and_servers_are_compared_whatever_the_memory(program: Program, tmp_path: Path) -> None:
    both = tmp_path / "both"
    both.mkdir()
    for name, library, ending in (("app", "analytics-swift", "1"), ("server", "analytics-ruby", "2")):
        device = {**IOS_CALL["context"]["device"], "id": f"5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F6{ending}"}
        call = {**IOS_CALL, "context": {**IOS_CALL["context"], "device": device, "library": {"name": library}}}
        (both / f"{name}.json").write_text(json.dumps(call))
    ran = program("check", "--memory", "256MiB", str(both))
    assert ran.status == 1
    assert "KCH201 device-id-mismatch" in ran.out
    assert "Users: 1 compared between app and servers.\n" in ran.out
    report = json.loads(program("check", "-f", "json", str(both)).out)
    jsonschema_rs.validate(resources.load("report"), report)
    assert report["summary"]["identity"] == {"users": 1, "compared": 1, "not_comparable": {}}
    assert report["findings"][0]["properties"] == {"calls": 1, "libraries": ["analytics-ruby"]}


@pytest.mark.parametrize("size", ["much", "1KB"])
def test_a_wrong_memory_is_an_error_of_the_user(program: Program, size: str) -> None:
    ran = program("check", "--memory", size)
    assert ran.status == 2
    assert "512MB, 2GiB" in ran.err


def test_a_run_over_a_large_log_says_how_to_get_the_native_core(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "log.ndjson"
    file.write_text(json.dumps(IOS_CALL) * 3)
    monkeypatch.setattr(check, "LARGE_BYTES", file.stat().st_size)
    for there in (True, False):
        monkeypatch.setattr(check, "has_core", lambda there=there: there)
        assert ("the native core is not installed" in program("check", "--isolated", str(file)).err) is not there
    monkeypatch.setattr(check, "LARGE_BYTES", file.stat().st_size + 1)
    assert program("check", "--isolated", str(file)).err == ""


def test_a_missing_file_is_one_line_on_standard_error(program: Program, tmp_path: Path) -> None:
    ran = program("check", "--isolated", str(tmp_path / "gone.json"))
    assert (ran.status, ran.out) == (4, "")
    assert ran.err == f"Error: {tmp_path / 'gone.json'}: no such file or folder\n"


@pytest.mark.parametrize("name", ["x.ndjson", "x.yaml", "x.log"])
def test_an_empty_file_is_called_empty(program: Program, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    ran = program("check", "--isolated", str(tmp_path / name))
    assert ran.status == 3
    assert ran.err == f"Note: {tmp_path / name}: the file is empty\n"
    assert program("check", "--isolated", str(tmp_path)).err == ""


@pytest.mark.parametrize(
    ("name", "head"),
    [("bzip2", b"BZh91AY&SY"), ("zip", b"PK\x03\x04\x14"), ("xz", b"\xfd7zXZ\x00\x00"), ("7z", b"7z\xbc\xaf\x27\x1c")],
)
def test_other_compressions_are_not_read(program: Program, tmp_path: Path, name: str, head: bytes) -> None:
    file = tmp_path / "calls.json"
    file.write_bytes(head + b"xxxxxxxx")
    ran = program("check", "--isolated", str(file))
    assert ran.status == 4
    assert f"unsupported compression: {name}; decompress it, or use gzip or zstandard" in ran.err


def test_configurations_that_are_not_read_are_named(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir(exist_ok=True)
    (tmp_path / ".segkoch-lint.yml").write_text("ignore: [KCH1]\n")
    (tmp_path / "segkoch-lint.yaml").write_text("ignore: [KCH1]\n")
    (tmp_path / "pyproject.toml").write_text("[tool.segkoch_lint]\nignore = ['KCH1']\n")
    (tmp_path / "call.json").write_text(json.dumps(IOS_CALL))
    monkeypatch.chdir(tmp_path)
    ran = program("check", "call.json")
    assert ran.status == 0
    notes = ran.err.splitlines()
    assert notes[0].removeprefix(f"Note: {tmp_path}/") == (
        "segkoch-lint.yaml: not read: a configuration is named .segkoch-lint.yaml or segkoch-lint.toml, "
        "or is the table [tool.segkoch-lint] of pyproject.toml."
    )
    assert notes[1].startswith(f"Note: {tmp_path}/.segkoch-lint.yml: not read")
    assert notes[2].startswith(f"Note: {tmp_path}/pyproject.toml: [tool.segkoch_lint] is not read")
    assert len(notes) == 3
    assert program("check", "--isolated", "call.json").err == ""


def test_of_two_configurations_the_one_that_is_not_read_is_named(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "segkoch-lint.toml").write_text("")
    (tmp_path / ".segkoch-lint.yaml").write_text("")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "call.json").write_text(json.dumps(IOS_CALL))
    monkeypatch.chdir(tmp_path)
    (note,) = program("check", "call.json").err.splitlines()
    assert note.startswith(f"Note: {tmp_path}/.segkoch-lint.yaml: not read: segkoch-lint.toml in the same folder")


def test_all_errors_of_a_configuration_are_told_at_once(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "segkoch-lint.toml"
    file.write_text(
        'selct = ["KCH1"]\nfail-on = "eror"\nmemory = "1"\nother = 1\n[limits]\ndepth = 0\n[budgets]\nKCH106 = "many"\n'
    )
    ran = program("check", "--config", str(file), "x")
    assert ran.status == 2
    errors = [line for line in ran.err.splitlines() if line.startswith("Error: ")]
    for words in ('"selct"', '"other"', "fail-on is", "memory", "limits.depth", "budgets.KCH106"):
        assert sum(words in error for error in errors) == 1, words
    file.write_text('select = ["KCH9", "nothing"]\nignore = ["KCHX"]\n[severity]\nKCHY = "info"\n')
    ran = program("check", "--config", str(file), "x")
    assert ran.err.count("no rule is called") == 4


def test_days_are_in_their_order(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    days = ["2026-03-03", "2026-03-01", "2026-03-01", "2026-03-02", "2026-03-02", "2026-03-02"]
    file.write_text("".join(json.dumps({**IOS_CALL, "timestamp": f"{day}T10:00:00Z"}) + "\n" for day in days))
    out = program("check", "--isolated", "--group-by", "day", str(file)).out
    assert [line.split()[0] for line in out.splitlines() if line.startswith("2026-")] == sorted(set(days))
    report = json.loads(program("check", "--isolated", "--group-by", "day", "-f", "json", str(file)).out)
    assert [each["group"]["day"] for each in report["summary"]["groups"]] == sorted(set(days))
