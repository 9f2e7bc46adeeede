"""A text as it is written in an input, and edits of it.

An edit of a value becomes edits of what is written: of the characters that change, if it is known where they are, or
else of the whole text. Either way the result is read again, and there is no edit if it does not mean what it should.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from segkoch_lint.findings.fix import Edit
from segkoch_lint.findings.position import OffsetRange, Span
from segkoch_lint.findings.text_edits import TextEdit, edited


class Notation(Protocol):
    """How texts are written in one format."""

    def offsets(self, written: str) -> Sequence[int]:
        """Return the offset in *written* of each character of the text, and of the text's end.

        Their number is another one if it is not known where the characters are.
        """

    def read(self, written: str) -> str | None:
        """Return the text that is written so; None if this is unknown."""

    def write(self, text: str, written: str) -> str:
        """Return how a text is written in place of *written*."""


class WrittenText(msgspec.Struct, frozen=True):
    """A text of a document as it is written in the input.

    Attributes:
        source: the text around it, from the beginning of a line or of the document.
        extent: its extent in that, with quotes and escapes.
        notation: how it is written.
        span: returns the span in the input of an extent of ``source``.
    """

    source: str
    extent: OffsetRange
    notation: Notation
    span: Callable[[OffsetRange], Span]

    def edits(self, value: str, edits: Sequence[TextEdit]) -> tuple[Edit, ...] | None:
        """Return the edits of the input that edit the text; None if it cannot be edited exactly.

        Args:
            value: the text.
            edits: of the text, which do not overlap.
        """
        wanted = edited(value, edits)
        start, end = self.extent
        written = self.source[start:end]
        offsets = self.notation.offsets(written)
        if len(offsets) == len(value) + 1:
            direct = [TextEdit(offsets[edit.start], offsets[edit.end], edit.text) for edit in edits]
            if self.notation.read(edited(written, direct)) == wanted:
                return tuple(self._edit((start + edit.start, start + edit.end), edit.text) for edit in direct)
        whole = self.notation.write(wanted, written)
        return (self._edit(self.extent, whole),) if self.notation.read(whole) == wanted else None

    def _edit(self, extent: OffsetRange, text: str) -> Edit:
        span = self.span(extent)
        start = self.source.rfind("\n", 0, extent[0]) + 1
        before, old = self.source[start : extent[0]], self.source[slice(*extent)]
        if span.line != span.end_line or span.column != len(before) + 1:  # the start of the line is not known
            return Edit(span, text)
        column = len(before.encode("utf-8", "replace")) + 1
        return Edit(span, text, (column, column + len(old.encode("utf-8", "replace"))))
