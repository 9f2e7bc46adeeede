"""Exceptions of our own code: each is about one place, the run goes on behind it, and nothing is called clean."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.cli.outputs import Reports
from segkoch_lint.documents import lines as line_reader
from segkoch_lint.documents.document import Document, ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.table import csv_reader
from segkoch_lint.documents.table.row import RowDocument
from segkoch_lint.documents.yaml import document as yaml_document
from segkoch_lint.documents.yaml.document import YamlDocument
from segkoch_lint.engine import input_linter
from segkoch_lint.engine.document_checker import CheckResult, DocumentChecker
from segkoch_lint.engine.entry_resolver import EntryResolver
from segkoch_lint.engine.lines.selector import ReadingSelector
from segkoch_lint.findings.finding import Finding
from segkoch_lint.identity.database import IdentityDatabase
from segkoch_lint.linter import Linter, lint
from tests.conftest import Ran

Program = Callable[..., Ran]

BAD = '{"type":"track","event":"x","userId":"u"}'
DREADED = '{"type":"track","event":"dreaded","userId":"u"}'


@pytest.fixture
def fails_on_dreaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the check of a document with an event of this name fail."""
    check = DocumentChecker.check

    def failing(self: DocumentChecker, document: Document, *arguments: Any) -> CheckResult:
        if isinstance(document.value, dict) and document.value.get("event") == "dreaded":
            raise ZeroDivisionError("u-4711")
        return check(self, document, *arguments)

    monkeypatch.setattr(DocumentChecker, "check", failing)
    # So that every line is read as a document.
    monkeypatch.setattr(input_linter, "LazySelector", lambda context: ReadingSelector(context.limits))


def lines(*texts: str) -> str:
    return "".join(f"{text}\n" for text in texts)


def errors_of(linter: Linter) -> list[tuple[str, int | None, str]]:
    return [(each.path, each.line, each.error) for each in linter.summary.internal_errors]


@pytest.mark.usefixtures("fails_on_dreaded")
def test_a_line_on_which_judging_fails_is_named_and_the_others_are_checked(tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    file.write_text(lines(BAD, DREADED, "{broken", BAD, DREADED))
    linter = Linter()
    found = [(each.location.span.line, each.code) for each in linter.paths([str(file)]) if each.location.span]
    assert found == [(1, "KCH101"), (3, "KCH001"), (4, "KCH101")]
    assert errors_of(linter) == [(str(file), 2, "ZeroDivisionError"), (str(file), 5, "ZeroDivisionError")]
    summary = linter.summary
    assert (summary.calls, summary.checked, summary.malformed, summary.failed) == (5, 2, 1, 2)
    assert summary.adds_up()


@pytest.mark.slow
@pytest.mark.usefixtures("fails_on_dreaded")
def test_the_places_are_right_in_a_large_log(tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    dreaded = {1000, 8_000, 15_000}
    line = BAD[:-1] + ',"properties":{"note":"' + "x" * 80 + '"}}'
    file.write_text("".join((DREADED if n in dreaded else line) + "\n" for n in range(1, 20_001)))
    linter = Linter()
    found = {each.location.span.line for each in linter.paths([str(file)]) if each.location.span}
    assert found == set(range(1, 20_001)) - dreaded
    assert errors_of(linter) == [(str(file), n, "ZeroDivisionError") for n in sorted(dreaded)]
    assert (linter.summary.calls, linter.summary.adds_up()) == (20_000, True)


@pytest.mark.usefixtures("fails_on_dreaded")
def test_many_failures_are_counted_and_the_first_ones_named(program: Program, tmp_path: Path) -> None:
    (tmp_path / "log.ndjson").write_text((DREADED + "\n") * 50)
    ran = program("check", "--isolated", str(tmp_path / "log.ndjson"), "--format", "json")
    summary = json.loads(ran.out)["summary"]
    assert (ran.status, summary["failed"], summary["calls"]) == (4, 50, 50)
    assert [each["line"] for each in summary["internal_errors"]] == list(range(1, 21))
    assert "failed on 50 documents in all" in ran.err


@pytest.mark.usefixtures("fails_on_dreaded")
def test_reports_are_completed_and_a_traceback_is_shown_only_with_debug(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "call.json"
    file.write_text(DREADED)
    ran = program("check", "--isolated", str(file), "-o", f"json:{tmp_path / 'out.json'}")
    assert ran.status == 4
    assert f"Error: {file}:1: segkoch-lint itself failed (ZeroDivisionError); this document was not checked" in ran.err
    assert "Incomplete: segkoch-lint itself failed" in ran.out
    assert "1 on which segkoch-lint itself failed" in ran.out
    assert "No findings" not in ran.out
    assert "Traceback" not in ran.err
    report = (tmp_path / "out.json").read_text()
    assert "u-4711" not in ran.out + ran.err + report, "the exception's text may quote a payload"
    assert json.loads(report)["summary"]["internal_errors"] == [
        {"path": str(file), "line": 1, "error": "ZeroDivisionError", "consequence": "this document was not checked"}
    ]
    for arguments in (["--debug", "check"], ["check", "--debug"]):
        assert "Traceback" in program(*arguments, "--isolated", str(file)).err


def test_a_line_on_which_reading_fails_is_named_and_the_others_are_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def failing(text: bytes, **options: Any) -> JsonDocument | ParseError:
        if b"dreaded" in text:
            raise KeyError
        return parse_json(text, **options)

    monkeypatch.setattr(line_reader, "parse_json", failing)
    file = tmp_path / "log.ndjson"
    file.write_text(lines(BAD, "{dreaded", BAD))
    linter = Linter()
    found = [each.location.span.line for each in linter.paths([str(file)]) if each.location.span]
    assert found == [1, 3]
    assert errors_of(linter) == [(str(file), 2, "KeyError")]


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("rows.csv", "type,user_id,event,context_device_type\ntrack,u,dreaded,\ntrack,u,x,\n", (csv_reader, "Row", 2)),
        ("calls.yaml", f"{DREADED}\n--- # the first is in flow style\n{BAD[:-1]},\n}}\n", (yaml_document, "Yaml", 1)),
    ],
)
def test_a_document_of_another_format_on_which_reading_fails_is_named_and_the_others_are_checked(
    name: str, content: str, place: tuple[Any, str, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module, reader, line = place
    made: type[RowDocument | YamlDocument] = getattr(module, f"{reader}Document")

    def failing(*arguments: Any, **options: Any) -> RowDocument | YamlDocument:
        document = made(*arguments, **options)
        if document.value["event"] == "dreaded":
            raise KeyError
        return document

    monkeypatch.setattr(module, f"{reader}Document", failing)
    file = tmp_path / name
    file.write_text(content)
    linter = Linter()
    assert [each.code for each in linter.paths([str(file)])] == ["KCH101"]
    assert errors_of(linter) == [(str(file), line, "KeyError")]
    assert linter.summary.adds_up()


def test_when_many_lines_at_once_fail_they_are_read_one_by_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    file.write_text(lines(BAD, "{broken", BAD))

    def found() -> tuple[list[Finding], Linter]:
        linter = Linter()
        return list(linter.paths([str(file)])), linter

    expected, before = found()

    class Failing(ReadingSelector):
        def select(self, *_: Any, **__: Any) -> Any:
            raise KeyError

    monkeypatch.setattr(input_linter, "LazySelector", lambda context: Failing(context.limits))
    findings, after = found()
    assert findings == expected
    assert after.summary.calls == before.summary.calls
    assert [remark for _, remark in after.summary.remarks] == [
        "segkoch-lint failed on many lines at once (KeyError), and read them one by one"
    ]


@pytest.mark.parametrize("owner", [EntryResolver, Reports, IdentityDatabase])
def test_a_failure_outside_of_documents_leaves_the_reports_whole_and_the_other_inputs_checked(
    owner: Any, program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    method = {EntryResolver: "add", Reports: "finding", IdentityDatabase: "open"}[owner]
    kept = getattr(owner, method)
    calls = iter([True])

    def failing(*arguments: Any, **options: Any) -> Any:
        if next(calls, False):
            raise KeyError
        return kept(*arguments, **options)

    monkeypatch.setattr(owner, method, failing)
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(BAD)
    ran = program("check", "--isolated", str(tmp_path), "--format", "json")
    report = json.loads(ran.out)
    assert ran.status == 4
    assert [each["error"] for each in report["summary"]["internal_errors"]] == ["KeyError"]
    assert str(tmp_path / "b.json") in {each["path"] for each in report["findings"]}


def test_an_exception_of_the_progress_callback_ends_the_run(tmp_path: Path) -> None:
    def cancel() -> None:
        raise LookupError("enough")

    file = tmp_path / "log.ndjson"
    file.write_text((BAD + "\n") * 3)
    linter = Linter()
    linter.on_progress = cancel
    with pytest.raises(LookupError, match="enough"):
        list(linter.paths([str(file)]))


@pytest.mark.usefixtures("fails_on_dreaded")
def test_the_library_raises_after_the_findings() -> None:
    def taken() -> Iterator[str]:
        for finding in lint(f"[{BAD}]\n{DREADED}\n".encode()):
            yield finding.code

    found = taken()
    assert next(found) == "KCH101"
    with pytest.raises(RuntimeError, match=r"failed \(ZeroDivisionError\): -:2: this document was not checked"):
        list(found)


OF_DEVICE = {"KCH102", "KCH104", "KCH105"}


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("key.ndjson", lines(BAD, "{?:1}", BAD), {(1, "KCH101"), (2, "KCH001"), (3, "KCH101")}),
        ("inner.ndjson", lines(BAD, BAD[:-1] + ',"context":{"device":{?:1}}}'), {(1, "KCH101"), (2, "KCH001")}),
        ("number.ndjson", lines(BAD, BAD[:-1] + ',"properties":{"n":1e999}}', BAD), {(n, "KCH101") for n in (1, 2, 3)}),
        ("number.json", BAD[:-1] + ',"properties":{"n":1e999}}', {(1, "KCH101")}),
        (
            "id.yaml",
            "type: track\nevent: x\nuserId: u\ncontext:\n  device:\n    id:",
            {(6, code) for code in OF_DEVICE},
        ),
        ("event.yaml", "type: track\nuserId: u\nevent:", {(1, "KCH101"), (3, "KCH302")}),
        ("tag.yaml", "type: track\nuserId: u\nevent: !", {(1, "KCH101"), (3, "KCH302")}),
        (
            "header.csv",
            "type,anonymous_id,event,context_device_id,gr??e\ntrack,a,x,,1\n",
            {(1, "KCH001"), (2, "KCH101")},
        ),
        (
            "twice.json",
            BAD[:-1] + ',"context":{"device":{"id":"a","id":"b"}},"context":{"device":{"type":"ios"}}}',
            {(1, "KCH003"), (1, "KCH104"), (1, "KCH105")},
        ),
        (
            "twice.yaml",
            "type: track\nevent: x\nuserId: u\ncontext: {device: {id: a, id: b}}\ncontext: {device: {type: ios}}\n",
            {(5, "KCH003"), (5, "KCH104"), (5, "KCH105")},
        ),
    ],
)
def test_text_that_once_ended_a_run_has_findings_and_no_more(
    name: str, content: str, found: set[tuple[int, str]], tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content.encode("latin-1").replace(b"?", b"\xff"))
    linter = Linter()
    findings = list(linter.paths([str(file)]))
    assert {(each.location.span.line, each.code) for each in findings if each.location.span} == found
    assert errors_of(linter) == []
    assert linter.summary.remarks == [each for each in linter.summary.remarks if "no column" in each[1]]
    assert linter.summary.adds_up()
