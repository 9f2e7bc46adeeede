"""Parts of a line are those of the string that it stands for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.text_line import TextLine


@given(st.text("aé\U0001f600\r\n", max_size=8), st.integers(0, 9), st.integers(0, 9), st.integers(0, 4), st.data())
def test_a_part_of_a_line_is_that_of_its_string(text: str, a: int, b: int, margin: int, data: st.DataObject) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    line = TextLine(text, start, end, margin)
    whole = " " * margin + text[start:end].removesuffix("\n").removesuffix(
        "\r" if text[start:end].endswith("\n") else ""
    )
    assert (str(line), len(line)) == (whole, len(whole))
    part = slice(data.draw(st.none() | st.integers(0, 14)), data.draw(st.none() | st.integers(0, 14)))
    assert line[part] == whole[part]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_end_of_a_line_is_no_part_of_it(end: str) -> None:
    assert str(TextLine(f"one{end}two{end}", 3 + len(end), 6 + 2 * len(end))) == "two"
