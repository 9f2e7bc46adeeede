"""A text as it is written in an input, and edits of it.

An edit of a value becomes edits of what is written. If a text is written as it is, apart from quotes, only the
characters that change are edited; else all of it is written anew. Either way the result is read again, and there is no
edit if it does not mean what it should.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from segkoch_lint.findings.position import OffsetRange, Span
from segkoch_lint.findings.text_edits import TextEdit, edited


class Notation(Protocol):
    """How texts are written in one format."""

    def quotes(self, written: str) -> int:
        """Return how many characters are on either side of the text; they are quotes."""

    def read(self, written: str) -> str | None:
        """Return the text that is written so; None if this is unknown."""

    def write(self, text: str, written: str) -> str:
        """Return how a text is written in place of *written*."""


class WrittenText(msgspec.Struct, frozen=True):
    """A text of a document as it is written in the input.

    Attributes:
        written: with quotes and escapes.
        notation: how it is written.
        span: returns the span in the input of a range of ``written``.
    """

    written: str
    notation: Notation
    span: Callable[[OffsetRange], Span]

    def edits(self, value: str, edits: Sequence[TextEdit]) -> Sequence[tuple[Span, str]] | None:
        """Return the edits of the input that edit the text; None if it cannot be edited exactly.

        Args:
            value: the text.
            edits: of the text, which do not overlap.
        """
        wanted = edited(value, edits)
        margin = self.notation.quotes(self.written)
        if self.written[margin : len(self.written) - margin] == value:
            direct = [TextEdit(edit.start + margin, edit.end + margin, edit.text) for edit in edits]
            if self.notation.read(edited(self.written, direct)) == wanted:
                return [(self.span((edit.start, edit.end)), edit.text) for edit in direct]
        whole = self.notation.write(wanted, self.written)
        return [(self.span((0, len(self.written))), whole)] if self.notation.read(whole) == wanted else None
