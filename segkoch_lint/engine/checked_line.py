"""A line on which there is a verdict already."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from segkoch_lint.facets import Group
from segkoch_lint.reading.documents import Document, Flaw
from segkoch_lint.reading.splitting import Block, NumberedLine
from segkoch_lint.rules.ruleset import Opinion


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A call that breaks something, and the opinion on it.

    Attributes:
        document: the call, and nothing else; no key that a rule reads stands in it twice.
        opinion: the rule set's.
        number: of its line in the block, from 0.
    """

    document: Document
    opinion: Opinion
    number: int = 0


Count = Callable[[Opinion, str, Group, int], None]
"""Counts calls of an opinion, a library and a group."""


class LineSelector(Protocol):
    """Counts the calls of lines that break nothing, and hands on the other lines."""

    @property
    def ahead(self) -> int:
        """How many blocks it can work on before they are selected from."""

    def announce(self, block: Block) -> None:
        """Begin to work on a block from which is going to be selected, after all that were announced before."""

    def select(self, block: Block, *, leave_first: bool) -> Iterable[NumberedLine | Flaw | CheckedLine]:
        """Return, in order, the lines of a block that are not only counted.

        Nothing is counted before everything that can fail is done: if it fails, the block can be read in another way.

        Args:
            block: lines; how many ends of lines it has is noted there.
            leave_first: hand on the first call, too, whatever it is.
        """
