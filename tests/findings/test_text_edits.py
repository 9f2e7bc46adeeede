"""Edits replace their ranges, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.text_edits import TextEdit, edited


def test_ranges_are_replaced_removed_and_inserted() -> None:
    edits = [TextEdit(6, 7, ""), TextEdit(0, 1, "H"), TextEdit(5, 5, ",")]

    assert edited("hello  world!", edits) == "Hello, world!"


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3), st.text(max_size=3)), max_size=6))
def test_the_text_between_the_ranges_remains(parts: list[tuple[str, str, str]]) -> None:
    text, edits = "", []
    for kept, old, new in parts:
        text += kept + old
        edits.append(TextEdit(len(text) - len(old), len(text), new))

    assert edited(text, edits) == "".join(kept + new for kept, _, new in parts)
