"""Numbers for texts: what the rules can tell of a text, as a number, and the memory for what many texts say."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, Protocol, TypeVar

ABSENT = 0
UNSURE = -1
"""Numbers for no member, and for one that only the document can tell about; `Numbers` gives all others."""

_MOST_HELD = 4 << 20
"""Bytes of texts that are remembered of one member; with all else a process is to stay near 150 MB."""

Said = TypeVar("Said")


class Numbers:
    """Numbers what the rules can tell of values, from 1."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def of(self, alike: Hashable) -> int:
        """Return the number of what `Likeness.of` gave."""
        return self._numbers.setdefault(alike, len(self._numbers) + 1)

    def of_each(self, alike: Sequence[Hashable]) -> list[int]:
        """Return the number of each of many."""
        known = {each: self.of(each) for each in set(alike)}
        return list(map(known.__getitem__, alike))

    def of_rows(self, kind: Hashable, columns: Sequence[Sequence[int]]) -> list[int]:
        """Return the number of each row of numbers, of a kind apart from others; `UNSURE` where one of them is that."""
        rows = list(zip(*columns, strict=True))
        known = {row: UNSURE if UNSURE in row else self.of((kind, *row)) for row in set(rows)}
        return list(map(known.__getitem__, rows))


class Column(Protocol):
    """Tells the numbers of the texts that one member has in many calls."""

    def of(self, texts: Sequence[bytes]) -> list[int]:
        """Return a number for each text; `ABSENT` for an empty one."""


class Remembered(Generic[Said]):
    """Remembers what texts say.

    Args:
        read: works out what each of some texts says, none of which comes twice.
        size: about how many bytes that takes beside the text.
        share: of so many members' memory.
    """

    def __init__(self, read: Callable[[Sequence[bytes]], Sequence[Said]], *, size: int = 150, share: int = 1) -> None:
        self._read = read
        self._size = size
        self._share = share
        self._said: dict[bytes, Said] = {}
        self._held = 0

    def of(self, texts: Sequence[bytes]) -> list[Said]:
        """Return what each of *texts* says."""
        try:  # nearly all were met before, and asking which ones takes as long as the answer
            return list(map(self._said.__getitem__, texts))
        except KeyError:
            self._learn(set(texts))
        return list(map(self._said.__getitem__, texts))

    def _learn(self, texts: set[bytes]) -> None:
        new = texts.difference(self._said)
        self._held += sum(map(len, new)) + self._size * len(new)
        if self._held > _MOST_HELD * self._share:
            self._said.clear()
            self._held = 0
            new = texts
        learned = list(new)
        self._said.update(zip(learned, self._read(learned), strict=True))
