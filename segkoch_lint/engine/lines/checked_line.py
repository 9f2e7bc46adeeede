"""A line on which there is a verdict already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from segkoch_lint.documents.document import Document, ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.line_table import OffsetRange
from segkoch_lint.documents.lines import Block, NumberedLine
from segkoch_lint.findings.summary import Group
from segkoch_lint.rules.ruleset import Verdict


class CheckedLine(msgspec.Struct, frozen=True):
    """A line that is a call and nothing else, which breaks something.

    No key that a rule reads stands in it twice.

    Attributes:
        text: the line.
        line: its number in the input.
        verdict: the rule set's verdict on the call.
        number: the number of the line in its block, from 0.
        group: of the call, if calls are grouped.
        extents: where the values stand that the verdict reads, in bytes of the line, with the same offset twice where
            there is none; None if only a scanner can find one of them.
    """

    text: bytes
    line: int
    verdict: Verdict
    number: int
    group: Group
    extents: Sequence[OffsetRange] | None

    @property
    def document(self) -> JsonDocument:
        """The line, parsed."""
        document = parse_json(self.text, line=self.line, depth=len(self.text))  # that it is not too deep is known
        assert isinstance(document, JsonDocument)
        return document


class CheckedRow(msgspec.Struct, frozen=True):
    """A row of a table that is a call which breaks something, and the verdict on it."""

    document: Document
    verdict: Verdict


Count = Callable[[Verdict, str, Group, int], None]
"""Counts calls of an verdict, a library and a group."""


class LineSelector(Protocol):
    """Counts the calls of lines that break nothing, and hands on the other lines."""

    @property
    def ahead(self) -> int:
        """How many blocks it can work on before they are selected from."""

    def announce(self, block: Block) -> None:
        """Begin to work on a block from which is going to be selected, after all that were announced before."""

    def select(self, block: Block, *, leave_first: bool) -> Iterable[NumberedLine | ParseError | CheckedLine]:
        """Return, in order, the lines of a block that are not only counted.

        Nothing is counted before everything that can fail is done: if it fails, the block can be read in another way.

        Args:
            block: lines; how many ends of lines it has is noted there.
            leave_first: hand on the first call, too, whatever it is.
        """
