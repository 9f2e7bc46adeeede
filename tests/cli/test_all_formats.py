"""One run in every format: each report is whole, can be read, holds the finding, and shows no id."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from segkoch_lint import resources
from segkoch_lint.reporting import FORMATS
from tests.cli.conftest import BAD
from tests.conftest import Ran
from tests.full_disk import files_of_at_most
from tests.plans.plan_files import ORDER, config_api, guard
from tests.reporting.test_gitlab import SCHEMA as GITLAB
from tests.reporting.test_sarif import run_of

Program = Callable[..., Ran]

CODE = re.compile(r"\bKCH\d{3}\b")


def json_codes(text: str) -> set[str]:
    report = json.loads(text)
    jsonschema.Draft202012Validator(resources.load("report")).validate(report)
    return {each["code"] for each in report["findings"]}


def json_lines_codes(text: str) -> set[str]:
    *findings, last = map(json.loads, text.splitlines())
    assert set(last) == {"summary", "version", "tool"}
    return {each["code"] for each in findings}


def gitlab_codes(text: str) -> set[str]:
    issues = json.loads(text)
    jsonschema.Draft202012Validator(GITLAB).validate(issues)
    return {each["check_name"] for each in issues}


def junit_codes(text: str) -> set[str]:
    failures = ET.fromstring(text).iter("failure")
    return {each.attrib["type"].split()[0] for each in failures}


def text_codes(text: str) -> set[str]:
    return set(CODE.findall(text))


READERS: dict[str, Callable[[str], set[str]]] = {
    "text": text_codes,
    "full": text_codes,
    "concise": text_codes,
    "grouped": text_codes,
    "agent": text_codes,
    "sarif": lambda text: {each["ruleId"] for each in run_of(text)["results"]},
    "github": lambda text: set(re.findall(r"^::error title=(KCH\d+) ", text, re.MULTILINE)),
    "gitlab": gitlab_codes,
    "junit": junit_codes,
    "rdjson": lambda text: {each["code"]["value"] for each in json.loads(text)["diagnostics"]},
    "azure": lambda text: set(re.findall(r"^##vso\[task\.logissue type=error;.*;code=(KCH\d+)\]", text, re.MULTILINE)),
    "markdown": lambda text: set(re.findall(r"^\| error \| (KCH\d+) ", text, re.MULTILINE)),
    "html": text_codes,
    "json": json_codes,
    "json-lines": json_lines_codes,
}
"""By format, how its codes are read. Whatever else a report is, its reader fails on."""


def written(program: Program, *arguments: str) -> dict[str, str]:
    """Run the program once, with a report in every format, and return the reports."""
    outputs = [part for form in FORMATS for part in ("--output", f"{form}:report.{form}")]
    ran = program(*arguments, "--isolated", *outputs)
    assert (ran.status, ran.err) == (1, "")
    return {form: Path(f"report.{form}").read_text(encoding="utf-8") for form in FORMATS}


def test_there_is_a_reader_for_every_format() -> None:
    assert set(FORMATS) <= set(READERS)


def test_one_run_writes_every_format_and_each_holds_the_findings(program: Program, events_folder: Path) -> None:
    device, advertising, user = "4d8f02c96e1b735a", "6E9A31C4-0B7D-4F52-8C16-D3A5927EB480", "member-90417"
    bad = copy.deepcopy(BAD)
    bad |= {"userId": user, "properties": {"note": f"for {user}"}}
    bad["context"]["device"] |= {"id": device, "advertisingId": f"{{{advertising}}}"}
    (events_folder / "bad.json").write_text(json.dumps(bad, indent=1))
    for form, text in written(program, "check", "bad.json", "good.json").items():
        assert "KCH103" in READERS[form](text), form
        assert not [each for each in (device, advertising, user) if each.lower() in text.lower()], form


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["check", "plan.json"], ["diff", "guarded.json", "plan.json"]], ids=lambda a: a[0]
)
def test_the_commands_on_plans_write_every_format(
    arguments: list[str], program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plan.json").write_text(json.dumps(config_api(None, {"A": ORDER}), indent=1))
    Path("guarded.json").write_text(json.dumps(config_api(guard(), {"A": ORDER}), indent=1))
    code = "KCH401" if arguments[0] == "check" else "KCH404"
    for form, text in written(program, "plan", *arguments).items():
        assert code in READERS[form](text), form


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_leaves_no_half_report(form: str, program: Program, events_folder: Path) -> None:
    (events_folder / "old").write_text("the report of yesterday")
    names = {path.name for path in events_folder.iterdir()}
    with files_of_at_most(64):
        ran = program("check", "bad.json", "--isolated", "--output", f"{form}:new", "--output", f"{form}:old")
    assert ran.status == 4
    assert ran.err.splitlines() == [f"Error: {name}: cannot be written: file too large" for name in ("new", "old")]
    assert {path.name for path in events_folder.iterdir()} == names
    assert (events_folder / "old").read_text() == "the report of yesterday"
