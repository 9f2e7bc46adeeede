"""The reports of a run, on standard output and in files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import jsonschema_rs
import pytest

from segkoch_lint import resources
from tests.cli.conftest import BAD
from tests.conftest import IOS_CALL, Ran

Program = Callable[..., Ran]

pytestmark = pytest.mark.usefixtures("events_folder")


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


def test_further_reports_are_written_in_the_same_run(program: Program, events_folder: Path) -> None:
    ran = program("check", "bad.json", "--quiet", "--output", "json:out.json", "--output", "text:out.txt")
    assert "bad.json:" not in ran.out
    assert len(json.loads((events_folder / "out.json").read_text())["findings"]) == 2
    assert '   |         "iOS"' not in (events_folder / "out.txt").read_text()
    assert "bad.json:7:12" in (events_folder / "out.txt").read_text()


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
def test_an_output_that_cannot_be_written_is_reported_in_a_line_and_the_others_are_written(
    path: str, reason: str, program: Program, events_folder: Path
) -> None:
    (events_folder / "folder").mkdir()
    (events_folder / "closed").mkdir(mode=0o500)
    if path.startswith("closed") and os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    ran = program("check", "bad.json", "--output", f"json:{path}", "--output", "text:out.txt")
    assert ran.status == 4
    assert ran.err.startswith(f"Error: {path}: cannot be written: {reason}")
    assert ran.err.count("\n") == 1
    assert "KCH103" in ran.out
    assert "Incomplete: a file was not written; see standard error." in ran.out
    assert "KCH103" in (events_folder / "out.txt").read_text()


def test_an_output_that_fails_half_way_leaves_no_file(program: Program, events_folder: Path) -> None:
    (events_folder / "many.ndjson").write_text((json.dumps(BAD) + "\n") * 400)
    ran = program("check", "many.ndjson", "--output", "json-lines:/dev/full", "--output", "json-lines:out.jsonl")
    assert ran.status == 4
    assert ran.err.count("/dev/full: cannot be written") == 1
    assert "800 errors" in ran.out
    assert len((events_folder / "out.jsonl").read_text().splitlines()) == 801


def test_statistics_and_max_findings(program: Program) -> None:
    out = program("check", "--statistics", "--max-findings", "1", "bad.json").out
    assert "… and 1 more finding (--max-findings 1)." in out
    assert out.startswith(program("check", "bad.json").out.partition("\n\n")[0])
    assert "of checked" in out


def test_text_of_a_log_is_cut_and_no_other_report_is(program: Program, events_folder: Path) -> None:
    (events_folder / "log.ndjson").write_text((json.dumps(BAD) + "\n") * 60)
    ran = program("check", "log.ndjson", "--isolated", "--output", "text:all.txt", "--output", "sarif:all.sarif")
    assert ran.out.count("KCH103 invalid-device-type  ") == 50
    assert "… and 20 more findings, beyond 50 a rule: `--max-findings all` shows them." in ran.out
    assert (events_folder / "all.txt").read_text().count("KCH103 invalid-device-type  ") == 60
    results = json.loads((events_folder / "all.sarif").read_text())["runs"][0]["results"]
    assert len(results) == 120
    assert all("snippet" in each["locations"][0]["physicalLocation"]["region"] for each in results)
    ran = program("check", "log.ndjson", "--isolated", "--max-findings", "all")
    assert ran.out.count("KCH103 invalid-device-type  ") == ran.out.count('"iOS"') / 3 == 60


def test_text_has_the_width_of_the_terminal(
    program: Program, events_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths = {}
    for columns in ("60", "", "1000"):
        monkeypatch.setenv("COLUMNS", columns)
        out = program("check", "bad.json", "--output", "text:out.txt").out
        widths[columns] = max(
            len(line) for line in out.splitlines() if not line.startswith(("rule ", "KCH", "library "))
        )
        assert max(map(len, (events_folder / "out.txt").read_text().splitlines())) <= 100
    assert 50 < widths["60"] <= 60 < widths[""] <= 100 < widths["1000"]


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
def test_color_and_the_environment_choose_whether_text_is_coloured(
    arguments: list[str], environment: dict[str, str], colored: bool, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("--version")  # the fixture clears the environment first
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in program("check", *arguments, "bad.json").out) == colored


def test_groups_by_day_are_in_the_order_of_the_days(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    days = ["2026-03-03", "2026-03-01", "2026-03-01", "2026-03-02", "2026-03-02", "2026-03-02"]
    file.write_text("".join(json.dumps({**IOS_CALL, "timestamp": f"{day}T10:00:00Z"}) + "\n" for day in days))
    out = program("check", "--isolated", "--group-by", "day", str(file)).out
    assert [line.split()[0] for line in out.splitlines() if line.startswith("2026-")] == sorted(set(days))
    report = json.loads(program("check", "--isolated", "--group-by", "day", "-f", "json", str(file)).out)
    assert [each["group"]["day"] for each in report["summary"]["groups"]] == sorted(set(days))
