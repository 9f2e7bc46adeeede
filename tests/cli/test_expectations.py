"""Expected calls, from the configuration and the report of a former run to the exit status and the reports."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from segkoch_lint import resources
from segkoch_lint.reporting import FORMATS
from tests.conftest import IOS_CALL, Ran

CONFIGURATION = """
[[expect]]
platform = "ios"
min = 20
reason = "the app is open all night"

[[expect]]
event = "Order Completed"
min-share = "50%"
"""


def call(event: str = "Order Completed", **changes: Any) -> dict[str, Any]:
    """Return a call that breaks no rule, with some members replaced."""
    return {**copy.deepcopy(IOS_CALL), "event": event, **changes}


Logs = Callable[..., str]
Program = Callable[..., Ran]


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Logs:
    """Write a log of calls, in the folder that the program runs in."""
    monkeypatch.chdir(tmp_path)

    def write(*calls: dict[str, Any], name: str = "log.ndjson") -> str:
        (tmp_path / name).write_text("".join(json.dumps(each) + "\n" for each in calls))
        return name

    return write


@pytest.mark.parametrize("name", ["text", "concise", "grouped", "agent"])
def test_a_quiet_report_says_which_calls_are_missing(logs: Logs, program: Program, tmp_path: Path, name: str) -> None:
    (tmp_path / "segkoch-lint.toml").write_text(CONFIGURATION)
    faulty = call(context={"device": {"type": "iOS"}})
    ran = program("check", logs(*[call()] * 9, faulty), "--quiet", "--format", name)
    shown = " ".join(ran.out.split())
    assert "platform ios: 9 of 10 delivered calls; at least 20 are expected" in shown
    assert "log.ndjson:10" not in shown
    assert "more" not in shown.replace("Learn more", "")


def test_calls_that_are_there_pass_and_missing_ones_fail(logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text(CONFIGURATION)
    assert program("check", logs(*[call()] * 20)).status == 0
    ran = program("check", logs(*[call()] * 9, *[call("Other")] * 10))
    assert ran.status == 1
    ios = "platform ios: 19 of 19 delivered calls; at least 20 are expected (the app is open all night)"
    assert f"segkoch-lint.toml:2:1: error KCH601 missing-expected-calls  {ios}" in ran.out
    order = 'event "Order Completed": 9 of 19 delivered calls; at least 50% are expected'
    assert f"segkoch-lint.toml:7:1: error KCH601 missing-expected-calls  {order}" in ran.out
    assert "2 errors." in ran.out


def test_only_delivered_calls_count(logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text('[[expect]]\nplatform = "ios"\nmin = 1\n')
    assert program("check", logs(call(integrations={"Kochava": False}))).status == 1


def test_a_log_without_a_call_fails_the_run_if_calls_are_expected(logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text("[[expect]]\nmin = 1\n")
    ran = program("check", "--allow-empty", logs())
    assert ran.status == 1
    assert "0 delivered calls; at least 1 are expected" in ran.out


def test_the_rule_is_selected_ignored_and_weighed_as_others_are(logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text("[[expect]]\nmin = 2\n")
    log = logs(call())
    assert program("check", log, "--select", "KCH601").status == 1
    assert program("check", log, "--select", "missing-expected-calls").status == 1
    assert program("check", log, "--select", "KCH1").status == 0
    assert program("check", log, "--ignore", "KCH6").status == 0
    assert program("check", log, "--severity", "KCH601=warning").status == 0
    assert program("check", log, "--severity", "KCH601=warning", "--fail-on", "warning").status == 1
    assert program("check", log, "--fail-on", "never").status == 0
    assert program("check", log, "--isolated").status == 0


def test_no_budget_silences_missing_calls(logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text("[[expect]]\nmin = 2\n")
    assert program("check", logs(call()), "--budget", "ALL=100%").status == 1
    ran = program("check", logs(call()), "--budget", "KCH601=100%")
    assert ran.status == 2
    assert "--budget: KCH601 is about a whole run" in ran.err


def test_a_baseline_accepts_a_missing_group_and_no_other(logs: Logs, program: Program, tmp_path: Path) -> None:
    configuration = tmp_path / "segkoch-lint.toml"
    configuration.write_text('[[expect]]\nplatform = "android"\nmin = 1\n')
    log = logs(call())
    assert program("baseline", "write", "--baseline", "accepted.json", log).status == 0
    assert program("check", log, "--baseline", "accepted.json").status == 0
    configuration.write_text('[[expect]]\nlibrary = "analytics-kotlin"\nmin = 1\n')
    assert program("check", log, "--baseline", "accepted.json").status == 1
    configuration.write_text("[[expect]]\nmin = 2\n")
    assert program("check", log, "--baseline", "accepted.json").status == 1


def test_a_suppression_of_the_configuration_applies(logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text(
        '[[expect]]\nmin = 2\n[[expect]]\nplatform = "android"\nmin = 1\n'
        '[[suppress]]\ncodes = ["KCH601"]\npointer = "/expect/1"\nreason = "Android starts in May"\n'
    )
    ran = program("check", logs(call()))
    assert ran.status == 1
    assert "1 error. 1 suppressed." in ran.out


def test_an_incomplete_run_reports_no_missing_calls(logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text("[[expect]]\nmin = 2\n")
    ran = program("check", logs(call()), "nowhere.ndjson")
    assert ran.status == 4
    assert "KCH601" not in ran.out
    assert "segkoch-lint.toml: the run is incomplete, so it is not known if expected calls are missing" in ran.err


def test_a_share_that_is_not_judged_is_noted(logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text(
        '[[expect]]\nplatform = "android"\nmin-share = "20%"\nmin-calls = 1000\n'
    )
    ran = program("check", logs(call()))
    assert ran.status == 0
    assert "the share of expect[0] is not judged, with 1 of at least 1,000 delivered calls" in ran.err


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_shows_missing_calls(form: str, logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text('[[expect]]\nevent = "Ünïcode <b>"\nmin = 2\n')
    ran = program("check", logs(call()), "--format", form)
    assert ran.status == 1
    assert "KCH601" in ran.out
    assert "0 of 1 delivered call" in ran.out


def test_the_json_report_has_the_numbers_and_the_groups(logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text('[[expect]]\nplatform = "android"\nmin = 2\n')
    report = json.loads(program("check", logs(call()), "--format", "json").out)
    jsonschema.validate(report, resources.load("report"))
    (finding,) = report["findings"]
    assert finding["pointer"] == "/expect/0"
    assert finding["properties"] == {"platform": "android", "delivered": 0, "expected": 2}
    assert [each["group"] for each in report["summary"]["groups"]] == [{"platform": "ios"}]


def test_groups_that_only_expectations_need_are_not_shown_in_text(logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text('[[expect]]\nplatform = "ios"\nmin = 1\n')
    assert "platform" not in program("check", logs(call()), "--statistics").out


@pytest.fixture
def former(logs: Logs, program: Program) -> str:
    """The report of a run over 300 calls on iOS and 300 on Android."""
    night = logs(*[call()] * 300, *[android()] * 300, name="former.ndjson")
    options = ("--group-by", "platform", "--group-by", "event", "--output", "json:former.json")
    assert program("check", night, *options).status == 0
    return "former.json"


def android() -> dict[str, Any]:
    """Return a call on Android that breaks no rule."""
    device = {
        "type": "android",
        "id": "9b2e17f04c5d683a",
        "advertisingId": "3f0c9a52-7d1e-4b86-92af-e05b6c84d713",
        "adTrackingEnabled": True,
        "manufacturer": "Google",
        "model": "Pixel 8",
    }
    library = {"name": "analytics-kotlin", "version": "1.19.2"}
    return call(
        "Level Completed", userId="user-4712", context={"device": device, "library": library, "os": {"name": "Android"}}
    )


def test_a_run_like_the_former_one_passes_and_says_what_it_compared(logs: Logs, former: str, program: Program) -> None:
    ran = program("check", logs(*[call()] * 280, *[android()] * 320), "--expect-like", former)
    assert ran.status == 0
    assert "former.json: compared by platform, and by event: 4 of 4 groups" in ran.err


def test_a_platform_that_is_gone_fails_the_run(logs: Logs, former: str, program: Program) -> None:
    ran = program("check", logs(*[call()] * 300), "--expect-like", former, "--output", "json:now.json")
    assert ran.status == 1
    gone = "0 delivered calls; at least 150 are expected, since the former report has 300"
    assert f"former.json: error KCH601 missing-expected-calls  platform android: {gone}" in ran.out
    assert f'former.json: error KCH601 missing-expected-calls  event "Level Completed": {gone}' in ran.out
    assert "2 errors." in ran.out
    ran = program("check", logs(*[call()] * 300), "--expect-like", "now.json")
    assert ran.status == 0  # its report has the same groups, so a report of each run is enough for the next one


def test_how_far_calls_may_fall_is_an_option(logs: Logs, former: str, program: Program) -> None:
    log = logs(*[call()] * 300, *[android()] * 120)
    assert program("check", log, "--expect-like", former).status == 1
    assert program("check", log, "--expect-like", former, "--max-drop", "60%").status == 0
    assert program("check", log, "--expect-like", former, "--min-group", "301").status == 0
    log = logs(*[call()] * 300, *[android()] * 200)
    assert program("check", log, "--expect-like", former, "--max-drop", "30%").status == 0  # 300 calls are too few
    assert program("check", log, "--expect-like", former, "--max-drop", "30%", "--min-group", "300").status == 1


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--expect-like", "nowhere.json"], "--expect-like nowhere.json: cannot be read: No such file"),
        (["--expect-like", "former.ndjson"], "--expect-like former.ndjson: not a JSON report of segkoch-lint"),
        (["--expect-like", "former.json", "--max-drop", "0%"], '--max-drop 0%: "0%" is not over 0%'),
        (["--expect-like", "former.json", "--max-drop", "half"], '--max-drop half: "half" is not a share'),
        (["--expect-like", "former.json", "--max-drop", "100%"], "no fall is larger"),
        (["--expect-like", "former.json", "--min-group", "0"], "--min-group"),
        (["--expect-like", "former.json", "--min-group", "601"], "has 600 delivered calls, and no group of fewer than"),
        (["--expect-like", "former.json", "--max-drop", "10%"], "no group of fewer than 5,000 is compared"),
        (["--expect-like", "former.json", "--select", "KCH1"], "KCH601, is not selected"),
        (["--expect-like", "former.json", "--output", "json:./former.json"], "would overwrite an input"),
        (["--max-drop", "20%"], "--max-drop says how far calls may fall, and needs a former run"),
        (["--min-group", "20"], "--min-group says which groups are compared, and needs a former run"),
        (["--select", "KCH601"], "no calls are expected"),
    ],
)
@pytest.mark.usefixtures("former")
def test_a_wrong_option_is_a_usage_error(options: list[str], problem: str, logs: Logs, program: Program) -> None:
    ran = program("check", logs(call()), *options)
    assert ran.status == 2
    assert problem in ran.err


def test_a_report_without_groups_names_the_option_that_adds_them(logs: Logs, program: Program) -> None:
    log = logs(call())
    assert program("check", log, "--output", "json:former.json").status == 0
    ran = program("check", log, "--expect-like", "former.json")
    assert ran.status == 2
    assert "the report has no calls by event, platform, library or source" in ran.err
    assert "--group-by platform" in ran.err


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[expect]]\nplatform = "windows"\nmin = 1\n', 'expect[0].platform is "windows"; one of ios, android'),
        ('[[expect]]\nplatform = "iOS"\nmin = 1\n', 'Did you mean "ios"?'),
        ("[[expect]]\nmin = 1\n[[expect]]\nmin = -1\n", "expect[1].min is -1; at least 1 is expected"),
        ("[[expect]]\nmin = 1.5\n", "expect[0].min is a number; a whole number is expected"),
        ('[[expect]]\nmin-share = "most"\n', 'expect[0].min-share is "most"; a text like "20%"'),
        ('[[expect]]\nmin-share = "120%"\n', 'in expect[0]: "120%" is not over 0% and at most 100%'),
        ('[[expect]]\nevent = "Order"\n', 'in expect[0]: "min" or "min-share" is missing'),
        ("[[expect]]\nmin-calls = 5\n", 'Write min = 1000, or min-share = "20%", or both.'),
        ('[[expect]]\nevents = "Order"\nmin = 1\n', 'in expect[0]: unknown key "events"'),
        ('[[expect]]\nevent = ""\nmin = 1\n', "expect[0].event is an empty string"),
        ("[expect]\nmin = 1\n", "expect is a table; a list is expected"),
    ],
)
def test_a_wrong_expectation_is_a_usage_error_with_its_place(
    text: str, problem: str, logs: Logs, program: Program, tmp_path: Path
) -> None:
    (tmp_path / "segkoch-lint.toml").write_text(text)
    ran = program("check", logs(call()))
    assert ran.status == 2
    assert problem in ran.err


def test_a_library_that_was_never_heard_of_can_be_expected(logs: Logs, program: Program, tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text('[[expect]]\nlibrary = "our-own-sdk"\nmin = 1\n')
    ours = call(context={**IOS_CALL["context"], "library": {"name": "our-own-sdk"}})
    assert program("check", logs(ours)).status == 0
    assert program("check", logs(call())).status == 1


def test_a_write_key_is_never_shown(logs: Logs, program: Program, tmp_path: Path) -> None:
    key = "Zk3mQ8vT1xLw7RbN5cYd2HfJ9sGpUaE4"
    (tmp_path / "segkoch-lint.toml").write_text(f'[[expect]]\nsource = "{key}"\nmin = 2\n')
    log = logs(call(writeKey=key))
    for form in ("text", "json", "sarif"):
        ran = program("check", log, "--format", form)
        assert ran.status == 1
        assert "1 of 1 delivered call" in ran.out
        assert key not in ran.out + ran.err
    assert key in program("check", log, "--show-ids").out
