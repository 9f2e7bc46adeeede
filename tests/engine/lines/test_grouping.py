"""Groups of lines that are only counted: the same as when every line is read, and without ids."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.calls.facets import FACETS
from tests.conftest import IOS_CALL
from tests.engine.lines.logs import GROUPED, WAYS, linted
from tests.engine.lines.test_selectors import selected


def call(**members: Any) -> dict[str, Any]:
    return {**copy.deepcopy(IOS_CALL), **members}


def events(calls: list[dict[str, Any]]) -> set[str]:
    content = "".join(json.dumps(each) + "\n" for each in calls).encode()
    _, summary = linted(content, GROUPED)
    for way in WAYS:
        assert linted(content, GROUPED, by=way)[1] == summary
    return {str(event) for (event,) in summary.groupings["event",]}


@pytest.mark.parametrize(
    ("event", "members", "shown"),
    [
        ("Order by johndoe", {"userId": "johndoe"}, "Order by …"),
        ("Order by johndoe", {"userId": "someone"}, "Order by johndoe"),
        ("johndoe", {"anonymousId": "johndoe"}, "…"),
        ("john", {"userId": "john"}, "…"),
        ("4711", {"traits": {"customerId": 4711}}, "…"),
        ("Order 471112 paid", {"traits": {"customerId": 471112}}, "Order … paid"),
        ("Order of 4711", {"userId": "4711"}, "Order of 4711"),
        ("-x-john-1 pays", {"userId": "-x-john-1"}, "… pays"),
        ("Order by jöhndoe", {"userId": "jöhndoe"}, "Order by …"),
        ("Order https://shop.test/?user_id=1", {}, "Order https://shop.test/?user_id=…"),
    ],
)
def test_an_id_of_the_call_is_masked_in_the_name_of_its_event(event: str, members: dict[str, Any], shown: str) -> None:
    calls = [call(), call(event=event, **members), call(event=event, **members)]
    assert events(calls) == {"Order Completed", shown}


@pytest.mark.parametrize(
    ("event", "told", "shown"),
    [
        ("Order by johndoe", rb'"\u006aohndoe"', "Order by …"),
        ("Order by johndoe", rb'"johndoe","x":"a\\u006aohndoe"', "Order by …"),
        ("Order by johndoe", rb'"someone","x":"\\u006aohndoe"', "Order by johndoe"),
        ("Order by johndoe", rb'"someone","x":"27\" \n\u00e9"', "Order by johndoe"),
        ("Order of a/johndoe", rb'"a\/johndoe"', "Order of …"),
        ("Order of a/johndoe", rb'"a\u002fjohndoe"', "Order of …"),
        ("Order of a\\johndoe", rb'"a\\johndoe"', "Order of …"),
        ("Order of a\tjohndoe", rb'"a\tjohndoe"', "Order of …"),
        ("Order of a\x7fjohndoe", b'"a\x7fjohndoe"', "Order of …"),
        ("Order of a\x7fjohndoe", rb'"a\u007fjohndoe"', "Order of …"),
    ],
)
def test_an_id_is_masked_however_it_is_written(event: str, told: bytes, shown: str) -> None:
    line = json.dumps(call(event=event, userId="TOLD")).encode().replace(b'"TOLD"', told)
    content = b"\n".join([json.dumps(call()).encode(), line, line])
    expected = linted(content, GROUPED)[1]
    for way in WAYS:
        assert linted(content, GROUPED, by=way)[1] == expected
    assert {str(event) for (event,) in expected.groupings["event",]} == {"Order Completed", shown}


@pytest.mark.parametrize("by", WAYS)
def test_lines_with_escapes_that_no_id_can_have_are_only_counted(by: str) -> None:
    calls = [call(note=note) for note in ('27" \\ \n é', "\u0001", "a/b")]
    lines = [json.dumps(each).replace("a/b", r"a\/b").encode() for each in calls]
    assert sum(line.count(b"\\") for line in lines) >= 5
    assert selected(b"\n".join(lines), by, facets=tuple(FACETS.values())) == ({"analytics-swift": 3}, [])


words = st.sampled_from(
    ["Order", "by", "johndoe", "471112", "4711", "user-4711", "-x-john", "é", '"q"', "\\", "a/b-johndoe"]
)
escapes = st.sampled_from(["", r"\u006a", r"\/", r"\\", r"\\u006a", r"\"", r"\u00e9"])
ids = words | st.integers(1000, 10**8)


drawn_calls = st.builds(
    lambda event, user, other, note: (call(event=" ".join(event), userId=user, traits={"customerId": other}), note),
    st.lists(words, max_size=4),
    ids,
    ids,
    escapes,
)


@pytest.mark.slow
@given(st.lists(drawn_calls, max_size=8), st.booleans(), st.booleans())
def test_groups_are_the_same_as_if_every_line_is_read(
    drawn: list[tuple[dict[str, Any], str]], slashes: bool, letters: bool
) -> None:
    lines = []
    for each, note in drawn:
        text = json.dumps({**each, "note": "NOTE"})
        text = text.replace("/", r"\/") if slashes else text
        text = text.replace('"johndoe', r'"\u006aohndoe') if letters else text
        lines.append(text.replace("NOTE", note).encode())
    content = b"\n".join([json.dumps(call()).encode(), *lines, *lines])
    expected = linted(content, GROUPED)[1]
    for way in WAYS:
        assert linted(content, GROUPED, by=way)[1] == expected
