"""The fix of a finding: the edits of the input that remove its cause."""

from __future__ import annotations

import msgspec

from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret

STANDARD_INPUT = "standard input or a pipe is never rewritten"
REMOTE = "a file on another machine is never rewritten"
COMPRESSED = "a compressed file is never rewritten"
CAPTURE = "a capture is never rewritten"
PLACE = "the text at this place cannot be replaced exactly"


class Edit(msgspec.Struct, frozen=True):
    """A range of an input, and the text that replaces it.

    Attributes:
        span: the range; if it is empty, the text is inserted there.
        text: the new text, as it is written in the input; a `Secret` if it holds personal data.
        byte_columns: start and end of a range in one line, counted in bytes of UTF-8 from 1; None if unknown.
    """

    span: Span
    text: str | Secret
    byte_columns: tuple[int, int] | None = None


class Fix(msgspec.Struct, frozen=True):
    """The fix of a finding, or the reason why it has to be made by hand.

    Attributes:
        title: what the fix does, as a command: ``Strip the white space``. It shows no value of the payload.
        edits: of the finding's input, in the order of the text; empty if there is an obstacle.
        obstacle: why `--fix` does not make it, one of the texts above; empty if it does.
    """

    title: str
    edits: tuple[Edit, ...] = ()
    obstacle: str = ""

    @property
    def is_safe(self) -> bool:
        """Whether `--fix` makes it: it changes nothing but what the rule is about."""
        return not self.obstacle

    @property
    def shows_ids(self) -> bool:
        """Whether an edit holds personal data.

        A report without `--show-ids` leaves such edits out, since a masked text must never replace an id.
        """
        return any(isinstance(edit.text, Secret) for edit in self.edits)

    def shown_edits(self, *, show_ids: bool) -> tuple[Edit, ...]:
        """Return the edits that a report may show: none if they hold personal data and *show_ids* is not set."""
        return () if self.shows_ids and not show_ids else self.edits


def new_text(edit: Edit) -> str:
    """Return the new text of an edit. Only what writes the input itself, or has `--show-ids`, may call this."""
    return edit.text.reveal() if isinstance(edit.text, Secret) else edit.text
