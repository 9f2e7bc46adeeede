"""What linting an input gives, as far as it can be told before its end."""

from __future__ import annotations

from enum import Enum

import msgspec

from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret
from segkoch_lint.findings.summary import Summary
from segkoch_lint.identity.records import RecordBatch

NEITHER = "neither JSON nor YAML"
"""The kind of an input that holds neither documents nor a table."""

MOST_NOT_CALLS = 10_000
"""Values that are not calls of one document, or before the first call of an input, that are kept; others are only
counted."""


class NotACallEntry(msgspec.Struct, frozen=True):
    """A value that is not a call. Whether that is wrong depends on what else the input holds.

    Attributes:
        kind, meant: see `segkoch_lint.envelopes.unwrap.NotACall`.
        pointer: where it stands in its document.
        span: its text.
        remark: what to say of the input if no call is in it; then the value is never wrong by itself.
    """

    kind: str
    pointer: str | Secret
    span: Span | None
    meant: str = ""
    remark: str = ""


class Provisional(msgspec.Struct, frozen=True):
    """What counts only if the input turns out to hold calls: text that is broken, or calls that show too few signs.

    Attributes:
        entries: findings, and values that are not calls, in the order of the text.
        summary: the figures of just that.
        records: what the calls say of users and event names.
        otherwise: the figures if no call came before. None for broken text, which counts if a call follows, too.
    """

    entries: tuple[Finding | NotACallEntry, ...]
    summary: Summary
    records: RecordBatch | None = None
    otherwise: Summary | None = None


class UnreadCalls(msgspec.Struct, frozen=True):
    """Calls in an envelope that is not known, which were not checked.

    Attributes:
        at: the pattern that leads to them, as `--at` takes it.
        shown_at: the same as it is shown: a key that is personal data is masked.
        pointer: where the first of them is.
        span: its text, or the text that holds it.
        calls: how many there are.
        claimed: whether calls are expected in the input.
    """

    at: str
    shown_at: str
    pointer: str | Secret
    span: Span | None
    calls: int
    claimed: bool


class Marker(Enum):
    """What stands between the entries of an input."""

    FIRST_CALL = "the first call follows"


Entry = Finding | NotACallEntry | Provisional | UnreadCalls | Marker | RecordBatch
"""In the order of the text; but for records, which come when there are many."""
