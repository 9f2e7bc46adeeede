"""JSON Patch, as far as counterexamples use it."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.rules.examples import apply_patch


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        ([{"op": "add", "path": "/a/b", "value": 2}], {"a": {"b": 2}, "l": [1, 2]}),
        ([{"op": "remove", "path": "/a/b"}], {"a": {}, "l": [1, 2]}),
        ([{"op": "add", "path": "/l/0", "value": 0}], {"a": {"b": 1}, "l": [0, 1, 2]}),
        ([{"op": "add", "path": "/l/-", "value": 3}], {"a": {"b": 1}, "l": [1, 2, 3]}),
        ([{"op": "remove", "path": "/l/1"}], {"a": {"b": 1}, "l": [1]}),
        ([{"op": "add", "path": "/x~1y~0", "value": None}], {"a": {"b": 1}, "l": [1, 2], "x/y~": None}),
    ],
)
def test_a_patch_changes_a_copy(patch: list[dict[str, Any]], result: dict[str, Any]) -> None:
    document = {"a": {"b": 1}, "l": [1, 2]}
    assert apply_patch(document, patch) == result
    assert document == {"a": {"b": 1}, "l": [1, 2]}


@pytest.mark.parametrize("path", ["/nope", "/a/nope", "/l/7"])
def test_removing_a_missing_member_is_an_error(path: str) -> None:
    with pytest.raises(LookupError):
        apply_patch({"a": {"b": 1}, "l": [1]}, [{"op": "remove", "path": path}])
