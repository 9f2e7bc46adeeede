"""Where pointer patterns lead."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.envelopes.patterns import matches, pattern_of

TREE: dict[str, Any] = {
    "info": {"item": [1]},
    "item": [{"item": [{"n": 1}, {"n": 2}]}, {"n": 3}, {"item": [{"item": [{"n": 4}]}, {"n": 5}]}],
}


def paths(value: Any, pattern: str) -> list[str]:
    return ["/".join(map(str, path)) for path, _ in matches(value, pattern_of(pattern))]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", [""]),
        ("/item/1/n", ["item/1/n"]),
        ("/item/01/n", []),
        ("/item/9", []),
        ("/item/*/n", ["item/1/n"]),
        ("/*/item/*", ["info/item/0"]),
        (
            "/**/n",
            [*("item/0/item/0/n", "item/0/item/1/n", "item/1/n"), *("item/2/item/0/item/0/n", "item/2/item/1/n")],
        ),
        ("/**/item/1", ["item/0/item/1", "item/1", "item/2/item/1"]),
    ],
)
def test_a_pattern_leads_to_values_in_the_order_of_the_document(pattern: str, found: list[str]) -> None:
    assert paths(TREE, pattern) == found


keys = st.sampled_from("abc")
trees = st.recursive(
    st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)
)


@given(trees)
def test_any_depth_leads_to_every_value_once_outer_ones_first(tree: Any) -> None:
    def walk(value: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [path, *(each for key, member in members for each in walk(member, (*path, key)))]

    assert [path for path, _ in matches(tree, pattern_of("/**"))] == walk(tree, ())
