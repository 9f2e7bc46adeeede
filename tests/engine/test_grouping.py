"""Groups of lines that are only counted: the same as when every line is read, and without ids."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.facets import FACETS
from segkoch_lint.policy.settings import Settings
from tests.conftest import IOS_CALL
from tests.engine.logs import WAYS, linted

GROUPED = Settings(group_by=tuple(FACETS.values()))


def call(**members: Any) -> dict[str, Any]:
    return {**copy.deepcopy(IOS_CALL), **members}


def events(calls: list[dict[str, Any]]) -> set[str]:
    content = "".join(json.dumps(each) + "\n" for each in calls).encode()
    _, summary = linted(content, GROUPED)
    for way in WAYS:
        assert linted(content, GROUPED, by=way)[1] == summary
    place = list(FACETS).index("event")
    return {str(group[place]) for group in summary.groups}


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


words = st.sampled_from(["Order", "by", "johndoe", "471112", "4711", "user-4711", "-x-john", "é", '"q"', "\\"])
ids = words | st.integers(1000, 10**8)


@given(st.lists(st.tuples(st.lists(words, max_size=4), ids, ids), max_size=8))
def test_groups_are_the_same_as_when_every_line_is_read(drawn: list[tuple[list[str], Any, Any]]) -> None:
    calls = [call(event=" ".join(event), userId=user, traits={"customerId": other}) for event, user, other in drawn]
    events([call(), *calls, *calls])
