"""Compares members of objects with one another by their texts, as the rules' comparing keywords do with values."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import combinations, compress
from operator import eq

from segkoch_lint.reading.members import SplitLines, values_of
from segkoch_lint.rules.footprint import Footprint
from segkoch_lint.rules.likeness import MOST_REMEMBERED, Likeness
from segkoch_lint.rules.vocabulary import compared_names
from segkoch_lint.sensitive_keys import fold
from segkoch_lint.skimming.numbers import UNSURE, Numbers

_BY_COMPARING = object()
"""Keeps numbers made of answers alone apart from others."""


def compares_named(footprint: Footprint) -> bool:
    """Tell whether only members are compared that are named."""
    return all(compared_names(keyword, value) is not None for keyword, value in footprint.compared)


class Comparing:
    """Tells what comparing says of objects whose members are named; see `vocabulary.compared_names`.

    Args:
        likeness: what the rules can tell of the objects.
        numbers: where the numbers come from.
    """

    def __init__(self, likeness: Likeness, numbers: Numbers) -> None:
        self._likeness = likeness
        self._numbers = numbers
        self._names = {fold(name) for each in likeness.footprint.compared for name in compared_names(*each) or ()}
        self._keys: dict[str, int] = {}
        self._told: dict[Hashable, int] = {}

    def meet(self, key: str, number: int) -> None:
        """Take in a member that may be compared."""
        if fold(key) in self._names:
            self._keys[key] = number

    def of(self, lines: SplitLines) -> list[int]:
        """Return the answers of each object, as a number."""
        columns = [lines.column(number) for number in self._keys.values()]
        # Where no two texts are alike, the kinds tell everything.
        kinds = list(zip(*(list(map(_kind, column)) for column in columns), strict=True)) or [()] * len(lines)
        numbers = list(map(self._told.get, kinds))
        for index in _to_look_at(columns):
            row = [column[index] for column in columns]
            numbers[index] = self._answers(row, _pattern(row))
        for index, number in enumerate(numbers):
            if number is None:
                numbers[index] = self._answers([column[index] for column in columns], kinds[index])
        return numbers  # type: ignore[return-value]  # none is None any more

    def _answers(self, row: Sequence[bytes], pattern: Hashable) -> int:
        told = None if pattern is None else self._told.get(pattern)
        if told is None:
            values = values_of(row)
            if values is None:
                return UNSURE
            instance = dict(zip(self._keys, values, strict=True))
            told = self._numbers.of((_BY_COMPARING, *self._likeness.compared(instance)))
            if pattern is not None:
                if len(self._told) >= MOST_REMEMBERED:
                    self._told.clear()
                self._told[pattern] = told
        return told


def _kind(text: bytes) -> bytes:
    """Return what tells absent and blank texts, and what is no text, apart from all others."""
    return text if len(text) < 3 else text[:1]


def _to_look_at(columns: Sequence[Sequence[bytes]]) -> set[int]:
    """Return the rows in which two texts are alike, or one is odd."""
    found: set[int] = set()
    bare: list[list[bytes]] = []
    for column in columns:
        lowered = b"\n".join(column).lower()
        bare.append(lowered.replace(b"-", b"").split(b"\n"))
        if _is_odd(lowered):
            found.update(index for index, text in enumerate(column) if _is_odd(text))
    for one, other in combinations(bare, 2):
        found.update(index for index in compress(range(len(one)), map(eq, one, other)) if one[index])
    return found


def _pattern(row: Sequence[bytes]) -> Hashable:
    """Return all that named comparing can tell of a row, or None for an odd one."""
    if _is_odd(b"".join(row)):
        return None
    case = [text.lower() for text in row]
    bare = [text.replace(b"-", b"") for text in case]
    return tuple(map(_kind, row)), tuple(map(case.index, case)), tuple(map(bare.index, bare))


def _is_odd(text: bytes) -> bool:
    """Tell whether texts may have padding, escapes, or letters whose other case is not a matter of a bit."""
    return b" " in text or b"\\" in text or not text.isascii()
