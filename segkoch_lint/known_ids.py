"""The ids of a document, known by their keys, wherever they stand again: a ``buyer`` who is the ``userId``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from segkoch_lint.masking import hides_values
from segkoch_lint.placeholders import is_placeholder
from segkoch_lint.sensitive_keys import is_sensitive_key

SHORTEST_VALUE = 4
"""Code points of an id that is one again where it is all of another value: `1` and `ios` are said of many things."""

SHORTEST_PART = 6
"""Code points of an id that is one again inside a text, where it neither begins nor ends in the middle of a word."""

_FEW = 32
"""Ids that are looked for one by one; more are looked up by the words of the text."""

_WORD = re.compile(r"[^\W_]+")

_Extent = tuple[int, int]


class KnownIds:
    """What is personal data in a value for the keys that it stands under.

    Args:
        value: a document's value, as of JSON.
    """

    def __init__(self, value: Any) -> None:
        texts = frozenset(text for text in _under_sensitive_keys(value) if len(text) >= SHORTEST_VALUE)
        self._values = frozenset(text for text in texts if not is_placeholder(text))
        self._parts = [text for text in self._values if len(text) >= SHORTEST_PART]
        self._by_words = _ByWords(self._parts) if len(self._parts) > _FEW else None

    def __contains__(self, text: object) -> bool:
        """Tell whether *text* is one of them."""
        return text in self._values

    def stretches(self, text: str) -> list[tuple[int, int]]:
        """Return start and end of each of them in *text*, in order; only whole words count, and the whole text."""
        if text in self._values:
            return [(0, len(text))]
        parts = self._parts if self._by_words is None else self._by_words.met(text)
        return sorted(extent for part in parts if part in text for extent in _as_words(part, text))


class _ByWords:
    """Finds which of many ids a text can hold, in a time that depends on the text alone."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids: dict[str, list[str]] = {}
        self._first_words: set[str] = set()
        lengths: set[int] = set()
        for each in ids:
            words = [found.span() for found in _WORD.finditer(each)]
            if words:
                self._ids.setdefault(each[words[0][0] : words[-1][1]], []).append(each)
                self._first_words.add(each[slice(*words[0])])
                lengths.add(len(words))
        self._lengths = sorted(lengths)

    def met(self, text: str) -> set[str]:
        """Return the ids that *text* may hold, by their words and what stands between these."""
        words = [found.span() for found in _WORD.finditer(text)]
        met: set[str] = set()
        for number, (start, end) in enumerate(words):
            if text[start:end] in self._first_words:
                for length in self._lengths:
                    if number + length <= len(words):
                        met.update(self._ids.get(text[start : words[number + length - 1][1]], ()))
        return met


def _as_words(part: str, text: str) -> Iterator[_Extent]:
    """Yield where *part* stands in *text* and no word goes on beyond it."""
    start = text.find(part)
    while start >= 0:
        end = start + len(part)
        goes_on = part[0].isalnum() and text[start - 1 : start].isalnum()
        if not goes_on and not (part[-1].isalnum() and text[end : end + 1].isalnum()):
            yield start, end
        start = text.find(part, start + 1)


def _under_sensitive_keys(value: Any) -> Iterator[str]:
    """Yield the scalars, as text, that are personal data for a key that they stand under, near or far."""
    waiting: list[tuple[str | None, str | None, Any]] = [(None, None, value)]
    for key, around, inner in waiting:  # which grows on the way
        if type(inner) is dict:
            parent = key if around is None or not is_sensitive_key(around) else around
            waiting += [(each, parent, member) for each, member in inner.items()]
        elif type(inner) is list:
            waiting += [(key, around, item) for item in inner]
        elif inner is not None and type(inner) is not bool and hides_values(key, around):
            yield str(inner)
