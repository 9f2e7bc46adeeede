"""Errors: several as one, and suggestions for misspelled words."""

from __future__ import annotations

import pytest

from segkoch_lint.errors import UsageError, nearest, raise_all
from segkoch_lint.rules.catalogue import built_in

CODES = [rule.code for rule in built_in()]


def test_all_errors_are_raised_as_one_without_repetitions() -> None:
    first = UsageError("a", "hint", [UsageError("b")])
    with pytest.raises(UsageError) as raised:
        raise_all([first, UsageError("b"), UsageError("c")])
    assert [each.message for each in raised.value.all()] == ["a", "b", "c"]
    assert str(raised.value) == "a hint\nb\nc"
    raise_all([])


@pytest.mark.parametrize(
    ("word", "known", "suggestion"),
    [
        ("eror", ["error", "warning"], "error"),
        ("warn", ["error", "warning"], "warning"),
        ("KCH1066", CODES, "KCH106"),
        ("missing-devise", [rule.name for rule in built_in()], "missing-device"),
    ],
)
def test_a_misspelled_word_gets_a_suggestion(word: str, known: list[str], suggestion: str) -> None:
    assert nearest(word, known) == f'Did you mean "{suggestion}"?'


@pytest.mark.parametrize("word", ["KCH999", "KCH888", "ABC106", "zzz", ""])
def test_a_word_that_is_similar_to_none_gets_no_suggestion(word: str) -> None:
    assert nearest(word, CODES) == ""
