"""Pointers and paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.position import path_of, pointer_of


def test_pointers_escape_as_rfc_6901_says() -> None:
    assert pointer_of(("a/b", "m~n", 3, "")) == "/a~1b/m~0n/3/"
    assert pointer_of(()) == ""


@given(st.lists(st.text()))
def test_a_pointer_leads_back_to_its_path(steps: list[str]) -> None:
    assert path_of(pointer_of(tuple(steps))) == tuple(steps)


def test_text_that_is_not_a_pointer_is_rejected() -> None:
    with pytest.raises(ValueError, match="not a JSON Pointer"):
        path_of("a")
