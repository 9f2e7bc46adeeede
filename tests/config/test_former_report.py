"""The report of a former run: what is compared with it, and what is not a report."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from segkoch_lint.config.former_report import FormerReport, read_former_report, smallest_group
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.redaction.masking import Secret
from segkoch_lint.findings.summary import Group, Summary
from tests.config.test_expectations import WRITE_KEY, run_of

HALF = Fraction(1, 2)


def platforms(**calls: int) -> Summary:
    groups: dict[Group, int] = {(name,): number for name, number in calls.items()}
    return run_of(sum(calls.values()), {("platform",): groups})


def former(max_drop: Fraction = HALF, min_group: int = 1, **calls: int) -> FormerReport:
    groups: dict[tuple[str, ...], int] = {(name,): number for name, number in calls.items()}
    return FormerReport("former.json", sum(calls.values()), {("platform",): groups}, max_drop, min_group)


def fallen(report: FormerReport, run: Summary) -> list[str]:
    """Return the groups that have fallen too far, ``all`` for all calls."""
    return [" ".join(map(str, short.group.values())) or "all" for short in report.shortfalls(run)]


@pytest.mark.parametrize(
    ("now", "missing"),
    [
        ({"ios": 1000, "android": 500}, []),
        ({"ios": 500, "android": 500}, []),
        ({"ios": 499, "android": 500}, ["ios"]),
        ({"ios": 0, "android": 500}, ["all", "ios"]),
        ({"android": 500}, ["all", "ios"]),
        ({"ios": 1000}, ["android"]),
        ({"ios": 500, "android": 250}, []),  # a night with half the calls
        ({"ios": 500, "android": 100}, ["all", "android"]),
        ({"ios": 1}, ["all"]),  # android would have no call in such a night
        ({"ios": 100, "android": 50}, ["all"]),
        ({"ios": 9000, "android": 500}, []),  # a share falls, and no number
        ({"ios": 9000, "android": 249}, ["android"]),
        ({"ios": 1000, "android": 500, "web": 9}, []),
        ({}, ["all"]),
    ],
)
def test_a_group_may_lose_half_of_its_calls_or_as_many_as_the_others(now: dict[str, int], missing: list[str]) -> None:
    assert fallen(former(ios=1000, android=500), platforms(**now)) == missing


def test_the_only_group_is_compared_like_all_calls() -> None:
    assert fallen(former(ios=1000), platforms(ios=500)) == []
    assert fallen(former(ios=1000), platforms(ios=499)) == ["all", "ios"]


def test_only_delivered_calls_are_compared() -> None:
    run = run_of(0, {("platform",): {("ios",): 0}}, undelivered=1000)
    assert fallen(former(ios=1000), run) == ["all", "ios"]


def test_the_other_calls_are_mentioned_if_they_are_fewer() -> None:
    report = former(ios=1000, android=1000)
    few, most = (list(report.shortfalls(platforms(ios=0, android=left)))[-1].wording for left in (600, 999))
    assert few.endswith("since the former report has 1,000, and the other calls fell to 60%")
    assert most.endswith("since the former report has 1,000")


def test_small_groups_are_not_compared() -> None:
    report = former(min_group=100, ios=1000, tvos=99, watchos=100)
    assert fallen(report, platforms(ios=1000)) == ["watchos"]
    assert report.comparison() == "compared by platform: 2 of 3 groups; 1 had fewer than 100 calls"


def test_too_few_other_calls_say_nothing_about_the_night() -> None:
    """Else nine calls that are gone would mean a night without calls, and excuse all others."""
    assert fallen(former(min_group=10, ios=1000, tvos=9), platforms(ios=0)) == ["all", "ios"]


@pytest.mark.parametrize(("percent", "calls"), [(50, 200), (25, 800), (20, 1250), (10, 5000), (99, 52)])
def test_the_smallest_group_depends_on_how_far_it_may_fall(percent: int, calls: int) -> None:
    assert smallest_group(Fraction(percent, 100)) == calls


def test_the_order_of_facets_does_not_matter() -> None:
    report = FormerReport("x", 9, {("platform", "event"): {("ios", "Order"): 9}}, HALF, 1)
    assert fallen(report, run_of(9, {("event", "platform"): {("Order", "ios"): 9}})) == []
    assert fallen(report, run_of(9, {("event", "platform"): {("ios", "Order"): 9}})) == ["ios Order"]


def test_masked_write_keys_are_not_compared_and_revealed_ones_are_shown_masked() -> None:
    masked = FormerReport("x", 9, {("source",): {(str(Secret(WRITE_KEY)),): 9}}, HALF, 1)
    run = run_of(9, {("source",): {(Secret(WRITE_KEY),): 9}})
    assert fallen(masked, run) == []
    assert masked.comparison().endswith("0 of 1 groups; 1 cannot be compared, since the report masks their sources")
    revealed = FormerReport("x", 9, {("source",): {(WRITE_KEY,): 9}}, HALF, 1)
    assert fallen(revealed, run) == []
    assert fallen(revealed, run_of(9, {("source",): {("other",): 9}})) == [str(Secret(WRITE_KEY))]


@given(
    before=st.lists(st.integers(0, 400), min_size=1, max_size=5),
    now=st.lists(st.integers(0, 400), min_size=5, max_size=5),
    drop=st.integers(1, 99),
    least=st.integers(1, 100),
)
def test_the_comparison_is_what_plain_arithmetic_gives(
    before: list[int], now: list[int], drop: int, least: int
) -> None:
    names = [f"p{number}" for number in range(5)]
    report = former(Fraction(drop, 100), least, **dict(zip(names, before, strict=False)))
    run = platforms(**dict(zip(names, now, strict=True)))
    total_before, total_now = sum(before), sum(now)
    assume(total_before >= least)  # a smaller report is not read
    expected = ["all"] if total_now * 100 < total_before * (100 - drop) else []
    for name, one_before, one_now in zip(names, before, now, strict=False):
        others_before, others_now = total_before - one_before, total_now - one_now
        size, fell = Fraction(one_before), one_now * 100 < one_before * (100 - drop)
        if others_before >= least and others_now < others_before:
            size = Fraction(one_before * others_now, others_before)
            fell = one_now * others_before * 100 < one_before * others_now * (100 - drop)
        is_large = one_before >= least and (size >= least or "all" not in expected)
        expected += [name] if is_large and fell else []
    assert fallen(report, run) == expected


@given(st.lists(st.integers(0, 400), min_size=1, max_size=5), st.integers(1, 99))
def test_a_run_like_the_former_one_or_with_more_calls_meets_it(calls: list[int], drop: int) -> None:
    names = {f"p{number}": each for number, each in enumerate(calls)}
    assert fallen(former(Fraction(drop, 100), **names), platforms(**names)) == []
    assert fallen(former(Fraction(drop, 100), **names), platforms(**{k: 2 * v for k, v in names.items()})) == []


REPORT: dict[str, Any] = {
    "version": 1,
    "tool": {"name": "segkoch-lint", "version": "0.1.0"},
    "findings": [{"code": "KCH106"}],
    "summary": {
        "exit_status": 1,
        "checked": 30,
        "groups": [
            {"group": {"platform": "ios"}, "calls": 25, "checked": 20},
            {"group": {"platform": "android"}, "calls": 10, "checked": 10},
            {"group": {"day": "2026-11-27"}, "calls": 35, "checked": 30},
            {"group": {"day": "2026-11-27", "platform": "ios"}, "calls": 35, "checked": 30},
            {"group": {"event": "Order", "library": "x"}, "calls": 30, "checked": 30},
        ],
    },
}


def test_the_groups_of_a_report_are_read_except_those_that_change_from_day_to_day(tmp_path: Path) -> None:
    (tmp_path / "former.json").write_text(json.dumps(REPORT))
    report = read_former_report(str(tmp_path / "former.json"), HALF, 30)
    assert report.checked == 30
    assert report.groupings == {
        ("platform",): {("ios",): 20, ("android",): 10},
        ("event", "library"): {("Order", "x"): 30},
    }
    assert report.min_group == 30


def test_a_report_with_too_few_calls_to_compare_any_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "former.json").write_text(json.dumps(REPORT))
    for least, named in ((31, 31), (None, 200)):
        with pytest.raises(UsageError, match=f"30 delivered calls, and no group of fewer than {named}") as raised:
            read_former_report(str(tmp_path / "former.json"), HALF, least)
        assert "--min-group" in raised.value.hint


def test_a_report_may_name_files_that_are_not_utf_8(tmp_path: Path) -> None:
    report = {**REPORT, "findings": [{"code": "KCH106", "path": "caf\udce9.json"}]}
    (tmp_path / "former.json").write_text(json.dumps(report))
    assert read_former_report(str(tmp_path / "former.json"), HALF, 1).checked == 30


def _set(*path: str | int) -> Callable[[Any], Callable[[Any], None]]:
    def with_value(value: Any) -> Callable[[Any], None]:
        def change(report: Any) -> None:
            for step in path[:-1]:
                report = report[step]
            report[path[-1]] = value

        return change

    return with_value


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_set("version")(2), "not a JSON report of `segkoch-lint check`"),
        (_set("tool", "name")("ruff"), "not a JSON report of `segkoch-lint check`"),
        (_set("summary", "plans")({}), "not a JSON report of `segkoch-lint check`"),
        (_set("summary", "exit_status")(4), "the report of an incomplete run"),
        (_set("summary", "groups")([]), "has no calls by event, platform, library or source"),
        (_set("summary", "groups")(REPORT["summary"]["groups"][2:4]), "has no calls by event"),
        (_set("summary", "groups", 0, "checked")(19), "its calls by platform do not add up"),
        (_set("summary", "groups", 0, "checked")(-1), "or a damaged one"),
        (_set("summary", "checked")("30"), "or a damaged one"),
        (_set("summary")([]), "or a damaged one"),
    ],
)
def test_another_or_a_damaged_report_is_a_usage_error(
    change: Callable[[Any], None], problem: str, tmp_path: Path
) -> None:
    report = copy.deepcopy(REPORT)
    change(report)
    (tmp_path / "former.json").write_text(json.dumps(report))
    with pytest.raises(UsageError, match=problem):
        read_former_report(str(tmp_path / "former.json"), HALF)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "or a damaged one"),
        (json.dumps(REPORT).encode()[:-9], "or a damaged one"),
        (b'{"version": 1}', "or a damaged one"),
        (b"[" * 100_000, "or a damaged one"),
        (b'{"version": 1, "tool": {"name": "\xff"}}', "or a damaged one"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_is_no_report_is_a_usage_error(content: bytes | None, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "former.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=problem) as raised:
        read_former_report(str(file), HALF)
    assert "--output json:FILE" in raised.value.hint
