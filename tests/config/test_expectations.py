"""Expectations: which calls they count, and when a run falls short of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.config.expectations import EXPECTED_BY, Expectation
from segkoch_lint.findings.redaction.masking import Secret, mask_shapes
from segkoch_lint.findings.summary import CallTally, Group, Grouping, Summary

WRITE_KEY = "Zk3mQ8vT1xLw7RbN5cYd2HfJ9sGpUaE4"


def run_of(checked: int, groupings: Mapping[Grouping, Mapping[Group, int]] = {}, *, undelivered: int = 0) -> Summary:
    """Return the figures of a run with these numbers of delivered calls."""
    return Summary(
        calls=checked + undelivered,
        checked=checked,
        groupings={
            grouping: {group: CallTally(calls=calls + undelivered, checked=calls) for group, calls in groups.items()}
            for grouping, groups in groupings.items()
        },
    )


@pytest.mark.parametrize(
    ("table", "checked", "missing"),
    [
        ({"min": 10}, 10, False),
        ({"min": 10}, 9, True),
        ({"min": 1}, 0, True),
        ({"min-share": "100%"}, 10, False),
        ({"min-share": "100%"}, 0, True),  # a run without a call has no share of them
        ({"min-share": "100%", "min-calls": 1}, 0, False),
    ],
)
def test_without_a_group_all_delivered_calls_are_expected(
    table: dict[str, Any], checked: int, *, missing: bool
) -> None:
    assert (Expectation.of(table).shortfall(run_of(checked, undelivered=99)) is not None) == missing


@pytest.mark.parametrize(
    ("table", "calls", "missing"),
    [
        ({"min": 200}, 200, False),
        ({"min": 200}, 199, True),
        ({"min-share": "20%"}, 200, False),
        ({"min-share": "20%"}, 199, True),
        ({"min-share": "19.95%"}, 199, True),
        ({"min-share": "19.9%"}, 199, False),
        ({"min-share": "20%", "min-calls": 1000}, 199, True),
        ({"min-share": "20%", "min-calls": 1001}, 199, False),
        ({"min-share": "20%", "min": 1}, 199, True),
        ({"min-share": "1%", "min": 200}, 199, True),
        ({"min-share": "20%", "min-calls": 1001, "min": 200}, 199, True),  # only the share is not judged
    ],
)
def test_a_group_has_a_number_or_a_share_of_the_delivered_calls(
    table: dict[str, Any], calls: int, *, missing: bool
) -> None:
    run = run_of(1000, {("platform",): {("ios",): 1000 - calls, ("android",): calls}}, undelivered=500)
    assert (Expectation.of({"platform": "android", **table}).shortfall(run) is not None) == missing


def test_a_group_that_never_occurs_has_no_call() -> None:
    short = Expectation.of({"library": "analytics-kotlin", "min": 1}).shortfall(run_of(3, {("library",): {("x",): 3}}))
    assert short is not None
    assert (short.calls, short.expected) == (0, 1)


def test_several_facets_mean_the_calls_that_have_all_of_the_values() -> None:
    groups: dict[Group, int] = {("ios", "Order"): 5, ("android", "Order"): 7, ("android", "Other"): 9}
    run = run_of(21, {("platform", "event"): groups, ("platform",): {("ios",): 5, ("android",): 16}})
    expectation = Expectation.of({"event": "Order", "platform": "android", "min": 8})
    short = expectation.shortfall(run)
    assert short is not None
    assert short.calls == 7
    assert short.group == {"event": "Order", "platform": "android"}


def test_a_source_is_compared_by_its_real_value_and_shown_masked() -> None:
    run = run_of(9, {("source",): {(Secret(WRITE_KEY),): 4, ("project1",): 5}})
    assert Expectation.of({"source": WRITE_KEY, "min": 4}).shortfall(run) is None
    short = Expectation.of({"source": WRITE_KEY, "min": 5}).shortfall(run)
    assert short is not None
    assert WRITE_KEY not in str(short.group["source"])
    assert Expectation.of({"source": str(Secret(WRITE_KEY)), "min": 1}).shortfall(run) is not None


def test_a_project_id_is_shown_if_reports_of_the_run_show_it() -> None:
    run = run_of(5, {("source",): {("pR7kQ2mX9vLt4WbN",): 5}})
    here = Expectation.of({"source": "pR7kQ2mX9vLt4WbN", "min": 6}).shortfall(run)
    gone = Expectation.of({"source": "qS8lR3nY0wMu5XcO", "min": 6}).shortfall(run)
    assert here is not None
    assert here.group == {"source": "pR7kQ2mX9vLt4WbN"}
    assert gone is not None
    assert "qS8lR3nY0wMu5XcO" not in str(gone.group["source"])


def test_an_event_with_an_id_in_its_name_is_compared_masked() -> None:
    name = "Order 5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64"
    run = run_of(2, {("event",): {(mask_shapes(name),): 2}})
    assert mask_shapes(name) != name
    assert Expectation.of({"event": name, "min": 2}).shortfall(run) is None
    short = Expectation.of({"event": name, "min": 3}).shortfall(run)
    assert short is not None
    assert short.group == {"event": mask_shapes(name)}


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({}, '"min" or "min-share" is missing'),
        ({"platform": "ios", "reason": "x"}, '"min" or "min-share" is missing'),
        ({"min": 1, "min-calls": 5}, '"min-calls" belongs to "min-share"'),
        ({"min-share": "0%"}, "is not over 0%"),
        ({"min-share": "101%"}, "is not over 0%"),
    ],
)
def test_an_expectation_of_nothing_is_refused(table: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Expectation.of(table)


VALUES = st.sampled_from(["", "a", "b", "c"])


@given(
    calls=st.dictionaries(st.tuples(VALUES, VALUES, VALUES, VALUES), st.integers(0, 20)),
    wanted=st.dictionaries(st.sampled_from(EXPECTED_BY), st.sampled_from(["a", "b", "d"])),
    least=st.integers(1, 60),
    percent=st.integers(1, 100),
)
def test_a_shortfall_is_what_a_plain_count_gives(
    calls: dict[tuple[str, ...], int], wanted: dict[str, str], least: int, percent: int
) -> None:
    matching = sum(
        number
        for values, number in calls.items()
        if all(dict(zip(EXPECTED_BY, values, strict=True))[facet] == value for facet, value in wanted.items())
    )
    total = sum(calls.values())
    grouping = tuple(name for name in EXPECTED_BY if name in wanted)
    groups: dict[Group, int] = {}
    for values, number in calls.items():
        group = tuple(dict(zip(EXPECTED_BY, values, strict=True))[name] for name in grouping)
        groups[group] = groups.get(group, 0) + number
    run = run_of(total, {grouping: groups} if grouping else {})
    by_number = Expectation.of({**wanted, "min": least}).shortfall(run)
    by_share = Expectation.of({**wanted, "min-share": f"{percent}%"}).shortfall(run)
    assert (by_number is not None) == (matching < least)
    assert (by_share is not None) == (matching * 100 < percent * total or not total)
    for short in (by_number, by_share):
        assert short is None or short.calls == matching < short.expected
