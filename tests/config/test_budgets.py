"""Budgets: what is one, and what is over it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.config.budgets import Budget


@pytest.mark.parametrize(
    ("text", "amount", "relative"),
    [
        ("60%", "60", True),
        ("0.1%", "0.1", True),
        (" 12.50 % ", "12.50", True),
        ("100%", "100", True),
        ("0%", "0", True),
        ("0", "0", False),
        ("20", "20", False),
        ("+20", "20", False),
        ("-0%", "0", True),
    ],
)
def test_a_budget_is_a_share_or_a_number_of_calls(text: str, amount: str, relative: bool) -> None:
    assert Budget.of(text) == Budget(Decimal(amount), relative)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", '"" is not a budget'),
        ("many", '"many" is not a budget'),
        ("%", "is not a budget"),
        ("0,1%", "is not a budget"),
        ("1e1%", "is not a budget"),
        ("nan%", "is not a budget"),
        ("٣%", "is not a budget"),
        ("9" * 19, "is not a budget"),
        ("-1", "negative"),
        ("-0.1%", "negative"),
        ("100.1%", "over 100%"),
        ("0.5", "has to be whole"),
    ],
)
def test_anything_else_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Budget.of(text)


@pytest.mark.parametrize(
    ("text", "calls", "checked", "over"),
    [
        ("0.1%", 1, 1000, False),
        ("0.1%", 1, 999, True),
        ("0.1%", 2, 1000, True),
        ("0.3%", 3, 1000, False),  # in binary floating point 0.3 / 100 * 1000 is less than 3
        ("60%", 3, 5, False),
        ("0%", 0, 10, False),
        ("0%", 1, 10, True),
        ("100%", 10, 10, False),
        ("100%", 11, 10, True),
        ("100%", 1, 0, True),
        ("100%", 0, 0, False),
        ("20", 20, 5, False),
        ("20", 21, 10**9, True),
        ("0.1%", 10**30, 10**33, False),
        ("0.1%", 10**30 + 1, 10**33, True),
    ],
)
def test_a_budget_is_exceeded_by_more_and_not_by_as_much(text: str, calls: int, checked: int, over: bool) -> None:
    assert Budget.of(text).exceeded(calls, checked) == over


@pytest.mark.parametrize(
    ("calls", "checked", "judged", "over"),
    [
        (0, 999, False, False),
        (999, 999, False, False),
        (1000, 1000, True, True),
        (600, 1000, True, False),
        (999, 0, False, False),
        (1000, 0, True, True),  # nothing but broken lines
    ],
)
def test_a_share_of_fewer_calls_than_the_floor_is_not_judged(
    calls: int, checked: int, judged: bool, over: bool
) -> None:
    budget = Budget.of("60%", 1000)
    assert (budget.judges(calls, checked), budget.exceeded(calls, checked)) == (judged, over)


def test_a_number_of_calls_has_no_floor() -> None:
    with pytest.raises(ValueError, match="only a share takes min-calls"):
        Budget.of("20", 1000)


@given(st.integers(0, 100), st.integers(0, 50), st.integers(0, 50), st.integers(0, 60))
def test_a_floor_only_decides_whether_a_share_is_judged(percent: int, calls: int, checked: int, floor: int) -> None:
    with_floor, without = Budget.of(f"{percent}%", floor), Budget.of(f"{percent}%")
    assert with_floor.exceeded(calls, checked) == (max(calls, checked) >= floor and without.exceeded(calls, checked))


@given(st.integers(0, 10**8), st.integers(0, 10**12), st.integers(0, 10**12))
def test_shares_are_compared_as_whole_numbers_are(millionths: int, calls: int, checked: int) -> None:
    budget = Budget.of(f"{millionths // 10**6}.{millionths % 10**6:06}%")
    assert budget.exceeded(calls, checked) == (calls * 10**8 > millionths * checked)


@given(st.decimals(0, 100, places=9), st.booleans())
def test_a_budget_reads_what_it_shows(amount: Decimal, relative: bool) -> None:
    budget = Budget(amount if relative else amount.to_integral_value(), relative)
    assert Budget.of(str(budget)) == budget


@pytest.mark.parametrize("text", ["20 calls", "20calls", "20", " 20 "])
def test_the_word_calls_may_be_written(text: str) -> None:
    assert Budget.of(text) == Budget.of("20")
    assert not Budget.of(text).relative
