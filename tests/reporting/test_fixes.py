"""The fixes of findings in reports: who applies them gets what `--fix` writes, and no id is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.findings.text_edits import TextEdit, edited
from tests.conftest import Ran
from tests.fixing.calls import HEX, UUID, call

Program = Callable[..., Ran]
Region = tuple[int, int, int, int, str]

FAULTY = json.dumps(call(), indent=2)
ESCAPED = FAULTY.replace(HEX, HEX.replace("E", "\\x45", 1))
"""The same as YAML, where this escape makes it unknown which character is where."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a faulty call."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "bad.json").write_text(FAULTY)
    return tmp_path


def applied(text: str, regions: Iterable[Region]) -> str:
    """Return a text with its regions replaced; an edit of two findings is made once."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    edits = {TextEdit(starts[a - 1] + b - 1, starts[c - 1] + d - 1, new) for a, b, c, d, new in regions}
    return edited(text, edits)


@pytest.mark.usefixtures("folder")
def test_the_edits_of_json_lead_to_what_fix_writes(program: Program) -> None:
    report = json.loads(program("check", "--format", "json", "bad.json").out)
    edits = [edit for finding in report["findings"] if "fix" in finding for edit in finding["fix"]["edits"]]
    regions = [(e["line"], e["column"], e["end_line"], e["end_column"], e["text"]) for e in edits]

    assert applied(FAULTY, regions) == json.dumps(call(fixed=True), indent=2)
    assert report["summary"]["findings"]["fixable"] == 5


@pytest.mark.usefixtures("folder")
def test_the_fixes_of_sarif_lead_to_what_fix_writes(program: Program) -> None:
    (run,) = json.loads(program("check", "--format", "sarif", "bad.json").out)["runs"]
    regions: list[Region] = []
    for result in run["results"]:
        changes = [change for fix in result.get("fixes", ()) for change in fix["artifactChanges"]]
        assert all(each["artifactLocation"]["uri"] == "bad.json" for each in changes)
        for each in [replacement for change in changes for replacement in change["replacements"]]:
            where = each["deletedRegion"]
            place = (where["startLine"], where["startColumn"], where["endLine"], where["endColumn"])
            regions.append((*place, each["insertedContent"]["text"]))

    assert applied(FAULTY, regions) == json.dumps(call(fixed=True), indent=2)


@pytest.mark.parametrize("form", ["json", "json-lines", "sarif", "rdjson", "text", "agent", "concise"])
def test_no_fix_shows_an_id(folder: Path, program: Program, form: str) -> None:
    """Not even if all of the value is written anew, because it has an escape."""
    (folder / "bad.yaml").write_text(ESCAPED)
    out = program("check", "--format", form, "bad.yaml").out

    assert "KCH107" in out
    assert UUID not in out
    assert UUID[4:-4] not in out


def test_edits_that_hold_an_id_are_shown_on_request(folder: Path, program: Program) -> None:
    (folder / "bad.yaml").write_text(ESCAPED)

    def edits(*options: str) -> list[Any]:
        report = json.loads(program("check", "--format", "json", "--select", "KCH107", *options, "bad.yaml").out)
        return [each["text"] for each in report["findings"][0]["fix"]["edits"]]

    assert edits() == []
    assert edits("--show-ids") == [f'"{UUID}"']


def test_a_suggestion_counts_columns_in_bytes(folder: Path, program: Program) -> None:
    text = json.dumps({"note": "é", **call()}, ensure_ascii=False)
    (folder / "bad.json").write_text(text)
    report = json.loads(program("check", "--format", "rdjson", "--select", "KCH304,KCH107", "bad.json").out)
    (suggestion,) = [each for diagnostic in report["diagnostics"] for each in diagnostic.get("suggestions", ())]
    start = text.encode().index(b'kochava"') + 1

    assert suggestion == {
        "range": {"start": {"line": 1, "column": start}, "end": {"line": 1, "column": start + len("kochava")}},
        "text": "Kochava",
    }


@pytest.mark.usefixtures("folder")
def test_text_says_what_fix_does_and_how_many(program: Program) -> None:
    out = program("check", "--select", "KCH304", "bad.json").out

    assert '  = Write the key as "Kochava". (--fix does this)\n' in out
    assert "1 warning. 1 fixable with --fix." in out


def test_text_says_what_fix_leaves_to_a_person(folder: Path, program: Program) -> None:
    (folder / "bad.yaml").write_text(f"- &one {FAULTY}\n- *one\n")
    out = program("check", "--select", "KCH304", "bad.yaml").out

    assert "(--fix does not do this: the text at this place cannot be replaced exactly)" in " ".join(out.split())
    assert "fixable" not in out


def test_suppressed_findings_are_not_fixable(folder: Path, program: Program) -> None:
    suppress = '[[tool.segkoch-lint.suppress]]\ncodes = ["KCH304"]\nreason = "old"\n'
    (folder / "pyproject.toml").write_text(suppress)
    before = program("check", "--format", "json", "--select", "KCH304,KCH103", "bad.json").out
    program("check", "--fix", "bad.json")

    assert json.loads(before)["summary"]["findings"]["fixable"] == 1
    assert json.loads((folder / "bad.json").read_text())["integrations"] == {"kochava": True}
