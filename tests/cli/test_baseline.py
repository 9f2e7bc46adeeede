"""The commands about baselines, and runs with a baseline."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import IOS_CALL, Ran

Program = Callable[..., Ran]

BROKEN = {"type": "track", "event": "x", "userId": "u", "context": {"device": {"type": "ios", "id": "ABC"}}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text(json.dumps(BROKEN))
    return tmp_path


def changed(**device: Any) -> str:
    call = copy.deepcopy(BROKEN)
    call["context"]["device"].update(device)  # type: ignore[index]  # the call is made of dicts
    return json.dumps(call, indent=2)


def entries(file: Path) -> list[tuple[str, str, int]]:
    return [(each["path"], each["rule"], each["count"]) for each in json.loads(file.read_text())["findings"]]


def test_a_baseline_silences_and_a_new_fault_fails(folder: Path, program: Program) -> None:
    ran = program("baseline", "write", "--baseline", "b.json", "a.json", "-f", "concise")
    assert (ran.status, ran.err) == (0, "b.json: 0 kept, 0 removed, 2 added\n")
    assert entries(folder / "b.json") == [("a.json", "KCH105", 1), ("a.json", "KCH118", 1)]
    ran = program("check", "a.json", "--baseline", "b.json")
    assert (ran.status, ran.out.splitlines()[-1], ran.err) == (0, "No findings. 2 in the baseline.", "")
    (folder / "a.json").write_text("\n\n" + changed())
    assert program("check", "a.json", "--baseline", "b.json").status == 0
    (folder / "a.json").write_text(changed(type="Ios"))
    ran = program("check", "a.json", "--baseline", "b.json", "-f", "concise")
    assert (ran.status, "KCH103" in ran.out, "KCH105" in ran.out) == (1, True, False)
    assert ran.err == "Note: b.json: 1 finding in it is gone; `segkoch-lint baseline update` removes what is gone\n"


def test_another_value_at_the_same_place_is_new(folder: Path, program: Program) -> None:
    (folder / "a.json").write_text(changed(type="Ios"))
    program("baseline", "write", "--baseline", "b.json", "a.json")
    for number in range(50):  # the digits of one value of 4,096 are equal
        (folder / "a.json").write_text(changed(type=f"Ios{number}"))
        if program("check", "a.json", "--baseline", "b.json").status == 1:
            return
    pytest.fail("no other value is new")


def test_a_baseline_of_the_configuration_is_used_and_the_option_takes_precedence(
    folder: Path, program: Program
) -> None:
    (folder / "segkoch-lint.toml").write_text('baseline = "b.json"\n')
    assert program("check", "a.json").status == 2
    assert program("baseline", "write", "a.json").status == 0
    assert program("check", "a.json").status == 0
    assert program("check", "a.json", "--isolated").status == 1
    assert program("check", "a.json", "--baseline", "other.json").status == 2


@pytest.mark.parametrize("command", [("check", "a.json"), ("baseline", "update", "a.json"), ("baseline", "show")])
@pytest.mark.parametrize("content", [None, "", "{}", '{"tool": "segkoch-lint baseline", "version": 2}'])
def test_a_missing_damaged_or_newer_baseline_is_a_usage_error(
    folder: Path, program: Program, command: tuple[str, ...], content: str | None
) -> None:
    if content is not None:
        (folder / "b.json").write_text(content)
    ran = program(*command, "--baseline", "b.json")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("Error: b.json: ")


def test_write_replaces_no_file_that_is_no_baseline(folder: Path, program: Program) -> None:
    before = (folder / "a.json").read_text()
    assert program("baseline", "write", "--baseline", "a.json", "a.json").status == 2
    assert (folder / "a.json").read_text() == before


@pytest.mark.parametrize("command", [("write",), ("update",), ("update", "--accept")])
@pytest.mark.parametrize(("path", "status"), [("missing.json", 4), ("empty.json", 3)])
def test_a_run_that_has_not_seen_everything_changes_no_baseline(
    folder: Path, program: Program, command: tuple[str, ...], path: str, status: int
) -> None:
    program("baseline", "write", "--baseline", "b.json", "a.json")
    before = (folder / "b.json").read_text()
    (folder / "empty.json").write_text("[]")
    others = ("a.json",) if status == 4 else ("--ignore", "KCH002")
    ran = program("baseline", *command, "--baseline", "b.json", path, *others)
    assert ran.status == status
    assert "Error: b.json: the baseline was not written" in ran.err
    assert (folder / "b.json").read_text() == before


def test_update_forgets_nothing_about_files_and_rules_that_it_does_not_look_at(folder: Path, program: Program) -> None:
    (folder / "b.json").write_text(json.dumps(BROKEN))
    program("baseline", "write", "--baseline", "base.json", "a.json", "b.json")
    (folder / "a.json").write_text(json.dumps(IOS_CALL))
    ran = program("baseline", "update", "--baseline", "base.json", "a.json", "--select", "KCH105")
    assert (ran.status, ran.err) == (0, "base.json: 3 kept, 1 removed, 0 added\n")
    (folder / "a.json").unlink()
    ran = program("baseline", "update", "--baseline", "base.json", "b.json")
    assert (ran.status, ran.err) == (0, "base.json: 2 kept, 1 removed, 0 added\n")
    assert [entry[0] for entry in entries(folder / "base.json")] == ["b.json", "b.json"]


def test_update_lists_what_is_new_and_adds_it_only_if_it_is_accepted(folder: Path, program: Program) -> None:
    program("baseline", "write", "--baseline", "b.json", "a.json")
    (folder / "a.json").write_text(changed(type="Ios"))
    ran = program("baseline", "update", "--baseline", "b.json", "a.json", "-f", "concise")
    assert (ran.status, "KCH103" in ran.out) == (1, True)
    assert ran.err == "b.json: 1 kept, 1 removed, 0 added; 1 new not added (--accept adds what is new)\n"
    ran = program("baseline", "update", "--baseline", "b.json", "--accept", "a.json")
    assert (ran.status, ran.err) == (0, "b.json: 1 kept, 0 removed, 1 added\n")
    assert program("check", "a.json", "--baseline", "b.json").status == 0


def test_what_is_in_the_baseline_is_fixed_as_new_findings_are(folder: Path, program: Program) -> None:
    (folder / "a.json").write_text(changed(type="Ios"))
    program("baseline", "write", "--baseline", "b.json", "a.json")
    (folder / "a.json").write_text(changed(type="Ios", id=" ABC "))
    ran = program("check", "--fix", "a.json", "--baseline", "b.json", "-q")
    assert ran.status == 0
    assert (folder / "a.json").read_text() == changed(type="ios", id="ABC")


def test_suppressed_findings_are_not_in_the_baseline_and_budgets_count_the_rest(folder: Path, program: Program) -> None:
    configuration = {"suppress": [{"codes": ["KCH118"], "reason": "r"}], "budgets": {"KCH105": 1}}
    (folder / ".segkoch-lint.yaml").write_text(json.dumps(configuration))
    program("baseline", "write", "--baseline", "b.json", "a.json")
    assert entries(folder / "b.json") == [("a.json", "KCH105", 1)]
    (folder / "c.json").write_text(json.dumps(BROKEN))
    ran = program("check", "a.json", "c.json", "--baseline", "b.json", "-f", "json")
    figures = json.loads(ran.out)["summary"]
    assert (ran.status, figures["rules"]["KCH105"]["calls"]) == (0, 1)
    assert figures["suppressed"] == {"baseline": 1, "configuration": 2, "comment": 0}


def test_findings_about_users_are_in_the_baseline(folder: Path, program: Program) -> None:
    server = copy.deepcopy(IOS_CALL)
    server["context"]["library"] = {"name": "analytics-python", "version": "2.3.0"}
    server["context"]["device"]["id"] = "1B2C3D4E-93A4-4B7D-8E21-0C7D5A9B3F64"
    (folder / "app.json").write_text(json.dumps(IOS_CALL))
    (folder / "server.json").write_text(json.dumps(server))
    paths = ("app.json", "server.json", "-s", "KCH201", "--baseline", "b.json")
    program("baseline", "write", *paths)
    assert entries(folder / "b.json") == [("server.json", "KCH201", 1)]
    assert program("check", *paths).status == 0
    ran = program("check", "server.json", "-s", "KCH201", "--baseline", "b.json")
    assert "gone" not in ran.err
    server["context"]["device"]["id"] = "2C3D4E5F-93A4-4B7D-8E21-0C7D5A9B3F64"
    (folder / "server.json").write_text(json.dumps(server))
    ran = program("baseline", "update", *paths)
    assert (ran.status, ran.err.startswith("b.json: 0 kept, 1 removed, 0 added; 1 new not added")) == (1, True)


@pytest.mark.slow  # plans are probed in a process
def test_findings_about_plans_are_in_the_baseline_and_calls_beside_them(folder: Path, program: Program) -> None:
    def plan(*events: str) -> str:
        rules = [{"type": "TRACK", "key": each, "version": 1, "jsonSchema": {"type": "object"}} for each in events]
        return json.dumps({"data": {"trackingPlan": {"name": "P"}, "rules": rules}})

    (folder / "plan.json").write_text(plan("Order", "Refund"))
    program("baseline", "write", "--baseline", "b.json", "a.json")
    ran = program("baseline", "update", "--accept", "--baseline", "b.json", "--plans", "plan.json")
    assert (ran.status, ran.err) == (0, "b.json: 2 kept, 0 removed, 1 added\n")
    assert program("plan", "check", "--baseline", "b.json", "plan.json").status == 0
    assert program("check", "--baseline", "b.json", "a.json").err == ""
    (folder / "plan.json").write_text(plan("Return", "Refund"))
    (folder / "new.json").write_text(plan("Order"))
    ran = program("plan", "check", "--baseline", "b.json", "plan.json", "new.json", "-f", "json")
    codes = [(each["code"], "suppression" in each) for each in json.loads(ran.out)["findings"]]
    assert (ran.status, sorted(codes)) == (1, [("KCH401", False), ("KCH401", True)])


def test_an_option_that_is_only_about_calls_is_refused_with_plans(folder: Path, program: Program) -> None:
    ran = program("baseline", "write", "--baseline", "b.json", "--plans", "--jobs", "2", "a.json")
    assert (ran.status, ran.err.splitlines()[0]) == (2, "Error: --jobs is about calls, not about tracking plans.")
    assert program("baseline", "write", "--baseline", "b.json", "--plans").status == 2


def test_the_baseline_is_not_an_input(folder: Path, program: Program) -> None:
    program("baseline", "write", "--baseline", "b.json", "a.json")
    assert program("check", "a.json", "b.json", "--baseline", "b.json").status == 0
    ran = program("check", ".", "--baseline", "b.json", "-f", "json")
    assert (ran.status, json.loads(ran.out)["summary"]["not_calls"]) == (0, {})


def test_a_broken_line_that_does_not_count_is_not_in_the_baseline(folder: Path, program: Program) -> None:
    (folder / "notes").mkdir()
    (folder / "notes" / "x.json").write_text("{broken")
    program("baseline", "write", "--baseline", "b.json", "notes", "a.json")
    assert [entry[0] for entry in entries(folder / "b.json")] == ["a.json", "a.json"]


def test_no_report_overwrites_the_baseline(folder: Path, program: Program) -> None:
    program("baseline", "write", "--baseline", "b.json", "a.json")
    ran = program("check", "a.json", "--baseline", "b.json", "--output", "json:b.json")
    assert (ran.status, ran.err.splitlines()[0]) == (2, "Error: --output json:b.json would overwrite an input.")


def test_show_counts_by_rule_or_file(folder: Path, program: Program) -> None:
    program("baseline", "write", "--baseline", "b.json", "a.json")
    ran = program("baseline", "show", "--baseline", "b.json")
    assert [line.split()[::2] for line in ran.out.splitlines()[1:3]] == [["KCH105", "1"], ["KCH118", "1"]]
    assert ran.out.splitlines()[-1] == "2 findings in 1 file."
    assert program("baseline", "show", "--baseline", "b.json", "--by", "file").out.splitlines()[1].split() == [
        *("a.json", "2", "2"),
    ]
    assert program("baseline", "show", "--baseline", "-").status == 2
    ran = program("baseline", "show")
    assert (ran.status, ran.err.splitlines()[0]) == (2, "Error: No baseline is named.")
