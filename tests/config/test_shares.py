"""Shares of calls: how they are written, and what is none."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.config.shares import percent, share_of


@given(st.integers(1, 10**6))
def test_a_share_is_written_in_percent(millionths: int) -> None:
    share = share_of(f"{millionths // 10**4}.{millionths % 10**4:04}%")
    assert share == Fraction(millionths, 10**6)


@pytest.mark.parametrize(
    "text", ["", "20", "0.2", "20 calls", "-1%", "0%", "0.0%", "100.1%", "1e1%", "٣%", "0,1%", "%"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not (a share|over 0%)"):
        share_of(text)


@pytest.mark.parametrize("text", ["20%", "0.1%", "100%", "33.33%"])
def test_a_share_is_shown_as_it_is_written(text: str) -> None:
    assert percent(share_of(text)) == text
