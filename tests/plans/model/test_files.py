"""The kind of an input: plans, pages of one plan, events, or something else."""

from __future__ import annotations

import copy
import gzip
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.config.exit_status import exit_status
from segkoch_lint.findings.finding import Severity
from segkoch_lint.plans.check.checker import PlanChecker
from tests.conftest import IOS_CALL
from tests.plans.plan_files import ALL_UNGUARDED, ORDER, check, codes, config_api, guard, public_api, rule


def page(rules: list[Any], current: str, following: str, total: int) -> Any:
    pagination = {"current": current, "totalEntries": total, **({"next": following} if following else {})}
    return {"data": {"rules": rules, "pagination": pagination}}


COMMON = {"type": "COMMON", "version": 1, "jsonSchema": guard()}
FIRST = page([COMMON, rule("A", ORDER)], "MA==", "Mg==", 4)
SECOND = page([rule("B", ORDER), rule("C", {})], "Mg==", "", 4)


@pytest.mark.slow
@pytest.mark.parametrize("as_one", [False, True, "list", "lines"])
def test_pages_of_one_plan_are_joined(as_one: Any, tmp_path: Path) -> None:
    pages = [FIRST, SECOND]
    contents: list[Any] = pages
    if as_one == "list":
        contents = [pages]
    elif as_one == "lines":
        contents = ["\n".join(map(json.dumps, pages))]
    elif as_one:
        contents = ["\n\n".join(json.dumps(each, indent=2) for each in pages)]
    findings, checker = check(tmp_path, *contents)
    assert codes(findings) == []
    assert (checker.tally.plans, checker.tally.checked) == (1, 3)


@pytest.mark.slow
def test_pages_of_two_plans_are_kept_apart(tmp_path: Path) -> None:
    other = page([rule("X", ORDER)], "MA==", "Mg==", 2)
    findings, checker = check(tmp_path, FIRST, SECOND, other, page([rule("Y", {})], "Mg==", "", 2))
    assert codes(findings) == ALL_UNGUARDED
    assert {each.location.path[-6] for each in findings} == {"3"}
    assert (checker.tally.plans, checker.tally.rules) == (2, 5)


@pytest.mark.slow
def test_pages_may_be_given_in_any_order(tmp_path: Path) -> None:
    third = page([rule("D", {})], "NA==", "", 5)
    one, two = (copy.deepcopy(each) for each in (FIRST, SECOND))
    two["data"]["pagination"]["next"] = "NA=="
    for each in (one, two):
        each["data"]["pagination"]["totalEntries"] = 5
    for pages in itertools.permutations([one, two, third]):
        findings, checker = check(tmp_path, *pages)
        assert (codes(findings), checker.summary.unread, checker.tally.plans) == ([], [], 1)


@pytest.mark.slow
def test_pages_of_different_plans_are_distinguished_by_the_number_of_their_rules(tmp_path: Path) -> None:
    other = [page([rule("X", ORDER)], "MA==", "Mg==", 2), page([rule("Y", {})], "Mg==", "", 2)]
    findings, checker = check(tmp_path, SECOND, other[1], FIRST, other[0])
    assert codes(findings) == ALL_UNGUARDED
    assert (checker.tally.plans, checker.summary.unread) == (2, [])
    assert {each.location.path[-6] for each in findings} == {"4"}


LAST = page([COMMON, rule("B", ORDER), rule("C", {}), rule("D", {})], "Mg==", "", 4)
LAST["data"]["pagination"]["previous"] = "MA=="


@pytest.mark.slow
@pytest.mark.parametrize("pages", [[FIRST], [SECOND], [LAST]])
def test_a_missing_page_makes_the_run_incomplete(pages: list[Any], tmp_path: Path) -> None:
    _, checker = check(tmp_path, *pages)
    assert "not all pages" in checker.summary.unread[0][1]
    assert exit_status(checker.summary, None, allow_empty=False) == 4


@pytest.mark.slow
@pytest.mark.parametrize("current", ["MA==", ""])
def test_a_total_that_counts_deleted_rules_makes_no_page_missing(current: str, tmp_path: Path) -> None:
    findings, checker = check(tmp_path, page([COMMON, rule("A", ORDER)], current, "", 3))
    assert (codes(findings), checker.summary.unread) == ([], [])
    ((_, remark),) = checker.summary.remarks
    assert remark.startswith("pagination.totalEntries says 3, and there are 2 rules and no further page")
    assert exit_status(checker.summary, Severity.ERROR, allow_empty=False) == 0


@pytest.mark.slow
def test_a_total_of_all_pages_is_not_remarked_on(tmp_path: Path) -> None:
    _, checker = check(tmp_path, FIRST, SECOND)
    assert checker.summary.remarks == []


@pytest.mark.slow
def test_a_plan_without_its_rules_is_reported(tmp_path: Path) -> None:
    head = {"data": {"trackingPlan": {"id": "tp_1", "name": "Shop", "type": "LIVE"}}}
    findings, checker = check(tmp_path, head)
    assert findings == []
    assert "give the file that holds its rules" in checker.summary.remarks[0][1]
    assert exit_status(checker.summary, Severity.ERROR, allow_empty=False) == 3
    findings, checker = check(tmp_path, [head, public_api(guard(), {"A": ORDER})])
    assert (codes(findings), checker.tally.plans, checker.summary.remarks) == ([], 1, [])


UNCHECKABLE = {
    "Typewriter": {
        "id": "tp_1",
        "rules": [
            {
                "type": "TRACK",
                "key": "Order Completed",
                "jsonSchema": {"eventMetadata": {"name": "Order Completed", "type": "TRACK"}, "properties": {}},
            }
        ],
    },
    "RudderTyper": {
        "id": "tp_1",
        "creationType": "Data catalog",
        "workspaceId": "w",
        "rules": {"events": [{"name": "Order Completed", "rules": {"type": "object"}}]},
    },
}


@pytest.mark.parametrize(("kind", "plan"), UNCHECKABLE.items(), ids=UNCHECKABLE)
def test_a_format_that_cannot_state_it_is_not_called_unguarded(kind: str, plan: Any, tmp_path: Path) -> None:
    findings, checker = check(tmp_path, plan)
    assert codes(findings) == ["KCH402"]
    assert findings[0].message.startswith(f"a {kind} plan: it cannot state")
    assert findings[0].location.pointer == "/rules"
    assert exit_status(checker.summary, Severity.ERROR, allow_empty=False) == 0
    assert exit_status(checker.summary, Severity.INFO, allow_empty=False) == 1


@pytest.mark.parametrize(
    "head",
    [
        "Name,Description,Status,Data Type,Permitted Values\n",
        '"Event Name","Event Description","Property Name","Property Type","Property Status"\r\n',
    ],
)
def test_the_csv_download_is_known_by_its_columns(head: str, tmp_path: Path) -> None:
    path = tmp_path / "shop-plan--2026-11-01--10-00-utc.csv"
    path.write_bytes(b"\xef\xbb\xbf" + head.encode() + b"Order Completed,an order,,,\n")
    checker = PlanChecker()
    assert codes(checker.paths([str(path)])) == ["KCH402"]


@pytest.mark.parametrize("text", ["name,price\nx,1\n", "some text, with a name and a type\n", ""])
def test_another_csv_is_not_a_plan(text: str, tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(text)
    findings = list(PlanChecker().paths([str(path)]))
    assert "KCH402" not in codes(findings)


@pytest.mark.parametrize(
    "content",
    [IOS_CALL, [IOS_CALL], {"batch": [IOS_CALL]}, "\n".join([json.dumps(IOS_CALL)] * 3)],
    ids=["call", "list", "batch", "lines"],
)
def test_events_are_distinguished_from_plans(content: Any, tmp_path: Path) -> None:
    findings, checker = check(tmp_path, content)
    assert findings == []
    assert [remark for _, remark in checker.summary.remarks] == [
        "events, not a tracking plan; `segkoch-lint check` lints them"
    ]
    assert exit_status(checker.summary, Severity.ERROR, allow_empty=False) == 3


def test_settings_and_captures_are_distinguished_too(tmp_path: Path) -> None:
    destination = {"settings": {"apiKey": "koexample-1a2b"}, "metadata": {"slug": "kochava"}}
    _, checker = check(tmp_path, destination, {"log": {"entries": []}})
    assert [remark.split(",")[0] for _, remark in checker.summary.remarks] == [
        "the settings of a destination",
        "a HAR capture",
    ]


@pytest.mark.parametrize("content", [{"name": "x"}, "5", [1, 2], "no: plan\n"])
def test_a_file_of_unknown_kind_is_an_error_if_it_was_named(content: Any, tmp_path: Path) -> None:
    findings, checker = check(tmp_path, content if isinstance(content, str) else json.dumps(content))
    assert codes(findings) in (["KCH002"], ["KCH001"])
    assert checker.summary.adds_up()
    passing = PlanChecker(allow_empty=True)
    (tmp_path / "x.json").write_text('{"name": "x"}')
    assert list(passing.paths([str(tmp_path / "x.json")])) == []
    assert exit_status(passing.summary, Severity.ERROR, allow_empty=True) == 0


@pytest.mark.slow
def test_a_broken_file_is_reported_at_its_place(tmp_path: Path) -> None:
    findings, checker = check(tmp_path, '{"rules": [\n  {"type": "TRACK",}\n]}', config_api(guard(), {"A": {}}))
    assert [(each.code, each.location.span.line if each.location.span else 0) for each in findings] == [("KCH001", 2)]
    assert checker.tally.checked == 1


def test_a_missing_file_makes_the_run_incomplete(tmp_path: Path) -> None:
    checker = PlanChecker()
    assert list(checker.paths([str(tmp_path / "none.json")])) == []
    assert checker.summary.unread == [(str(tmp_path / "none.json"), "no such file or folder")]


@pytest.mark.slow
def test_a_plan_may_be_yaml_or_compressed_and_in_a_folder(tmp_path: Path) -> None:
    import yaml

    plan = config_api(None, {"A": guard(), "B": {}})
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(plan))
    (tmp_path / "plan.json.gz").write_bytes(gzip.compress(json.dumps(plan).encode()))
    checker = PlanChecker()
    findings = list(checker.paths([str(tmp_path)]))
    assert codes(findings) == ALL_UNGUARDED * 2
    assert all(each.location.span for each in findings)
    assert checker.tally.plans == 2


@pytest.mark.slow
def test_what_terraform_plans_is_checked_rather_than_what_there_is(tmp_path: Path) -> None:
    def state(schema: Any) -> Any:
        rules = [{"key": "A", "type": "TRACK", "version": 1, "json_schema": json.dumps(schema)}]
        resource = {"type": "segment_tracking_plan", "values": {"name": "Shop", "rules": rules}}
        return {"root_module": {"resources": [resource]}}

    both = {"format_version": "1.2", "planned_values": state(guard()), "prior_state": {"values": state({})}}
    findings, checker = check(tmp_path, both)
    assert (codes(findings), checker.tally.checked) == ([], 1)


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("name: [", False),
        ('{"compilerOptions": {}, // strict\n}', False),
        ('{"rules": {"semi": ["error"],}}', False),
        ('{"rules": {"events": [}', True),
        ('{"data": {"rules": [{"jsonSchema": {},}]}}', True),
        ("rules:\n  global: {\n", True),
        ('{"resources": [{"type": "segment_tracking_plan", }]}', True),
    ],
)
def test_of_broken_files_in_a_folder_only_those_that_look_like_plans_are_reported(
    text: str, broken: bool, tmp_path: Path
) -> None:
    by_folder, may_be_empty = PlanChecker(), PlanChecker(allow_empty=True)
    path = str(tmp_path / ("x.json" if text.startswith("{") else "x.yaml"))
    Path(path).write_text(text)
    assert codes(by_folder.paths([str(tmp_path)])) == ["KCH001"] * broken
    assert codes(may_be_empty.paths([path])) == ["KCH001"] * broken
    assert by_folder.summary.unreadable == may_be_empty.summary.unreadable == [path] * (not broken)
    assert codes(PlanChecker().paths([path])) == ["KCH001"]


@pytest.mark.slow
def test_files_of_a_folder_that_hold_no_plan_are_remarked_on_once_and_only_if_there_is_none(tmp_path: Path) -> None:
    for name in ("a.json", "b.json", "c.json"):
        (tmp_path / name).write_text(json.dumps(IOS_CALL))
    checker = PlanChecker()
    assert list(checker.paths([str(tmp_path)])) == []
    ((path, remark),) = checker.summary.remarks
    assert (path, remark.endswith("lints them; further files without a plan: 2")) == (str(tmp_path / "a.json"), True)
    (tmp_path / "plan.json").write_text(json.dumps(config_api(guard(), {"A": ORDER})))
    checker = PlanChecker()
    assert list(checker.paths([str(tmp_path)])) == []
    assert checker.summary.remarks == []


def test_an_empty_list_of_rules_is_recognised_as_a_plan(tmp_path: Path) -> None:
    findings, checker = check(tmp_path, '{"rules": []}')
    assert findings == []
    (remark,) = [remark for _, remark in checker.summary.remarks]
    assert remark == "a tracking plan without rules; give the file that holds its rules, too"
    assert exit_status(checker.summary, Severity.ERROR, allow_empty=False) == 3
