"""Charts: their parts are in proportion and inside the chart."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.summary import CallTally
from segkoch_lint.reporting.html_report.charts import HEIGHT, MOST_DAYS, WIDTH, chart_of_days, kinds_of, parts_of

numbers = st.integers(0, 10**7)
tallies = st.builds(
    lambda ready, limited, faulty, others: CallTally(
        ready + limited + faulty + others, ready + limited + faulty, 0, ready, limited, faulty
    ),
    *[numbers] * 4,
)


def tally(calls: int) -> CallTally:
    return CallTally(calls, calls, calls, calls)


@given(tallies, numbers)
def test_parts_follow_each_other_in_proportion(calls: CallTally, more: int) -> None:
    whole = max(1, calls.calls + more)
    parts = parts_of(calls, whole)
    assert [part.kind for part in parts] == [kind for kind, number in kinds_of(calls).items() if number]
    for part in parts:
        assert abs(part.size - kinds_of(calls)[part.kind] / whole * 100) <= 0.41
    for before, after in pairwise(parts):
        assert after.start == pytest.approx(before.start + before.size, abs=0.02)


@given(st.dictionaries(st.dates(date(2020, 1, 1), date(2020, 9, 1)).map(str), tallies.filter(lambda each: each.calls)))
def test_all_columns_are_in_the_chart_in_the_order_of_days(days: dict[str, CallTally]) -> None:
    chart = chart_of_days(days)
    if chart is None:
        assert len(days) < 2
        return
    labels = [column.label for column in chart.columns]
    assert labels == sorted(labels)
    assert len(labels) <= MOST_DAYS
    assert set(sorted(days)[-len(labels) :]) >= set(labels) & set(days)
    for column in chart.columns:
        assert 0 <= column.x <= column.x + column.width <= WIDTH
        assert all(-2 <= part.start <= HEIGHT for part in column.parts)
        if column.parts:
            lowest = column.parts[-1]
            assert lowest.start + lowest.size == pytest.approx(HEIGHT, abs=0.02)
    assert all(0 <= y < HEIGHT for y, _ in chart.grid)


def test_days_without_calls_are_gaps() -> None:
    chart = chart_of_days({"2026-03-01": tally(3), "2026-03-04": tally(5), "": tally(9)})
    assert chart is not None
    assert [(column.label[-2:], column.tally.calls) for column in chart.columns] == [
        ("01", 3),
        ("02", 0),
        ("03", 0),
        ("04", 5),
    ]
    assert [calls for _, calls in chart.grid] == [2, 4, 6, 8]


def test_a_wrong_clock_does_not_flatten_the_chart() -> None:
    days = {f"2026-03-{day:02}": tally(day) for day in range(1, 20)} | {"2099-01-01": tally(1)}
    chart = chart_of_days(days)
    assert chart is not None
    assert len(chart.columns) == 20


def test_one_day_needs_no_chart() -> None:
    assert chart_of_days({"2026-03-01": tally(3)}) is None
    assert chart_of_days({}) is None
