"""`segkoch-lint plan`, from the command line to the exit status."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from segkoch_lint import resources
from tests.conftest import IOS_CALL, Ran
from tests.plans.plan_files import DEVICE, ORDER, config_api, guard, rule

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unmeasured_programs")]

Program = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.json").write_text(json.dumps(config_api(guard(), {"A": ORDER}), indent=2))
    (tmp_path / "bad.json").write_text(json.dumps(config_api(None, {"A": ORDER, "B": {}}), indent=2))
    (tmp_path / "events.json").write_text(json.dumps(IOS_CALL))
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", "good.json"], 0),
        (["check", "bad.json"], 1),
        (["check", "good.json", "bad.json"], 1),
        (["check", "bad.json", "--fail-on", "never"], 0),
        (["check", "bad.json", "--ignore", "KCH401"], 0),
        (["check", "bad.json", "--severity", "KCH401=warning"], 0),
        (["check", "events.json"], 3),
        (["check", "events.json", "--allow-empty"], 0),
        (["check", "none.json"], 4),
        (["check"], 2),
        (["check", "good.json", "--stdin-filename", "x"], 2),
        (["check", "bad.json", "--output", "nonsense"], 2),
        (["diff", "good.json", "bad.json"], 1),
        (["diff", "good.json", "good.json"], 0),
        (["diff", "good.json"], 2),
        (["diff", "none.json", "good.json"], 2),
        (["diff", "good.json", "none.json"], 4),
        (["common"], 0),
        (["common", "--ignore", "KCH1"], 2),
        (["common", "--into", "none.json"], 2),
        (["common", "--into", "events.json"], 2),
        (["nonsense"], 2),
    ],
)
def test_the_exit_status_depends_on_the_findings(
    arguments: list[str], status: int, folder: Path, program: Program
) -> None:
    assert program("plan", *arguments).status == status


def test_the_text_shows_the_place_the_call_and_the_sum(folder: Path, program: Program) -> None:
    ran = program("plan", "check", "bad.json")
    assert "bad.json:4:12: error KCH401 unguarded-requirement" in ran.out
    assert '{"type":"track","event":"A"' in ran.out
    assert "see bad.json:" in ran.out
    assert "plan rules" in ran.out
    assert "1 tracking plan read, 2 rules: 2 checked." in ran.out
    assert "1 error." in ran.out


def test_the_text_begins_with_how_each_requirement_is_guarded(folder: Path, program: Program) -> None:
    (folder / "half.json").write_text(json.dumps(config_api(None, {"A": guard(), "B": {}})))
    lines = program("plan", "check", "half.json").out.splitlines()
    assert [line.split() for line in lines[:2]] == [
        ["requirement", "rules", "guarded", "partly", "open"],
        ["KCH101", "missing-device", "partly", "1", "0", "1"],
    ]
    lines = program("plan", "diff", "half.json", "good.json", "--quiet").out.splitlines()
    assert [line.split() for line in lines[:2]] == [
        ["requirement", "before", "now", "rules", "guarded", "partly", "open"],
        ["KCH101", "missing-device", "partly", "guarded", "1", "0", "0"],
    ]


def test_a_plan_that_blocks_users_who_refused_is_reported(folder: Path, program: Program) -> None:
    line = "Users who refused tracking are blocked for every destination: KCH106 limited-ad-tracking by 1 of 1 rule,"
    assert line in program("plan", "check", "good.json").out
    assert "Users who refused" not in program("plan", "check", "bad.json").out
    (folder / "short.json").write_text(json.dumps(config_api(json.loads(program("plan", "common").out), {"A": ORDER})))
    assert "Users who refused" not in program("plan", "check", "short.json").out


def test_what_could_not_be_probed_is_in_the_sum(folder: Path, program: Program) -> None:
    never = {"required": ["properties"], "properties": {"properties": {"required": ["a"], "properties": {"a": False}}}}
    (folder / "never.json").write_text(json.dumps(config_api(None, {"A": guard(), "B": never})))
    (folder / "typewriter.json").write_text(json.dumps([rule("A", {"eventMetadata": {"name": "A"}})]))
    ran = program("plan", "diff", "never.json", "never.json")
    assert (ran.status, "No findings; 1 rule could not be probed." in ran.out) == (0, True)
    ran = program("plan", "check", "never.json", "typewriter.json")
    assert (ran.status, "2 infos; 1 rule and 1 plan could not be probed." in ran.out.replace("info;", "infos;")) == (
        0,
        True,
    )


def test_the_cost_of_blocking_refusals_is_reported_if_they_are_selected(folder: Path, program: Program) -> None:
    assert "every destination" not in program("plan", "check", "good.json").err
    ran = program("plan", "check", "good.json", "--select", "KCH106")
    assert "KCH106: blocking calls of users who refused tracking keeps their events from every destination" in ran.err


@pytest.mark.parametrize(
    "arguments", [["check", "bad.json"], ["diff", "good.json", "bad.json", "--replay", "events.json"]]
)
def test_the_json_report_fits_its_schema(arguments: list[str], folder: Path, program: Program) -> None:
    ran = program("plan", *arguments, "--format", "json", "--output", "text:report.txt")
    report = json.loads(ran.out)
    jsonschema.Draft202012Validator(resources.load("report")).validate(report)
    assert report["summary"]["exit_status"] == 1
    assert report["summary"]["plans"]["checked"] == 2
    assert (report["summary"]["plans"]["replay"] is not None) == (arguments[0] == "diff")
    assert "KCH40" in (folder / "report.txt").read_text()


def test_a_comparison_reports_what_it_closes_and_what_was_replayed(folder: Path, program: Program) -> None:
    ran = program("plan", "diff", "bad.json", "good.json", "--replay", "events.json")
    assert 'warning: event "B" is removed' in ran.out
    assert 'info: KCH101 missing-device is guarded now by the rule for "A"' in ran.out
    blocked = "the new plan blocks 1 that the old one lets through (1 useful to Kochava, 100.0% of these, 0 useless)"
    assert f"1 call replayed, 1 of them useful: {blocked}" in ran.out
    assert ran.status == 0


def test_a_usage_error_leaves_no_half_a_report(folder: Path, program: Program) -> None:
    ran = program("plan", "diff", "--against", "main", "good.json", "--format", "json")
    assert (ran.status, ran.out) == (2, "")
    assert "--against main: there is no such file. good.json: is not in a git repository" in ran.err


def test_a_plan_passed_to_check_and_events_passed_to_plan_check_are_reported(folder: Path, program: Program) -> None:
    assert (
        "good.json: a tracking plan, not events; `segkoch-lint plan check` checks it"
        in program("check", "good.json").err
    )
    ran = program("plan", "check", "events.json")
    assert "events.json: events, not a tracking plan; `segkoch-lint check` lints them" in ran.err
    assert "Nothing was checked" in ran.out


def test_standard_input_can_be_a_plan(folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (folder / "bad.json").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    ran = program("plan", "check", "-", "--stdin-filename", "plan.json", "--quiet")
    assert ran.status == 1


def test_the_common_schema_is_printed_and_merged(folder: Path, program: Program) -> None:
    printed = json.loads(program("plan", "common").out)
    assert printed["$schema"] == "http://json-schema.org/draft-07/schema#"
    ran = program("plan", "common", "--into", "bad.json")
    assert (ran.status, ran.out) == (0, "")
    assert "bad.json: the common schema guards KCH101, KCH102, KCH103, KCH104, KCH105 now." in ran.err
    assert json.loads((folder / "bad.json").read_text())["rules"]["global"] == printed
    assert program("plan", "check", "bad.json").status == 0
    before = (folder / "bad.json").read_bytes()
    assert "nothing was changed" in program("plan", "common", "--into", "bad.json").err
    assert (folder / "bad.json").read_bytes() == before
    assert sorted(each.name for each in folder.iterdir()) == ["bad.json", "events.json", "good.json"]


def test_a_guard_of_ours_is_replaced_by_the_one_selected_alone_or_beside_other_demands(
    folder: Path, program: Program
) -> None:
    file = folder / "bad.json"
    for own in ({}, {"required": ["userId"]}, {"allOf": [{"required": ["userId"]}]}):
        plan = json.loads(file.read_text())
        plan["rules"]["global"] = own
        file.write_text(json.dumps(plan))
        program("plan", "common", "--into", "bad.json")
        lenient = file.read_bytes()
        for options in (["--select", "KCH106"], ["--exact"]):
            program("plan", "common", "--into", "bad.json", *options)
            changed = file.read_bytes()
            assert changed != lenient
            assert "nothing was changed" in program("plan", "common", "--into", "bad.json", *options).err
            assert file.read_bytes() == changed
            assert "now." in program("plan", "common", "--into", "bad.json").err
            assert json.loads(file.read_bytes()) == json.loads(lenient)


def test_the_exact_guard_is_longer_and_both_are_for_the_platforms_of_the_configuration(
    folder: Path, program: Program
) -> None:
    short, exact = program("plan", "common").out, program("plan", "common", "--exact").out
    assert len(short.splitlines()) * 5 < len(exact.splitlines())
    (folder / "segkoch-lint.toml").write_text('platforms = ["android"]')
    for arguments in ([], ["--exact"]):
        guard_text = program("plan", "common", *arguments).out
        (folder / "one.json").write_text(json.dumps(config_api(json.loads(guard_text), {"A": {}})))
        assert program("plan", "check", "one.json").status == 0
        assert program("plan", "check", "one.json", "--isolated").status == 1


def test_a_guard_that_blocks_refusals_is_printed_with_what_that_costs(folder: Path, program: Program) -> None:
    assert program("plan", "common").err == ""
    ran = program("plan", "common", "--select", "KCH106,KCH119")
    assert ran.err.count("every destination") == 2
    assert "for every destination" in ran.out
    (folder / "guarded.json").write_text(json.dumps(config_api(json.loads(ran.out), {"A": {}})))
    assert program("plan", "check", "guarded.json", "--select", "KCH106,KCH119").status == 0


def test_a_call_that_is_shown_keeps_its_foreign_text_harmless(folder: Path, program: Program) -> None:
    name = "x\x1b[31m\n::error::y"
    (folder / "odd.json").write_text(json.dumps(config_api(None, {name: {}, "B": guard()})))
    ran = program("plan", "check", "odd.json")
    assert "\x1b" not in ran.out
    assert not any(line.startswith("::") for line in ran.out.splitlines())


def test_the_help_lists_the_commands_without_importing_validators() -> None:
    code = (
        "import sys\nfrom segkoch_lint.cli.entry import run\nrun(['plan', '--help'])\n"
        "print('jsonschema_rs' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.endswith("False\n")
    assert all(name in ran.stdout for name in ("check", "diff", "common"))


def test_the_program_runs_as_a_process(folder: Path) -> None:
    ran: Any = subprocess.run(
        [sys.executable, "-m", "segkoch_lint", "plan", "check", "good.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.fixture
def replayed(folder: Path) -> Path:
    """A log of 200 useful calls, of which a plan that requires a coupon blocks 3."""
    coupon = {"properties": {"properties": {"required": ["coupon"]}}}
    (folder / "open.json").write_text(json.dumps(config_api(None, {"A": {}, "B": {}})))
    (folder / "strict.json").write_text(json.dumps(config_api(None, {"A": coupon, "B": {}})))
    calls = [{**IOS_CALL, "event": "B"}] * 197 + [{**IOS_CALL, "event": "A", "properties": {}}] * 3
    calls += [{**IOS_CALL, "event": "A", "context": {}, "properties": {}}]
    (folder / "log.ndjson").write_text("".join(json.dumps(each) + "\n" for each in calls))
    return folder


@pytest.mark.parametrize(
    ("most", "status"), [("1%", 1), ("1.49%", 1), ("1.5%", 0), ("2", 1), ("3", 0), ("0%", 1), ("100%", 0)]
)
def test_more_useful_calls_lost_than_allowed_fail_a_comparison(
    most: str, status: int, replayed: Path, program: Program
) -> None:
    arguments = ["open.json", "strict.json", "--replay", "log.ndjson", "--max-blocked", most, "--ignore", "KCH4"]
    ran = program("plan", "diff", *arguments)
    assert ran.status == status
    assert ("Too many useful calls would be blocked: 3 of 200 useful calls (1.5" in ran.out) == bool(status)
    assert next(line.split() for line in ran.out.splitlines() if line.startswith("A ")) == "A 4 4 3 0 0 0".split()
    report = json.loads(program("plan", "diff", *arguments, "--format", "json", "--fail-on", "never").out)
    jsonschema.Draft202012Validator(resources.load("report")).validate(report)
    replay = report["summary"]["plans"]["replay"]
    assert replay["max_blocked"] == {"limit": most, "exceeded": bool(status)}
    assert report["summary"]["exit_status"] == status
    assert replay["events"][1] | {"type": "track", "event": "A", "useful_blocked": 3} == replay["events"][1]


def test_a_log_without_a_useful_call_cannot_be_held_to_a_limit(replayed: Path, program: Program) -> None:
    (replayed / "log.ndjson").write_text(json.dumps({**IOS_CALL, "context": {}}))
    ran = program("plan", "diff", "good.json", "good.json", "--replay", "log.ndjson", "--max-blocked", "1%")
    assert ran.status == 3
    assert "no replayed call is useful to Kochava" in ran.out


def test_a_replay_of_a_folder_without_calls_checked_nothing(replayed: Path, program: Program) -> None:
    (replayed / "logs").mkdir()
    (replayed / "logs" / "package.json").write_text('{"name": "x"}')
    ran = program("plan", "diff", "good.json", "good.json", "--replay", "logs")
    assert ran.status == 3
    assert "Nothing was replayed: no Segment call in the logs." in ran.out
    assert program("plan", "diff", "good.json", "good.json", "--replay", "logs", "--allow-empty").status == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--max-blocked", "1%"], "Add --replay LOGS"),
        (["--replay", "log.ndjson", "--max-blocked", "most"], '--max-blocked most: "most" is not a budget'),
        (["--replay", "log.ndjson", "--max-blocked", "101%"], "cannot be over 100%"),
    ],
)
def test_a_limit_that_makes_no_sense_is_a_usage_error(
    arguments: list[str], complaint: str, replayed: Path, program: Program
) -> None:
    ran = program("plan", "diff", "good.json", "good.json", *arguments)
    assert ran.status == 2
    assert complaint in ran.err


def test_a_rule_is_counted_once_for_all_findings_of_a_code(folder: Path, program: Program) -> None:
    closed = {**DEVICE, "properties": {"type": {}}, "required": []}
    (folder / "closed.json").write_text(json.dumps(config_api(guard(closed), {"A": {}, "B": {}})))
    (folder / "one.json").write_text(json.dumps(config_api(None, {"A": guard(closed), "B": guard()})))
    for name, rules in (("closed.json", 2), ("one.json", 1)):
        report = json.loads(program("plan", "check", name, "--format", "json").out)
        tally = report["summary"]["rules"]["KCH403"]
        assert (tally["findings"], tally["calls"]) == (2, rules)  # one for each platform


def test_common_schemas_are_no_rules(folder: Path, program: Program) -> None:
    assert "1 tracking plan read, 1 rule and 1 common schema: 1 checked." in program("plan", "check", "good.json").out
    (folder / "alone.json").write_text(json.dumps(config_api(guard(), {})))
    assert "1 tracking plan read, 0 rules and 1 common schema: 1 checked." in program("plan", "check", "alone.json").out


def test_of_several_plans_each_change_is_reported_with_its_file(folder: Path, program: Program) -> None:
    for top, first in (("old", None), ("new", guard())):
        (folder / top).mkdir()
        for name in ("a", "b"):
            plan = config_api(first, {name: ORDER, top: ORDER})
            (folder / top / f"{name}.json").write_text(json.dumps({**plan, "display_name": name}))
    ran = program("plan", "diff", "old", "new")
    assert "info: new/a.json: KCH101 missing-device is guarded now" in ran.out
    assert 'new/b.json: event "old" is removed' in ran.out
    changes = json.loads(program("plan", "diff", "old", "new", "--format", "json").out)["summary"]["plans"]["changes"]
    assert {each["path"] for each in changes} == {"new/a.json", "new/b.json"}


def test_a_finding_about_a_file_is_about_no_rule(folder: Path, program: Program) -> None:
    (folder / "plan.csv").write_text("Name,Description,Status\nA,,\n")
    (folder / "broken.json").write_text('{"rules": {"events": [')
    report = json.loads(program("plan", "check", "plan.csv", "broken.json", "--format", "json").out)
    tallies = report["summary"]["rules"]
    assert [(tallies[code]["findings"], tallies[code]["calls"]) for code in ("KCH001", "KCH402")] == [(1, 0), (1, 0)]
