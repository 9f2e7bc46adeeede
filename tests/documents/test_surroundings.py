"""What stands around a place in broken text."""

from __future__ import annotations

import pytest

from segkoch_lint.documents.surroundings import Surroundings, surroundings


@pytest.mark.parametrize(
    ("text", "opened", "inside"),
    [
        ("", 0, False),
        ('{"type": {"a": ', 2, False),
        ('{"type": {"a": 1}, ', 1, False),
        ('{"userId": {"a": {', 3, True),
        ('{"userId": {"a": 1}, ', 1, False),
        ('{"note": "{[", ', 1, False),
        ("}}", 0, False),
        ("userId:\n  a:\n    b: 1\n    ", 0, True),
        ("userId: x\ntype:\n  a: 1\n  ", 0, False),
        ("context:\n  device:\n    a: 1\n    ", 0, False),
    ],
)
def test_open_brackets_are_counted_and_the_keys_around_looked_at(text: str, opened: int, inside: bool) -> None:
    assert surroundings(text, len(text)) == Surroundings(opened, inside)
