"""The ids of a text by their keys, which are replaced wherever else they are in it: in names, and in texts inside it.

A text is rewritten twice if need be: first its ids are collected, with the texts that may stay; then those of the ids
that are in such a text are replaced there, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from segkoch_lint.findings.position import OffsetRange
from segkoch_lint.findings.redaction.known_ids import FEW, SHORTEST_VALUE, KnownIds
from segkoch_lint.pseudonyms.alphabets import folded

_Made = TypeVar("_Made")


class RepeatedIds:
    """Ids that are searched for in texts, whatever their case.

    Args:
        ids: the ids.
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self._known = KnownIds({"ids": list(ids)})

    def note(self, _id: str) -> None:
        """Do nothing: all ids are known."""

    def ranges(self, text: str) -> list[OffsetRange]:
        """Return start and end of each id in a text: the whole text, or whole words of it."""
        return self._known.ranges(lowered(text))


class CollectedIds:
    """A collector of ids, and of the texts in which they are to be searched for."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._texts: set[str] = set()

    def __bool__(self) -> bool:
        """Return whether it has anything."""
        return bool(self._ids or self._texts)

    def note(self, text: str) -> None:
        """Note an id."""
        if len(text) >= SHORTEST_VALUE:
            self._ids.add(lowered(text))

    def ranges(self, text: str) -> list[OffsetRange]:
        """Return nothing, and note the text."""
        self._texts.add(text)
        return []

    def add(self, other: CollectedIds) -> None:
        """Add what another collector has."""
        self._ids |= other._ids
        self._texts |= other._texts

    def repeated(self) -> set[str]:
        """Return the ids that are in one of the texts."""
        ids = self._ids
        if len(ids) <= FEW:  # as in most texts: a search in all texts at once is cheap
            together = lowered("\n".join(self._texts))
            ids = {each for each in ids if each in together}
        if not ids:
            return ids
        known = RepeatedIds(ids)
        return {lowered(text)[start:end] for text in self._texts for start, end in known.ranges(text)}


Ids = CollectedIds | RepeatedIds


def with_repeated_ids(rewrite: Callable[[Ids], _Made]) -> _Made:
    """Return what *rewrite* makes of a text, given the ids that are repeated in it."""
    collected = CollectedIds()
    made = rewrite(collected)
    repeated = collected.repeated()
    return rewrite(RepeatedIds(repeated)) if repeated else made


def lowered(text: str) -> str:
    """Return a text in lower case, as long as before."""
    return text.lower() if text.isascii() else "".join(map(folded, text))
