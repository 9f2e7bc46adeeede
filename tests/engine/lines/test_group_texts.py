"""What the texts of a group say, read again or for the first time."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.calls.call import LIBRARY_NAME, library_of
from segkoch_lint.calls.facets import FACETS
from segkoch_lint.engine.lines.group_texts import GroupTexts
from segkoch_lint.findings.position import Path, object_with

COLUMNS: list[Path] = list(dict.fromkeys((LIBRARY_NAME, *(path for facet in FACETS.values() for path in facet.paths))))
READER = GroupTexts(tuple(FACETS.values()), COLUMNS)

values = st.sampled_from(
    ["track", "identify", "Order by johndoe", "ios", "2026-03-01T10:00:00Z", "2026-03-01", "", "é", 17, None, [1]]
)


@given(st.lists(st.none() | st.tuples(values), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_a_group_is_that_of_a_call_with_these_texts(drawn: list[tuple[Any] | None]) -> None:
    texts = [None if each is None else json.dumps(each[0]).encode() for each in drawn]
    call = object_with((path, each[0]) for path, each in zip(COLUMNS, drawn, strict=True) if each is not None)

    for _ in range(2):
        library, group = READER.group(texts)
        assert library == library_of(call)
        assert group == tuple(facet.value(call) for facet in FACETS.values())


def test_a_text_that_was_shortened_is_read_up_to_there() -> None:
    texts: list[bytes | None] = [None] * len(COLUMNS)
    texts[COLUMNS.index(("timestamp",))] = b'"2026-03-01'
    assert "2026-03-01" in READER.group(texts).group


def test_strings_that_may_be_ids_in_a_name_are_watched() -> None:
    texts: list[bytes | None] = [None] * len(COLUMNS)
    texts[COLUMNS.index(("type",))] = b'"track"'
    texts[COLUMNS.index(("event",))] = b'"Order by johndoe"'
    watched = READER.watched(texts)
    assert watched is not None
    assert b'"johndoe"' in {string for string, _ in watched}
    texts[COLUMNS.index(("event",))] = None
    assert READER.watched(texts) == []
