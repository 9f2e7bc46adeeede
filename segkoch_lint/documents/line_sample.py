"""A sample of the first lines of a text, which shows whether each line is a JSON document."""

from __future__ import annotations

import msgspec

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.lines import read_line
from segkoch_lint.inputs.file_types import BETWEEN_DOCUMENTS
from segkoch_lint.inputs.limits import Limits

_SAMPLED_LINES = 100

_OPENINGS = (b"{", b"[", b"[{")


class LineSample(msgspec.Struct, frozen=True):
    """How many of the first lines of a text are documents by themselves.

    Attributes:
        first: whether the first line is a good object or array.
        good, lines: the number of such lines, and of all lines tried. Blank lines and a line without its end are left
            out. An indented line is not good: it is part of something else.
        opened: whether one of the first two lines is only a bracket, which a later line closes.
        marked: whether a line marks the start of a YAML document.
        complete: whether every line of the input was tried.
    """

    first: bool
    good: int
    lines: int
    opened: bool
    marked: bool
    complete: bool

    @classmethod
    def of(cls, head: bytes, limits: Limits, *, whole: bool) -> LineSample:
        found = head.split(b"\n")
        if not whole:
            found.pop()
        found = [each.rstrip() for each in found if each.strip(BETWEEN_DOCUMENTS)]
        tried = found[:_SAMPLED_LINES]
        good = [each.startswith((b"{", b"[", b"\x1e")) and is_good_line(each, limits) for each in tried]
        return cls(
            first=good[:1] == [True],
            good=sum(good),
            lines=len(tried),
            opened=any(each in _OPENINGS for each in tried[:2]),
            marked=any(each == b"---" or each.startswith(b"--- ") for each in tried),
            complete=whole and tried == found,
        )

    @property
    def mostly_good(self) -> bool:
        return self.good > 0 and 2 * self.good >= self.lines and not self.marked

    @property
    def looks_lined(self) -> bool:
        return self.mostly_good or (self.first and not self.opened and not self.marked)

    @property
    def claim_holds(self) -> bool:
        """Whether a text that is too long to try may be JSON Lines, as its name claims."""
        return self.good > 0 or not self.opened


def is_good_line(line: bytes, limits: Limits) -> bool:
    """Return whether a line is a JSON document, or several."""
    return not any(isinstance(each, ParseError) for each in read_line(line, 1, limits))
