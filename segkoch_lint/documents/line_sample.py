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
    """How the first lines of a text read, each on its own.

    Attributes:
        first: whether the first line is a good object or array.
        good, lines: lines that are, of all that were tried; blank ones and one without its end do not count, and
            indented ones are not good: they are part of something else.
        opened: one of the first two lines is a bracket that a later line closes.
        marked: a line marks the beginning of a YAML document.
        complete: no line of the input was left untried.
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
        """Whether a name that claims JSON Lines may be believed of a text that is too long to try."""
        return self.good > 0 or not self.opened


def is_good_line(line: bytes, limits: Limits) -> bool:
    """Return whether a line is a JSON document, or several."""
    return not any(isinstance(each, ParseError) for each in read_line(line, 1, limits))
