from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from segkoch_lint.findings.finding import Finding, Location, Severity
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.summary import RuleTally, Summary
from segkoch_lint.reporting import ReportOptions
from tests.conftest import IOS_CALL, Ran
from tests.full_disk import files_of_at_most
from tests.reporting.test_reports import FINDINGS, written

Program = Callable[..., Ran]


@pytest.fixture(autouse=True)
def no_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


@pytest.fixture
def summary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    return file


@pytest.fixture
def bad_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call = json.loads(json.dumps(IOS_CALL))
    call["context"]["device"]["type"] = "iOS"
    Path("bad.json").write_text(json.dumps(call))


def finding(code: str = "KCH101", message: str = "m", severity: Severity = Severity.ERROR, line: int = 1) -> Finding:
    return Finding(code, "name", severity, message, Location("a.json", Span(line, 1, line, 2)))


def lines_of(findings: list[Finding], summary: Summary | None = None) -> list[str]:
    return written("github", ReportOptions(), findings, summary or Summary()).splitlines()


def test_an_annotation_has_the_file_the_place_the_message_and_the_fix() -> None:
    assert lines_of(FINDINGS) == [
        "::error title=KCH101 missing-device::<value>: no device",
        (
            "::warning title=KCH107 malformed-advertising-id,file=events/a\\u{1b}[31m.json,line=12,endLine=12,col=9,"
            'endColumn=30::the advertising id "A1D4…B0E8" is no UUID%0AFix: Send it as the system gives it.'
        ),
        "::notice title=KCH118 unusual-device-id,file=c.json,line=1,endLine=1,col=1,endColumn=1::unusual",
    ]


def test_what_steers_the_runner_is_escaped() -> None:
    place = Location("a,b:c%::d.json", Span(1, 1, 2, 2))
    hostile = Finding("KCH101", "name", Severity.ERROR, "100%\r\n::error::x ##[error]y", place)
    assert lines_of([hostile]) == [
        (
            "::error title=KCH101 name,file=a%2Cb%3Ac%25%3A%3Ad.json,line=1,endLine=2::"
            "100%25\\u{d}\\u{a}::error::x \\u{23}#[error]y"
        )
    ]


def test_the_worst_ten_of_each_level_are_shown_and_each_rule_before_any_twice() -> None:
    many = [finding("KCH101", f"a{number}") for number in range(30)]
    others = [finding("KCH103", f"b{number}") for number in range(2)]
    infos = [finding("KCH118", f"c{number}", Severity.INFO) for number in range(12)]
    rules = {"KCH101": RuleTally(30, 1), "KCH103": RuleTally(2, 2)}
    lines = lines_of([*many, *others, *infos], Summary(rules=rules))
    messages = [line.rpartition("::")[2] for line in lines]
    assert messages[:10] == ["b0", "a0", "b1", "a1", "a2", "a3", "a4", "a5", "a6", "a7"]
    assert messages[10:] == [f"c{number}" for number in range(10)]


def test_the_summary_of_the_step_gets_every_finding(summary_file: Path) -> None:
    lines_of([finding(message=f"a{number}", line=number + 1) for number in range(30)])
    text = summary_file.read_text()
    assert text.startswith("before\n### segkoch-lint\n")
    assert text.count("| error | KCH101 name | `a.json:") == 30


def test_the_summary_of_the_step_stays_below_1_mib(summary_file: Path) -> None:
    summary = Summary()
    summary.severities["error"] = 3000
    lines_of([finding(message="x" * 1000)] * 3000, summary)
    assert 900_000 < summary_file.stat().st_size < 1 << 20
    assert "more findings.\n" in summary_file.read_text()


@pytest.mark.parametrize("left", [0, 1100, 1200, 2000, 4000])
def test_a_full_summary_gets_nothing_too_long(left: int, summary_file: Path) -> None:
    summary_file.write_text("x" * ((1 << 20) - left))
    lines_of([finding(message="x" * 1000)] * 3)
    assert summary_file.stat().st_size <= 1 << 20


def test_on_github_annotations_follow_the_text(
    program: Program, bad_call: None, summary_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = program("check", "bad.json", "--isolated")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary_file))
    ran = program("check", "bad.json", "--isolated")
    assert ran.status == plain.status == 1
    assert ran.out.startswith(plain.out)
    (annotation,) = ran.out.removeprefix(plain.out).splitlines()
    assert annotation.startswith("::error title=KCH103 invalid-device-type,file=bad.json,line=1,")


@pytest.mark.parametrize("arguments", [["--format", "text"], ["--format", "json"], ["--output", "github:out.txt"]])
def test_on_github_what_the_user_chooses_wins(
    arguments: list[str], program: Program, bad_call: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = program("check", "bad.json", *arguments)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert program("check", "bad.json", *arguments).out == plain.out
    assert "::error" not in plain.out


@pytest.mark.parametrize("arguments", [["--format", "github"], ["--output", "github:out.txt"]])
def test_a_summary_that_cannot_be_written_makes_the_run_incomplete(
    arguments: list[str], program: Program, bad_call: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "gone" / "summary.md"))
    ran = program("check", "bad.json", *arguments)
    assert ran.status == 4
    assert "GITHUB_STEP_SUMMARY" in ran.err
    assert "cannot be written" in ran.err


def test_a_summary_is_appended_whole_or_not_at_all(
    program: Program, bad_call: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("earlier\n" * 20)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    with files_of_at_most(200):
        ran = program("check", "bad.json", "--format", "github")
    assert ran.status == 4
    assert summary.read_text() == "earlier\n" * 20
