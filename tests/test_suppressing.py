"""Suppressions in runs of the program."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import Settings, UsageError, lint
from segkoch_lint.config.written_suppressions import ConfiguredSuppression
from segkoch_lint.findings.finding import Snippet
from segkoch_lint.linter import Linter
from tests.conftest import IOS_CALL, Ran

Program = Callable[..., Ran]

BROKEN = {"type": "track", "event": "x", "userId": "u", "context": {"device": {"type": "ios", "id": "ABC"}}}
YAML = """\
type: track
event: "# segkoch-lint: ignore[KCH105] this is a string"
userId: u
context:
  device:
    type: ios
    # segkoch-lint: ignore[KCH118] ids of this device are short
    id: ABC
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def suppress(folder: Path, *entries: dict[str, Any], **others: Any) -> None:
    configuration = {"suppress": [{"reason": "r", **each} for each in entries], **others}
    (folder / ".segkoch-lint.yaml").write_text(json.dumps(configuration))


def summary(ran: Ran) -> Any:
    return json.loads(ran.out)["summary"]


def test_a_suppressed_finding_does_not_fail_the_run_and_the_figures_of_the_data_stay(
    folder: Path, program: Program
) -> None:
    (folder / "a.json").write_text(json.dumps(BROKEN))
    assert program("check", "a.json", "-q").status == 1
    suppress(folder, {"path": "a.json", "codes": ["KCH105"]})
    ran = program("check", "a.json")
    assert (ran.status, ran.err) == (0, "")
    assert "KCH105" not in ran.out
    assert ran.out.endswith(
        "0 ready, 0 limited, 1 faulty.\n1 info. 1 suppressed. Learn more: segkoch-lint rule KCH118\n"
    )
    figures = summary(program("check", "a.json", "-f", "json"))
    assert (figures["faulty"], figures["suppressed"]["configuration"]) == (1, 1)
    assert list(figures["rules"]) == ["KCH118"]


def test_suppressed_calls_do_not_use_up_a_budget(folder: Path, program: Program) -> None:
    for name in ("a.json", "b.json"):
        (folder / name).write_text(json.dumps(BROKEN))
    suppress(folder, {"path": "b.json", "codes": ["KCH105"]}, budgets={"KCH105": 1})
    ran = program("check", "a.json", "b.json", "-f", "json")
    assert ran.status == 0
    assert summary(ran)["rules"]["KCH105"]["calls"] == 1


def test_findings_about_users_are_suppressed_at_their_place(folder: Path, program: Program) -> None:
    server = copy.deepcopy(IOS_CALL)
    server["context"]["library"] = {"name": "analytics-python", "version": "2.3.0"}
    server["context"]["device"]["id"] = "1B2C3D4E-93A4-4B7D-8E21-0C7D5A9B3F64"
    (folder / "a.json").write_text(json.dumps(IOS_CALL))
    (folder / "b.json").write_text(json.dumps(server))
    before = program("check", "a.json", "b.json", "-s", "KCH201", "-f", "json")
    assert (before.status, list(summary(before)["rules"])) == (1, ["KCH201"])
    suppress(folder, {"path": "b.json", "codes": ["KCH2"], "pointer": "/context/device/id"})
    ran = program("check", "a.json", "b.json", "-s", "KCH201", "-f", "json")
    assert (ran.status, summary(ran)["rules"], summary(ran)["suppressed"]["configuration"]) == (0, {}, 1)


def test_findings_about_an_input_are_suppressed(folder: Path, program: Program) -> None:
    (folder / "a.json").write_text('{"type": "track", "userId": ')
    (folder / "b.json").write_text('{"no": "call"}')
    suppress(folder, {"codes": ["KCH001", "KCH002"], "path": "*.json"})
    ran = program("check", "a.json", "b.json")
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "No findings. 2 suppressed.")


@pytest.mark.slow  # a plan is probed in a process
def test_findings_about_plans_are_suppressed(folder: Path, program: Program) -> None:
    plan = {"data": {"trackingPlan": {"name": "P"}, "rules": [
        {"type": "TRACK", "key": "Order", "version": 1, "jsonSchema": {"type": "object"}}]}}  # fmt: skip
    (folder / "plan.json").write_text(json.dumps(plan))
    before = program("plan", "check", "plan.json", "-f", "json")
    assert (before.status, list(summary(before)["rules"])) == (1, ["KCH401"])
    suppress(folder, {"codes": ["KCH401"], "path": "plan.json"})
    ran = program("plan", "check", "plan.json", "-f", "json")
    assert (ran.status, summary(ran)["rules"], summary(ran)["suppressed"]["configuration"]) == (0, {}, 1)
    assert ran.err == ""


@pytest.mark.slow  # a plan is probed in a process
def test_a_comment_in_a_plan_in_yaml_suppresses_findings(folder: Path, program: Program) -> None:
    plan = (
        "# segkoch-lint: ignore-file[KCH401] this plan guards nothing on purpose\n"
        "data:\n  trackingPlan: {name: P}\n  rules:\n"
        "  - {type: TRACK, key: Order, version: 1, jsonSchema: {type: object}}\n"
    )
    (folder / "plan.yaml").write_text(plan)
    ran = program("plan", "check", "plan.yaml", "-f", "json")
    assert (ran.status, summary(ran)["suppressed"]["comment"], ran.err) == (0, 1, "")
    (folder / "plan.yaml").write_text(plan.replace("KCH401", "KCH999"))
    assert program("plan", "check", "plan.yaml").status == 2


def test_a_comment_in_yaml_suppresses_findings_and_a_string_does_not(folder: Path, program: Program) -> None:
    (folder / "a.yaml").write_text(YAML)
    report = json.loads(program("check", "a.yaml", "-f", "json").out)
    assert {each["code"]: each.get("suppression") for each in report["findings"]} == {
        "KCH105": None,
        "KCH118": {"kind": "comment", "reason": "ids of this device are short"},
    }


def test_a_wrong_comment_is_a_usage_error_after_the_report(folder: Path, program: Program) -> None:
    (folder / "a.yaml").write_text(YAML.replace("ids of this device are short", ""))
    ran = program("check", "a.yaml", "-f", "json")
    assert (ran.status, summary(ran)["exit_status"]) == (2, 2)
    assert ran.err.startswith("Error: a.yaml:7:5: this comment gives no reason.\n  Write `# segkoch-lint: ")
    assert summary(ran)["suppression_notes"][0]["kind"] == "invalid"


def test_what_is_of_no_use_is_named_on_standard_error(folder: Path, program: Program) -> None:
    (folder / "a.json").write_text(json.dumps(BROKEN))
    (folder / "a.yaml").write_text("# segkoch-lint: ignore-file[KCH310] no user is a placeholder\n" + YAML)
    suppress(
        folder,
        {"path": "a.json", "codes": ["KCH104"]},
        {"path": "a.json", "codes": ["KCH105"], "until": "2001-01-01"},
        {"path": "elsewhere/", "codes": ["KCH104"]},
        {"path": "a.json", "codes": ["KCH401"]},
    )
    ran = program("check", "a.json", "a.yaml", "-f", "json")
    expected = [
        ("unused", ".segkoch-lint.yaml:1: suppress[0]", "suppresses nothing; remove it"),
        ("expired", ".segkoch-lint.yaml:1: suppress[1]", "expired after 2001-01-01: 1 finding is back"),
        ("unused", "a.yaml:1:1", "this comment suppresses nothing; remove it"),
    ]
    assert [(each["kind"], each["place"], each["message"]) for each in summary(ran)["suppression_notes"]] == expected
    assert ran.err.splitlines() == [f"Note: {place}: {message}" for _, place, message in expected]


def test_nothing_is_called_unused_in_an_incomplete_run(folder: Path, program: Program) -> None:
    (folder / "a.json").write_text(json.dumps(BROKEN))
    suppress(folder, {"path": "a.json", "codes": ["KCH104"]})
    ran = program("check", "a.json", "missing.json", "-f", "json")
    assert (ran.status, summary(ran)["suppression_notes"]) == (4, [])


def test_the_library_leaves_suppressed_findings_out() -> None:
    entry = ConfiguredSuppression(("KCH1",), "the reason")
    assert list(lint(BROKEN, settings=Settings(suppress=(entry,)))) == []
    assert [each.code for each in lint(YAML.encode(), settings=Settings(ignore=("KCH105",)))] == []
    with pytest.raises(UsageError, match=r"-:7:5: this comment gives no reason\."):
        list(lint(YAML.replace("ids of this device are short", "").encode()))


def test_an_unknown_code_in_the_configuration_is_a_usage_error(folder: Path, program: Program) -> None:
    (folder / "a.json").write_text(json.dumps(BROKEN))
    suppress(folder, {"codes": ["KCH999"]})
    ran = program("check", "a.json")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith('Error: .segkoch-lint.yaml:1: suppress[0]: No rule is called "KCH999".')


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_suppressed_finding_gets_no_snippet_if_no_report_shows_it(folder: Path, name: str) -> None:
    (folder / name).write_text(json.dumps(BROKEN) + "\n")
    settings = Settings(root=folder, suppress=(ConfiguredSuppression(("KCH105",), "r"),))

    def snippet(_document: object, _span: object) -> Snippet:
        return Snippet(1, ("line",), 0, 0, 4)

    def with_snippets(linter: Linter) -> dict[str, bool]:
        return {finding.code: finding.snippet is not None for finding in linter.paths([name])}

    assert with_snippets(Linter(settings, snippets=snippet)) == {"KCH105": True, "KCH118": True}
    linter = Linter(settings, snippets=snippet, shows_suppressed=False)
    assert with_snippets(linter) == {"KCH105": False, "KCH118": True}
